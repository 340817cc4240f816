//! What the leakage layer may do at an operation, given which qubits have leaked.

use super::Leakage;
use crate::noise::drift::Drift;
use crate::noise::expected::{
    Deed, Expect, Expected, Facts, Fate, Known, PauliString, Place, give,
};
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
            OpKind::Gate if touches => return self.expect_at_leaked(op, known, each),
            OpKind::Gate => {
                let rate = self.leak_rate(op, known);
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

    fn depends_on(&self) -> Facts {
        Facts::LEAKS.with(self.sites.drift().depends_on())
    }
}

impl<S: Storage<u64>, D: Drift> Leakage<S, D> {
    /// The probability of a spontaneous leak there and then.
    fn leak_rate(&self, op: Op<'_>, known: &Known<'_>) -> f64 {
        self.rate_of(op) * known.factor(self.sites.drift())
    }

    fn expect_at_leaked(
        &self,
        op: Op<'_>,
        known: &Known<'_>,
        each: &mut dyn FnMut(Expected),
    ) -> Fate {
        let seep = self.seep_of(op).probability();
        // Alone or together with the spread.
        let leak = 1.0 - (1.0 - self.leak_rate(op, known)) * (1.0 - self.spread.probability());
        let mut pauli = |place, qubit, code, p| {
            give(each, place, Deed::Paulis(PauliString::of_code([qubit, 0], code)), p);
        };
        let acts = self.acts_at_random && op.qubits().any(|qubit| !(known.leaked)(qubit));
        for qubit in op.qubits() {
            if (known.leaked)(qubit) {
                if acts {
                    pauli(Place::Before, qubit, 1, 0.5);
                }
                // It comes back as 0 or 1, alike.
                pauli(Place::After, qubit, 1, seep / 2.0);
            } else if self.depolarizes_partners {
                (1..=3).for_each(|code| pauli(Place::After, qubit, code, 0.25));
            }
        }
        for qubit in op.qubits() {
            if (known.leaked)(qubit) {
                give(each, Place::After, Deed::Clears(qubit), if acts { 1.0 } else { 0.0 });
                give(each, Place::After, Deed::Returns(qubit), seep);
            } else {
                give(each, Place::After, Deed::Leaks(qubit), leak);
            }
        }
        if acts { Fate::Forwarded } else { Fate::Dropped }
    }
}
