//! Which primitives a gate comes down to, remembered by the bits of its angles.

use crate::error::{Case, Error, ErrorKind, Result};
use crate::op::Op;
use crate::op::gates::{CliffordSequence, name_of, resolve};

/// Places of the memory; fewer where memory is dear. The result does not depend on it.
const ENTRIES: usize = if cfg!(target_pointer_width = "64") { 32 } else { 8 };

/// Most angles of a gate that can be Clifford.
const ANGLES: usize = 3;

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// 0 is no gate's slot, so an empty place matches nothing.
    gate: u16,
    angles: [u64; ANGLES],
    sequence: CliffordSequence,
}

/// Sequences by gate and angles: direct-mapped, so a lookup is one comparison.
#[derive(Clone, Debug)]
pub(super) struct Sequences {
    entries: [Entry; ENTRIES],
    threshold: f64,
}

impl Sequences {
    pub(super) const fn new(threshold: f64) -> Self {
        let sequence = CliffordSequence::new();
        let empty = Entry { gate: 0, angles: [0; ANGLES], sequence };
        Self { entries: [empty; ENTRIES], threshold }
    }

    /// The primitives of a gate, whose counts have been checked.
    #[inline]
    pub(super) fn of(&mut self, op: Op<'_>) -> Result<&CliffordSequence> {
        let gate = op.gate();
        let angles: [u64; ANGLES] = core::array::from_fn(|index| op.param_u64(index));
        let mixed = angles[0] ^ angles[1].rotate_left(21) ^ angles[2].rotate_left(42);
        let mixed = (mixed ^ u64::from(gate) << 52).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let entry = &mut self.entries[(mixed >> 58) as usize % ENTRIES];
        if entry.gate != gate || entry.angles != angles {
            *entry = Entry { gate, angles, sequence: find(op, angles, self.threshold)? };
        }
        Ok(&entry.sequence)
    }
}

#[cold]
#[inline(never)]
fn find(op: Op<'_>, angles: [u64; ANGLES], threshold: f64) -> Result<CliffordSequence> {
    let mut sequence = CliffordSequence::new();
    let angles = angles.map(f64::from_bits);
    let angles = angles.get(..op.param_count()).unwrap_or(&[]);
    resolve(op.gate(), angles, threshold, &mut sequence)?;
    Ok(sequence)
}

/// A gate that is not Clifford at any angle, or not known: skipped if it is a hint.
#[cold]
#[inline(never)]
pub(super) fn refuse_gate(op: Op<'_>) -> Result<()> {
    if op.is_hint() {
        return Ok(());
    }
    let slot = op.gate();
    let (gate, case) = match name_of(slot) {
        Some(gate) => (gate, Case::NeverClifford { gate, slot }),
        None => ("user gate", Case::NoMatrixHere { slot }),
    };
    Err(Error::from(ErrorKind::GateRefused { gate, slot }).of_case(case))
}
