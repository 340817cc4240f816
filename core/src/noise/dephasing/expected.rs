//! How probably an operation dephases its qubits.

use super::Dephasing;
use crate::noise::drift::Drift;
use crate::noise::expected::{
    Deed, Expect, Expected, Facts, Fate, Known, PauliString, Place, give,
};
use crate::op::Op;
use crate::op::record::FLAG_INSERTED;
use crate::part::Storage;

impl<S: Storage<u64>> Expect for Dephasing<S> {
    fn expect(&self, op: Op<'_>, known: &Known<'_>, each: &mut dyn FnMut(Expected)) -> Fate {
        if op.flags() & FLAG_INSERTED == 0 {
            let factor = known.factor(&self.drift);
            for qubit in op.qubits() {
                let (_, p) = self.time_and_chance(op, qubit, known.length, factor);
                let z = Deed::Paulis(PauliString::of_code([qubit, 0], 3));
                give(each, Place::After, z, p);
            }
        }
        Fate::Forwarded
    }

    fn depends_on(&self) -> Facts {
        // The length of an idle is a parameter.
        Facts::PARAMS.with(Facts::LENGTH).with(self.drift.depends_on())
    }
}
