//! What parameters the gates are tried with.

use core::f64::consts::{FRAC_PI_4, PI};
use std::vec;
use std::vec::Vec;

use super::dense::Dense;
use crate::ids::{Seed, ShotId, StreamId};
use crate::op::gates::{Gate, Traits, slot};
use crate::rng::Stream;

pub(super) fn stream() -> Stream {
    Stream::of(Seed(20), ShotId(0), StreamId::of("test.gates", 0))
}

/// A random unitary: random one- and two-qubit gates.
pub(super) fn random_unitary(qubit_count: u8, stream: &mut Stream) -> Vec<f64> {
    let mut out = Dense::identity(qubit_count);
    for _ in 0..4 {
        for q in 0..qubit_count {
            let angles = [0; 3].map(|_| stream.unit_f64() * 2.0 * PI);
            out = Dense::gate(qubit_count, slot::U3, &[q], &angles).times(&out);
            if q > 0 {
                out = Dense::gate(qubit_count, slot::CX, &[q - 1, q], &[]).times(&out);
            }
        }
    }
    out.entries.iter().flat_map(|z| [z.re, z.im]).collect()
}

/// Parameters to try a gate with: multiples of pi/4, a little off, large ones, random ones.
pub(super) fn samples(gate: &Gate) -> Vec<Vec<f64>> {
    let mut stream = stream();
    if gate.traits.has(Traits::MATRIX) {
        let special = |q: u8| {
            let i = Dense::identity(q).entries;
            let swapped: Vec<_> = i.chunks(1 << q).rev().flatten().copied().collect();
            [i, swapped].map(|m| m.iter().flat_map(|z| [z.re, z.im]).collect::<Vec<_>>())
        };
        let mut all = special(gate.qubit_count).to_vec();
        all.extend((0..10).map(|_| random_unitary(gate.qubit_count, &mut stream)));
        return all;
    }
    let grid: Vec<f64> = (-10..=10).map(|k| f64::from(k) * FRAC_PI_4).collect();
    let mut all = match gate.params.len() {
        0 => vec![vec![]],
        1 => grid.iter().map(|&a| vec![a]).collect(),
        2 => grid.iter().flat_map(|&a| grid.iter().map(move |&b| vec![a, b])).collect(),
        _ => {
            let short = || (-4..=4).map(|k| f64::from(k) * FRAC_PI_4);
            short()
                .flat_map(|a| short().flat_map(move |b| short().map(move |c| vec![a, b, c])))
                .collect::<Vec<_>>()
        }
    };
    for scale in [1e-3, 1.0, 7.0, 1000.0] {
        for _ in 0..10 {
            all.push(gate.params.iter().map(|_| (stream.unit_f64() - 0.5) * scale).collect());
        }
    }
    all
}
