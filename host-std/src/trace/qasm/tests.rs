//! Circuits held to the gate list and to the runs that they come from. What other simulators make of
//! them is the business of the step `exports`.

use core::f64::consts::FRAC_PI_2;

use pandia_core::ids::ShotId;
use pandia_core::op::gates::{self, LIST, MATRIX_MAX, Traits};
use pandia_core::op::{Op, OpBuffer, OpKind, OpSink};
use pandia_core::real::Complex;
use pandia_core::trace::{At, BatchEnd, Event, Record};
use pandia_core::units::DurationNs;

use super::circuit::circuit;
use super::gates::DEFINITIONS;
use super::{QasmProblem, QasmVersion};
use crate::trace::sample::{self, Sample};
use crate::trace::{About, ShotTrace};

const VERSIONS: [QasmVersion; 2] = [QasmVersion::V2, QasmVersion::V3];

fn ended(mut shot: ShotTrace) -> ShotTrace {
    let at = At { shot: ShotId(3), joint: 0 };
    let end = Event::ShotEnd { status: 0, begin: None, end: None };
    shot.push(&Record { at, sequence: 2, event: end });
    shot
}

/// A shot in which only this happened.
fn shot_of<const WORDS: usize>(ops: &OpBuffer<WORDS>) -> ShotTrace {
    let mut shot = ShotTrace::new();
    let batch = ops.batch();
    let end = Event::BatchEnd(BatchEnd::of(0, &batch, batch.result_count(), 0, None));
    for event in Event::ops_of(0, &batch).chain([end]) {
        shot.push(&Record { at: At { shot: ShotId(3), joint: 0 }, sequence: 0, event });
    }
    ended(shot)
}

fn gate_only(slot: u16, params: &[f64]) -> ShotTrace {
    let gate = gates::by_slot(slot).unwrap();
    let qubits: Vec<u32> = (0..u32::from(gate.qubit_count)).collect();
    let mut ops = OpBuffer::<160>::new();
    ops.gate(slot, &qubits, params).unwrap();
    shot_of(&ops)
}

type Matrix = Vec<Vec<Complex<f64>>>;

/// What a gate does to `n` qubits, bit `j` of an index being qubit `j`.
fn matrix_of(op: Op<'_>, n: usize) -> Matrix {
    let gate = gates::by_slot(op.gate()).unwrap();
    let params: Vec<f64> = op.params().iter().map(|&bits| f64::from_bits(bits)).collect();
    let mut small = [Complex::new(0.0, 0.0); MATRIX_MAX];
    gate.unitary(&params, &mut small).unwrap();
    let side = 1 << gate.qubit_count;
    let at = |index: usize| {
        op.qubits().enumerate().map(|(j, qubit)| ((index >> qubit) & 1) << j).sum::<usize>()
    };
    let rest = |index: usize| op.qubits().fold(index, |rest, qubit| rest & !(1 << qubit));
    let entry = |row: usize, column: usize| {
        if rest(row) == rest(column) {
            small[at(row) * side + at(column)]
        } else {
            Complex::new(0.0, 0.0)
        }
    };
    (0..1 << n).map(|row| (0..1 << n).map(|column| entry(row, column)).collect()).collect()
}

fn product(left: &Matrix, right: &Matrix) -> Matrix {
    let n = left.len();
    let entry = |row: usize, column: usize| {
        (0..n).fold(Complex::new(0.0, 0.0), |sum, k| sum + left[row][k] * right[k][column])
    };
    (0..n).map(|row| (0..n).map(|column| entry(row, column)).collect()).collect()
}

/// The largest difference of any entry, after the best global phase.
fn distance(a: &Matrix, b: &Matrix) -> f64 {
    // <a, b> has the phase between the two.
    let pairs = || a.iter().flatten().zip(b.iter().flatten());
    let overlap = pairs().fold(Complex::new(0.0, 0.0), |sum, (a, b)| sum + a.conj() * *b);
    let length = overlap.norm_sqr().sqrt();
    let phase = Complex::new(overlap.re / length, overlap.im / length);
    pairs().map(|(a, b)| (*a * phase + -*b).norm_sqr().sqrt()).fold(0.0, f64::max)
}

/// The operations that the lowest joint saw, as one matrix.
fn whole(sample: &Sample, n: usize) -> Matrix {
    let shot = &sample.shots[0];
    let lowest = sample.about.joints - 1;
    let mut all: Option<Matrix> = None;
    for record in shot.records().filter(|record| record.at.joint == lowest) {
        if let Event::Op(down) = record.event {
            let next = matrix_of(down.op, n);
            all = Some(all.map_or_else(|| next.clone(), |all| product(&next, &all)));
        }
    }
    all.unwrap()
}

#[test]
fn every_gate_without_a_matrix_of_two_qubits_or_more_means_in_openqasm_what_the_list_says() {
    const PARAMS: [f64; 3] = [0.37, -1.1, 2.9];
    let mut tried = 0;
    for gate in LIST.iter().filter(|gate| !gate.traits.has(Traits::MATRIX)) {
        let params = &PARAMS[..gate.params.len()];
        let shot = gate_only(gate.slot, params);
        let op = match shot.record(0).unwrap().event {
            Event::Op(down) => down.op,
            other => panic!("{other:?}"),
        };
        let n = usize::from(gate.qubit_count);
        for version in VERSIONS {
            let text = circuit(&About::default(), &shot, version).unwrap();
            let sample = sample::run(&text, &["simple", "state_vector"], 0..1);
            let distance = distance(&whole(&sample, n), &matrix_of(op, n));
            assert!(distance < 1e-12, "{} is off by {distance}:\n{text}", gate.name);
            tried += 1;
        }
    }
    assert_eq!(tried, 2 * DEFINITIONS.len());
}

#[test]
fn a_matrix_on_one_qubit_becomes_angles_and_larger_ones_are_refused() {
    let (cos, sin) = (0.6, 0.8);
    // Rows (cos, i sin) and (i sin, cos).
    let params = [cos, 0.0, 0.0, sin, 0.0, sin, cos, 0.0];
    let shot = gate_only(gates::slot::UNITARY_1Q, &params);
    let text = circuit(&About::default(), &shot, QasmVersion::V3).unwrap();
    assert!(text.contains("u3("), "{text}");
    let sample = sample::run(&text, &["simple", "state_vector"], 0..1);
    let Event::Op(down) = shot.record(0).unwrap().event else { panic!() };
    assert!(distance(&whole(&sample, 1), &matrix_of(down.op, 1)) < 1e-12);

    let mut identity = [0.0; 32];
    for diagonal in 0..4 {
        identity[diagonal * 10] = 1.0;
    }
    let shot = gate_only(gates::slot::UNITARY_2Q, &identity);
    let error = circuit(&About::default(), &shot, QasmVersion::V3).unwrap_err();
    assert_eq!((error.shot, error.op), (ShotId(3), Some((0, 0))));
    assert_eq!(
        error.to_string(),
        "shot 3, operation 0 of batch 0: unitary_2q has no form in OpenQASM"
    );
}

const CLIFFORD: &str = "OPENQASM 3.0; include \"stdgates.inc\"; include \"pandia.inc\";
    qubit[4] q; bit[4] c; bit[2] m;
    h q[0]; cx q[0], q[1]; s q[1]; m[0] = measure q[1]; if (m[0]) { x q[2]; } barrier q;
    reset q[0]; h q[0]; cz q[0], q[2]; sx q[2]; swap q[1], q[3]; iswap q[2], q[3]; h q[2];
    phased_x(pi/2, pi/2) q[3]; zz_phase(pi/2) q[0], q[3]; m[1] = measure q[0]; delay[40ns] q[1];
    c = measure q;";
const ANY: &str = "OPENQASM 3.0; include \"stdgates.inc\"; include \"pandia.inc\";
    qubit[3] q; bit[3] c; bit m;
    h q; u3(0.3, 1.2, -0.7) q[0]; phased_x(0.9, 0.4) q[1]; zz_phase(0.8) q[0], q[2];
    m = measure q[0]; crz(1.1) q[0], q[1]; cp(0.4) q[1], q[2]; xx_phase(0.3) q[0], q[1];
    yy_phase(-0.6) q[1], q[2]; phased_xx(0.5, 0.25) q[2], q[0]; reset q[1]; ccx q[0], q[2], q[1];
    cswap q[0], q[1], q[2]; ry(1e-9) q[0]; t q[1]; c = measure q;";

/// The outcomes that the simulator gave in each shot, in order.
fn outcomes(sample: &Sample) -> Vec<Vec<u64>> {
    let lowest = sample.about.joints - 1;
    let of_shot = |shot: &ShotTrace| {
        let values = shot.records().filter(|record| record.at.joint == lowest);
        values
            .filter_map(|record| match record.event {
                Event::Outcome(up) => Some(up.value),
                _ => None,
            })
            .collect()
    };
    sample.shots.iter().map(of_shot).collect()
}

#[test]
fn the_circuit_of_a_noisy_shot_gives_its_outcomes_on_the_same_simulator_without_noise() {
    let depolarizing = "depolarizing:p_1q=0.2,p_2q=0.3,p_meas=0.1";
    let readout = "readout:p_1_given_0=0.2,p_0_given_1=0.2";
    let stacks: [(&str, &str, &[&str]); 5] = [
        (CLIFFORD, "state_vector", &[depolarizing, readout]),
        (CLIFFORD, "stabilizer", &[readout, depolarizing]),
        (CLIFFORD, "density_matrix", &[]),
        (ANY, "state_vector", &[depolarizing]),
        (ANY, "coinflip", &[depolarizing]),
    ];
    for (source, simulator, noise) in stacks {
        let parts: Vec<&str> =
            [&["simple"], noise, &[simulator]].into_iter().flatten().copied().collect();
        let noisy = sample::run(source, &parts, 0..12);
        let expected = outcomes(&noisy);
        assert_eq!(expected.len(), 12);
        for ((shot, seen), expected) in (0..).zip(&noisy.shots).zip(&expected) {
            for version in VERSIONS {
                let text = circuit(&noisy.about, seen, version).unwrap();
                let again = sample::run(&text, &["simple", "ideal", simulator], shot..shot + 1);
                assert_eq!(&outcomes(&again)[0], expected, "{simulator}, shot {shot}:\n{text}");
                // Bit k of the file is outcome k.
                let bits: Vec<u64> = again.bits[0].iter().map(|&bit| bit.into()).collect();
                assert_eq!(&bits, expected);
            }
        }
    }
}

#[test]
fn a_shot_reads_as_it_ran() {
    let sample = sample::run(
        "OPENQASM 3.0; include \"stdgates.inc\"; include \"pandia.inc\"; qubit[2] q; bit[2] c;
         phased_x(0.25, 1e-7) q[0]; cx q[0], q[1]; reset q[0]; c = measure q;",
        &["simple", "depolarizing:p_2q=1", "state_vector"],
        0..1,
    );
    let text = circuit(&sample.about, &sample.shots[0], QasmVersion::V3).unwrap();
    let expected = "OPENQASM 3.0;\n\
        include \"stdgates.inc\";\n\
        // Shot 0 of sample.qasm, seed 7: what pandia.state_vector got.\n\
        gate phased_x(amount, axis) a { U(amount, axis - pi/2, pi/2 - axis) a; }\n\
        qubit[2] q;\n\
        bit[2] r;\n\
        phased_x(0.25, 1.0e-7) q[0];\n";
    let rest = text.strip_prefix(expected).unwrap_or_else(|| panic!("{text}"));
    let (errors, rest): (Vec<&str>, Vec<&str>) =
        rest.lines().partition(|line| line.ends_with("; // inserted by pandia.depolarizing"));
    assert!(matches!(errors.len(), 1 | 2), "{text}");
    let bits = &sample.bits[0];
    let measured = [0, 1].map(|k| format!("r[{k}] = measure q[{k}]; // gave {}", bits[k]));
    assert_eq!(rest, ["cx q[0], q[1];", "reset q[0];", &measured[0], &measured[1]]);
}

#[test]
fn what_did_not_run_or_has_no_form_is_refused_with_shot_and_operation() {
    let channels = sample::run(ANY, &["simple", "depolarizing:p_1q=0.1", "density_matrix"], 5..6);
    let error = circuit(&channels.about, &channels.shots[0], QasmVersion::V3).unwrap_err();
    assert_eq!(error.shot, ShotId(5));
    assert!(error.op.is_some() && error.to_string().contains("has no form in OpenQASM"), "{error}");
    assert!(matches!(&error.problem, QasmProblem::NoForm(name) if name == "pauli_1q"));

    let mut postselect = OpBuffer::<8>::new();
    postselect.postselect(0, true).unwrap();
    let refused =
        |shot: &ShotTrace| circuit(&About::default(), shot, QasmVersion::V2).unwrap_err().problem;
    assert_eq!(refused(&shot_of(&postselect)), QasmProblem::NoForm("postselect".to_owned()));

    let whole = gate_only(gates::slot::H, &[]);
    let mut cut = ShotTrace::new();
    cut.push(&whole.record(0).unwrap());
    assert_eq!(refused(&cut), QasmProblem::Unfinished);
    assert_eq!(refused(&ended(cut.clone())), QasmProblem::NotWhole);
    let at = At { shot: ShotId(3), joint: 0 };
    cut.push(&Record { at, sequence: 1, event: Event::Dropped { count: 4 } });
    assert_eq!(refused(&ended(cut)), QasmProblem::Missing(4));

    let mut failed = ShotTrace::new();
    let event = Event::ShotEnd { status: -7, begin: None, end: None };
    failed.push(&Record { at, sequence: 0, event });
    assert_eq!(refused(&failed), QasmProblem::Failed(-7));

    let mut wrong = OpBuffer::<8>::new();
    wrong.gate(gates::slot::RZ, &[0], &[f64::NAN]).unwrap();
    assert!(matches!(refused(&shot_of(&wrong)), QasmProblem::Malformed(_)));
}

#[test]
fn noise_on_a_board_where_nobody_looked_is_no_circuit() {
    let sample =
        sample::run(CLIFFORD, &["simple", "depolarizing", "readout", "state_vector"], 0..1);
    let about = About { joints: 4, ..sample.about.clone() };
    let error = circuit(&about, &sample.shots[0], QasmVersion::V3).unwrap_err();
    assert_eq!(error.problem, QasmProblem::NoiseBelow("pandia.readout".to_owned()));
}

#[test]
fn several_shots_do_not_go_into_one_file() {
    let mut sample = sample::run(CLIFFORD, &["simple", "state_vector"], 0..2);
    assert!(sample.written("qasm").unwrap_err().to_string().contains("the circuit of one shot"));
    sample.about.shots_asked = 1;
    assert!(sample.written("qasm").unwrap_err().to_string().contains("the circuit of one shot"));
    sample.shots.truncate(1);
    let text = String::from_utf8(sample.written("qasm").unwrap()).unwrap();
    assert_eq!(text, circuit(&sample.about, &sample.shots[0], QasmVersion::V3).unwrap());
}

#[test]
fn numbers_have_a_dot_and_come_back_as_the_same_bits() {
    for value in [0.0, -0.0, 1.0, 1e-7, 1.5e-300, FRAC_PI_2, -1e22, f64::MAX, 5e-324] {
        let mut ops = OpBuffer::<8>::new();
        ops.gate(gates::slot::RZ, &[0], &[value]).unwrap();
        let text = circuit(&About::default(), &shot_of(&ops), QasmVersion::V3).unwrap();
        let line = text.lines().last().unwrap();
        let number = line.strip_prefix("rz(").and_then(|rest| rest.strip_suffix(") q[0];"));
        let number = number.unwrap_or_else(|| panic!("{line}"));
        assert!(number.contains('.'), "{number}");
        assert_eq!(number.parse::<f64>().unwrap().to_bits(), value.to_bits());
    }
}

#[test]
fn every_kind_of_operation_is_said_or_refused() {
    for kind in OpKind::ALL {
        let mut ops = OpBuffer::<8>::new();
        match kind {
            OpKind::Gate => ops.gate(gates::slot::H, &[0], &[]).unwrap(),
            OpKind::Measure => ops.measure(0, 0).unwrap(),
            OpKind::MeasureLeaked => ops.measure_leaked(0, 0).unwrap(),
            OpKind::Reset => ops.reset(0).unwrap(),
            OpKind::Idle => ops.idle(&[0], DurationNs(30)).unwrap(),
            OpKind::Barrier => ops.barrier(&[0]).unwrap(),
            OpKind::Postselect | OpKind::Custom | OpKind::Channel => continue,
        }
        for version in VERSIONS {
            let text = circuit(&About::default(), &shot_of(&ops), version).unwrap();
            let _ = sample::run(&text, &["simple", "state_vector"], 0..1);
        }
    }
}
