//! Channels on two qubits.
//!
//! Elements that differ only in the two qubits make a block of 16; place `r + 4 c` of a block is
//! that with the values `r` in the row and `c` in the column, bit `j` of a value being operand `j`.

use super::parts_of;
use crate::real::{Complex, Real};

/// Hands each block to `f`, one after the other.
fn blocks<R: Real>(
    rho: &mut [Complex<R>],
    qubit_count: u32,
    qubits: [u32; 2],
    mut f: impl FnMut(&mut [Complex<R>; 16]),
) {
    let [a, b] = qubits.map(|qubit| 1_usize << qubit);
    let value = |value: usize| ((value & 1) * a) | ((value >> 1) * b);
    let offsets: [usize; 16] =
        core::array::from_fn(|place| value(place & 3) | value(place >> 2) << qubit_count);
    let operands = (a | b) | (a | b) << qubit_count;
    for base in parts_of((rho.len() - 1) & !operands) {
        let mut block = [Complex::ZERO; 16];
        for (element, offset) in block.iter_mut().zip(offsets) {
            *element = rho.get(base | offset).copied().unwrap_or(Complex::ZERO);
        }
        f(&mut block);
        for (element, offset) in block.into_iter().zip(offsets) {
            if let Some(place) = rho.get_mut(base | offset) {
                *place = element;
            }
        }
    }
}

/// Pairs of Paulis: entry `p` of `probabilities` is that of Pauli `p % 4` on operand 0 and `p / 4`
/// on operand 1, with 0 I, 1 X, 2 Y, 3 Z.
pub fn pauli_2q<R: Real>(
    rho: &mut [Complex<R>],
    qubit_count: u32,
    qubits: [u32; 2],
    probabilities: &[f64; 16],
) {
    // A Pauli with x bits `x` and z bits `z` takes element (r, c) from (r ^ x, c ^ x), with a minus
    // for an odd overlap of `z` and r ^ c. So what counts is the sum over `z`.
    let mut weights = [[0.0; 4]; 4];
    for (pauli, probability) in probabilities.iter().enumerate() {
        let (p0, p1) = (pauli % 4, pauli / 4);
        let x = usize::from(matches!(p0, 1 | 2)) | usize::from(matches!(p1, 1 | 2)) << 1;
        let z = usize::from(p0 >= 2) | usize::from(p1 >= 2) << 1;
        for (difference, row) in weights.iter_mut().enumerate() {
            let minus = (z & difference).count_ones() % 2 == 1;
            row[x] += if minus { -probability } else { *probability };
        }
    }
    let weights = weights.map(|row| row.map(R::from_f64));
    blocks(rho, qubit_count, qubits, |block| {
        let old = *block;
        for (place, element) in block.iter_mut().enumerate() {
            let (r, c) = (place & 3, place >> 2);
            let row = &weights[r ^ c];
            let mut sum = old[place].scale(row[0]);
            for x in 1..4 {
                sum = sum + old[(r ^ x) | (c ^ x) << 2].scale(row[x]);
            }
            *element = sum;
        }
    });
}

/// Any channel as its superoperator: a row-major 16 by 16 matrix on the places of a block, products
/// added up from column 0 on.
pub fn superoperator_2q<R: Real>(
    rho: &mut [Complex<R>],
    qubit_count: u32,
    qubits: [u32; 2],
    m: &[Complex<R>; 256],
) {
    let (rows, _) = m.as_chunks::<16>();
    blocks(rho, qubit_count, qubits, |block| {
        let old = *block;
        for (element, row) in block.iter_mut().zip(rows) {
            let mut sum = row[0] * old[0];
            for (&entry, &from) in row[1..].iter().zip(&old[1..]) {
                sum = sum + entry * from;
            }
            *element = sum;
        }
    });
}
