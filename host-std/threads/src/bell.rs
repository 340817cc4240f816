//! One thread waits for another: it looks for a while, then sleeps until it is rung.

use super::sync::{AtomicBool, Condvar, Mutex, Ordering, PAUSES, SPINS, fence, spin_loop};
use std::sync::PoisonError;

/// Wakes the one thread that may wait here. To ring costs a fence while nobody sleeps.
#[derive(Debug)]
pub(super) struct Bell {
    asleep: AtomicBool,
    lock: Mutex<()>,
    rung: Condvar,
}

impl Bell {
    pub(super) fn new() -> Self {
        Self { asleep: AtomicBool::new(false), lock: Mutex::new(()), rung: Condvar::new() }
    }

    /// Waits until `ready` gives something. Only one thread at a time may wait.
    pub(super) fn wait<T>(&self, mut ready: impl FnMut() -> Option<T>) -> T {
        for look in 0..SPINS {
            if let Some(it) = ready() {
                return it;
            }
            // Ever more rarely: each look takes what is looked at away from who writes to it.
            for _ in 0..look.min(PAUSES) {
                spin_loop();
            }
        }
        let mut guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            self.asleep.store(true, Ordering::Relaxed);
            // Either this fence comes first, then who rings sees that somebody sleeps, or the one in
            // `ring` does, then `ready` sees what it rings for.
            fence(Ordering::SeqCst);
            if let Some(it) = ready() {
                self.asleep.store(false, Ordering::Relaxed);
                return it;
            }
            guard = self.rung.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Wakes who waits. Call it after what `ready` looks at has changed.
    #[inline]
    pub(super) fn ring(&self) {
        fence(Ordering::SeqCst);
        if self.asleep.load(Ordering::Relaxed) {
            self.wake();
        }
    }

    #[cold]
    fn wake(&self) {
        // With the lock the sleeper is past its last look and in its sleep.
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
        self.rung.notify_one();
    }
}
