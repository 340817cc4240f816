//! Rounds of surface codes on the stabilizer tableau: noiseless, and under depolarizing noise.

use pandia_benches::{Goal, Runner, surface_code_round};
use pandia_core::backend::{Backend, Stack};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::noise::DepolarizingPart;
use pandia_core::op::builder::OpVec;
use pandia_core::op::{Outcome, Outcomes};
use pandia_core::part::{Config, LayerPart, Setting, SimulatorPart, Value};
use pandia_core::sim::StabilizerPart;

fn simulator(qubit_count: u32) -> Result<impl Backend> {
    let config = Config::new(qubit_count, StreamId(1));
    let cells = StabilizerPart::cells(&config)?;
    StabilizerPart::build(&config, vec![StabilizerPart::EMPTY; cells])
}

fn under_noise<B: Backend>(child: B) -> Result<impl Backend> {
    let p = Value::Real(1e-3);
    let settings = ["p_1q", "p_2q", "p_meas", "p_init"].map(|key| Setting { key, value: p });
    let config = Config::new(child.info().qubit_count, StreamId(2)).with(&settings);
    let cells = DepolarizingPart::cells(&config)?;
    Ok(Stack::new(DepolarizingPart::build(&config, vec![DepolarizingPart::EMPTY; cells])?, child))
}

/// A shot of `rounds` rounds; the hash is of all outcomes.
fn shot<B: Backend>(
    backend: &mut B,
    round: &OpVec,
    rounds: u32,
    shot: u64,
    room: &mut [Outcome],
) -> Result<u64> {
    backend.shot_begin(ShotId(shot), Seed(5))?;
    let mut hash = 0_u64;
    for _ in 0..rounds {
        let mut outcomes = Outcomes::new(room);
        backend.apply(&round.batch(), &mut outcomes)?;
        for outcome in outcomes.as_slice() {
            hash = hash.rotate_left(1) ^ outcome.value;
        }
    }
    backend.shot_end()?;
    Ok(hash)
}

fn main() -> Result<()> {
    let mut runner = Runner::from_args();
    for distance in [3, 5, 7, 11] {
        let mut round = OpVec::new();
        let qubit_count = surface_code_round(distance, &mut round)?;
        let mut room = vec![Outcome::default(); round.result_count() as usize];
        let ops = u64::from(round.op_count() * distance);
        let shots = if runner.is_tiny() { 1 } else { u64::from(200 / distance) };
        let mut run = |name: &str, backend: &mut dyn FnMut(u64, &mut [Outcome]) -> Result<u64>| {
            let name = format!("surface-code/{name}/d-{distance}");
            runner.bench(name, "op", ops * shots, Goal::None, || {
                (0..shots).fold(0, |hash, k| hash ^ backend(k, &mut room).unwrap_or(0))
            });
        };
        let mut ideal = simulator(qubit_count)?;
        run("ideal", &mut |k, room| shot(&mut ideal, &round, distance, k, room));
        let mut noisy = under_noise(simulator(qubit_count)?)?;
        run("noisy", &mut |k, room| shot(&mut noisy, &round, distance, k, room));
    }
    Ok(())
}
