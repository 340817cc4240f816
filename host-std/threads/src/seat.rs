//! The runtime, wherever it is at the moment, and how it is called.

use crate::guard::CatchUnwind;
use pandia_core::abi::{PanicGuard, PanicText};
use pandia_core::error::{Class, Error, ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::Batch;
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
    #[inline]
    pub(super) fn begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.call(|runtime, in_shot| {
            // A shot that is lost at its begin has begun: it must be ended.
            match runtime.shot_begin(shot, seed) {
                Ok(()) => *in_shot = true,
                Err(error) => {
                    *in_shot = error.class() == Class::ShotLost;
                    return Err(error);
                }
            }
            Ok(())
        })
    }

    /// After a failure (`failed`) the rest of the shot is left out.
    #[inline]
    pub(super) fn submit(&mut self, batch: &Batch<'_>, failed: bool) -> Result<()> {
        self.call(
            |runtime, in_shot| {
                if *in_shot && !failed { runtime.submit(batch) } else { Ok(()) }
            },
        )
    }

    #[inline]
    pub(super) fn end(&mut self) -> Result<()> {
        self.call(
            |runtime, in_shot| {
                if core::mem::take(in_shot) { runtime.shot_end() } else { Ok(()) }
            },
        )
    }

    /// Calls the runtime and keeps what loses it.
    #[inline]
    fn call(&mut self, call: impl FnOnce(&mut R, &mut bool) -> Result<()>) -> Result<()> {
        if let Some(error) = &self.lost {
            return Err(error.clone());
        }
        match CatchUnwind::run(|| call(&mut self.runtime, &mut self.in_shot)) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => self.failed(error),
            Err(words) => self.panicked(&words),
        }
    }

    #[cold]
    fn panicked(&mut self, words: &PanicText) -> Result<()> {
        let error = Error::from(ErrorKind::Broken("panicked")).in_layer(self.runtime.id());
        self.failed(error.with_text(format_args!("panicked: {words}")))
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
