//! Configurations as C structures, for calls that ours would never make: grown, cut, with reserved
//! fields set.

use core::marker::PhantomData;

use pandia_core::abi::raw;
use pandia_core::part::Value;

use crate::stack::OwnedSetting;

#[expect(clippy::cast_possible_truncation, reason = "no structure comes near 4 GiB")]
pub(super) const fn bytes_of<T>() -> u32 {
    size_of::<T>() as u32
}

/// How large, from which stream, and with which settings a part is built.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) qubits: u32,
    pub(super) results: u32,
    pub(super) stream: u64,
    pub(super) settings: Vec<OwnedSetting>,
}

/// A configuration and what it points to, texts aside, which are the shape's.
#[derive(Debug)]
pub(super) struct RawConfig<'s> {
    pub(super) config: raw::Config,
    pub(super) settings: Vec<raw::Setting>,
    shape: PhantomData<&'s Shape>,
}

impl Shape {
    /// The configuration as a structure; what it points to is the shape's.
    pub(super) fn raw(&self) -> RawConfig<'_> {
        let settings: Vec<raw::Setting> = self.settings.iter().map(setting).collect();
        let config = raw::Config {
            size: bytes_of::<raw::Config>(),
            qubit_count: self.qubits,
            stream: self.stream,
            result_count: self.results,
            setting_count: u32::try_from(settings.len()).unwrap_or(0),
            setting_bytes: bytes_of::<raw::Setting>(),
            reserved0: 0,
            settings: settings.as_ptr(),
        };
        RawConfig { config, settings, shape: PhantomData }
    }
}

fn setting(setting: &OwnedSetting) -> raw::Setting {
    let view = setting.view();
    let (kind, bits, text) = match view.value {
        Value::Real(value) => (raw::VALUE_REAL, value.to_bits(), ""),
        Value::Whole(value) => (raw::VALUE_WHOLE, value, ""),
        Value::Text(text) => (raw::VALUE_TEXT, 0, text),
    };
    let (key, text) = (raw::Text::of(view.key), raw::Text::of(text));
    raw::Setting { bits, kind, reserved0: 0, key, text }
}

/// A structure with something behind it, as a caller of a later minor version hands it over.
#[repr(C, align(8))]
#[derive(Clone, Copy, Debug)]
pub(super) struct Grown<T> {
    pub(super) inner: T,
    pub(super) tail: [u8; 64],
}

impl<T> Grown<T> {
    /// The size that the grown structure states: 16 bytes more than version 1.0 has. Behind those
    /// lie guards.
    pub(super) const fn bytes() -> u32 {
        bytes_of::<T>() + 16
    }

    /// `inner`, 16 bytes of `tail`, and guards behind them. The size is the caller's to set.
    pub(super) fn new(inner: T, tail: u8) -> Self {
        let mut all = [super::memory::GUARD; 64];
        all[..16].fill(tail);
        Self { inner, tail: all }
    }

    /// Whether nobody wrote behind the structure.
    pub(super) fn guards_are_whole(&self) -> bool {
        self.tail[16..].iter().all(|&byte| byte == super::memory::GUARD)
    }
}
