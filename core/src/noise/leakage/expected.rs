//! What the leakage layer may do at an operation, given which qubits have leaked.

use super::Leakage;
use crate::noise::drift::Drift;
use crate::noise::expected::{Deed, Expect, Expected, Fate, Known, PauliString, Place, give};
use crate::op::record::FLAG_INSERTED;
use crate::op::{Op, OpKind};
use crate::part::Storage;

impl<S: Storage<u64>, D: Drift> Expect for Leakage<S, D> {
    fn expect(&self, op: Op<'_>, known: &Known<'_>, each: &mut dyn FnMut(Expected)) -> Fate {
        let touches = op.qubits().any(|qubit| (known.leaked)(qubit));
        match op.kind() {
            OpKind::Gate if op.flags() & FLAG_INSERTED != 0 => {
                return if touches && op.qubit_count() > 1 {
                    Fate::Dropped
                } else {
                    Fate::Forwarded
                };
            }
            OpKind::Gate if touches => {
                self.expect_at_leaked(op, known, each);
                return Fate::Dropped;
            }
            OpKind::Gate => {
                let rate = self.rate_of(op);
                for qubit in op.qubits() {
                    give(each, Place::After, Deed::Leaks(qubit), rate);
                }
            }
            OpKind::Measure if touches => {
                let reads_one = self.reads_one.probability();
                give(each, Place::Outcome, Deed::Answers(1), reads_one);
                give(each, Place::Outcome, Deed::Answers(0), 1.0 - reads_one);
                return Fate::Dropped;
            }
            OpKind::MeasureLeaked if touches => {
                give(each, Place::Outcome, Deed::Answers(2), 1.0);
                return Fate::Dropped;
            }
            OpKind::Postselect if touches => return Fate::Dropped,
            _ => {}
        }
        Fate::Forwarded
    }

    fn depends_on_leaks(&self) -> bool {
        true
    }
}

impl<S: Storage<u64>, D: Drift> Leakage<S, D> {
    fn expect_at_leaked(&self, op: Op<'_>, known: &Known<'_>, each: &mut dyn FnMut(Expected)) {
        let seep = self.seep.probability();
        // Alone or together with the spread.
        let leak = 1.0 - (1.0 - self.rate_of(op)) * (1.0 - self.spread.probability());
        let paulis =
            |qubit, codes: core::ops::RangeInclusive<usize>, each: &mut dyn FnMut(_), p| {
                for code in codes {
                    let pauli = Deed::Paulis(PauliString::of_code([qubit, 0], code));
                    give(each, Place::After, pauli, p);
                }
            };
        for qubit in op.qubits() {
            if (known.leaked)(qubit) {
                give(each, Place::After, Deed::Returns(qubit), seep);
                // It comes back as 0 or 1, alike.
                paulis(qubit, 1..=1, each, seep / 2.0);
                continue;
            }
            if self.depolarizes_partners {
                paulis(qubit, 1..=3, each, 0.25);
            }
            give(each, Place::After, Deed::Leaks(qubit), leak);
        }
    }
}
