//! What the leakage layer inserts, drops and reports, over a child that writes it down.

use super::*;
use crate::backend::Stack;
use crate::error::Class;
use crate::noise::drift::Drifting;
use crate::noise::test_support::{Recorder, run};
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::op::{Outcome, Source};
use std::vec::Vec;

type Noisy = Stack<Leakage<Vec<u64>, Drifting>, Recorder>;

fn layer(settings: &[(&str, f64)], leaked_gate: &str) -> Leakage<Vec<u64>, Drifting> {
    run::built::<LeakagePart>(settings, &[("leaked_gate", leaked_gate)]).unwrap()
}

fn noisy(settings: &[(&str, f64)]) -> Noisy {
    run::stack(layer(settings, "skip"))
}

fn circuit(build: impl Fn(&mut OpVec)) -> OpVec {
    let mut ops = OpVec::new();
    build(&mut ops);
    ops
}

fn kinds(stack: &Noisy) -> Vec<(OpKind, u32)> {
    stack.child().seen.iter().map(|op| (op.kind, op.qubits[0])).collect()
}

/// Of so many shots, in how many `what` holds after the circuit.
fn shots_with(stack: &mut Noisy, circuit: &OpVec, what: impl Fn(&Noisy) -> bool) -> u64 {
    let mut count = 0;
    for shot in 0..SHOTS {
        run::shot(stack, circuit, shot);
        count += u64::from(what(stack));
    }
    count
}
const SHOTS: u64 = 40_000;

#[test]
fn without_rates_the_child_sees_the_very_batch() {
    let circuit = run::all_kinds();
    let mut stack = noisy(&[]);
    run::shot(&mut stack, &circuit, 0);
    let mut bare = Recorder::new(4);
    run::shot(&mut bare, &circuit, 0);
    assert_eq!((stack.child().calls, &stack.child().seen), (1, &bare.seen));
}

#[test]
fn every_operand_leaks_at_its_own_rate() {
    let settings = [("p_leak_1q", 0.03), ("p_leak_2q", 0.2), ("gate.t", 0.5), ("pair.0-3", 0.0)];
    let leaks = |slot, qubits: &[u32], operand: usize| {
        let mut stack = noisy(&settings);
        let circuit = run::repeated(slot, qubits, &[], 1);
        shots_with(&mut stack, &circuit, |stack| stack.layer().is_leaked(qubits[operand]))
    };
    run::within_five_sigma(leaks(slot::H, &[2], 0), SHOTS, 0.03);
    run::within_five_sigma(leaks(slot::T, &[2], 0), SHOTS, 0.5);
    for operand in 0..3 {
        run::within_five_sigma(leaks(slot::CCX, &[0, 3, 1], operand), SHOTS, 0.2);
    }
    assert_eq!(leaks(slot::CX, &[3, 0], 0), 0);
}

#[test]
fn operands_leak_independently() {
    let mut stack = noisy(&[("p_leak_2q", 0.3)]);
    let circuit = run::repeated(slot::CX, &[0, 1], &[], 1);
    let both = shots_with(&mut stack, &circuit, |stack| {
        stack.layer().is_leaked(0) && stack.layer().is_leaked(1)
    });
    run::within_five_sigma(both, SHOTS, 0.09);
}

#[test]
fn a_leaked_qubit_is_taken_out_and_its_gates_do_not_happen() {
    let circuit = circuit(|ops| {
        ops.gate(slot::T, &[1], &[]).unwrap();
        ops.gate(slot::H, &[1], &[]).unwrap();
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.measure(1, 0).unwrap();
        ops.measure_leaked(1, 1).unwrap();
        ops.measure_leaked(0, 2).unwrap();
        ops.reset(1).unwrap();
        ops.gate(slot::H, &[1], &[]).unwrap();
        ops.measure_leaked(1, 3).unwrap();
    });
    let mut stack = noisy(&[("gate.t", 1.0), ("leak_measurement_bias", 1.0)]);
    let outcomes = run::shot(&mut stack, &circuit, 0);
    let (gate, reset, measure_leaked) = (OpKind::Gate, OpKind::Reset, OpKind::MeasureLeaked);
    assert_eq!(
        kinds(&stack),
        [
            (gate, 1),
            (reset, 1),
            (gate, 0),
            (measure_leaked, 0),
            (reset, 1),
            (gate, 1),
            (measure_leaked, 1)
        ]
    );
    assert!(stack.child().seen[1].inserted && !stack.child().seen[4].inserted);
    let seen: Vec<_> = outcomes.iter().map(|o| (o.id, o.value, o.op_index)).collect();
    assert_eq!(seen, [(0, 1, 4), (1, 2, 5), (2, 0, 6), (3, 0, 9)]);
    assert_eq!(run::counter(&stack, "spontaneous_leaks"), 1);
    assert_eq!(run::counter(&stack, "skipped_gates"), 2);
    assert_eq!(run::counter(&stack, "leaked_readouts"), 2);
}

#[test]
fn a_leaked_qubit_reads_biased() {
    for bias in [0.0, 0.2, 1.0] {
        let circuit = circuit(|ops| {
            ops.gate(slot::T, &[1], &[]).unwrap();
            ops.measure(1, 0).unwrap();
        });
        let mut stack = noisy(&[("gate.t", 1.0), ("leak_measurement_bias", bias)]);
        let ones: u64 = (0..SHOTS).map(|shot| run::shot(&mut stack, &circuit, shot)[0].value).sum();
        run::within_five_sigma(ones, SHOTS, bias);
    }
}

#[test]
fn leakage_spreads_and_seeps() {
    let circuit = circuit(|ops| {
        ops.gate(slot::T, &[1], &[]).unwrap();
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
    });
    let settings = [("gate.t", 1.0), ("p_spread", 0.3), ("p_seep", 0.1), ("p_leak_2q", 0.2)];
    let mut stack = noisy(&settings);
    let seeped = shots_with(&mut stack, &circuit, |stack| !stack.layer().is_leaked(1));
    run::within_five_sigma(seeped, SHOTS, 0.1);
    let spread = shots_with(&mut stack, &circuit, |stack| stack.layer().is_leaked(0));
    run::within_five_sigma(spread, SHOTS, 1.0 - 0.8 * 0.7);
    let by_interaction =
        shots_with(&mut stack, &circuit, |stack| run::counter(stack, "interaction_leaks") == 1);
    run::within_five_sigma(by_interaction, SHOTS, 0.8 * 0.3);
    let as_one = shots_with(&mut stack, &circuit, |stack| run::counter(stack, "inserted_x") == 1);
    run::within_five_sigma(as_one, SHOTS, 0.05);
}

#[test]
fn a_gate_with_a_leaked_qubit_leaves_its_partner_alone_or_mixes_it() {
    let circuit = circuit(|ops| {
        ops.gate(slot::T, &[1], &[]).unwrap();
        ops.gate(slot::CCX, &[0, 1, 3], &[]).unwrap();
    });
    let mut skipping = noisy(&[("gate.t", 1.0)]);
    run::shot(&mut skipping, &circuit, 0);
    assert_eq!(kinds(&skipping), [(OpKind::Gate, 1), (OpKind::Reset, 1)]);
    let mut mixing = run::stack(layer(&[("gate.t", 1.0)], "depolarize"));
    for slot in [slot::X, slot::Y, slot::Z] {
        let on_three = shots_with(&mut mixing, &circuit, |stack| {
            stack.child().inserted().any(|op| op.gate == slot && op.qubits == [3])
        });
        run::within_five_sigma(on_three, SHOTS, 0.25);
    }
    let layer = layer(&[("gate.t", 1.0)], "depolarize");
    let mut mixing = Stack::new(layer, Recorder::new(4).with_channels());
    run::shot(&mut mixing, &circuit, 0);
    let channels: Vec<_> =
        mixing.child().seen.iter().filter(|op| op.kind == OpKind::Channel).collect();
    assert_eq!(channels.len(), 2);
    assert!(channels.iter().all(|op| op.params == [0.25_f64.to_bits(); 3]));
}

#[test]
fn postselecting_a_leaked_qubit_goes_by_its_readout() {
    let circuit = circuit(|ops| {
        ops.gate(slot::T, &[1], &[]).unwrap();
        ops.postselect(1, true).unwrap();
    });
    let mut stack = noisy(&[("gate.t", 1.0)]);
    run::shot(&mut stack, &circuit, 0);
    assert!(kinds(&stack).iter().all(|(kind, _)| *kind != OpKind::Postselect));
    let mut never = noisy(&[("gate.t", 1.0), ("leak_measurement_bias", 0.0)]);
    let error = run::try_shot(&mut never, &circuit, 0).unwrap_err();
    assert_eq!(
        (error.kind(), error.op_index()),
        (ErrorKind::Impossible { qubit: 1, value: 1 }, Some(1))
    );
}

#[test]
fn what_a_layer_above_inserts_leaks_nothing_and_cannot_entangle_a_leaked_qubit() {
    let mut stack = noisy(&[("p_leak_1q", 1.0), ("p_leak_2q", 1.0)]);
    stack.shot_begin(ShotId(0), Seed(0)).unwrap();
    let inserted = circuit(|ops| {
        ops.inserted_gate(slot::X, &[1], &[]).unwrap();
        ops.inserted_gate(slot::ZZ_PHASE, &[1, 2], &[0.1]).unwrap();
    });
    let from_above = Source { issuer: 5, depth: 1 };
    let inserted = inserted.batch().from_source(from_above);
    let none = &mut Outcomes::new(&mut []);
    stack.apply(&inserted, none).unwrap();
    assert_eq!(kinds(&stack).len(), 2);
    stack.apply(&run::repeated(slot::H, &[1], &[], 1).batch(), none).unwrap();
    assert!(stack.layer().is_leaked(1));
    stack.child_mut().seen.clear();
    stack.apply(&inserted, none).unwrap();
    assert_eq!(kinds(&stack), [(OpKind::Gate, 1)]);
    assert!(stack.layer().is_leaked(1) && !stack.layer().is_leaked(2));
}

#[test]
fn splitting_a_batch_and_refusals_move_nothing() {
    let pieces: Vec<_> = (0..300)
        .map(|round| {
            circuit(|ops| {
                ops.gate(slot::H, &[round % 4], &[]).unwrap();
                ops.gate(slot::CX, &[round % 3, 3], &[]).unwrap();
                ops.measure(round % 4, u64::from(round)).unwrap();
                ops.gate(slot::H, &[2], &[]).unwrap();
                if round % 5 == 0 {
                    ops.reset(round % 3).unwrap();
                }
            })
        })
        .collect();
    let settings = [("p_leak_1q", 0.01), ("p_leak_2q", 0.02), ("p_spread", 0.2), ("p_seep", 0.3)];
    let run_with_refusals = |refuse: bool| {
        let mut stack = run::stack(layer(&settings, "depolarize"));
        stack.shot_begin(ShotId(5), Seed(99)).unwrap();
        let mut values = Vec::new();
        for piece in &pieces {
            let mut memory = [Outcome::default(); 1];
            let mut outcomes = Outcomes::new(&mut memory);
            stack.child_mut().refuse_call = refuse.then_some(stack.child().calls);
            if let Err(error) = stack.apply(&piece.batch(), &mut outcomes) {
                assert_eq!(error.class(), Class::Refused);
                assert!(outcomes.is_empty());
                stack.child_mut().refuse_call = None;
                stack.apply(&piece.batch(), &mut outcomes).unwrap();
            }
            values.push(memory[0].value);
        }
        (stack.into_parts().1.seen, values)
    };
    assert_eq!(run_with_refusals(false), run_with_refusals(true));
}

#[test]
fn only_a_child_that_takes_measure_leaked_makes_leakage_known() {
    let mut stack = noisy(&[]);
    assert!(stack.info().caps.has(Caps::LEAKAGE));
    stack.child_mut().info.op_kinds &= !OpKind::MeasureLeaked.bit();
    assert!(!stack.info().caps.has(Caps::LEAKAGE));
    stack.child_mut().info.op_kinds &= !OpKind::Reset.bit();
    let error = stack.negotiate(&GateSet { gates: &[] }, &mut []).unwrap_err();
    assert!(std::format!("{error}").contains("leakage resets qubits"), "{error}");
}

#[test]
fn wrong_settings_are_refused_in_words() {
    for (settings, words) in [
        (&[("p_leak", 0.5)][..], "no parameter p_leak"),
        (&[("p_spread", 1.5)], "a probability"),
        (&[("gate.q", 0.5)], "there is no gate q"),
        (&[("gate.h.7", 0.5)], "qubit 7 does not exist"),
        (&[("gate.h.x", 0.5)], "x is no place"),
    ] {
        let refusal = run::refusal::<LeakagePart>(settings);
        assert!(refusal.contains(words), "{refusal}");
    }
}

/// How often the target of a CX reads 1 if its control has leaked, and the gate's own count.
fn target_of_leaked_control(leaked_gate: &str) -> (u64, u64, u64) {
    use crate::ids::StreamId;
    use crate::part::{Config, SimulatorPart};
    use crate::sim::StabilizerPart;
    let layer = run::built::<LeakagePart>(&[("gate.h", 1.0)], &[("leaked_gate", leaked_gate)]);
    let config = Config::new(4, StreamId::of("test", 0));
    let tableau = std::vec![0; StabilizerPart::cells(&config).unwrap()];
    let mut stack = Stack::new(layer.unwrap(), StabilizerPart::build(&config, tableau).unwrap());
    let mut ops = OpVec::new();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.gate(slot::CX, &[0, 1], &[]).unwrap();
    ops.measure(1, 0).unwrap();
    ops.measure_leaked(0, 1).unwrap();
    let (mut ones, mut acted, mut skipped) = (0, 0, 0);
    for number in 0..10_000 {
        let outcomes = run::shot(&mut stack, &ops, number);
        assert_eq!(outcomes[1].value, 2, "it stays leaked");
        ones += outcomes[0].value;
        acted += run::counter(&stack, "random_gates");
        skipped += run::counter(&stack, "skipped_gates");
    }
    (ones, acted, skipped)
}

#[test]
fn a_gate_with_a_leaked_qubit_is_skipped_mixes_or_acts_at_random() {
    assert_eq!(target_of_leaked_control("skip"), (0, 0, 10_000));
    let (ones, acted, skipped) = target_of_leaked_control("random");
    assert_eq!((acted, skipped), (10_000, 0));
    run::within_five_sigma(ones, 10_000, 0.5);
    let (ones, acted, skipped) = target_of_leaked_control("depolarize");
    assert_eq!((acted, skipped), (0, 10_000));
    run::within_five_sigma(ones, 10_000, 0.5);
}
