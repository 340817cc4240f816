//! Plugins, their parameters and configuration, the host's services, and the module around them.

use super::backend::Backend;
use super::call::Err;
use super::runtime::Runtime;
use super::{Status, Text, pin};
use core::ffi::c_void;

/// One setting.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The number, by `kind`.
    pub bits: u64,
    /// [`super::VALUE_REAL`], [`super::VALUE_WHOLE`] or [`super::VALUE_TEXT`].
    pub kind: u32,
    /// 0.
    pub reserved0: u32,
    /// The parameter's name.
    pub key: Text,
    /// The text, by `kind`.
    pub text: Text,
}
pin!(Setting: 48 / 40, bits @ 0 / 0, kind @ 8 / 8, reserved0 @ 12 / 12, key @ 16 / 16,
    text @ 32 / 28);

/// What a part is built with. Valid during the call only.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Bytes of this structure.
    pub size: u32,
    /// How many qubits there will be.
    pub qubit_count: u32,
    /// The random stream to draw from.
    pub stream: u64,
    /// Result ids will be below this.
    pub result_count: u32,
    /// How many settings.
    pub setting_count: u32,
    /// Bytes from one setting to the next: the host's size of [`Setting`].
    pub setting_bytes: u32,
    /// 0.
    pub reserved0: u32,
    /// The settings; of equal keys the last counts.
    pub settings: *const Setting,
}
#[cfg(not(target_arch = "x86"))]
pin!(Config: 40 / 40, qubit_count @ 4 / 4, stream @ 8 / 8, result_count @ 16 / 16,
    setting_count @ 20 / 20, setting_bytes @ 24 / 24, reserved0 @ 28 / 28, settings @ 32 / 32);

/// How much memory an instance needs.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// In: bytes of this structure as the caller knows it. The rest is zero before the call.
    pub size: u32,
    /// Alignment of the memory, a power of two, at most 4096.
    pub align: u32,
    /// Bytes.
    pub bytes: u64,
}
pin!(Layout: 16 / 16, align @ 4 / 4, bytes @ 8 / 8);

/// Services of the host. The pointer to it may be NULL, and so may each function.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// Bytes of this structure.
    pub size: u32,
    /// The interface's minor version that the host was built with.
    pub minor: u32,
    /// Handed to every service.
    pub me: *mut c_void,
    /// \[any\] Nanoseconds of wall-clock time from an arbitrary start.
    pub now_ns: Option<unsafe extern "C" fn(*mut c_void, *mut u64) -> Status>,
    /// \[any\] Logs a line: level (1 error, 2 warning, 3 info, 4 debug), UTF-8, length.
    pub log: Option<unsafe extern "C" fn(*mut c_void, u32, *const u8, u32) -> Status>,
    /// \[setup\] Memory: bytes, alignment.
    pub alloc: Option<unsafe extern "C" fn(*mut c_void, u64, u32, *mut *mut c_void) -> Status>,
    /// \[setup\] Gives memory back.
    pub free: Option<unsafe extern "C" fn(*mut c_void, *mut c_void)>,
}
pin!(Host: 48 / 28, minor @ 4 / 4, me @ 8 / 8, now_ns @ 16 / 12, log @ 24 / 16, alloc @ 32 / 20,
    free @ 40 / 24);

/// One published parameter.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Smallest value, by `kind`.
    pub min: u64,
    /// Largest value, by `kind`.
    pub max: u64,
    /// Default number, by `default_kind`.
    pub default_bits: u64,
    /// [`super::PARAM_REAL`] and so on.
    pub kind: u32,
    /// [`super::VALUE_NONE`] if one must be given, otherwise the default's kind.
    pub default_kind: u32,
    /// How many words at `choices`.
    pub choice_count: u32,
    /// 0.
    pub reserved0: u32,
    /// Its name; one that ends in `*` stands for a family.
    pub name: Text,
    /// The unit: `rad`, `ns`, `1` for a pure number.
    pub unit: Text,
    /// One line of help.
    pub help: Text,
    /// Default text, by `default_kind`.
    pub default_text: Text,
    /// The words of a choice.
    pub choices: *const Text,
    /// NULL.
    pub reserved1: *const c_void,
}
pin!(Param: 120 / 96, max @ 8 / 8, default_bits @ 16 / 16, kind @ 24 / 24,
    default_kind @ 28 / 28, choice_count @ 32 / 32, reserved0 @ 36 / 36, name @ 40 / 40,
    unit @ 56 / 52, help @ 72 / 64, default_text @ 88 / 76, choices @ 104 / 88,
    reserved1 @ 112 / 92);

/// One plugin: a part's description and how it is built.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Plugin {
    /// Bytes of this structure.
    pub size: u32,
    /// [`super::KIND_SIMULATOR`] and so on.
    pub kind: u16,
    /// 0.
    pub flags: u16,
    /// Fewest children: 0 for a simulator or a runtime, 1 for a layer.
    pub children_min: u16,
    /// Most children.
    pub children_max: u16,
    /// How many parameters.
    pub param_count: u32,
    /// Bytes from one parameter to the next: the maker's size of [`Param`].
    pub param_bytes: u32,
    /// 0.
    pub reserved0: u32,
    /// The identity: `pandia.depolarizing`; at most 48 bytes.
    pub id: Text,
    /// The part's own version.
    pub version: Text,
    /// One line that says what it does.
    pub summary: Text,
    /// The parameters.
    pub params: *const Param,
    /// \[setup\] How much memory an instance of this configuration needs. Pure. Required.
    pub layout: Option<LayoutFn>,
    /// \[setup\] Builds a backend. Required unless it is a runtime.
    pub create: Option<CreateFn>,
    /// \[setup\] Builds a runtime. Required if it is one.
    pub create_runtime: Option<CreateRuntimeFn>,
}
pin!(Plugin: 104 / 76, kind @ 4 / 4, flags @ 6 / 6, children_min @ 8 / 8, children_max @ 10 / 10,
    param_count @ 12 / 12, param_bytes @ 16 / 16, reserved0 @ 20 / 20, id @ 24 / 24,
    version @ 40 / 36, summary @ 56 / 48, params @ 72 / 60, layout @ 80 / 64, create @ 88 / 68,
    create_runtime @ 96 / 72);

/// How much memory an instance of this configuration needs.
pub type LayoutFn = unsafe extern "C" fn(*const Config, *mut Layout, *mut Err) -> Status;
/// Builds a backend in memory of the caller: memory and its bytes, configuration, services,
/// children and how many (they outlive the instance), out, error.
pub type CreateFn = unsafe extern "C" fn(
    *mut c_void,
    u64,
    *const Config,
    *const Host,
    *const Backend,
    u32,
    *mut Backend,
    *mut Err,
) -> Status;
/// Builds a runtime in memory of the caller: memory and its bytes, configuration, services, out,
/// error.
pub type CreateRuntimeFn = unsafe extern "C" fn(
    *mut c_void,
    u64,
    *const Config,
    *const Host,
    *mut Runtime,
    *mut Err,
) -> Status;

/// A set of plugins: the one exported symbol, the same object in a dylib, linked in or in flash.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Module {
    /// [`super::MAGIC`].
    pub magic: u32,
    /// Bytes of this structure.
    pub size: u32,
    /// The interface's major version.
    pub major: u16,
    /// The interface's minor version that the module was built with.
    pub minor: u16,
    /// The oldest minor version of a host that the module can live with.
    pub min_host_minor: u16,
    /// 0.
    pub reserved0: u16,
    /// How many plugins.
    pub plugin_count: u32,
    /// 0.
    pub reserved1: u32,
    /// The plugins.
    pub plugins: *const *const Plugin,
}
pin!(Module: 32 / 28, size @ 4 / 4, major @ 8 / 8, minor @ 10 / 10, min_host_minor @ 12 / 12,
    reserved0 @ 14 / 14, plugin_count @ 16 / 16, reserved1 @ 20 / 20, plugins @ 24 / 24);
/// Bytes of a module of version 1.0.
pub const MODULE_BYTES_MIN: usize = core::mem::offset_of!(Module, plugins) + size_of::<*const ()>();
