//! When an operation starts: as soon as its qubits are free, no earlier than the program can have asked
//! for it, and, if it draws, no earlier than what drew before it.
//!
//! Not here: the operations themselves.

use crate::op::{Op, OpKind};
use crate::units::{DurationNs, TimeNs};

/// Words of a qubit's clock.
pub(super) const CLOCK_WORDS: usize = 2;

/// A place in the order of everything: a time, and a step within it, since operations that take no
/// time follow one another at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant {
    pub(super) time: TimeNs,
    pub(super) step: u64,
}

impl Instant {
    /// What comes after something of this length that starts here.
    pub(super) fn after(self, length: DurationNs) -> Self {
        let time = self.time.after(length);
        if time > self.time {
            Self { time, step: 0 }
        } else {
            Self { time: self.time, step: self.step + 1 }
        }
    }
}

/// What a batch is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind(pub(super) u8);

impl Kind {
    /// Gates on one qubit are kind 0; otherwise it is the number of the operation's kind.
    pub(super) fn of(op: Op<'_>) -> Self {
        match op.kind() {
            OpKind::Gate if op.qubit_count() == 1 => Self(0),
            kind => Self(kind as u8),
        }
    }
}

/// Whether an operation draws a random number or projects the state, so that its order among its like
/// decides what comes out at a given seed.
const fn draws(kind: OpKind) -> bool {
    matches!(
        kind,
        OpKind::Measure
            | OpKind::MeasureLeaked
            | OpKind::Reset
            | OpKind::Postselect
            | OpKind::Custom
    )
}

/// Whether an operation concerns all qubits: it names none, or what it names is its own business.
fn concerns_all(op: Op<'_>) -> bool {
    op.qubit_count() == 0 || op.kind() == OpKind::Custom || op.is_hint()
}

/// What decides when the next operation starts, beside the clocks of its qubits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Schedule {
    /// Nothing new starts before this.
    floor: Instant,
    /// Where something drew last.
    last_draw: (Instant, Kind),
}

impl Schedule {
    /// Nothing new starts before `instant`.
    pub(super) fn not_before(&mut self, instant: Instant) {
        self.floor = self.floor.max(instant);
    }

    /// Gives `op`, which takes `length`, its place. `clocks`: when each qubit is free.
    pub(super) fn place(
        &mut self,
        op: Op<'_>,
        length: DurationNs,
        clocks: &mut [[u64; CLOCK_WORDS]],
    ) -> Instant {
        let read = |clock: &[u64; CLOCK_WORDS]| Instant { time: TimeNs(clock[0]), step: clock[1] };
        let all = concerns_all(op);
        let mut at = self.floor;
        if all {
            at = clocks.iter().map(read).fold(at, Ord::max);
        } else {
            for qubit in op.qubits() {
                at = clocks.get(qubit as usize).map_or(at, |clock| at.max(read(clock)));
            }
        }
        if draws(op.kind()) {
            let (last, kind) = self.last_draw;
            let own = Kind::of(op);
            at = at.max(last);
            if at == last && own < kind {
                at.step += 1;
            }
            self.last_draw = (at, own);
        }
        let Instant { time, step } = at.after(length);
        let free = [time.0, step];
        if all {
            clocks.fill(free);
        } else {
            for qubit in op.qubits() {
                if let Some(clock) = clocks.get_mut(qubit as usize) {
                    *clock = free;
                }
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::gates::slot;
    use crate::op::{Batch, OpBuffer, OpSink};
    use std::vec::Vec;

    fn places(fill: impl FnOnce(&mut OpBuffer<128>), length: u64) -> Vec<(u64, u64)> {
        let mut ops = OpBuffer::new();
        fill(&mut ops);
        let (mut schedule, mut clocks) = (Schedule::default(), [[0; CLOCK_WORDS]; 3]);
        let batch = Batch::new(ops.words()).unwrap();
        let place = |op| {
            let at = schedule.place(op, DurationNs(length), &mut clocks);
            (at.time.0, at.step)
        };
        batch.ops().into_iter().map(place).collect()
    }

    fn gates(ops: &mut OpBuffer<128>) {
        ops.gate(slot::X, &[0], &[]).unwrap();
        ops.gate(slot::X, &[0], &[]).unwrap();
        ops.gate(slot::X, &[1], &[]).unwrap();
        ops.gate(slot::CX, &[1, 2], &[]).unwrap();
        ops.barrier(&[]).unwrap();
        ops.gate(slot::X, &[2], &[]).unwrap();
    }

    #[test]
    fn what_takes_time_starts_when_its_qubits_are_free() {
        let expected = [(0, 0), (5, 0), (0, 0), (5, 0), (10, 0), (15, 0)];
        assert_eq!(places(gates, 5), expected);
    }

    #[test]
    fn what_takes_no_time_follows_step_by_step() {
        assert_eq!(places(gates, 0), [(0, 0), (0, 1), (0, 0), (0, 1), (0, 2), (0, 3)]);
    }

    #[test]
    fn what_draws_keeps_the_order_of_the_program() {
        let ops = |ops: &mut OpBuffer<128>| {
            ops.gate(slot::X, &[1], &[]).unwrap();
            ops.measure_leaked(1, 0).unwrap();
            ops.measure(0, 1).unwrap();
            ops.reset(2).unwrap();
            ops.gate(slot::X, &[0], &[]).unwrap();
        };
        // Of one instant, measurements sort before those that tell leaked qubits, and resets between
        // the two; so the second one goes a step further.
        assert_eq!(places(ops, 0), [(0, 0), (0, 1), (0, 2), (0, 2), (0, 3)]);
        assert_eq!(places(ops, 9), [(0, 0), (9, 0), (9, 1), (9, 1), (18, 0)]);
    }

    #[test]
    fn time_that_has_come_to_its_end_goes_on_in_steps() {
        let end = Instant { time: TimeNs(u64::MAX), step: 3 };
        assert_eq!(end.after(DurationNs(7)), Instant { step: 4, ..end });
    }
}
