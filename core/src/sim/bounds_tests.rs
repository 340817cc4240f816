//! Bounds never let through what the checks refuse, and refusals do not depend on them.

use crate::backend::precheck::check_op;
use crate::backend::{Backend, BuiltInOnly};
use crate::error::Result;
use crate::ids::{Seed, ShotId, StreamId};
use crate::op::bounds::Bounds;
use crate::op::gates::{LIST, slot};
use crate::op::{Batch, Op, OpBuffer, OpKind, OpSink, Outcome, Outcomes, Params, Parts};
use crate::real::Complex;
use crate::rng::Stream;
use crate::sim::{Stabilizer, StateVector};
use std::vec::Vec;

const WIDTH: u32 = 4;
type Buffer = OpBuffer<192>;

/// An operation of any kind with operands of which many are wrong.
fn draw(stream: &mut Stream, ops: &mut Buffer) {
    let kind = OpKind::ALL[stream.below(9) as usize];
    let gates = u32::try_from(LIST.len()).unwrap();
    let gate = u16::try_from(stream.below(gates + 3)).unwrap();
    let gate = if stream.below(20) == 0 { 1024 } else { gate };
    let facts = LIST.iter().find(|facts| facts.slot == gate);
    let (mut qubits, mut params) = match (kind, facts) {
        (OpKind::Gate, Some(facts)) => (u32::from(facts.qubit_count), facts.params.len()),
        (OpKind::Reset | OpKind::Barrier, _) => (1, 0),
        _ => (1, 1),
    };
    if stream.below(8) == 0 {
        (qubits, params) = (stream.below(4), stream.below(4) as usize);
    }
    let mut operands = [0; 4];
    for (number, operand) in (0..).zip(&mut operands) {
        *operand = if stream.below(3) == 0 { stream.below(WIDTH + 2) } else { number };
    }
    let mut numbers = [0.0_f64; 128];
    for number in &mut numbers {
        *number = match stream.below(12) {
            0 => f64::NAN,
            1 => f64::INFINITY,
            _ => f64::from(stream.below(8)) * core::f64::consts::FRAC_PI_4,
        };
    }
    let (qubits, params) = (&operands[..qubits as usize], &numbers[..params]);
    let flags = u8::from(stream.below(6) == 0);
    let params = if kind == OpKind::Gate || stream.below(2) == 0 {
        Params::Reals(params)
    } else {
        Params::Words(&[0, 1, 2][..params.len().min(3)])
    };
    ops.push(Parts { kind, flags, gate, qubits, params }).unwrap();
}

#[test]
fn an_operation_within_bounds_passes_every_check() {
    let mut stream = Stream::of(Seed(4), ShotId(0), StreamId(1));
    let (mut within, mut beyond) = (0, 0);
    for _ in 0..200_000 {
        let mut ops = Buffer::new();
        draw(&mut stream, &mut ops);
        let op: Op<'_> = Op::from_checked(ops.words());
        for width in 0..=WIDTH {
            let fits = ops.batch().bounds().fit_matrices(width);
            let passes = check_op(op, width, &BuiltInOnly).is_ok();
            assert!(passes || !fits, "{op:?} at {width} qubits");
            // Nor are bounds wider than need be for what a loop is made of.
            let plain = op.kind() == OpKind::Gate && !op.is_hint() && op.param_count() <= 3;
            assert!(fits || !passes || !plain, "{op:?} at {width} qubits");
            within += u32::from(fits);
            beyond += u32::from(!passes);
        }
    }
    assert!(within > 50_000 && beyond > 50_000, "{within} {beyond}");
}

/// What comes of a batch, and the state after it.
fn applied(backend: &mut impl Backend, batch: &Batch<'_>) -> (Result<()>, u64, usize) {
    backend.shot_begin(ShotId(0), Seed(1)).unwrap();
    let mut room = [Outcome::default(); 8];
    let mut outcomes = Outcomes::new(&mut room);
    let done = backend.apply(batch, &mut outcomes);
    let digest = backend.state_digest().unwrap();
    backend.shot_end().unwrap();
    (done, digest, outcomes.len())
}

#[test]
fn a_batch_with_bounds_does_and_refuses_what_one_without_does_and_refuses() {
    let mut stream = Stream::of(Seed(5), ShotId(0), StreamId(1));
    let mut vector = StateVector::<f32, _, BuiltInOnly>::of_built_in_gates(
        WIDTH,
        StreamId(2),
        [Complex::ZERO; 16],
    )
    .unwrap();
    let mut tableau = Stabilizer::new(WIDTH, 1e-9, StreamId(2), [0; 27]).unwrap();
    let (mut done, mut refused) = (0, 0);
    for _ in 0..20_000 {
        let mut ops = Buffer::new();
        let count = 1 + stream.below(3);
        while ops.op_count() < count {
            let before = ops.clone();
            draw(&mut stream, &mut ops);
            // Well-formed ones, and mostly good ones, or hardly any batch would be.
            let bad = !ops.batch().bounds().fit_matrices(WIDTH) && stream.below(4) != 0;
            if bad || Batch::new(ops.words()).is_err() {
                ops = before;
            }
        }
        let (with, without) = (ops.batch(), Batch::new(ops.words()).unwrap());
        assert_eq!(without.bounds(), Bounds::UNKNOWN);
        assert_eq!(applied(&mut vector, &with), applied(&mut vector, &without), "{with:?}");
        let (a, b) = (applied(&mut tableau, &with), applied(&mut tableau, &without));
        assert_eq!(a, b, "{with:?}");
        (done, refused) = (done + u32::from(a.0.is_ok()), refused + u32::from(a.0.is_err()));
    }
    assert!(done > 500 && refused > 500, "{done} {refused}");
}

#[test]
fn a_part_of_a_batch_has_the_bounds_of_the_whole() {
    let mut ops = Buffer::new();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.gate(slot::RZ, &[2], &[0.5]).unwrap();
    let bounds = ops.batch().part(0, 2, 1, 0).bounds();
    assert!(bounds.fit_matrices(3) && !bounds.fit_matrices(2) && !bounds.fit_cliffords(3));
    ops.clear();
    ops.gate(slot::H, &[0], &[]).unwrap();
    assert!(ops.batch().bounds().fit_cliffords(1));
    assert!(!Bounds::UNKNOWN.fit_matrices(u32::MAX) && !Bounds::UNKNOWN.fit_cliffords(u32::MAX));
}

#[test]
fn the_quick_look_at_results_sees_those_of_every_well_formed_batch() {
    let mut stream = Stream::of(Seed(6), ShotId(0), StreamId(1));
    let mut seen = 0;
    for _ in 0..20_000 {
        let mut ops = Buffer::new();
        while ops.words().len() < 20 {
            let before = ops.clone();
            draw(&mut stream, &mut ops);
            if Batch::new(ops.words()).is_err() {
                ops = before;
            }
        }
        let batch = Batch::new(ops.words()).unwrap();
        let bearing = (0..).zip(batch.ops()).filter(|(_, op)| op.kind().bears_result());
        let slowly: Vec<(u32, u64)> = bearing.map(|(index, op)| (index, op.result_id())).collect();
        assert_eq!(batch.ops().results().collect::<Vec<_>>(), slowly, "{batch:?}");
        seen += slowly.len();
    }
    assert!(seen > 20_000, "{seen}");
}
