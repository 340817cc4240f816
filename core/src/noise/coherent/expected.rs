//! Where the coherent layer inserts its rotations: there is no chance in it, but for the sign.

use super::{Coherent, Rotation};
use crate::noise::drift::Drift;
use crate::noise::expected::{Deed, Expect, Expected, Facts, Fate, Known, Place, give};
use crate::op::record::FLAG_INSERTED;
use crate::op::{Op, OpKind};
use crate::part::Storage;

impl<S: Storage<u64>> Expect for Coherent<S> {
    fn expect(&self, op: Op<'_>, known: &Known<'_>, each: &mut dyn FnMut(Expected)) -> Fate {
        if op.kind() != OpKind::Gate || op.flags() & FLAG_INSERTED != 0 {
            return Fate::Forwarded;
        }
        let factor = known.factor(&self.drift);
        let mut rotation = Rotation::new();
        let pairs = op.qubit_count().saturating_sub(1);
        for site in 0..pairs.max(1) {
            rotation.clear();
            let written = self.rotation(op, site, factor, &mut rotation);
            if written.is_ok() && rotation.op_count() > 0 {
                let mut qubits = [op.qubit(site), op.qubit(site + 1)];
                let qubit_count = if pairs == 0 { 1 } else { 2 };
                if pairs == 0 {
                    qubits[1] = 0;
                } else {
                    qubits.sort_unstable();
                }
                give(each, Place::After, Deed::Rotation { qubits, qubit_count }, 1.0);
            }
        }
        Fate::Forwarded
    }

    fn depends_on(&self) -> Facts {
        Facts::PARAMS.with(self.drift.depends_on())
    }
}
