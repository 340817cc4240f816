//! What a backend says of itself: the truth of this instance, asked of the child and edited.

use crate::op::record::OpKinds;

/// From which threads an instance may be called. One call at a time in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Threading {
    /// Only from the thread that created it.
    Pinned,
    /// From any thread, one at a time.
    Sendable,
}

/// Abilities beyond the required functions, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Caps(pub u64);

impl Caps {
    /// None.
    pub const NONE: Self = Self(0);
    /// Applies [`crate::op::OpKind::Channel`] exactly, so error models need not draw.
    pub const CHANNELS: Self = Self(1);
    /// Answers state queries.
    pub const STATE: Self = Self(2);
    /// Tells leaked qubits apart: `measure_leaked` may give 2.
    pub const LEAKAGE: Self = Self(4);

    /// These and those.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These without those.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether all of those are here.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What an instance can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Info {
    /// How many qubits there are: numbers `0..qubit_count`.
    pub qubit_count: u32,
    /// Operation kinds it takes, as bits.
    pub op_kinds: OpKinds,
    /// Abilities beyond the required ones.
    pub caps: Caps,
    /// From which threads it may be called.
    pub threading: Threading,
}
