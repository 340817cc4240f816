//! Simulators: kernel + storage + random stream.
//!
//! Each is a [`crate::backend::Backend`] without a child, over storage that the caller chooses, and
//! a part with a description of itself. Not here: arithmetic ([`crate::kernel`]), noise
//! ([`crate::noise`]).
//!
//! What all of them share: a batch is checked whole before its first operation, so a refusal
//! changes nothing; every measurement draws exactly one number from the part's own stream, whatever
//! the state (and so does every reset that is a trajectory); operations flagged as a hint that the
//! part does not know are skipped.

mod answer;
mod born;
mod classical_replay;
mod coinflip;
mod counts;
mod density_matrix;
mod life;
mod native;
mod quantum_replay;
mod recording;
mod size;
mod stabilizer;
mod state_vector;

pub use crate::backend::{BuiltInOnly, OwnGates, UserGates};
pub use classical_replay::{ClassicalReplay, ClassicalReplayPart};
pub use coinflip::{Coinflip, CoinflipPart};
pub use density_matrix::{DensityMatrix, DensityMatrixPart};
pub use quantum_replay::{QuantumReplay, QuantumReplayPart};
pub use stabilizer::{Stabilizer, StabilizerPart};
pub use state_vector::{StateVector, StateVectorPart};

#[cfg(test)]
mod bounds_tests;
#[cfg(test)]
mod tests;
