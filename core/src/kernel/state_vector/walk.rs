//! How a kernel walks over amplitudes: in runs of neighbours that differ only in the operands.
//!
//! A walker cuts the amplitudes into equally long runs, one for each value of the operand qubits,
//! and hands them to a leaf that loops over them side by side; there is no index arithmetic and no
//! bounds check inside. Low qubits have short runs, so on targets with room for code those lengths
//! are compile-time constants and the leaf is unrolled. The bits do not depend on it.

use crate::kernel::UNROLL;
use crate::real::{Complex, Real};

type Run<'a, R> = &'a mut [Complex<R>];

/// The two halves, `stride` long, of every block of `2 * stride`.
#[cfg(all(target_pointer_width = "64", not(target_os = "none")))]
#[inline(always)]
pub(in crate::kernel) fn halves<R>(
    amps: Run<'_, R>,
    stride: usize,
) -> impl Iterator<Item = (Run<'_, R>, Run<'_, R>)> {
    amps.chunks_exact_mut(2 * stride).map(move |block| block.split_at_mut(stride))
}

/// As above, where loops are read for panics. What does not fit is left out, since a slice that
/// panics has no place in a loop in real time; and chunks are not counted, which takes a division.
#[cfg(any(target_os = "none", not(target_pointer_width = "64")))]
#[inline(always)]
pub(in crate::kernel) fn halves<R>(
    mut amps: Run<'_, R>,
    stride: usize,
) -> impl Iterator<Item = (Run<'_, R>, Run<'_, R>)> {
    let stride = stride.max(1);
    core::iter::from_fn(move || {
        let (zeros, rest) = core::mem::take(&mut amps).split_at_mut_checked(stride)?;
        let (ones, rest) = rest.split_at_mut_checked(stride)?;
        amps = rest;
        Some((zeros, ones))
    })
}

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
    for (zeros, ones) in halves(amps, stride) {
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

/// As [`map_pairs`], for the gates that a board's tight loop is made of: where there is little room
/// for code, these alone have four pairs written out, for which a compiler told to be brief does not
/// unroll a loop.
#[inline(always)]
pub(in crate::kernel) fn map_hot_pairs<R: Real>(
    amps: Run<'_, R>,
    qubit: u32,
    f: impl Fn(Complex<R>, Complex<R>) -> (Complex<R>, Complex<R>) + Copy,
) {
    match qubit {
        _ if UNROLL || amps.len() < 8 => map_pairs(amps, qubit, f),
        0 => {
            for b in amps.as_chunks_mut::<8>().0 {
                let [a0, b0, a1, b1, a2, b2, a3, b3] = *b;
                let ((a0, b0), (a1, b1), (a2, b2), (a3, b3)) =
                    (f(a0, b0), f(a1, b1), f(a2, b2), f(a3, b3));
                *b = [a0, b0, a1, b1, a2, b2, a3, b3];
            }
        }
        1 => {
            for b in amps.as_chunks_mut::<8>().0 {
                let [a0, a1, b0, b1, a2, a3, b2, b3] = *b;
                let ((a0, b0), (a1, b1), (a2, b2), (a3, b3)) =
                    (f(a0, b0), f(a1, b1), f(a2, b2), f(a3, b3));
                *b = [a0, a1, b0, b1, a2, a3, b2, b3];
            }
        }
        _ => {
            for (zeros, ones) in halves(amps, 1 << qubit) {
                map_fours(zeros, ones, f);
            }
        }
    }
}

/// Replaces `a, b` by `f(a, b)` along two runs, four at a time; what is left over is left alone.
#[inline(always)]
pub(in crate::kernel) fn map_fours<R: Real>(
    zeros: Run<'_, R>,
    ones: Run<'_, R>,
    f: impl Fn(Complex<R>, Complex<R>) -> (Complex<R>, Complex<R>) + Copy,
) {
    let (zeros, ones) = (zeros.as_chunks_mut::<4>().0, ones.as_chunks_mut::<4>().0);
    for (a, b) in zeros.iter_mut().zip(ones) {
        (a[0], b[0]) = f(a[0], b[0]);
        (a[1], b[1]) = f(a[1], b[1]);
        (a[2], b[2]) = f(a[2], b[2]);
        (a[3], b[3]) = f(a[3], b[3]);
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
    for (without, with) in halves(amps, high) {
        for ((s00, s_low), (s_high, s11)) in halves(without, low).zip(halves(with, low)) {
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
    #[cfg(all(target_pointer_width = "64", not(target_os = "none")))]
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
    #[cfg(any(target_os = "none", not(target_pointer_width = "64")))]
    for (h0, h1) in halves(amps, high) {
        for ((m0, m1), (m2, m3)) in halves(h0, mid).zip(halves(h1, mid)) {
            let pairs0 = halves(m0, low).zip(halves(m1, low));
            let pairs1 = halves(m2, low).zip(halves(m3, low));
            for (((s0, s1), (s2, s3)), ((s4, s5), (s6, s7))) in pairs0.zip(pairs1) {
                leaf([s0, s1, s2, s3, s4, s5, s6, s7]);
            }
        }
    }
}
