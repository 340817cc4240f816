//! Taking down what one instance of a stack does: taps at every joint, records shot by shot.

use core::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use pandia_core::clock::{CycleCounter, TickUnit};
use pandia_core::trace::{At, Event, ProgramTap, Recorder, Sequence, Tap, Timed, Unit};

use super::spool::Spool;
use crate::stack::{BoxedBackend, BoxedRuntime};

/// The records of one side of the runtime in the shot that runs.
#[derive(Debug)]
struct Lane {
    sequence: Sequence,
    spool: Spool,
}

/// A side's recorder. Each side has one thread at a time, so nobody waits for the lock.
#[derive(Clone, Debug)]
pub(crate) struct SideRecorder(Arc<Mutex<Lane>>);

impl SideRecorder {
    fn lane(&self) -> MutexGuard<'_, Lane> {
        // A part that panics does so while nobody has the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn restart(&self) {
        let mut lane = self.lane();
        lane.sequence = Sequence::new();
        lane.spool.clear();
    }
}

impl Recorder for SideRecorder {
    fn record<'e>(&mut self, at: At, events: impl Iterator<Item = Event<'e>>) {
        let mut lane = self.lane();
        let Lane { sequence, spool } = &mut *lane;
        for event in events {
            spool.push(&sequence.number(at, event));
        }
    }
}

/// What a run traces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TraceOptions {
    /// Whether calls are measured. Durations differ from run to run; all else does not.
    pub timed: bool,
}

impl TraceOptions {
    /// What durations are counted in.
    #[must_use]
    pub const fn unit(self) -> Unit {
        if self.timed { Unit::Ns } else { Unit::None }
    }
}

/// The desktop's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Monotonic(Instant);

impl Monotonic {
    pub(super) fn new() -> Self {
        Self(Instant::now())
    }
}

/// A tick is a nanosecond.
const TICKS_PER_SECOND: NonZeroU32 = match NonZeroU32::new(1_000_000_000) {
    Some(ticks) => ticks,
    None => NonZeroU32::MIN,
};

impl CycleCounter for Monotonic {
    const BITS: u32 = 64;

    fn now(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn unit(&self) -> TickUnit {
        TickUnit::Hz(TICKS_PER_SECOND)
    }
}

/// Puts taps into one instance of a stack, and collects what they see.
///
/// The program's side (joint 0) and the stack's side are taken down apart, since a runtime may have a
/// thread between them, and put one after the other at the end of a shot: so the order of records does
/// not depend on threads.
#[derive(Clone, Debug)]
pub struct Capture {
    options: TraceOptions,
    program_side: SideRecorder,
    stack_side: SideRecorder,
}

impl Capture {
    /// Nothing taken down yet.
    #[must_use]
    pub fn new(options: TraceOptions) -> Self {
        let side = || {
            let lane = Lane { sequence: Sequence::new(), spool: Spool::new() };
            SideRecorder(Arc::new(Mutex::new(lane)))
        };
        Self { options, program_side: side(), stack_side: side() }
    }

    /// `below` with a tap on it, which is at `joint`.
    #[must_use]
    pub fn tap(&self, joint: u8, below: BoxedBackend) -> BoxedBackend {
        let recorder = self.stack_side.clone();
        if self.options.timed {
            Box::new(Tap::timed(below, joint, recorder, Timed(Monotonic::new())))
        } else {
            Box::new(Tap::new(below, joint, recorder))
        }
    }

    /// Where taps of the stack that are elsewhere record to.
    pub(crate) fn stack_side(&self) -> SideRecorder {
        self.stack_side.clone()
    }

    /// `runtime` with a tap on it, which is at joint 0.
    #[must_use]
    pub fn tap_runtime(&self, runtime: BoxedRuntime) -> BoxedRuntime {
        let recorder = self.program_side.clone();
        if self.options.timed {
            Box::new(ProgramTap::timed(runtime, recorder, Timed(Monotonic::new())))
        } else {
            Box::new(ProgramTap::new(runtime, recorder))
        }
    }

    /// Forgets what was taken down: a shot begins.
    pub(crate) fn begin_shot(&self) {
        self.program_side.restart();
        self.stack_side.restart();
    }

    /// Moves what was taken down since [`Self::begin_shot`] to `spool`.
    pub(crate) fn take_shot(&self, spool: &mut Spool) {
        for side in [&self.program_side, &self.stack_side] {
            spool.append(&mut side.lane().spool);
        }
    }
}
