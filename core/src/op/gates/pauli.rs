//! Pauli strings on a gate's operands, and the primitives into which every Clifford gate resolves.
//!
//! Everything here is up to a global phase, which no measurement sees. A simulator of stabilizers
//! needs to know the primitives only; [`super::clifford`] says which gate is which sequence.

/// Most primitives of one gate.
pub const CLIFFORD_PRIMITIVES_MAX: usize = 8;

/// A signed Pauli string on at most eight operands: bit `j` of `x` and of `z` is operand `j`; both
/// set is Y. Always Hermitian: the sign is plus or minus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PauliString {
    /// Operands with an X part.
    pub x: u8,
    /// Operands with a Z part.
    pub z: u8,
    /// Whether the sign is minus.
    pub negative: bool,
}

/// A Clifford gate that a stabilizer simulator carries out directly; the numbers are the gate's
/// operands, controls first. Roots are the plus quarter turns, `SqrtX` = Rx(pi/2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Primitive {
    /// Pauli X.
    X(u8),
    /// Pauli Y.
    Y(u8),
    /// Pauli Z.
    Z(u8),
    /// Hadamard.
    H(u8),
    /// Quarter turn about Z.
    S(u8),
    /// Quarter turn back about Z.
    Sdg(u8),
    /// Quarter turn about X.
    SqrtX(u8),
    /// Quarter turn back about X.
    SqrtXdg(u8),
    /// Quarter turn about Y.
    SqrtY(u8),
    /// Quarter turn back about Y.
    SqrtYdg(u8),
    /// Controlled X.
    Cx(u8, u8),
    /// Controlled Y.
    Cy(u8, u8),
    /// Controlled Z.
    Cz(u8, u8),
    /// Exchange.
    Swap(u8, u8),
}

impl PauliString {
    /// X on one operand.
    #[must_use]
    pub const fn x(operand: u8) -> Self {
        Self { x: 1 << operand, z: 0, negative: false }
    }

    /// Z on one operand.
    #[must_use]
    pub const fn z(operand: u8) -> Self {
        Self { x: 0, z: 1 << operand, negative: false }
    }

    const fn has_x(self, operand: u8) -> bool {
        self.x >> operand & 1 == 1
    }

    const fn has_z(self, operand: u8) -> bool {
        self.z >> operand & 1 == 1
    }

    const fn exchange_x_and_z(&mut self, operand: u8) {
        let different = (self.x ^ self.z) & 1 << operand;
        self.x ^= different;
        self.z ^= different;
    }

    /// Becomes `U P U^-1` for the primitive `U`.
    pub const fn conjugate(&mut self, by: Primitive) {
        match by {
            Primitive::X(q) => self.negative ^= self.has_z(q),
            Primitive::Y(q) => self.negative ^= self.has_x(q) ^ self.has_z(q),
            Primitive::Z(q) => self.negative ^= self.has_x(q),
            Primitive::H(q) => {
                self.negative ^= self.has_x(q) && self.has_z(q);
                self.exchange_x_and_z(q);
            }
            Primitive::S(q) => {
                self.negative ^= self.has_x(q) && self.has_z(q);
                self.z ^= self.x & 1 << q;
            }
            Primitive::Sdg(q) => {
                self.negative ^= self.has_x(q) && !self.has_z(q);
                self.z ^= self.x & 1 << q;
            }
            Primitive::SqrtX(q) => {
                self.negative ^= self.has_z(q) && !self.has_x(q);
                self.x ^= self.z & 1 << q;
            }
            Primitive::SqrtXdg(q) => {
                self.negative ^= self.has_z(q) && self.has_x(q);
                self.x ^= self.z & 1 << q;
            }
            Primitive::SqrtY(q) => {
                self.negative ^= self.has_x(q) && !self.has_z(q);
                self.exchange_x_and_z(q);
            }
            Primitive::SqrtYdg(q) => {
                self.negative ^= self.has_z(q) && !self.has_x(q);
                self.exchange_x_and_z(q);
            }
            Primitive::Cx(control, target) => {
                self.negative ^= self.has_x(control)
                    && self.has_z(target)
                    && self.has_x(target) == self.has_z(control);
                self.x ^= (self.has_x(control) as u8) << target;
                self.z ^= (self.has_z(target) as u8) << control;
            }
            Primitive::Cy(control, target) => {
                self.conjugate(Primitive::Sdg(target));
                self.conjugate(Primitive::Cx(control, target));
                self.conjugate(Primitive::S(target));
            }
            Primitive::Cz(a, b) => {
                self.negative ^= self.has_x(a) && self.has_x(b) && self.has_z(a) != self.has_z(b);
                let (onto_a, onto_b) = (self.has_x(b) as u8, self.has_x(a) as u8);
                self.z ^= onto_a << a | onto_b << b;
            }
            Primitive::Swap(a, b) => {
                let x = (self.has_x(a) != self.has_x(b)) as u8;
                let z = (self.has_z(a) != self.has_z(b)) as u8;
                self.x ^= x << a | x << b;
                self.z ^= z << a | z << b;
            }
        }
    }
}

/// At most [`CLIFFORD_PRIMITIVES_MAX`] primitives, first to last; without an allocator.
#[derive(Clone, Copy, Debug)]
pub struct CliffordSequence {
    items: [Primitive; CLIFFORD_PRIMITIVES_MAX],
    len: usize,
}

impl Default for CliffordSequence {
    fn default() -> Self {
        Self::new()
    }
}

impl CliffordSequence {
    /// No primitive: the identity.
    #[must_use]
    pub const fn new() -> Self {
        Self { items: [Primitive::X(0); CLIFFORD_PRIMITIVES_MAX], len: 0 }
    }

    /// The primitives in the order in which they act.
    #[inline]
    #[must_use]
    pub fn as_slice(&self) -> &[Primitive] {
        self.items.get(..self.len).unwrap_or(&[])
    }

    /// Forgets all primitives.
    pub const fn clear(&mut self) {
        self.len = 0;
    }

    /// Adds a primitive at the end. The rules of this crate stay within the capacity, which a test
    /// shows; beyond it nothing is added.
    #[inline(never)]
    pub(super) fn push(&mut self, primitive: Primitive) {
        debug_assert!(self.len < CLIFFORD_PRIMITIVES_MAX, "a rule is longer than the capacity");
        if let Some(place) = self.items.get_mut(self.len) {
            *place = primitive;
            self.len += 1;
        }
    }

    /// Adds several.
    #[inline(never)]
    pub(super) fn extend(&mut self, primitives: &[Primitive]) {
        for &primitive in primitives {
            self.push(primitive);
        }
    }
}

/// What a Clifford gate does to Paulis: the images `U P U^-1` of X and Z on each operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PauliAction {
    /// How many operands count.
    pub qubit_count: u8,
    /// The images of X on operand 0, 1, 2.
    pub x: [PauliString; super::GATE_QUBITS_MAX],
    /// The images of Z on operand 0, 1, 2.
    pub z: [PauliString; super::GATE_QUBITS_MAX],
}

impl PauliAction {
    /// The action of primitives, one after the other.
    #[must_use]
    pub fn of(qubit_count: u8, primitives: &[Primitive]) -> Self {
        let image = |mut string: PauliString| {
            for &primitive in primitives {
                string.conjugate(primitive);
            }
            string
        };
        Self {
            qubit_count,
            x: [0, 1, 2].map(|operand| image(PauliString::x(operand))),
            z: [0, 1, 2].map(|operand| image(PauliString::z(operand))),
        }
    }
}
