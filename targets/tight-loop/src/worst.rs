//! The same operations until everything that an operation's cost depends on has been met: operands,
//! Pauli errors before them, and a distance to the next error drawn. What was met is read from the
//! model's metrics; a piece that has not met everything fails.

use crate::noisy::{AMPS, Op, QUBITS, angle, vector};
use crate::round;
use crate::{Counter, SEED, depolarizing, hot, leakage};
use pandia_core::Result;
use pandia_core::backend::{Backend, MetricValue, Stack};
use pandia_core::error::ErrorKind;
use pandia_core::ids::ShotId;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpSink, Outcome, Outcomes};

/// Just below the rate from which on every site is drawn alone, and a little less for the gates, so
/// that a site that was hit draws whether it keeps its error.
const RATES: [f64; 4] = [0.0623, 0.0623, 0.0624, 0.0623];
/// Metrics of the depolarizing layer: X, Y and Z inserted.
const INSERTED: [u32; 3] = [3, 4, 5];
/// Metrics of the leakage layer: a qubit leaks, comes back, is named by a gate while away, and X.
const LEAKED: [u32; 4] = [0, 2, 3, 5];
/// What a piece must have met has at most so many cases.
const CASES_MAX: usize = 30 * 16;

/// Runs every piece.
///
/// # Errors
/// The first refusal of a part; [`ErrorKind::State`] if a piece has not met everything.
pub(crate) fn run(counter: &mut dyn Counter) -> Result<()> {
    let mut amps = AMPS;
    let mut stack = Stack::new(depolarizing(RATES)?, vector(&mut amps)?);
    let phased_x = |ops: &mut Op, time: u32| {
        ops.gate(slot::PHASED_X, &[time % QUBITS], &[angle(time), angle(time + 7)])
    };
    // On each qubit: no error, X, Y and Z.
    let piece = Piece { name: "depolarizing, phased_x", times: 6_000, groups: 6, kinds: 4 };
    piece.count(counter, &mut stack, inserted, phased_x)?;
    let piece = Piece { name: "depolarizing, rz", ..piece };
    piece.count(counter, &mut stack, inserted, |ops, time| {
        ops.gate(slot::RZ, &[time % QUBITS], &[angle(time)])
    })?;
    // On each ordered pair: no error, and each of 15 strings, of which the metrics tell 10 apart.
    let piece = Piece { name: "depolarizing, zz_phase", times: 60_000, groups: 30, kinds: 10 };
    piece.count(counter, &mut stack, inserted, |ops, time| {
        let (first, other) = (time % 30 / 5, time % 5);
        ops.gate(slot::ZZ_PHASE, &[first, (first + 1 + other) % QUBITS], &[angle(time)])
    })?;

    let mut amps = AMPS;
    let mut stack = Stack::new(leakage(QUBITS, [0.0623, 0.0624])?, vector(&mut amps)?);
    let piece = Piece { name: "leakage, phased_x", times: 6_000, groups: 6, kinds: 5 };
    piece.count(counter, &mut stack, leaked, phased_x)?;

    let mut words = round::TABLEAU;
    let mut stack = Stack::new(depolarizing(RATES)?, round::tableau(&mut words)?);
    let names = ["tableau, cx", "tableau, h", "tableau, h and measure", "tableau, h and reset"];
    for ((kind, name), kinds) in (0..).zip(names).zip([10, 4, 1, 1]) {
        let piece = Piece { name, times: 6_000, groups: 1, kinds };
        piece.count(counter, &mut stack, inserted, |ops, time| {
            let qubit =
                |step: u32| time.wrapping_mul(0x9e37_79b9).rotate_left(step) % round::QUBITS;
            let (a, b) = (qubit(5), qubit(17));
            let b = if a == b { (b + 1) % round::QUBITS } else { b };
            match kind {
                // With a Hadamard, or the state would soon have nothing random in it.
                0 => ops.gate(slot::CX, &[a, b], &[]),
                1 => ops.gate(slot::H, &[a], &[]),
                2 => ops.gate(slot::H, &[b], &[]).and_then(|()| ops.measure(a, 0)),
                _ => ops.gate(slot::H, &[b], &[]).and_then(|()| ops.reset(a)),
            }
        })?;
    }
    Ok(())
}

/// Which kind of case an operation was, by how the metrics grew: 0 is nothing.
fn inserted(grown: &dyn Fn(u32) -> u64) -> usize {
    let [x, y, z] = INSERTED.map(grown);
    // One or two Paulis: ten kinds with none, without their order.
    match (x, y, z) {
        (0, 0, 0) => 0,
        (1, 0, 0) => 1,
        (0, 1, 0) => 2,
        (0, 0, 1) => 3,
        (2, ..) => 4,
        (_, 2, _) => 5,
        (.., 2) => 6,
        (1, 1, _) => 7,
        (1, _, _) => 8,
        _ => 9,
    }
}

fn leaked(grown: &dyn Fn(u32) -> u64) -> usize {
    match LEAKED.map(grown) {
        [1, ..] => 1,
        [_, 0, 1, _] => 2,
        [_, 1, _, 0] => 3,
        [_, 1, _, 1] => 4,
        _ => 0,
    }
}

/// A piece that must meet every kind of case in every group; operation `t` is of group `t % groups`.
#[derive(Clone, Copy)]
struct Piece {
    name: &'static str,
    times: u32,
    groups: u32,
    kinds: usize,
}

impl Piece {
    fn count<B: Backend>(
        self,
        counter: &mut dyn Counter,
        stack: &mut B,
        kind: fn(&dyn Fn(u32) -> u64) -> usize,
        write: impl Fn(&mut Op, u32) -> Result<()>,
    ) -> Result<()> {
        let mut met = [false; CASES_MAX];
        counter.announce(self.name, self.times);
        stack.shot_begin(ShotId(0), SEED)?;
        for time in 0..self.times {
            let mut ops = Op::new();
            write(&mut ops, time)?;
            let (batch, mut room) = (ops.batch(), [Outcome::default(); 1]);
            let mut outcomes = Outcomes::new(&mut room);
            let before = [0, 1, 2, 3, 4, 5].map(|index| metric(stack, index));
            counter.begin();
            let done = hot::apply(stack, &batch, &mut outcomes);
            counter.end();
            done?;
            let grown = |index: u32| metric(stack, index) - before[index as usize];
            let case =
                (time % self.groups) as usize * self.kinds + kind(&grown).min(self.kinds - 1);
            if let Some(place) = met.get_mut(case) {
                *place = true;
            }
        }
        let all = self.groups as usize * self.kinds;
        if met.iter().take(all).any(|met| !met) {
            return Err(
                ErrorKind::State("a piece has not met every case; run it more often").into()
            );
        }
        stack.shot_end()
    }
}

fn metric(stack: &impl Backend, index: u32) -> u64 {
    match stack.metric(index).map(|metric| metric.value) {
        Some(MetricValue::Counter(count)) => count,
        _ => 0,
    }
}
