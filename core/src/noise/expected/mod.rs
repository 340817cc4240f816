//! What an error model may do at an operation, and with which probability.
//!
//! A report of what noise did holds the trace of a run against this. Each model answers from the very
//! numbers that it draws with, so there is no second copy of a rate; that the answers are those of
//! the running model is tested here, model by model.
//! Not here: which errors did fall (a trace says), and how far counts may be off by chance.

#[cfg(feature = "alloc")]
mod built_in;
mod known;
#[cfg(test)]
mod leakage_tests;
#[cfg(feature = "alloc")]
#[cfg(test)]
mod outcome_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod timed_tests;

#[cfg(feature = "alloc")]
pub use built_in::{Answer, expecting};
pub use known::{BatchOutcome, Facts, Known, TakesChannels};

use super::insert::Pauli;
use crate::op::channel::{AMPLITUDE_DAMPING, DEPOLARIZING, PAULI_1Q, PAULI_2Q};
use crate::op::{Op, OpKind};

/// One thing that a model may do at an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// Where, as seen by the operation.
    pub place: Place,
    /// What.
    pub deed: Deed,
    /// How probable it is, given what is [`Known`].
    pub probability: f64,
}

/// Where something is done, as seen by the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Before it.
    Before,
    /// After it, or instead of it if it is not done.
    After,
    /// To its outcome.
    Outcome,
}

/// What a model does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// Inserts Pauli errors, together.
    Paulis(PauliString),
    /// Inserts a rotation: every time, so its probability is 1.
    Rotation {
        /// The qubit, or both.
        qubits: [u32; 2],
        /// How many of `qubits` count.
        qubit_count: u8,
    },
    /// Takes a qubit out of its two levels.
    Leaks(u32),
    /// Brings a leaked qubit back.
    Returns(u32),
    /// Clears the simulator's qubit that stood for a leaked one in a gate; the qubit stays leaked.
    Clears(u32),
    /// Takes a qubit towards 0: amplitude damping, of which the probability is that of the decay.
    Damps(u32),
    /// Reports another value than was measured.
    Misreads {
        /// The value from below.
        measured: u8,
        /// The value that is reported.
        reported: u8,
    },
    /// Reports other values than were measured of two qubits together.
    MisreadsPair {
        /// The qubits, the lower number first.
        qubits: [u32; 2],
        /// The values from below, in their order.
        measured: [u8; 2],
        /// The values that are reported.
        reported: [u8; 2],
    },
    /// Answers a measurement of a leaked qubit with this value, asking nobody.
    Answers(u8),
}

/// One or two Paulis other than the identity, on ascending qubits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PauliString {
    factors: [(u32, u8); 2],
    length: u8,
}

impl PauliString {
    /// The string of these factors, each a qubit and 1 X, 2 Y or 3 Z; identities (0) drop out.
    /// `None` for more than two, or two on one qubit.
    #[must_use]
    pub fn new(factors: impl IntoIterator<Item = (u32, u8)>) -> Option<Self> {
        let mut string = Self::default();
        for factor in factors.into_iter().filter(|factor| factor.1 & 3 != 0) {
            *string.factors.get_mut(usize::from(string.length))? = (factor.0, factor.1 & 3);
            string.length += 1;
        }
        let [first, second] = &mut string.factors;
        if string.length == 2 {
            if first.0 == second.0 {
                return None;
            }
            if first.0 > second.0 {
                core::mem::swap(first, second);
            }
        }
        Some(string)
    }

    /// Pauli `code & 3` on the first and `code >> 2` on the second of `qubits`, the way
    /// [`crate::op::channel`] numbers them.
    pub(super) fn of_code(qubits: [u32; 2], code: Pauli) -> Self {
        let of = |bits: Pauli| u8::try_from(bits & 3).unwrap_or(0);
        Self::new([(qubits[0], of(code)), (qubits[1], of(code >> 2))]).unwrap_or_default()
    }

    /// Qubit and Pauli (1 X, 2 Y, 3 Z) of each factor.
    #[must_use]
    pub fn factors(&self) -> &[(u32, u8)] {
        self.factors.get(..usize::from(self.length)).unwrap_or(&[])
    }
}

/// What becomes of an operation itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is passed on.
    Forwarded,
    /// It is not.
    Dropped,
}

/// An error model that says what it may do.
pub trait Expect {
    /// Gives each thing that the model may do at `op` of the program's own to `each`, and says what
    /// becomes of `op`. Things with probability 0 are left out. What happens at one operation does
    /// not depend on what happens at others, but for what is `known`.
    fn expect(&self, op: Op<'_>, known: &Known<'_>, each: &mut dyn FnMut(Expected)) -> Fate;

    /// What of the [`Known`], and of the operation, probabilities depend on.
    fn depends_on(&self) -> Facts {
        Facts::NONE
    }

    /// Gives each two outcomes of a batch that the model changes together to `each`, by their places
    /// among `outcomes`, in the order in which it changes them. What it may do to these it says in
    /// [`Self::expect_pair`], and not in [`Self::expect`].
    fn pairs(&self, outcomes: &[BatchOutcome], each: &mut dyn FnMut([usize; 2])) {
        let _ = (outcomes, each);
    }

    /// Gives each other report of a pair of [`Self::pairs`], and its probability given all `outcomes`
    /// from below, to `each`.
    fn expect_pair(
        &self,
        outcomes: &[BatchOutcome],
        pair: [usize; 2],
        known: &Known<'_>,
        each: &mut dyn FnMut([u8; 2], f64),
    ) {
        let _ = (outcomes, pair, known, each);
    }
}

/// Gives each error in a channel that stands for Pauli errors or a decay, with its probability, to
/// `each`; says whether `op` is such a channel. One on three or more qubits is given qubit by qubit,
/// as [`Expect`] gives them.
pub fn errors_of_channel(op: Op<'_>, each: &mut dyn FnMut(Deed, f64)) -> bool {
    if op.kind() != OpKind::Channel {
        return false;
    }
    let code_count = match op.gate() {
        PAULI_1Q => 4,
        PAULI_2Q => 16,
        DEPOLARIZING => {
            uniform_errors(op, op.param_f64(0), &mut |error, p| each(Deed::Paulis(error), p));
            return true;
        }
        AMPLITUDE_DAMPING => {
            each(Deed::Damps(op.qubit(0)), op.param_f64(0));
            return true;
        }
        _ => return false,
    };
    for code in 1..code_count {
        let string = PauliString::of_code([op.qubit(0), op.qubit(1)], code);
        each(Deed::Paulis(string), op.param_f64(code - 1));
    }
    true
}

/// Gives each error of a uniformly drawn Pauli string other than the identity on `op`'s qubits, which
/// falls with probability `rate`.
pub(super) fn uniform_errors(op: Op<'_>, rate: f64, each: &mut dyn FnMut(PauliString, f64)) {
    let qubits = [op.qubit(0), op.qubit(1)];
    match op.qubit_count() {
        1 => (1..4).for_each(|code| each(PauliString::of_code(qubits, code), rate / 3.0)),
        2 => (1..16).for_each(|code| each(PauliString::of_code(qubits, code), rate / 15.0)),
        count => {
            // Of the 4^n - 1 strings 4^(n-1) have a given Pauli on a given qubit: a share of
            // 1 / (4 - 4^(1-n)).
            let others = (1..count).fold(1.0, |others, _| others / 4.0);
            for qubit in op.qubits() {
                for code in 1..4 {
                    each(PauliString::of_code([qubit, 0], code), rate / (4.0 - others));
                }
            }
        }
    }
}

/// Gives what is possible at all to `each`.
pub(super) fn give(each: &mut dyn FnMut(Expected), place: Place, deed: Deed, probability: f64) {
    if probability > 0.0 {
        each(Expected { place, deed, probability });
    }
}
