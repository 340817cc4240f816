//! Room for the matrices of gates that the other end brings: never freed, so used again.

use std::sync::{Mutex, PoisonError};

use pandia_core::link::GateRoom;

/// For so many gates of one stack.
const ROOMS: usize = 16;

/// Rooms that nobody uses.
#[derive(Debug)]
struct Free(Mutex<Vec<&'static [GateRoom]>>);

static FREE: Free = Free(Mutex::new(Vec::new()));

/// Rooms that nobody else uses. They go after the stack that knows them.
#[derive(Debug)]
pub(super) struct Rooms {
    all: &'static [GateRoom],
    free: &'static Free,
}

impl Rooms {
    pub(super) fn take() -> Self {
        Self::of(&FREE)
    }

    fn of(free: &'static Free) -> Self {
        let taken = free.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let new = || &*Box::leak((0..ROOMS).map(|_| GateRoom::new()).collect());
        Self { all: taken.unwrap_or_else(new), free }
    }

    pub(super) const fn all(&self) -> &'static [GateRoom] {
        self.all
    }
}

impl Drop for Rooms {
    fn drop(&mut self) {
        self.free.0.lock().unwrap_or_else(PoisonError::into_inner).push(self.all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_that_are_used_are_not_the_same_and_one_that_is_done_with_is_used_again() {
        static FREE: Free = Free(Mutex::new(Vec::new()));
        let (one, other) = (Rooms::of(&FREE), Rooms::of(&FREE));
        assert!(!core::ptr::eq(one.all(), other.all()));
        assert_eq!(one.all().len(), ROOMS);
        let before = one.all();
        drop(one);
        assert!(core::ptr::eq(Rooms::of(&FREE).all(), before));
    }
}
