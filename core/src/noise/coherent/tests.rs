//! What the coherent layer inserts, drops and reports, over a child that writes it down.

use super::*;
use crate::backend::Stack;
use crate::noise::test_support::{Recorder, run};
use crate::op::gates::{MATRIX_MAX, by_name, by_slot};
use crate::real::{Complex, Real};
use core::f64::consts::{FRAC_PI_2, PI};
use std::vec::Vec;

type Matrix = Vec<Vec<Complex<f64>>>;

fn product(a: &Matrix, b: &Matrix) -> Matrix {
    let n = a.len();
    let entry = |i: usize, j: usize| (0..n).fold(Complex::ZERO, |sum, k| sum + a[i][k] * b[k][j]);
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

/// The matrix of one gate on two qubits; bit j of an index is qubit j.
fn on_two(slot: u16, qubits: &[u32], params: &[f64]) -> Matrix {
    let mut entries = [Complex::ZERO; MATRIX_MAX];
    by_slot(slot).unwrap().unitary(params, &mut entries).unwrap();
    let size = 1 << qubits.len();
    let local = |index: usize| {
        qubits.iter().zip(0..).map(|(&q, operand)| (index >> q & 1) << operand).sum::<usize>()
    };
    let others = |index: usize| qubits.iter().fold(index, |index, &q| index & !(1 << q));
    let entry = |i: usize, j: usize| {
        let same = others(i) == others(j);
        if same { entries[local(i) * size + local(j)] } else { Complex::ZERO }
    };
    (0..4).map(|i| (0..4).map(|j| entry(i, j)).collect()).collect()
}

/// `exp(-i delta/2 P)` for the operator with these letters on qubits 0 and 1; `h` is (X+Z)/sqrt 2.
fn turned(letters: &str, delta: f64) -> Matrix {
    let pauli = |letter: char| {
        let (o, l, i) = (Complex::ZERO, Complex::ONE, Complex::I);
        let r = Complex::new(core::f64::consts::FRAC_1_SQRT_2, 0.0);
        match letter {
            'x' => [[o, l], [l, o]],
            'y' => [[o, -i], [i, o]],
            'z' => [[l, o], [o, -l]],
            'h' => [[r, r], [r, -r]],
            _ => [[l, o], [o, l]],
        }
    };
    let letters: Vec<_> = letters.chars().map(pauli).collect();
    let (sin, cos) = Real::sin_cos(delta / 2.0);
    let entry = |i: usize, j: usize| {
        let p = letters[0][i & 1][j & 1] * letters[1][i >> 1][j >> 1];
        let identity = if i == j { Complex::new(cos, 0.0) } else { Complex::ZERO };
        identity + p * Complex::new(0.0, -sin)
    };
    (0..4).map(|i| (0..4).map(|j| entry(i, j)).collect()).collect()
}

/// `|trace(a^dagger b)| / dimension`: 1 if the two are the same but for a phase.
fn overlap(a: &Matrix, b: &Matrix) -> f64 {
    let mut sum = Complex::ZERO;
    for (row_a, row_b) in a.iter().zip(b) {
        for (&entry_a, &entry_b) in row_a.iter().zip(row_b) {
            sum = sum + entry_a.conj() * entry_b;
        }
    }
    Real::sqrt(sum.norm_sqr()) / 4.0
}

fn assert_same(a: &Matrix, b: &Matrix, what: &str) {
    assert!((overlap(a, b) - 1.0).abs() < 1e-14, "{what}: overlap {}", overlap(a, b));
}

fn noisy(settings: &[(&str, f64)], words: &[(&str, &str)]) -> Stack<Coherent<Vec<u64>>, Recorder> {
    run::stack(run::built::<CoherentPart>(settings, words).unwrap())
}

/// What is inserted behind one gate on qubit 0, or 0 and 1, as a matrix.
fn inserted(
    settings: &[(&str, f64)],
    words: &[(&str, &str)],
    gate: &str,
    params: &[f64],
) -> Matrix {
    let gate = by_name(gate).unwrap();
    let mut stack = noisy(settings, words);
    let qubits = &[0, 1][..usize::from(gate.qubit_count)];
    run::shot(&mut stack, &run::repeated(gate.slot, qubits, params, 1), 0);
    assert!(!stack.child().seen[0].inserted);
    stack.child().inserted().fold(turned("ii", 0.0), |product_so_far, op| {
        let params: Vec<_> = op.params.iter().map(|&bits| f64::from_bits(bits)).collect();
        product(&on_two(op.gate, &op.qubits, &params), &product_so_far)
    })
}

/// Gate, parameters, its axis, its nominal angle.
const GATES: [(&str, &[f64], &str, f64); 24] = [
    ("rx", &[0.3], "xi", 0.3),
    ("ry", &[0.3], "yi", 0.3),
    ("rz", &[0.3], "zi", 0.3),
    ("phase", &[0.3], "zi", 0.3),
    ("x", &[], "xi", PI),
    ("y", &[], "yi", PI),
    ("z", &[], "zi", PI),
    ("h", &[], "hi", PI),
    ("s", &[], "zi", FRAC_PI_2),
    ("sdg", &[], "zi", -FRAC_PI_2),
    ("t", &[], "zi", FRAC_PI_2 / 2.0),
    ("tdg", &[], "zi", -FRAC_PI_2 / 2.0),
    ("sx", &[], "xi", FRAC_PI_2),
    ("sxdg", &[], "xi", -FRAC_PI_2),
    ("i", &[], "zi", 0.0),
    ("zz_phase", &[0.3], "zz", 0.3),
    ("xx_phase", &[0.3], "xx", 0.3),
    ("yy_phase", &[0.3], "yy", 0.3),
    ("phased_xx", &[0.3, 0.0], "xx", 0.3),
    ("phased_xx", &[0.3, FRAC_PI_2], "yy", 0.3),
    ("cx", &[], "zx", FRAC_PI_2),
    ("cy", &[], "zy", FRAC_PI_2),
    ("cz", &[], "zz", FRAC_PI_2),
    ("ch", &[], "zh", FRAC_PI_2),
];

#[test]
fn every_gate_turns_too_far_about_its_own_axis() {
    let settings =
        [("offset_1q", 0.05), ("fraction_1q", 0.1), ("offset_2q", 0.05), ("fraction_2q", 0.1)];
    for (gate, params, axis, theta) in GATES {
        let expected = turned(axis, 0.05 + 0.1 * theta);
        assert_same(&inserted(&settings, &[], gate, params), &expected, gate);
    }
}

#[test]
fn the_nominal_angle_undone_undoes_the_gate() {
    // Not for controlled gates and swaps, whose rotation comes with phases on single qubits.
    for (gate, params, _, theta) in GATES {
        if gate.starts_with('c') || theta.abs() <= 0.0 {
            continue;
        }
        let gate = by_name(gate).unwrap();
        let qubits = &[0, 1][..usize::from(gate.qubit_count)];
        let settings = [("fraction_1q", -1.0), ("fraction_2q", -1.0)];
        let back = inserted(&settings, &[], gate.name, params);
        let both = product(&back, &on_two(gate.slot, qubits, params));
        assert_same(&both, &turned("ii", 0.0), gate.name);
    }
}

#[test]
fn parametrised_gates_turn_by_the_sum_of_both_angles() {
    for (gate, params, longer) in [
        ("phased_x", [0.4, 0.7].as_slice(), [0.44, 0.7].as_slice()),
        ("u3", &[0.4, 0.7, 0.2], &[0.44, 0.7, 0.2]),
        ("phased_xx", &[0.4, 0.7], &[0.44, 0.7]),
        ("crz", &[0.4], &[0.44]),
        ("cphase", &[0.4], &[0.44]),
    ] {
        let settings = [("fraction_1q", 0.1), ("fraction_2q", 0.1)];
        let slot = by_name(gate).unwrap().slot;
        let qubits = &[0, 1][..usize::from(by_name(gate).unwrap().qubit_count)];
        let excess = inserted(&settings, &[], gate, params);
        let both = product(&excess, &on_two(slot, qubits, params));
        assert_same(&both, &on_two(slot, qubits, longer), gate);
    }
}

#[test]
fn swaps_turn_about_all_of_their_axes() {
    let settings = [("fraction_2q", 0.1)];
    let turn = |theta: f64, letters: &[&str]| {
        letters
            .iter()
            .fold(turned("ii", 0.0), |all, axis| product(&turned(axis, 0.1 * theta), &all))
    };
    let swap = turn(FRAC_PI_2, &["xx", "yy", "zz"]);
    assert_same(&inserted(&settings, &[], "swap", &[]), &swap, "swap");
    let iswap = turn(-FRAC_PI_2, &["xx", "yy"]);
    assert_same(&inserted(&settings, &[], "iswap", &[]), &iswap, "iswap");
    for (name, letters, theta) in
        [("swap", &["xx", "yy", "zz"][..], FRAC_PI_2), ("iswap", &["xx", "yy"], -FRAC_PI_2)]
    {
        let whole =
            letters.iter().fold(turned("ii", 0.0), |all, axis| product(&turned(axis, theta), &all));
        assert_same(&on_two(by_name(name).unwrap().slot, &[0, 1], &[]), &whole, name);
    }
}

#[test]
fn a_given_axis_takes_the_place_of_each_gate_s_own() {
    let settings = [("offset_1q", 0.2), ("offset_2q", 0.3)];
    for (one, two) in [("x", "xx"), ("y", "yy"), ("z", "zz")] {
        let words = [("axis_1q", one), ("axis_2q", two)];
        let h = inserted(&settings, &words, "h", &[]);
        assert_same(&h, &turned(&std::format!("{one}i"), 0.2), one);
        assert_same(&inserted(&settings, &words, "cx", &[]), &turned(two, 0.3), two);
    }
}

#[test]
fn larger_gates_turn_each_pair_of_neighbours_and_other_operations_none() {
    let mut stack = noisy(&[("offset_2q", 0.1), ("pair.2-0.offset", 0.2)], &[]);
    run::shot(&mut stack, &run::all_kinds(), 0);
    let seen: Vec<_> = stack
        .child()
        .inserted()
        .filter(|op| op.gate == slot::ZZ_PHASE)
        .map(|op| (op.qubits.clone(), f64::from_bits(op.params[0])))
        .collect();
    let expected = [(std::vec![0, 1], 0.1), (std::vec![2, 0], 0.2), (std::vec![0, 1], 0.1)];
    assert_eq!(seen, expected);
    assert_eq!(stack.child().inserted().count(), 5);
    assert_eq!(run::counter(&stack, "rotations"), 3);
}

#[test]
fn gates_and_places_have_their_own_excess_and_zero_inserts_nothing() {
    let settings = [
        ("offset_1q", 0.1),
        ("gate.rz.fraction", 0.0),
        ("gate.h.2.offset", 0.3),
        ("qubit.3.offset", -0.4),
    ];
    let angle = |slot, qubit, params: &[f64]| {
        let mut stack = noisy(&settings, &[]);
        run::shot(&mut stack, &run::repeated(slot, &[qubit], params, 1), 0);
        stack.child().inserted().last().map(|op| f64::from_bits(op.params[0]))
    };
    assert_eq!(angle(slot::X, 0, &[]), Some(0.1));
    assert_eq!(angle(slot::RZ, 0, &[1.0]), None);
    assert_eq!(angle(slot::X, 3, &[]), Some(-0.4));
    assert_eq!(angle(slot::H, 2, &[]), Some(PI / 4.0));
    let mut ideal = noisy(&[], &[]);
    run::shot(&mut ideal, &run::all_kinds(), 0);
    assert_eq!((ideal.child().calls, ideal.child().inserted().count()), (1, 0));
}

#[test]
fn a_random_sign_is_one_fair_draw_a_shot() {
    let mut stack = noisy(&[("offset_1q", 0.1)], &[("sign", "random")]);
    let circuit = run::repeated(slot::RX, &[0], &[1.0], 3);
    let (mut positive, shots) = (0, 10_000);
    for shot in 0..shots {
        run::shot(&mut stack, &circuit, shot);
        let angles: Vec<_> =
            stack.child().inserted().map(|op| f64::from_bits(op.params[0])).collect();
        assert!(angles.len() == 3 && angles.iter().all(|a| a.to_bits() == angles[0].to_bits()));
        positive += u64::from(angles[0] > 0.0);
    }
    run::within_five_sigma(positive, shots, 0.5);
}

#[test]
fn the_rotations_are_announced_and_one_that_is_refused_is_named() {
    use crate::backend::GateDef;
    let gates = [GateDef::built_in(slot::CX).unwrap(), GateDef::built_in(slot::RX).unwrap()];
    let mut stack = noisy(&[("gate.cx.offset", -0.1)], &[]);
    let set = GateSet { gates: &gates };
    stack.negotiate(&set, &mut [Verdict::Reject; 2]).unwrap();
    assert!(stack.child().announced.contains(&slot::ZZ_PHASE));
    stack.child_mut().rejected.push(slot::ZZ_PHASE);
    let error = stack.negotiate(&set, &mut [Verdict::Reject; 2]).unwrap_err();
    assert!(std::format!("{error}").contains("inserts the gate zz_phase"), "{error}");
    let mut ideal = noisy(&[], &[]);
    ideal.child_mut().rejected.push(slot::ZZ_PHASE);
    ideal.negotiate(&set, &mut [Verdict::Reject; 2]).unwrap();
}

#[test]
fn wrong_settings_are_refused_in_words() {
    for (settings, words) in [
        (&[("offset_1q", 7.0)][..], "a number from -6.28"),
        (&[("fraction_1q", 1.5)], "a number from -1 to 1"),
        (&[("gate.h", 0.1)], "offset or fraction"),
        (&[("gate.h.angle", 0.1)], "offset or fraction"),
        (&[("gate.h.fraction", 2.0)], "a fraction is a number from -1 to 1"),
        (&[("pair.0-0.offset", 0.1)], "two different qubits"),
        (&[("offset_2q", f64::INFINITY)], "a number from"),
    ] {
        let refusal = run::refusal::<CoherentPart>(settings);
        assert!(refusal.contains(words), "{refusal}");
    }
    assert!(run::built::<CoherentPart>(&[], &[("axis_1q", "w")]).is_err());
}
