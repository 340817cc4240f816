//! What the oracle executes: circuits after noise was written into them, and their outcome.
//!
//! Besides the quantum steps there are only three classical ones, and they suffice for feed-forward,
//! every readout error, and leakage: a probabilistic choice, a choice by what is known so far, and
//! writing a classical value.

use std::{collections::BTreeMap, fmt, rc::Rc};

use super::{channel, matrix::Matrix};
use crate::circuit::{Circuit, Op};

/// Probability of each classical record (entry k is bit k).
pub type Distribution = BTreeMap<Vec<u8>, f64>;

/// Everything that is not quantum: the record of outcomes, and which qubits have left their space.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Classical {
    /// The classical bits; 2 is leaked.
    pub bits: Vec<u8>,
    /// Which qubits are leaked.
    pub leaked: Vec<bool>,
}

impl Classical {
    /// All bits zero, no qubit leaked.
    #[must_use]
    pub fn new(qubit_count: u32, bit_count: u32) -> Self {
        Self { bits: vec![0; bit_count as usize], leaked: vec![false; qubit_count as usize] }
    }

    /// Whether `qubit` is leaked.
    #[must_use]
    pub fn is_leaked(&self, qubit: u32) -> bool {
        self.leaked[qubit as usize]
    }
}

/// A function from what is known to what happens next.
pub type Choice = Rc<dyn Fn(&Classical) -> Vec<Step>>;

/// One step.
#[derive(Clone)]
pub enum Step {
    /// A gate by name.
    Gate {
        /// The name.
        name: &'static str,
        /// The operands.
        qubits: Vec<u32>,
        /// The parameters.
        params: Vec<f64>,
    },
    /// A channel given by its Kraus operators.
    Kraus {
        /// The operators.
        operators: Vec<Matrix>,
        /// The operands.
        qubits: Vec<u32>,
    },
    /// A measurement in the Z basis.
    Measure {
        /// The qubit.
        qubit: u32,
        /// The classical bit.
        bit: u32,
    },
    /// A measurement that reads 2 if the qubit is leaked.
    MeasureLeaked {
        /// The qubit.
        qubit: u32,
        /// The classical bit.
        bit: u32,
    },
    /// Back to state 0 (and to the qubit's space, if it was leaked).
    Reset {
        /// The qubit.
        qubit: u32,
    },
    /// Nothing.
    Idle {
        /// The qubits.
        qubits: Vec<u32>,
    },
    /// Projection and renormalisation; the probability of the branch stays as it was.
    Postselect {
        /// The qubit.
        qubit: u32,
        /// The value that is kept.
        value: u8,
    },
    /// Exactly one of several futures, with these probabilities (which sum to 1).
    Mix(Vec<(f64, Vec<Self>)>),
    /// What happens depends on what is known.
    Depends(Choice),
    /// Writes a classical bit.
    SetBit {
        /// The bit.
        bit: u32,
        /// The value.
        value: u8,
    },
    /// Writes the leakage flag of a qubit; its quantum state stays.
    SetLeaked {
        /// The qubit.
        qubit: u32,
        /// The flag.
        leaked: bool,
    },
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gate { name, qubits, params } => write!(f, "{name}{params:?}{qubits:?}"),
            Self::Kraus { qubits, .. } => write!(f, "kraus{qubits:?}"),
            Self::Measure { qubit, bit } => write!(f, "measure {qubit} -> {bit}"),
            Self::MeasureLeaked { qubit, bit } => write!(f, "measure_leaked {qubit} -> {bit}"),
            Self::Reset { qubit } => write!(f, "reset {qubit}"),
            Self::Idle { qubits } => write!(f, "idle {qubits:?}"),
            Self::Postselect { qubit, value } => write!(f, "postselect {qubit} = {value}"),
            Self::Mix(futures) => f.debug_list().entries(futures).finish(),
            Self::Depends(_) => f.write_str("depends"),
            Self::SetBit { bit, value } => write!(f, "bit {bit} := {value}"),
            Self::SetLeaked { qubit, leaked } => write!(f, "leaked {qubit} := {leaked}"),
        }
    }
}

impl Step {
    /// A gate.
    #[must_use]
    pub fn gate(name: &'static str, qubits: &[u32], params: &[f64]) -> Self {
        Self::Gate { name, qubits: qubits.to_vec(), params: params.to_vec() }
    }

    /// A choice by what is known.
    pub fn depends(choice: impl Fn(&Classical) -> Vec<Self> + 'static) -> Self {
        Self::Depends(Rc::new(choice))
    }

    /// With probability `p` these steps, otherwise nothing.
    #[must_use]
    pub fn maybe(p: f64, steps: Vec<Self>) -> Self {
        Self::Mix(vec![(1.0 - p, Vec::new()), (p, steps)])
    }
}

impl From<&Op> for Step {
    fn from(op: &Op) -> Self {
        match op.clone() {
            Op::Gate { name, qubits, params } => Self::Gate { name, qubits, params },
            Op::Measure { qubit, bit } => Self::Measure { qubit, bit },
            Op::MeasureLeaked { qubit, bit } => Self::MeasureLeaked { qubit, bit },
            Op::Reset { qubit } => Self::Reset { qubit },
            Op::Idle { qubits } => Self::Idle { qubits },
            Op::Postselect { qubit, value } => Self::Postselect { qubit, value },
            Op::Channel { name, qubits, params } => {
                let operators = channel::named(name, qubits.len(), &params);
                let operators =
                    operators.unwrap_or_else(|| unreachable!("the oracle has no channel {name}"));
                Self::Kraus { operators, qubits }
            }
            Op::If { bit, value, then } => {
                let then: Vec<Self> = then.iter().map(Self::from).collect();
                Self::depends(move |known| {
                    if known.bits[bit as usize] == value { then.clone() } else { Vec::new() }
                })
            }
        }
    }
}

/// The steps of a circuit without noise.
#[must_use]
pub fn steps(circuit: &Circuit) -> Vec<Step> {
    circuit.ops.iter().map(Step::from).collect()
}
