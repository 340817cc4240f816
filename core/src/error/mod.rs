//! The one error type: what went wrong, at which operation, in which layer, in words.
//!
//! Codes are stable and never reused. Their range gives the class:
//! `-1..=-99` refused (nothing changed), `-100..=-199` the shot is lost, `-200` and below the
//! instance is lost and may only be destroyed.
//! If several errors apply to a batch, the first operation's wins; within one operation the order
//! is record form, support, qubits, parameters.

mod held;
mod kind;
mod words;

pub use kind::{Class, ErrorKind};
pub(crate) use words::{Case, cut};

use core::fmt::{self, Display, Write};
use heapless::String;
use held::Held;
use words::{Cutter, Words};

/// Longest text of an error in bytes; longer text is cut at a character border.
pub const TEXT_BYTES: usize = 152;
/// Longest id of a layer in bytes.
pub const LAYER_BYTES: usize = 48;
/// The index that means "no single operation".
pub const NO_OP: u32 = u32::MAX;

/// What a call gives back.
pub type Result<T> = core::result::Result<T, Error>;

/// A failure: why, at which operation of the batch, in which layer, and in words.
///
/// With an allocator, and on bare metal that exchanges bytes atomically, it is no larger than a pointer,
/// so that a result goes up in a register (ADR 0038).
#[derive(Clone)]
pub struct Error(Held);

/// What an error says.
#[derive(Clone, PartialEq)]
struct Contents {
    /// Why, also if that came too late.
    kind: ErrorKind,
    /// Whether it is a refusal after part of the batch had been done.
    late: bool,
    op_index: u32,
    layer: String<LAYER_BYTES>,
    words: Words,
}

impl Contents {
    const fn of(kind: ErrorKind) -> Self {
        Self { kind, late: false, op_index: NO_OP, layer: String::new(), words: Words::OfKind }
    }

    const fn kind(&self) -> ErrorKind {
        if self.late { ErrorKind::Partial { code: self.kind.code() } } else { self.kind }
    }
}

impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        self.0.contents() == other.0.contents()
    }
}

impl Error {
    /// An error known by code and text only, as it comes across an interface. `code` is kept as it
    /// is; text and layer are cut to fit.
    #[must_use]
    pub fn foreign(code: i32, op_index: Option<u32>, layer: &str, text: &str) -> Self {
        Self(Held::new(Contents {
            op_index: op_index.unwrap_or(NO_OP),
            layer: cut(layer),
            words: if text.is_empty() { Words::OfKind } else { Words::Text(cut(text)) },
            ..Contents::of(ErrorKind::Foreign { code })
        }))
    }

    /// Why.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.contents().map_or_else(|kind| kind, Contents::kind)
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> i32 {
        self.kind().code()
    }

    /// What the failure costs.
    #[must_use]
    pub fn class(&self) -> Class {
        Class::of(self.code())
    }

    /// Index of the operation in the batch of the call that failed.
    #[must_use]
    pub fn op_index(&self) -> Option<u32> {
        self.0.contents().ok().map(|of| of.op_index).filter(|index| *index != NO_OP)
    }

    /// Its words, without layer and operation, into a log.
    #[cfg(feature = "defmt")]
    pub(crate) fn log_words(&self, to: defmt::Formatter<'_>) {
        match self.words() {
            Words::OfKind => defmt::Format::format(&self.kind(), to),
            Words::Text(text) => defmt::write!(to, "{=str}", text),
            Words::Of(case) => defmt::Format::format(case, to),
        }
    }

    /// Id of the layer that raised it, or "" while no layer has signed it.
    #[must_use]
    pub fn layer(&self) -> &str {
        self.0.contents().map_or("", |of| &of.layer)
    }

    fn words(&self) -> &Words {
        self.0.contents().map_or(&Words::OfKind, |of| &of.words)
    }

    /// The error at operation `index` of the batch, unless an operation is named already.
    #[must_use]
    pub fn at_op(mut self, index: u32) -> Self {
        self.place_at(index);
        self
    }

    /// In place: its operation's index moved up by `by`, and a lost shot if part of the batch had been
    /// done.
    #[cold]
    #[inline(never)]
    pub(crate) fn pass_on(&mut self, by: u32, after_partial_work: bool) {
        self.0.change(|of| {
            if of.op_index != NO_OP {
                of.op_index = of.op_index.saturating_add(by);
            }
        });
        self.came(after_partial_work);
    }

    /// In place: as [`Self::instead_at_op`], and a lost shot if part of the batch had been done.
    #[cold]
    #[inline(never)]
    pub(crate) fn pass_on_instead(&mut self, index: u32, after_partial_work: bool) {
        self.0.change(|of| of.op_index = index);
        self.came(after_partial_work);
    }

    /// In place: a refusal costs the shot if part of the batch had been done.
    fn came(&mut self, after_partial_work: bool) {
        if after_partial_work && self.class() == Class::Refused {
            self.0.make_late();
        }
    }

    /// In place: as [`Self::at_op`].
    #[cold]
    #[inline(never)]
    pub(crate) fn place_at(&mut self, index: u32) {
        self.0.change(|of| {
            if of.op_index == NO_OP {
                of.op_index = index;
            }
        });
    }

    /// In place: as [`Self::in_layer`].
    #[cold]
    #[inline(never)]
    pub(crate) fn sign(&mut self, layer: &str) {
        self.0.change(|of| {
            if of.layer.is_empty() {
                of.layer = cut(layer);
            }
        });
    }

    /// The error with its operation's index moved up by `by`: how a layer that split a batch
    /// translates a child's index back to its caller's.
    #[must_use]
    pub fn shift_op(mut self, by: u32) -> Self {
        self.pass_on(by, false);
        self
    }

    /// The error at operation `index` and no other: for operations that a layer inserted itself.
    #[must_use]
    pub fn instead_at_op(mut self, index: u32) -> Self {
        self.pass_on_instead(index, false);
        self
    }

    /// The error signed by `layer`, unless a layer further in has signed it already.
    #[must_use]
    pub fn in_layer(mut self, layer: &str) -> Self {
        self.sign(layer);
        self
    }

    /// The error with `text` in place of the words its kind would give.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn with_text(mut self, text: fmt::Arguments<'_>) -> Self {
        self.0.change(|of| {
            let mut words = String::new();
            let mut cutter = Cutter { text: &mut words };
            // A full buffer is no failure: the text is cut.
            let _ = cutter.write_fmt(text);
            of.words = Words::Text(words);
        });
        self
    }

    /// The error in the words of `case`, which are written only when somebody reads them.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub(crate) fn of_case(mut self, case: Case) -> Self {
        self.0.change(|of| of.words = Words::Of(case));
        self
    }

    /// A refusal turned into a lost shot, because part of the batch had been done before it came.
    /// Errors that already cost the shot or more stay what they are.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn after_partial_work(mut self) -> Self {
        self.came(true);
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
        Self(Held::new(Contents::of(kind)))
    }
}

impl core::error::Error for Error {}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.layer().is_empty() {
            write!(f, "{}: ", self.layer())?;
        }
        if let Some(index) = self.op_index() {
            write!(f, "operation {index}: ")?;
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
        match self.0.words() {
            // Its kind, not that it came late.
            Words::OfKind => self.0.0.contents().map_or_else(|kind| kind, |of| of.kind).fmt(f),
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
