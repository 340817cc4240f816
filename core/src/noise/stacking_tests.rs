//! Several models on top of each other, and golden draws.

use super::test_support::{Recorder, Seen, run};
use super::{CoherentPart, DepolarizingPart, Ideal, LeakagePart, PauliPart, ReadoutPart};
use crate::backend::{Backend, Layer, Stack};
use crate::ids::{Seed, ShotId, StreamId};
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::op::{OpSink, Outcome, Outcomes};
use crate::part::{Config, LayerPart, Setting, Value};
use crate::units::DurationNs;
use std::boxed::Box;
use std::string::String;
use std::vec::Vec;

type Any = Box<dyn Backend>;

fn over<P: LayerPart>(child: Any, ordinal: u64, settings: &[(&str, f64)]) -> Any
where
    P::Layer<Vec<P::Cell>>: 'static,
{
    let settings: Vec<_> =
        settings.iter().map(|&(key, value)| Setting { key, value: Value::Real(value) }).collect();
    let config = Config::new(4, StreamId::of(P::SPEC.id, ordinal)).with(&settings);
    let storage = std::vec![P::EMPTY; P::cells(&config).unwrap()];
    Box::new(Stack::new(P::build(&config, storage).unwrap(), child))
}

const MODELS: usize = 6;

/// The model with this number, at rates at which something happens.
fn model(number: usize, ordinal: u64, child: Any) -> Any {
    match number {
        0 => Box::new(Stack::new(Ideal, child)),
        1 => over::<DepolarizingPart>(
            child,
            ordinal,
            &[("p_1q", 0.1), ("p_2q", 0.2), ("p_meas", 0.1), ("p_init", 0.2)],
        ),
        2 => over::<PauliPart>(
            child,
            ordinal,
            &[("px", 0.05), ("zz", 0.1), ("idle.z", 0.3), ("meas.x", 0.02), ("gate.cx.xi", 0.1)],
        ),
        3 => over::<ReadoutPart>(child, ordinal, &[("p_1_given_0", 0.1), ("p_0_given_2", 0.2)]),
        4 => over::<CoherentPart>(child, ordinal, &[("fraction_1q", 0.01), ("offset_2q", 0.02)]),
        _ => over::<LeakagePart>(
            child,
            ordinal,
            &[("p_leak_1q", 0.02), ("p_leak_2q", 0.03), ("p_spread", 0.3), ("p_seep", 0.2)],
        ),
    }
}

/// A program of every kind of operation, some hundred long.
fn program() -> OpVec {
    let mut ops = OpVec::new();
    for round in 0..30_u32 {
        let (a, b, c) = (round % 4, (round + 1) % 4, (round + 2) % 4);
        ops.gate(slot::H, &[a], &[]).unwrap();
        ops.gate(slot::RZ, &[b], &[0.3]).unwrap();
        ops.gate(slot::CX, &[a, b], &[]).unwrap();
        ops.gate(slot::CCX, &[a, b, c], &[]).unwrap();
        ops.idle(&[b, c], DurationNs(5)).unwrap();
        ops.barrier(&[]).unwrap();
        ops.measure(a, u64::from(2 * round)).unwrap();
        ops.measure_leaked(b, u64::from(2 * round + 1)).unwrap();
        ops.reset(c).unwrap();
    }
    ops
}

/// What a child of its own records and answers, shared with the stack above it.
#[derive(Clone)]
struct Shared(std::rc::Rc<core::cell::RefCell<Recorder>>);

impl Shared {
    fn new() -> Self {
        Self(std::rc::Rc::new(core::cell::RefCell::new(Recorder::new(4))))
    }
    fn seen(&self) -> Vec<Seen> {
        self.0.borrow().seen.clone()
    }
}

impl Backend for Shared {
    fn id(&self) -> &str {
        "test.shared"
    }
    fn info(&self) -> crate::backend::Info {
        self.0.borrow().info()
    }
    fn negotiate(
        &mut self,
        gates: &crate::backend::GateSet<'_>,
        verdicts: &mut [crate::backend::Verdict],
    ) -> crate::Result<()> {
        self.0.borrow_mut().negotiate(gates, verdicts)
    }
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> crate::Result<()> {
        self.0.borrow_mut().shot_begin(shot, seed)
    }
    fn apply(
        &mut self,
        batch: &crate::op::Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> crate::Result<()> {
        self.0.borrow_mut().apply(batch, outcomes)
    }
    fn shot_end(&mut self) -> crate::Result<()> {
        self.0.borrow_mut().shot_end()
    }
}

/// The models from the outermost in, over a child that records.
fn stacked(numbers: &[usize]) -> (Any, Shared) {
    let child = Shared::new();
    let mut stack: Any = Box::new(child.clone());
    for (level, &number) in numbers.iter().rev().enumerate() {
        let below = &numbers[numbers.len() - level..];
        let ordinal = below.iter().filter(|&&other| other == number).count() as u64;
        stack = model(number, ordinal, stack);
    }
    (stack, child)
}

fn fnv(hash: u64, word: u64) -> u64 {
    word.to_le_bytes()
        .iter()
        .fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// A hash of all that the child saw and of all outcomes, over some shots.
fn digest(numbers: &[usize]) -> u64 {
    let (mut stack, child) = stacked(numbers);
    let mut hash = 0xcbf2_9ce4_8422_2325;
    for shot in 0..5 {
        for outcome in run::shot(&mut stack, &program(), shot) {
            hash = [outcome.id, outcome.value, u64::from(outcome.op_index)]
                .into_iter()
                .fold(hash, fnv);
        }
        for op in child.seen() {
            let head = [op.kind as u64, u64::from(op.gate), u64::from(op.inserted)];
            let qubits = op.qubits.iter().map(|&qubit| u64::from(qubit));
            hash = head.into_iter().chain(qubits).chain(op.params).fold(hash, fnv);
        }
    }
    hash
}

#[test]
fn any_two_and_three_models_stack_in_any_order() {
    for code in 0..MODELS * MODELS * MODELS {
        let numbers = [code % MODELS, code / MODELS % MODELS, code / MODELS / MODELS];
        let (mut stack, child) = stacked(&numbers);
        let outcomes = run::shot(&mut stack, &program(), 1);
        let expected: Vec<_> = program()
            .batch()
            .ops()
            .into_iter()
            .zip(0..)
            .filter(|(op, _)| op.kind().bears_result())
            .map(|(op, index)| (op.result_id(), op.kind() as u8, index))
            .collect();
        let seen: Vec<_> = outcomes.iter().map(|o| (o.id, o.kind, o.op_index)).collect();
        assert_eq!(seen, expected, "{numbers:?}");
        assert!(outcomes.iter().all(|o| o.value <= 2));
        // What is not inserted is the program's own, in its order; leakage drops some.
        let own = child.seen().into_iter().filter(|op| !op.inserted).count();
        let all = program().op_count() as usize;
        assert!(if numbers.contains(&5) { own <= all } else { own == all }, "{numbers:?}");
        assert!(child.seen().iter().all(|op| op.inserted == (op.depth > 0)));
    }
}

#[test]
fn a_model_on_top_moves_no_error_of_those_below() {
    /// Behind how many of the program's operations a model inserted what.
    fn of_issuer(seen: &[Seen], issuer: u32) -> Vec<(usize, u16, Vec<u32>)> {
        let mut own = 0;
        let mut found = Vec::new();
        for op in seen {
            if op.inserted && op.issuer == issuer {
                found.push((own, op.gate, op.qubits.clone()));
            }
            own += usize::from(!op.inserted);
        }
        found
    }
    let id = |part: &str| u32::try_from(StreamId::of(part, 0).0 & 0xffff_ffff).unwrap();
    for (lower, part) in [
        (1, "pandia.depolarizing"),
        (2, "pandia.pauli"),
        (4, "pandia.coherent"),
        (5, "pandia.leakage"),
    ] {
        for upper in (0..5).filter(|&upper| upper != lower) {
            let (mut alone, seen_alone) = stacked(&[lower]);
            let (mut under, seen_under) = stacked(&[upper, lower]);
            for shot in 0..5 {
                run::shot(&mut alone, &program(), shot);
                run::shot(&mut under, &program(), shot);
                let alone = of_issuer(&seen_alone.seen(), id(part));
                assert!(!alone.is_empty());
                assert_eq!(alone, of_issuer(&seen_under.seen(), id(part)), "{upper} over {lower}");
            }
        }
    }
}

#[test]
fn batches_of_any_size_give_the_same_shot() {
    let whole = program();
    let numbers = [3, 1, 5, 4, 2];
    let (mut stack, child) = stacked(&numbers);
    let outcomes: Vec<_> =
        run::shot(&mut stack, &whole, 2).iter().map(|o| (o.id, o.value)).collect();
    for size in [1, 2, 7, 64] {
        let (mut other, other_child) = stacked(&numbers);
        other.shot_begin(ShotId(2), Seed(99)).unwrap();
        let ops: Vec<_> = whole.batch().ops().into_iter().collect();
        let mut values = Vec::new();
        for piece in ops.chunks(size) {
            let words: Vec<u64> = piece.iter().flat_map(|op| op.words()).copied().collect();
            let batch = crate::op::Batch::new(&words).unwrap();
            let mut memory = std::vec![Outcome::default(); batch.result_count() as usize];
            let mut outcomes = Outcomes::new(&mut memory);
            other.apply(&batch, &mut outcomes).unwrap();
            values.extend(outcomes.as_slice().iter().map(|o| (o.id, o.value)));
        }
        assert_eq!((&values, other_child.seen()), (&outcomes, child.seen()), "batches of {size}");
    }
}

#[test]
fn draws_are_golden() {
    // A change here changes the digest of every noisy program: never by accident.
    let found: Vec<_> = [&[1][..], &[2], &[3], &[4], &[5], &[3, 1, 5, 4, 2]]
        .into_iter()
        .map(|numbers| (numbers, digest(numbers)))
        .map(|(numbers, digest)| std::format!("{numbers:?} {digest:016x}"))
        .collect();
    let expected: Vec<String> = GOLDEN.iter().map(|&line| line.into()).collect();
    assert_eq!(found, expected);
}

const GOLDEN: [&str; 6] = [
    "[1] 0a96ec965f54472b",
    "[2] 8941accb677d6bc4",
    "[3] c2a8172277ff0085",
    "[4] c3bc2b958283b8d5",
    "[5] 523de89b7b4a92f1",
    "[3, 1, 5, 4, 2] 510874d80df6f8a8",
];

/// A steady layer is a drifting one that does not drift, without the memory for that.
fn same_shots<Known: Layer, Configured: Layer>(known: Known, configured: Configured) {
    assert!(size_of::<Known>() + 128 < size_of::<Configured>(), "a table takes 128 bytes");
    let circuit = run::all_kinds();
    let (mut known, mut configured) = (run::stack(known), run::stack(configured));
    let mut inserted = 0;
    for shot in 0..2000 {
        let reported = run::shot(&mut known, &circuit, shot);
        assert_eq!(reported, run::shot(&mut configured, &circuit, shot));
        assert_eq!(known.child().seen, configured.child().seen);
        inserted += known.child().inserted().count();
    }
    assert!(inserted > 20, "{inserted}");
}

#[test]
fn a_layer_of_known_rates_is_the_configured_one() {
    use crate::noise::{Depolarizing, DepolarizingRates, Leakage, LeakageRates};
    use crate::units::Probability;
    let p = |value| Probability::new(value).unwrap();
    let set = |key, value| Setting { key, value: Value::Real(value) };
    let stream = StreamId(5);

    let rates = [set("p_1q", 0.01), set("p_2q", 0.02), set("p_meas", 0.03), set("p_init", 0.004)];
    let config = Config::new(3, stream).with(&rates);
    let configured = DepolarizingPart::build(&config, [0_u64; 0]).unwrap();
    let rates =
        DepolarizingRates { p_1q: p(0.01), p_2q: p(0.02), p_meas: p(0.03), p_init: p(0.004) };
    let known = Depolarizing::of_rates(&rates, stream).unwrap();
    same_shots(known, configured);
    let configured = DepolarizingPart::build(&config, [0_u64; 0]).unwrap();
    let prepared = Depolarizing::of_prepared(&rates.prepare().unwrap(), stream).unwrap();
    same_shots(prepared, configured);

    let rates = [set("p_leak_1q", 0.01), set("p_spread", 0.5), set("p_seep", 0.25)];
    let config = Config::new(70, stream).with(&rates);
    let configured = LeakagePart::build(&config, [0_u64; 2]).unwrap();
    let rates = LeakageRates {
        p_leak_1q: p(0.01),
        p_leak_2q: p(0.0),
        p_spread: p(0.5),
        p_seep: p(0.25),
        leak_measurement_bias: p(0.5),
        depolarizes_partners: false,
    };
    let known = Leakage::of_rates(70, &rates, stream, [7_u64; 2]).unwrap();
    same_shots(known, configured);
    assert!(Leakage::of_rates(70, &rates, stream, [0_u64; 1]).is_err());
    let configured = LeakagePart::build(&config, [0_u64; 2]).unwrap();
    let words = rates.prepare().unwrap();
    let prepared = Leakage::of_prepared(70, &words, stream, [7_u64; 2]).unwrap();
    same_shots(prepared, configured);
    assert!(Leakage::of_prepared(70, &words, stream, [0_u64; 1]).is_err());
}
