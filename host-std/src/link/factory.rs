//! The lower part of a stack, built on a board.

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use pandia_core::error::Result;
use pandia_core::ids::StreamId;
use pandia_core::link::message::{PartChoice, SettingLine, write};
use pandia_core::link::{LINK_ID, Options};
use pandia_core::part::Setting;
use pandia_core::{Error, ErrorKind};

use super::address::Address;
use super::board::{Board, Waiting};
use crate::stack::BoxedBackend;

/// Most bytes of one part's description.
const PART_BYTES: usize = 2048;

/// A board on which stacks are built, one at a time.
#[derive(Clone)]
pub struct BoardStack {
    address: Address,
    waiting: Waiting,
    /// A session that was begun to see what the board is, for the first stack.
    ready: Arc<Mutex<Option<Board>>>,
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
        Self { address, waiting, ready: Arc::new(Mutex::new(Some(board))) }
    }

    /// Where the board is.
    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// Builds the stack of these parts, from the simulator upwards.
    pub(crate) fn build(&self, qubit_count: u32, parts: &Parts) -> Result<BoxedBackend> {
        let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner).take();
        let board = match ready {
            Some(board) => board,
            None => Board::connect(&self.address, self.waiting).map_err(|error| error.to_core())?,
        };
        let remote = board.into_backend(qubit_count, parts.bytes.clone(), Options::default())?;
        Ok(Box::new(remote))
    }
}

/// Descriptions of parts, as they travel.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    bytes: Vec<u8>,
}

impl Parts {
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
