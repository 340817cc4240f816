//! The gate list without its functions: what a simulator looks up.
//!
//! Whoever uses [`super::LIST`] has every matrix, inverse and decomposition linked, which a board's
//! flash has no room for. This table is made of the list when the crate is compiled.

use super::list::ALL;
use super::{Clifford, Gate};

/// What is known of a built-in gate apart from its matrix, inverse and decomposition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    /// Of which the gate's name is a part: both in full would take half a kilobyte of flash.
    pub(crate) id: &'static str,
    pub(crate) qubit_count: u8,
    pub(crate) param_count: u8,
    pub(crate) clifford: Clifford,
}

/// What stands before a gate's name in its id, and behind it.
const PREFIX: &str = "pandia.";
const SUFFIX: &str = "/1";

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}

static FACTS: [Facts; ALL.len()] = {
    let mut facts = [Facts::of(&ALL[0]); ALL.len()];
    let mut index = 0;
    while index < ALL.len() {
        facts[index] = Facts::of(&ALL[index]);
        index += 1;
    }
    facts
};

impl Facts {
    const fn of(gate: &Gate) -> Self {
        assert!(gate.params.len() <= u8::MAX as usize);
        #[expect(clippy::cast_possible_truncation, reason = "just asserted")]
        let param_count = gate.params.len() as u8;
        let Gate { id, name, qubit_count, clifford, .. } = *gate;
        let (_, name_in_id) = id.as_bytes().split_at(PREFIX.len());
        let (name_in_id, _) = name_in_id.split_at(name_in_id.len() - SUFFIX.len());
        assert!(is_same(name_in_id, name.as_bytes()), "an id has its gate's name in it");
        Self { id, qubit_count, param_count, clifford }
    }

    /// The gate's name.
    #[inline]
    pub(crate) fn name(&self) -> &'static str {
        self.id.get(PREFIX.len()..self.id.len() - SUFFIX.len()).unwrap_or(self.id)
    }

    /// Whether the gate is Clifford at some angles at least.
    #[inline]
    pub(crate) const fn may_be_clifford(&self) -> bool {
        !matches!(self.clifford, Clifford::Never)
    }
}

/// Qubit and parameter counts by slot, in the form of [`crate::op::Op::counts`]; 0 for no gate.
type Counts = [u16; ALL.len() + 1];
static COUNTS: Counts = counts_of(false);
static CLIFFORD_COUNTS: Counts = counts_of(true);

const fn counts_of(clifford_only: bool) -> Counts {
    let mut counts = [0; ALL.len() + 1];
    let mut index = 0;
    while index < ALL.len() {
        let facts = Facts::of(&ALL[index]);
        if facts.may_be_clifford() || !clifford_only {
            counts[index + 1] = u16::from_le_bytes([facts.qubit_count, facts.param_count]);
        }
        index += 1;
    }
    counts
}

/// Qubit and parameter counts of the built-in gate with this slot, as a record's header has them, or 0.
#[inline]
pub(crate) fn counts(slot: u16) -> u16 {
    COUNTS.get(usize::from(slot)).copied().unwrap_or(0)
}

/// The same for gates that are Clifford at some angles at least; 0 for the others.
#[inline]
pub(crate) fn clifford_counts(slot: u16) -> u16 {
    CLIFFORD_COUNTS.get(usize::from(slot)).copied().unwrap_or(0)
}

/// The facts about the gate with this slot.
#[inline]
pub(crate) fn facts(slot: u16) -> Option<&'static Facts> {
    FACTS.get(usize::from(slot).wrapping_sub(1))
}

/// The name of the gate with this slot.
pub(crate) fn name_of(slot: u16) -> Option<&'static str> {
    facts(slot).map(Facts::name)
}
