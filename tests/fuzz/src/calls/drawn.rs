//! A structure of the caller's, right or with one thing wrong that must be refused.

use crate::input::Input;
use crate::place::Place;
use pandia_core::abi::raw;
use pandia_core::error::Class;

/// What must become of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Must {
    Work,
    Refuse,
    /// Nobody says; it must come back, and with a negative status if it failed.
    ComeBack,
}

impl Must {
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Refuse, _) | (_, Self::Refuse) => Self::Refuse,
            (Self::ComeBack, _) | (_, Self::ComeBack) => Self::ComeBack,
            (Self::Work, Self::Work) => Self::Work,
        }
    }

    pub(super) const fn refuse_if(wrong: bool) -> Self {
        if wrong { Self::Refuse } else { Self::Work }
    }

    pub(super) fn check(self, status: raw::Status, what: &str) {
        let refused = status < 0 && Class::of(status) == Class::Refused;
        match self {
            Self::Work => assert_eq!(status, raw::OK, "{what} must work"),
            Self::Refuse => assert!(refused, "{what} must be refused, gave {status}"),
            Self::ComeBack => assert!(status <= 0, "{what} gave {status}"),
        }
    }
}

/// Whether the callee reads the structure or fills it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    In,
    Out,
}

/// A structure that begins with its size.
#[derive(Debug)]
pub(super) struct Drawn<T> {
    place: Place,
    at: *mut T,
    pub(super) must: Must,
}

const BYTES_MAX: u32 = 1 << 16;

/// `right`, mostly; otherwise with a size, an address, an end or one of the fields wrong.
pub(super) fn draw<T: Copy>(
    input: &mut Input<'_>,
    way: Way,
    right: T,
    wrong: &[fn(&mut T)],
) -> Drawn<T> {
    let mut value = right;
    let whole = size_of::<T>() as u32;
    let place = Place::new();
    let mut at = place.at::<T>();
    let mut size = whole;
    let mut must = Must::Refuse;
    match input.byte() % 24 {
        16 => at = core::ptr::null_mut(),
        17 => at = at.wrapping_byte_add(usize::from(input.byte() % 7 + 1)),
        18 => size = input.half() % whole,
        19 => size = BYTES_MAX + 1 + input.half() % 0xfff0_0000,
        20 => {
            // Of a later version.
            size = whole + 1 + input.half() % (BYTES_MAX - whole);
            must = Must::Work;
        }
        21 if way == Way::In => {
            size = whole + 1 + input.half() % 64;
            let end = (whole + input.half() % (size - whole)) as usize;
            place.set(end, input.byte() | 1);
        }
        22 | 23 if !wrong.is_empty() => input.pick(wrong)(&mut value),
        _ => must = Must::Work,
    }
    place.set(0, value);
    place.set(0, size);
    Drawn { place, at, must }
}

impl<T: Copy> Drawn<T> {
    /// Where the callee finds it.
    pub(super) const fn at(&self) -> *mut T {
        self.at
    }

    /// What is there now.
    pub(super) fn now(&self) -> T {
        // SAFETY: written by `draw`, all integers and pointers.
        unsafe { self.place.get(0) }
    }
}

static LONG: [u8; 600] = [b'a'; 600];

/// The text, mostly; otherwise one that is none.
pub(super) fn text(input: &mut Input<'_>, right: &'static str) -> (raw::Text, Must) {
    let whole = raw::Text::of(right);
    let wrong = match input.byte() % 64 {
        59 => raw::Text { at: core::ptr::null(), len: 3, ..whole },
        60 => raw::Text { at: LONG.as_ptr(), len: 300 + input.half() % 300, ..whole },
        61 => raw::Text { at: b"\xff\xfe\x80".as_ptr(), len: 3, ..whole },
        62 => raw::Text { at: LONG.as_ptr(), len: u32::MAX, ..whole },
        63 => raw::Text { reserved0: 1 << (input.byte() % 32), ..whole },
        _ => return (whole, Must::Work),
    };
    (wrong, Must::Refuse)
}

/// `at`, mostly; otherwise NULL or crooked.
pub(super) fn pointer<T>(input: &mut Input<'_>, at: *mut T) -> (*mut T, Must) {
    match input.byte() % 24 {
        22 => (core::ptr::null_mut(), Must::Refuse),
        23 if align_of::<T>() > 1 => (at.wrapping_byte_add(1), Must::Refuse),
        _ => (at, Must::Work),
    }
}
