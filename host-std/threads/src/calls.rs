//! What the calls of a shot do, wherever the runtime is.

use super::command::Command;
use super::runtime::{Measured, Threaded, since};
use super::worker::Failure;
use pandia_core::abi::raw::NOT_YET;
use pandia_core::error::{Class, Error, ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::Batch;
use pandia_core::runtime::Runtime;

impl<R: Runtime> Threaded<R> {
    /// The value of a result that is there already, in a shot in which nothing has failed: what is
    /// asked for most.
    #[inline]
    pub(super) fn value_there(&mut self, id: u64, wait: bool) -> Option<u64> {
        if !self.notes {
            return self.value_here(id, wait);
        }
        let place = usize::try_from(id).ok()?;
        let command = self.measured_by(place)?;
        if self.shared.has_failed() || (self.here.is_none() && !self.shared.has_done(command)) {
            return None;
        }
        self.note_wait(command, wait);
        if let Some(seat) = &mut self.here {
            return seat.look(id);
        }
        let value = self.shared.value(place);
        (value != NOT_YET).then_some(value)
    }

    /// The same while nothing is noted: the runtime is here, nothing has failed.
    #[inline]
    pub(super) fn value_here(&mut self, id: u64, wait: bool) -> Option<u64> {
        if self.notes || self.shot.is_none() {
            return None;
        }
        let value = self.here.as_mut()?.look(id)?;
        self.note_wait(self.measuring, wait);
        Some(value)
    }

    /// Carries a batch out while nothing is noted. Both the runtime and this look at result ids first, so
    /// what is wrong with these is told at once either way.
    #[inline]
    pub(super) fn carry_out(&mut self, batch: &Batch<'_>) -> Result<()> {
        let Some(seat) = &mut self.here else { return Err(self.gone()) };
        match seat.submit(batch, false) {
            Ok(()) => {
                self.sent += 1;
                if batch.result_count() > 0 {
                    self.measuring = self.sent;
                }
                Ok(())
            }
            Err(error) => self.batch_failed(batch, error),
        }
    }

    /// Keeps what failed in a batch until somebody reads; from now on it is noted what was measured.
    #[cold]
    #[inline(never)]
    fn batch_failed(&mut self, batch: &Batch<'_>, error: Error) -> Result<()> {
        self.begin_notes();
        self.note_results(batch)?;
        self.sent += 1;
        self.fail(error);
        Ok(())
    }

    /// Begins a shot, with an eye on the time.
    #[inline(never)]
    pub(super) fn begin_timed(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        let zero = self.zero;
        self.pace.enter(true, || since(zero));
        let begun = self.give(|seat| seat.begin(shot, seed), || Command::ShotBegin(shot, seed));
        self.pace.leave(0, || since(zero));
        begun.map_err(|_| self.gone())
    }

    /// Ends a shot and waits for that, with an eye on the time.
    #[inline(never)]
    pub(super) fn end_timed(&mut self) -> Result<()> {
        let zero = self.zero;
        self.pace.enter(false, || since(zero));
        if self.give(|seat| seat.end(), || Command::ShotEnd).is_err() {
            return Err(self.gone());
        }
        if self.here.is_none() {
            self.settle()?;
        }
        self.waited_for = self.sent;
        self.pace.leave(0, || since(zero));
        if self.pace.is_over(true) {
            self.turn(true)?;
        }
        Ok(())
    }

    /// A result, with an eye on the time.
    #[cold]
    #[inline(never)]
    pub(super) fn result_timed(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        let zero = self.zero;
        self.pace.enter(false, || since(zero));
        let read = match self.value_there(id, wait) {
            Some(value) => Ok(Some(value)),
            None => self.read(id, wait),
        };
        self.pace.leave(0, || since(zero));
        read
    }

    /// A batch that is not too long, with an eye on the time.
    #[inline(never)]
    pub(super) fn submit_timed(&mut self, batch: &Batch<'_>) -> Result<()> {
        if self.notes {
            self.note_results(batch)?;
        }
        let zero = self.zero;
        self.pace.enter(false, || since(zero));
        let given = if self.notes { self.give_batch(batch) } else { self.carry_out(batch) };
        self.pace.leave(batch.op_count(), || since(zero));
        if self.pace.is_over(false) {
            self.turn(false)?;
        }
        given
    }

    /// Which command of this shot measured a result last.
    #[inline]
    fn measured_by(&self, place: usize) -> Option<u64> {
        let command = self.measured_by.get(place)?.by;
        (command > self.shot?).then_some(command)
    }

    /// Counts a wait that there is, or would be over there.
    #[inline]
    const fn note_wait(&mut self, command: u64, wait: bool) {
        if wait && command > self.waited_for {
            self.pace.wait();
            self.waited_for = command;
        }
    }

    /// What is not [`Self::value_there`]; out of the way of what is.
    #[cold]
    #[inline(never)]
    pub(super) fn read(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        if !self.notes {
            return self.read_here(id, wait);
        }
        let place = usize::try_from(id).unwrap_or(usize::MAX);
        let Some(command) = self.measured_by(place) else { return Err(self.never_measured()) };
        self.note_wait(command, wait);
        // What is carried out here is done when it was given.
        let is_here = self.here.is_some();
        if !is_here && !wait && !self.shared.has_done(command) {
            return Ok(None);
        }
        let done = is_here || self.shared.wait_for(command);
        if let Some(failure) = self.shared.failure(command) {
            self.told = true;
            return Err(self.late(failure));
        }
        if !done {
            return Err(self.gone());
        }
        // What was measured before a failure was shown then.
        let value = match &mut self.here {
            Some(seat) if !self.shared.has_failed() => seat.look(id).unwrap_or(NOT_YET),
            _ => self.shared.value(place),
        };
        match value {
            NOT_YET if wait => self.with_seat(|seat, _| seat.runtime.result(id, true))?,
            NOT_YET => Ok(None),
            value => Ok(Some(value)),
        }
    }

    /// The same while nothing is noted.
    fn read_here(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        let (Some(seat), Some(_)) = (&mut self.here, self.shot) else {
            return Err(self.never_measured());
        };
        match seat.runtime.result(id, wait) {
            Err(error) if is_never_measured(&error) => Err(self.never_measured()),
            read => {
                self.note_wait(self.measuring, wait);
                read
            }
        }
    }

    fn never_measured(&self) -> Error {
        let kind = ErrorKind::Argument("nothing was measured into this result id");
        Error::from(kind).in_layer(self.config.id)
    }

    /// Notes who measured what so far in this shot, and shows it, where that was not noted.
    #[cold]
    pub(super) fn begin_notes(&mut self) {
        if self.notes || self.shot.is_none() {
            return;
        }
        self.notes = true;
        let Some(seat) = &mut self.here else { return };
        for (id, measured) in (0..).zip(&mut self.measured_by) {
            let seen = seat.runtime.result(id, false);
            let by =
                if seen.is_err_and(|error| is_never_measured(&error)) { 0 } else { self.measuring };
            *measured = Measured { by, before: by };
        }
    }

    /// Waits for the end of a shot that was given, and looks at what the runtime counted.
    pub(super) fn settle(&mut self) -> Result<()> {
        self.wait_for_all()?;
        if let Some(seat) = &*self.shared.seat() {
            self.metrics.look_at(&seat.runtime);
        }
        Ok(())
    }

    /// Ends a shot in which something has failed, and tells it unless it was told.
    #[cold]
    pub(super) fn end_failed(&mut self) -> Result<()> {
        let failure = self.shared.take_failure();
        let failure = failure.filter(|f| !self.told || f.error.class() == Class::InstanceLost);
        let ended = failure.map_or(Ok(()), |failure| Err(self.late(failure)));
        self.shot = None;
        ended
    }

    /// Checks that the batch's result ids are there and notes which command measures them.
    pub(super) fn note_results(&mut self, batch: &Batch<'_>) -> Result<()> {
        let command = self.sent + 1;
        for (index, id) in batch.ops().results() {
            let place = usize::try_from(id).unwrap_or(usize::MAX);
            let Some(measured) = self.measured_by.get_mut(place) else {
                return Err(self.no_such_result(batch, id).at_op(index));
            };
            if measured.by != command {
                *measured = Measured { by: command, before: measured.by };
            }
        }
        Ok(())
    }

    /// A refused batch measures nothing.
    #[cold]
    fn no_such_result(&mut self, batch: &Batch<'_>, id: u64) -> Error {
        let command = self.sent + 1;
        for (_, id) in batch.ops().results() {
            let place = usize::try_from(id).unwrap_or(usize::MAX);
            if let Some(measured) = self.measured_by.get_mut(place)
                && measured.by == command
            {
                measured.by = measured.before;
            }
        }
        let kind = ErrorKind::Argument("a result id beyond the configured ones");
        let count = self.shared.result_count();
        Error::from(kind)
            .in_layer(self.config.id)
            .with_text(format_args!("result id {id} is not below {count}; configure more results"))
    }

    /// Carries out a batch that is longer than the queue where it is called, in its turn: once
    /// everything before it is done, the runtime is free. What fails is told at once.
    #[cold]
    pub(super) fn submit_long(&mut self, batch: &Batch<'_>) -> Result<()> {
        self.begin_notes();
        self.note_results(batch)?;
        self.wait_for_all()?;
        // If the shot has failed this is left out like all after it, and reads and `shot_end` say so.
        let failed = self.shared.has_failed();
        let done = self.with_seat(|seat, shared| {
            if failed {
                return Ok(());
            }
            seat.runtime.submit(batch)?;
            shared.show_results(seat, batch);
            Ok(())
        })?;
        self.sent += 1;
        if self.here.is_none() {
            self.shared.count_done();
        }
        done.map_err(|error: Error| {
            // Nothing came of it, so there is nothing to read.
            let sent = self.sent;
            let measured = self.measured_by.iter_mut().filter(|measured| measured.by == sent);
            measured.for_each(|measured| measured.by = 0);
            error.in_layer(self.config.id)
        })
    }

    /// The failure as it is told to a program that has gone on since.
    #[cold]
    pub(super) fn late(&self, failure: Failure) -> Error {
        let error = failure.error.in_layer(self.config.id).after_partial_work();
        let Some(index) = error.op_index() else { return error };
        let batch = failure.command.saturating_sub(self.shot.unwrap_or(0));
        let mut words = String::new();
        // Writing to a string does not fail.
        let _ = error.write_text(&mut words);
        let words = format!("{words} (operation {index} of batch {batch} of the shot)");
        Error::foreign(error.code(), None, error.layer(), &words)
    }
}

/// What a runtime says of a result that nobody has measured in this shot.
fn is_never_measured(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Argument(_))
}
