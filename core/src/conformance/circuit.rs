//! A circuit on up to three qubits, written for the backend and followed by the reference.

use super::harness::{Harness, failed};
use super::reference::Reference;
use super::{Checked, Stop};
use crate::op::gates::{GATE_QUBITS_MAX, by_slot, can_expand, expand, slot};
use crate::op::{OpBuffer, OpSink};

/// Words of a circuit: two three-qubit matrices and some forty small operations.
pub(super) const CIRCUIT_WORDS: usize = 448;

/// Operations for a backend.
pub(super) type Ops = OpBuffer<CIRCUIT_WORDS>;

/// Operations, and the state that they should lead to.
#[derive(Clone, Debug)]
pub(super) struct Circuit {
    /// Which of the backend's qubits stand for the reference's three.
    place: [u32; GATE_QUBITS_MAX],
    /// The operations.
    pub(super) ops: Ops,
    /// The state after them.
    pub(super) reference: Reference,
}

/// A state of one qubit to begin with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Start {
    Zero,
    One,
    Plus,
    PlusI,
}

/// An axis to measure along.
#[derive(Clone, Copy, Debug)]
pub(super) enum Axis {
    Z,
    X,
    Y,
}

impl Start {
    pub(super) const ALL: [Self; 4] = [Self::Zero, Self::One, Self::Plus, Self::PlusI];

    /// The gates that make it of |0>, first to last.
    const fn gates(self) -> &'static [u16] {
        match self {
            Self::Zero => &[],
            Self::One => &[slot::X],
            Self::Plus => &[slot::H],
            Self::PlusI => &[slot::H, slot::S],
        }
    }

    /// The gates that unmake it.
    const fn back(self) -> &'static [u16] {
        match self {
            Self::PlusI => &[slot::SDG, slot::H],
            other => other.gates(),
        }
    }
}

impl Axis {
    pub(super) const ALL: [Self; 3] = [Self::Z, Self::X, Self::Y];

    /// The gates that turn it to Z.
    const fn gates(self) -> &'static [u16] {
        match self {
            Self::Z => &[],
            Self::X => &[slot::H],
            Self::Y => &[slot::SDG, slot::H],
        }
    }
}

impl Circuit {
    /// An empty circuit on these of the backend's qubits.
    pub(super) fn new(place: [u32; GATE_QUBITS_MAX]) -> Self {
        Self { place, ops: Ops::new(), reference: Reference::basis(0) }
    }

    /// The backend's qubit that stands for qubit `local`.
    pub(super) fn qubit(&self, local: u8) -> u32 {
        self.place.get(usize::from(local)).copied().unwrap_or(0)
    }

    /// The backend's first `count` qubits.
    pub(super) fn qubits(&self, count: usize) -> &[u32] {
        self.place.get(..count).unwrap_or(&self.place)
    }

    /// Adds a gate: as it is where the backend takes it, otherwise what it is made of.
    ///
    /// Skips the check if the backend takes neither.
    pub(super) fn gate(
        &mut self,
        harness: &Harness<'_>,
        slot: u16,
        operands: &[u8],
        params: &[f64],
    ) -> Checked {
        let accepts = |slot| harness.accepts(slot);
        let Some(gate) = by_slot(slot).filter(|gate| can_expand(gate, &accepts)) else {
            return Err(Stop::Skipped("the backend takes no gates to build the circuit of"));
        };
        let Self { place, ops, reference } = self;
        let mut trouble = Ok(());
        let pushed = expand(gate, params, &accepts, &mut |slot, inner, params| {
            let mut local = [0; GATE_QUBITS_MAX];
            let mut qubits = [0; GATE_QUBITS_MAX];
            for (index, &operand) in inner.iter().enumerate() {
                local[index] = operands.get(usize::from(operand)).copied().unwrap_or(0);
                qubits[index] = place.get(usize::from(local[index])).copied().unwrap_or(0);
            }
            if trouble.is_ok() {
                trouble = reference.gate(slot, &local[..inner.len()], params);
            }
            ops.gate(slot, &qubits[..inner.len()], params)
        });
        trouble?;
        pushed.map_err(|e| failed(format_args!("building a circuit with {}: {e}", gate.name)))
    }

    fn gates(&mut self, harness: &Harness<'_>, slots: &[u16], local: u8) -> Checked {
        slots.iter().try_for_each(|&slot| self.gate(harness, slot, &[local], &[]))
    }

    /// Brings qubit `local` from |0> to a start.
    pub(super) fn start(&mut self, harness: &Harness<'_>, local: u8, start: Start) -> Checked {
        self.gates(harness, start.gates(), local)
    }

    /// Brings it back to |0>.
    pub(super) fn unstart(&mut self, harness: &Harness<'_>, local: u8, start: Start) -> Checked {
        self.gates(harness, start.back(), local)
    }

    /// Turns an axis of qubit `local` to Z.
    pub(super) fn turn(&mut self, harness: &Harness<'_>, local: u8, axis: Axis) -> Checked {
        self.gates(harness, axis.gates(), local)
    }

    /// Measures qubit `local` into the result of that number.
    pub(super) fn measure(&mut self, local: u8) -> Checked {
        let qubit = self.qubit(local);
        self.ops
            .measure(qubit, u64::from(local))
            .map_err(|e| failed(format_args!("building a circuit: {e}")))
    }
}
