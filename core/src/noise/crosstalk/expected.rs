//! Which qubits an operation may disturb.

use super::{Crosstalk, subject_of};
use crate::noise::drift::Drift;
use crate::noise::expected::{
    Deed, Expect, Expected, Facts, Fate, Known, PauliString, Place, give,
};
use crate::op::Op;
use crate::part::Storage;

impl<S: Storage<u64>> Expect for Crosstalk<S> {
    fn expect(&self, op: Op<'_>, known: &Known<'_>, each: &mut dyn FnMut(Expected)) -> Fate {
        let Some(subject) = subject_of(op) else { return Fate::Forwarded };
        let factor = known.factor(self.sites.drift());
        for victim in (0..self.qubit_count).filter(|&one| !op.qubits().any(|own| own == one)) {
            let p = self.rate(op, subject, victim) * factor;
            for (code, chance) in (1..).zip(self.error.chances(p)) {
                let error = Deed::Paulis(PauliString::of_code([victim, 0], code));
                give(each, Place::After, error, chance);
            }
        }
        Fate::Forwarded
    }

    fn depends_on(&self) -> Facts {
        self.sites.drift().depends_on()
    }
}
