//! The state vector, f64 and f32, against the oracle.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use pandia_core::{
    backend::{Backend, GateDef, GateSet, UserMatrix, Verdict},
    ids::{Seed, ShotId},
    op::{OpSink, Outcomes, builder::OpVec, gates::FIRST_USER_SLOT},
    part::SimulatorPart,
    sim::StateVectorPart,
};
use pandia_tests::{
    circuit::{Circuit, Op},
    driver::{Driver, amplitudes, encode, probabilities, simulator},
    oracle::{
        C64, Matrix, gates,
        matrix::{distance, distance_up_to_phase},
        pure,
    },
    random_circuit::{
        Dice, Mixture, circuit, clifford_gate, measured, random_unitary, universal_gate,
    },
    stats::{agrees, count},
    tolerance::{self, Compared},
};

type StateVectorF64 = StateVectorPart<f64>;
type StateVectorF32 = StateVectorPart<f32>;

/// The state after a circuit, and its classical record.
fn run<P: SimulatorPart>(circuit: &Circuit, shot: u64, batch_max: u32) -> (Vec<C64>, Vec<u8>) {
    let mut backend = simulator::<P>(circuit.qubit_count).unwrap();
    let mut driver = Driver::with_batches(circuit, batch_max);
    driver.begin(&mut backend, shot, 1).unwrap();
    let state = amplitudes(&mut backend).unwrap();
    backend.shot_end().unwrap();
    (state, driver.bits().to_vec())
}

fn amplitudes_are_the_oracles<P: SimulatorPart>(compared: Compared) {
    for seed in 0..60 {
        let qubit_count = 1 + u32::try_from(seed % 6).unwrap();
        let circuit = circuit(seed, qubit_count, 0, Mixture::gates(40), universal_gate);
        let (state, _) = run::<P>(&circuit, 0, u32::MAX);
        let off = distance(&state, &pure::ket(&circuit));
        assert!(off <= tolerance::of(compared), "seed {seed}: off by {off:e}\n{circuit:?}");
    }
}

#[test]
fn amplitudes_of_random_circuits_are_the_oracles_in_f64() {
    amplitudes_are_the_oracles::<StateVectorF64>(Compared::AmplitudesF64);
}

#[test]
fn amplitudes_of_random_circuits_are_the_oracles_in_f32() {
    amplitudes_are_the_oracles::<StateVectorF32>(Compared::AmplitudesF32);
}

/// Wide registers take other ways through the kernels than narrow ones: blocks, far operands.
fn wide_amplitudes_are_the_oracles<P: SimulatorPart>(compared: Compared) {
    for (seed, qubit_count) in [(1, 8), (2, 11), (3, 13)] {
        let circuit = circuit(seed, qubit_count, 0, Mixture::gates(120), universal_gate);
        let (state, _) = run::<P>(&circuit, 0, u32::MAX);
        let off = distance(&state, &pure::wide_ket(&circuit));
        assert!(off <= tolerance::of(compared), "{qubit_count} qubits: off by {off:e}");
    }
}

#[test]
fn amplitudes_of_wide_registers_are_the_oracles_in_f64() {
    wide_amplitudes_are_the_oracles::<StateVectorF64>(Compared::AmplitudesF64);
}

#[test]
fn amplitudes_of_wide_registers_are_the_oracles_in_f32() {
    wide_amplitudes_are_the_oracles::<StateVectorF32>(Compared::AmplitudesF32);
}

/// Every gate on every choice of operands out of 4 qubits, each on a state without symmetry.
fn every_gate_on_every_operand<P: SimulatorPart>(compared: Compared) {
    const QUBITS: u32 = 4;
    let mut dice = Dice::new(5);
    let fixed = gates::GATES.iter().map(|&(name, qubits, _)| (name, qubits));
    for (name, qubits) in fixed.chain(gates::MATRIX_GATES.iter().copied()) {
        let params = gates::GATES.iter().find(|row| row.0 == name).map_or(0, |row| row.2);
        for code in 0..QUBITS.pow(qubits) {
            let operands: Vec<u32> = (0..qubits).map(|j| code / QUBITS.pow(j) % QUBITS).collect();
            if (1..operands.len()).any(|j| operands[..j].contains(&operands[j])) {
                continue;
            }
            let params: Vec<f64> = match name {
                "unitary_1q" | "unitary_2q" | "unitary_3q" => random_unitary(&mut dice, qubits),
                _ => (0..params).map(|_| dice.angle()).collect(),
            };
            let scramble = Op::Gate {
                name: "unitary_3q",
                qubits: dice.qubits(3, QUBITS),
                params: random_unitary(&mut dice, 3),
            };
            let circuit = Circuit::new(QUBITS, 0)
                .rotation("ry", &[0], &[0.3])
                .rotation("ry", &[3], &[1.9])
                .op(scramble)
                .rotation(name, &operands, &params);
            let off = distance(&run::<P>(&circuit, 0, 2).0, &pure::ket(&circuit));
            assert!(off <= tolerance::of(compared), "{name} on {operands:?}: off by {off:e}");
        }
    }
}

#[test]
fn every_gate_on_every_operand_is_the_oracles_in_f64() {
    every_gate_on_every_operand::<StateVectorF64>(Compared::AmplitudesF64);
}

#[test]
fn every_gate_on_every_operand_is_the_oracles_in_f32() {
    every_gate_on_every_operand::<StateVectorF32>(Compared::AmplitudesF32);
}

/// After measurements, resets and feed-forward, the state must be that of a course of the shot
/// that is possible and has the same record.
fn every_shot_takes_a_possible_course<P: SimulatorPart>(compared: Compared) {
    for seed in 0..40 {
        let circuit = circuit(seed, 4, 4, Mixture::full(40), universal_gate);
        let courses = pure::run(&circuit);
        for shot in 0..4 {
            let (state, bits) = run::<P>(&circuit, shot, u32::MAX);
            let off = courses
                .iter()
                .filter(|course| course.known.bits == bits)
                .map(|course| distance_up_to_phase(&course.ket, &state))
                .fold(f64::INFINITY, f64::min);
            assert!(off <= tolerance::of(compared), "seed {seed}, shot {shot}: off by {off:e}");
        }
    }
}

#[test]
fn every_shot_takes_a_possible_course_in_f64() {
    every_shot_takes_a_possible_course::<StateVectorF64>(Compared::AmplitudesF64);
}

#[test]
fn every_shot_takes_a_possible_course_in_f32() {
    every_shot_takes_a_possible_course::<StateVectorF32>(Compared::AmplitudesF32);
}

fn outcomes_are_distributed_exactly<P: SimulatorPart>() {
    for seed in 0..16 {
        let gate = if seed % 2 == 0 { universal_gate } else { clifford_gate };
        let circuit = measured(circuit(seed, 3, 2, Mixture::full(25), gate));
        let exact = pure::distribution(&pure::run(&circuit));
        let mut backend = simulator::<P>(circuit.qubit_count).unwrap();
        let shots = Driver::new(&circuit).shots(&mut backend, 4_000, seed).unwrap();
        agrees(&count(shots), &exact).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
    }
}

#[test]
fn outcomes_are_distributed_exactly_in_f64() {
    outcomes_are_distributed_exactly::<StateVectorF64>();
}

#[test]
fn outcomes_are_distributed_exactly_in_f32() {
    outcomes_are_distributed_exactly::<StateVectorF32>();
}

#[test]
fn probabilities_are_the_marginals_of_the_amplitudes_in_any_order_of_qubits() {
    let mut dice = Dice::new(3);
    for seed in 0..20 {
        let circuit = circuit(seed, 5, 0, Mixture::gates(30), universal_gate);
        let mut backend = simulator::<StateVectorF64>(5).unwrap();
        Driver::new(&circuit).begin(&mut backend, 0, 0).unwrap();
        let kept = dice.below(6);
        let qubits = dice.qubits(kept, 5);
        let seen = probabilities(&mut backend, &qubits).unwrap();
        let mut expected = vec![0.0; 1 << qubits.len()];
        for (index, amplitude) in pure::ket(&circuit).iter().enumerate() {
            let value: usize = qubits.iter().enumerate().map(|(j, &q)| (index >> q & 1) << j).sum();
            expected[value] += amplitude.norm_sqr();
        }
        for (a, b) in seen.iter().zip(&expected) {
            assert!((a - b).abs() <= tolerance::of(Compared::ProbabilityF64), "{qubits:?}");
        }
    }
}

#[test]
fn postselection_projects_and_a_later_measurement_agrees() {
    for seed in 0..20 {
        let circuit = circuit(seed, 4, 4, Mixture::gates(25), universal_gate)
            .postselect(1, 1)
            .postselect(3, 0)
            .measure(1, 1)
            .measure(3, 3);
        let courses = pure::run(&circuit);
        let mut backend = simulator::<StateVectorF64>(4).unwrap();
        let mut driver = Driver::new(&circuit);
        match driver.begin(&mut backend, 0, 0) {
            Ok(()) => {
                assert_eq!(driver.bits(), [0, 1, 0, 0]);
                let state = amplitudes(&mut backend).unwrap();
                let off = distance(&state, &courses[0].ket);
                assert!(off <= tolerance::of(Compared::ProjectedF64), "{off:e}");
            }
            Err(e) => assert!(courses.is_empty(), "seed {seed}: {e}"),
        }
    }
}

#[test]
fn a_postselection_of_what_cannot_be_loses_the_shot_and_not_the_next_one() {
    let impossible = Circuit::new(1, 1).gate("x", &[0]).postselect(0, 0);
    let good = Circuit::new(1, 1).gate("x", &[0]).measure(0, 0);
    let mut backend = simulator::<StateVectorF64>(1).unwrap();
    assert!(Driver::new(&impossible).shot(&mut backend, 0, 0).is_err());
    assert_eq!(Driver::new(&good).shot(&mut backend, 1, 0).unwrap(), [1]);
}

fn weird(params: &[f64], re_im: &mut [f64]) -> pandia_core::Result<()> {
    let matrix = weird_matrix(params);
    for (pair, entry) in re_im.chunks_mut(2).zip(matrix.entries()) {
        pair.copy_from_slice(&[entry.re, entry.im]);
    }
    Ok(())
}

/// A gate that no list has: crz and then a swap.
fn weird_matrix(params: &[f64]) -> Matrix {
    &gates::matrix("swap", &[]).unwrap() * &gates::matrix("crz", params).unwrap()
}

#[test]
fn a_gate_that_nobody_has_heard_of_is_done_through_its_matrix() {
    let gate = GateDef {
        slot: FIRST_USER_SLOT + 3,
        id: "com.example.weird/1",
        qubit_count: 2,
        param_count: 1,
        matrix: Some(UserMatrix::new(weird)),
    };
    let before = circuit(9, 4, 0, Mixture::gates(20), universal_gate);
    let mut ops = OpVec::new();
    for op in &before.ops {
        encode(op, &mut ops).unwrap();
    }
    ops.gate(gate.slot, &[3, 1], &[0.7]).unwrap();
    let mut backend = simulator::<StateVectorF64>(4).unwrap();
    let mut verdicts = [Verdict::Reject];
    backend.negotiate(&GateSet { gates: &[gate] }, &mut verdicts).unwrap();
    assert_eq!(verdicts, [Verdict::Matrix]);
    backend.shot_begin(ShotId(0), Seed(0)).unwrap();
    backend.apply(&ops.batch(), &mut Outcomes::new(&mut [])).unwrap();
    let expected = weird_matrix(&[0.7]).applied(&[3, 1], &pure::ket(&before));
    let off = distance(&amplitudes(&mut backend).unwrap(), &expected);
    assert!(off <= tolerance::of(Compared::AmplitudesF64), "off by {off:e}");
}

#[test]
fn the_size_of_batches_changes_nothing() {
    for seed in 0..10 {
        let circuit = measured(circuit(seed, 5, 3, Mixture::full(60), universal_gate));
        let whole = run::<StateVectorF64>(&circuit, 3, u32::MAX);
        for batch_max in [1, 2, 7] {
            assert!(run::<StateVectorF64>(&circuit, 3, batch_max) == whole, "seed {seed}");
        }
    }
}
