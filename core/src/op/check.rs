//! From claimed to checked: whether words are whole, well-formed records.
//!
//! The form only: sizes, counts, known kinds, padding, and how many operations and outcomes there
//! are. Whether a gate exists, a qubit is in range or an angle finite is [`check_operands`] and the
//! business of the part that carries the operation out.

use super::record::{Op, OpKind, Ops, header_bytes, header_kind, header_word, record_words};
use crate::error::{ErrorKind, Result};

/// Records counted while they were checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted<'a> {
    /// The records.
    pub ops: Ops<'a>,
    /// How many there are.
    pub op_count: u32,
    /// How many of them bear an outcome.
    pub result_count: u32,
}

/// Checks that `words` are whole, well-formed operation records, and counts them.
///
/// # Errors
/// [`ErrorKind::Record`] with the word at which the first malformed record begins.
#[inline]
pub fn check_records(words: &[u64]) -> Result<Counted<'_>> {
    let mut rest = words;
    let mut op_count = 0_u32;
    let mut result_count = 0_u32;
    while let Some(&head) = rest.first() {
        // Most records have one of these forms. Each has a branch and a length of its own, so that
        // the processor goes on at the next record before it has loaded this one's header.
        let form = head & FORM;
        let next = if form == PHASED_X {
            one_qubit::<4>(rest)
        } else if form == ZZ_PHASE {
            rest.get(3..)
        } else if form == CLIFFORD {
            one_qubit::<2>(rest)
        } else if form == CLIFFORD_2Q {
            rest.get(2..)
        } else if form == RZ {
            one_qubit::<3>(rest)
        } else {
            None
        };
        if let Some(next) = next {
            rest = next;
        } else {
            let at = words.len() - rest.len();
            let (length, bears_result) =
                check_record(rest).map_err(|reason| malformed(at, reason, op_count))?;
            rest = rest.get(length..).unwrap_or(&[]);
            result_count += u32::from(bears_result);
        }
        op_count += 1;
    }
    Ok(Counted { ops: Ops::from_checked(words), op_count, result_count })
}

/// The bits of a header that decide what its record must look like: all but flags and gate.
const FORM: u64 = !(0xff << 24 | 0xffff << 32);
const PHASED_X: u64 = gate_form(1, 2);
const RZ: u64 = gate_form(1, 1);
const ZZ_PHASE: u64 = gate_form(2, 1);
const CLIFFORD: u64 = gate_form(1, 0);
const CLIFFORD_2Q: u64 = gate_form(2, 0);

const fn gate_form(qubit_count: usize, param_count: usize) -> u64 {
    header_word(OpKind::Gate as u8, 0, 0, qubit_count, param_count)
}

/// What follows a record of `WORDS` words, if it is there and the place of a second qubit is empty.
#[inline]
fn one_qubit<const WORDS: usize>(rest: &[u64]) -> Option<&[u64]> {
    let (record, next) = rest.split_at_checked(WORDS)?;
    (record.get(1)? >> 32 == 0).then_some(next)
}

/// Checks the record that `rest` begins with: its length in words and whether it bears an outcome,
/// or what is wrong with it.
#[inline(never)]
fn check_record(rest: &[u64]) -> core::result::Result<(usize, bool), &'static str> {
    let Some(&head) = rest.first() else { return Err("there is no record here") };
    let (qubit_count, param_count) = (((head >> 48) & 0xff) as usize, (head >> 56) as usize);
    let length = record_words(qubit_count, param_count);
    if header_bytes(head) != length * 8 {
        return Err("its size does not fit its qubit and parameter counts");
    }
    let Some(record) = rest.get(..length) else { return Err("it is cut off") };
    if !padding_is_zero(&record[1..], qubit_count) {
        return Err("its padding is not zero");
    }
    let Some(kind) = OpKind::from_number(header_kind(head)) else {
        return Err("its kind is not known to this version");
    };
    // Everything but a gate has counts that follow from the kind.
    let fits = match kind {
        OpKind::Gate | OpKind::Channel => qubit_count >= 1,
        OpKind::Measure | OpKind::MeasureLeaked | OpKind::Postselect => {
            qubit_count == 1 && param_count == 1
        }
        OpKind::Reset => qubit_count == 1 && param_count == 0,
        OpKind::Idle => qubit_count >= 1 && param_count == 1,
        OpKind::Custom | OpKind::Barrier => true,
    };
    if fits {
        Ok((length, kind.bears_result()))
    } else {
        Err("its kind takes other counts of qubits and parameters")
    }
}

#[inline]
fn padding_is_zero(body: &[u64], qubit_count: usize) -> bool {
    let (word, used) = match qubit_count {
        0 => (0, 0),
        1 => (0, 1),
        n if n % 2 == 1 => (n / 2, 1),
        _ => return true,
    };
    let Some(&word) = body.get(word) else { return false };
    if used == 0 { word == 0 } else { word >> 32 == 0 }
}

#[cold]
fn malformed(word: usize, reason: &'static str, op_index: u32) -> crate::error::Error {
    let word = u32::try_from(word).unwrap_or(u32::MAX);
    crate::error::Error::from(ErrorKind::Record { word, reason }).at_op(op_index)
}

/// Checks what every simulator must: all qubits below `width`, no qubit twice, and, for gates and
/// channels, all parameters finite.
///
/// # Errors
/// [`ErrorKind::QubitOutOfRange`], [`ErrorKind::SameQubit`], [`ErrorKind::NotFinite`], in this
/// order.
#[inline]
pub fn check_operands(op: Op<'_>, width: u32) -> Result<()> {
    if operands_are_right(op, width) { Ok(()) } else { wrong_operand(op, width) }
}

/// [`check_operands`] for a gate.
#[inline]
pub(crate) fn check_gate_operands(op: Op<'_>, width: u32) -> Result<()> {
    if cfg!(not(target_pointer_width = "64")) {
        return check_operands(op, width);
    }
    let reals_are_right = || op.params().iter().all(|&bits| is_finite(bits));
    let right = qubits_are_right(op, width) && (op.param_count() == 0 || reals_are_right());
    if right { Ok(()) } else { wrong_operand(op, width) }
}

/// Whether [`check_operands`] lets the operation through.
#[cfg_attr(target_pointer_width = "64", inline)]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
pub(super) fn operands_are_right(op: Op<'_>, width: u32) -> bool {
    let reals_are_right = || !takes_reals(op) || op.params().iter().all(|&bits| is_finite(bits));
    qubits_are_right(op, width) && (op.param_count() == 0 || reals_are_right())
}

#[inline]
fn qubits_are_right(op: Op<'_>, width: u32) -> bool {
    let (q0, q1) = (op.qubit(0), op.qubit(1));
    match op.qubit_count() {
        1 => q0 < width,
        2 => q0 < width && q1 < width && q0 != q1,
        _ => wrong_qubit(op, width).is_none(),
    }
}

fn takes_reals(op: Op<'_>) -> bool {
    matches!(op.kind(), OpKind::Gate | OpKind::Channel)
}

/// Whether these are the bits of a finite number.
#[inline]
fn is_finite(bits: u64) -> bool {
    !bits >> 52 & 0x7ff != 0
}

#[inline(never)]
fn wrong_qubit(op: Op<'_>, width: u32) -> Option<ErrorKind> {
    for operand in 0..op.qubit_count() {
        let qubit = op.qubit(operand);
        if qubit >= width {
            return Some(ErrorKind::QubitOutOfRange { qubit, width });
        }
        if (0..operand).any(|earlier| op.qubit(earlier) == qubit) {
            return Some(ErrorKind::SameQubit { qubit });
        }
    }
    None
}

/// What is wrong with the operands first, in the order in which it counts.
#[inline(never)]
fn wrong_operand(op: Op<'_>, width: u32) -> Result<()> {
    if let Some(kind) = wrong_qubit(op, width) {
        return Err(kind.into());
    }
    let params = if takes_reals(op) { op.params() } else { &[] };
    match params.iter().position(|&bits| !is_finite(bits)) {
        None => Ok(()),
        Some(index) => {
            let param = u32::try_from(index).unwrap_or(u32::MAX);
            Err(ErrorKind::NotFinite { param }.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::builder::{OpBuffer, OpSink};
    use std::vec::Vec;

    fn sample() -> Vec<u64> {
        let mut ops = OpBuffer::<64>::new();
        ops.gate(2, &[0], &[0.5]).unwrap();
        ops.gate(3, &[0, 1], &[0.5]).unwrap();
        ops.gate(30, &[2, 0, 1], &[]).unwrap();
        ops.measure(1, 7).unwrap();
        ops.barrier(&[]).unwrap();
        ops.words().to_vec()
    }

    #[test]
    fn well_formed_records_are_counted() {
        let words = sample();
        let counted = check_records(&words).unwrap();
        assert_eq!((counted.op_count, counted.result_count), (5, 1));
        let kinds: Vec<_> = counted.ops.iter().map(Op::kind).collect();
        assert_eq!(kinds[3], OpKind::Measure);
        assert_eq!(counted.ops.iter().nth(2).unwrap().qubits().collect::<Vec<_>>(), [2, 0, 1]);
    }

    #[test]
    fn every_cut_and_every_damaged_header_is_refused_or_still_well_formed() {
        let words = sample();
        for end in 0..words.len() {
            if let Ok(counted) = check_records(&words[..end]) {
                assert_eq!(counted.ops.iter().count(), counted.op_count as usize);
            }
        }
        for word in 0..words.len() {
            for bit in 0..64 {
                let mut damaged = words.clone();
                damaged[word] ^= 1 << bit;
                if let Ok(counted) = check_records(&damaged) {
                    let total: usize = counted.ops.iter().map(|op| op.words().len()).sum();
                    assert_eq!(total, damaged.len());
                }
            }
        }
    }

    #[test]
    fn the_short_way_says_of_every_damaged_record_what_the_long_way_says() {
        for (qubits, params) in [(1, 2), (2, 1), (1, 0), (2, 0), (1, 1)] {
            let mut ops = OpBuffer::<8>::new();
            ops.gate(9, &[4, 5][..qubits], &[0.5, 0.25][..params]).unwrap();
            let record = ops.words();
            assert!(check_record(record).is_ok());
            for bit in 0..64 * record.len() {
                let mut damaged = record.to_vec();
                damaged[bit / 64] ^= 1 << (bit % 64);
                for end in 1..=damaged.len() {
                    let long = check_record(&damaged[..end])
                        .map(|(length, bears_result)| (1, u32::from(bears_result), length));
                    let short = check_records(&damaged[..end]).map(|counted| {
                        let length = counted.ops.iter().next().unwrap().words().len();
                        (counted.op_count, counted.result_count, length)
                    });
                    assert_eq!(short.ok(), long.ok().filter(|&(_, _, length)| length == end));
                }
            }
        }
    }

    #[test]
    fn operands_are_checked_in_the_documented_order() {
        let check = |qubits: &[u32], params: &[f64]| {
            let mut ops = OpBuffer::<64>::new();
            ops.gate(2, qubits, params).unwrap();
            let words = ops.words().to_vec();
            let op = check_records(&words).unwrap().ops.iter().next().unwrap();
            check_operands(op, 4).map_err(|e| e.kind())
        };
        assert_eq!(check(&[3], &[1.0]), Ok(()));
        assert_eq!(
            check(&[4, 4], &[f64::NAN]),
            Err(ErrorKind::QubitOutOfRange { qubit: 4, width: 4 })
        );
        assert_eq!(check(&[1, 1], &[f64::NAN]), Err(ErrorKind::SameQubit { qubit: 1 }));
        assert_eq!(check(&[0, 1, 0], &[]), Err(ErrorKind::SameQubit { qubit: 0 }));
        assert_eq!(check(&[0], &[1.0, f64::INFINITY]), Err(ErrorKind::NotFinite { param: 1 }));
    }
}
