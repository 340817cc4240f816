//! Wrapping at any depth, with real libraries: a C error model over a Rust simulator inside a Rust
//! tap inside a C tap, two of the joints by way of the host. Six tables lie between the caller and
//! the amplitudes, and nothing is lost on the way.
//!
//! Crossings are counted, not assumed: each pair is handed on with a copy of its table whose
//! `shot_begin` counts and then does what the original does.
#![expect(unsafe_code, reason = "loads libraries and calls their tables by hand")]
#![expect(clippy::unwrap_used, reason = "a test's helpers may stop it like the test itself")]

#[path = "../examples/bit_flip.rs"]
mod bit_flip;
#[path = "wrapping/joints.rs"]
mod joints;
#[path = "wrapping/modules.rs"]
mod modules;

use joints::{counts, joint, slots};
use modules::{build, real};
use pandia_core::abi::{Instance, NoGuard, TableBackend, raw};
use pandia_core::backend::{Backend, Stack, StateQuery};
use pandia_core::emulator::OutcomeDigest;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpSink, Outcome, Outcomes};
use pandia_core::part::{Config, LayerPart, Setting, SimulatorPart, Value};
use pandia_core::sim::StateVectorPart;

const SIMULATOR: StreamId = StreamId(11);
const NOISE: StreamId = StreamId(12);
const P: f64 = 0.2;

/// What a stack of any make shows of itself.
#[derive(Debug, PartialEq)]
struct Seen {
    outcomes: u128,
    states: Vec<u64>,
    errors: Vec<(i32, String, String, Option<u32>)>,
}

fn observe(stack: &mut dyn Backend) -> Seen {
    let mut ops = OpVec::new();
    for qubit in 0..3 {
        ops.gate(slot::RX, &[qubit], &[0.7]).unwrap();
    }
    ops.gate(slot::CX, &[0, 2], &[]).unwrap();
    ops.measure(2, 0).unwrap();
    ops.gate(slot::H, &[2], &[]).unwrap();
    ops.measure(1, 1).unwrap();
    ops.measure(2, 2).unwrap();
    // Refused at the third operation, by the simulator; no layer has done anything before, or all
    // of them have, as the draws go.
    let mut bad = OpVec::new();
    bad.measure(0, 0).unwrap();
    bad.measure(1, 1).unwrap();
    bad.gate(slot::CX, &[0, 9], &[]).unwrap();
    let mut digest = OutcomeDigest::new();
    let (mut states, mut errors) = (Vec::new(), Vec::new());
    for shot in 0..50 {
        stack.shot_begin(ShotId(shot), Seed(5)).unwrap();
        let mut memory = [Outcome::default(); 3];
        let mut outcomes = Outcomes::new(&mut memory);
        stack.apply(&ops.batch(), &mut outcomes).unwrap();
        let bits: Vec<u8> =
            outcomes.as_slice().iter().map(|o| u8::try_from(o.value).unwrap()).collect();
        digest.add_shot(&bits);
        states.push(stack.state_digest().unwrap());
        let error = stack.apply(&bad.batch(), &mut Outcomes::new(&mut memory)).unwrap_err();
        let index = error.op_index();
        errors.push((error.code(), error.layer().to_owned(), error.to_string(), index));
        stack.shot_end().unwrap();
    }
    Seen { outcomes: digest.value(), states, errors }
}

/// The same parts in one piece: no table.
fn monomorphised() -> impl Backend {
    let config = Config::new(3, SIMULATOR);
    let cells =
        vec![StateVectorPart::<f64>::EMPTY; StateVectorPart::<f64>::cells(&config).unwrap()];
    let simulator = StateVectorPart::<f64>::build(&config, cells).unwrap();
    let settings = [Setting { key: "p", value: Value::Real(P) }];
    let config = Config::new(3, NOISE).with(&settings);
    let noise = bit_flip::BitFlipPart::build(&config, [0_u8; 0]).unwrap();
    Stack::new(noise, simulator)
}

/// Through the host: its own instance around a pair, as a pair again. Kept until the program ends.
fn by_host(pair: raw::Backend) -> raw::Backend {
    // SAFETY: the pairs of this test live until the program ends.
    let table = unsafe { TableBackend::from_raw(pair, false) }.unwrap();
    Box::leak(Box::new(Instance::<_, NoGuard>::new(table))).pair().raw()
}

fn simulator() -> raw::Backend {
    build(real("state_vector"), SIMULATOR, None, None)
}

#[test]
fn six_tables_of_c_and_rust_change_no_bit_and_no_word() {
    let bottom = joint::<0>(simulator());
    let host = joint::<1>(by_host(bottom));
    let noise = joint::<2>(build(real("error_model"), NOISE, Some(P), Some(host)));
    let host = joint::<3>(by_host(noise));
    let rust_tap = joint::<4>(build(real("rust_tap"), StreamId(13), None, Some(host)));
    let c_tap = joint::<5>(build(real("tap"), StreamId(14), None, Some(rust_tap)));
    // SAFETY: as in `by_host`.
    let mut top = unsafe { TableBackend::from_raw(c_tap, false) }.unwrap();

    let expected = observe(&mut monomorphised());
    let seen = observe(&mut top);
    assert_eq!(counts(), [50; 6], "each table is crossed once a shot");
    assert_eq!(seen, expected);
    // The innermost part's words, its id and the caller's operation, in every shot.
    for (_, layer, text, index) in &seen.errors {
        assert_eq!((layer.as_str(), *index), ("pandia.state_vector", Some(2)), "{text}");
        assert!(text.starts_with("pandia.state_vector: operation 2: qubit 9 does not exist"));
    }
    // Metrics of all layers, the uppermost first.
    let parts: Vec<String> =
        (0..).map_while(|index| top.metric(index).map(|metric| metric.part.to_owned())).collect();
    let expected = [["example.c.tap"; 3], ["example.rust.tap"; 3]].concat();
    assert_eq!(parts[..6], expected);
    assert_eq!(parts[6], "example.c.bit_flip");
}

type Offer = [bool; 5];
const ABILITIES: [&str; 5] = ["state", "state_digest", "metric", "cancel", "extension"];

/// What a pair can really do, found by trying.
fn offers(pair: raw::Backend) -> Offer {
    // SAFETY: the pairs of this test live until the program ends.
    let mut table = unsafe { TableBackend::from_raw(pair, false) }.unwrap();
    table.shot_begin(ShotId(0), Seed(0)).unwrap();
    let state = table.state(StateQuery::Probabilities(&[0]), &mut [0.0; 2]).is_ok();
    let digest = table.state_digest().is_ok();
    table.shot_end().unwrap();
    let metric = (0..)
        .map_while(|index| table.metric(index).map(|metric| metric.part == "test.bottom"))
        .any(|of_bottom| of_bottom);
    let cancel = table.cancel_target().is_some_and(|target| {
        let before = joints::asked();
        // SAFETY: as above.
        unsafe { target.ask() == raw::OK && joints::asked() == before + 1 }
    });
    [state, digest, metric, cancel, table.extension(joints::EXTENSION).is_some()]
}

#[test]
fn an_optional_ability_survives_exactly_the_wrappers_that_can_honour_it() {
    type Wrapper = (&'static str, fn(raw::Backend) -> raw::Backend);
    let wrappers: [Wrapper; 5] = [
        ("host", by_host),
        ("Rust tap", |child| build(real("rust_tap"), StreamId(1), None, Some(child))),
        ("C tap", |child| build(real("tap"), StreamId(1), None, Some(child))),
        ("C error model", |child| build(real("error_model"), StreamId(1), Some(0.0), Some(child))),
        ("all of them", |child| {
            let child = build(real("error_model"), StreamId(1), Some(0.0), Some(by_host(child)));
            let child = build(real("rust_tap"), StreamId(1), None, Some(child));
            by_host(build(real("tap"), StreamId(1), None, Some(child)))
        }),
    ];
    // Every ability alone missing, none missing, all missing. An extension never survives: a layer
    // does not pass on what it does not know.
    let mut children: Vec<Offer> = vec![[true; 5], [false; 5]];
    children.extend((0..5).map(|absent| core::array::from_fn(|ability| ability != absent)));
    for child in children {
        let bottom = slots(simulator(), child);
        // The state's two functions stand for one ability: a host believes in neither alone, but
        // calls what there is.
        assert_eq!(offers(bottom), child, "the child itself");
        let expected = [child[0], child[1], child[2], child[3], false];
        for (name, wrap) in wrappers {
            let got = offers(wrap(bottom));
            for (ability, what) in ABILITIES.iter().enumerate() {
                assert_eq!(got[ability], expected[ability], "{what} of {child:?} under {name}");
            }
        }
    }
}
