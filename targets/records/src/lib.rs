//! One ring of records in fixed memory, which the taps of a stack share with whoever ends the image:
//! when a panic or a fault stops a board, the last records say what the stack was doing.
//!
//! The ring is behind a spin lock that nobody waits for: a board has one core, so whoever finds it
//! taken has interrupted its holder, who will not go on. What cannot be taken down is counted.
//! Not here: what a record says (`pandia_core::trace`), and where lines go.
#![no_std]

use core::fmt;
use pandia_core::Result;
use pandia_core::part::Storage;
use pandia_core::trace::{At, Event, Keeper, RECORD_WORDS_MAX, Record, Recorder, Ring};
use portable_atomic::{AtomicU32, Ordering};

/// Words of [`RECORDS`]: some two hundred records.
pub const RING_WORDS: usize = 2048;
/// What of a ring is shown when an image ends by a panic or a fault: about eight records.
pub const LAST_BYTES: usize = 512;

/// The ring of an image. Who runs no tap does not link it.
pub static RECORDS: Shared<[u64; RING_WORDS]> = Shared::new([0; RING_WORDS]);

/// A ring that several taps, and an exception in the midst of them, may use.
#[derive(Debug)]
pub struct Shared<S> {
    ring: spin::Mutex<Ring<S>>,
    /// Records that came while the lock was taken.
    missed: AtomicU32,
}

impl<S: Storage<u64>> Shared<S> {
    /// An empty ring in `memory`.
    pub const fn new(memory: S) -> Self {
        Self { ring: spin::Mutex::new(Ring::new(memory)), missed: AtomicU32::new(0) }
    }

    /// How many records were dropped in the life of this ring, for want of room or of the lock;
    /// `None` while somebody holds the lock.
    pub fn dropped(&self) -> Option<u64> {
        let ring = self.ring.try_lock()?;
        Some(ring.dropped() + u64::from(self.missed.load(Ordering::Relaxed)))
    }

    /// Hands every record to `then` and empties the ring; `false` if somebody holds the lock. What
    /// `then` makes the taps see while it runs is missed.
    ///
    /// # Errors
    /// Those of `then`, and what is said of a record that is none. The others stay.
    pub fn drain<E: From<pandia_core::Error>>(
        &self,
        mut then: impl FnMut(&Record<'_>) -> core::result::Result<(), E>,
    ) -> core::result::Result<bool, E> {
        let Some(mut ring) = self.ring.try_lock() else { return Ok(false) };
        let mut room = [0; RECORD_WORDS_MAX];
        while let Some(record) = ring.take(&mut room) {
            then(&record?)?;
        }
        Ok(true)
    }

    /// Hands over the last records, as many as [`LAST_BYTES`] hold, for an image that ends here: the
    /// lock is kept, so that whoever gets here a second time gets nothing.
    pub fn last(&self, mut then: impl FnMut(Last<'_>)) {
        let Some(ring) = self.ring.try_lock() else { return then(Last::Taken) };
        let ring = spin::MutexGuard::leak(ring);
        let mut room = [0; RECORD_WORDS_MAX];
        let mut before = 0_u64;
        while ring.waiting_bytes() > LAST_BYTES {
            if ring.take(&mut room).is_none() {
                break;
            }
            before += 1;
        }
        if before > 0 {
            then(Last::Before(before));
        }
        while let Some(record) = ring.take(&mut room) {
            then(Last::Record(&record));
        }
        match self.missed.load(Ordering::Relaxed) {
            0 => {}
            missed => then(Last::Missed(missed)),
        }
    }
}

/// A line of what is shown when an image ends.
#[derive(Clone, Debug)]
pub enum Last<'a> {
    /// Somebody was writing down a record.
    Taken,
    /// So many records came before those that are shown.
    Before(u64),
    /// A record, or what is wrong with it.
    Record(&'a Result<Record<'a>>),
    /// So many came while the lock was taken.
    Missed(u32),
}

impl fmt::Display for Last<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => f.write_str("none can be read: one was being written"),
            Self::Before(count) => write!(f, "{count} before"),
            Self::Record(Ok(record)) => write!(f, "{record}"),
            Self::Record(Err(error)) => write!(f, "{error}"),
            Self::Missed(count) => write!(f, "{count} came while one was being written"),
        }
    }
}

impl<S: Storage<u64>> Recorder for &Shared<S> {
    fn record<'e>(&mut self, at: At, events: impl Iterator<Item = Event<'e>>) {
        match self.ring.try_lock() {
            Some(mut ring) => ring.record(at, events),
            None => {
                let count = u32::try_from(events.count()).unwrap_or(u32::MAX);
                self.missed.fetch_add(count, Ordering::Relaxed);
            }
        }
    }
}

/// For a stack whose taps' records somebody else fetches.
impl<S: Storage<u64>> Keeper for Shared<S> {
    fn keep(&self, at: At, event: Event<'_>) {
        let mut recorder = self;
        recorder.record(at, core::iter::once(event));
    }

    fn fetch(&self, out: &mut [u8]) -> (usize, usize) {
        let ring = self.ring.try_lock();
        ring.map_or((0, 0), |mut ring| (ring.read(out), ring.waiting_bytes()))
    }

    fn bytes(&self) -> (usize, usize) {
        self.ring.try_lock().map_or((0, 0), |ring| (ring.size_bytes(), ring.waiting_bytes()))
    }

    fn forget(&self) {
        if let Some(mut ring) = self.ring.try_lock() {
            ring.forget();
        }
    }
}

#[cfg(test)]
mod tests;
