//! The caller's error buffer, right or wrong: it never decides what a call does, and nothing is
//! written beyond it.

use super::drawn::Must;
use crate::input::Input;
use crate::place::Place;
use pandia_core::abi::raw;

const ROOM: usize = 256;
/// What lies around the words.
const CANARY: u8 = 0xa5;

#[derive(Debug)]
pub(super) struct Words {
    place: Place,
    text: Box<[u8; ROOM]>,
    layer: Box<[u8; ROOM]>,
    at: *mut raw::Err,
    caps: (u32, u32),
    /// Whether words may come.
    fits: bool,
}

impl Words {
    pub(super) fn draw(input: &mut Input<'_>) -> Self {
        let place = Place::new();
        let (mut text, mut layer) = (Box::new([CANARY; ROOM]), Box::new([CANARY; ROOM]));
        let cap = |input: &mut Input<'_>| input.pick(&[200, 200, 0, 1, 5, 30, ROOM as u32]);
        let caps = (cap(input), cap(input));
        let mut err = raw::Err {
            size: size_of::<raw::Err>() as u32,
            code: 7,
            op_index: 9,
            text_cap: caps.0,
            text_len: 77,
            layer_cap: caps.1,
            layer_len: 77,
            reserved0: 0,
            text: text.as_mut_ptr(),
            layer: layer.as_mut_ptr(),
        };
        let mut at = place.at::<raw::Err>();
        let mut fits = false;
        match input.byte() % 16 {
            8 => at = core::ptr::null_mut(),
            9 => at = at.wrapping_byte_add(usize::from(input.byte() % 7 + 1)),
            10 => err.size = input.half() % err.size,
            11 => err.size = (1 << 16) + 1 + input.half() % 0xfff0_0000,
            12 => err.reserved0 = 1 << (input.byte() % 32),
            13 => {
                // Of a later version, and asking for something of it.
                err.size += 8;
                place.set(size_of::<raw::Err>() + usize::from(input.byte() % 8), 1_u8);
            }
            14 => {
                err.size += 1 + input.half() % 1000;
                fits = true;
            }
            15 => {
                (err.text, err.layer) = (core::ptr::null_mut(), core::ptr::null_mut());
                fits = true;
            }
            _ => fits = true,
        }
        place.set(0, err);
        Self { place, text, layer, at, caps, fits }
    }

    pub(super) const fn at(&self) -> *mut raw::Err {
        self.at
    }

    /// Holds the call's end to what must become of it, and its words to what they must be.
    pub(super) fn check(self, must: Must, status: raw::Status, ops: u32, what: &str) {
        must.check(status, what);
        // SAFETY: written by `draw`.
        let err: raw::Err = unsafe { self.place.get(0) };
        let mut lens = (0, 0);
        if status != raw::OK && self.fits {
            assert_eq!(err.code, status, "{what}");
            assert!(err.op_index == u32::MAX || err.op_index < ops, "{what}: {}", err.op_index);
            assert!(err.text_len <= self.caps.0 && err.layer_len <= self.caps.1, "{what}");
            if !err.text.is_null() {
                lens = (err.text_len as usize, err.layer_len as usize);
            }
            assert!(lens.0 > 0 || err.text.is_null() || self.caps.0 < 5, "{what}: no words");
        } else if !self.fits {
            assert_eq!((err.code, err.text_len), (7, 77), "{what} wrote to what it does not know");
        }
        for (bytes, len) in [(&self.text, lens.0), (&self.layer, lens.1)] {
            assert!(bytes[len..].iter().all(|&byte| byte == CANARY), "{what} wrote too much");
            assert!(core::str::from_utf8(&bytes[..len]).is_ok(), "{what}: half a character");
        }
    }
}
