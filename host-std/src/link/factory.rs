//! The lower part of a stack, built on a board.

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use pandia_core::error::Result;
use pandia_core::ids::StreamId;
use pandia_core::link::message::{PartChoice, SettingLine, write};
use pandia_core::link::{BELOW_ID, LINK_ID, Options};
use pandia_core::part::Setting;
use pandia_core::{Error, ErrorKind};

use super::address::Address;
use super::board::{Board, Waiting};
use super::error::BoardError;
use super::tapped::Taps;
use super::wire::Stop;
use crate::stack::{BoxedBackend, CancelHandle, cancellable};

/// Most bytes of one part's description.
const PART_BYTES: usize = 2048;

/// A board on which stacks are built, one at a time.
#[derive(Clone)]
pub struct BoardStack {
    address: Address,
    waiting: Waiting,
    /// A session that was begun to see what the board is, for the first stack.
    ready: Arc<Mutex<Option<Board>>>,
    stop: Stop,
    /// Images that are loaded before the first stack is built in a session that begins anew: a board
    /// that was started again may have lost them.
    modules: Arc<[Vec<u8>]>,
    /// A hand on what lies below the board's stack and is here.
    below: Arc<Mutex<Option<CancelHandle>>>,
}

impl fmt::Debug for BoardStack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoardStack").field("address", &self.address).finish_non_exhaustive()
    }
}

impl BoardStack {
    /// The board with which there is a session.
    #[must_use]
    pub fn new(board: Board, waiting: Waiting) -> Self {
        let address = board.address().clone();
        let stop = board.stop();
        let ready = Arc::new(Mutex::new(Some(board)));
        Self { address, waiting, ready, stop, modules: Arc::default(), below: Arc::default() }
    }

    /// The same with modules that are on the board already, and that are loaded again where it has to be
    /// connected to anew.
    #[must_use]
    pub fn with_modules(mut self, images: Vec<Vec<u8>>) -> Self {
        self.modules = images.into();
        self
    }

    /// Where the board is.
    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// Asks that every wait for the board ends early, also one for a connection. The next stack that
    /// is built takes this back.
    pub fn cancel(&self) {
        self.stop.set(true);
        if let Some(below) = &*self.below.lock().unwrap_or_else(PoisonError::into_inner) {
            below.cancel();
        }
    }

    /// Builds the stack of these parts, from the simulator upwards.
    pub(crate) fn build(
        &self,
        qubit_count: u32,
        parts: &Parts,
        taps: Option<Taps>,
    ) -> Result<BoxedBackend> {
        let (board, parts) = (self.board()?, parts.bytes.clone());
        Ok(match taps {
            None => Box::new(board.into_backend(qubit_count, parts, Options::default())?),
            Some(taps) => Box::new(board.into_tapped(qubit_count, parts, taps)?),
        })
    }

    /// Builds the stack of these parts over `below`, which is here.
    pub(crate) fn build_over(
        &self,
        below: BoxedBackend,
        qubit_count: u32,
        parts: &Parts,
        taps: Option<Taps>,
    ) -> Result<BoxedBackend> {
        let (below, hand) = cancellable(below);
        *self.below.lock().unwrap_or_else(PoisonError::into_inner) = hand;
        let (board, parts) = (self.board()?, parts.bytes.clone());
        Ok(match taps {
            None => Box::new(board.into_backend_over(qubit_count, parts, below)?),
            Some(taps) => Box::new(board.into_tapped_over(qubit_count, parts, below, taps)?),
        })
    }

    fn board(&self) -> Result<Board> {
        self.stop.set(false);
        let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(board) = ready {
            return Ok(board);
        }
        let again = || {
            let mut board = Board::connect_until(&self.address, self.waiting, &self.stop)?;
            for image in &*self.modules {
                board.load(image, None, &mut |_| {})?;
            }
            Ok(board)
        };
        again().map_err(|error: BoardError| error.to_core())
    }
}

/// Descriptions of parts, as they travel.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    bytes: Vec<u8>,
}

impl Parts {
    /// Nothing yet, over a backend that is on the desktop.
    pub(crate) fn over_the_desktop() -> Result<Self> {
        let mut parts = Self::default();
        parts.add(BELOW_ID, StreamId::default(), &[])?;
        Ok(parts)
    }

    /// Adds the part above those that are there.
    pub(crate) fn add(
        &mut self,
        id: &str,
        stream: StreamId,
        settings: &[Setting<'_>],
    ) -> Result<()> {
        let (mut lines, mut buffer) = (Vec::new(), [0; PART_BYTES]);
        for setting in settings {
            let line = SettingLine { key: setting.key, value: setting.value.into() };
            lines.extend_from_slice(write(&line, &mut buffer).ok_or_else(|| too_long(id))?);
        }
        let part = PartChoice { id, stream: stream.0, settings: &lines };
        self.bytes.extend_from_slice(write(&part, &mut buffer).ok_or_else(|| too_long(id))?);
        Ok(())
    }
}

fn too_long(id: &str) -> Error {
    let error = Error::from(ErrorKind::Unsupported("settings that are too long for a board"));
    error.in_layer(LINK_ID).with_text(format_args!(
        "the settings of {id} take more than {PART_BYTES} bytes, which a board does not take"
    ))
}
