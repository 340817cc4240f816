//! The entries of the gates on two and three qubits.

use super::clifford::{Clifford, CliffordRule};
use super::decompose::{self, Decomposition};
use super::inverse::{self, Inverse};
use super::pauli::Primitive;
use super::{Gate, Traits, into, matrix, matrix_params, slot};

pub(super) const ZZ_PHASE: Gate = Gate {
    slot: slot::ZZ_PHASE,
    id: "pandia.zz_phase/1",
    name: "zz_phase",
    aliases: &["rzz", "RZZ", "zzphase", "ZZPhase"],
    qubit_count: 2,
    params: &["theta"],
    traits: Traits::DIAGONAL.with(Traits::SYMMETRIC),
    matrix: matrix::zz_phase,
    clifford: Clifford::Angles(CliffordRule::ZzPhase),
    inverse: Inverse::NegatedAngle,
    decomposition: Decomposition::Native,
    help: "turn by theta about Z Z",
};

pub(super) const XX_PHASE: Gate = Gate {
    slot: slot::XX_PHASE,
    id: "pandia.xx_phase/1",
    name: "xx_phase",
    aliases: &["rxx", "RXX", "xxphase", "XXPhase"],
    qubit_count: 2,
    params: &["theta"],
    traits: Traits::SYMMETRIC,
    matrix: matrix::xx_phase,
    clifford: Clifford::Angles(CliffordRule::XxPhase),
    inverse: Inverse::NegatedAngle,
    decomposition: into(&[slot::PHASED_X, slot::ZZ_PHASE], decompose::xx_phase),
    help: "turn by theta about X X",
};

pub(super) const YY_PHASE: Gate = Gate {
    slot: slot::YY_PHASE,
    id: "pandia.yy_phase/1",
    name: "yy_phase",
    aliases: &["ryy", "RYY", "yyphase", "YYPhase"],
    qubit_count: 2,
    params: &["theta"],
    traits: Traits::SYMMETRIC,
    matrix: matrix::yy_phase,
    clifford: Clifford::Angles(CliffordRule::YyPhase),
    inverse: Inverse::NegatedAngle,
    decomposition: into(&[slot::PHASED_X, slot::ZZ_PHASE], decompose::yy_phase),
    help: "turn by theta about Y Y",
};

pub(super) const PHASED_XX: Gate = Gate {
    slot: slot::PHASED_XX,
    id: "pandia.phased_xx/1",
    name: "phased_xx",
    aliases: &["rphixx", "phasedxx", "PhasedXX"],
    qubit_count: 2,
    params: &["theta", "phi"],
    traits: Traits::SYMMETRIC,
    matrix: matrix::phased_xx,
    clifford: Clifford::Angles(CliffordRule::PhasedXx),
    inverse: Inverse::NegatedAngle,
    decomposition: into(&[slot::PHASED_X, slot::ZZ_PHASE], decompose::phased_xx),
    help: "turn by theta about A A with A = cos(phi) X + sin(phi) Y",
};

pub(super) const CX: Gate = Gate {
    slot: slot::CX,
    id: "pandia.cx/1",
    name: "cx",
    aliases: &["CX", "cnot", "CNOT"],
    qubit_count: 2,
    params: &[],
    traits: Traits::CONTROLLED,
    matrix: matrix::cx,
    clifford: Clifford::Always(&[Primitive::Cx(0, 1)]),
    inverse: Inverse::Itself,
    decomposition: into(&[slot::PHASED_X, slot::CZ], decompose::cx),
    help: "controlled X, the control first",
};

pub(super) const CY: Gate = Gate {
    slot: slot::CY,
    id: "pandia.cy/1",
    name: "cy",
    aliases: &["CY"],
    qubit_count: 2,
    params: &[],
    traits: Traits::CONTROLLED,
    matrix: matrix::cy,
    clifford: Clifford::Always(&[Primitive::Cy(0, 1)]),
    inverse: Inverse::Itself,
    decomposition: into(&[slot::PHASED_X, slot::CZ], decompose::cy),
    help: "controlled Y, the control first",
};

pub(super) const CZ: Gate = Gate {
    slot: slot::CZ,
    id: "pandia.cz/1",
    name: "cz",
    aliases: &["CZ"],
    qubit_count: 2,
    params: &[],
    traits: Traits::DIAGONAL.with(Traits::SYMMETRIC).with(Traits::CONTROLLED),
    matrix: matrix::cz,
    clifford: Clifford::Always(&[Primitive::Cz(0, 1)]),
    inverse: Inverse::Itself,
    decomposition: into(&[slot::ZZ_PHASE, slot::RZ], decompose::cz),
    help: "controlled Z: negates 11",
};

pub(super) const CH: Gate = Gate {
    slot: slot::CH,
    id: "pandia.ch/1",
    name: "ch",
    aliases: &["CH"],
    qubit_count: 2,
    params: &[],
    traits: Traits::CONTROLLED,
    matrix: matrix::ch,
    clifford: Clifford::Never,
    inverse: Inverse::Itself,
    decomposition: into(&[slot::PHASED_X, slot::CZ], decompose::ch),
    help: "controlled Hadamard, the control first",
};

pub(super) const SWAP: Gate = Gate {
    slot: slot::SWAP,
    id: "pandia.swap/1",
    name: "swap",
    aliases: &["SWAP"],
    qubit_count: 2,
    params: &[],
    traits: Traits::SYMMETRIC,
    matrix: matrix::swap,
    clifford: Clifford::Always(&[Primitive::Swap(0, 1)]),
    inverse: Inverse::Itself,
    decomposition: into(&[slot::CX], decompose::swap),
    help: "exchanges two qubits",
};

pub(super) const ISWAP: Gate = Gate {
    slot: slot::ISWAP,
    id: "pandia.iswap/1",
    name: "iswap",
    aliases: &["iSWAP", "ISWAP"],
    qubit_count: 2,
    params: &[],
    traits: Traits::SYMMETRIC,
    matrix: matrix::iswap,
    clifford: Clifford::Always(&[
        Primitive::Swap(0, 1),
        Primitive::Cz(0, 1),
        Primitive::S(0),
        Primitive::S(1),
    ]),
    inverse: Inverse::Steps(inverse::iswap),
    decomposition: into(&[slot::S, slot::H, slot::CX], decompose::iswap),
    help: "exchanges two qubits, with the phase i on what was exchanged",
};

pub(super) const CRZ: Gate = Gate {
    slot: slot::CRZ,
    id: "pandia.crz/1",
    name: "crz",
    aliases: &["CRz", "CRZ"],
    qubit_count: 2,
    params: &["theta"],
    traits: Traits::DIAGONAL.with(Traits::CONTROLLED),
    matrix: matrix::crz,
    clifford: Clifford::Angles(CliffordRule::Crz),
    inverse: Inverse::NegatedAngle,
    decomposition: into(&[slot::RZ, slot::ZZ_PHASE], decompose::crz),
    help: "controlled turn by theta about Z, the control first",
};

pub(super) const CPHASE: Gate = Gate {
    slot: slot::CPHASE,
    id: "pandia.cphase/1",
    name: "cphase",
    aliases: &["cp", "CP", "cu1", "CU1", "CPhase"],
    qubit_count: 2,
    params: &["lambda"],
    traits: Traits::DIAGONAL.with(Traits::SYMMETRIC).with(Traits::CONTROLLED),
    matrix: matrix::cphase,
    clifford: Clifford::Angles(CliffordRule::Cphase),
    inverse: Inverse::NegatedAngle,
    decomposition: into(&[slot::RZ, slot::ZZ_PHASE], decompose::cphase),
    help: "11 gets the phase exp(i lambda)",
};

pub(super) const CCX: Gate = Gate {
    slot: slot::CCX,
    id: "pandia.ccx/1",
    name: "ccx",
    aliases: &["CCX", "toffoli", "ccnot"],
    qubit_count: 3,
    params: &[],
    traits: Traits::CONTROLLED,
    matrix: matrix::ccx,
    clifford: Clifford::Never,
    inverse: Inverse::Itself,
    decomposition: into(&[slot::H, slot::T, slot::TDG, slot::CX], decompose::ccx),
    help: "doubly controlled X, the controls first",
};

pub(super) const CSWAP: Gate = Gate {
    slot: slot::CSWAP,
    id: "pandia.cswap/1",
    name: "cswap",
    aliases: &["CSWAP", "fredkin"],
    qubit_count: 3,
    params: &[],
    traits: Traits::CONTROLLED,
    matrix: matrix::cswap,
    clifford: Clifford::Never,
    inverse: Inverse::Itself,
    decomposition: into(&[slot::CX, slot::CCX], decompose::cswap),
    help: "controlled exchange, the control first",
};

pub(super) const UNITARY_2Q: Gate = Gate {
    slot: slot::UNITARY_2Q,
    id: "pandia.unitary_2q/1",
    name: "unitary_2q",
    aliases: &[],
    qubit_count: 2,
    params: matrix_params(32),
    traits: Traits::MATRIX,
    matrix: matrix::from_params,
    clifford: Clifford::Never,
    inverse: Inverse::Steps(inverse::adjoint),
    decomposition: Decomposition::Unknown,
    help: "any two-qubit gate by its matrix: re and im, row by row",
};

pub(super) const UNITARY_3Q: Gate = Gate {
    slot: slot::UNITARY_3Q,
    id: "pandia.unitary_3q/1",
    name: "unitary_3q",
    aliases: &[],
    qubit_count: 3,
    params: matrix_params(128),
    traits: Traits::MATRIX,
    matrix: matrix::from_params,
    clifford: Clifford::Never,
    inverse: Inverse::Steps(inverse::adjoint),
    decomposition: Decomposition::Unknown,
    help: "any three-qubit gate by its matrix: re and im, row by row",
};
