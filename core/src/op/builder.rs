//! Writing records: one encoder for every buffer, fixed or growing.
//!
//! What is written here is well formed by construction, so [`OpBuffer::batch`] needs no check.

use super::batch::Batch;
use super::bounds::Bounds;
use super::record::{
    FLAG_INSERTED, Op, OpKind, Ops, PARAMS_MAX, QUBITS_MAX, header_word, record_words,
};
use crate::error::{ErrorKind, Result};
use crate::units::DurationNs;

/// What a record is made of.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The kind.
    pub kind: OpKind,
    /// The flags.
    pub flags: u8,
    /// Gate slot, channel number or custom tag.
    pub gate: u16,
    /// The qubits in operand order, at most 255.
    pub qubits: &'a [u32],
    /// The parameters, at most 255.
    pub params: Params<'a>,
}

/// The parameters of a record, in either of the forms that a word can hold.
#[derive(Clone, Copy, Debug)]
pub enum Params<'a> {
    /// Whole numbers, or words taken from another record.
    Words(&'a [u64]),
    /// Real numbers.
    Reals(&'a [f64]),
}

impl Params<'_> {
    /// No parameter.
    pub const NONE: Self = Self::Words(&[]);

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Words(words) => words.len(),
            Self::Reals(reals) => reals.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes them to `out`, which is as long as they are many.
    fn encode(self, out: &mut [u64]) {
        match self {
            Self::Words(words) => {
                for (place, word) in out.iter_mut().zip(words) {
                    *place = *word;
                }
            }
            Self::Reals(reals) => {
                for (word, real) in out.iter_mut().zip(reals) {
                    *word = real.to_bits();
                }
            }
        }
    }
}

impl Parts<'_> {
    /// Words of the record.
    #[must_use]
    pub const fn words(&self) -> usize {
        record_words(self.qubits.len(), self.params.len())
    }

    /// Writes the record to the beginning of `out`, which [`Self::words`] says how long must be.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if there are too many qubits or parameters or `out` is too short.
    pub fn encode(&self, out: &mut [u64]) -> Result<usize> {
        let words = self.words();
        at_most("qubits of one operation", self.qubits.len(), QUBITS_MAX)?;
        at_most("parameters of one operation", self.params.len(), PARAMS_MAX)?;
        let available = out.len() as u64;
        let Some((head, body)) = out.get_mut(..words).and_then(<[u64]>::split_first_mut) else {
            let what = "room for operations, in words";
            return Err(ErrorKind::Capacity { what, needed: words as u64, available }.into());
        };
        *head = header_word(
            self.kind as u8,
            self.flags,
            self.gate,
            self.qubits.len(),
            self.params.len(),
        );
        let qubit_words = body.len() - self.params.len();
        let (pairs, params) = body.split_at_mut_checked(qubit_words).unwrap_or_default();
        for (index, pair) in pairs.iter_mut().enumerate() {
            let qubit = |operand: usize| u64::from(self.qubits.get(operand).copied().unwrap_or(0));
            *pair = qubit(2 * index) | qubit(2 * index + 1) << 32;
        }
        self.params.encode(params);
        Ok(words)
    }
}

fn at_most(what: &'static str, needed: usize, available: usize) -> Result<()> {
    if needed <= available {
        Ok(())
    } else {
        Err(ErrorKind::Capacity { what, needed: needed as u64, available: available as u64 }.into())
    }
}

/// Anything that operations can be written to, one after the other.
pub trait OpSink {
    /// Adds one operation.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if there is no room.
    fn push(&mut self, parts: Parts<'_>) -> Result<()>;

    /// Adds a gate by slot; parameters are real numbers as the gate list says (angles in radians).
    ///
    /// # Errors
    /// As [`Self::push`].
    fn gate(&mut self, slot: u16, qubits: &[u32], params: &[f64]) -> Result<()> {
        self.gate_flagged(slot, 0, qubits, params)
    }

    /// Adds a gate with flags.
    ///
    /// # Errors
    /// As [`Self::push`].
    fn gate_flagged(&mut self, slot: u16, flags: u8, qubits: &[u32], params: &[f64]) -> Result<()> {
        let params = Params::Reals(params);
        self.push(Parts { kind: OpKind::Gate, flags, gate: slot, qubits, params })
    }

    /// Adds a gate that a layer inserts by itself.
    ///
    /// # Errors
    /// As [`Self::push`].
    fn inserted_gate(&mut self, slot: u16, qubits: &[u32], params: &[f64]) -> Result<()> {
        self.gate_flagged(slot, FLAG_INSERTED, qubits, params)
    }

    /// Adds a measurement of `qubit` whose outcome has the id `result_id`.
    ///
    /// # Errors
    /// As [`Self::push`].
    fn measure(&mut self, qubit: u32, result_id: u64) -> Result<()> {
        let (qubits, params) = (&[qubit], Params::Words(&[result_id]));
        self.push(Parts { kind: OpKind::Measure, flags: 0, gate: 0, qubits, params })
    }

    /// Adds a measurement that gives 2 for a leaked qubit.
    ///
    /// # Errors
    /// As [`Self::push`].
    fn measure_leaked(&mut self, qubit: u32, result_id: u64) -> Result<()> {
        let (qubits, params) = (&[qubit], Params::Words(&[result_id]));
        self.push(Parts { kind: OpKind::MeasureLeaked, flags: 0, gate: 0, qubits, params })
    }

    /// Adds a reset of `qubit` to |0>.
    ///
    /// # Errors
    /// As [`Self::push`].
    fn reset(&mut self, qubit: u32) -> Result<()> {
        let qubits = &[qubit];
        self.push(Parts { kind: OpKind::Reset, flags: 0, gate: 0, qubits, params: Params::NONE })
    }

    /// Adds a projection of `qubit` onto `value`.
    ///
    /// # Errors
    /// As [`Self::push`].
    fn postselect(&mut self, qubit: u32, value: bool) -> Result<()> {
        let (qubits, params) = (&[qubit], Params::Words(&[u64::from(value)]));
        self.push(Parts { kind: OpKind::Postselect, flags: 0, gate: 0, qubits, params })
    }

    /// Adds a time of nothing happening to `qubits`.
    ///
    /// # Errors
    /// As [`Self::push`].
    fn idle(&mut self, qubits: &[u32], length: DurationNs) -> Result<()> {
        let params = Params::Words(&[length.0]);
        self.push(Parts { kind: OpKind::Idle, flags: 0, gate: 0, qubits, params })
    }

    /// Adds a barrier over `qubits`, or over all if there are none.
    ///
    /// # Errors
    /// As [`Self::push`].
    fn barrier(&mut self, qubits: &[u32]) -> Result<()> {
        self.push(Parts { kind: OpKind::Barrier, flags: 0, gate: 0, qubits, params: Params::NONE })
    }
}

/// Operations in a fixed array of `WORDS` words: no allocation.
#[derive(Clone, Debug)]
pub struct OpBuffer<const WORDS: usize> {
    words: [u64; WORDS],
    len: usize,
    op_count: u32,
    result_count: u32,
    bounds: Bounds,
}

impl<const WORDS: usize> Default for OpBuffer<WORDS> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const WORDS: usize> OpBuffer<WORDS> {
    /// An empty buffer.
    #[must_use]
    pub const fn new() -> Self {
        Self { words: [0; WORDS], len: 0, op_count: 0, result_count: 0, bounds: Bounds::NOTHING }
    }

    /// The records' words.
    #[inline]
    #[must_use]
    pub fn words(&self) -> &[u64] {
        self.words.get(..self.len).unwrap_or(&[])
    }

    /// How many operations there are.
    #[inline]
    #[must_use]
    pub const fn op_count(&self) -> u32 {
        self.op_count
    }

    /// The operations as one batch, at time zero, from the program.
    #[inline]
    #[must_use]
    pub fn batch(&self) -> Batch<'_> {
        let ops = Ops::from_checked(self.words());
        Batch::from_checked(ops, self.op_count, self.result_count, self.bounds)
    }

    /// Forgets all operations.
    #[inline]
    pub const fn clear(&mut self) {
        self.len = 0;
        self.op_count = 0;
        self.result_count = 0;
        self.bounds = Bounds::NOTHING;
    }
}

impl<const WORDS: usize> OpSink for OpBuffer<WORDS> {
    fn push(&mut self, parts: Parts<'_>) -> Result<()> {
        let free = self.words.get_mut(self.len..).unwrap_or(&mut []);
        let words = parts.encode(free)?;
        let record = Op::from_checked(free.get(..words).unwrap_or(&[]));
        self.bounds = self.bounds.and(Bounds::of(record));
        self.len += words;
        self.op_count += 1;
        self.result_count += u32::from(parts.kind.bears_result());
        Ok(())
    }
}

/// Operations in memory that grows.
#[cfg(any(test, feature = "alloc"))]
#[derive(Clone, Debug)]
pub struct OpVec {
    words: alloc::vec::Vec<u64>,
    op_count: u32,
    result_count: u32,
    bounds: Bounds,
}

#[cfg(any(test, feature = "alloc"))]
impl Default for OpVec {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(any(test, feature = "alloc"))]
impl OpVec {
    /// No operations.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            words: alloc::vec::Vec::new(),
            op_count: 0,
            result_count: 0,
            bounds: Bounds::NOTHING,
        }
    }

    /// The records' words.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// How many operations there are.
    #[must_use]
    pub const fn op_count(&self) -> u32 {
        self.op_count
    }

    /// How many of them bear an outcome.
    #[must_use]
    pub const fn result_count(&self) -> u32 {
        self.result_count
    }

    /// The operations as one batch, at time zero, from the program.
    #[must_use]
    pub fn batch(&self) -> Batch<'_> {
        let ops = Ops::from_checked(&self.words);
        Batch::from_checked(ops, self.op_count, self.result_count, self.bounds)
    }

    /// Forgets all operations and keeps the memory.
    pub fn clear(&mut self) {
        self.words.clear();
        self.op_count = 0;
        self.result_count = 0;
        self.bounds = Bounds::NOTHING;
    }
}

#[cfg(any(test, feature = "alloc"))]
impl OpSink for OpVec {
    fn push(&mut self, parts: Parts<'_>) -> Result<()> {
        at_most("qubits of one operation", parts.qubits.len(), QUBITS_MAX)?;
        at_most("parameters of one operation", parts.params.len(), PARAMS_MAX)?;
        let start = self.words.len();
        self.words.resize(start + parts.words(), 0);
        let record = &mut self.words[start..];
        parts.encode(record)?;
        self.bounds = self.bounds.and(Bounds::of(Op::from_checked(record)));
        self.op_count += 1;
        self.result_count += u32::from(parts.kind.bears_result());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_and_the_growing_buffer_write_the_same_words() {
        fn fill(sink: &mut dyn OpSink) {
            sink.gate(5, &[3], &[0.25, -1.0]).unwrap();
            sink.gate(9, &[3, 1, 2], &[]).unwrap();
            sink.measure_leaked(2, 1 << 40).unwrap();
            sink.reset(1).unwrap();
            sink.postselect(1, true).unwrap();
            sink.idle(&[0, 1, 2, 3, 4], DurationNs(80)).unwrap();
            sink.barrier(&[]).unwrap();
        }
        let (mut fixed, mut growing) = (OpBuffer::<64>::new(), OpVec::new());
        fill(&mut fixed);
        fill(&mut growing);
        assert_eq!(fixed.words(), growing.words());
        assert_eq!(fixed.batch(), growing.batch());
        assert_eq!(Batch::new(growing.words()).unwrap(), growing.batch());
    }

    #[test]
    fn a_full_buffer_refuses_and_keeps_what_it_has() {
        let mut ops = OpBuffer::<4>::new();
        ops.gate(1, &[0], &[0.5]).unwrap();
        assert!(matches!(
            ops.reset(0).unwrap_err().kind(),
            ErrorKind::Capacity { needed: 2, available: 1, .. }
        ));
        assert_eq!(ops.batch().op_count(), 1);
    }
}
