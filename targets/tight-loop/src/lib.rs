//! What a controller board does in its tight loop, one measured piece at a time: single noisy
//! operations on six qubits in single precision, and a noisy round of the surface code.
//!
//! All stacks are monomorphised and own their memory. The operations' records are written outside of
//! what is counted. Not here: how instructions are counted, and boards.
#![no_std]

mod noisy;
mod round;

use pandia_core::Result;
use pandia_core::ids::{Seed, StreamId};
use pandia_core::part::{Setting, Value};

/// Whoever counts.
pub trait Counter {
    /// Says that so many countings of a piece follow.
    fn announce(&mut self, piece: &str, times: u32);
    /// From here on is counted.
    fn begin(&mut self);
    /// Up to here was counted.
    fn end(&mut self);
}

const SEED: Seed = Seed(2026);

/// Runs every piece.
///
/// # Errors
/// The first refusal of a part.
pub fn run(counter: &mut dyn Counter) -> Result<()> {
    noisy::run(counter)?;
    round::run(counter)
}

const fn stream(part_id: &str) -> StreamId {
    StreamId::of(part_id, 0)
}

const fn rate(key: &'static str, p: f64) -> Setting<'static> {
    Setting { key, value: Value::Real(p) }
}
