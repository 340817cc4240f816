//! What went out, put down to what came in.

use super::*;
use pandia_core::ids::StreamId;
use pandia_core::noise::expected::{Answer, PauliString, expecting};
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink};
use pandia_core::part::{Config, Setting, Value};

fn leakage(leaked_gate: &str) -> Box<dyn Expect> {
    let rates = ["p_leak_1q", "p_leak_2q", "p_spread", "p_seep"];
    let rates = rates.map(|key| Setting { key, value: Value::Real(0.1) });
    let word = Setting { key: "leaked_gate", value: Value::Text(leaked_gate) };
    let settings: Vec<Setting<'_>> = rates.into_iter().chain([word]).collect();
    let config = Config::new(2, StreamId(0)).with(&settings);
    let Answer::Says(model) = expecting("pandia.leakage", &config, None).unwrap() else {
        panic!("leakage is silent")
    };
    model
}

fn gates(gates: &[(u16, &[u32])]) -> OpBuffer<64> {
    let mut ops = OpBuffer::new();
    for (slot, qubits) in gates {
        ops.gate(*slot, qubits, &[]).unwrap();
    }
    ops
}

/// What was seen, with the number of the operation at which it was.
fn seen(leaked_gate: &str, coming: &OpBuffer<64>, items: &[&Item<'_>]) -> Option<Vec<(u32, What)>> {
    let batch = coming.batch();
    let coming: Vec<Op<'_>> = batch.ops().iter().collect();
    let numbers = (0..).take(coming.len()).collect();
    let moment = &Moment::default();
    let came = Came { coming: &coming, numbers, moment, reported: &[], measured: &[] };
    let turns = explain(leakage(leaked_gate).as_ref(), &came, items, &[false, true])?;
    let saw = turns.done.into_iter().filter_map(|done| match done {
        Done::Saw(Situation::At(number, _), happened) => Some((number, happened.what)),
        _ => None,
    });
    Some(saw.collect())
}

#[test]
fn what_follows_decides_where_a_qubit_came_back() {
    let coming = gates(&[(slot::CX, &[0, 1]), (slot::X, &[1]), (slot::H, &[1])]);
    let batch = coming.batch();
    let ops: Vec<Op<'_>> = batch.ops().iter().collect();
    let mut reset = OpBuffer::<8>::new();
    reset.reset(1).unwrap();
    let reset = reset.batch();
    let back = || Item::Inserted(reset.ops().iter().collect());
    let returns = |number| Some(vec![(number, What::Deed(Deed::Returns(1)))]);
    // Qubit 1 has leaked. If all three are gone, it came back at the first that explains it and
    // does not bring the next ones back: the last.
    assert_eq!(seen("skip", &coming, &[&back()]), returns(2));
    assert_eq!(seen("skip", &coming, &[&back(), &Item::Passed(ops[2])]), returns(1));
    let all = [&back(), &Item::Passed(ops[1]), &Item::Passed(ops[2])];
    assert_eq!(seen("skip", &coming, &all), returns(0));
    // None of them can be passed on without that, and nothing else goes out.
    assert_eq!(seen("skip", &coming, &[&Item::Passed(ops[2])]), None);
    assert_eq!(seen("skip", &coming, &[&back(), &back()]), None);
}

#[test]
fn a_leaked_qubit_that_acts_is_put_down_to_the_gate_that_it_acts_in() {
    // Qubit 1 has leaked, acts in the first gate, stays out and acts in the second one.
    let coming = gates(&[(slot::CX, &[0, 1]), (slot::CZ, &[0, 1])]);
    let batch = coming.batch();
    let ops: Vec<Op<'_>> = batch.ops().iter().collect();
    let mut reset = OpBuffer::<8>::new();
    reset.reset(1).unwrap();
    let mut flip = OpBuffer::<8>::new();
    flip.inserted_gate(slot::X, &[1], &[]).unwrap();
    let (reset, flip) = (reset.batch(), flip.batch());
    let cleared = || Item::Inserted(reset.ops().iter().collect());
    let flipped = || Item::Inserted(flip.ops().iter().collect());
    let x = PauliString::new([(1, 1)]).unwrap();
    let [x, clears, returns] = [Deed::Paulis(x), Deed::Clears(1), Deed::Returns(1)].map(What::Deed);
    let (first, second) = (|| Item::Passed(ops[0]), || Item::Passed(ops[1]));
    let items = [&first(), &cleared(), &flipped(), &second(), &cleared()];
    let expected = vec![(0, clears.clone()), (1, x.clone()), (1, clears.clone())];
    assert_eq!(seen("random", &coming, &items), Some(expected));
    // It comes back after the first one, as 1.
    let items = [&flipped(), &first(), &cleared(), &cleared(), &flipped(), &second()];
    let expected = vec![(0, x.clone()), (0, clears), (0, returns), (0, x)];
    assert_eq!(seen("random", &coming, &items), Some(expected));
    // Who acts is cleared.
    assert_eq!(seen("random", &coming, &[&first(), &second(), &cleared()]), None);
}
