//! What the depolarizing layer may do at an operation.

use super::Depolarizing;
use crate::noise::expected::{Deed, Expect, Expected, Fate, Known, PauliString, Place, give};
use crate::noise::when::When;
use crate::op::{Op, OpKind};
use crate::part::Storage;

impl<S: Storage<u64>> Expect for Depolarizing<S> {
    fn expect(&self, op: Op<'_>, known: &Known<'_>, each: &mut dyn FnMut(Expected)) -> Fate {
        let rate = self.rate_of(op);
        match op.kind() {
            OpKind::Gate => expect_at_gate(op, self.when.place(), rate, each),
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
}

fn expect_at_gate(op: Op<'_>, place: Place, rate: f64, each: &mut dyn FnMut(Expected)) {
    let qubits = [op.qubit(0), op.qubit(1)];
    match op.qubit_count() {
        1 => {
            for code in 1..4 {
                let error = Deed::Paulis(PauliString::of_code(qubits, code));
                give(each, place, error, rate / 3.0);
            }
        }
        2 => {
            for code in 1..16 {
                let error = Deed::Paulis(PauliString::of_code(qubits, code));
                give(each, place, error, rate / 15.0);
            }
        }
        count => {
            // Such a string is inserted qubit by qubit. Of the 4^n - 1 strings 4^(n-1) have a given
            // Pauli on a given qubit: a share of 1 / (4 - 4^(1-n)).
            let others = (1..count).fold(1.0, |others, _| others / 4.0);
            for qubit in op.qubits() {
                for code in 1..4 {
                    let error = Deed::Paulis(PauliString::of_code([qubit, 0], code));
                    give(each, place, error, rate / (4.0 - others));
                }
            }
        }
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
