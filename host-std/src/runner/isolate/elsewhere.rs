//! On systems where worker processes are not done yet: a clear error.

use std::process::ExitCode;
use std::sync::mpsc::{Receiver, SyncSender};

use super::Isolation;
use crate::runner::RunError;
use crate::runner::chunk::Chunk;
use crate::runner::worker::{Message, Shared};
use crate::stack::Registry;

/// Refuses: there are no worker processes on this system.
pub(in crate::runner) fn drive(
    _: &Shared<'_>,
    _: &Isolation,
    _: &Receiver<Chunk>,
    _: &SyncSender<Message>,
) -> Result<(), RunError> {
    Err(RunError::NoIsolation)
}

/// Runs shots for a parent process; on this system there are no such parents.
#[must_use]
pub fn serve_shots(_: &Registry) -> ExitCode {
    ExitCode::from(2)
}
