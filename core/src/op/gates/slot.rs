//! The built-in gates' slots: their wire form. A number is never moved, reused or re-meant.

/// exp(-i theta/2 (cos phi X + sin phi Y)).
pub const PHASED_X: u16 = 1;
/// exp(-i theta/2 Z).
pub const RZ: u16 = 2;
/// exp(-i theta/2 Z Z).
pub const ZZ_PHASE: u16 = 3;
/// exp(-i theta/2 X).
pub const RX: u16 = 4;
/// exp(-i theta/2 Y).
pub const RY: u16 = 5;
/// exp(-i theta/2 X X).
pub const XX_PHASE: u16 = 6;
/// exp(-i theta/2 Y Y).
pub const YY_PHASE: u16 = 7;
/// exp(-i theta/2 A A) with A = cos phi X + sin phi Y.
pub const PHASED_XX: u16 = 8;
/// Identity on one qubit.
pub const I: u16 = 9;
/// Pauli X.
pub const X: u16 = 10;
/// Pauli Y.
pub const Y: u16 = 11;
/// Pauli Z.
pub const Z: u16 = 12;
/// Hadamard.
pub const H: u16 = 13;
/// diag(1, i).
pub const S: u16 = 14;
/// diag(1, -i).
pub const SDG: u16 = 15;
/// diag(1, exp(i pi/4)).
pub const T: u16 = 16;
/// diag(1, exp(-i pi/4)).
pub const TDG: u16 = 17;
/// Square root of X.
pub const SX: u16 = 18;
/// Inverse square root of X.
pub const SXDG: u16 = 19;
/// The general one-qubit gate U(theta, phi, lambda) of OpenQASM.
pub const U3: u16 = 20;
/// diag(1, exp(i lambda)).
pub const PHASE: u16 = 21;
/// Controlled X: control first.
pub const CX: u16 = 22;
/// Controlled Y: control first.
pub const CY: u16 = 23;
/// Controlled Z.
pub const CZ: u16 = 24;
/// Controlled Hadamard: control first.
pub const CH: u16 = 25;
/// Exchange of two qubits.
pub const SWAP: u16 = 26;
/// Exchange with a phase i on what was exchanged.
pub const ISWAP: u16 = 27;
/// Controlled Rz: control first.
pub const CRZ: u16 = 28;
/// Controlled phase: diag(1, 1, 1, exp(i lambda)).
pub const CPHASE: u16 = 29;
/// Doubly controlled X: controls first.
pub const CCX: u16 = 30;
/// Controlled exchange: control first.
pub const CSWAP: u16 = 31;
/// Any one-qubit unitary: 8 parameters, re and im of the row-major matrix.
pub const UNITARY_1Q: u16 = 32;
/// Any two-qubit unitary: 32 parameters.
pub const UNITARY_2Q: u16 = 33;
/// Any three-qubit unitary: 128 parameters.
pub const UNITARY_3Q: u16 = 34;
