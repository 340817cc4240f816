//! What the queue is made of: std's own, or loom's, which tries every order of events.
#![expect(unsafe_code, reason = "words that two threads take turns with")]

#[cfg(not(loom))]
pub(super) use self::real::*;
#[cfg(loom)]
pub(super) use self::tried::*;

#[cfg(not(loom))]
mod real {
    pub(in super::super) use core::hint::spin_loop;
    pub(in super::super) use core::sync::atomic::{
        AtomicBool, AtomicU32, AtomicUsize, Ordering, fence,
    };
    pub(in super::super) use std::sync::{Arc, Condvar, Mutex};

    /// How often to look before going to sleep: some ten microseconds, about what it takes to be woken. A
    /// program whose own work takes less between two commands then never has to wake anybody, which
    /// would cost it more than the command.
    pub(in super::super) const SPINS: u32 = 100;

    /// Longest pause between two looks, some 20 to 40 ns each.
    pub(in super::super) const PAUSES: u32 = 24;

    /// A word that one thread at a time may touch.
    #[derive(Debug, Default)]
    pub(in super::super) struct Word(core::cell::UnsafeCell<u64>);

    impl Word {
        /// # Safety
        /// Nobody writes to it meanwhile.
        #[inline]
        pub(in super::super) unsafe fn get(&self) -> u64 {
            // SAFETY: the caller's promise.
            unsafe { self.0.get().read() }
        }

        /// # Safety
        /// Nobody else touches it meanwhile.
        #[inline]
        pub(in super::super) unsafe fn set(&self, value: u64) {
            // SAFETY: the caller's promise.
            unsafe { self.0.get().write(value) }
        }
    }
}

#[cfg(loom)]
mod tried {
    pub(in super::super) use loom::hint::spin_loop;
    pub(in super::super) use loom::sync::atomic::{
        AtomicBool, AtomicU32, AtomicUsize, Ordering, fence,
    };
    pub(in super::super) use loom::sync::{Arc, Condvar, Mutex};

    /// Looking again and again only adds orders to try.
    pub(in super::super) const SPINS: u32 = 0;
    pub(in super::super) const PAUSES: u32 = 0;

    /// A word that one thread at a time may touch, which loom checks.
    #[derive(Debug, Default)]
    pub(in super::super) struct Word(loom::cell::UnsafeCell<u64>);

    impl Word {
        /// # Safety
        /// Nobody writes to it meanwhile.
        pub(in super::super) unsafe fn get(&self) -> u64 {
            // SAFETY: the caller's promise.
            self.0.with(|at| unsafe { at.read() })
        }

        /// # Safety
        /// Nobody else touches it meanwhile.
        pub(in super::super) unsafe fn set(&self, value: u64) {
            // SAFETY: the caller's promise.
            self.0.with_mut(|at| unsafe { at.write(value) });
        }
    }
}
