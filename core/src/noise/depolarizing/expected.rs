//! What the depolarizing layer may do at an operation.

use super::Depolarizing;
use crate::noise::drift::Drift;
use crate::noise::expected::{
    Deed, Expect, Expected, Facts, Fate, Known, PauliString, Place, give, uniform_errors,
};
use crate::noise::when::When;
use crate::op::{Op, OpKind};
use crate::part::Storage;

impl<S: Storage<u64>, D: Drift> Expect for Depolarizing<S, D> {
    fn expect(&self, op: Op<'_>, known: &Known<'_>, each: &mut dyn FnMut(Expected)) -> Fate {
        let rate = self.rate_of(op) * known.factor(self.sites.drift());
        match op.kind() {
            OpKind::Gate => uniform_errors(op, rate, &mut |error, p| {
                give(each, self.when.place(), Deed::Paulis(error), p);
            }),
            OpKind::Reset => {
                let x = PauliString::of_code([op.qubit(0), 0], 1);
                give(each, Place::After, Deed::Paulis(x), rate);
            }
            _ => {
                if let Some(measured @ (0 | 1)) = known.measured {
                    let measured = u8::from(measured == 1);
                    let deed = Deed::Misreads { measured, reported: 1 - measured };
                    give(each, Place::Outcome, deed, rate);
                }
            }
        }
        Fate::Forwarded
    }

    fn depends_on(&self) -> Facts {
        self.sites.drift().depends_on()
    }
}

impl When {
    /// The place of a gate's error.
    pub(crate) const fn place(self) -> Place {
        match self {
            Self::Before => Place::Before,
            Self::After => Place::After,
        }
    }
}
