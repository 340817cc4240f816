//! The line, and the server behind it: bytes written here are taken there when somebody reads.

use super::super::frame::END;
use super::super::{Counters, Event, NoHouse, Window};
use super::Small;
use crate::backend::Backend;
use core::convert::Infallible;
use embedded_io::{ErrorKind, ErrorType, Read, Write};
use std::boxed::Box;
use std::collections::VecDeque;
use std::vec::Vec;

#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) window: u32,
}

/// How often each fault falls on a frame, in 1 of 65536.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Faults {
    pub(super) lost: u32,
    pub(super) cut: u32,
    pub(super) doubled: u32,
    pub(super) late: u32,
    pub(super) damaged: u32,
    pub(super) noise: u32,
    /// The server begins anew, and its stack with it.
    pub(super) restart: u32,
}

/// How often each fault fell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fallen {
    pub(super) frames: u64,
    pub(super) lost: u64,
    pub(super) cut: u64,
    pub(super) doubled: u64,
    pub(super) late: u64,
    pub(super) damaged: u64,
    pub(super) noise: u64,
    pub(super) restarts: u64,
}

/// SplitMix64: tests must not share the generator of what they test.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap()
    }

    fn falls(&mut self, of_65536: u32) -> bool {
        (self.next() & 0xffff) < u64::from(of_65536)
    }
}

pub(super) struct Line {
    server: Small,
    window: Window,
    stack: Option<Box<dyn Backend>>,
    build: fn() -> Box<dyn Backend>,
    pub(super) faults: Faults,
    pub(super) fallen: Fallen,
    /// Nothing comes through in either direction.
    pub(super) is_dead: bool,
    dice: Dice,
    /// What is being written, up to the next end.
    writing: Vec<u8>,
    to_server: VecDeque<Vec<u8>>,
    to_client: VecDeque<u8>,
    /// Frames that come after the next one, by direction.
    held: [Option<Vec<u8>>; 2],
    pub(super) reads: u64,
}

impl core::fmt::Debug for Line {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Line").field("fallen", &self.fallen).finish_non_exhaustive()
    }
}

impl Line {
    pub(super) fn to(build: fn() -> Box<dyn Backend>, window: u32, seed: u64) -> Self {
        Self {
            server: Small::new(Window(window)),
            window: Window(window),
            stack: Some(build()),
            build,
            faults: Faults::default(),
            fallen: Fallen::default(),
            is_dead: false,
            dice: Dice(seed),
            writing: Vec::new(),
            to_server: VecDeque::new(),
            to_client: VecDeque::new(),
            held: [None, None],
            reads: 0,
        }
    }

    pub(super) fn counters(&self) -> Counters {
        self.server.counters()
    }

    pub(super) fn restart(&mut self) {
        self.fallen.restarts += 1;
        self.server = Small::new(self.window);
        self.stack = Some((self.build)());
    }

    /// The copies of a frame that get through, after all that may befall it.
    fn through(&mut self, mut frame: Vec<u8>, direction: usize) -> Vec<Vec<u8>> {
        self.fallen.frames += 1;
        let Faults { lost, cut, doubled, late, damaged, noise, .. } = self.faults;
        if self.is_dead {
            return Vec::new();
        }
        let mut out = Vec::new();
        if self.dice.falls(noise) {
            self.fallen.noise += 1;
            out.push(
                (0..self.dice.below(300)).map(|_| self.dice.next().to_le_bytes()[0]).collect(),
            );
        }
        if self.dice.falls(cut) {
            self.fallen.cut += 1;
            // With or without its end, from the front or from the back.
            let at = self.dice.below(frame.len());
            frame = if self.dice.falls(32768) { frame.split_off(at) } else { frame[..at].to_vec() };
        }
        if self.dice.falls(damaged) {
            self.fallen.damaged += 1;
            for _ in 0..=self.dice.below(3) {
                let at = self.dice.below(frame.len());
                if let Some(byte) = frame.get_mut(at) {
                    *byte ^= 1 << self.dice.below(8);
                }
            }
        }
        if self.dice.falls(lost) {
            self.fallen.lost += 1;
        } else if self.held[direction].is_none() && self.dice.falls(late) {
            self.fallen.late += 1;
            self.held[direction] = Some(frame);
            return out;
        } else {
            if self.dice.falls(doubled) {
                self.fallen.doubled += 1;
                out.push(frame.clone());
            }
            out.push(frame);
        }
        out.extend(self.held[direction].take());
        out
    }

    /// Hands one frame to the server; false if there is none.
    fn deliver(&mut self) -> bool {
        let Some(frame) = self.to_server.pop_front() else { return false };
        if self.dice.falls(self.faults.restart) {
            self.restart();
        }
        let mut out = Out(Vec::new());
        for byte in frame {
            let stack = self.stack.as_deref_mut();
            let event = self.server.take(byte, &mut out, stack, &mut NoHouse);
            assert_ne!(event, Ok(Event::Build));
        }
        for frame in out.0.split_inclusive(|byte| *byte == END).map(<[u8]>::to_vec) {
            let through = self.through(frame, 1);
            self.to_client.extend(through.into_iter().flatten());
        }
        true
    }
}

impl ErrorType for Line {
    type Error = ErrorKind;
}

impl Read for Line {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, ErrorKind> {
        self.reads += 1;
        while self.to_client.is_empty() {
            if !self.deliver() {
                // Time passes: what was late arrives.
                if let Some(late) = self.held[0].take() {
                    self.to_server.push_back(late);
                }
                self.to_client.extend(self.held[1].take().into_iter().flatten());
                return Err(ErrorKind::TimedOut);
            }
        }
        let Some(byte) = self.to_client.pop_front() else { return Ok(0) };
        bytes[0] = byte;
        Ok(1)
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        for byte in bytes {
            self.writing.push(*byte);
            if *byte == END {
                let frame = core::mem::take(&mut self.writing);
                let through = self.through(frame, 0);
                self.to_server.extend(through);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

struct Out(Vec<u8>);

impl ErrorType for Out {
    type Error = Infallible;
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
