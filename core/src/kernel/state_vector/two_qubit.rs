//! Gates on two qubits that have a structure worth using.
//!
//! Every function needs `2^n` amplitudes and two different qubits below `n`. Below, `a00` to `a11`
//! are the four amplitudes that differ only in the operands; the first digit is the first operand.

use super::walk::{halves, map_fours, map_runs, quads};
use super::{Factor, times_i, times_minus_i};
use crate::kernel::UNROLL;
use crate::kernel::arch::{HAS_TWINS, by_parity};
use crate::real::{Complex, Real};

/// Controlled X: exchanges `a10` and `a11`. Exact.
pub fn cx<R: Real>(amps: &mut [Complex<R>], control: u32, target: u32) {
    quads(amps, control, target, |_, s10, _, s11| {
        for (a, b) in s10.iter_mut().zip(s11) {
            core::mem::swap(a, b);
        }
    });
}

/// Controlled Y: `a10, a11 = -i a11, i a10`, or the complex conjugate if `conj`. Exact.
pub fn controlled_y<R: Real>(amps: &mut [Complex<R>], control: u32, target: u32, conj: bool) {
    quads(amps, control, target, |_, s10, _, s11| {
        for (a, b) in s10.iter_mut().zip(s11) {
            let (a0, b0) = if conj { (-*a, -*b) } else { (*a, *b) };
            (*a, *b) = (times_minus_i(b0), times_i(a0));
        }
    });
}

/// Controlled Z: negates `a11`. Exact.
pub fn cz<R: Real>(amps: &mut [Complex<R>], q0: u32, q1: u32) {
    quads(amps, q0, q1, |_, _, _, s11| {
        for a in s11 {
            *a = -*a;
        }
    });
}

/// Controlled phase: `a11 = d a11`.
pub fn cphase<R: Real>(amps: &mut [Complex<R>], q0: u32, q1: u32, d: Complex<R>) {
    quads(amps, q0, q1, |_, _, _, s11| {
        for a in s11 {
            *a = d * *a;
        }
    });
}

/// Controlled diagonal (controlled Rz): `a10, a11 = d0 a10, d1 a11`.
pub fn controlled_diagonal<R: Real>(
    amps: &mut [Complex<R>],
    control: u32,
    target: u32,
    d0: Complex<R>,
    d1: Complex<R>,
) {
    quads(amps, control, target, |_, s10, _, s11| {
        for a in s10 {
            *a = d0 * *a;
        }
        for b in s11 {
            *b = d1 * *b;
        }
    });
}

/// Any controlled one-qubit matrix, row-major: `a10, a11 = m0 a10 + m1 a11, m2 a10 + m3 a11`.
pub fn controlled_matrix<R: Real>(
    amps: &mut [Complex<R>],
    control: u32,
    target: u32,
    m: [Complex<R>; 4],
) {
    quads(amps, control, target, |_, s10, _, s11| {
        for (a, b) in s10.iter_mut().zip(s11) {
            let (a0, b0) = (*a, *b);
            *a = m[0] * a0 + m[1] * b0;
            *b = m[2] * a0 + m[3] * b0;
        }
    });
}

/// A phase by parity (`ZZPhase`): `even` times `a00` and `a11`, `odd` times `a01` and `a10`.
pub fn parity<R: Real>(
    amps: &mut [Complex<R>],
    q0: u32,
    q1: u32,
    even: Complex<R>,
    odd: Complex<R>,
) {
    if by_parity(amps, q0, Some(q1), even, odd) {
        return;
    }
    let (low, high) = (q0.min(q1), q0.max(q1));
    if high < 2 && !HAS_TWINS {
        let (even, odd) = (Factor::new(even), Factor::new(odd));
        by_pattern(amps, [even, odd, odd, even]);
    } else if low < 2 && !UNROLL && !HAS_TWINS {
        let (even, odd) = (Factor::new(even), Factor::new(odd));
        for (without, with) in halves(amps, 1 << high) {
            if low == 0 {
                by_pattern(without, [even, odd, even, odd]);
                by_pattern(with, [odd, even, odd, even]);
            } else {
                by_pattern(without, [even, even, odd, odd]);
                by_pattern(with, [odd, odd, even, even]);
            }
        }
    } else if low < 2 && !HAS_TWINS {
        quads(amps, q0, q1, |s00, s10, s01, s11| {
            for (a, b) in s00.iter_mut().zip(s10) {
                *a = even * *a;
                *b = odd * *b;
            }
            for (a, b) in s01.iter_mut().zip(s11) {
                *a = odd * *a;
                *b = even * *b;
            }
        });
    } else {
        let (even, odd) = (Factor::new(even), Factor::new(odd));
        quads(amps, q0, q1, |s00, s10, s01, s11| {
            let (first, second) =
                (|a, b| (even.times(a), odd.times(b)), |a, b| (odd.times(a), even.times(b)));
            if UNROLL || HAS_TWINS {
                map_runs(s00, s10, first);
                map_runs(s01, s11, second);
            } else {
                map_fours(s00, s10, first);
                map_fours(s01, s11, second);
            }
        });
    }
}

/// Multiplies four neighbours at a time by the factors of `pattern`.
#[inline(always)]
fn by_pattern<R: Real>(run: &mut [Complex<R>], pattern: [Factor<R>; 4]) {
    let (chunks, _) = run.as_chunks_mut::<4>();
    for chunk in chunks {
        let [a, b, c, d] = *chunk;
        let [of_a, of_b, of_c, of_d] = pattern;
        *chunk = [of_a.times(a), of_b.times(b), of_c.times(c), of_d.times(d)];
    }
}

/// Exchanges the two qubits. Exact.
pub fn swap<R: Real>(amps: &mut [Complex<R>], q0: u32, q1: u32) {
    quads(amps, q0, q1, |_, s10, s01, _| {
        for (a, b) in s10.iter_mut().zip(s01) {
            core::mem::swap(a, b);
        }
    });
}

/// Exchanges the two qubits with a phase i on what was exchanged, or -i if `conj`. Exact.
pub fn iswap<R: Real>(amps: &mut [Complex<R>], q0: u32, q1: u32, conj: bool) {
    quads(amps, q0, q1, |_, s10, s01, _| {
        for (a, b) in s10.iter_mut().zip(s01) {
            let (a0, b0) = if conj { (-*a, -*b) } else { (*a, *b) };
            (*a, *b) = (times_i(b0), times_i(a0));
        }
    });
}

/// A rotation that exchanges both qubits' values (XX, YY, phased XX):
/// `a00, a11 = c a00 + upper a11, c a11 + lower a00` and
/// `a10, a01 = c a10 + odd a01, c a01 + odd a10`.
pub fn exchange<R: Real>(
    amps: &mut [Complex<R>],
    q0: u32,
    q1: u32,
    c: R,
    [upper, lower, odd]: [Complex<R>; 3],
) {
    quads(amps, q0, q1, |s00, s10, s01, s11| {
        exchange_run(s00, s11, c, upper, lower);
        exchange_run(s10, s01, c, odd, odd);
    });
}

#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn exchange_run<R: Real>(
    first: &mut [Complex<R>],
    second: &mut [Complex<R>],
    c: R,
    upper: Complex<R>,
    lower: Complex<R>,
) {
    for (a, b) in first.iter_mut().zip(second) {
        let (a0, b0) = (*a, *b);
        *a = a0.scale(c) + upper * b0;
        *b = b0.scale(c) + lower * a0;
    }
}
