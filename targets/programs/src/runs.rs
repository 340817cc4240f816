//! What the programs share: building noise, announcing gates, summing up shots.

use core::fmt::{self, Write};
use pandia_core::Result;
use pandia_core::backend::{Backend, GateDef, GateSet, Verdict};
use pandia_core::emulator::OutcomeDigest;
use pandia_core::error::ErrorKind;
use pandia_core::ids::{Seed, StreamId};
use pandia_core::kernel::digest::Fnv;
use pandia_core::noise::{Depolarizing, DepolarizingPart, Drifting};
use pandia_core::part::{Config, LayerPart, Setting, Value};

/// The seed of every program.
pub const SEED: Seed = Seed(2026);

/// The stream of the only part with this id in a stack.
pub(crate) const fn stream(part_id: &str) -> StreamId {
    StreamId::of(part_id, 0)
}

/// A part's setting.
pub(crate) const fn rate(key: &'static str, value: f64) -> Setting<'static> {
    Setting { key, value: Value::Real(value) }
}

/// Depolarizing noise with one rate for one-qubit gates, measurements and resets, and one for
/// two-qubit gates.
pub(crate) fn noise(
    qubit_count: u32,
    p_1q: f64,
    p_2q: f64,
) -> Result<Depolarizing<[u64; 0], Drifting>> {
    let settings =
        [rate("p_1q", p_1q), rate("p_2q", p_2q), rate("p_meas", p_1q), rate("p_init", p_1q)];
    let config = Config::new(qubit_count, stream(DepolarizingPart::SPEC.id)).with(&settings);
    DepolarizingPart::build(&config, [0; 0])
}

/// Announces the built-in gates that will be used.
pub(crate) fn announce(stack: &mut impl Backend, slots: &[u16]) -> Result<()> {
    for &slot in slots {
        let mut verdicts = [Verdict::Reject];
        stack.negotiate(&GateSet { gates: &[GateDef::built_in(slot)?] }, &mut verdicts)?;
        if verdicts[0] == Verdict::Reject {
            let gate = pandia_core::op::gates::by_slot(slot).map_or("user gate", |gate| gate.name);
            return Err(ErrorKind::GateRefused { gate, slot }.into());
        }
    }
    Ok(())
}

/// What is said of a run at its end: hashes of everything that came out.
#[derive(Default)]
pub(crate) struct Summary {
    outcomes: OutcomeDigest,
    states: Fnv,
}

impl Summary {
    /// Takes in a shot's bits and the digest of the state that it left.
    pub(crate) fn add_shot(&mut self, bits: &[u8], state: u64) {
        self.outcomes.add_shot(bits);
        self.states = self.states.with_word(state);
    }

    /// Whether the same came out of both.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.outcomes.value() == other.outcomes.value() && self.states == other.states
    }

    pub(crate) fn write(&self, out: &mut dyn Write) -> fmt::Result {
        writeln!(out, "outcomes {:032x}", self.outcomes.value())?;
        writeln!(out, "states {:016x}", self.states.finish())
    }
}
