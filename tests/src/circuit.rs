//! Circuits as plain data: what a test feeds to the oracle and to the parts under test alike.
//! Not here: how either of them runs it.

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// A gate by name, as [`crate::oracle::gates`] and core's gate list name it.
    Gate {
        /// The name.
        name: &'static str,
        /// The operands; a control comes first.
        qubits: Vec<u32>,
        /// Angles in radians, or the matrix of a `unitary_*` gate.
        params: Vec<f64>,
    },
    /// Measures `qubit` in the Z basis into classical bit `bit`.
    Measure {
        /// The qubit.
        qubit: u32,
        /// The classical bit.
        bit: u32,
    },
    /// As [`Op::Measure`], but a leaked qubit reads 2.
    MeasureLeaked {
        /// The qubit.
        qubit: u32,
        /// The classical bit.
        bit: u32,
    },
    /// Puts `qubit` into state 0.
    Reset {
        /// The qubit.
        qubit: u32,
    },
    /// Nothing happens to the qubits for a while.
    Idle {
        /// The qubits.
        qubits: Vec<u32>,
    },
    /// Projects `qubit` on `value`.
    Postselect {
        /// The qubit.
        qubit: u32,
        /// The value that is kept.
        value: u8,
    },
    /// A channel by name: `pauli_1q`, `pauli_2q`, `kraus_1q`, `kraus_2q`, `amplitude_damping`,
    /// `depolarizing`.
    Channel {
        /// The name.
        name: &'static str,
        /// The operands.
        qubits: Vec<u32>,
        /// Probabilities, or the entries of the Kraus operators.
        params: Vec<f64>,
    },
    /// Feed-forward: runs `then` if classical bit `bit` is `value`.
    If {
        /// The classical bit.
        bit: u32,
        /// Its wanted value.
        value: u8,
        /// What happens then.
        then: Vec<Self>,
    },
}

/// A circuit on `qubit_count` qubits that writes `bit_count` classical bits, all 0 at first.
#[derive(Clone, Debug, PartialEq)]
pub struct Circuit {
    /// Number of qubits.
    pub qubit_count: u32,
    /// Number of classical bits.
    pub bit_count: u32,
    /// The operations, in order.
    pub ops: Vec<Op>,
}

impl Circuit {
    /// An empty circuit.
    #[must_use]
    pub const fn new(qubit_count: u32, bit_count: u32) -> Self {
        Self { qubit_count, bit_count, ops: Vec::new() }
    }

    /// Appends an operation.
    #[must_use]
    pub fn op(mut self, op: Op) -> Self {
        self.ops.push(op);
        self
    }

    /// Appends a gate without parameters.
    #[must_use]
    pub fn gate(self, name: &'static str, qubits: &[u32]) -> Self {
        self.rotation(name, qubits, &[])
    }

    /// Appends a gate with parameters.
    #[must_use]
    pub fn rotation(self, name: &'static str, qubits: &[u32], params: &[f64]) -> Self {
        self.op(Op::Gate { name, qubits: qubits.to_vec(), params: params.to_vec() })
    }

    /// Appends a measurement.
    #[must_use]
    pub fn measure(self, qubit: u32, bit: u32) -> Self {
        self.op(Op::Measure { qubit, bit })
    }

    /// Appends a measurement that tells leaked qubits apart.
    #[must_use]
    pub fn measure_leaked(self, qubit: u32, bit: u32) -> Self {
        self.op(Op::MeasureLeaked { qubit, bit })
    }

    /// Appends a measurement of every qubit k into bit k.
    #[must_use]
    pub fn measure_all(self) -> Self {
        (0..self.qubit_count).fold(self, |circuit, k| circuit.measure(k, k))
    }

    /// Appends a reset.
    #[must_use]
    pub fn reset(self, qubit: u32) -> Self {
        self.op(Op::Reset { qubit })
    }

    /// Appends a postselection.
    #[must_use]
    pub fn postselect(self, qubit: u32, value: u8) -> Self {
        self.op(Op::Postselect { qubit, value })
    }

    /// Appends a gate without parameters that happens only if `bit` is 1.
    #[must_use]
    pub fn gate_if(self, bit: u32, name: &'static str, qubits: &[u32]) -> Self {
        let then = vec![Op::Gate { name, qubits: qubits.to_vec(), params: Vec::new() }];
        self.op(Op::If { bit, value: 1, then })
    }
}
