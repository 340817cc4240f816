//! A board's stack over a backend that is on the desktop: the board asks, in the lane that goes up.
//!
//! While the desktop waits for an answer it serves what lies below ([`super::Answering`]). The board
//! asks by an ordinary [`Remote`] over [`super::Asking`], which is told by the desktop when to ask
//! again, so that a board needs no clock for this either.
//! Not here: frames and messages, which are those of the other lane.

use super::asking::Asking;
use super::client::{Client, Patience};
use super::frame::Lane;
use super::remote::{AsItIs, Options, Remote};
use super::server::Server;
use super::session::Session;
use crate::error::Result;
use embedded_io::{Read, Write};

/// What the lowest part of a stack is called in [`super::message::Build`] if it is on the other side.
pub const BELOW_ID: &str = "pandia.below";

/// What lies below a stack and is on the other side of the line.
pub type Below<IO, const FRAME: usize, const WINDOW: usize> =
    Remote<Asking<IO, FRAME>, AsItIs, FRAME, WINDOW>;

/// Asks again whenever the desktop does, and never gives up by itself: a desktop that is gone says
/// nothing, and the one after it begins a session.
const PATIENCE: Patience = Patience { resend_ticks: 0, give_up_ticks: u32::MAX };

/// What lies below, before anything was asked of it.
pub(super) const fn unopened<IO: Read + Write, const FRAME: usize, const WINDOW: usize>(
    io: IO,
    session: Session,
    first: u32,
) -> Below<IO, FRAME, WINDOW> {
    let client = Client::in_lane(Lane::Up, Asking::new(io, session), PATIENCE, first);
    let options = Options { answers_only: true, wait_for_each: false };
    Remote::unopened(client, AsItIs, options)
}

impl<const FRAME: usize, const WORDS: usize, const RESULTS: usize> Server<FRAME, WORDS, RESULTS> {
    /// What lies below the stack that is being built. `io` is the line of this server; what comes
    /// over it is read by either, never in the middle of a frame.
    ///
    /// # Errors
    /// If the desktop has nothing there, or begins anew.
    pub fn open_below<IO: Read + Write, const WINDOW: usize>(
        &mut self,
        io: IO,
    ) -> Result<Below<IO, FRAME, WINDOW>> {
        let (session, first) = self.next_below();
        let mut below = unopened(io, session, first);
        below.begin_session()?;
        Ok(below)
    }
}
