//! Where the runtime is, here or on its thread, and how commands get there.

use super::command::Command;
use super::pace::Turn;
use super::queue::Ended;
use super::runtime::{Threaded, since};
use super::seat::Seat;
use super::worker::Shared;
use pandia_core::error::{Error, ErrorKind, Result};
use pandia_core::op::Batch;
use pandia_core::runtime::Runtime;

impl<R: Runtime> Threaded<R> {
    #[cold]
    pub(super) fn gone(&self) -> Error {
        let error = Error::from(ErrorKind::Broken("the runtime's thread has ended"));
        error.in_layer(self.config.id)
    }

    /// Sends a command, or has it carried out by `here`; what fails then is told as if it had been sent.
    #[inline]
    pub(super) fn give<'a>(
        &mut self,
        here: impl FnOnce(&mut Seat<R>) -> Result<()>,
        command: impl FnOnce() -> Command<'a>,
    ) -> core::result::Result<(), Ended> {
        let Some(seat) = &mut self.here else { return self.send(&command()) };
        self.sent += 1;
        if let Err(error) = here(seat) {
            self.shared.fail(self.sent, error);
        }
        Ok(())
    }

    /// As [`Self::give`], a batch whose results have been noted.
    #[inline]
    pub(super) fn give_batch(&mut self, batch: &Batch<'_>) -> Result<()> {
        let Some(seat) = &mut self.here else {
            return self.send(&Command::Batch(*batch)).map_err(|_| self.gone());
        };
        self.sent += 1;
        // Results are asked for when they are read, or shown when the runtime leaves.
        if let Err(error) = seat.submit(batch, self.shared.has_failed()) {
            self.fail(error);
        }
        Ok(())
    }

    /// Keeps what failed in the last command until somebody reads.
    #[cold]
    #[inline(never)]
    pub(super) fn fail(&mut self, error: Error) {
        self.shared.fail(self.sent, error);
        self.show_all();
    }

    /// Shows what was measured in this shot before the last command, which is not here any more or has
    /// failed.
    #[cold]
    fn show_all(&mut self) {
        let (Some(seat), Some(shot)) = (&mut self.here, self.shot) else { return };
        for (place, measured) in self.measured_by.iter().enumerate() {
            if measured.by > shot {
                self.shared.show(seat, place);
            }
        }
    }

    fn send(&mut self, command: &Command<'_>) -> core::result::Result<(), Ended> {
        let (head, body) = command.encode();
        // What is longer than the queue is not sent.
        self.commands.send(&head, body).map_err(|_| Ended)?;
        self.sent += 1;
        Ok(())
    }

    /// Waits until everything that was sent is carried out: then the runtime can be called here.
    pub(super) fn wait_for_all(&mut self) -> Result<()> {
        if self.here.is_some() || self.shared.wait_for(self.sent) {
            self.waited_for = self.sent;
            Ok(())
        } else {
            Err(self.gone())
        }
    }

    /// Calls the runtime here, once everything that was sent is carried out.
    pub(super) fn with_seat<T>(
        &mut self,
        call: impl FnOnce(&mut Seat<R>, &Shared<R>) -> T,
    ) -> Result<T> {
        self.wait_for_all()?;
        if let Some(seat) = &mut self.here {
            return Ok(call(seat, &self.shared));
        }
        match &mut *self.shared.seat() {
            Some(seat) => Ok(call(seat, &self.shared)),
            None => Err(self.gone()),
        }
    }

    /// Brings the runtime to where commands are carried out from now on. It may do so in the midst of
    /// a shot.
    pub(super) fn go(&mut self, turn: Turn) -> Result<()> {
        match turn {
            Turn::Stay => {}
            Turn::HandOver => {
                self.begin_notes();
                if !self.shared.has_failed() {
                    self.show_all();
                }
                let Some(seat) = self.here.take() else { return Ok(()) };
                self.metrics.look_at(&seat.runtime);
                self.shared.skip_to(self.sent);
                *self.shared.seat() = Some(seat);
            }
            Turn::TakeBack => {
                self.wait_for_all()?;
                let seat = self.shared.seat().take();
                self.here = self.here.take().or(seat);
            }
        }
        Ok(())
    }

    /// Whether commands are handed over at the moment.
    #[cfg(test)]
    pub(super) const fn is_there(&self) -> bool {
        self.here.is_none()
    }

    /// Ends a window of the pace and does what comes of it.
    #[cold]
    pub(super) fn turn(&mut self, between_shots: bool) -> Result<()> {
        if self.pace.is_trial() {
            self.wait_for_all()?;
        }
        let turn = self.pace.turn(since(self.zero), between_shots);
        self.go(turn)
    }
}
