//! What only the lazy runtime does.

use super::random::{Gates, QUBITS, program, run};
use super::same::{DURATIONS, queued};
use super::scripted::{Exact, exact};
use crate::backend::{Backend, GateSet, Info, MetricValue, Verdict};
use crate::error::{Class, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::op::{Batch, OpKind, OpSink, Outcomes};
use crate::runtime::{Durations, Queued, Runtime, Simple};
use crate::units::DurationNs;
use std::vec;
use std::vec::Vec;

/// A batch that came: start, length, and the operations' kinds and qubits.
type Came = (u64, u64, Vec<(OpKind, Vec<u32>)>);

/// Notes what comes, and refuses whatever is asked of one qubit.
struct Notes {
    inner: Exact,
    came: Vec<Came>,
    refused: Option<u32>,
}

fn notes() -> Notes {
    Notes { inner: exact(QUBITS), came: Vec::new(), refused: None }
}

impl Backend for Notes {
    fn id(&self) -> &str {
        "test.notes"
    }
    fn info(&self) -> Info {
        self.inner.info()
    }
    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.inner.negotiate(gates, verdicts)
    }
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.inner.shot_begin(shot, seed)
    }
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let of_ops = batch.ops().into_iter().map(|op| (op.kind(), op.qubits().collect()));
        self.came.push((batch.start().0, batch.length().0, of_ops.collect()));
        let mut all = (0..).zip(batch.ops());
        if let Some((index, _)) = all.find(|(_, op)| Some(op.qubit(0)) == self.refused) {
            let error = crate::Error::from(ErrorKind::Argument("not this one"));
            return Err(error.at_op(index).in_layer(self.id()));
        }
        self.inner.apply(batch, outcomes)
    }
    fn shot_end(&mut self) -> Result<()> {
        self.inner.shot_end()
    }
}

fn begun(stack: Notes, bounds: [usize; 2]) -> Queued<Notes, Vec<u64>> {
    let mut runtime = queued(stack, DURATIONS, bounds);
    runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
    runtime
}

fn submit(runtime: &mut dyn Runtime, fill: impl FnOnce(&mut OpVec)) {
    let mut ops = OpVec::new();
    fill(&mut ops);
    runtime.submit(&ops.batch()).unwrap();
}

/// Start, length and number of operations of what came.
fn windows(runtime: &Queued<Notes, Vec<u64>>) -> Vec<(u64, u64, usize)> {
    runtime.stack().came.iter().map(|(start, length, ops)| (*start, *length, ops.len())).collect()
}

fn metric(runtime: &dyn Runtime, name: &str) -> u64 {
    let found = (0..).map_while(|index| runtime.metric(index)).find(|m| m.name == name);
    match found.unwrap().value {
        MetricValue::Counter(value) => value,
        MetricValue::Gauge(_) => panic!("{name} is counted"),
    }
}

#[test]
fn parallel_operations_share_a_window_and_start_as_early_as_they_can() {
    let mut runtime = begun(notes(), [64, 64]);
    submit(&mut runtime, |ops| {
        ops.gate(slot::X, &[0], &[]).unwrap();
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
        ops.gate(slot::X, &[2], &[]).unwrap();
        ops.gate(slot::CX, &[2, 3], &[]).unwrap();
        ops.measure(1, 0).unwrap();
        ops.measure(3, 1).unwrap();
    });
    assert!(windows(&runtime).is_empty(), "nothing is carried out before it must be");
    runtime.shot_end().unwrap();
    assert_eq!(windows(&runtime), [(0, 10, 2), (10, 100, 2), (110, 300, 2)]);
    assert_eq!((metric(&runtime, "ops_in"), metric(&runtime, "batches")), (6, 3));
}

#[test]
fn barriers_sleeps_and_delays_are_honoured() {
    let mut runtime = begun(notes(), [64, 64]);
    submit(&mut runtime, |ops| {
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
        ops.barrier(&[1, 2]).unwrap();
        ops.gate(slot::X, &[2], &[]).unwrap();
        ops.gate(slot::X, &[3], &[]).unwrap();
        ops.idle(&[3], DurationNs(500)).unwrap();
        ops.gate(slot::X, &[3], &[]).unwrap();
        ops.barrier(&[]).unwrap();
        ops.reset(0).unwrap();
    });
    runtime.shot_end().unwrap();
    let expected = [
        (0, 10, 1),
        (0, 100, 1),
        (10, 500, 1),
        (100, 0, 1),
        (100, 10, 1),
        (510, 10, 1),
        (520, 0, 1),
        (520, 50, 1),
    ];
    assert_eq!(windows(&runtime), expected);
}

#[test]
fn a_read_carries_out_what_comes_before_it_in_time_and_nothing_else() {
    let mut runtime = begun(notes(), [64, 64]);
    submit(&mut runtime, |ops| {
        ops.gate(slot::X, &[0], &[]).unwrap();
        ops.measure(0, 0).unwrap();
        ops.gate(slot::CX, &[1, 2], &[]).unwrap();
        ops.gate(slot::CX, &[1, 2], &[]).unwrap();
        ops.measure(1, 1).unwrap();
    });
    assert_eq!(runtime.result(0, false).unwrap(), None, "who does not wait forces nothing");
    assert!(windows(&runtime).is_empty());
    assert_eq!(runtime.result(0, true).unwrap(), Some(1));
    // The second pair of gates begins at 100, after the measurement at 10 has.
    assert_eq!(windows(&runtime), [(0, 10, 1), (0, 100, 1), (10, 300, 1)]);
    // The program knows the result at 310, and what it does then is not earlier.
    submit(&mut runtime, |ops| ops.gate(slot::X, &[3], &[]).unwrap());
    assert_eq!(runtime.result(1, true).unwrap(), Some(0));
    assert_eq!(windows(&runtime)[3..], [(100, 100, 1), (200, 300, 1)]);
    assert_eq!(runtime.result(1, true).unwrap(), Some(0));
    assert_eq!(metric(&runtime, "forced_reads"), 2);
    runtime.shot_end().unwrap();
    assert_eq!(windows(&runtime)[5..], [(310, 10, 1)]);
}

#[test]
fn a_full_queue_is_carried_out_and_a_batch_has_no_more_operations_than_it_may() {
    let mut runtime = begun(notes(), [4, 3]);
    submit(&mut runtime, |ops| {
        for qubit in [0, 1, 2, 3] {
            ops.gate(slot::X, &[qubit], &[]).unwrap();
        }
    });
    assert!(windows(&runtime).is_empty());
    submit(&mut runtime, |ops| ops.gate(slot::X, &[0], &[]).unwrap());
    assert_eq!(windows(&runtime), [(0, 10, 3), (0, 10, 1)]);
    assert_eq!(metric(&runtime, "full_queues"), 1);
    runtime.shot_end().unwrap();
    assert_eq!(windows(&runtime)[2..], [(10, 10, 1)]);
}

#[test]
fn long_records_fill_the_queue_by_their_words() {
    let mut runtime = begun(notes(), [300, 64]);
    let all: Vec<u32> = (0..QUBITS).collect();
    let matrix: Vec<f64> =
        (0..64).flat_map(|at| [if at % 9 == 0 { 1.0 } else { 0.0 }, 0.0]).collect();
    for _ in 0..30 {
        submit(&mut runtime, |ops| ops.gate(slot::UNITARY_3Q, &all[..3], &matrix).unwrap());
    }
    // Each takes 132 of 1,500 words.
    assert_eq!(metric(&runtime, "full_queues"), 2);
    runtime.shot_end().unwrap();
    assert_eq!(metric(&runtime, "batches"), 30);
}

#[test]
fn a_later_measurement_replaces_an_earlier_one_of_the_same_id() {
    let mut runtime = begun(notes(), [64, 64]);
    submit(&mut runtime, |ops| {
        ops.gate(slot::X, &[0], &[]).unwrap();
        ops.measure(0, 2).unwrap();
        ops.measure(1, 2).unwrap();
    });
    assert_eq!(runtime.result(2, true).unwrap(), Some(0));
    // Far more measurements than there are futures, none of which is ever read.
    submit(&mut runtime, |ops| {
        for _ in 0..1000 {
            ops.measure(0, 2).unwrap();
        }
    });
    assert_eq!(runtime.result(2, true).unwrap(), Some(1));
    assert!(runtime.result(0, true).is_err(), "never measured");
    runtime.shot_end().unwrap();
    assert!(runtime.result(2, true).is_err(), "the shot is over");
}

#[test]
fn what_can_be_known_is_refused_at_once_and_leaves_the_queue_alone() {
    let mut runtime = begun(notes(), [64, 64]);
    submit(&mut runtime, |ops| ops.gate(slot::X, &[0], &[]).unwrap());
    let refused = |runtime: &mut dyn Runtime, fill: &dyn Fn(&mut OpVec)| {
        let mut ops = OpVec::new();
        ops.gate(slot::X, &[0], &[]).unwrap();
        fill(&mut ops);
        let error = runtime.submit(&ops.batch()).unwrap_err();
        assert_eq!((error.class(), error.op_index()), (Class::Refused, Some(1)), "{error}");
        assert_eq!(error.layer(), "pandia.queued");
    };
    refused(&mut runtime, &|ops| ops.measure(QUBITS, 0).unwrap());
    refused(&mut runtime, &|ops| ops.measure(0, 99).unwrap());
    refused(&mut runtime, &|ops| ops.gate(slot::CX, &[1, 1], &[]).unwrap());
    refused(&mut runtime, &|ops| ops.gate(slot::RZ, &[1], &[f64::NAN]).unwrap());
    refused(&mut runtime, &|ops| ops.gate(slot::RZ, &[1], &[]).unwrap());
    refused(&mut runtime, &|ops| ops.gate(1024, &[1], &[]).unwrap());
    refused(&mut runtime, &|ops| ops.gate(slot::UNITARY_1Q, &[1], &[0.5; 8]).unwrap());
    submit(&mut runtime, |ops| ops.measure(0, 0).unwrap());
    assert_eq!(runtime.result(0, true).unwrap(), Some(1));
    assert_eq!(metric(&runtime, "ops_in"), 2);
    assert_eq!(windows(&runtime).len(), 2);
}

#[test]
fn an_error_of_the_stack_is_told_where_the_program_waits_and_costs_the_shot() {
    for reads in [true, false] {
        let mut runtime = begun(Notes { refused: Some(2), ..notes() }, [3, 64]);
        submit(&mut runtime, |ops| {
            ops.measure(0, 0).unwrap();
            ops.gate(slot::X, &[1], &[]).unwrap();
            ops.gate(slot::X, &[2], &[]).unwrap();
        });
        // The queue is full, so the error has happened; it is not told to who asks for something else.
        submit(&mut runtime, |ops| ops.measure(1, 1).unwrap());
        submit(&mut runtime, |ops| ops.gate(slot::X, &[1], &[]).unwrap());
        let told = |error: &crate::Error| {
            assert_eq!((error.class(), error.op_index()), (Class::ShotLost, None));
            assert_eq!(error.layer(), "test.notes");
            assert!(std::format!("{error}").contains("(operation 2 of the shot)"), "{error}");
        };
        if reads {
            told(&runtime.result(1, true).unwrap_err());
            told(&runtime.result(0, false).unwrap_err());
            runtime.shot_end().unwrap();
        } else {
            told(&runtime.shot_end().unwrap_err());
        }
        runtime.stack_mut().refused = None;
        runtime.shot_begin(ShotId(1), Seed(0)).unwrap();
        submit(&mut runtime, |ops| ops.measure(0, 0).unwrap());
        assert_eq!(runtime.result(0, true).unwrap(), Some(0));
        runtime.shot_end().unwrap();
    }
}

#[test]
fn an_impossible_projection_is_told_at_once() {
    let mut runtime = begun(notes(), [64, 64]);
    submit(&mut runtime, |ops| {
        ops.gate(slot::X, &[0], &[]).unwrap();
        ops.postselect(0, true).unwrap();
        ops.measure(1, 1).unwrap();
    });
    assert_eq!(windows(&runtime), [(0, 10, 1), (10, 0, 1)], "the measurement still waits");
    let mut ops = OpVec::new();
    ops.gate(slot::X, &[2], &[]).unwrap();
    ops.postselect(0, false).unwrap();
    ops.measure(0, 0).unwrap();
    let error = runtime.submit(&ops.batch()).unwrap_err();
    assert_eq!((error.class(), error.op_index()), (Class::ShotLost, Some(1)), "{error}");
    assert!(matches!(error.kind(), ErrorKind::Impossible { qubit: 0, value: 0 }));
    assert!(runtime.result(0, true).is_err());
    runtime.shot_end().unwrap();
}

/// Of random programs: batches come in order of time and have one kind; a qubit does one thing at a
/// time; and the whole takes no longer than one operation after the other.
#[test]
fn schedules_of_random_programs_are_sound() {
    let mut shorter = 0;
    for number in 0..150 {
        let program = program(number, Gates::All, 12);
        for bounds in [[256, 64], [9, 4]] {
            let mut runtime = queued(notes(), DURATIONS, bounds);
            run(&program, &mut runtime, 0).unwrap();
            let cells = vec![crate::op::Outcome::default(); 6];
            let mut one_by_one = Simple::new(notes(), DURATIONS, cells);
            run(&program, &mut one_by_one, 0).unwrap();
            let mut free = [0; QUBITS as usize];
            let mut last = 0;
            for (start, length, ops) in &runtime.stack().came {
                assert!(last <= *start, "{start} after {last}");
                last = *start;
                assert!(ops.len() <= bounds[1] && ops.iter().all(|op| op.0 == ops[0].0));
                for qubit in ops.iter().flat_map(|op| &op.1) {
                    let Some(free) = free.get_mut(*qubit as usize) else { continue };
                    assert!(*free <= *start, "qubit {qubit} is busy until {free}, not {start}");
                    *free = start + length;
                }
            }
            let ends = |came: &[Came]| came.iter().map(|(start, length, _)| start + length).max();
            let (own, other) = (ends(&runtime.stack().came), ends(&one_by_one.stack().came));
            assert!(own <= other, "{own:?} is later than {other:?}");
            shorter += u32::from(own < other);
        }
    }
    assert!(shorter > 200, "only {shorter} of 300 schedules are shorter");
}

#[test]
fn without_durations_gates_that_do_not_touch_are_one_batch() {
    let mut runtime = queued(notes(), Durations::default(), [64, 64]);
    runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
    submit(&mut runtime, |ops| {
        for qubit in 0..QUBITS {
            ops.gate(slot::H, &[qubit], &[]).unwrap();
            ops.gate(slot::X, &[qubit], &[]).unwrap();
        }
    });
    runtime.shot_end().unwrap();
    assert_eq!(windows(&runtime), [(0, 0, 4), (0, 0, 4)]);
}
