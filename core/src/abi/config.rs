//! Configurations across the border, in both directions.

use super::raw;
use super::record::{self, bytes_of};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::StreamId;
use crate::part::{Config, Services, Setting, Value};

/// Longest key of a setting in bytes.
const KEY_BYTES: u32 = 256;
/// Longest text of a setting in bytes: a recorded run may be given as text.
const TEXT_BYTES: u32 = 1 << 28;

/// Settings while they are translated. Without an allocator there is room for 32.
#[cfg(any(test, feature = "alloc"))]
type List<T> = alloc::vec::Vec<T>;
#[cfg(not(any(test, feature = "alloc")))]
type List<T> = heapless::Vec<T, 32>;

#[cfg(any(test, feature = "alloc"))]
#[expect(clippy::unnecessary_wraps, reason = "without an allocator it can be full")]
fn push<T>(list: &mut List<T>, item: T) -> Result<()> {
    list.push(item);
    Ok(())
}
#[cfg(not(any(test, feature = "alloc")))]
fn push<T>(list: &mut List<T>, item: T) -> Result<()> {
    let available = list.capacity() as u64;
    let needed = available + 1;
    list.push(item)
        .map_err(|_| ErrorKind::Capacity { what: "settings of one part", needed, available }.into())
}

/// Hands the configuration over as a structure.
pub(crate) fn give<R>(
    config: &Config<'_>,
    call: impl FnOnce(*const raw::Config) -> Result<R>,
) -> Result<R> {
    let mut settings = List::new();
    for setting in config.settings {
        let (kind, bits, text) = match setting.value {
            Value::Real(value) => (raw::VALUE_REAL, value.to_bits(), ""),
            Value::Whole(value) => (raw::VALUE_WHOLE, value, ""),
            Value::Text(text) => (raw::VALUE_TEXT, 0, text),
        };
        let (key, text) = (raw::Text::of(setting.key), raw::Text::of(text));
        push(&mut settings, raw::Setting { bits, kind, reserved0: 0, key, text })?;
    }
    let raw_config = raw::Config {
        size: bytes_of::<raw::Config>(),
        qubit_count: config.qubit_count,
        stream: config.stream.0,
        result_count: config.result_count,
        setting_count: u32::try_from(settings.len()).unwrap_or(u32::MAX),
        setting_bytes: bytes_of::<raw::Setting>(),
        reserved0: 0,
        settings: settings.as_ptr(),
    };
    call(&raw const raw_config)
}

/// Takes a configuration from a structure.
///
/// # Errors
/// [`ErrorKind::Interface`] if it is malformed, and whatever `call` refuses.
///
/// # Safety
/// `config` is NULL or as the interface says.
pub(crate) unsafe fn take<R>(
    config: *const raw::Config,
    services: Services,
    call: impl FnOnce(&Config<'_>) -> Result<R>,
) -> Result<R> {
    // SAFETY: the caller's promise.
    let raw_config = unsafe { record::read(config) }?;
    record::reserved(u64::from(raw_config.reserved0), "configuration")?;
    let (count, stride) = (raw_config.setting_count, raw_config.setting_bytes);
    // SAFETY: the caller's promise.
    let given = unsafe { record::strided(raw_config.settings, count, stride, "settings") }?;
    let mut settings = List::new();
    for setting in given {
        // SAFETY: the caller's promise.
        push(&mut settings, unsafe { take_setting(&setting) }?)?;
    }
    call(&Config {
        qubit_count: raw_config.qubit_count,
        result_count: raw_config.result_count,
        stream: StreamId(raw_config.stream),
        settings: &settings,
        services,
    })
}

/// # Safety
/// Its texts stay for as long as `'a`.
unsafe fn take_setting<'a>(setting: &raw::Setting) -> Result<Setting<'a>> {
    record::reserved(u64::from(setting.reserved0), "setting")?;
    // SAFETY: the caller's promise.
    let key = unsafe { record::text(setting.key, KEY_BYTES, "a setting's key") }?;
    // SAFETY: the caller's promise.
    let value = unsafe { take_value(setting.kind, setting.bits, setting.text) }?;
    let Some(value) = value else {
        return Err(Error::from(ErrorKind::Interface("a setting of an unknown kind")).with_text(
            format_args!("setting {key}: values of kind {} are not known here", setting.kind),
        ));
    };
    Ok(Setting { key, value })
}

/// The value, or `None` if the kind says nothing or is not known.
///
/// # Safety
/// The text stays for as long as `'a`.
pub(crate) unsafe fn take_value<'a>(
    kind: u32,
    bits: u64,
    text: raw::Text,
) -> Result<Option<Value<'a>>> {
    Ok(match kind {
        raw::VALUE_REAL => Some(Value::Real(f64::from_bits(bits))),
        raw::VALUE_WHOLE => Some(Value::Whole(bits)),
        raw::VALUE_TEXT => {
            // SAFETY: the caller's promise.
            let text = unsafe { record::text(text, TEXT_BYTES, "a value") }?;
            Some(Value::Text(text))
        }
        _ => None,
    })
}
