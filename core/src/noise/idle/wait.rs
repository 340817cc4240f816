//! The qubits' clocks: until when each has been busy.
//!
//! Three words a qubit: until when it is accounted for; the same before the batch in hand; and which
//! batch moved it last, so that a refused one can be taken back.
//! Not here: what a wait does.

use super::{Idle, TimeNs};
use crate::op::{Batch, Op, OpKind};
use crate::part::Storage;
use crate::units::DurationNs;

/// Words of storage that one qubit takes.
pub(super) const CLOCK_WORDS: usize = 3;

/// Whether an operation of this kind ends a qubit's wait. A barrier is none of its qubits' doing, and
/// a channel is an error of somebody else's.
pub(super) const fn takes_part(kind: OpKind) -> bool {
    !matches!(kind, OpKind::Barrier | OpKind::Channel)
}

impl<S: Storage<u64>> Idle<S> {
    /// Moves the clock of `qubit` over `op`; gives the ns that it has waited until it takes part,
    /// those of an idle included. A qubit beyond the register has no clock.
    pub(super) fn advance(&mut self, qubit: u32, op: Op<'_>, batch: &Batch<'_>) -> u64 {
        let serial = self.serial;
        let at = qubit as usize * CLOCK_WORDS;
        let words = self.rates.own_mut().get_mut(at..at + CLOCK_WORDS);
        let Some([since, before, moved]) = words else { return 0 };
        if *moved != serial {
            (*before, *moved) = (*since, serial);
        }
        let waited = batch.start().0.saturating_sub(*since);
        let (waited, length) = if op.kind() == OpKind::Idle {
            // All of it is waiting; what its window has beyond that is found by the next operation.
            let length = op.param_u64(0);
            (waited.saturating_add(length), DurationNs(length))
        } else {
            (waited, batch.length())
        };
        *since = (*since).max(TimeNs(batch.start().0).after(length).0);
        waited
    }

    /// Puts the clocks back that the batch in hand has moved.
    #[cold]
    pub(super) fn take_back(&mut self, batch: &Batch<'_>) {
        let serial = self.serial;
        for op in batch.ops() {
            for qubit in op.qubits() {
                let at = qubit as usize * CLOCK_WORDS;
                let words = self.rates.own_mut().get_mut(at..at + CLOCK_WORDS);
                if let Some([since, before, moved]) = words
                    && *moved == serial
                {
                    *since = *before;
                }
            }
        }
    }
}
