//! Clifford gates: how each rewrites its qubits' rows.
//!
//! After the gate `G` the row of `P` is the old image of `G^-1 P G`. Names and signs are those of
//! [`crate::op::gates::Primitive`].

use super::row::{negate, rows, rows_of_two, set_sign, times};
use super::short;
use crate::kernel::{IS_READ, UNROLL};

/// Runs `$body` with `words` a compile-time constant for tableaus of at most 128 qubits.
macro_rules! by_words {
    ($words:ident, $body:expr) => {
        match $words {
            1 if UNROLL => {
                let $words = 1;
                $body
            }
            2 if UNROLL => {
                let $words = 2;
                $body
            }
            _ => $body,
        }
    };
}

/// Exchanges two rows.
#[inline(always)]
fn exchange(a: &mut [u64], b: &mut [u64]) {
    if !IS_READ {
        a.swap_with_slice(b);
        return;
    }
    for (a, b) in a.iter_mut().zip(b) {
        core::mem::swap(a, b);
    }
}

/// Pauli X.
#[inline]
pub fn x(tableau: &mut [u64], words: usize, q: usize) {
    if let Some((_, z)) = rows(tableau, words, q) {
        negate(z);
    }
}

/// Pauli Y.
#[inline]
pub fn y(tableau: &mut [u64], words: usize, q: usize) {
    if let Some((x, z)) = rows(tableau, words, q) {
        negate(x);
        negate(z);
    }
}

/// Pauli Z.
#[inline]
pub fn z(tableau: &mut [u64], words: usize, q: usize) {
    if let Some((x, _)) = rows(tableau, words, q) {
        negate(x);
    }
}

/// Hadamard: the rows change places.
#[inline]
pub fn h(tableau: &mut [u64], words: usize, q: usize) {
    if short::is_short(tableau) {
        return short::h(tableau, q);
    }
    by_words!(words, {
        if let Some((x, z)) = rows(tableau, words, q) {
            exchange(x, z);
        }
    });
}

/// Multiplies the X row by the Z row and by `i^power`.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn x_times_z(tableau: &mut [u64], words: usize, q: usize, power: u32) {
    by_words!(words, {
        if let Some((x, z)) = rows(tableau, words, q) {
            let product = times(x, z, words);
            set_sign(x, product + power);
        }
    });
}

/// Multiplies the Z row by the X row and by `i^power`.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn z_times_x(tableau: &mut [u64], words: usize, q: usize, power: u32) {
    by_words!(words, {
        if let Some((x, z)) = rows(tableau, words, q) {
            let product = times(z, x, words);
            set_sign(z, product + power);
        }
    });
}

/// Quarter turn about Z: X becomes the old -Y = -i X Z.
#[inline]
pub fn s(tableau: &mut [u64], words: usize, q: usize) {
    x_times_z(tableau, words, q, 3);
}

/// Quarter turn back about Z: X becomes the old Y = i X Z.
#[inline]
pub fn sdg(tableau: &mut [u64], words: usize, q: usize) {
    x_times_z(tableau, words, q, 1);
}

/// Quarter turn about X: Z becomes the old Y = -i Z X.
#[inline]
pub fn sqrt_x(tableau: &mut [u64], words: usize, q: usize) {
    z_times_x(tableau, words, q, 3);
}

/// Quarter turn back about X: Z becomes the old -Y = i Z X.
#[inline]
pub fn sqrt_xdg(tableau: &mut [u64], words: usize, q: usize) {
    z_times_x(tableau, words, q, 1);
}

/// Quarter turn about Y: X becomes the old Z, Z the old -X.
#[inline]
pub fn sqrt_y(tableau: &mut [u64], words: usize, q: usize) {
    if let Some((x, z)) = rows(tableau, words, q) {
        exchange(x, z);
        negate(z);
    }
}

/// Quarter turn back about Y: X becomes the old -Z, Z the old X.
#[inline]
pub fn sqrt_ydg(tableau: &mut [u64], words: usize, q: usize) {
    if let Some((x, z)) = rows(tableau, words, q) {
        exchange(x, z);
        negate(x);
    }
}

/// Controlled X.
#[inline]
pub fn cx(tableau: &mut [u64], words: usize, control: usize, target: usize) {
    if short::is_short(tableau) {
        return short::cx(tableau, control, target);
    }
    by_words!(words, {
        if let Some([xc, zc, xt, zt]) = rows_of_two(tableau, words, control, target) {
            let power = times(zt, zc, words);
            set_sign(zt, power);
            let power = times(xc, xt, words);
            set_sign(xc, power);
        }
    });
}

/// Controlled Y.
#[inline]
pub fn cy(tableau: &mut [u64], words: usize, control: usize, target: usize) {
    sdg(tableau, words, target);
    cx(tableau, words, control, target);
    s(tableau, words, target);
}

/// Controlled Z.
#[inline]
pub fn cz(tableau: &mut [u64], words: usize, a: usize, b: usize) {
    by_words!(words, {
        if let Some([xa, za, xb, zb]) = rows_of_two(tableau, words, a, b) {
            let power = times(xa, zb, words);
            set_sign(xa, power);
            let power = times(xb, za, words);
            set_sign(xb, power);
        }
    });
}

/// Exchange of two qubits.
#[inline]
pub fn swap(tableau: &mut [u64], words: usize, a: usize, b: usize) {
    if let Some([xa, za, xb, zb]) = rows_of_two(tableau, words, a, b) {
        exchange(xa, xb);
        exchange(za, zb);
    }
}
