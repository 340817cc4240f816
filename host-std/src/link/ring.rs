//! Where the taps of a desktop that acts as a board record to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pandia_core::trace::{At, Event, Recorder, Ring, Tap};

use crate::stack::BoxedBackend;

/// Words of the ring.
const WORDS: usize = 1 << 17;

/// The ring of a stack's taps and of who serves the stack: one thread, so nobody waits for the lock.
#[derive(Clone, Debug)]
pub(super) struct DesktopRing(Arc<Mutex<Ring<Vec<u64>>>>);

impl DesktopRing {
    /// What it holds at most.
    pub(super) const BYTES: u32 = 8 << 17;

    /// An empty one.
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Ring::new(vec![0; WORDS]))))
    }

    fn ring(&self) -> MutexGuard<'_, Ring<Vec<u64>>> {
        // A part that panics does so while nobody has the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `below` with a tap on it, which is at `joint`.
    pub(super) fn tap(&self, below: BoxedBackend, joint: u8) -> BoxedBackend {
        Box::new(Tap::new(below, joint, self.clone()))
    }

    /// Moves words of records out: how many bytes, and how many stay.
    pub(super) fn fetch(&self, out: &mut [u8]) -> (usize, usize) {
        let mut ring = self.ring();
        (ring.read(out), ring.waiting_bytes())
    }

    /// How many bytes it holds at most, and how many wait.
    pub(super) fn bytes(&self) -> (u64, u64) {
        let ring = self.ring();
        (ring.size_bytes() as u64, ring.waiting_bytes() as u64)
    }
}

impl Recorder for DesktopRing {
    fn record<'e>(&mut self, at: At, events: impl Iterator<Item = Event<'e>>) {
        self.ring().record(at, events);
    }
}
