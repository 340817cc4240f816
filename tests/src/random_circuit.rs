//! Random circuits from a seed, as plain data.
//! Not here: running them.

use core::f64::consts::{FRAC_PI_2, PI, TAU};

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::{
    circuit::{Circuit, Op},
    oracle::gates::GATES,
};

/// Clifford gates by name and number of qubits.
pub const CLIFFORD: &[(&str, u32)] = &[
    ("i", 1),
    ("x", 1),
    ("y", 1),
    ("z", 1),
    ("h", 1),
    ("s", 1),
    ("sdg", 1),
    ("sx", 1),
    ("sxdg", 1),
    ("cx", 2),
    ("cy", 2),
    ("cz", 2),
    ("swap", 2),
    ("iswap", 2),
];

/// Rotations that are Clifford where every angle is a multiple of a quarter turn.
pub const CLIFFORD_ROTATIONS: &[(&str, u32, usize)] = &[
    ("rx", 1, 1),
    ("ry", 1, 1),
    ("rz", 1, 1),
    ("phased_x", 1, 2),
    ("zz_phase", 2, 1),
    ("xx_phase", 2, 1),
    ("yy_phase", 2, 1),
    ("phased_xx", 2, 2),
    ("u3", 1, 3),
];

/// The source of everything random in the tests.
#[derive(Clone, Debug)]
pub struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// Dice that always fall the same way for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A whole number below `bound`.
    ///
    /// # Panics
    /// If `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        assert!(bound > 0, "there is no number below 0");
        let wide = u64::from(self.0.next_u32()) * u64::from(bound);
        u32::try_from(wide >> 32).unwrap_or(0)
    }

    /// A number in [0, 1).
    pub fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// An angle: mostly anything in a full turn, at times a special or a large one.
    pub fn angle(&mut self) -> f64 {
        const SPECIAL: [f64; 8] = [0.0, FRAC_PI_2, PI, -FRAC_PI_2, TAU, -PI, 1e-9, 1000.0];
        if self.chance(0.15) {
            return SPECIAL[self.below(8) as usize];
        }
        (self.unit() * 2.0 - 1.0) * TAU
    }

    /// A multiple of a quarter turn.
    pub fn quarter_turns(&mut self) -> f64 {
        (f64::from(self.below(9)) - 4.0) * FRAC_PI_2
    }

    /// `count` different qubits below `qubit_count`, in any order.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn qubits(&mut self, count: u32, qubit_count: u32) -> Vec<u32> {
        assert!(count <= qubit_count, "{count} different qubits of {qubit_count}");
        let mut all: Vec<u32> = (0..qubit_count).collect();
        (0..count)
            .map(|_| all.remove(self.below(u32::try_from(all.len()).unwrap_or(1)) as usize))
            .collect()
    }
}

/// How much of what is not a gate a random circuit has.
#[derive(Clone, Copy, Debug)]
pub struct Mixture {
    /// Number of operations.
    pub op_count: u32,
    /// Share of measurements, up to one per classical bit.
    pub measures: f64,
    /// Share of resets.
    pub resets: f64,
    /// Share of gates that depend on a bit that was measured before.
    pub feed_forward: f64,
}

impl Mixture {
    /// Gates only.
    #[must_use]
    pub const fn gates(op_count: u32) -> Self {
        Self { op_count, measures: 0.0, resets: 0.0, feed_forward: 0.0 }
    }

    /// Something of everything.
    #[must_use]
    pub const fn full(op_count: u32) -> Self {
        Self { op_count, measures: 0.12, resets: 0.06, feed_forward: 0.1 }
    }
}

/// A gate of the oracle's list with any angles.
pub fn universal_gate(dice: &mut Dice, qubit_count: u32) -> Op {
    let fitting: Vec<_> = GATES.iter().filter(|(_, qubits, _)| *qubits <= qubit_count).collect();
    let (name, qubits, params) = *fitting[pick(dice, fitting.len())];
    let params = (0..params).map(|_| dice.angle()).collect();
    Op::Gate { name, qubits: dice.qubits(qubits, qubit_count), params }
}

/// A Clifford gate, by name or as a rotation by quarter turns.
pub fn clifford_gate(dice: &mut Dice, qubit_count: u32) -> Op {
    if dice.chance(0.25) {
        let fitting: Vec<_> =
            CLIFFORD_ROTATIONS.iter().filter(|(_, qubits, _)| *qubits <= qubit_count).collect();
        let (name, qubits, params) = *fitting[pick(dice, fitting.len())];
        let params = (0..params).map(|_| dice.quarter_turns()).collect();
        return Op::Gate { name, qubits: dice.qubits(qubits, qubit_count), params };
    }
    let fitting: Vec<_> = CLIFFORD.iter().filter(|(_, qubits)| *qubits <= qubit_count).collect();
    let (name, qubits) = *fitting[pick(dice, fitting.len())];
    Op::Gate { name, qubits: dice.qubits(qubits, qubit_count), params: Vec::new() }
}

/// A random circuit of gates from `gate`, ending without a final measurement.
pub fn circuit(
    seed: u64,
    qubit_count: u32,
    bit_count: u32,
    mixture: Mixture,
    gate: fn(&mut Dice, u32) -> Op,
) -> Circuit {
    let mut dice = Dice::new(seed);
    let mut circuit = Circuit::new(qubit_count, bit_count);
    let mut bits_used = 0;
    for _ in 0..mixture.op_count {
        let op = if bits_used < bit_count && dice.chance(mixture.measures) {
            bits_used += 1;
            Op::Measure { qubit: dice.below(qubit_count), bit: bits_used - 1 }
        } else if dice.chance(mixture.resets) {
            Op::Reset { qubit: dice.below(qubit_count) }
        } else if bits_used > 0 && dice.chance(mixture.feed_forward) {
            let (bit, value) = (dice.below(bits_used), u8::from(dice.chance(0.5)));
            Op::If { bit, value, then: vec![gate(&mut dice, qubit_count)] }
        } else {
            gate(&mut dice, qubit_count)
        };
        circuit = circuit.op(op);
    }
    circuit
}

/// The same circuit with every qubit k measured into a further bit at its end.
#[must_use]
pub fn measured(circuit: Circuit) -> Circuit {
    let first = circuit.bit_count;
    let qubit_count = circuit.qubit_count;
    let wider = Circuit { bit_count: first + qubit_count, ..circuit };
    (0..qubit_count).fold(wider, |circuit, k| circuit.measure(k, first + k))
}

/// A Haar-like random unitary on `qubits` qubits as parameters of a `unitary_*` gate: Gram-Schmidt
/// on random columns.
pub fn random_unitary(dice: &mut Dice, qubits: u32) -> Vec<f64> {
    use crate::oracle::matrix::{C64, norm_squared};
    let dim = 1_usize << qubits;
    let mut columns: Vec<Vec<C64>> = Vec::new();
    while columns.len() < dim {
        let mut column: Vec<C64> =
            (0..dim).map(|_| C64::new(dice.unit() - 0.5, dice.unit() - 0.5)).collect();
        // Twice, so that rounding does not leave an overlap.
        for earlier in columns.iter().chain(columns.iter()) {
            let overlap: C64 = earlier.iter().zip(&column).map(|(a, b)| a.conj() * b).sum();
            for (entry, other) in column.iter_mut().zip(earlier) {
                *entry -= overlap * other;
            }
        }
        let norm = norm_squared(&column).sqrt();
        if norm > 1e-3 {
            columns.push(column.iter().map(|entry| entry / norm).collect());
        }
    }
    (0..dim * dim)
        .flat_map(|k| {
            let entry = columns[k % dim][k / dim];
            [entry.re, entry.im]
        })
        .collect()
}

/// A channel with random parameters on random qubits. Kraus operators are blocks of a random
/// unitary that acts on an environment, too, so they are complete.
pub fn random_channel(dice: &mut Dice, qubit_count: u32) -> Op {
    let shapes = [
        ("pauli_1q", 1),
        ("amplitude_damping", 1),
        ("kraus_1q", 1),
        ("pauli_2q", 2),
        ("kraus_2q", 2),
        ("depolarizing", 2),
        ("depolarizing", 3),
    ];
    let fitting: Vec<_> = shapes.iter().filter(|(_, qubits)| *qubits <= qubit_count).collect();
    let (name, qubits) = *fitting[pick(dice, fitting.len())];
    let params = match name {
        "pauli_1q" => (0..3).map(|_| dice.unit() / 3.0).collect(),
        "pauli_2q" => (0..15).map(|_| dice.unit() / 15.0).collect(),
        "amplitude_damping" | "depolarizing" => vec![dice.unit()],
        _ => random_kraus(dice, qubits),
    };
    Op::Channel { name, qubits: dice.qubits(qubits, qubit_count), params }
}

/// Two complete Kraus operators on `qubits` qubits.
fn random_kraus(dice: &mut Dice, qubits: u32) -> Vec<f64> {
    let (dim, numbers) = (1_usize << qubits, random_unitary(dice, qubits + 1));
    let mut params = Vec::new();
    for environment in 0..2 {
        for row in 0..dim {
            let start = 2 * ((environment * dim + row) * 2 * dim);
            params.extend_from_slice(&numbers[start..start + 2 * dim]);
        }
    }
    params
}

fn pick(dice: &mut Dice, len: usize) -> usize {
    dice.below(u32::try_from(len).unwrap_or(u32::MAX)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{
        channel, density, gates,
        matrix::{Matrix, norm_squared},
        pure,
    };

    #[test]
    fn the_same_seed_gives_the_same_circuit_and_another_seed_another() {
        let of = |seed| circuit(seed, 4, 3, Mixture::full(30), universal_gate);
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }

    #[test]
    fn random_unitaries_are_unitary() {
        let mut dice = Dice::new(1);
        for (name, qubits) in gates::MATRIX_GATES {
            let m = gates::matrix(name, &random_unitary(&mut dice, *qubits)).unwrap();
            assert!((&m * &m.dagger()).distance(&Matrix::identity(m.dim())) < 1e-13, "{name}");
        }
    }

    #[test]
    fn random_channels_keep_the_trace() {
        let mut dice = Dice::new(4);
        for _ in 0..60 {
            let Op::Channel { name, qubits, params } = random_channel(&mut dice, 3) else {
                unreachable!("a channel was asked for")
            };
            let operators = channel::named(name, qubits.len(), &params).unwrap();
            assert!(channel::is_complete(&operators), "{name}");
        }
    }

    #[test]
    fn density_matrices_and_trajectories_agree_on_random_circuits() {
        for seed in 0..20 {
            let circuit = measured(circuit(seed, 3, 3, Mixture::full(25), universal_gate));
            let courses = pure::run(&circuit);
            let density = density::distribution(&density::run(&circuit));
            let pure = pure::distribution(&courses);
            assert!(courses.iter().all(|c| (norm_squared(&c.ket) - 1.0).abs() < 1e-12));
            assert!((density.values().sum::<f64>() - 1.0).abs() < 1e-12);
            for (record, p) in &density {
                let other = pure.get(record).copied().unwrap_or(0.0);
                assert!((p - other).abs() < 1e-12, "seed {seed}, {record:?}");
            }
        }
    }
}
