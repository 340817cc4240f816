//! Native gates against the one gate list.

use super::*;
use crate::backend::precheck::DENSE_PARAMS_MIN;
use crate::ids::{Seed, ShotId, StreamId};
use crate::op::gates::{LIST, check_unitary};
use crate::op::{OpBuffer, OpSink};
use crate::rng::Stream;
use std::vec::Vec;

const ANGLES: [f64; 3] = [0.7, -1.3, 2.9];

fn column(gate: u16, params: &[f64], qubits: &[u32], column: usize) -> Vec<Complex<f64>> {
    let mut ops = OpBuffer::<200>::new();
    ops.gate(gate, qubits, params).unwrap();
    let batch = ops.batch();
    let op = batch.ops().iter().next().unwrap();
    let mut amps = std::vec![Complex::ZERO; 1 << qubits.len()];
    amps[column] = Complex::ONE;
    assert!(apply::<f64, false>(&mut amps, &mut Cache::new(), op, 0), "{gate}");
    amps
}

#[test]
fn every_native_gate_does_what_its_matrix_says_global_phase_included() {
    for gate in LIST.iter().filter(|gate| gate.params.len() < DENSE_PARAMS_MIN) {
        let params = &ANGLES[..gate.params.len()];
        let mut matrix = [Complex::ZERO; MATRIX_MAX];
        (gate.matrix)(params, &mut matrix);
        check_unitary(gate.qubit_count, &matrix).unwrap();
        let size = 1 << gate.qubit_count;
        let qubits: Vec<u32> = (0..u32::from(gate.qubit_count)).collect();
        for at in 0..size {
            for (row, amp) in column(gate.slot, params, &qubits, at).into_iter().enumerate() {
                let off = (amp - matrix[row * size + at]).norm_sqr();
                assert!(off < 1e-30, "{} at {row}, {at}: {amp:?}", gate.name);
            }
        }
    }
}

#[test]
fn conjugated_gates_are_the_conjugates() {
    for slot in 1..32_u16 {
        let [qubit_count, param_count] = counts(slot).to_le_bytes();
        let mut ops = OpBuffer::<200>::new();
        let qubits: Vec<u32> = (0..u32::from(qubit_count)).collect();
        ops.gate(slot, &qubits, &ANGLES[..usize::from(param_count)]).unwrap();
        let batch = ops.batch();
        let op = batch.ops().iter().next().unwrap();
        for at in 0..1 << qubit_count {
            let mut plain = std::vec![Complex::<f64>::ZERO; 1 << qubit_count];
            plain[at] = Complex::ONE;
            let mut conj = plain.clone();
            assert!(apply::<f64, false>(&mut plain, &mut Cache::new(), op, 0));
            assert!(apply::<f64, true>(&mut conj, &mut Cache::new(), op, 0));
            for (a, b) in plain.into_iter().zip(conj) {
                assert_eq!(a.conj(), b, "slot {slot}");
            }
        }
    }
}

#[test]
fn the_cache_gives_the_bits_that_a_fresh_computation_gives() {
    let mut cache = Cache::<f32>::new();
    let mut angle = 0.1;
    for round in 0..2000_u32 {
        // Few angles, so that most lookups hit, and many gates, so that places are fought over.
        angle = if round % 7 == 0 { 0.1 } else { angle + 0.37 };
        let slots = [slot::PHASED_X, slot::RZ, slot::RX, slot::U3, slot::PHASED_XX, slot::CPHASE];
        let slot = slots[round as usize % slots.len()];
        let [qubit_count, param_count] = counts(slot).to_le_bytes();
        let params = [angle, -angle, 2.0 * angle];
        let mut ops = OpBuffer::<16>::new();
        let qubits = &[0, 1][..usize::from(qubit_count)];
        ops.gate(slot, qubits, &params[..usize::from(param_count)]).unwrap();
        let batch = ops.batch();
        let got = cache.coefficients(batch.ops().iter().next().unwrap());
        let mut padded = [0.0; 3];
        padded[..usize::from(param_count)].copy_from_slice(&params[..usize::from(param_count)]);
        // What the gate uses does not depend on what was there before.
        let anew = [Complex::ZERO, Complex::ONE].map(|before| {
            let mut anew = [before; 4];
            coefficients::<f32>(slot, padded, &mut anew);
            anew
        });
        assert_eq!(anew[0][0], anew[1][0]);
        for place in (0..4).filter(|&place| anew[0][place] == anew[1][place]) {
            assert_eq!(got[place], anew[0][place]);
        }
    }
}

#[test]
fn the_two_off_diagonal_entries_have_the_bits_of_two_calls_of_sine_and_cosine() {
    fn alone<R: Real>(s: R, angle: f64) -> [u64; 2] {
        let turn = cis::<R>(angle);
        [(s * turn.im).to_bits_u64(), (-(s * turn.re)).to_bits_u64()]
    }
    fn both<R: Real>(s: R, angle: f64) {
        let [minus, plus] = off_diagonals(s, angle);
        let bits = |z: Complex<R>| [z.re.to_bits_u64(), z.im.to_bits_u64()];
        assert_eq!(bits(minus), alone(s, -angle), "{angle}");
        assert_eq!(bits(plus), alone(s, angle), "{angle}");
    }
    let mut stream = Stream::of(Seed(1), ShotId(2), StreamId(3));
    // Around 0, where the reduction is none, over its middle range, and where it is the long one.
    for scale in [0.0, 1e-300, 1e-8, 0.7, 10.0, 1e6, 1e30] {
        for _ in 0..2000 {
            let angle = (stream.unit_f64() - 0.5) * scale;
            both::<f64>(stream.unit_f64() - 0.5, angle);
            both::<f32>(f32::from_f64(stream.unit_f64() - 0.5), angle);
        }
    }
}
