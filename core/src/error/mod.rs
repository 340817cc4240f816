//! The one error type: what went wrong, at which operation, in which layer, in words.
//!
//! Codes are stable and never reused. Their range gives the class:
//! `-1..=-99` refused (nothing changed), `-100..=-199` the shot is lost, `-200` and below the
//! instance is lost and may only be destroyed.
//! If several errors apply to a batch, the first operation's wins; within one operation the order
//! is record form, support, qubits, parameters.

mod words;

pub(crate) use words::{Case, cut};

use core::fmt::{self, Display, Write};
use heapless::String;
use words::{Cutter, Words};

/// Longest text of an error in bytes; longer text is cut at a character border.
pub const TEXT_BYTES: usize = 152;
/// Longest id of a layer in bytes.
pub const LAYER_BYTES: usize = 48;
/// The index that means "no single operation".
pub const NO_OP: u32 = u32::MAX;

/// What a call gives back.
pub type Result<T> = core::result::Result<T, Error>;

/// What a failure costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Class {
    /// The call changed nothing; the caller may go on.
    Refused,
    /// The shot is lost; after `shot_end` the next one is good.
    ShotLost,
    /// The instance is lost; only destroying it may follow.
    InstanceLost,
}

/// Why a call failed. Each variant carries the offending value and the limit.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument makes no sense; the text says which.
    Argument(&'static str),
    /// The part does not do this; the text says what.
    Unsupported(&'static str),
    /// Something given is too small for what is asked.
    Capacity {
        /// What is too small.
        what: &'static str,
        /// How much is needed.
        needed: u64,
        /// How much there is.
        available: u64,
    },
    /// The call came at the wrong time in the life cycle; the text says what was expected.
    State(&'static str),
    /// A qubit number beyond the register.
    QubitOutOfRange {
        /// The number given.
        qubit: u32,
        /// How many qubits there are.
        width: u32,
    },
    /// One operation names a qubit twice.
    SameQubit {
        /// The qubit named twice.
        qubit: u32,
    },
    /// A parameter is NaN or infinite.
    NotFinite {
        /// Which parameter of the operation.
        param: u32,
    },
    /// A number that should be a probability is not in `[0, 1]`.
    NotAProbability {
        /// The number given.
        value: f64,
    },
    /// A gate that this part cannot do.
    GateRefused {
        /// The gate's name, or "user gate" where it has none here.
        gate: &'static str,
        /// Its slot.
        slot: u16,
    },
    /// An angle that makes a gate leave the Clifford group.
    NotClifford {
        /// The gate's name.
        gate: &'static str,
        /// Which parameter.
        param: u32,
        /// Its value in radians.
        theta: f64,
    },
    /// A matrix that is not unitary.
    NotUnitary {
        /// How far a row product is from what it should be.
        deviation: f64,
    },
    /// A record that is not well formed.
    Record {
        /// Where, in 8-byte words from the start of the records.
        word: u32,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Outcomes that an inner part gave back are not what was asked for.
    Outcomes(&'static str),
    /// A program that is not well formed.
    Program {
        /// Where, in 8-byte words from the start of the program.
        word: u32,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A configuration key that the part does not have, or a value it does not take.
    Config(&'static str),
    /// The two halves of an interface do not fit.
    Interface(&'static str),
    /// Hardware beside the stack, such as a pin, did not do what it should. The text says which.
    /// Across an interface it is a wrong time to call ([`Self::State`]): 1.0 has no code of its own for
    /// it.
    Hardware(&'static str),
    /// A postselected value has probability zero.
    Impossible {
        /// The qubit.
        qubit: u32,
        /// The value asked for.
        value: u8,
    },
    /// A recorded run and this one have parted.
    Diverged(&'static str),
    /// The emulated program failed by itself.
    ProgramFailed {
        /// The program's own code.
        code: i64,
    },
    /// The program ran more instructions than its bound.
    StepLimit {
        /// The bound.
        limit: u64,
    },
    /// Arithmetic that has no result, such as a division by zero.
    Arithmetic(&'static str),
    /// A call failed after part of the batch had been done, so the shot cannot go on.
    Partial {
        /// The code of the refusal that came too late.
        code: i32,
    },
    /// The link to a board failed in a shot; the next shot may work. The text says how. Across an
    /// interface it has the code of [`Self::Outcomes`], which did not come.
    Link(&'static str),
    /// The part panicked or broke its own promise.
    Broken(&'static str),
    /// The link to a board is gone for good. The text says how. Across an interface it has the code of
    /// [`Self::Broken`].
    LinkDown(&'static str),
    /// An error of a part behind an interface, known by its code and text only.
    Foreign {
        /// The code it gave.
        code: i32,
    },
}

/// A failure: why, at which operation of the batch, in which layer, and in words.
///
/// It is large, and on its way only moved: whatever looks into it or changes it is a call, since a
/// compiler that sees its fields moves them one by one (ADR 0032).
#[derive(Clone, PartialEq)]
pub struct Error {
    /// Why, also if that came too late.
    kind: ErrorKind,
    /// Whether it is a refusal after part of the batch had been done.
    late: bool,
    op_index: u32,
    layer: String<LAYER_BYTES>,
    words: Words,
}

impl ErrorKind {
    /// The stable code, negative; its range gives the class.
    #[must_use]
    pub const fn code(self) -> i32 {
        match self {
            Self::Argument(_) => -1,
            Self::Unsupported(_) => -2,
            Self::Capacity { .. } => -3,
            Self::State(_) | Self::Hardware(_) => -4,
            Self::QubitOutOfRange { .. } => -5,
            Self::SameQubit { .. } => -6,
            Self::NotFinite { .. } => -7,
            Self::NotAProbability { .. } => -8,
            Self::GateRefused { .. } => -9,
            Self::NotClifford { .. } => -10,
            Self::NotUnitary { .. } => -11,
            Self::Record { .. } => -12,
            Self::Program { .. } => -14,
            Self::Config(_) => -15,
            Self::Interface(_) => -16,
            Self::Impossible { .. } => -101,
            Self::Diverged(_) => -102,
            Self::ProgramFailed { .. } => -103,
            Self::StepLimit { .. } => -104,
            Self::Arithmetic(_) => -105,
            Self::Partial { .. } => -106,
            Self::Outcomes(_) | Self::Link(_) => -107,
            Self::Broken(_) | Self::LinkDown(_) => -200,
            Self::Foreign { code } => code,
        }
    }
}

impl Class {
    /// The class of a code. Codes that nobody may give (0 and above) count as a lost instance.
    #[must_use]
    pub const fn of(code: i32) -> Self {
        match code {
            -99..=-1 => Self::Refused,
            -199..=-100 => Self::ShotLost,
            _ => Self::InstanceLost,
        }
    }
}

impl Error {
    /// An error known by code and text only, as it comes across an interface. `code` is kept as it
    /// is; text and layer are cut to fit.
    #[must_use]
    pub fn foreign(code: i32, op_index: Option<u32>, layer: &str, text: &str) -> Self {
        Self {
            kind: ErrorKind::Foreign { code },
            late: false,
            op_index: op_index.unwrap_or(NO_OP),
            layer: cut(layer),
            words: if text.is_empty() { Words::OfKind } else { Words::Text(cut(text)) },
        }
    }

    /// Why.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        if self.late { ErrorKind::Partial { code: self.kind.code() } } else { self.kind }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> i32 {
        self.kind().code()
    }

    /// What the failure costs.
    #[must_use]
    pub const fn class(&self) -> Class {
        Class::of(self.code())
    }

    /// Index of the operation in the batch of the call that failed.
    #[must_use]
    pub const fn op_index(&self) -> Option<u32> {
        if self.op_index == NO_OP { None } else { Some(self.op_index) }
    }

    /// Its words, without layer and operation, into a log.
    #[cfg(feature = "defmt")]
    pub(crate) fn log_words(&self, to: defmt::Formatter<'_>) {
        match &self.words {
            Words::OfKind => defmt::Format::format(&self.kind(), to),
            Words::Text(text) => defmt::write!(to, "{=str}", text),
            Words::Of(case) => defmt::Format::format(case, to),
        }
    }

    /// Id of the layer that raised it, or "" while no layer has signed it.
    #[must_use]
    pub fn layer(&self) -> &str {
        &self.layer
    }

    /// The error at operation `index` of the batch, unless an operation is named already.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn at_op(mut self, index: u32) -> Self {
        if self.op_index == NO_OP {
            self.op_index = index;
        }
        self
    }

    /// In place, so that it is not moved on its way: its operation's index moved up by `by`, and a lost
    /// shot if part of the batch had been done.
    #[cold]
    #[inline(never)]
    pub(crate) fn pass_on(&mut self, by: u32, after_partial_work: bool) {
        if self.op_index != NO_OP {
            self.op_index = self.op_index.saturating_add(by);
        }
        self.late |= after_partial_work && self.class() == Class::Refused;
    }

    /// In place: as [`Self::instead_at_op`], and a lost shot if part of the batch had been done.
    #[cold]
    #[inline(never)]
    pub(crate) fn pass_on_instead(&mut self, index: u32, after_partial_work: bool) {
        self.op_index = index;
        self.late |= after_partial_work && self.class() == Class::Refused;
    }

    /// In place: as [`Self::at_op`].
    #[cold]
    #[inline(never)]
    pub(crate) fn place_at(&mut self, index: u32) {
        if self.op_index == NO_OP {
            self.op_index = index;
        }
    }

    /// In place: as [`Self::in_layer`].
    #[cold]
    #[inline(never)]
    pub(crate) fn sign(&mut self, layer: &str) {
        if self.layer.is_empty() {
            self.layer = cut(layer);
        }
    }

    /// The error with its operation's index moved up by `by`: how a layer that split a batch
    /// translates a child's index back to its caller's.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn shift_op(mut self, by: u32) -> Self {
        if self.op_index != NO_OP {
            self.op_index = self.op_index.saturating_add(by);
        }
        self
    }

    /// The error at operation `index` and no other: for operations that a layer inserted itself.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn instead_at_op(mut self, index: u32) -> Self {
        self.op_index = index;
        self
    }

    /// The error signed by `layer`, unless a layer further in has signed it already.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn in_layer(mut self, layer: &str) -> Self {
        if self.layer.is_empty() {
            self.layer = cut(layer);
        }
        self
    }

    /// The error with `text` in place of the words its kind would give.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn with_text(mut self, text: fmt::Arguments<'_>) -> Self {
        let mut words = String::new();
        let mut cutter = Cutter { text: &mut words };
        // A full buffer is no failure: the text is cut.
        let _ = cutter.write_fmt(text);
        self.words = Words::Text(words);
        self
    }

    /// The error in the words of `case`, which are written only when somebody reads them.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub(crate) fn of_case(mut self, case: Case) -> Self {
        self.words = Words::Of(case);
        self
    }

    /// A refusal turned into a lost shot, because part of the batch had been done before it came.
    /// Errors that already cost the shot or more stay what they are.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn after_partial_work(mut self) -> Self {
        self.late |= self.class() == Class::Refused;
        self
    }

    /// Writes the words without layer and operation.
    ///
    /// # Errors
    /// When `out` refuses.
    pub fn write_text(&self, out: &mut dyn Write) -> fmt::Result {
        write!(out, "{}", InWords(self))
    }
}

impl From<ErrorKind> for Error {
    #[cold]
    #[inline(never)]
    fn from(kind: ErrorKind) -> Self {
        let layer = String::new();
        Self { kind, late: false, op_index: NO_OP, layer, words: Words::OfKind }
    }
}

impl core::error::Error for Error {}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.layer.is_empty() {
            write!(f, "{}: ", self.layer)?;
        }
        if self.op_index != NO_OP {
            write!(f, "operation {}: ", self.op_index)?;
        }
        write!(f, "{}", InWords(self))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({}; {:?}; {self})", self.code(), self.kind())
    }
}

/// The words without layer and operation.
struct InWords<'a>(&'a Error);

impl Display for InWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.words {
            Words::OfKind => self.0.kind.fmt(f),
            Words::Text(text) => f.write_str(text),
            Words::Of(case) => case.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn the_text_names_the_value_the_limit_and_the_way_out() {
        let error = Error::from(ErrorKind::QubitOutOfRange { qubit: 9, width: 8 })
            .at_op(3)
            .in_layer("pandia.state_vector");
        assert_eq!(
            error.to_string(),
            "pandia.state_vector: operation 3: qubit 9 does not exist: there are 8 (0 to 7); \
             use a smaller index or configure more qubits"
        );
    }

    #[test]
    fn the_innermost_layer_and_operation_win() {
        let error = Error::from(ErrorKind::SameQubit { qubit: 1 })
            .at_op(2)
            .in_layer("inner")
            .shift_op(10)
            .at_op(99)
            .in_layer("outer");
        assert_eq!(error.op_index(), Some(12));
        assert_eq!(error.layer(), "inner");
    }

    #[test]
    fn a_late_refusal_costs_the_shot_and_keeps_its_words() {
        let error = Error::from(ErrorKind::SameQubit { qubit: 1 }).after_partial_work();
        assert_eq!(error.class(), Class::ShotLost);
        assert!(error.to_string().contains("qubit 1 is named twice"));
        let lost = Error::from(ErrorKind::Impossible { qubit: 0, value: 1 });
        assert_eq!(lost.clone().after_partial_work(), lost);
    }

    #[test]
    fn long_foreign_text_is_cut_at_a_character() {
        let long = "ä".repeat(TEXT_BYTES);
        let error = Error::foreign(-2, None, &long, &long);
        assert!(error.to_string().ends_with("ä…"));
        assert_eq!(error.layer().len(), LAYER_BYTES - 1, "an odd byte is left over");
        assert_eq!(error.class(), Class::Refused);
        assert_eq!(Error::foreign(5, None, "", "").class(), Class::InstanceLost);
    }
}
