//! The runtime, wherever it is at the moment, and what a command does to it.

use crate::command::Command;
use crate::guard::CatchUnwind;
use pandia_core::abi::PanicGuard;
use pandia_core::error::{Class, Error, ErrorKind, Result};
use pandia_core::runtime::Runtime;

/// The runtime with what must be known of it. Whoever has it may call it.
#[derive(Debug)]
pub(super) struct Seat<R> {
    pub(super) runtime: R,
    /// A shot is running in the stack.
    in_shot: bool,
    /// What has lost the instance.
    lost: Option<Error>,
}

impl<R> Seat<R> {
    pub(super) const fn new(runtime: R) -> Self {
        Self { runtime, in_shot: false, lost: None }
    }
}

impl<R: Runtime> Seat<R> {
    /// Carries one command out. After a failure (`failed`) the rest of the shot is left out.
    #[inline]
    pub(super) fn carry_out(&mut self, command: &Command<'_>, failed: bool) -> Result<()> {
        if let Some(error) = &self.lost {
            return Err(error.clone());
        }
        let Self { runtime, in_shot, .. } = self;
        let called = CatchUnwind::run(|| match command {
            Command::ShotBegin(shot, seed) => {
                let begun = runtime.shot_begin(*shot, *seed);
                // A shot that is lost at its begin has begun: it must be ended.
                *in_shot = begun.as_ref().map_or_else(|e| e.class() == Class::ShotLost, |()| true);
                begun
            }
            Command::Batch(batch) if *in_shot && !failed => runtime.submit(batch),
            Command::ShotEnd if *in_shot => {
                *in_shot = false;
                runtime.shot_end()
            }
            Command::Batch(_) | Command::ShotEnd => Ok(()),
        });
        match called {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => self.failed(error),
            Err(words) => {
                let error = Error::from(ErrorKind::Broken("panicked")).in_layer(self.runtime.id());
                self.failed(error.with_text(format_args!("panicked: {words}")))
            }
        }
    }

    #[cold]
    fn failed(&mut self, error: Error) -> Result<()> {
        if error.class() == Class::InstanceLost {
            self.lost = Some(error.clone());
        }
        Err(error)
    }

    /// The value of a result that somebody has measured into, if it can be had at once. What cannot is
    /// asked for when it is read.
    #[inline]
    pub(super) fn look(&mut self, id: u64) -> Option<u64> {
        self.runtime.result(id, false).ok().flatten()
    }
}
