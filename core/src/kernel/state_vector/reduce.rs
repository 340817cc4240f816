//! Sums over amplitudes, and what is read out of a state.
//!
//! The order of a sum is part of the contract, so that scalar, SIMD and threaded code agree:
//! - up to [`LEAF`] amplitudes: [`LANES`] partial sums in the state's own precision, amplitude `i`
//!   goes to lane `i mod 8`, each lane in index order, starting at 0; amplitudes that do not count
//!   add 0 (which changes nothing, so they may be skipped). Then the lanes are halved three times:
//!   lane `k` plus lane `k + 4`, `k + 2`, `k + 1`;
//! - more: the sum of the lower half plus the sum of the upper half, in `f64`.

use crate::kernel::digest::Fnv;
use crate::kernel::{UNROLL, cut};
use crate::real::{Complex, Real};

/// Partial sums of a leaf.
pub const LANES: usize = 8;
/// Most amplitudes that are summed up without halving.
pub const LEAF: usize = 4096;

#[inline(always)]
fn add_run<R: Real>(lanes: &mut [R; LANES], run: &[Complex<R>]) {
    let (chunks, rest) = run.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, amp) in lanes.iter_mut().zip(chunk) {
            *lane += amp.norm_sqr();
        }
    }
    for (lane, amp) in lanes.iter_mut().zip(rest) {
        *lane += amp.norm_sqr();
    }
}

#[inline(always)]
fn fold<R: Real>(l: [R; LANES]) -> f64 {
    let (a, b, c, d) = (l[0] + l[4], l[1] + l[5], l[2] + l[6], l[3] + l[7]);
    ((a + c) + (b + d)).to_f64()
}

/// The squared norm of the state.
#[must_use]
pub fn norm_sqr<R: Real>(amps: &[Complex<R>]) -> f64 {
    if amps.len() > LEAF {
        let (low, high) = amps.split_at(amps.len() / 2);
        return norm_sqr(low) + norm_sqr(high);
    }
    let mut lanes = [R::ZERO; LANES];
    add_run(&mut lanes, amps);
    fold(lanes)
}

/// The squared norms of the two halves of the state in which `qubit` is 0 and 1. They are the
/// probabilities if their sum is 1. Needs `2^n` amplitudes and `qubit < n`.
#[must_use]
pub fn weights<R: Real>(amps: &[Complex<R>], qubit: u32) -> [f64; 2] {
    debug_assert!((1_usize << qubit) < amps.len(), "qubit {qubit} of {} amplitudes", amps.len());
    weights_of(amps, 1 << qubit)
}

fn weights_of<R: Real>(amps: &[Complex<R>], stride: usize) -> [f64; 2] {
    if amps.len() > LEAF {
        let (low, high) = amps.split_at(amps.len() / 2);
        if stride == low.len() {
            return [norm_sqr(low), norm_sqr(high)];
        }
        let (low, high) = (weights_of(low, stride), weights_of(high, stride));
        return [low[0] + high[0], low[1] + high[1]];
    }
    let (zeros, ones) =
        if UNROLL { halves_by_runs(amps, stride) } else { halves_briefly(amps, stride) };
    [fold(zeros), fold(ones)]
}

/// The lanes of a leaf's halves, run by run.
fn halves_by_runs<R: Real>(amps: &[Complex<R>], stride: usize) -> ([R; LANES], [R; LANES]) {
    let (mut zeros, mut ones) = ([R::ZERO; LANES], [R::ZERO; LANES]);
    if stride < LANES {
        let mut lanes = [R::ZERO; LANES];
        add_run(&mut lanes, amps);
        let places = zeros.iter_mut().zip(&mut ones).zip(lanes);
        for (lane, ((zero, one), sum)) in places.enumerate() {
            if lane & stride == 0 { *zero = sum } else { *one = sum }
        }
    } else {
        for block in amps.chunks_exact((2 * stride).max(1)) {
            let (a, b) = cut(block, stride);
            add_run(&mut zeros, a);
            add_run(&mut ones, b);
        }
    }
    (zeros, ones)
}

/// The same sums, one amplitude at a time: a run begins at a multiple of [`LANES`], or all amplitudes are
/// one run, so an amplitude's lane is that of its index.
fn halves_briefly<R: Real>(amps: &[Complex<R>], stride: usize) -> ([R; LANES], [R; LANES]) {
    let (mut zeros, mut ones) = ([R::ZERO; LANES], [R::ZERO; LANES]);
    for (index, amp) in amps.iter().enumerate() {
        let lanes = if index & stride == 0 { &mut zeros } else { &mut ones };
        lanes[index % LANES] += amp.norm_sqr();
    }
    (zeros, ones)
}

/// The probabilities of all values of `qubits`, the others summed over: `out[v]`, where bit `j` of
/// `v` is the value of `qubits[j]`. Each entry is summed in index order in `f64`.
/// Needs different qubits below `n`; `out` has `2^k` places.
pub fn marginals<R: Real>(amps: &[Complex<R>], qubits: &[u32], out: &mut [f64]) {
    out.fill(0.0);
    for (index, amp) in amps.iter().enumerate() {
        let value = qubits
            .iter()
            .enumerate()
            .fold(0, |value, (j, &qubit)| value | ((index >> qubit) & 1) << j);
        if let Some(sum) = out.get_mut(value) {
            *sum += amp.norm_sqr().to_f64();
        }
    }
}

/// The amplitudes of the basis states in which `qubits` take all their values and all others are 0:
/// re and im of value `v` at `out[2 v]` and `out[2 v + 1]`.
/// Needs different qubits below `n`; `out` has `2 * 2^k` places.
pub fn amplitudes<R: Real>(amps: &[Complex<R>], qubits: &[u32], out: &mut [f64]) {
    for (value, pair) in out.chunks_exact_mut(2).enumerate() {
        let index = qubits
            .iter()
            .enumerate()
            .fold(0, |index, (j, &qubit)| index | ((value >> j) & 1) << qubit);
        let amp = amps.get(index).copied().unwrap_or(Complex::ZERO);
        pair[0] = amp.re.to_f64();
        pair[1] = amp.im.to_f64();
    }
}

/// The reduced density matrix of `qubits`, the others traced out: row-major, bit `j` of a row or
/// column is `qubits[j]`; `SIZE` is 2 to the power of the qubits. Each entry is summed in index order
/// in `f64`. Needs different qubits below `n`.
#[must_use]
pub fn reduced<R: Real, const SIZE: usize>(
    amps: &[Complex<R>],
    qubits: &[u32],
) -> [[Complex<f64>; SIZE]; SIZE] {
    let mut sums = [[Complex::<f64>::ZERO; SIZE]; SIZE];
    let mask = qubits.iter().fold(0_usize, |mask, &qubit| mask | 1 << qubit);
    let places: [usize; SIZE] = core::array::from_fn(|value| {
        let bits = qubits.iter().enumerate();
        bits.fold(0, |place, (j, &qubit)| place | ((value >> j) & 1) << qubit)
    });
    for base in (0..amps.len()).filter(|base| base & mask == 0) {
        let v = places.map(|place| amps.get(base | place).map_or(Complex::ZERO, |a| a.cast()));
        for (row, a) in sums.iter_mut().zip(v) {
            for (sum, b) in row.iter_mut().zip(v) {
                *sum = *sum + a * b.conj();
            }
        }
    }
    sums
}

/// FNV-1a over the little-endian bytes of re and im of every amplitude in index order.
#[must_use]
pub fn digest<R: Real>(amps: &[Complex<R>]) -> u64 {
    let mut hash = Fnv::new();
    for amp in amps {
        hash = hash.with_bytes(amp.re.to_bits_u64(), R::BYTES);
        hash = hash.with_bytes(amp.im.to_bits_u64(), R::BYTES);
    }
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Seed, ShotId, StreamId};
    use crate::rng::Stream;
    use std::vec::Vec;

    #[test]
    fn lanes_are_the_same_bits_by_runs_and_one_by_one() {
        let mut stream = Stream::of(Seed(3), ShotId(0), StreamId(1));
        for qubits in 1..=12 {
            #[expect(clippy::cast_possible_truncation, reason = "single precision is meant")]
            let mut draw = || stream.unit_f64() as f32 - 0.5;
            let amps: Vec<Complex<f32>> =
                (0..1 << qubits).map(|_| Complex::new(draw(), draw())).collect();
            for qubit in 0..qubits {
                let (runs, brief) =
                    (halves_by_runs(&amps, 1 << qubit), halves_briefly(&amps, 1 << qubit));
                let bits = |lanes: [f32; LANES]| lanes.map(f32::to_bits);
                assert_eq!(bits(runs.0), bits(brief.0), "qubit {qubit} of {qubits}");
                assert_eq!(bits(runs.1), bits(brief.1), "qubit {qubit} of {qubits}");
            }
        }
    }
}
