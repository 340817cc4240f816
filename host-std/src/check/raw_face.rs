//! The functions of an instance as C has them, for calls that no good caller makes. Every one of
//! them is watched as [`super::call`] does.

use core::ffi::c_void;

use pandia_core::abi::raw;
use pandia_core::op::Outcome;

use super::call::{Answer, LAYER_CAP, TEXT_CAP, call, call_with};
use super::config::bytes_of;
use super::finding::{Checked, failed};
use super::made::Pair;

/// An instance and its table, of one of the two kinds.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawFace {
    pub(super) me: *mut c_void,
    table: Table,
}

#[derive(Clone, Copy, Debug)]
enum Table {
    Backend(raw::BackendVt),
    Runtime(raw::RuntimeVt),
}

/// Copies what a table's size covers, over zeros.
fn copy_of<T: Copy>(at: *const T) -> T {
    let mut copy = core::mem::MaybeUninit::<T>::zeroed();
    // SAFETY: the table of a live instance; its size is its first word.
    let size = unsafe { at.cast::<u32>().read() } as usize;
    let known = size.min(size_of::<T>());
    // SAFETY: so many bytes are covered by the size, and fit the copy.
    unsafe { copy.as_mut_ptr().cast::<u8>().copy_from_nonoverlapping(at.cast(), known) };
    // SAFETY: tables are integers and nullable functions: zeros are a value of them.
    unsafe { copy.assume_init() }
}

const MISSING: &str = "the table lacks a required function; the check `table` says which";

macro_rules! slot {
    ($self:ident . $name:ident) => {
        match &$self.table {
            Table::Backend(vt) => vt.$name,
            Table::Runtime(vt) => vt.$name,
        }
    };
}

impl RawFace {
    /// The functions of a live instance.
    pub(super) fn of(pair: Pair) -> Self {
        match pair {
            Pair::Backend(pair) => Self { me: pair.me, table: Table::Backend(copy_of(pair.vt)) },
            Pair::Runtime(pair) => Self { me: pair.me, table: Table::Runtime(copy_of(pair.vt)) },
        }
    }

    /// The table, if it is a backend's.
    pub(super) const fn backend(&self) -> Option<&raw::BackendVt> {
        match &self.table {
            Table::Backend(vt) => Some(vt),
            Table::Runtime(_) => None,
        }
    }

    /// The table, if it is a runtime's.
    pub(super) const fn runtime(&self) -> Option<&raw::RuntimeVt> {
        match &self.table {
            Table::Backend(_) => None,
            Table::Runtime(vt) => Some(vt),
        }
    }

    pub(super) fn query(&self, out: &mut raw::Info) -> Checked<Answer> {
        let Some(query) = slot!(self.query) else { return failed(MISSING) };
        call("query", |err| {
            // SAFETY: table and instance belong together; the structures are live.
            unsafe { query(self.me, out, err) }
        })
    }

    pub(super) fn shot_begin(&self, shot: u64, seed: u64) -> Checked<Answer> {
        let Some(begin) = slot!(self.shot_begin) else { return failed(MISSING) };
        call("shot_begin", |err| {
            // SAFETY: table and instance belong together.
            unsafe { begin(self.me, shot, seed, err) }
        })
    }

    pub(super) fn shot_end(&self) -> Checked<Answer> {
        self.shot_end_with((TEXT_CAP, LAYER_CAP))
    }

    /// The same with this much room for words.
    pub(super) fn shot_end_with(&self, caps: (u32, u32)) -> Checked<Answer> {
        let Some(end) = slot!(self.shot_end) else { return failed(MISSING) };
        call_with("shot_end", caps.0, caps.1, |err| {
            // SAFETY: table and instance belong together.
            unsafe { end(self.me, err) }
        })
    }

    pub(super) fn negotiate(&self, set: &raw::GateSet, verdicts: &mut [u8]) -> Checked<Answer> {
        let Some(negotiate) = slot!(self.negotiate) else { return failed(MISSING) };
        let (to, count) = (verdicts.as_mut_ptr(), set.gate_count);
        call("negotiate", |err| {
            // SAFETY: table and instance belong together; there are as many places as gates.
            unsafe { negotiate(self.me, set, to, count, err) }
        })
    }

    /// `apply`, or `submit` of a runtime, into this list.
    pub(super) fn apply(
        &self,
        batch: &raw::Batch,
        list: &mut raw::Results,
        caps: (u32, u32),
    ) -> Checked<Answer> {
        match &self.table {
            Table::Backend(vt) => {
                let Some(apply) = vt.apply else { return failed(MISSING) };
                call_with("apply", caps.0, caps.1, |err| {
                    // SAFETY: table and instance belong together; the structures are live.
                    unsafe { apply(self.me, batch, list, err) }
                })
            }
            Table::Runtime(vt) => {
                let Some(submit) = vt.submit else { return failed(MISSING) };
                call_with("submit", caps.0, caps.1, |err| {
                    // SAFETY: as above.
                    unsafe { submit(self.me, batch, err) }
                })
            }
        }
    }

    /// `result` of a runtime, waited for.
    pub(super) fn result(&self, id: u64) -> Checked<Answer> {
        let Some(result) = self.runtime().and_then(|vt| vt.result) else { return failed(MISSING) };
        let mut value = 0;
        call("result", |err| {
            // SAFETY: as above.
            unsafe { result(self.me, id, 1, &raw mut value, err) }
        })
    }

    /// `shot_end` with NULL for the error buffer.
    pub(super) fn shot_end_without_words(&self) -> Checked<Answer> {
        let Some(end) = slot!(self.shot_end) else { return failed(MISSING) };
        call_with("shot_end with an error buffer of NULL", 0, 0, |_| {
            // SAFETY: as above; NULL is allowed for errors.
            unsafe { end(self.me, core::ptr::null_mut()) }
        })
    }

    /// As [`Self::apply`], with NULL for the error buffer.
    pub(super) fn apply_without_words(
        &self,
        batch: &raw::Batch,
        list: &mut raw::Results,
    ) -> Checked<Answer> {
        let null = core::ptr::null_mut();
        let what = "apply with an error buffer of NULL";
        call_with(what, 0, 0, |_| match &self.table {
            Table::Backend(vt) => vt.apply.map_or(-16, |apply| {
                // SAFETY: as above; NULL is allowed for errors.
                unsafe { apply(self.me, batch, list, null) }
            }),
            Table::Runtime(vt) => vt.submit.map_or(-16, |submit| {
                // SAFETY: as above.
                unsafe { submit(self.me, batch, null) }
            }),
        })
    }

    /// The table's `extension`, if there is one.
    pub(super) fn extension(&self, id: &str) -> Option<(i32, *const c_void)> {
        let extension = slot!(self.extension)?;
        let text = raw::Text::of(id);
        let mut out = core::ptr::null();
        // SAFETY: table and instance belong together; the pointers are to live values.
        let status = unsafe { extension(self.me, &raw const text, &raw mut out) };
        Some((status, out))
    }
}

/// A list of outcomes over these places.
pub(super) fn list_over(places: &mut [Outcome]) -> raw::Results {
    raw::Results {
        size: bytes_of::<raw::Results>(),
        cap: u32::try_from(places.len()).unwrap_or(0),
        len: 0,
        reserved0: 0,
        items: places.as_mut_ptr(),
    }
}

/// These operations as a batch; they must outlive it.
pub(super) fn batch_of(ops: &pandia_core::op::builder::OpVec) -> raw::Batch {
    raw::Batch {
        size: bytes_of::<raw::Batch>(),
        op_count: ops.op_count(),
        result_count: ops.result_count(),
        word_count: u32::try_from(ops.words().len()).unwrap_or(0),
        start_ns: 0,
        length_ns: 0,
        issuer: 0,
        depth: 0,
        words: ops.words().as_ptr(),
    }
}

/// Every built-in gate, as announced.
pub(super) fn built_in_gates() -> Vec<raw::Gate> {
    let gates = pandia_core::op::gates::LIST.iter();
    gates
        .map(|gate| raw::Gate {
            slot: gate.slot,
            qubit_count: gate.qubit_count,
            param_count: u8::try_from(gate.params.len()).unwrap_or(u8::MAX),
            flags: 0,
            id: raw::Text::of(gate.id),
            matrix: None,
            matrix_context: core::ptr::null(),
        })
        .collect()
}

/// The set of these gates; they must outlive it.
pub(super) fn set_of(gates: &[raw::Gate]) -> raw::GateSet {
    raw::GateSet {
        size: bytes_of::<raw::GateSet>(),
        gate_count: u32::try_from(gates.len()).unwrap_or(0),
        gate_bytes: bytes_of::<raw::Gate>(),
        reserved0: 0,
        gates: gates.as_ptr(),
    }
}
