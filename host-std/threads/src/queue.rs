//! A bounded queue of messages, words of 8 bytes each, from one thread to one other.
//!
//! All memory is claimed when it is made. To send and to receive takes no lock; the sender waits
//! while the queue is full and the receiver while it is empty, first looking, then sleeping. Either
//! side can end it. Not here: what the words mean.
#![expect(unsafe_code, reason = "words that two threads take turns with")]

use super::bell::Bell;
use super::sync::{Arc, AtomicU32, AtomicUsize, Ordering, Word};
use core::fmt;

const OPEN: u32 = 0;
/// Nothing more comes; what is there may still be received.
const CLOSED: u32 = 1;
/// Nothing goes in or out any more.
const BROKEN: u32 = 2;

/// What makes the words of a message visible to the receiver. The other value is a mistake on
/// purpose, by which the project's tests show that their tools would find it.
const PUBLISH: Ordering = if cfg!(pandia_racy) { Ordering::Relaxed } else { Ordering::Release };

/// A counter with a cache line (two, since processors fetch pairs) of its own.
#[derive(Debug)]
#[repr(align(128))]
struct Apart(AtomicUsize);

#[derive(Debug)]
struct Ring {
    /// A power of two of them.
    words: Box<[Word]>,
    /// How many words were ever put in; wraps around.
    put: Apart,
    /// How many words were ever taken out; wraps around.
    taken: Apart,
    state: AtomicU32,
    filled: Bell,
    emptied: Bell,
}

/// The queue has been ended by the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended;

/// Why a message was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The receiver is gone, or the queue was broken off.
    Ended,
    /// The message is longer than the whole queue.
    TooLong {
        /// Words of the message.
        words: usize,
        /// Words that the queue can hold.
        capacity: usize,
    },
}

/// The side that sends. Dropping it closes the queue: what was sent can still be received.
#[derive(Debug)]
pub struct Sender {
    ring: Arc<Ring>,
    put: usize,
    /// What `taken` was when it was last looked at.
    taken: usize,
}

/// The side that receives. Dropping it breaks the queue off.
#[derive(Debug)]
pub struct Receiver {
    ring: Arc<Ring>,
    taken: usize,
    /// What `put` was when it was last looked at.
    put: usize,
    message: Box<[u64]>,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the queue has been ended by the other side")
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => Ended.fmt(f),
            Self::TooLong { words, capacity } => write!(
                f,
                "a message of {words} words is longer than the whole queue, {capacity}; make the \
                 queue longer"
            ),
        }
    }
}

impl core::error::Error for Ended {}
impl core::error::Error for SendError {}

/// A queue with room for at least so many words; each message takes one more than it has.
#[must_use]
pub fn queue(words: usize) -> (Sender, Receiver) {
    let capacity = words.max(2).checked_next_power_of_two().unwrap_or(1 << (usize::BITS - 2));
    let ring = Arc::new(Ring {
        words: (0..capacity).map(|_| Word::default()).collect(),
        put: Apart(AtomicUsize::new(0)),
        taken: Apart(AtomicUsize::new(0)),
        state: AtomicU32::new(OPEN),
        filled: Bell::new(),
        emptied: Bell::new(),
    });
    let message = vec![0; capacity].into_boxed_slice();
    let receiver = Receiver { ring: Arc::clone(&ring), taken: 0, put: 0, message };
    (Sender { ring, put: 0, taken: 0 }, receiver)
}

impl Ring {
    fn capacity(&self) -> usize {
        self.words.len()
    }

    #[inline]
    fn word(&self, position: usize) -> &Word {
        &self.words[position & (self.words.len() - 1)]
    }

    fn end(&self, state: u32) {
        self.state.fetch_max(state, Ordering::Release);
        self.filled.ring();
        self.emptied.ring();
    }
}

impl Sender {
    /// The longest message that can be sent, in words.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.ring.capacity() - 1
    }

    /// Sends a message made of `head` and `body`. Waits while there is no room.
    ///
    /// # Errors
    /// [`SendError`]; nothing was sent then.
    pub fn send(&mut self, head: &[u64], body: &[u64]) -> Result<(), SendError> {
        let words = head.len() + body.len();
        if words > self.longest() {
            return Err(SendError::TooLong { words, capacity: self.longest() });
        }
        self.wait_for_room(words + 1)?;
        let first = [words as u64];
        let all = first.iter().chain(head).chain(body);
        for (position, &word) in (0..).map(|i| self.put.wrapping_add(i)).zip(all) {
            // SAFETY: there is room, so the receiver is done with this word, which it said by
            // moving `taken`, and does not touch it before `put` has passed it.
            unsafe { self.ring.word(position).set(word) };
        }
        self.put = self.put.wrapping_add(words + 1);
        self.ring.put.0.store(self.put, PUBLISH);
        self.ring.filled.ring();
        Ok(())
    }

    #[inline]
    fn wait_for_room(&mut self, words: usize) -> Result<(), SendError> {
        let ring = &*self.ring;
        if ring.state.load(Ordering::Relaxed) != OPEN {
            return Err(SendError::Ended);
        }
        let (put, capacity) = (self.put, ring.capacity());
        let fits = |taken: usize| capacity - put.wrapping_sub(taken) >= words;
        if !fits(self.taken) {
            self.taken = ring.emptied.wait(|| {
                if ring.state.load(Ordering::Acquire) != OPEN {
                    return Some(Err(SendError::Ended));
                }
                let taken = ring.taken.0.load(Ordering::Acquire);
                fits(taken).then_some(Ok(taken))
            })?;
        }
        Ok(())
    }

    /// Breaks the queue off: the receiver gets nothing more, not even what was sent.
    pub fn break_off(&self) {
        self.ring.end(BROKEN);
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.ring.end(CLOSED);
    }
}

impl Receiver {
    /// The next message. Waits while there is none.
    ///
    /// # Errors
    /// [`Ended`] if the sender has closed the queue and everything was received, or has broken it
    /// off.
    pub fn receive(&mut self) -> Result<&[u64], Ended> {
        self.wait_for_message()?;
        // SAFETY: `put` has passed this word, so the sender is done with it, and does not touch it
        // before `taken` has passed it.
        let words = unsafe { self.ring.word(self.taken).get() };
        // It was the length of a slice that fitted.
        let words = usize::try_from(words).unwrap_or(usize::MAX).min(self.message.len());
        for (index, word) in self.message.iter_mut().enumerate().take(words) {
            let position = self.taken.wrapping_add(1 + index);
            // SAFETY: as above: a message is published as a whole.
            *word = unsafe { self.ring.word(position).get() };
        }
        self.taken = self.taken.wrapping_add(words + 1);
        self.ring.taken.0.store(self.taken, Ordering::Release);
        self.ring.emptied.ring();
        Ok(&self.message[..words])
    }

    #[inline]
    fn wait_for_message(&mut self) -> Result<(), Ended> {
        let ring = &*self.ring;
        if ring.state.load(Ordering::Relaxed) == BROKEN {
            return Err(Ended);
        }
        let taken = self.taken;
        if self.put == taken {
            self.put = ring.filled.wait(|| {
                // Looked at first: after `CLOSED` nothing more is put in.
                let state = ring.state.load(Ordering::Acquire);
                let put = ring.put.0.load(Ordering::Acquire);
                match state {
                    BROKEN => Some(Err(Ended)),
                    _ if put != taken => Some(Ok(put)),
                    CLOSED => Some(Err(Ended)),
                    _ => None,
                }
            })?;
        }
        Ok(())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.ring.end(BROKEN);
    }
}

// SAFETY: each word is touched by one side at a time: those between `taken` and `put` by the one
// receiver, the others by the one sender; each side hands words over by moving its counter with
// `Release`, which the other reads with `Acquire`.
unsafe impl Sync for Ring {}
