//! In one of a few fixed places, which an error has for itself from when it is made until it is dropped.
//!
//! If all are taken, an error keeps what it costs and loses its words.

use super::super::{Class, Contents, ErrorKind};
use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicBool, Ordering};

/// Errors that can be there at once in full: a stack hands one up, a runtime and a link may each keep
/// one, and one more.
const COUNT: u8 = 4;

static PLACES: [Place; COUNT as usize] = [const { Place::free() }; COUNT as usize];

/// The number of its place, or beyond these what it costs.
pub(in super::super) struct Held(u8);

const _: () = assert!(size_of::<Result<u16, Held>>() <= 4, "a result goes up in a register");

struct Place {
    is_taken: AtomicBool,
    /// Written as soon as it is taken.
    contents: UnsafeCell<MaybeUninit<Contents>>,
}

impl Place {
    const fn free() -> Self {
        Self { is_taken: AtomicBool::new(false), contents: UnsafeCell::new(MaybeUninit::uninit()) }
    }
}

#[expect(unsafe_code, reason = "a flag says whose a place is")]
// SAFETY: contents are touched only through the one `Held` that took the place, and after it was given
// back only by the next that takes it (acquire and release).
unsafe impl Sync for Place {}

impl Held {
    #[cold]
    #[inline(never)]
    pub(in super::super) fn new(contents: Contents) -> Self {
        for (place, number) in PLACES.iter().zip(0..) {
            if !place.is_taken.swap(true, Ordering::Acquire) {
                #[expect(unsafe_code, reason = "the place was just taken")]
                // SAFETY: `swap` gave the place to this call alone.
                let room = unsafe { &mut *place.contents.get() };
                room.write(contents);
                return Self(number);
            }
        }
        Self::without_words(Class::of(contents.kind().code()))
    }

    fn without_words(class: Class) -> Self {
        Self(COUNT + class as u8)
    }

    fn place(&self) -> Option<&'static Place> {
        PLACES.get(usize::from(self.0))
    }

    /// What it says, or no more than its kind.
    pub(in super::super) fn contents(&self) -> Result<&Contents, ErrorKind> {
        let Some(place) = self.place() else {
            return Err(self.kind_alone());
        };
        #[expect(unsafe_code, reason = "the place is its own")]
        // SAFETY: the place is this error's, and changed only through an exclusive borrow of it.
        let room = unsafe { &*place.contents.get() };
        #[expect(unsafe_code, reason = "`new` wrote it")]
        // SAFETY: `new` gives a place away only after it has written into it.
        Ok(unsafe { room.assume_init_ref() })
    }

    fn kind_alone(&self) -> ErrorKind {
        let words = "one error more than are kept in words";
        match self.0.saturating_sub(COUNT) {
            0 => ErrorKind::State(words),
            1 => ErrorKind::Outcomes(words),
            _ => ErrorKind::Broken(words),
        }
    }

    /// Changes it if it has a place.
    pub(in super::super) fn change(&mut self, how: impl FnOnce(&mut Contents)) {
        if let Some(contents) = self.own() {
            how(contents);
        }
    }

    /// Makes it one that came after part of the batch had been done.
    pub(in super::super) fn make_late(&mut self) {
        match self.own() {
            Some(contents) => contents.late = true,
            None => *self = Self::without_words(Class::ShotLost),
        }
    }

    fn own(&mut self) -> Option<&mut Contents> {
        let place = self.place()?;
        #[expect(unsafe_code, reason = "the place is its own")]
        // SAFETY: the place is this error's, which is borrowed exclusively.
        let room = unsafe { &mut *place.contents.get() };
        #[expect(unsafe_code, reason = "`new` wrote it")]
        // SAFETY: `new` gives a place away only after it has written into it.
        Some(unsafe { room.assume_init_mut() })
    }
}

impl Clone for Held {
    fn clone(&self) -> Self {
        match self.contents() {
            Ok(contents) => Self::new(contents.clone()),
            Err(_) => Self(self.0),
        }
    }
}

impl Drop for Held {
    #[cold]
    #[inline(never)]
    fn drop(&mut self) {
        if let Some(place) = self.place() {
            // Contents own nothing that would have to be dropped.
            place.is_taken.store(false, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::thread;
    use std::vec::Vec;

    /// The places are one set for all tests of the process.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

    fn refusal(qubit: u32) -> Held {
        Held::new(Contents::of(ErrorKind::SameQubit { qubit }))
    }

    fn lost() -> Held {
        Held::new(Contents::of(ErrorKind::Impossible { qubit: 0, value: 1 }))
    }

    fn class(held: &Held) -> Class {
        Class::of(held.contents().map_or_else(|kind| kind, Contents::kind).code())
    }

    #[test]
    fn each_has_a_place_until_it_is_dropped() {
        let _alone = ONE_AT_A_TIME.lock();
        for round in 0..3 {
            let held: Vec<Held> = (0..COUNT.into()).map(|qubit| refusal(qubit + round)).collect();
            for (held, qubit) in held.iter().zip(round..) {
                let kind = held.contents().map(|of| of.kind);
                assert_eq!(kind, Ok(ErrorKind::SameQubit { qubit }), "round {round}");
            }
        }
    }

    #[test]
    fn beyond_the_places_words_are_lost_and_what_it_costs_is_not() {
        let _alone = ONE_AT_A_TIME.lock();
        let kept: Vec<Held> = (0..COUNT.into()).map(refusal).collect();
        let mut more = [refusal(9), lost(), Held::new(Contents::of(ErrorKind::Broken("gone")))];
        assert!(more.iter().all(|held| held.contents().is_err()));
        let costs = [Class::Refused, Class::ShotLost, Class::InstanceLost];
        assert_eq!(more.each_ref().map(class), costs);
        assert_eq!(more.clone().each_ref().map(class), costs, "and its copies");
        more[0].change(|of| of.op_index = 7);
        more[0].make_late();
        assert_eq!(class(&more[0]), Class::ShotLost);
        assert!(kept.iter().zip(0..).all(|(held, qubit)| {
            held.contents().is_ok_and(|of| of.kind == ErrorKind::SameQubit { qubit })
        }));
        drop(kept);
        assert!(refusal(9).contents().is_ok(), "places are free again");
    }

    #[test]
    fn a_change_is_its_own() {
        let _alone = ONE_AT_A_TIME.lock();
        let (mut one, other) = (refusal(1), refusal(2));
        let copy = one.clone();
        one.change(|of| of.op_index = 7);
        one.make_late();
        assert_eq!(one.contents().map(|of| of.op_index), Ok(7));
        assert_eq!(class(&one), Class::ShotLost);
        for held in [copy, other] {
            assert_eq!(class(&held), Class::Refused);
            assert!(held.contents().is_ok_and(|of| of.op_index != 7));
        }
    }

    #[test]
    fn threads_do_not_share_a_place() {
        let _alone = ONE_AT_A_TIME.lock();
        thread::scope(|scope| {
            for thread in 0..8 {
                scope.spawn(move || {
                    for round in 0..2_000 {
                        let qubit = thread * 10_000 + round;
                        let held = refusal(qubit);
                        thread::yield_now();
                        if let Ok(of) = held.contents() {
                            assert_eq!(of.kind, ErrorKind::SameQubit { qubit });
                        }
                    }
                });
            }
        });
    }
}
