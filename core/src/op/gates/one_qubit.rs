//! The entries of the gates on one qubit.

use super::clifford::{Clifford, CliffordRule};
use super::decompose::{self, Decomposition};
use super::inverse::{self, Inverse};
use super::pauli::Primitive;
use super::{Gate, Traits, into, matrix, matrix_params, slot};

pub(super) const PHASED_X: Gate = Gate {
    slot: slot::PHASED_X,
    id: "pandia.phased_x/1",
    name: "phased_x",
    aliases: &["r", "rxy", "prx", "PhasedX"],
    qubit_count: 1,
    params: &["theta", "phi"],
    traits: Traits::NONE,
    matrix: matrix::phased_x,
    clifford: Clifford::Angles(CliffordRule::PhasedX),
    inverse: Inverse::NegatedAngle,
    decomposition: Decomposition::Native,
    help: "turn by theta about the axis cos(phi) X + sin(phi) Y",
};

pub(super) const RZ: Gate = Gate {
    slot: slot::RZ,
    id: "pandia.rz/1",
    name: "rz",
    aliases: &["Rz", "RZ"],
    qubit_count: 1,
    params: &["theta"],
    traits: Traits::DIAGONAL,
    matrix: matrix::rz,
    clifford: Clifford::Angles(CliffordRule::Rz),
    inverse: Inverse::NegatedAngle,
    decomposition: Decomposition::Native,
    help: "turn by theta about Z",
};

pub(super) const RX: Gate = Gate {
    slot: slot::RX,
    id: "pandia.rx/1",
    name: "rx",
    aliases: &["Rx", "RX"],
    qubit_count: 1,
    params: &["theta"],
    traits: Traits::NONE,
    matrix: matrix::rx,
    clifford: Clifford::Angles(CliffordRule::Rx),
    inverse: Inverse::NegatedAngle,
    decomposition: into(&[slot::PHASED_X], decompose::rx),
    help: "turn by theta about X",
};

pub(super) const RY: Gate = Gate {
    slot: slot::RY,
    id: "pandia.ry/1",
    name: "ry",
    aliases: &["Ry", "RY"],
    qubit_count: 1,
    params: &["theta"],
    traits: Traits::NONE,
    matrix: matrix::ry,
    clifford: Clifford::Angles(CliffordRule::Ry),
    inverse: Inverse::NegatedAngle,
    decomposition: into(&[slot::PHASED_X], decompose::ry),
    help: "turn by theta about Y",
};

pub(super) const I: Gate = Gate {
    slot: slot::I,
    id: "pandia.i/1",
    name: "i",
    aliases: &["id", "I", "identity"],
    qubit_count: 1,
    params: &[],
    traits: Traits::DIAGONAL,
    matrix: matrix::i,
    clifford: Clifford::Always(&[]),
    inverse: Inverse::Itself,
    decomposition: into(&[], decompose::i),
    help: "nothing: the identity",
};

pub(super) const X: Gate = Gate {
    slot: slot::X,
    id: "pandia.x/1",
    name: "x",
    aliases: &["X"],
    qubit_count: 1,
    params: &[],
    traits: Traits::NONE,
    matrix: matrix::x,
    clifford: Clifford::Always(&[Primitive::X(0)]),
    inverse: Inverse::Itself,
    decomposition: into(&[slot::PHASED_X], decompose::x),
    help: "Pauli X: exchanges 0 and 1",
};

pub(super) const Y: Gate = Gate {
    slot: slot::Y,
    id: "pandia.y/1",
    name: "y",
    aliases: &["Y"],
    qubit_count: 1,
    params: &[],
    traits: Traits::NONE,
    matrix: matrix::y,
    clifford: Clifford::Always(&[Primitive::Y(0)]),
    inverse: Inverse::Itself,
    decomposition: into(&[slot::PHASED_X], decompose::y),
    help: "Pauli Y",
};

pub(super) const Z: Gate = Gate {
    slot: slot::Z,
    id: "pandia.z/1",
    name: "z",
    aliases: &["Z"],
    qubit_count: 1,
    params: &[],
    traits: Traits::DIAGONAL,
    matrix: matrix::z,
    clifford: Clifford::Always(&[Primitive::Z(0)]),
    inverse: Inverse::Itself,
    decomposition: into(&[slot::RZ], decompose::z),
    help: "Pauli Z: negates 1",
};

pub(super) const H: Gate = Gate {
    slot: slot::H,
    id: "pandia.h/1",
    name: "h",
    aliases: &["H", "hadamard"],
    qubit_count: 1,
    params: &[],
    traits: Traits::NONE,
    matrix: matrix::h,
    clifford: Clifford::Always(&[Primitive::H(0)]),
    inverse: Inverse::Itself,
    decomposition: into(&[slot::RZ, slot::PHASED_X], decompose::h),
    help: "Hadamard: exchanges X and Z",
};

pub(super) const S: Gate = Gate {
    slot: slot::S,
    id: "pandia.s/1",
    name: "s",
    aliases: &["S"],
    qubit_count: 1,
    params: &[],
    traits: Traits::DIAGONAL,
    matrix: matrix::s,
    clifford: Clifford::Always(&[Primitive::S(0)]),
    inverse: Inverse::Other(slot::SDG),
    decomposition: into(&[slot::RZ], decompose::s),
    help: "square root of Z: 1 gets the phase i",
};

pub(super) const SDG: Gate = Gate {
    slot: slot::SDG,
    id: "pandia.sdg/1",
    name: "sdg",
    aliases: &["Sdg", "sdag", "S_DAG"],
    qubit_count: 1,
    params: &[],
    traits: Traits::DIAGONAL,
    matrix: matrix::sdg,
    clifford: Clifford::Always(&[Primitive::Sdg(0)]),
    inverse: Inverse::Other(slot::S),
    decomposition: into(&[slot::RZ], decompose::sdg),
    help: "inverse of S: 1 gets the phase -i",
};

pub(super) const T: Gate = Gate {
    slot: slot::T,
    id: "pandia.t/1",
    name: "t",
    aliases: &["T"],
    qubit_count: 1,
    params: &[],
    traits: Traits::DIAGONAL,
    matrix: matrix::t,
    clifford: Clifford::Never,
    inverse: Inverse::Other(slot::TDG),
    decomposition: into(&[slot::RZ], decompose::t),
    help: "square root of S: 1 gets the phase exp(i pi/4)",
};

pub(super) const TDG: Gate = Gate {
    slot: slot::TDG,
    id: "pandia.tdg/1",
    name: "tdg",
    aliases: &["Tdg", "tdag", "T_DAG"],
    qubit_count: 1,
    params: &[],
    traits: Traits::DIAGONAL,
    matrix: matrix::tdg,
    clifford: Clifford::Never,
    inverse: Inverse::Other(slot::T),
    decomposition: into(&[slot::RZ], decompose::tdg),
    help: "inverse of T: 1 gets the phase exp(-i pi/4)",
};

pub(super) const SX: Gate = Gate {
    slot: slot::SX,
    id: "pandia.sx/1",
    name: "sx",
    aliases: &["SX", "v", "V", "sqrt_x", "SQRT_X"],
    qubit_count: 1,
    params: &[],
    traits: Traits::NONE,
    matrix: matrix::sx,
    clifford: Clifford::Always(&[Primitive::SqrtX(0)]),
    inverse: Inverse::Other(slot::SXDG),
    decomposition: into(&[slot::PHASED_X], decompose::sx),
    help: "square root of X",
};

pub(super) const SXDG: Gate = Gate {
    slot: slot::SXDG,
    id: "pandia.sxdg/1",
    name: "sxdg",
    aliases: &["SXdg", "vdg", "Vdg", "sqrt_x_dag", "SQRT_X_DAG"],
    qubit_count: 1,
    params: &[],
    traits: Traits::NONE,
    matrix: matrix::sxdg,
    clifford: Clifford::Always(&[Primitive::SqrtXdg(0)]),
    inverse: Inverse::Other(slot::SX),
    decomposition: into(&[slot::PHASED_X], decompose::sxdg),
    help: "inverse square root of X",
};

pub(super) const U3: Gate = Gate {
    slot: slot::U3,
    id: "pandia.u3/1",
    name: "u3",
    aliases: &["u", "U", "U3"],
    qubit_count: 1,
    params: &["theta", "phi", "lambda"],
    traits: Traits::NONE,
    matrix: matrix::u3,
    clifford: Clifford::Angles(CliffordRule::U3),
    inverse: Inverse::Steps(inverse::u3),
    decomposition: into(&[slot::PHASED_X, slot::RZ], decompose::u3),
    help: "any one-qubit gate: Rz(phi) Ry(theta) Rz(lambda), its upper left entry real",
};

pub(super) const PHASE: Gate = Gate {
    slot: slot::PHASE,
    id: "pandia.phase/1",
    name: "phase",
    aliases: &["p", "P", "u1", "U1"],
    qubit_count: 1,
    params: &["lambda"],
    traits: Traits::DIAGONAL,
    matrix: matrix::phase,
    clifford: Clifford::Angles(CliffordRule::Rz),
    inverse: Inverse::NegatedAngle,
    decomposition: into(&[slot::RZ], decompose::phase),
    help: "1 gets the phase exp(i lambda)",
};

pub(super) const UNITARY_1Q: Gate = Gate {
    slot: slot::UNITARY_1Q,
    id: "pandia.unitary_1q/1",
    name: "unitary_1q",
    aliases: &[],
    qubit_count: 1,
    params: matrix_params(8),
    traits: Traits::MATRIX,
    matrix: matrix::from_params,
    clifford: Clifford::Never,
    inverse: Inverse::Steps(inverse::adjoint),
    decomposition: into(&[slot::U3], decompose::unitary_1q),
    help: "any one-qubit gate by its matrix: re and im, row by row",
};
