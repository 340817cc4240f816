//! What a controller board does in its tight loop, one measured piece at a time: single noisy
//! operations on six qubits in single precision, and a noisy round of the surface code.
//!
//! All stacks are monomorphised and own their memory. The operations' records are written outside of
//! what is counted. Not here: how instructions are counted, and boards.
#![no_std]

#[cfg(feature = "controller")]
mod controller;
mod hot;
mod noisy;
mod round;
#[cfg(feature = "worst")]
mod worst;

#[cfg(feature = "controller")]
pub use controller::{Print, STATE_BYTES as CONTROLLER_STATE_BYTES, run as run_controller};
use pandia_core::backend::{Backend, GateDef, GateSet, Verdict};
use pandia_core::ids::{Seed, StreamId};
use pandia_core::noise::{Depolarizing, DepolarizingRates, Leakage, LeakageRates};
use pandia_core::units::Probability;
pub use pandia_core::{Error, Result};

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

/// Runs every piece until all that its cost depends on has been met.
///
/// # Errors
/// The first refusal of a part, or that a piece has not met everything.
#[cfg(feature = "worst")]
pub fn run_worst(counter: &mut dyn Counter) -> Result<()> {
    worst::run(counter)
}

const fn stream(part_id: &str) -> StreamId {
    StreamId::of(part_id, 0)
}

/// Announces the built-in gates that a stack will get.
#[inline(never)]
fn announce(stack: &mut impl Backend, slots: &[u16]) -> Result<()> {
    for &slot in slots {
        stack.negotiate(&GateSet { gates: &[GateDef::built_in(slot)?] }, &mut [Verdict::Reject])?;
    }
    Ok(())
}

/// The depolarizing layer with these rates of gates on one and on more qubits, reports and resets.
#[inline(never)]
fn depolarizing([p_1q, p_2q, p_meas, p_init]: [f64; 4]) -> Result<Depolarizing> {
    let rates = DepolarizingRates {
        p_1q: Probability::new(p_1q)?,
        p_2q: Probability::new(p_2q)?,
        p_meas: Probability::new(p_meas)?,
        p_init: Probability::new(p_init)?,
    };
    Depolarizing::of_rates(&rates, stream("pandia.depolarizing"))
}

/// The leakage layer of so many qubits with these rates of gates on one and on more of them.
#[inline(never)]
fn leakage(qubits: u32, [p_leak_1q, p_leak_2q]: [f64; 2]) -> Result<Leakage<[u64; 1]>> {
    let rates = LeakageRates {
        p_leak_1q: Probability::new(p_leak_1q)?,
        p_leak_2q: Probability::new(p_leak_2q)?,
        p_spread: Probability::ZERO,
        p_seep: Probability::new(0.5)?,
        leak_measurement_bias: Probability::new(0.5)?,
        depolarizes_partners: false,
    };
    Leakage::of_rates(qubits, &rates, stream("pandia.leakage"), [0])
}
