//! Errors across the border, in both directions: as a status, and as words in the caller's buffer.

use super::raw;
use super::record::{self, bytes_of};
use crate::error::{Error, ErrorKind, LAYER_BYTES, NO_OP, Result, TEXT_BYTES};
use core::fmt::Write;
use heapless::String;

/// The callee's side: gives `error` back as a status, with its words in the caller's buffer. For
/// tables that are not made by [`super::BackendTable`] or [`super::RuntimeTable`].
///
/// # Safety
/// `to` is NULL or a valid error buffer.
#[cold]
#[inline(never)]
pub unsafe fn give(to: *mut raw::Err, error: &Error) -> raw::Status {
    let code = error.code();
    if to.is_null() {
        return code;
    }
    // SAFETY: the caller's promise.
    let Ok(mut buffer) = (unsafe { record::read(to) }) else { return code };
    if buffer.reserved0 != 0 {
        // It asks for what is not known here: as a buffer that does not fit, it gets no words.
        return code;
    }
    let mut words = String::<TEXT_BYTES>::new();
    // Its words fit: they were cut to this size when the error was made.
    let _ = error.write_text(&mut Cut(&mut words));
    buffer.code = code;
    buffer.op_index = error.op_index().unwrap_or(NO_OP);
    // SAFETY: the buffer's text has `text_cap` writable bytes.
    buffer.text_len = unsafe { put(buffer.text, buffer.text_cap, &words) };
    // SAFETY: the buffer's layer has `layer_cap` writable bytes.
    buffer.layer_len = unsafe { put(buffer.layer, buffer.layer_cap, error.layer()) };
    // SAFETY: the caller's promise. A buffer that could be read can be filled.
    let _ = unsafe { record::fill(to, buffer) };
    code
}

struct Cut<'a>(&'a mut String<TEXT_BYTES>);

impl Write for Cut<'_> {
    fn write_str(&mut self, s: &str) -> core::fmt::Result {
        s.chars().try_for_each(|c| self.0.push(c).map_err(|_| core::fmt::Error))
    }
}

/// Copies as many whole characters as fit and says how many bytes they are.
///
/// # Safety
/// Unless NULL, `to` is writable for `cap` bytes.
unsafe fn put(to: *mut u8, cap: u32, text: &str) -> u32 {
    if to.is_null() {
        return 0;
    }
    let len = text.floor_char_boundary((cap as usize).min(text.len()));
    // SAFETY: `len` is at most `cap` and the length of `text`; two different objects.
    unsafe { text.as_ptr().copy_to_nonoverlapping(to, len) };
    u32::try_from(len).unwrap_or(0)
}

/// The caller's side: an error buffer with room for all that an error can say.
#[derive(Clone, Debug)]
pub(crate) struct Inbox {
    err: raw::Err,
    text: [u8; TEXT_BYTES],
    layer: [u8; LAYER_BYTES],
}

impl Inbox {
    pub(crate) const fn new() -> Self {
        let nowhere = core::ptr::null_mut();
        Self { err: buffer(nowhere, 0, nowhere, 0), text: [0; TEXT_BYTES], layer: [0; LAYER_BYTES] }
    }

    /// The empty buffer, for one call, whatever the call before has made of it. It holds addresses
    /// of `self`, which must not move meanwhile.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "two small constants")]
    pub(crate) const fn open(&mut self) -> *mut raw::Err {
        let (text, layer) = (self.text.as_mut_ptr(), self.layer.as_mut_ptr());
        self.err = buffer(text, TEXT_BYTES as u32, layer, LAYER_BYTES as u32);
        &raw mut self.err
    }

    /// What the call gave back, as a result. `id` signs an error that nobody signed.
    #[inline]
    pub(crate) fn result(&self, status: raw::Status, id: &str, op_count: u32) -> Result<()> {
        if status == raw::OK { Ok(()) } else { Err(self.error(status, id, op_count)) }
    }

    #[cold]
    fn error(&self, status: raw::Status, id: &str, op_count: u32) -> Error {
        if status > 0 {
            return Error::from(ErrorKind::Broken("a positive status"))
                .in_layer(id)
                .with_text(format_args!("gave back the status {status}; 0 or less is right"));
        }
        if self.err.reserved0 != 0 {
            let words = "says more of an error than is known here: a reserved field is not 0";
            return Error::foreign(status, None, id, words);
        }
        let op_index = Some(self.err.op_index).filter(|&index| index < op_count);
        let text = valid(&self.text, self.err.text_len);
        let layer = valid(&self.layer, self.err.layer_len);
        Error::foreign(status, op_index, layer, text).in_layer(id)
    }
}

/// An error buffer with nothing in it.
#[inline]
const fn buffer(text: *mut u8, text_cap: u32, layer: *mut u8, layer_cap: u32) -> raw::Err {
    raw::Err {
        size: bytes_of::<raw::Err>(),
        code: 0,
        op_index: NO_OP,
        text_cap,
        text_len: 0,
        layer_cap,
        layer_len: 0,
        reserved0: 0,
        text,
        layer,
    }
}

/// The part of `bytes` that is text.
fn valid(bytes: &[u8], len: u32) -> &str {
    let bytes = bytes.get(..(len as usize).min(bytes.len())).unwrap_or(&[]);
    match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => core::str::from_utf8(&bytes[..e.valid_up_to()]).unwrap_or(""),
    }
}
