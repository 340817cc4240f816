//! What a program sees of a runtime.

use crate::backend::{GateSet, Info, Metric, Verdict};
use crate::error::Result;
use crate::ids::{Seed, ShotId};
use crate::op::Batch;

/// Takes operations in program order and gives results when they are read.
///
/// A runtime may hold operations back, reorder those that do not touch, and carry them out on a
/// thread of its own; the program cannot tell, except by time. Results are read by id; a later
/// measurement with the same id replaces the earlier one's result.
pub trait Runtime {
    /// The id that errors are signed with.
    fn id(&self) -> &str;

    /// What the stack below can do.
    fn info(&self) -> Info;

    /// As [`crate::backend::Backend::negotiate`].
    ///
    /// # Errors
    /// As there.
    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()>;

    /// Begins a shot here and in the stack.
    ///
    /// # Errors
    /// As [`crate::backend::Backend::shot_begin`].
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()>;

    /// Takes over the operations of `batch`, whose time is relative to nothing yet: the runtime
    /// schedules. Carries them out, or keeps a copy.
    ///
    /// # Errors
    /// As [`crate::backend::Backend::apply`]; a runtime that holds operations back may report an
    /// error of an earlier batch.
    fn submit(&mut self, batch: &Batch<'_>) -> Result<()>;

    /// The result with this id: 0, 1 or 2. With `wait`, whatever it depends on is carried out
    /// first; without, `None` says "not yet".
    ///
    /// # Errors
    /// [`crate::ErrorKind::Argument`] if no measurement with this id was submitted in this shot.
    fn result(&mut self, id: u64, wait: bool) -> Result<Option<u64>>;

    /// Carries out whatever is held back, and ends the shot here and in the stack.
    ///
    /// # Errors
    /// As [`crate::backend::Backend::shot_end`].
    fn shot_end(&mut self) -> Result<()>;

    /// The runtime's and then the stack's named numbers; `None` ends the list.
    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let _ = index;
        None
    }
}

macro_rules! forward_runtime {
    () => {
        fn id(&self) -> &str {
            (**self).id()
        }
        fn info(&self) -> Info {
            (**self).info()
        }
        fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
            (**self).negotiate(gates, verdicts)
        }
        fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
            (**self).shot_begin(shot, seed)
        }
        fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
            (**self).submit(batch)
        }
        fn result(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
            (**self).result(id, wait)
        }
        fn shot_end(&mut self) -> Result<()> {
            (**self).shot_end()
        }
        fn metric(&self, index: u32) -> Option<Metric<'_>> {
            (**self).metric(index)
        }
    };
}

impl<R: Runtime + ?Sized> Runtime for &mut R {
    forward_runtime!();
}

#[cfg(any(test, feature = "alloc"))]
impl<R: Runtime + ?Sized> Runtime for alloc::boxed::Box<R> {
    forward_runtime!();
}
