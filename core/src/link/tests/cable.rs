//! A line between two threads: the desktop's end here, a board with its resident loop on the other.
//!
//! Time passes only when both ends wait and nothing is under way, so that every run of a test is like
//! the other.

use super::super::frame::{END, decode, encode};
use super::super::message::{Request, read};
use super::super::resident::{Resident, serve};
use super::super::{Server, Window};
use super::line::rooms;
use super::mishaps::{Dice, Fallen, Faults, through};
use crate::abi::module::{self, ModuleView};
use crate::abi::{NoGuard, plugin, raw};
use crate::noise::{DepolarizingPart, ReadoutPart};
use crate::sim::StateVectorPart;
use crate::trace::{CountPart, Ring};
use core::cell::RefCell;
use core::mem::MaybeUninit;
use embedded_io::{ErrorKind, ErrorType, Read, Write};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::vec;
use std::vec::Vec;

static MODULE: raw::Module = {
    const PLUGINS: &[&raw::Plugin] = &[
        plugin::layer::<DepolarizingPart, NoGuard>(),
        plugin::layer::<ReadoutPart, NoGuard>(),
        plugin::layer::<CountPart, NoGuard>(),
        plugin::simulator::<StateVectorPart<f64>, NoGuard>(),
    ];
    raw::Module::of(PLUGINS)
};

#[expect(unsafe_code, reason = "a module is checked through its address, in every placement")]
fn parts() -> ModuleView<'static> {
    // SAFETY: a module of this very program, which stays as it is.
    unsafe { module::check(&raw const MODULE) }.unwrap()
}

/// What the board reads.
#[derive(Clone, Copy, Debug)]
enum Came {
    Byte(u8),
    /// The board begins anew.
    Restart,
}

/// One direction, up to the reader's queue.
#[derive(Debug)]
struct Way {
    dice: Dice,
    /// What is being written, up to the next end.
    writing: Vec<u8>,
    held: Option<Vec<u8>>,
}

#[derive(Debug)]
struct State {
    faults: Faults,
    fallen: Fallen,
    is_dead: bool,
    ways: [Way; 2],
    to_board: VecDeque<Came>,
    to_host: VecDeque<u8>,
    board_waits: bool,
    /// It begins anew, and says nothing before that.
    board_is_off: bool,
    /// One of the two ends is gone for good.
    is_over: bool,
    /// The board knows the first requests only.
    is_old: bool,
    reads: u64,
}

#[derive(Debug)]
struct Cable {
    state: Mutex<State>,
    changed: Condvar,
}

impl Cable {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn end(&self) {
        self.lock().is_over = true;
        self.changed.notify_all();
    }
}

/// A board on a thread; it ends with this.
#[derive(Debug)]
pub(super) struct Board {
    cable: Arc<Cable>,
    thread: Option<JoinHandle<()>>,
}

impl Board {
    pub(super) fn new(window: u32, seed: u64) -> Self {
        Self::with_ring(window, seed, None)
    }

    /// One that keeps records in a ring of so many words, if in any.
    pub(super) fn with_ring(window: u32, seed: u64, ring_words: Option<usize>) -> Self {
        let way = |seed| Way { dice: Dice(seed), writing: Vec::new(), held: None };
        let state = State {
            faults: Faults::default(),
            fallen: Fallen::default(),
            is_dead: false,
            ways: [way(seed), way(!seed)],
            to_board: VecDeque::new(),
            to_host: VecDeque::new(),
            board_waits: false,
            board_is_off: false,
            is_over: false,
            is_old: false,
            reads: 0,
        };
        let cable = Arc::new(Cable { state: Mutex::new(state), changed: Condvar::new() });
        let there = Arc::clone(&cable);
        let thread = thread::spawn(move || {
            let mut end = BoardEnd(there);
            let ring = ring_words.map(|words| RefCell::new(Ring::new(vec![0; words])));
            loop {
                let mut server =
                    Server::<256, 132, 8>::new(Window(window)).with_gate_rooms(rooms());
                let mut resident = Resident::new("board", parts(), &[]);
                if let Some(ring) = &ring {
                    resident = resident.with_keeper(ring);
                }
                let mut arena = [MaybeUninit::uninit(); 8192];
                if serve(&mut server, &mut end, &mut resident, &mut arena).is_ok() {
                    return;
                }
                end.0.lock().board_is_off = false;
            }
        });
        Self { cable, thread: Some(thread) }
    }

    /// The desktop's end, any number of times, one at a time.
    pub(super) fn line(&self) -> HostEnd {
        HostEnd(Arc::clone(&self.cable))
    }

    pub(super) fn set(&self, faults: Faults) {
        self.cable.lock().faults = faults;
    }

    pub(super) fn kill(&self, is_dead: bool) {
        self.cable.lock().is_dead = is_dead;
    }

    /// From here on it is as firmware that was built before there were taps, and gates of the desktop's
    /// own.
    pub(super) fn age(&self) {
        self.cable.lock().is_old = true;
    }

    pub(super) fn fallen(&self) -> Fallen {
        self.cable.lock().fallen
    }

    pub(super) fn reads(&self) -> u64 {
        self.cable.lock().reads
    }

    /// The board begins anew before it reads what comes next.
    pub(super) fn restart(&self) {
        self.cable.lock().restart();
        self.cable.changed.notify_all();
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.cable.end();
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(thread::panicking() || matches!(ended, Some(Ok(()))), "the board panicked");
    }
}

impl State {
    fn restart(&mut self) {
        self.fallen.restarts += 1;
        self.to_board.push_back(Came::Restart);
    }

    /// Takes in a byte that was written; `to_board` or to the desktop.
    fn write(&mut self, byte: u8, to_board: bool) {
        let way = &mut self.ways[usize::from(!to_board)];
        way.writing.push(byte);
        if byte != END {
            return;
        }
        let mut frame = core::mem::take(&mut way.writing);
        if self.is_old && to_board {
            frame = of_old(frame);
        }
        if self.is_dead {
            self.fallen.frames += 1;
            return;
        }
        if to_board && way.dice.falls(self.faults.restart) {
            self.restart();
        }
        let Way { dice, held, .. } = &mut self.ways[usize::from(!to_board)];
        let frames = through(frame, self.faults, dice, &mut self.fallen, held);
        self.deliver(frames.into_iter().flatten(), to_board);
    }

    fn deliver(&mut self, bytes: impl Iterator<Item = u8>, to_board: bool) {
        if to_board {
            self.to_board.extend(bytes.map(Came::Byte));
        } else {
            self.to_host.extend(bytes);
        }
    }
}

/// The frame; a request that was not there becomes one that is not known here either.
fn of_old(frame: Vec<u8>) -> Vec<u8> {
    let mut bytes = frame.clone();
    let end = bytes.len() - 1;
    // An end alone goes before the first frame.
    let Ok((header, payload)) = decode(&mut bytes[..end]) else { return frame };
    match read(payload) {
        Some(Request::Taps { .. } | Request::Records | Request::GateRoom { .. }) => {
            let mut other = vec![0; 256];
            let len = encode(header, &[99, 0], &mut other).unwrap();
            other.truncate(len);
            other
        }
        _ => frame,
    }
}

#[derive(Debug)]
pub(super) struct HostEnd(Arc<Cable>);

#[derive(Debug)]
struct BoardEnd(Arc<Cable>);

impl Drop for BoardEnd {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl ErrorType for HostEnd {
    type Error = ErrorKind;
}

impl ErrorType for BoardEnd {
    type Error = ErrorKind;
}

impl Read for HostEnd {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, ErrorKind> {
        let mut state = self.0.lock();
        state.reads += 1;
        loop {
            if let Some(byte) = state.to_host.pop_front() {
                bytes[0] = byte;
                return Ok(1);
            }
            if state.is_over {
                return Ok(0);
            }
            if state.board_waits && state.to_board.is_empty() {
                // Time passes: what was late arrives.
                for (at, to_board) in [(0, true), (1, false)] {
                    let late = state.ways[at].held.take();
                    state.deliver(late.into_iter().flatten(), to_board);
                }
                self.0.changed.notify_all();
                return Err(ErrorKind::TimedOut);
            }
            state = self.0.changed.wait(state).unwrap();
        }
    }
}

impl Read for BoardEnd {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, ErrorKind> {
        let mut state = self.0.lock();
        loop {
            if state.is_over {
                return Ok(0);
            }
            if state.board_is_off {
                return Err(ErrorKind::Other);
            }
            match state.to_board.pop_front() {
                Some(Came::Byte(byte)) => {
                    state.board_waits = false;
                    bytes[0] = byte;
                    return Ok(1);
                }
                Some(Came::Restart) => {
                    (state.board_waits, state.board_is_off) = (false, true);
                    return Err(ErrorKind::Other);
                }
                None => {}
            }
            state.board_waits = true;
            self.0.changed.notify_all();
            state = self.0.changed.wait(state).unwrap();
        }
    }
}

impl Write for HostEnd {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let mut state = self.0.lock();
        for byte in bytes {
            state.write(*byte, true);
        }
        self.0.changed.notify_all();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

impl Write for BoardEnd {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let mut state = self.0.lock();
        let said = if state.board_is_off { &[][..] } else { bytes };
        for byte in said {
            state.write(*byte, false);
        }
        self.0.changed.notify_all();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}
