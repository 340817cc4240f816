//! Quantum channels as operations: what an error model sends to a simulator that takes channels,
//! instead of drawing an error itself.
//!
//! Not here: how a density matrix applies them ([`crate::kernel`]).

/// One-qubit Pauli channel. Parameters: probabilities of X, Y, Z; the rest is the identity.
pub const PAULI_1Q: u16 = 1;
/// Two-qubit Pauli channel. Parameters: 15 probabilities of the pairs in the order of
/// `p = 4 * p1 + p0` from 1 to 15, `p0` the Pauli on operand 0, with 0 I, 1 X, 2 Y, 3 Z.
pub const PAULI_2Q: u16 = 2;
/// Any one-qubit channel as Kraus operators: 8 parameters each (re, im of the row-major matrix).
pub const KRAUS_1Q: u16 = 3;
/// Any two-qubit channel as at most 7 Kraus operators: 32 parameters each.
pub const KRAUS_2Q: u16 = 4;
/// Decay towards |0>. Parameter: the probability gamma that a |1> decays.
pub const AMPLITUDE_DAMPING: u16 = 5;
/// Depolarizing channel on any number `n` of qubits. Parameter: the probability `p` that one of the
/// `4^n - 1` Pauli strings other than the identity acts, all alike.
pub const DEPOLARIZING: u16 = 6;
