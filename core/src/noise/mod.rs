//! Error models: layers that rewrite what flows to a simulator and back.
//!
//! Each is a [`crate::backend::Layer`], generic over its child and monomorphised, so any number of
//! them stack in any order. What each one does, with its formulas and the order of its draws, is
//! written in `docs/noise.md`.
//!
//! Common to all: noise falls on the program's own operations. A batch that a layer above inserted
//! (source depth above 0) passes untouched and uncounted, and so does an operation flagged as
//! inserted; so another model on top does not move the errors of this one. Every model draws from
//! a stream of its own.
//! Not here: simulators ([`crate::sim`]), time ([`crate::runtime`]).

mod coherent;
mod crosstalk;
mod dephasing;
mod depolarizing;
mod drift;
#[cfg(test)]
mod drift_tests;
pub mod expected;
mod ideal;
mod idle;
mod insert;
mod joint_readout;
mod keys;
mod layer;
mod leakage;
mod pauli;
mod prepared;
#[cfg(test)]
mod prepared_tests;
mod rates;
mod readout;
mod sites;
mod skip;
#[cfg(test)]
mod stacking_tests;
#[cfg(test)]
mod test_support;
#[cfg(test)]
mod timed_support;
mod topology;
mod when;

pub use coherent::{Coherent, CoherentPart};
pub use crosstalk::{Crosstalk, CrosstalkPart};
pub use dephasing::{Dephasing, DephasingPart};
pub use depolarizing::{DEPOLARIZING_WORDS, Depolarizing, DepolarizingPart, DepolarizingRates};
pub use drift::{Drift, Drifting, Steady};
pub use ideal::{Ideal, IdealPart};
pub use idle::{Idle, IdlePart};
pub use joint_readout::{JointReadout, JointReadoutPart};
pub use leakage::{LEAKAGE_WORDS, Leakage, LeakagePart, LeakageRates};
pub use pauli::{Pauli, PauliPart};
pub use readout::{Readout, ReadoutPart};
pub use topology::{Topology, TopologyPart};
