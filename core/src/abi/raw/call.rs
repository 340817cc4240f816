//! What travels with calls: text, errors, batches, outcomes, gate sets, answers.

use super::{Status, pin};
use core::ffi::c_void;

/// Text that the giver owns: UTF-8, no NUL needed. NULL with length 0 is the empty text.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// The first byte.
    pub at: *const u8,
    /// How many bytes.
    pub len: u32,
    /// 0.
    pub reserved0: u32,
}
pin!(Text: 16 / 12, at @ 0 / 0, len @ 8 / 4, reserved0 @ 12 / 8);

impl Text {
    /// The empty text.
    pub const EMPTY: Self = Self { at: core::ptr::null(), len: 0, reserved0: 0 };

    /// The text `text`, which must live as long as the receiver may read it.
    #[must_use]
    pub const fn of(text: &str) -> Self {
        // Longer text than 4 GiB would be cut; none of ours is.
        #[expect(clippy::cast_possible_truncation, reason = "see above")]
        let len = text.len() as u32;
        Self { at: text.as_ptr(), len, reserved0: 0 }
    }
}

/// An error, in memory of the caller. The pointer to it may be NULL: then no words are made.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Err {
    /// Bytes of this structure.
    pub size: u32,
    /// Out: the status that the call gives back.
    pub code: Status,
    /// Out: index of the operation in the batch of the call, or `u32::MAX`.
    pub op_index: u32,
    /// In: bytes at `text`.
    pub text_cap: u32,
    /// Out: bytes written to `text`, whole UTF-8 characters, no NUL.
    pub text_len: u32,
    /// In: bytes at `layer`.
    pub layer_cap: u32,
    /// Out: bytes written to `layer`.
    pub layer_len: u32,
    /// 0.
    pub reserved0: u32,
    /// In: where the words go; may be NULL with a cap of 0.
    pub text: *mut u8,
    /// In: where the id of the layer that raised the error goes; copied, because the layer's own
    /// string may be gone after an unload.
    pub layer: *mut u8,
}
pin!(Err: 48 / 40, code @ 4 / 4, op_index @ 8 / 8, text_cap @ 12 / 12, text_len @ 16 / 16,
    layer_cap @ 20 / 20, layer_len @ 24 / 24, reserved0 @ 28 / 28, text @ 32 / 32, layer @ 40 / 36);

/// A batch. Everything it points to stays as it is until the call returns.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Batch {
    /// Bytes of this structure.
    pub size: u32,
    /// How many operations.
    pub op_count: u32,
    /// How many of them bear an outcome: known up front, so that lack of room comes before the
    /// first operation.
    pub result_count: u32,
    /// Length of the records in 8-byte words.
    pub word_count: u32,
    /// Scheduled start, nanoseconds from the start of the shot.
    pub start_ns: u64,
    /// Scheduled length in nanoseconds.
    pub length_ns: u64,
    /// Who issued it: 0 the program, otherwise the low half of the inserting layer's stream id.
    pub issuer: u32,
    /// How many layers inserted operations above it.
    pub depth: u32,
    /// The records, 8-byte aligned.
    pub words: *const u64,
}
#[cfg(not(target_arch = "x86"))]
pin!(Batch: 48 / 48, op_count @ 4 / 4, result_count @ 8 / 8, word_count @ 12 / 12,
    start_ns @ 16 / 16, length_ns @ 24 / 24, issuer @ 32 / 32, depth @ 36 / 36, words @ 40 / 40);

/// Outcomes, in memory of the caller. The callee appends: it writes `items[len..cap]` and moves
/// `len`. The caller's memory is initialised, with any bytes.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Results {
    /// Bytes of this structure.
    pub size: u32,
    /// In: places at `items`.
    pub cap: u32,
    /// In and out: places taken.
    pub len: u32,
    /// 0.
    pub reserved0: u32,
    /// The places.
    pub items: *mut crate::op::Outcome,
}
pin!(Results: 24 / 20, cap @ 4 / 4, len @ 8 / 8, reserved0 @ 12 / 12, items @ 16 / 16);

/// One gate that may come.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    /// The wire form. Below 1024 the fixed numbers of the built-in gates.
    pub slot: u16,
    /// How many qubits it acts on.
    pub qubit_count: u8,
    /// How many parameters it takes.
    pub param_count: u8,
    /// 0.
    pub flags: u32,
    /// The identity, with its revision: `pandia.rz/1`.
    pub id: Text,
    /// The meaning, NULL for a built-in or opaque gate: writes `2 * 4^n` numbers, re and im of the
    /// row-major matrix. Pure, from any thread, valid as long as who announced it.
    pub matrix: Option<MatrixFn>,
    /// Handed to `matrix`.
    pub matrix_context: *const c_void,
}
pin!(Gate: 40 / 28, slot @ 0 / 0, qubit_count @ 2 / 2, param_count @ 3 / 3, flags @ 4 / 4,
    id @ 8 / 8, matrix @ 24 / 20, matrix_context @ 32 / 24);

/// The matrix of a gate: context, parameters and how many, numbers to write and how many.
pub type MatrixFn = unsafe extern "C" fn(*const c_void, *const f64, u32, *mut f64, u32) -> Status;

/// The gates that a caller announces in one call. Calls add up.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct GateSet {
    /// Bytes of this structure.
    pub size: u32,
    /// How many gates.
    pub gate_count: u32,
    /// Bytes from one gate to the next: the announcer's size of [`Gate`].
    pub gate_bytes: u32,
    /// 0.
    pub reserved0: u32,
    /// The gates.
    pub gates: *const Gate,
}
pin!(GateSet: 24 / 20, gate_count @ 4 / 4, gate_bytes @ 8 / 8, reserved0 @ 12 / 12,
    gates @ 16 / 16);

/// What an instance can do.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// In: bytes of this structure as the caller knows it. The rest is zero before the call.
    pub size: u32,
    /// How many qubits there are.
    pub qubit_count: u32,
    /// Bit `k`: takes operations of kind `k`.
    pub op_kinds: u64,
    /// Abilities beyond the required ones.
    pub caps: u64,
    /// [`super::THREAD_PINNED`] or [`super::THREAD_SENDABLE`].
    pub threading: u32,
    /// 0.
    pub reserved0: u32,
}
pin!(Info: 32 / 32, qubit_count @ 4 / 4, op_kinds @ 8 / 8, caps @ 16 / 16, threading @ 24 / 24,
    reserved0 @ 28 / 28);

/// A named number. Its texts belong to the callee and stay until the next call that is not
/// \[quiet\].
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// In: bytes of this structure as the caller knows it. The rest is zero before the call.
    pub size: u32,
    /// [`super::METRIC_END`], [`super::METRIC_COUNTER`] or [`super::METRIC_GAUGE`].
    pub kind: u32,
    /// The number.
    pub value: u64,
    /// Which part's.
    pub part: Text,
    /// What it counts or measures, with its unit last.
    pub name: Text,
}
pin!(Metric: 48 / 40, kind @ 4 / 4, value @ 8 / 8, part @ 16 / 16, name @ 32 / 28);

/// What to know of a state.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct StateQuery {
    /// Bytes of this structure.
    pub size: u32,
    /// [`super::STATE_PROBABILITIES`] or [`super::STATE_AMPLITUDES`].
    pub kind: u32,
    /// How many qubits are listed.
    pub qubit_count: u32,
    /// 0.
    pub reserved0: u32,
    /// The qubits.
    pub qubits: *const u32,
}
pin!(StateQuery: 24 / 20, kind @ 4 / 4, qubit_count @ 8 / 8, reserved0 @ 12 / 12,
    qubits @ 16 / 16);

const _: () = {
    use crate::op::Outcome;
    assert!(size_of::<Outcome>() == 24);
    assert!(core::mem::offset_of!(Outcome, id) == 0);
    assert!(core::mem::offset_of!(Outcome, value) == 8);
    assert!(core::mem::offset_of!(Outcome, kind) == 16);
    assert!(core::mem::offset_of!(Outcome, flags) == 17);
    assert!(core::mem::offset_of!(Outcome, reserved0) == 18);
    assert!(core::mem::offset_of!(Outcome, op_index) == 20);
};
