//! What a run in processes of its own is asked for.

use core::time::Duration;
use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use pandia_core::ids::Seed;
use pandia_core::program::Program;

use crate::runner::RunError;
use crate::stack::StackSpec;

/// Runs shots in worker processes, so that a part that ends its process, or does not come back,
/// costs the one shot in which it does so. On Unix only.
///
/// A worker is a program that calls [`super::serve_shots`] and does nothing else. The command
/// `pandia` does that when it is started as `pandia worker`. A program of your own does it at the
/// beginning of its `main`, and asks for [`Self::of_this_program`] with the argument by which it
/// knows that it is a worker:
///
/// ```
/// use pandia::runner::{Isolation, RunOptions, serve_shots};
/// use pandia::stack::Registry;
/// use std::process::ExitCode;
///
/// fn main() -> ExitCode {
///     if std::env::args().nth(1).as_deref() == Some("worker") {
///         return serve_shots(&Registry::new());
///     }
///     let isolation = Isolation::of_this_program(["worker"]).ok();
///     let options = RunOptions { isolation, ..RunOptions::default() };
///     // Runner::new(&program, &plan, options) as ever.
/// #   let _ = options;
///     ExitCode::SUCCESS
/// }
/// ```
///
/// The registry of the worker must have the parts that the run's plan has.
#[derive(Clone, Debug)]
pub struct Isolation {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<OsString>,
    pub(super) shot_timeout: Option<Duration>,
    pub(super) memory_bytes_max: Option<u64>,
}

impl Isolation {
    /// Workers are this program again, started with these arguments.
    ///
    /// # Errors
    /// If the system does not say which program this is.
    pub fn of_this_program<A: Into<OsString>>(
        arguments: impl IntoIterator<Item = A>,
    ) -> io::Result<Self> {
        // The program that runs, even if its file has been replaced meanwhile.
        let own = PathBuf::from("/proc/self/exe");
        let program = if own.exists() { own } else { env::current_exe()? };
        Ok(Self::of_program(program, arguments))
    }

    /// Workers are `program`, started with these arguments.
    #[must_use]
    pub fn of_program<A: Into<OsString>>(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self { program: program.into(), arguments, shot_timeout: None, memory_bytes_max: None }
    }

    /// The same, with a shot that takes longer than `limit` ended and counted as failed.
    #[must_use]
    pub const fn with_shot_timeout(mut self, limit: Duration) -> Self {
        self.shot_timeout = Some(limit);
        self
    }

    /// The same, with workers that get no more address space than so many bytes, libraries included:
    /// what a part asks for beyond that is refused, as on a machine that has no more. On Linux; on
    /// other systems such a run is refused.
    #[must_use]
    pub const fn with_memory_limit(mut self, bytes: u64) -> Self {
        self.memory_bytes_max = Some(bytes);
        self
    }

    /// Opens and builds the stack in a worker process, so that parts that end their process when
    /// they are opened or built are found before this process opens them. What the stack refuses in
    /// words is no finding: this process will hear the same words.
    ///
    /// # Errors
    /// [`RunError::Worker`] saying what ended the workers and at which part.
    pub fn check(
        &self,
        program: &Program<'_>,
        stack: &StackSpec,
        seed: Seed,
    ) -> Result<(), RunError> {
        #[cfg(unix)]
        return super::start::check(self, program, stack, seed);
        #[cfg(not(unix))]
        {
            let _ = (program, stack, seed);
            Err(RunError::NoIsolation)
        }
    }
}
