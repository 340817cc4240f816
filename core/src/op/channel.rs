//! Quantum channels as operations: what an error model sends to a simulator that takes channels,
//! instead of drawing an error itself.
//!
//! Not here: how a density matrix applies them ([`crate::kernel`]).

use super::record::Op;
use crate::error::{Error, ErrorKind, Result};
use crate::real::{Complex, Real};

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

/// How far a sum of probabilities may be above 1, and the sum of `K^dagger K` from the identity:
/// rounding of numbers that somebody computed, not an error of meaning.
pub const COMPLETENESS_TOLERANCE: f64 = 1e-9;

/// What the parameters of a channel are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelParams {
    /// So many probabilities, which together are at most 1.
    Probabilities(usize),
    /// One or more Kraus operators of this size: re and im of the row-major matrix, one operator
    /// after the other.
    Kraus,
}

/// What is known of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The wire form.
    pub number: u16,
    /// The name used in texts.
    pub name: &'static str,
    /// How many qubits it acts on; 0 for one or more, as many as an operation names.
    pub qubit_count: u8,
    /// What its parameters are.
    pub params: ChannelParams,
    /// One line of help.
    pub help: &'static str,
}

/// Every channel, in order of its number, which begins at 1.
pub static LIST: &[Channel] = &[
    Channel {
        number: PAULI_1Q,
        name: "pauli_1q",
        qubit_count: 1,
        params: ChannelParams::Probabilities(3),
        help: "X, Y or Z with the probabilities given",
    },
    Channel {
        number: PAULI_2Q,
        name: "pauli_2q",
        qubit_count: 2,
        params: ChannelParams::Probabilities(15),
        help: "pairs of Paulis with the probabilities given, XI first, ZZ last",
    },
    Channel {
        number: KRAUS_1Q,
        name: "kraus_1q",
        qubit_count: 1,
        params: ChannelParams::Kraus,
        help: "any channel on one qubit by its Kraus operators",
    },
    Channel {
        number: KRAUS_2Q,
        name: "kraus_2q",
        qubit_count: 2,
        params: ChannelParams::Kraus,
        help: "any channel on two qubits by its Kraus operators, at most 7",
    },
    Channel {
        number: AMPLITUDE_DAMPING,
        name: "amplitude_damping",
        qubit_count: 1,
        params: ChannelParams::Probabilities(1),
        help: "1 decays to 0 with the probability given",
    },
    Channel {
        number: DEPOLARIZING,
        name: "depolarizing",
        qubit_count: 0,
        params: ChannelParams::Probabilities(1),
        help: "with the probability given a Pauli string other than the identity, all alike",
    },
];

impl Channel {
    /// Parameters of one Kraus operator.
    #[must_use]
    pub const fn kraus_params(&self) -> usize {
        2 << (2 * self.qubit_count)
    }
}

/// The channel with this number.
#[must_use]
pub const fn by_number(number: u16) -> Option<&'static Channel> {
    let index = (number as usize).wrapping_sub(1);
    if index < LIST.len() { Some(&LIST[index]) } else { None }
}

/// Checks that channel `number` exists, takes so many qubits and these parameters: probabilities
/// that are some and add up to at most 1, or Kraus operators that are complete.
///
/// # Errors
/// In this order: [`ErrorKind::Unsupported`] for an unknown number, [`ErrorKind::Argument`] for
/// wrong counts, [`ErrorKind::NotFinite`], [`ErrorKind::NotAProbability`] (also for a sum above 1),
/// [`ErrorKind::NotUnitary`] for Kraus operators that are not complete.
pub fn check(number: u16, qubit_count: usize, params: &[f64]) -> Result<&'static Channel> {
    check_with(number, qubit_count, params.len(), |index| {
        params.get(index).copied().unwrap_or(f64::NAN)
    })
}

/// As [`check`], for the channel that an operation of kind `Channel` names.
///
/// # Errors
/// As [`check`].
pub fn check_op(op: Op<'_>) -> Result<&'static Channel> {
    check_with(op.gate(), op.qubit_count(), op.param_count(), |index| op.param_f64(index))
}

fn check_with(
    number: u16,
    qubit_count: usize,
    param_count: usize,
    param: impl Fn(usize) -> f64,
) -> Result<&'static Channel> {
    let Some(channel) = by_number(number) else {
        return Err(Error::from(ErrorKind::Unsupported("unknown channel")).with_text(
            format_args!("there is no channel {number}: they are 1 to {}", LIST.len()),
        ));
    };
    let counts_fit = match channel.qubit_count {
        0 => qubit_count > 0,
        count => usize::from(count) == qubit_count,
    } && match channel.params {
        ChannelParams::Probabilities(count) => param_count == count,
        ChannelParams::Kraus => {
            param_count > 0 && param_count.is_multiple_of(channel.kraus_params())
        }
    };
    if !counts_fit {
        return Err(wrong_counts(channel, qubit_count, param_count));
    }
    if let Some(index) = (0..param_count).find(|&index| !param(index).is_finite()) {
        return Err(ErrorKind::NotFinite { param: u32::try_from(index).unwrap_or(u32::MAX) }.into());
    }
    match channel.params {
        ChannelParams::Probabilities(count) => check_probabilities(channel, count, param)?,
        ChannelParams::Kraus => check_kraus(channel, param_count, param)?,
    }
    Ok(channel)
}

#[cold]
fn wrong_counts(channel: &Channel, qubit_count: usize, param_count: usize) -> Error {
    let error = Error::from(ErrorKind::Argument("a channel takes other counts"));
    let (name, qubits) = (channel.name, channel.qubit_count.max(1));
    match channel.params {
        ChannelParams::Probabilities(count) => error.with_text(format_args!(
            "channel {name} takes {qubits} qubits and {count} parameters, \
             not {qubit_count} and {param_count}"
        )),
        ChannelParams::Kraus => error.with_text(format_args!(
            "channel {name} takes {qubits} qubits and {} parameters per operator, \
             not {qubit_count} and {param_count}",
            channel.kraus_params()
        )),
    }
}

fn check_probabilities(
    channel: &Channel,
    count: usize,
    param: impl Fn(usize) -> f64,
) -> Result<()> {
    let mut sum = 0.0;
    for value in (0..count).map(param) {
        if !(0.0..=1.0).contains(&value) {
            return Err(ErrorKind::NotAProbability { value }.into());
        }
        sum += value;
    }
    if sum > 1.0 + COMPLETENESS_TOLERANCE {
        return Err(Error::from(ErrorKind::NotAProbability { value: sum }).with_text(
            format_args!(
                "the probabilities of channel {} add up to {sum}, which is more than 1",
                channel.name
            ),
        ));
    }
    Ok(())
}

/// The sum over all operators of `K^dagger K` must be the identity.
fn check_kraus(channel: &Channel, param_count: usize, param: impl Fn(usize) -> f64) -> Result<()> {
    let size = 1_usize << channel.qubit_count;
    let entry = |operator: usize, row: usize, column: usize| {
        let at = operator * channel.kraus_params() + 2 * (row * size + column);
        Complex::new(param(at), param(at + 1))
    };
    let mut worst = 0.0_f64;
    for a in 0..size {
        for b in 0..size {
            let mut sum = Complex::new(if a == b { -1.0 } else { 0.0 }, 0.0);
            for operator in 0..param_count / channel.kraus_params() {
                for row in 0..size {
                    sum = sum + entry(operator, row, a).conj() * entry(operator, row, b);
                }
            }
            let off = sum.norm_sqr();
            // Entries are finite, but their products may not be.
            worst = if off.is_finite() { worst.max(off) } else { f64::INFINITY };
            if worst == f64::INFINITY {
                break;
            }
        }
    }
    let deviation = Real::sqrt(worst);
    if deviation <= COMPLETENESS_TOLERANCE {
        return Ok(());
    }
    Err(Error::from(ErrorKind::NotUnitary { deviation }).with_text(format_args!(
        "the Kraus operators of channel {} are not complete: the sum of K^dagger K is off the \
         identity by {deviation:e}",
        channel.name
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::builder::{OpBuffer, OpSink, Params, Parts};
    use crate::op::record::OpKind;
    use std::string::ToString;
    use std::vec;

    #[test]
    fn numbers_are_places_in_the_list_and_names_are_unique() {
        for (index, channel) in LIST.iter().enumerate() {
            assert_eq!(usize::from(channel.number), index + 1);
            assert_eq!(by_number(channel.number), Some(channel));
            assert_eq!(LIST.iter().filter(|other| other.name == channel.name).count(), 1);
        }
        assert_eq!(by_number(0), None);
        assert_eq!(by_number(7), None);
    }

    #[test]
    fn probabilities_are_checked_one_by_one_and_together() {
        assert!(check(PAULI_1Q, 1, &[0.1, 0.2, 0.7]).is_ok());
        assert!(check(PAULI_2Q, 2, &[1.0 / 15.0; 15]).is_ok());
        assert!(check(AMPLITUDE_DAMPING, 1, &[1.0]).is_ok());
        assert!(check(DEPOLARIZING, 3, &[0.5]).is_ok());
        assert!(check(DEPOLARIZING, 0, &[0.5]).is_err());
        let kind =
            |number, qubits, params: &[f64]| check(number, qubits, params).unwrap_err().kind();
        assert!(matches!(kind(9, 1, &[]), ErrorKind::Unsupported(_)));
        assert!(matches!(kind(PAULI_1Q, 2, &[0.0; 3]), ErrorKind::Argument(_)));
        assert!(matches!(kind(PAULI_1Q, 1, &[0.0; 2]), ErrorKind::Argument(_)));
        assert_eq!(kind(PAULI_1Q, 1, &[0.0, f64::NAN, 0.0]), ErrorKind::NotFinite { param: 1 });
        let negative = ErrorKind::NotAProbability { value: -0.1 };
        assert_eq!(kind(PAULI_1Q, 1, &[0.2, -0.1, 0.0]), negative);
        let sum = check(PAULI_1Q, 1, &[0.5, 0.5, 0.5]).unwrap_err();
        assert!(sum.to_string().contains("add up to 1.5"), "{sum}");
    }

    #[test]
    fn kraus_operators_must_be_complete() {
        // Amplitude damping of one half.
        let r = core::f64::consts::FRAC_1_SQRT_2;
        let mut params = vec![1.0, 0.0, 0.0, 0.0, 0.0, 0.0, r, 0.0];
        assert!(check(KRAUS_1Q, 1, &params).is_err());
        params.extend([0.0, 0.0, r, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert!(check(KRAUS_1Q, 1, &params).is_ok());
        // The phase of an operator is free.
        params[8 + 2] = 0.0;
        params[8 + 3] = r;
        assert!(check(KRAUS_1Q, 1, &params).is_ok());
        params[15] = 1e-3;
        let error = check(KRAUS_1Q, 1, &params).unwrap_err();
        assert!(error.to_string().contains("not complete"), "{error}");
        assert!(check(KRAUS_1Q, 1, &[]).is_err());
        assert!(check(KRAUS_1Q, 1, &params[..9]).is_err());
        assert!(check(KRAUS_1Q, 1, &[1e200; 8]).is_err());
        let mut identity = [0.0; 32];
        for k in 0..4 {
            identity[2 * 5 * k] = 1.0;
        }
        assert!(check(KRAUS_2Q, 2, &identity).is_ok());
    }

    #[test]
    fn an_operation_is_checked_like_its_parameters() {
        let mut ops = OpBuffer::<16>::new();
        for params in [[0.1, 0.2, 0.3], [0.1, 0.2, 3.0]] {
            let params = Params::Reals(&params);
            let kind = OpKind::Channel;
            ops.push(Parts { kind, flags: 0, gate: PAULI_1Q, qubits: &[0], params }).unwrap();
        }
        let batch = ops.batch();
        let mut ops = batch.ops().iter();
        assert_eq!(check_op(ops.next().unwrap()).unwrap().name, "pauli_1q");
        assert!(check_op(ops.next().unwrap()).is_err());
    }
}
