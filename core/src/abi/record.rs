//! From claimed to checked: structures of the other side, size first through a raw pointer, then
//! only what the size covers.
//!
//! What is missing at the end of an older structure reads as zero; what is unknown at the end of a
//! newer one must be zero where it is data, and is not looked at where it is a table.

use super::raw;
use crate::error::{Error, ErrorKind, Result};
use core::mem::MaybeUninit;

/// Most bytes of a structure.
const BYTES_MAX: usize = 1 << 16;

/// A structure that begins with its size in bytes as a `u32`.
///
/// # Safety
/// Any bytes, all zeros too, are a valid value, and the first four are the size.
pub(crate) unsafe trait Record: Copy {
    /// What errors call it.
    const NAME: &'static str;
    /// Its size in version 1.0: less is refused. A table's is 8: its slots are checked by name.
    const BYTES_1_0: usize;
    /// Whether it is a table, whose unknown end is nobody's business.
    const IS_TABLE: bool;
    /// Sets its size.
    fn set_size(&mut self, bytes: u32);
}

macro_rules! record {
    ($($Type:ident, $name:literal, $bytes:expr, $is_table:literal;)*) => {
        $(
            // SAFETY: integers, pointers and nullable functions only; `size` is first.
            unsafe impl Record for raw::$Type {
                const NAME: &'static str = $name;
                const BYTES_1_0: usize = $bytes;
                const IS_TABLE: bool = $is_table;
                fn set_size(&mut self, bytes: u32) {
                    self.size = bytes;
                }
            }
            const _: () = assert!(core::mem::offset_of!(raw::$Type, size) == 0);
        )*
    };
}
/// Bytes up to and with the last field of version 1.0.
macro_rules! through {
    ($Type:ident, $field:ident: $Field:ty) => {
        core::mem::offset_of!(raw::$Type, $field) + size_of::<$Field>()
    };
}
record! {
    Err, "error buffer", through!(Err, layer: *mut u8), false;
    Batch, "batch", through!(Batch, words: *const u64), false;
    Results, "results", through!(Results, items: *mut ()), false;
    GateSet, "gate set", through!(GateSet, gates: *const ()), false;
    Info, "info", through!(Info, reserved0: u32), false;
    Metric, "metric", through!(Metric, name: raw::Text), false;
    StateQuery, "state query", through!(StateQuery, qubits: *const u32), false;
    Config, "configuration", through!(Config, settings: *const ()), false;
    Layout, "layout", through!(Layout, bytes: u64), false;
    Host, "host services", 8, true;
    BackendVt, "backend table", 8, true;
    RuntimeVt, "runtime table", 8, true;
    Plugin, "plugin", through!(Plugin, params: *const ()), true;
}

/// The size that a structure of ours states.
#[expect(clippy::cast_possible_truncation, reason = "no structure comes near 4 GiB")]
pub(crate) const fn bytes_of<T>() -> u32 {
    size_of::<T>() as u32
}

/// All zeros, with its size set: what a caller hands over to be filled.
pub(crate) fn blank<T: Record>() -> T {
    // SAFETY: `Record` promises that all zeros are a value.
    let mut record: T = unsafe { MaybeUninit::zeroed().assume_init() };
    record.set_size(bytes_of::<T>());
    record
}

#[cold]
fn refuse(name: &str, why: core::fmt::Arguments<'_>) -> Error {
    Error::from(ErrorKind::Interface("a structure that does not fit"))
        .with_text(format_args!("{name}: {why}"))
}

/// Copies the structure at `at`.
///
/// # Errors
/// [`ErrorKind::Interface`] if the pointer is NULL or misaligned, the structure smaller than in
/// version 1.0, or has something at its end that is not known here.
///
/// # Safety
/// Unless NULL or misaligned, `at` is readable for 4 bytes, and for as many as those say.
#[inline]
pub(crate) unsafe fn read<T: Record>(at: *const T) -> Result<T> {
    if at.is_null() || !at.is_aligned() {
        return Err(refuse(T::NAME, format_args!("the pointer is NULL or misaligned")));
    }
    // SAFETY: aligned and readable for 4 bytes, says the caller.
    let size = unsafe { at.cast::<u32>().read() } as usize;
    if size == size_of::<T>() {
        // SAFETY: readable for `size` bytes, says the caller; any bytes are a value.
        return Ok(unsafe { at.read() });
    }
    check_size::<T>(size)?;
    let mut known = size.min(size_of::<T>());
    if T::IS_TABLE {
        // A function of which the size covers a part only is not there.
        known -= known % size_of::<usize>();
    } else {
        // SAFETY: readable for `size` bytes, says the caller.
        unsafe { end_is_zero(at.cast::<u8>(), known, size) }
            .then_some(())
            .ok_or_else(|| refuse(T::NAME, format_args!("asks for what came after version 1.0")))?;
    }
    let mut copy = blank::<T>();
    // SAFETY: `known` bytes are readable at `at` and writable in `copy`, which is another object.
    unsafe { at.cast::<u8>().copy_to_nonoverlapping((&raw mut copy).cast::<u8>(), known) };
    Ok(copy)
}

fn check_size<T: Record>(size: usize) -> Result<()> {
    if (T::BYTES_1_0..=BYTES_MAX).contains(&size) {
        return Ok(());
    }
    let least = T::BYTES_1_0;
    Err(refuse(
        T::NAME,
        format_args!("it says that it has {size} bytes; from {least} to {BYTES_MAX} are right"),
    ))
}

/// # Safety
/// `at` is readable up to byte `end`.
#[cold]
unsafe fn end_is_zero(at: *const u8, start: usize, end: usize) -> bool {
    (start..end).all(|offset| {
        // SAFETY: below `end`, and the other side has written its whole structure.
        unsafe { at.wrapping_add(offset).read() == 0 }
    })
}

/// Fills the structure at `at` with `value`, as far as its size covers it; its size stays.
///
/// # Errors
/// As [`read`].
///
/// # Safety
/// As [`read`], and writable too.
pub(crate) unsafe fn fill<T: Record>(at: *mut T, mut value: T) -> Result<()> {
    if at.is_null() || !at.is_aligned() {
        return Err(refuse(T::NAME, format_args!("the pointer is NULL or misaligned")));
    }
    // SAFETY: aligned and readable for 4 bytes, says the caller.
    let size = unsafe { at.cast::<u32>().read() };
    check_size::<T>(size as usize)?;
    value.set_size(size);
    let known = (size as usize).min(size_of::<T>());
    // SAFETY: `known` bytes are readable in `value` and writable at `at`, which is another object.
    unsafe { (&raw const value).cast::<u8>().copy_to_nonoverlapping(at.cast::<u8>(), known) };
    Ok(())
}

/// `count` things at `at` as a slice; NULL only if there are none.
///
/// # Errors
/// [`ErrorKind::Interface`] if the pointer is NULL, misaligned or the size absurd.
///
/// # Safety
/// Unless refused, `count` initialised things are readable at `at`, and nobody writes to them for
/// as long as the slice is used.
#[inline]
pub(crate) unsafe fn slice<'a, T>(at: *const T, count: u64, name: &'static str) -> Result<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    let count = checked(at, count, name)?;
    // SAFETY: not NULL, aligned, not larger than memory; the rest is the caller's promise.
    Ok(unsafe { core::slice::from_raw_parts(at, count) })
}

/// As [`slice()`], writable.
///
/// # Errors
/// As [`slice()`].
///
/// # Safety
/// As [`slice()`], and nobody else reads or writes there.
#[inline]
pub(crate) unsafe fn slice_mut<'a, T>(
    at: *mut T,
    count: u64,
    name: &'static str,
) -> Result<&'a mut [T]> {
    if count == 0 {
        return Ok(&mut []);
    }
    let count = checked(at, count, name)?;
    // SAFETY: not NULL, aligned, not larger than memory; the rest is the caller's promise.
    Ok(unsafe { core::slice::from_raw_parts_mut(at, count) })
}

#[inline]
fn checked<T>(at: *const T, count: u64, name: &'static str) -> Result<usize> {
    let fits = count <= isize::MAX as u64 / (size_of::<T>().max(1) as u64);
    match usize::try_from(count) {
        Ok(count) if fits && !at.is_null() && at.is_aligned() => Ok(count),
        _ => Err(refuse(name, format_args!("{count} at a NULL or misaligned pointer"))),
    }
}

/// Whether `count` steps of `stride` bytes stay within `bytes_max`: on a 32-bit processor two 32-bit
/// counts can ask for more than there are addresses.
const fn spans(count: u32, stride: u32, bytes_max: u64) -> bool {
    count as u64 * stride as u64 <= bytes_max
}

/// `count` structures that may have grown, each `stride` bytes after the one before: gates,
/// settings, parameters.
///
/// # Errors
/// [`ErrorKind::Interface`] if the pointer is NULL or misaligned, the stride too small or crooked, or
/// the whole larger than memory.
///
/// # Safety
/// Unless refused, `count` initialised structures are readable there for as long as `'a`.
pub(crate) unsafe fn strided<'a, T: Copy + 'a>(
    at: *const T,
    count: u32,
    stride: u32,
    name: &'static str,
) -> Result<impl ExactSizeIterator<Item = T> + Clone + 'a> {
    let spanned = spans(count, stride, isize::MAX as u64);
    let stride = stride as usize;
    let fits = spanned && stride >= size_of::<T>() && stride.is_multiple_of(align_of::<T>());
    if count > 0 && (!fits || at.is_null() || !at.is_aligned()) {
        return Err(refuse(name, format_args!("{count} of {stride} bytes at {at:p} do not fit")));
    }
    Ok((0..count).map(move |index| {
        let item = at.wrapping_byte_add(index as usize * stride);
        // SAFETY: the caller says that `count` of them are there, `stride` bytes apart; aligned,
        // because start and stride are. The product does not wrap: `spans` said so.
        unsafe { item.read() }
    }))
}

/// The text, of at most `bytes_max` bytes.
///
/// # Errors
/// [`ErrorKind::Interface`] if the pointer is NULL, the text too long or no UTF-8, or its reserved
/// field not 0.
///
/// # Safety
/// Unless refused, `len` initialised bytes are readable at `at` and stay for as long as `'a`.
pub(crate) unsafe fn text<'a>(
    text: raw::Text,
    bytes_max: u32,
    name: &'static str,
) -> Result<&'a str> {
    reserved(u64::from(text.reserved0), name)?;
    if text.len > bytes_max {
        return Err(refuse(
            name,
            format_args!("a text of {} bytes; at most {bytes_max} are taken", text.len),
        ));
    }
    // SAFETY: the caller's promise.
    let bytes = unsafe { slice(text.at, u64::from(text.len), name) }?;
    core::str::from_utf8(bytes).map_err(|_| refuse(name, format_args!("a text that is not UTF-8")))
}

/// Refuses what version 1.0 does not know.
///
/// # Errors
/// [`ErrorKind::Interface`] unless `reserved` is 0.
#[inline]
pub(crate) fn reserved(reserved: u64, name: &'static str) -> Result<()> {
    if reserved == 0 {
        return Ok(());
    }
    Err(refuse(name, format_args!("a reserved field is not 0: asks for what is not known here")))
}

#[cfg(test)]
mod tests {
    use super::{spans, strided};

    #[test]
    fn steps_that_would_wrap_on_a_small_processor_do_not_fit() {
        const SMALL: u64 = i32::MAX as u64;
        assert!(spans(1024, 104, SMALL) && spans(0, u32::MAX, SMALL));
        // 3 * 0x5555_5558 is 8 in 32 bits: it would look like the start again.
        assert!(!spans(3, 0x5555_5558, SMALL));
        assert!(!spans(u32::MAX, u32::MAX, SMALL) && !spans(u32::MAX, u32::MAX, u64::MAX >> 1));
    }

    #[test]
    fn steps_that_do_not_fit_the_structure_are_refused() {
        let items = [1_u64, 2, 3, 4];
        // SAFETY: what is not refused is within `items`.
        let walk = |at: *const u64, count, stride| unsafe {
            strided(at, count, stride, "items").map(|items| items.sum::<u64>()).ok()
        };
        let at = items.as_ptr();
        assert_eq!(walk(at, 4, 8), Some(10));
        assert_eq!(walk(at, 2, 16), Some(4));
        assert_eq!(walk(core::ptr::null(), 0, 0), Some(0));
        for (at, count, stride) in [
            (at, 2, 0),
            (at, 2, 4),
            (at, 2, 12),
            (at, u32::MAX, u32::MAX - 7),
            (core::ptr::null(), 1, 8),
            (at.wrapping_byte_add(4), 1, 8),
        ] {
            assert_eq!(walk(at, count, stride), None, "{count} of {stride} at {at:p}");
        }
    }
}
