//! How many numbers a state takes, and the refusal if they cannot be addressed.

use crate::error::{Case, Error, ErrorKind, Result};
use crate::real::{Complex, Real};

/// How a state grows, and what to say if it grows too large.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// What it is, with its article.
    pub(crate) what: &'static str,
    /// It has two to the power of so many times the qubits.
    pub(crate) bits_per_qubit: u32,
    /// Most qubits, whatever the memory.
    pub(crate) qubits_max: u32,
    /// What to do instead.
    pub(crate) way_out: &'static str,
}

/// How many complex numbers the state of `qubit_count` qubits has, if they can be addressed at all.
pub(crate) fn count<R: Real>(size: &Size, qubit_count: u32) -> Result<usize> {
    let limit = isize::MAX.unsigned_abs() / size_of::<Complex<R>>();
    let bits = qubit_count.checked_mul(size.bits_per_qubit);
    match bits.and_then(|bits| 1_usize.checked_shl(bits)) {
        Some(count) if qubit_count <= size.qubits_max && count <= limit => Ok(count),
        _ => Err(too_large::<R>(size, qubit_count, limit)),
    }
}

#[cold]
fn too_large<R: Real>(size: &Size, qubit_count: u32, limit: usize) -> Error {
    let Size { what, bits_per_qubit, way_out, .. } = *size;
    let qubits_max = size.qubits_max.min(limit.ilog2() / bits_per_qubit);
    let (needed, available) = (u64::from(qubit_count), u64::from(qubits_max));
    let error = Error::from(ErrorKind::Capacity { what: "qubits", needed, available });
    let bytes_each = size_of::<Complex<R>>().ilog2();
    let exponent = needed * u64::from(bits_per_qubit) + u64::from(bytes_each);
    error.of_case(Case::StateTooLarge { what, qubit_count, exponent, qubits_max, way_out })
}
