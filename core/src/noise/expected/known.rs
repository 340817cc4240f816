//! What is known when an operation comes, and what of it a model's probabilities depend on.

use super::super::drift::Drift;
use crate::ids::ShotId;
use crate::units::{DurationNs, TimeNs};

/// What is known when an operation comes, and what probabilities may depend on.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// Whether a qubit has leaked by what this model did before in the shot.
    pub leaked: &'a dyn Fn(u32) -> bool,
    /// The outcome from below, for an operation that bears one and was passed on.
    pub measured: Option<u64>,
    /// The shot.
    pub shot: ShotId,
    /// Scheduled start of the operation's batch.
    pub start: TimeNs,
    /// Scheduled length of that batch.
    pub length: DurationNs,
    /// How long a qubit of the operation has waited by the schedule, in ns: from the end of the window
    /// in which it last took part to the start of this one, at first from the start of the shot.
    pub waited: &'a dyn Fn(u32) -> u64,
}

impl core::fmt::Debug for Known<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { measured, shot, start, length, .. } = self;
        f.debug_struct("Known")
            .field("measured", measured)
            .field("shot", shot)
            .field("start", start)
            .field("length", length)
            .finish_non_exhaustive()
    }
}

impl Known<'_> {
    /// The first batch of shot 0, without a length; nothing has leaked, waited or been measured.
    pub const NOTHING: Self = Self {
        leaked: &|_| false,
        measured: None,
        shot: ShotId(0),
        start: TimeNs(0),
        length: DurationNs(0),
        waited: &|_| 0,
    };

    /// What a model's rates are multiplied by.
    pub(in crate::noise) fn factor(&self, drift: &impl Drift) -> f64 {
        drift.factor_in(self.shot, self.start)
    }
}

/// What probabilities depend on, beside the operation's kind, gate and qubits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts(u8);

impl Facts {
    /// Nothing else.
    pub const NONE: Self = Self(0);
    /// Which qubits have leaked.
    pub const LEAKS: Self = Self(1);
    /// The operation's parameters.
    pub const PARAMS: Self = Self(2);
    /// The shot.
    pub const SHOT: Self = Self(4);
    /// When the batch starts.
    pub const START: Self = Self(8);
    /// How long the batch takes.
    pub const LENGTH: Self = Self(16);
    /// How long the operation's qubits have waited.
    pub const WAITS: Self = Self(32);
    /// What else was measured in the batch.
    pub const OUTCOMES: Self = Self(64);

    /// Both together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are among these.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// One outcome of a batch, as it came from below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchOutcome {
    /// The qubit that was measured.
    pub qubit: u32,
    /// The value.
    pub value: u64,
    /// Whether the measurement is not the program's own.
    pub inserted: bool,
}

/// How whoever is below takes channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakesChannels {
    /// Not at all.
    No,
    /// It draws what they do.
    ByDrawing,
    /// Exactly.
    Exactly,
}
