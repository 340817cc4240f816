//! What an error model may do at an operation, and with which probability.
//!
//! A report of what noise did holds the trace of a run against this. Each model answers from the very
//! numbers that it draws with, so there is no second copy of a rate; that the answers are those of
//! the running model is tested here, model by model.
//! Not here: which errors did fall (a trace says), and how far counts may be off by chance.

#[cfg(test)]
mod tests;

use super::insert::Pauli;
use crate::op::channel::{DEPOLARIZING, PAULI_1Q, PAULI_2Q};
use crate::op::{Op, OpKind};
#[cfg(feature = "alloc")]
use crate::{
    error::Result,
    part::{Config, LayerPart, Value},
};
#[cfg(feature = "alloc")]
use alloc::{boxed::Box, vec::Vec};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// Reports another value than was measured.
    Misreads {
        /// The value from below.
        measured: u8,
        /// The value that is reported.
        reported: u8,
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

/// What is known when an operation comes, and what probabilities may depend on.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// Whether a qubit has leaked by what this model did before in the shot.
    pub leaked: &'a dyn Fn(u32) -> bool,
    /// The outcome from below, for an operation that bears one and was passed on.
    pub measured: Option<u64>,
}

impl core::fmt::Debug for Known<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Known").field("measured", &self.measured).finish_non_exhaustive()
    }
}

impl Known<'_> {
    /// Nothing has leaked and nothing was measured.
    pub const NOTHING: Self = Self { leaked: &|_| false, measured: None };
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

    /// Whether probabilities depend on which qubits have leaked.
    fn depends_on_leaks(&self) -> bool {
        false
    }

    /// Whether they depend on the operation's parameters.
    fn depends_on_params(&self) -> bool {
        false
    }
}

/// Gives each error in a channel that stands for Pauli errors, with its probability, to `each`; says
/// whether `op` is such a channel. One on three or more qubits is given qubit by qubit, as
/// [`Expect`] gives them.
pub fn errors_of_channel(op: Op<'_>, each: &mut dyn FnMut(PauliString, f64)) -> bool {
    let code_count = match op.gate() {
        PAULI_1Q => 4,
        PAULI_2Q => 16,
        DEPOLARIZING => 0,
        _ => return false,
    };
    if op.kind() != OpKind::Channel {
        return false;
    }
    for code in 1..code_count {
        let string = PauliString::of_code([op.qubit(0), op.qubit(1)], code);
        each(string, op.param_f64(code - 1));
    }
    if code_count == 0 {
        uniform_errors(op, op.param_f64(0), each);
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

/// Settings with which a model does more than it says here: key and value, and whether it is that value
/// or any other.
#[cfg(feature = "alloc")]
const NOT_SAID: [(&str, &str, bool); 2] = [
    // Rates that change with shot or time.
    ("drift", "none", false),
    // Gates that act at random on leaked qubits.
    ("leaked_gate", "random", true),
];

/// Whether the model says all that it may do with these settings.
#[cfg(feature = "alloc")]
fn is_said(config: &Config<'_>) -> bool {
    !config.settings.iter().any(|setting| {
        NOT_SAID.iter().any(|&(key, word, is_that)| {
            let matches = matches!(setting.value, Value::Text(text) if text == word);
            setting.key == key && matches == is_that
        })
    })
}

/// The built-in error model called `id` with this configuration, to be asked what it may do. `None`
/// for a part that does not say, or not with these settings.
///
/// # Errors
/// Those of building the model.
#[cfg(feature = "alloc")]
pub fn expecting(id: &str, config: &Config<'_>) -> Result<Option<Box<dyn Expect>>> {
    use super::{CoherentPart, DepolarizingPart, IdealPart, LeakagePart, PauliPart, ReadoutPart};
    fn built<P: LayerPart>(config: &Config<'_>) -> Result<Option<Box<dyn Expect>>>
    where
        P::Layer<Vec<P::Cell>>: Expect + 'static,
    {
        let mut cells = Vec::new();
        cells.resize_with(P::cells(config)?, || P::EMPTY);
        Ok(Some(Box::new(P::build(config, cells)?)))
    }
    if !is_said(config) {
        return Ok(None);
    }
    match id {
        _ if id == IdealPart::SPEC.id => built::<IdealPart>(config),
        _ if id == DepolarizingPart::SPEC.id => built::<DepolarizingPart>(config),
        _ if id == PauliPart::SPEC.id => built::<PauliPart>(config),
        _ if id == LeakagePart::SPEC.id => built::<LeakagePart>(config),
        _ if id == ReadoutPart::SPEC.id => built::<ReadoutPart>(config),
        _ if id == CoherentPart::SPEC.id => built::<CoherentPart>(config),
        _ => Ok(None),
    }
}

/// Gives what is possible at all to `each`.
pub(super) fn give(each: &mut dyn FnMut(Expected), place: Place, deed: Deed, probability: f64) {
    if probability > 0.0 {
        each(Expected { place, deed, probability });
    }
}
