//! What the operations of a batch need at most, found when they are written and not each time that
//! they run.
//!
//! A simulator whose register covers a batch's bounds need not check its operations again: each check
//! that it would make was made when the bounds were found. Whatever is not covered, and whatever
//! nobody has looked at (all that comes over a border), is checked operation by operation, so bounds
//! never decide what is refused, nor how.
//! Not here: whether records are well formed ([`super::check`]); bounds are of well-formed ones.

use super::check::operands_are_right;
use super::gates::{clifford_counts, counts};
use super::record::{Op, OpKind};

/// Most parameters of a gate that is unitary whatever they are. One with more carries its matrix,
/// which whoever carries it out must look at.
const ANGLES_MAX: usize = 3;

/// The width of a register from which on operations need no check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// In a simulator of matrices, that takes all built-in gates.
    matrices: u32,
    /// In a simulator of Clifford gates.
    cliffords: u32,
}

impl Bounds {
    /// No register is wide enough.
    pub(crate) const UNKNOWN: Self = Self { matrices: u32::MAX, cliffords: u32::MAX };
    /// Of no operation at all.
    pub(crate) const NOTHING: Self = Self { matrices: 0, cliffords: 0 };

    /// What this and the other operations need.
    #[inline]
    #[must_use]
    pub(crate) const fn and(self, other: Self) -> Self {
        const fn larger(a: u32, b: u32) -> u32 {
            if a > b { a } else { b }
        }
        Self {
            matrices: larger(self.matrices, other.matrices),
            cliffords: larger(self.cliffords, other.cliffords),
        }
    }

    /// Whether a register of `width` qubits with all built-in gates covers them: then every
    /// operation is a built-in gate with its own counts and finite angles, or a measurement, a reset,
    /// idle time or a barrier, and names different qubits of the register.
    #[inline]
    pub(crate) const fn fit_matrices(self, width: u32) -> bool {
        self.matrices <= width && width != u32::MAX
    }

    /// The same for Clifford gates: then besides every gate is one without angles.
    #[inline]
    pub(crate) const fn fit_cliffords(self, width: u32) -> bool {
        self.cliffords <= width && width != u32::MAX
    }

    /// Those of one operation.
    pub(crate) fn of(op: Op<'_>) -> Self {
        if !operands_are_right(op, u32::MAX) {
            return Self::UNKNOWN;
        }
        let width = op.qubits().fold(0, |width, qubit| qubit.saturating_add(1).max(width));
        match op.kind() {
            OpKind::Gate => {
                let angles = op.param_count();
                let known = counts(op.gate()) == op.counts() && angles <= ANGLES_MAX;
                let clifford = known && clifford_counts(op.gate()) == op.counts() && angles == 0;
                Self {
                    matrices: if known { width } else { u32::MAX },
                    cliffords: if clifford { width } else { u32::MAX },
                }
            }
            OpKind::Measure
            | OpKind::MeasureLeaked
            | OpKind::Reset
            | OpKind::Idle
            | OpKind::Barrier => Self { matrices: width, cliffords: width },
            // Their values are checked, or whether somebody knows them.
            OpKind::Postselect | OpKind::Custom | OpKind::Channel => Self::UNKNOWN,
        }
    }
}
