//! What the Pauli layer may do at an operation.

use super::{Pauli, site_count};
use crate::noise::drift::Drift;
use crate::noise::expected::{
    Deed, Expect, Expected, Facts, Fate, Known, PauliString, Place, give,
};
use crate::op::{Op, OpKind};
use crate::part::Storage;

impl<S: Storage<u64>> Expect for Pauli<S> {
    fn expect(&self, op: Op<'_>, known: &Known<'_>, each: &mut dyn FnMut(Expected)) -> Fate {
        let place = match op.kind() {
            OpKind::Gate => self.when.place(),
            OpKind::Measure | OpKind::MeasureLeaked => Place::Before,
            _ => Place::After,
        };
        let factor = known.factor(self.sites.drift());
        for site in 0..site_count(op) {
            let errors = self.errors_of(op, site);
            for (code, &chance) in (1..).zip(errors.chances()) {
                let error = Deed::Paulis(PauliString::of_code(errors.qubits, code));
                give(each, place, error, chance * factor);
            }
        }
        Fate::Forwarded
    }

    fn depends_on(&self) -> Facts {
        self.sites.drift().depends_on()
    }
}
