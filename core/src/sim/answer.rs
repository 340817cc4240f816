//! What simulators give back: outcomes, and answers to state queries.

use crate::error::{ErrorKind, Result};
use crate::op::{Op, Outcome};

/// The outcome of a measurement.
#[inline]
pub(crate) fn outcome(op: Op<'_>, value: bool, op_index: u32) -> Outcome {
    Outcome {
        id: op.result_id(),
        value: u64::from(value),
        kind: op.kind() as u8,
        flags: 0,
        reserved0: 0,
        op_index,
    }
}

/// Checks the qubits of a state query and the length of its answer.
pub(crate) fn check_query(
    qubits: &[u32],
    qubit_count: u32,
    numbers_each: usize,
    out_len: usize,
) -> Result<()> {
    for (index, &qubit) in qubits.iter().enumerate() {
        if qubit >= qubit_count {
            return Err(ErrorKind::QubitOutOfRange { qubit, width: qubit_count }.into());
        }
        if qubits[..index].contains(&qubit) {
            return Err(ErrorKind::SameQubit { qubit }.into());
        }
    }
    let values = u32::try_from(qubits.len()).ok().and_then(|k| 1_usize.checked_shl(k));
    let needed = values.and_then(|values| values.checked_mul(numbers_each));
    if needed == Some(out_len) {
        return Ok(());
    }
    let needed = needed.map_or(u64::MAX, |needed| needed as u64);
    let what = "numbers in the answer to a state query (exactly)";
    Err(ErrorKind::Capacity { what, needed, available: out_len as u64 }.into())
}
