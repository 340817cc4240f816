//! What a part can hand back that no part should.

use crate::input::Input;
use pandia_core::abi::raw;
use pandia_core::error::Class;
use std::ptr::{null, null_mut};

/// A status other than 0, of any class.
pub(crate) fn status(input: &mut Input<'_>) -> raw::Status {
    match input.byte() % 8 {
        0 | 1 => -1,
        2 => -9,
        3 => -101,
        4 => -107,
        5 => input.pick(&[-200, -201, 1, i32::MAX, i32::MIN, -99, -100, -199]),
        6 => -16,
        _ => (input.half() as i32) | 1,
    }
}

/// Whether it says that its instance must not be called again.
pub(crate) fn loses_instance(status: raw::Status) -> bool {
    status != raw::OK && Class::of(status) == Class::InstanceLost
}

/// Fills the caller's error buffer within its caps, and lies about everything else.
///
/// # Safety
/// `err` is NULL or the host's buffer.
pub(crate) unsafe fn words(input: &mut Input<'_>, err: *mut raw::Err) {
    // SAFETY: the caller's promise.
    let Some(err) = (unsafe { err.as_mut() }) else { return };
    assert_eq!(
        (err.size as usize, err.reserved0),
        (size_of::<raw::Err>(), 0),
        "of the call before"
    );
    err.code = input.half() as i32;
    err.op_index = input.pick(&[0, 1, 2, 3, 7, u32::MAX, u32::MAX - 1]);
    for (at, cap, len) in [
        (err.text, err.text_cap, &mut err.text_len),
        (err.layer, err.layer_cap, &mut err.layer_len),
    ] {
        for index in 0..cap.min(u32::from(input.byte() % 24)) {
            // SAFETY: below the cap.
            unsafe { at.wrapping_add(index as usize).write(input.byte()) };
        }
        *len = input.pick(&[0, 3, 20, cap, cap + 1, u32::MAX]);
    }
    match input.byte() % 16 {
        12 => err.reserved0 = input.half(),
        13 => err.size = input.half(),
        14 => (err.text, err.layer) = (null_mut(), null_mut()),
        15 => (err.text_cap, err.layer_cap) = (0, u32::MAX),
        _ => {}
    }
}

static LONG: [u8; 600] = [b'a'; 600];

/// A text of a part, often a right one.
pub(crate) fn text(input: &mut Input<'_>) -> raw::Text {
    let (at, len) = match input.byte() % 16 {
        9 => (null(), 3),
        10 => (LONG.as_ptr(), input.half() % 600),
        11 => (b"\xff\xfe\x80".as_ptr(), 3),
        12 => (LONG.as_ptr(), u32::MAX),
        13 => (null(), 0),
        14 => ("a.\u{20ac}".as_ptr(), 4),
        _ => ("hostile.one".as_ptr(), 11),
    };
    raw::Text { at, len, reserved0: if input.one_in(32) { input.half() } else { 0 } }
}

pub(crate) fn info(input: &mut Input<'_>) -> raw::Info {
    raw::Info {
        size: input.half(),
        qubit_count: input.half(),
        op_kinds: !input.word(),
        caps: !input.word(),
        threading: input.half() % 3,
        reserved0: if input.one_in(16) { input.half() } else { 0 },
    }
}

pub(crate) fn metric(input: &mut Input<'_>) -> raw::Metric {
    raw::Metric {
        size: input.half(),
        kind: input.half() % 4,
        value: input.word(),
        part: text(input),
        name: text(input),
    }
}
