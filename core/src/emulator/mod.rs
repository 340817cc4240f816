//! The shot life cycle: a program on a runtime, shot by shot, and the digest of what came out.
//!
//! Not here: how shots are spread over threads (host) or sent over a link (boards).

mod digest;
mod shots;

pub use digest::OutcomeDigest;
pub use shots::{Emulator, ShotError};
