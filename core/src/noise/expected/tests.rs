//! What models say that they may do is what they do: real models run many times over a child that
//! writes down what it sees, and each deed's frequency is held against the probability given, at
//! five sigma. A deed that was not announced fails at once.

use super::*;
use crate::noise::test_support::{Seen, run};
use crate::noise::{Coherent, CoherentPart, DepolarizingPart, PauliPart, ReadoutPart};
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::op::{OpKind, OpSink};
use crate::part::LayerPart;
use std::collections::BTreeMap;
use std::vec::Vec;

pub(super) const SHOTS: u64 = 30_000;

pub(super) type Counts = BTreeMap<Deed, u64>;

/// The Paulis that were inserted, one string for all if `together`, else one for each.
pub(super) fn strings(inserted: &[&Seen], together: bool) -> Vec<Deed> {
    let factor = |op: &&Seen| {
        let pauli = match op.gate {
            slot::X => 1,
            slot::Y => 2,
            slot::Z => 3,
            other => panic!("gate {other} was inserted"),
        };
        (op.qubits[0], pauli)
    };
    let all: Vec<_> = inserted.iter().map(factor).collect();
    let pieces = if together { 2 } else { 1 };
    all.chunks(pieces).map(|c| Deed::Paulis(PauliString::new(c.iter().copied()).unwrap())).collect()
}

/// Whether counts are those of the model's own words for the last operation of `circuit`.
pub(super) fn hold(
    expect: &dyn Expect,
    circuit: &OpVec,
    known: &Known<'_>,
    place: Place,
    counts: &Counts,
) {
    let op = circuit.batch().ops().iter().last().unwrap();
    let counts: BTreeMap<_, _> = counts.iter().map(|(&deed, &n)| ((place, deed), n)).collect();
    let mut expected = Sums::new();
    add_words(expect, op, known, &mut expected);
    assert!(expected.keys().all(|&(at, _)| at == place), "{expected:?}");
    compare(&counts, &expected.into_iter().map(|(k, p)| (k, p * as_real(SHOTS))).collect(), SHOTS);
}

/// Expected counts by place and deed.
pub(super) type Sums = BTreeMap<(Place, Deed), f64>;

/// Adds the probabilities of all that `expect` says of `op`.
pub(super) fn add_words(expect: &dyn Expect, op: Op<'_>, known: &Known<'_>, sums: &mut Sums) {
    expect.expect(op, known, &mut |one| {
        assert!(one.probability > 0.0 && one.probability <= 1.0, "{one:?}");
        *sums.entry((one.place, one.deed)).or_insert(0.0) += one.probability;
    });
}

/// Counts of `trials` against expected counts, at five sigma.
pub(super) fn compare(counts: &BTreeMap<(Place, Deed), u64>, expected: &Sums, trials: u64) {
    assert!(!expected.is_empty());
    for deed in counts.keys() {
        assert!(expected.contains_key(deed), "{deed:?} was not announced: {expected:?}");
    }
    for (deed, sum) in expected {
        run::within_five_sigma(
            counts.get(deed).copied().unwrap_or(0),
            trials,
            sum / as_real(trials),
        );
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
pub(super) const fn as_real(count: u64) -> f64 {
    count as f64
}

pub(super) fn one(kind_of: impl FnOnce(&mut OpVec)) -> OpVec {
    let mut ops = OpVec::new();
    kind_of(&mut ops);
    ops
}

/// Runs a model that inserts Paulis at one operation and holds it to its words.
fn holds_at<P: LayerPart>(
    settings: &[(&str, f64)],
    words: &[(&str, &str)],
    circuit: &OpVec,
    place: Place,
) where
    P::Layer<Vec<P::Cell>>: Expect,
{
    let mut stack = run::stack(run::built::<P>(settings, words).unwrap());
    let together = circuit.batch().ops().iter().last().unwrap().qubit_count() == 2;
    let mut counts = Counts::new();
    for shot in 0..SHOTS {
        run::shot(&mut stack, circuit, shot);
        let seen = &stack.child().seen;
        let at = seen.iter().position(|op| !op.inserted).unwrap();
        assert!(seen[if place == Place::Before { at + 1..seen.len() } else { 0..at }].is_empty());
        let inserted: Vec<&Seen> = stack.child().inserted().collect();
        for deed in strings(&inserted, together) {
            *counts.entry(deed).or_default() += 1;
        }
    }
    hold(stack.layer(), circuit, &Known::NOTHING, place, &counts);
}

pub(super) fn gate(slot: u16, qubits: &[u32]) -> OpVec {
    run::repeated(slot, qubits, &[], 1)
}

#[test]
fn depolarizing_does_what_it_says() {
    let settings = [("p_1q", 0.06), ("p_2q", 0.3), ("p_init", 0.02), ("gate.cx.0-1", 0.15)];
    for (words, place) in [("before", Place::Before), ("after", Place::After)] {
        let at = |circuit| {
            holds_at::<DepolarizingPart>(&settings, &[("when", words)], &circuit, place);
        };
        at(gate(slot::H, &[2]));
        at(gate(slot::CX, &[1, 0]));
        at(gate(slot::CZ, &[3, 1]));
        at(gate(slot::CCX, &[3, 0, 2]));
    }
    let reset = one(|ops| ops.reset(1).unwrap());
    holds_at::<DepolarizingPart>(&settings, &[], &reset, Place::After);
}

#[test]
fn pauli_does_what_it_says() {
    let settings = [
        ("px", 0.01),
        ("pz", 0.05),
        ("xz", 0.03),
        ("pair.3-1.xz", 0.1),
        ("pair.3-1.iy", 0.02),
        ("gate.ccx.xi", 0.1),
        ("gate.ccx.iz", 0.05),
        ("idle.y", 0.04),
        ("reset.x", 0.03),
        ("meas.2.x", 0.07),
    ];
    let at = |circuit, place| holds_at::<PauliPart>(&settings, &[], &circuit, place);
    at(gate(slot::H, &[2]), Place::Before);
    at(gate(slot::CX, &[0, 2]), Place::Before);
    at(gate(slot::CX, &[1, 3]), Place::Before);
    at(gate(slot::CCX, &[0, 1, 2]), Place::Before);
    at(one(|ops| ops.reset(0).unwrap()), Place::After);
    at(one(|ops| ops.measure(2, 0).unwrap()), Place::Before);
    at(one(|ops| ops.idle(&[3], crate::units::DurationNs(5)).unwrap()), Place::After);
}

/// Runs a model that changes outcomes and holds it to its words.
fn holds_for<P: LayerPart>(settings: &[(&str, f64)], circuit: &OpVec, measured: u64)
where
    P::Layer<Vec<P::Cell>>: Expect,
{
    let mut stack = run::stack(run::built::<P>(settings, &[]).unwrap());
    stack.child_mut().outcome = measured;
    let mut counts = Counts::new();
    let small = |value: u64| u8::try_from(value).unwrap();
    for shot in 0..SHOTS {
        let reported = run::shot(&mut stack, circuit, shot)[0].value;
        if reported != measured {
            let deed = Deed::Misreads { measured: small(measured), reported: small(reported) };
            *counts.entry(deed).or_default() += 1;
        }
    }
    let known = Known { measured: Some(measured), ..Known::NOTHING };
    hold(stack.layer(), circuit, &known, Place::Outcome, &counts);
}

#[test]
fn flipped_and_confused_reports_are_announced() {
    let plain = one(|ops| ops.measure(1, 0).unwrap());
    let leaked = one(|ops| ops.measure_leaked(1, 0).unwrap());
    let confusion = [
        ("p_1_given_0", 0.02),
        ("p_0_given_1", 0.2),
        ("p_2_given_0", 0.1),
        ("p_2_given_1.1", 0.3),
        ("p_0_given_2", 0.04),
        ("p_1_given_2", 0.15),
    ];
    for measured in [0, 1] {
        holds_for::<DepolarizingPart>(&[("p_meas.1", 0.03), ("p_1q", 0.2)], &plain, measured);
        holds_for::<ReadoutPart>(&confusion, &plain, measured);
    }
    for measured in [0, 1, 2] {
        holds_for::<ReadoutPart>(&confusion, &leaked, measured);
    }
}

#[test]
fn rotations_come_where_they_are_announced() {
    let settings = [("offset_1q", 0.1), ("offset_2q", 0.2), ("gate.rz.fraction", 0.01)];
    let layer: Coherent<Vec<u64>> = run::built::<CoherentPart>(&settings, &[]).unwrap();
    let mut stack = run::stack(layer);
    for (slot, qubits, params, count) in [
        (slot::H, &[2][..], &[][..], 1),
        (slot::CX, &[2, 0], &[], 1),
        (slot::CCX, &[2, 0, 1], &[], 2),
        (slot::RZ, &[1], &[0.5], 1),
        (slot::RZ, &[1], &[0.0], 0),
    ] {
        let circuit = run::repeated(slot, qubits, params, 1);
        run::shot(&mut stack, &circuit, 0);
        let op = circuit.batch().ops().iter().next().unwrap();
        let mut touched = Vec::new();
        stack.layer().expect(op, &Known::NOTHING, &mut |expected| {
            assert_eq!(
                (expected.place, expected.probability.to_bits()),
                (Place::After, 1_f64.to_bits())
            );
            let Deed::Rotation { qubits, qubit_count } = expected.deed else {
                panic!("{expected:?}")
            };
            touched.push(qubits[..usize::from(qubit_count)].to_vec());
        });
        assert_eq!(touched.len(), count, "slot {slot}");
        assert_eq!(run::counter(&stack, "rotations"), count as u64);
        let inserted: Vec<&Seen> = stack.child().inserted().collect();
        assert_eq!(inserted.is_empty(), count == 0);
        for op in inserted {
            assert!(touched.iter().any(|set| op.qubits.iter().all(|qubit| set.contains(qubit))));
        }
    }
}

#[test]
fn strings_have_one_form() {
    let string = |factors: &[(u32, u8)]| PauliString::new(factors.iter().copied());
    assert_eq!(string(&[(4, 1), (2, 3)]), string(&[(2, 3), (4, 1)]));
    assert_eq!(string(&[(4, 0), (2, 3)]).unwrap().factors(), &[(2, 3)]);
    assert_eq!(string(&[(4, 1), (4, 3)]), None);
    assert_eq!(string(&[(1, 1), (2, 1), (3, 1)]), None);
    assert_eq!(PauliString::of_code([7, 3], 0b11_01).factors(), &[(3, 3), (7, 1)]);
}

#[cfg(feature = "alloc")]
#[test]
fn every_built_in_model_can_be_asked_by_its_id() {
    use crate::ids::StreamId;
    use crate::noise::{
        CrosstalkPart, DephasingPart, IdealPart, IdlePart, JointReadoutPart, LeakagePart,
        TopologyPart,
    };
    use crate::part::{Config, Setting, Value};
    let config = Config::new(4, StreamId(1));
    let says = |id, config: &Config<'_>, below| match expecting(id, config, below).unwrap() {
        Answer::Says(model) => Ok(model),
        Answer::Silent(why) => Err(why),
    };
    let (drifts, params) = (Facts::SHOT, Facts::PARAMS);
    let drift = Setting { key: "drift", value: Value::Text("linear") };
    for (id, steady) in [
        (DepolarizingPart::SPEC.id, Facts::NONE),
        (PauliPart::SPEC.id, Facts::NONE),
        (LeakagePart::SPEC.id, Facts::LEAKS),
        (ReadoutPart::SPEC.id, Facts::NONE),
        (CoherentPart::SPEC.id, params),
        (CrosstalkPart::SPEC.id, Facts::NONE),
        (DephasingPart::SPEC.id, params.with(Facts::LENGTH)),
        (IdlePart::SPEC.id, params.with(Facts::WAITS)),
        (JointReadoutPart::SPEC.id, Facts::OUTCOMES),
    ] {
        let below = Some(TakesChannels::No);
        assert_eq!(says(id, &config, below).unwrap().depends_on(), steady, "{id}");
        let settings = [drift];
        let config = config.with(&settings);
        assert_eq!(says(id, &config, below).unwrap().depends_on(), steady.with(drifts), "{id}");
        let settings = [drift, Setting { key: "drift_by", value: Value::Text("time") }];
        let config = config.with(&settings);
        let by_time = steady.with(Facts::START);
        assert_eq!(says(id, &config, below).unwrap().depends_on(), by_time, "{id}");
    }
    for id in [IdealPart::SPEC.id, TopologyPart::SPEC.id] {
        assert_eq!(says(id, &config, None).unwrap().depends_on(), Facts::NONE);
    }
    assert!(says("com.example.drift", &config, None).is_err());
    // Over what, decides between decay and twirl; with method=twirl it does not matter.
    assert!(says(IdlePart::SPEC.id, &config, None).is_err());
    let twirl = [Setting { key: "method", value: Value::Text("twirl") }];
    assert!(says(IdlePart::SPEC.id, &config.with(&twirl), None).is_ok());
    // Eleven qubits in a chain are too many.
    let keys = (0..10).map(|k| std::format!("pair.{k}-{}.11_given_00", k + 1)).collect::<Vec<_>>();
    let chain: Vec<_> = keys.iter().map(|key| Setting { key, value: Value::Real(0.1) }).collect();
    let config = Config::new(11, StreamId(1));
    assert!(says(JointReadoutPart::SPEC.id, &config.with(&chain), None).is_err());
    assert!(says(JointReadoutPart::SPEC.id, &config.with(&chain[1..]), None).is_ok());
}

#[test]
fn nothing_is_announced_for_operations_that_stay_clean() {
    let all = [("p_1q", 0.5), ("p_2q", 0.5), ("p_meas", 0.5), ("p_init", 0.5)];
    let layer = run::built::<DepolarizingPart>(&all, &[]).unwrap();
    let circuit = one(|ops| {
        ops.postselect(0, true).unwrap();
        ops.barrier(&[]).unwrap();
        ops.inserted_gate(slot::X, &[0], &[]).unwrap();
    });
    let mut stack = run::stack(layer);
    run::shot(&mut stack, &circuit, 0);
    assert_eq!(stack.child().seen.len(), 3);
    for op in circuit.batch().ops() {
        let fate = stack.layer().expect(op, &Known::NOTHING, &mut |one| panic!("{one:?}"));
        assert_eq!(fate, Fate::Forwarded);
    }
}

#[test]
fn a_channel_holds_the_errors_that_would_be_drawn() {
    let settings = [("p_1q", 0.06), ("p_2q", 0.3), ("gate.cx", 0.15)];
    let layer = run::built::<DepolarizingPart>(&settings, &[]).unwrap();
    let child = crate::noise::test_support::Recorder::new(4).with_channels();
    let mut stack = crate::backend::Stack::new(layer, child);
    for circuit in [gate(slot::H, &[2]), gate(slot::CX, &[3, 1]), gate(slot::CCX, &[3, 0, 2])] {
        run::shot(&mut stack, &circuit, 0);
        let op = circuit.batch().ops().iter().next().unwrap();
        let mut drawn = Vec::new();
        stack.layer().expect(op, &Known::NOTHING, &mut |e| drawn.push((e.deed, e.probability)));
        let sent = stack.child().inserted().next().unwrap();
        let mut ops = OpVec::new();
        let reals: Vec<f64> = sent.params.iter().map(|&bits| f64::from_bits(bits)).collect();
        let params = crate::op::Params::Reals(&reals);
        let (kind, gate) = (OpKind::Channel, sent.gate);
        ops.push(crate::op::Parts { kind, flags: 0, gate, qubits: &sent.qubits, params }).unwrap();
        let channel = ops.batch().ops().iter().next().unwrap();
        let mut held = Vec::new();
        assert!(errors_of_channel(channel, &mut |error, p| held.push((error, p))));
        assert_eq!(drawn, held);
        assert!(!errors_of_channel(op, &mut |_, _| {}));
    }
}
