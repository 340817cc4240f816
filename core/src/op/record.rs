//! Operation records: views on 8-byte words, the same bytes in RAM, in a ring and in a trace.
//!
//! Layout (little-endian, as the C header states it):
//! word 0: `bytes` u16, `kind` u8, `flags` u8, `gate` u16, `n_qubits` u8, `n_params` u8;
//! word 1: qubits 0 and 1 as u32; further qubits two to a word; then `n_params` words, each an
//! `f64`'s bits or a `u64`. Padding qubits are 0.
//! [`Ops`] is checked: every record in it lies wholly inside and is well formed. Only
//! [`crate::op::check`] and the builder make one.

/// What a record asks for. Kinds from 64 up are classical instructions of a program and never
/// reach a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum OpKind {
    /// A unitary gate: slot in `gate`, parameters as the gate list says.
    Gate = 1,
    /// Measure in Z; one outcome, 0 or 1. `param[0]`: result id (u64).
    Measure = 2,
    /// Put the qubit into |0>.
    Reset = 3,
    /// Project onto a value. `param[0]`: 0 or 1 (u64). The shot is lost if it is impossible.
    Postselect = 4,
    /// Measure in Z where a leaked qubit gives 2. `param[0]`: result id (u64).
    MeasureLeaked = 5,
    /// Nothing happens for a while. `param[0]`: nanoseconds (u64).
    Idle = 6,
    /// An operation of somebody's own: `gate` is its tag, qubits and parameters are its own.
    /// Refused by who does not know it, unless flagged as a hint.
    Custom = 7,
    /// A quantum channel, `gate` is its [`crate::op::channel`] number.
    Channel = 8,
    /// Everything before it is done before anything after it starts. Nothing to do for a backend.
    Barrier = 9,
}

/// Bit `k` is set if kind `k` is meant: how a part says which kinds it takes.
pub type OpKinds = u64;

impl OpKind {
    /// Every kind, in order of its number.
    pub const ALL: [Self; 9] = [
        Self::Gate,
        Self::Measure,
        Self::Reset,
        Self::Postselect,
        Self::MeasureLeaked,
        Self::Idle,
        Self::Custom,
        Self::Channel,
        Self::Barrier,
    ];

    /// The kind of this number, if there is one.
    #[inline]
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Gate),
            2 => Some(Self::Measure),
            3 => Some(Self::Reset),
            4 => Some(Self::Postselect),
            5 => Some(Self::MeasureLeaked),
            6 => Some(Self::Idle),
            7 => Some(Self::Custom),
            8 => Some(Self::Channel),
            9 => Some(Self::Barrier),
            _ => None,
        }
    }

    /// This kind alone, as a set.
    #[inline]
    #[must_use]
    pub const fn bit(self) -> OpKinds {
        1 << (self as u8)
    }

    /// Whether each operation of this kind yields exactly one outcome.
    #[inline]
    #[must_use]
    pub const fn bears_result(self) -> bool {
        matches!(self, Self::Measure | Self::MeasureLeaked)
    }

    /// The kind in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Measure => "measure",
            Self::Reset => "reset",
            Self::Postselect => "postselect",
            Self::MeasureLeaked => "measure_leaked",
            Self::Idle => "idle",
            Self::Custom => "custom",
            Self::Channel => "channel",
            Self::Barrier => "barrier",
        }
    }
}

/// Flag: who does not know the operation may skip it. Without it, the unknown is refused.
pub const FLAG_HINT: u8 = 1;
/// Flag: a layer inserted the operation; the program did not ask for it.
pub const FLAG_INSERTED: u8 = 2;

/// Most qubits of one record, so that a fixed buffer can hold any.
pub const QUBITS_MAX: usize = 255;
/// Most parameters of one record: a three-qubit matrix has 128.
pub const PARAMS_MAX: usize = 255;
/// Words of the longest record.
pub const WORDS_MAX: usize = 1 + QUBITS_MAX.div_ceil(2) + PARAMS_MAX;

/// Words that a record with so many qubits and parameters takes.
#[inline]
#[must_use]
pub const fn record_words(qubit_count: usize, param_count: usize) -> usize {
    let qubit_words = if qubit_count <= 2 { 1 } else { qubit_count.div_ceil(2) };
    1 + qubit_words + param_count
}

/// Word 0 of a record.
#[inline]
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "callers keep to QUBITS_MAX and PARAMS_MAX")]
pub const fn header_word(
    kind: u8,
    flags: u8,
    gate: u16,
    qubit_count: usize,
    param_count: usize,
) -> u64 {
    let bytes = (record_words(qubit_count, param_count) * 8) as u64;
    bytes
        | (kind as u64) << 16
        | (flags as u64) << 24
        | (gate as u64) << 32
        | (qubit_count as u8 as u64) << 48
        | (param_count as u8 as u64) << 56
}

/// Bytes of the record that begins with this word.
#[inline]
#[must_use]
pub const fn header_bytes(word: u64) -> usize {
    (word & 0xffff) as usize
}

/// Kind number of the record that begins with this word.
#[inline]
#[must_use]
pub const fn header_kind(word: u64) -> u8 {
    ((word >> 16) & 0xff) as u8
}

/// One operation: a view on its well-formed record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Op<'a> {
    words: &'a [u64],
}

impl<'a> Op<'a> {
    /// The view on `words`, which the caller has checked to be exactly one well-formed record.
    #[inline]
    pub(crate) const fn from_checked(words: &'a [u64]) -> Self {
        Self { words }
    }

    #[inline]
    fn head(self) -> u64 {
        self.words.first().copied().unwrap_or(0)
    }

    /// The record's words.
    #[inline]
    #[must_use]
    pub const fn words(self) -> &'a [u64] {
        self.words
    }

    /// What the record asks for.
    #[inline]
    #[must_use]
    pub fn kind(self) -> OpKind {
        // A checked record has a known kind; `Custom` is refused wherever it is not known.
        match header_kind(self.head()) {
            1 => OpKind::Gate,
            2 => OpKind::Measure,
            3 => OpKind::Reset,
            4 => OpKind::Postselect,
            5 => OpKind::MeasureLeaked,
            6 => OpKind::Idle,
            8 => OpKind::Channel,
            9 => OpKind::Barrier,
            _ => OpKind::Custom,
        }
    }

    /// The flags, see [`FLAG_HINT`] and [`FLAG_INSERTED`].
    #[inline]
    #[must_use]
    pub fn flags(self) -> u8 {
        ((self.head() >> 24) & 0xff) as u8
    }

    /// Whether who does not know the operation may skip it.
    #[inline]
    #[must_use]
    pub fn is_hint(self) -> bool {
        self.flags() & FLAG_HINT != 0
    }

    /// The gate's slot, the channel's number or the custom tag.
    #[inline]
    #[must_use]
    pub fn gate(self) -> u16 {
        ((self.head() >> 32) & 0xffff) as u16
    }

    /// How many qubits the operation names.
    #[inline]
    #[must_use]
    pub fn qubit_count(self) -> usize {
        ((self.head() >> 48) & 0xff) as usize
    }

    /// How many parameters it carries.
    #[inline]
    #[must_use]
    pub fn param_count(self) -> usize {
        (self.head() >> 56) as usize
    }

    /// How many qubits (low byte) and parameters, as the record's header has them.
    #[inline]
    pub(crate) fn counts(self) -> u16 {
        (self.head() >> 48) as u16
    }

    /// Qubit number `operand`; 0 beyond the last.
    #[inline]
    #[must_use]
    pub fn qubit(self, operand: usize) -> u32 {
        let word = self.words.get(1 + operand / 2).copied().unwrap_or(0);
        if operand.is_multiple_of(2) { (word & 0xffff_ffff) as u32 } else { (word >> 32) as u32 }
    }

    /// The qubits in operand order.
    #[inline]
    #[must_use]
    pub fn qubits(self) -> impl ExactSizeIterator<Item = u32> + 'a {
        (0..self.qubit_count()).map(move |operand| self.qubit(operand))
    }

    /// The parameters' words.
    #[inline]
    #[must_use]
    pub fn params(self) -> &'a [u64] {
        self.words.get(self.words.len() - self.param_count()..).unwrap_or(&[])
    }

    /// Parameter `index` as a whole number; 0 beyond the last.
    #[inline]
    #[must_use]
    pub fn param_u64(self, index: usize) -> u64 {
        self.params().get(index).copied().unwrap_or(0)
    }

    /// Parameter `index` as a real number; 0 beyond the last.
    #[inline]
    #[must_use]
    pub fn param_f64(self, index: usize) -> f64 {
        f64::from_bits(self.param_u64(index))
    }

    /// Where the outcome goes: the result id of a measurement.
    #[inline]
    #[must_use]
    pub fn result_id(self) -> u64 {
        self.param_u64(0)
    }
}

/// Checked records, one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ops<'a> {
    words: &'a [u64],
}

impl<'a> Ops<'a> {
    /// No operation.
    pub const EMPTY: Self = Self { words: &[] };

    /// The view on `words`, which the caller has checked to be whole well-formed records.
    #[inline]
    pub(crate) const fn from_checked(words: &'a [u64]) -> Self {
        Self { words }
    }

    /// All words of all records.
    #[inline]
    #[must_use]
    pub const fn words(self) -> &'a [u64] {
        self.words
    }

    /// The records from word `start` up to word `end`, both of which must be borders of records
    /// that [`OpsIter::word`] gave; anything else gives no records.
    #[inline]
    #[must_use]
    pub(crate) fn range(self, start: usize, end: usize) -> Self {
        Self { words: self.words.get(start..end).unwrap_or(&[]) }
    }

    /// The operations in order.
    #[inline]
    #[must_use]
    pub const fn iter(self) -> OpsIter<'a> {
        OpsIter { rest: self.words, all: self.words.len() }
    }
}

impl Ops<'_> {
    /// Of each operation that bears a result, in order: its index and its result id. Looks at nothing else
    /// of the records, so it costs a third of [`Self::iter`].
    #[inline]
    pub fn results(self) -> impl Iterator<Item = (u32, u64)> {
        let (mut rest, mut next) = (self.words, 0);
        core::iter::from_fn(move || {
            loop {
                let head = *rest.first()?;
                let (record, behind) = rest.split_at_checked(header_bytes(head) / 8)?;
                let index = next;
                (rest, next) = (behind, next + 1);
                let kind = header_kind(head);
                if kind == OpKind::Measure as u8 || kind == OpKind::MeasureLeaked as u8 {
                    // Its one parameter stands last.
                    return Some((index, *record.last()?));
                }
            }
        })
    }
}

impl<'a> IntoIterator for Ops<'a> {
    type Item = Op<'a>;
    type IntoIter = OpsIter<'a>;
    #[inline]
    fn into_iter(self) -> OpsIter<'a> {
        self.iter()
    }
}

/// The operations of checked records, in order.
#[derive(Clone, Debug)]
pub struct OpsIter<'a> {
    rest: &'a [u64],
    /// Words of all records.
    all: usize,
}

impl OpsIter<'_> {
    /// Where the next record begins, in words from the start.
    #[inline]
    #[must_use]
    pub const fn word(&self) -> usize {
        self.all - self.rest.len()
    }
}

impl<'a> Iterator for OpsIter<'a> {
    type Item = Op<'a>;
    #[inline]
    fn next(&mut self) -> Option<Op<'a>> {
        let head = *self.rest.first()?;
        let (record, rest) = self.rest.split_at_checked(header_bytes(head) / 8)?;
        self.rest = rest;
        Some(Op::from_checked(record))
    }
}
