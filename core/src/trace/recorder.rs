//! Who takes down what taps see.

use super::event::{At, Event, Record};
use crate::ids::ShotId;

/// Takes down what taps see. It never fails and never waits: what it cannot keep it counts.
pub trait Recorder {
    /// Takes down `events`, which happened one after the other.
    fn record<'e>(&mut self, at: At, events: impl Iterator<Item = Event<'e>>);
}

impl<R: Recorder + ?Sized> Recorder for &mut R {
    #[inline]
    fn record<'e>(&mut self, at: At, events: impl Iterator<Item = Event<'e>>) {
        (**self).record(at, events);
    }
}

/// Taps of one thread that share a recorder.
impl<R: Recorder> Recorder for &core::cell::RefCell<R> {
    #[inline]
    fn record<'e>(&mut self, at: At, events: impl Iterator<Item = Event<'e>>) {
        // Borrowed only while it takes something down, and nothing then calls back.
        if let Ok(mut recorder) = self.try_borrow_mut() {
            recorder.record(at, events);
        }
    }
}

/// Numbers the records of each shot from 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sequence {
    shot: Option<ShotId>,
    next: u64,
}

impl Sequence {
    /// Nothing was numbered yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { shot: None, next: 0 }
    }

    /// The record of the next event.
    #[inline]
    pub fn number<'e>(&mut self, at: At, event: Event<'e>) -> Record<'e> {
        if self.shot != Some(at.shot) {
            self.shot = Some(at.shot);
            self.next = 0;
        }
        let sequence = self.next;
        self.next += 1;
        Record { at, sequence, event }
    }
}
