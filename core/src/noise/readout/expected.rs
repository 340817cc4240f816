//! What the readout layer may do to an outcome.

use super::Readout;
use crate::noise::drift::Drift;
use crate::noise::expected::{Deed, Expect, Expected, Facts, Fate, Known, Place, give};
use crate::op::record::FLAG_INSERTED;
use crate::op::{Op, OpKind};
use crate::part::Storage;

impl<S: Storage<u64>> Expect for Readout<S> {
    fn expect(&self, op: Op<'_>, known: &Known<'_>, each: &mut dyn FnMut(Expected)) -> Fate {
        let Some(measured) = known.measured.and_then(|value| u8::try_from(value).ok()) else {
            return Fate::Forwarded;
        };
        let confusion = self.of_qubit(op.qubit(0));
        let Some(row) = confusion.get(usize::from(measured)) else { return Fate::Forwarded };
        let says_leaked = op.kind() == OpKind::MeasureLeaked;
        let factor = known.factor(self.sites.drift());
        for (reported, &p) in (0..).zip(row) {
            let possible = reported != measured && (reported < 2 || says_leaked);
            if possible && op.flags() & FLAG_INSERTED == 0 {
                give(each, Place::Outcome, Deed::Misreads { measured, reported }, p * factor);
            }
        }
        Fate::Forwarded
    }

    fn depends_on(&self) -> Facts {
        self.sites.drift().depends_on()
    }
}
