//! The C structures, bit for bit: what the header states, in Rust.
//!
//! Everything here is claimed by the other side until it was checked. Rules: a structure begins with
//! its size in bytes (a module with its magic, then its size); fields are only ever appended; every
//! function slot may be NULL; no C enum, bool, long or `size_t`; padding is named and zero. Sizes
//! differ between 32-bit and 64-bit processors by their pointers only; records and outcomes do not
//! differ at all. Not here: any check (`record`) or any behaviour.

mod backend;
mod call;
mod plugin;
mod runtime;

pub use backend::{Backend, BackendVt};
pub use call::{Batch, Err, Gate, GateSet, Info, MatrixFn, Metric, Results, StateQuery, Text};
pub use plugin::{
    Config, CreateFn, CreateRuntimeFn, Host, Layout, LayoutFn, MODULE_BYTES_MIN, Module, Param,
    Plugin, Setting,
};
pub use runtime::{Runtime, RuntimeVt};

#[cfg(target_endian = "big")]
compile_error!("operation records are little-endian in memory; this target is big-endian");

/// What a function gives back: 0 is done, anything negative is an error's code.
pub type Status = i32;
/// Done.
pub const OK: Status = 0;

/// First word of a module: "PNDA".
pub const MAGIC: u32 = 0x4144_4e50;
/// The interface's major version: another one is another interface.
pub const MAJOR: u16 = 1;
/// The interface's minor version: counts what was appended.
#[cfg(not(pandia_drill))]
pub const MINOR: u16 = 0;
/// The interface's minor version in a drill (`docs/adr/0012-minors.md`).
#[cfg(pandia_drill)]
pub const MINOR: u16 = cfg!(pandia_drill = "1") as u16
    + cfg!(pandia_drill = "2") as u16
    + cfg!(pandia_drill = "3") as u16;
/// The one symbol that a module exports.
pub const MODULE_SYMBOL: &str = "pandia_module_v1";

/// [`Info::threading`]: only from the thread that created it.
pub const THREAD_PINNED: u32 = 0;
/// [`Info::threading`]: from any thread, one at a time.
pub const THREAD_SENDABLE: u32 = 1;

/// [`Plugin::kind`]: a simulator, no child.
pub const KIND_SIMULATOR: u16 = 1;
/// [`Plugin::kind`]: an error model, one child.
pub const KIND_ERROR_MODEL: u16 = 2;
/// [`Plugin::kind`]: a tap, one child.
pub const KIND_TAP: u16 = 3;
/// [`Plugin::kind`]: a runtime, drives a stack.
pub const KIND_RUNTIME: u16 = 4;

/// [`Setting::kind`] and [`Param::default_kind`]: nothing.
pub const VALUE_NONE: u32 = 0;
/// A real number, as the bits of an `f64`.
pub const VALUE_REAL: u32 = 1;
/// A whole number.
pub const VALUE_WHOLE: u32 = 2;
/// Text.
pub const VALUE_TEXT: u32 = 3;

/// [`Param::kind`]: a real number from `min` to `max` (bits of `f64`).
pub const PARAM_REAL: u32 = 1;
/// [`Param::kind`]: a probability.
pub const PARAM_PROBABILITY: u32 = 2;
/// [`Param::kind`]: a whole number from `min` to `max`.
pub const PARAM_WHOLE: u32 = 3;
/// [`Param::kind`]: one of `choices`.
pub const PARAM_CHOICE: u32 = 4;
/// [`Param::kind`]: text.
pub const PARAM_TEXT: u32 = 5;

/// [`Metric::kind`]: there is no metric of this index, nor any after it.
pub const METRIC_END: u32 = 0;
/// [`Metric::kind`]: a counter, added up over shots; `value` is a u64.
pub const METRIC_COUNTER: u32 = 1;
/// [`Metric::kind`]: a level; `value` is the bits of an `f64`.
pub const METRIC_GAUGE: u32 = 2;

/// [`StateQuery::kind`]: probabilities.
pub const STATE_PROBABILITIES: u32 = 1;
/// [`StateQuery::kind`]: amplitudes.
pub const STATE_AMPLITUDES: u32 = 2;

/// What [`RuntimeVt::result`] gives while the result is not there yet.
pub const NOT_YET: u64 = u64::MAX;

/// Pins sizes and offsets for 64-bit and for 32-bit processors.
macro_rules! pin {
    ($Type:ident: $size64:literal / $size32:literal $(, $field:ident @ $at64:literal / $at32:literal)* $(,)?) => {
        #[cfg(target_pointer_width = "64")]
        const _: () = {
            assert!(size_of::<$Type>() == $size64);
            $(assert!(core::mem::offset_of!($Type, $field) == $at64);)*
        };
        #[cfg(target_pointer_width = "32")]
        const _: () = {
            assert!(size_of::<$Type>() == $size32);
            $(assert!(core::mem::offset_of!($Type, $field) == $at32);)*
        };
    };
}
pub(super) use pin;
