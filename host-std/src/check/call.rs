//! Calls through a table, with an error buffer of which every byte is watched.

use pandia_core::abi::raw;
use pandia_core::error::NO_OP;

use super::config::bytes_of;
use super::finding::{Checked, ensure, failed};
use super::memory::GUARD;

/// Bytes at the text and at the layer, guards included.
const TEXT: usize = 512;
const LAYER: usize = 128;
/// The caps of an ordinary call.
pub(super) const TEXT_CAP: u32 = 200;
pub(super) const LAYER_CAP: u32 = 48;

/// What a call gave back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: i32,
    pub(super) op_index: u32,
    pub(super) text: String,
    pub(super) layer: String,
}

impl Answer {
    /// In words.
    pub(super) fn words(&self) -> String {
        match self.status {
            0 => "done (status 0)".to_owned(),
            status if self.text.is_empty() => format!("status {status}, without a text"),
            status => format!("status {status}: {}", self.text),
        }
    }

    /// Fails unless the call was refused.
    pub(super) fn refused(self, what: &str) -> Checked<Self> {
        if (-99..=-1).contains(&self.status) {
            return Ok(self);
        }
        failed(format!("{what} must be refused (status -1 to -99); got {}", self.words()))
    }

    /// Fails unless the call was refused with this code.
    pub(super) fn refused_with(self, what: &str, code: i32) -> Checked<Self> {
        if self.status == code {
            return Ok(self);
        }
        failed(format!("{what} must be refused with {code}; got {}", self.words()))
    }

    /// Fails unless the call was done.
    pub(super) fn done(self, what: &str) -> Checked<Self> {
        let status = self.status;
        ensure(status == 0, || format!("{what} must be done; got {}", self.words()))?;
        Ok(self)
    }
}

/// Makes a call with an error buffer of ordinary size.
pub(super) fn call(what: &str, make: impl FnOnce(*mut raw::Err) -> raw::Status) -> Checked<Answer> {
    call_with(what, TEXT_CAP, LAYER_CAP, make)
}

/// Makes a call with an error buffer of this size, and checks that what was written to it fits it
/// and the status.
pub(super) fn call_with(
    what: &str,
    text_cap: u32,
    layer_cap: u32,
    make: impl FnOnce(*mut raw::Err) -> raw::Status,
) -> Checked<Answer> {
    let (mut text, mut layer) = ([GUARD; TEXT], [GUARD; LAYER]);
    let mut err = raw::Err {
        size: bytes_of::<raw::Err>(),
        code: 0,
        op_index: NO_OP,
        text_cap,
        text_len: 0,
        layer_cap,
        layer_len: 0,
        reserved0: 0,
        text: text.as_mut_ptr(),
        layer: layer.as_mut_ptr(),
    };
    let status = make(&raw mut err);
    ensure(status <= 0, || {
        format!("{what} gave back the status {status}; 0 is done, less than 0 is an error's code")
    })?;
    let watched = |bytes: &[u8], cap: u32, len: u32, name: &str| -> Checked<String> {
        let (cap, len) = (cap as usize, len as usize);
        ensure(bytes.iter().skip(cap).all(|&byte| byte == GUARD), || {
            format!("{what} wrote its {name} beyond the caller's {cap} bytes")
        })?;
        ensure(len <= cap, || {
            format!("{what} says that its {name} has {len} bytes; the caller gave room for {cap}")
        })?;
        match core::str::from_utf8(bytes.get(..len).unwrap_or(&[])) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => failed(format!("{what} gave a {name} that is not UTF-8, or cut in a letter")),
        }
    };
    let words = watched(&text, text_cap, err.text_len, "text")?;
    let id = watched(&layer, layer_cap, err.layer_len, "layer's id")?;
    ensure(err.size == bytes_of::<raw::Err>(), || {
        format!("{what} changed the size of the caller's error buffer")
    })?;
    ensure(status == 0 || err.code == 0 || err.code == status, || {
        format!("{what} gave back {status} but wrote the code {} to the error buffer", err.code)
    })?;
    ensure(status != 0 || err.code >= 0, || {
        format!("{what} gave back 0, which is success, but wrote an error with code {}", err.code)
    })?;
    Ok(Answer { status, op_index: err.op_index, text: words, layer: id })
}
