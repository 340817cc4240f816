//! Nanoseconds per gate of the simulators' kernels, by width of the register.

use pandia_benches::{Goal, Ladder, Runner};
use pandia_core::backend::{Backend, StateQuery};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{Batch, OpSink, Outcomes};
use pandia_core::part::{Config, SimulatorPart};
use pandia_core::real::{Complex, Real};
use pandia_core::sim::{DensityMatrixPart, StateVector};

/// A gate of each kernel class: name, slot, qubits (of the lowest and the highest), parameters.
const CLASSES: [(&str, u16, usize, &[f64]); 8] = [
    ("phased_x", slot::PHASED_X, 1, &[0.3, 0.7]),
    ("rz", slot::RZ, 1, &[0.3]),
    ("h", slot::H, 1, &[]),
    ("x", slot::X, 1, &[]),
    ("zz_phase", slot::ZZ_PHASE, 2, &[0.3]),
    ("cx", slot::CX, 2, &[]),
    ("xx_phase", slot::XX_PHASE, 2, &[0.3]),
    ("ccx", slot::CCX, 3, &[]),
];

fn simulator<R: Real>(qubit_count: u32) -> Result<StateVector<R, Vec<Complex<R>>>> {
    let storage = vec![Complex::ZERO; 1 << qubit_count];
    let mut simulator = StateVector::new(qubit_count, StreamId(1), storage)?;
    simulator.shot_begin(ShotId(0), Seed(1))?;
    Ok(simulator)
}

/// The class's gate on every cyclic choice of neighbouring qubits, `rounds` times over.
fn every_place(qubit_count: u32, class: (&str, u16, usize, &[f64]), rounds: u32) -> Result<OpVec> {
    let mut ops = OpVec::new();
    for start in (0..rounds).flat_map(|_| 0..qubit_count) {
        let qubits: Vec<u32> = (0..3).map(|offset| (start + offset) % qubit_count).collect();
        ops.gate(class.1, &qubits[..class.2], class.3)?;
    }
    Ok(ops)
}

fn apply<R: Real>(simulator: &mut StateVector<R, Vec<Complex<R>>>, batch: &Batch<'_>) -> u64 {
    match simulator.apply(batch, &mut Outcomes::new(&mut [])) {
        Ok(()) => simulator.amps()[0].re.to_bits_u64(),
        Err(_) => 0,
    }
}

fn kernels<R: Real>(runner: &mut Runner, precision: &str) -> Result<()> {
    for qubit_count in [4, 6, 10, 16, 20] {
        if runner.is_tiny() && qubit_count > 10 {
            continue;
        }
        let rounds = (4096 >> qubit_count).clamp(1, 64);
        let mut simulator = simulator::<R>(qubit_count)?;
        for class in CLASSES {
            let ops = every_place(qubit_count, class, rounds)?;
            let name = format!("kernel/{precision}/{}/{qubit_count}", class.0);
            let gates = u64::from(ops.op_count());
            runner.bench(name, "gate", gates, Goal::None, || apply(&mut simulator, &ops.batch()));
        }
        let ladder = Ladder::new(qubit_count, if qubit_count > 12 { 1 } else { 20 })?;
        let gates = u64::from(ladder.batch().op_count());
        let name = format!("kernel/{precision}/ladder/{qubit_count}");
        runner.bench(name, "gate", gates, Goal::None, || apply(&mut simulator, &ladder.batch()));
    }
    Ok(())
}

/// The density matrix has the square of a state's entries, so it stops at 10 qubits.
fn density_matrix(runner: &mut Runner) -> Result<()> {
    for qubit_count in [4, 6, 10] {
        if runner.is_tiny() && qubit_count > 6 {
            continue;
        }
        let config = Config::new(qubit_count, StreamId(1));
        let cells = vec![DensityMatrixPart::EMPTY; DensityMatrixPart::cells(&config)?];
        let mut simulator = DensityMatrixPart::build(&config, cells)?;
        simulator.shot_begin(ShotId(0), Seed(1))?;
        let rounds = (256 >> qubit_count).clamp(1, 16);
        for class in CLASSES {
            let ops = every_place(qubit_count, class, rounds)?;
            let name = format!("kernel/density/{}/{qubit_count}", class.0);
            let gates = u64::from(ops.op_count());
            runner.bench(name, "gate", gates, Goal::None, || {
                let mut p = [0.0; 2];
                let done = simulator.apply(&ops.batch(), &mut Outcomes::new(&mut []));
                // A digest of all entries would cost more than the gates.
                let asked = StateQuery::Probabilities(&[0]);
                done.and_then(|()| simulator.state(asked, &mut p)).map_or(0, |()| p[1].to_bits())
            });
        }
    }
    Ok(())
}

fn main() -> Result<()> {
    let mut runner = Runner::from_args();
    kernels::<f64>(&mut runner, "f64")?;
    kernels::<f32>(&mut runner, "f32")?;
    density_matrix(&mut runner)
}
