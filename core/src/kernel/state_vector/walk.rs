//! How a kernel walks over amplitudes: in runs of neighbours that differ only in the operands.
//!
//! A walker cuts the amplitudes into equally long runs, one for each value of the operand qubits,
//! and hands them to a leaf that loops over them side by side; there is no index arithmetic and no
//! bounds check inside. Low qubits have short runs, so on targets with room for code those lengths
//! are compile-time constants and the leaf is unrolled. The bits do not depend on it.

use crate::kernel::UNROLL;
use crate::real::{Complex, Real};

type Run<'a, R> = &'a mut [Complex<R>];

/// Hands `leaf` the runs in which `qubit` is 0 and 1.
#[inline(always)]
pub(in crate::kernel) fn pairs<R>(
    amps: Run<'_, R>,
    qubit: u32,
    mut leaf: impl FnMut(Run<'_, R>, Run<'_, R>),
) {
    debug_assert!((1_usize << qubit) < amps.len(), "qubit {qubit} of {} amplitudes", amps.len());
    match qubit {
        0 if UNROLL => pairs_of(amps, 1, &mut leaf),
        1 if UNROLL => pairs_of(amps, 2, &mut leaf),
        2 if UNROLL => pairs_of(amps, 4, &mut leaf),
        _ => pairs_of(amps, 1 << qubit, &mut leaf),
    }
}

#[inline(always)]
fn pairs_of<R>(amps: Run<'_, R>, stride: usize, leaf: &mut impl FnMut(Run<'_, R>, Run<'_, R>)) {
    for block in amps.chunks_exact_mut(2 * stride) {
        let (zeros, ones) = block.split_at_mut(stride);
        leaf(zeros, ones);
    }
}

/// Replaces `a, b` by `f(a, b)` for every pair in which `qubit` is 0 and 1.
#[inline(always)]
pub(in crate::kernel) fn map_pairs<R: Real>(
    amps: Run<'_, R>,
    qubit: u32,
    f: impl Fn(Complex<R>, Complex<R>) -> (Complex<R>, Complex<R>) + Copy,
) {
    debug_assert!((1_usize << qubit) < amps.len(), "qubit {qubit} of {} amplitudes", amps.len());
    match qubit {
        0 if UNROLL => map_near_pairs(amps, 1, f),
        1 if UNROLL => map_near_pairs(amps, 2, f),
        _ => pairs_of(amps, 1 << qubit, &mut |zeros: Run<'_, R>, ones: Run<'_, R>| {
            map_runs(zeros, ones, f);
        }),
    }
}

/// As [`map_pairs`] for qubit 0 or 1: eight amplitudes at once.
#[inline(always)]
fn map_near_pairs<R: Real>(
    amps: Run<'_, R>,
    stride: usize,
    f: impl Fn(Complex<R>, Complex<R>) -> (Complex<R>, Complex<R>) + Copy,
) {
    let (blocks, rest) = amps.as_chunks_mut::<8>();
    for block in blocks {
        let old = *block;
        for k in 0..4 {
            let zero = ((k & !(stride - 1)) * 2) | (k & (stride - 1));
            (block[zero], block[zero + stride]) = f(old[zero], old[zero + stride]);
        }
    }
    pairs_of(rest, stride, &mut |zeros: Run<'_, R>, ones: Run<'_, R>| {
        for (a, b) in zeros.iter_mut().zip(ones) {
            (*a, *b) = f(*a, *b);
        }
    });
}

/// Replaces `a, b` by `f(a, b)` along two runs. Four pairs are copied before they are worked on, so
/// that the compiler sees that they do not overlap.
#[inline(always)]
pub(in crate::kernel) fn map_runs<R: Real>(
    zeros: Run<'_, R>,
    ones: Run<'_, R>,
    f: impl Fn(Complex<R>, Complex<R>) -> (Complex<R>, Complex<R>) + Copy,
) {
    if !UNROLL {
        for (a, b) in zeros.iter_mut().zip(ones) {
            (*a, *b) = f(*a, *b);
        }
        return;
    }
    let (zeros, zeros_rest) = zeros.as_chunks_mut::<4>();
    let (ones, ones_rest) = ones.as_chunks_mut::<4>();
    for (a, b) in zeros.iter_mut().zip(ones) {
        // Keeps the compiler from working on many groups of four at once, which it does with more
        // shuffling than arithmetic and with a slow remainder.
        core::hint::black_box(());
        let (old_a, old_b) = (*a, *b);
        for k in 0..4 {
            (a[k], b[k]) = f(old_a[k], old_b[k]);
        }
    }
    for (a, b) in zeros_rest.iter_mut().zip(ones_rest) {
        (*a, *b) = f(*a, *b);
    }
}

/// Hands `leaf` the four runs by the operands' values: run 1 has only `q0` set, run 2 only `q1`.
#[inline(always)]
pub(in crate::kernel) fn quads<R>(
    amps: Run<'_, R>,
    q0: u32,
    q1: u32,
    mut leaf: impl FnMut(Run<'_, R>, Run<'_, R>, Run<'_, R>, Run<'_, R>),
) {
    debug_assert!(q0 != q1, "qubit {q0} twice");
    debug_assert!((1_usize << q0.max(q1)) < amps.len(), "qubits {q0} and {q1} of {}", amps.len());
    let (low, high, swapped) = if q0 < q1 { (q0, q1, false) } else { (q1, q0, true) };
    let high = 1 << high;
    match low {
        0 if UNROLL => quads_of(amps, 1, high, swapped, &mut leaf),
        1 if UNROLL => quads_of(amps, 2, high, swapped, &mut leaf),
        _ => quads_of(amps, 1 << low, high, swapped, &mut leaf),
    }
}

#[inline(always)]
fn quads_of<R>(
    amps: Run<'_, R>,
    low: usize,
    high: usize,
    swapped: bool,
    leaf: &mut impl FnMut(Run<'_, R>, Run<'_, R>, Run<'_, R>, Run<'_, R>),
) {
    for block in amps.chunks_exact_mut(2 * high) {
        let (without, with) = block.split_at_mut(high);
        for (a, b) in without.chunks_exact_mut(2 * low).zip(with.chunks_exact_mut(2 * low)) {
            let (s00, s_low) = a.split_at_mut(low);
            let (s_high, s11) = b.split_at_mut(low);
            let (s_first, s_second) = if swapped { (s_high, s_low) } else { (s_low, s_high) };
            leaf(s00, s_first, s_second, s11);
        }
    }
}

/// Hands `leaf` the eight runs of three qubits in ascending order `sorted`: bit `j` of a run's
/// place is the value of `sorted[j]`.
#[inline(always)]
pub(in crate::kernel) fn octs<R>(
    amps: Run<'_, R>,
    sorted: [u32; 3],
    mut leaf: impl FnMut([Run<'_, R>; 8]),
) {
    debug_assert!(sorted[0] < sorted[1] && sorted[1] < sorted[2], "{sorted:?}");
    let [low, mid, high] = sorted.map(|qubit| 1_usize << qubit);
    for block in amps.chunks_exact_mut(2 * high) {
        let (h0, h1) = block.split_at_mut(high);
        for (h0, h1) in h0.chunks_exact_mut(2 * mid).zip(h1.chunks_exact_mut(2 * mid)) {
            let ((m0, m1), (m2, m3)) = (h0.split_at_mut(mid), h1.split_at_mut(mid));
            let pairs0 = m0.chunks_exact_mut(2 * low).zip(m1.chunks_exact_mut(2 * low));
            let pairs1 = m2.chunks_exact_mut(2 * low).zip(m3.chunks_exact_mut(2 * low));
            for ((m0, m1), (m2, m3)) in pairs0.zip(pairs1) {
                let ((s0, s1), (s2, s3)) = (m0.split_at_mut(low), m1.split_at_mut(low));
                let ((s4, s5), (s6, s7)) = (m2.split_at_mut(low), m3.split_at_mut(low));
                leaf([s0, s1, s2, s3, s4, s5, s6, s7]);
            }
        }
    }
}
