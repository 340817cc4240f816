//! What only the runtime with virtual Z does.

use super::random::{Gates, QUBITS, Step, program, run};
use super::same::{simple, soft_rz};
use super::scripted::{Scripted, exact};
use crate::backend::{Backend, GateSet, Info, MetricValue, StateQuery, Verdict};
use crate::error::{Class, ErrorKind, Result};
use crate::ids::{Seed, ShotId, StreamId};
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::op::{Batch, OpKind, OpSink, Outcome, Outcomes};
use crate::runtime::{Durations, Runtime, SoftRz};
use crate::sim::Stabilizer;
use core::f64::consts::{FRAC_PI_2, FRAC_PI_4};
use std::vec;
use std::vec::Vec;

fn metric(runtime: &dyn Runtime, name: &str) -> u64 {
    let found = (0..).map_while(|index| runtime.metric(index)).find(|m| m.name == name);
    match found.unwrap().value {
        MetricValue::Counter(value) => value,
        MetricValue::Gauge(_) => panic!("{name} is counted"),
    }
}

#[test]
fn no_rz_is_left_of_native_programs_and_never_do_more_operations_come_out() {
    let (mut before, mut after) = (0, 0);
    for number in 0..60 {
        for gates in [Gates::Native, Gates::All] {
            let program = program(number, gates, 4);
            let mut plain = simple(Scripted::new(QUBITS, 0));
            let mut soft = soft_rz(Scripted::new(QUBITS, 0));
            run(&program, &mut plain, 0).unwrap();
            run(&program, &mut soft, 0).unwrap();
            let (ops_in, ops_out) = (plain.stack().ops, soft.stack().ops);
            assert_eq!(metric(&soft, "ops_in"), ops_in);
            assert_eq!(metric(&soft, "ops_out"), ops_out);
            assert!(ops_out <= ops_in, "{ops_out} of {ops_in}");
            (before, after) = (before + ops_in, after + ops_out);
            if gates == Gates::Native {
                let rz = program.steps.iter().flat_map(|step| match step {
                    Step::Ops(ops) => ops.batch().ops().into_iter().collect::<Vec<_>>(),
                    // The script is 0 everywhere, so these are not carried out.
                    Step::IfOne(..) => Vec::new(),
                });
                let rz = rz.filter(|op| op.kind() == OpKind::Gate && op.gate() == slot::RZ).count();
                assert_eq!(ops_out, ops_in - rz as u64, "program {number}");
                assert_eq!(metric(&soft, "rz_elided"), rz as u64);
            }
        }
    }
    assert!(after * 10 < before * 9, "{after} of {before} operations are left");
}

fn ops(fill: impl FnOnce(&mut OpVec)) -> OpVec {
    let mut ops = OpVec::new();
    fill(&mut ops);
    ops
}

#[test]
fn what_does_not_commute_lets_the_turn_be_carried_out_first() {
    let mut soft = soft_rz(exact(QUBITS));
    let mut plain = simple(exact(QUBITS));
    for runtime in [&mut soft as &mut dyn Runtime, &mut plain] {
        runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
        let batch = ops(|ops| {
            ops.gate(slot::H, &[0], &[]).unwrap();
            ops.gate(slot::H, &[1], &[]).unwrap();
            ops.gate(slot::RZ, &[0], &[0.3]).unwrap();
            ops.gate(slot::RZ, &[1], &[0.4]).unwrap();
            ops.gate(slot::XX_PHASE, &[0, 1], &[0.9]).unwrap();
            ops.gate(slot::H, &[0], &[]).unwrap();
        });
        runtime.submit(&batch.batch()).unwrap();
    }
    assert_eq!((metric(&soft, "rz_in"), metric(&soft, "rz_elided")), (2, 0));
    let mut both = [[0.0; 4]; 2];
    soft.stack_mut().state(StateQuery::Probabilities(&[0, 1]), &mut both[0]).unwrap();
    plain.stack_mut().state(StateQuery::Probabilities(&[0, 1]), &mut both[1]).unwrap();
    for (a, b) in both[0].iter().zip(both[1]) {
        assert!((a - b).abs() < 1e-12, "{both:?}");
    }
}

/// Refuses what is asked of it, by the operation's qubit.
struct Refuses {
    inner: super::scripted::Exact,
    qubit: u32,
}

impl Backend for Refuses {
    fn id(&self) -> &str {
        "test.refuses"
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
        let mut all = (0..).zip(batch.ops());
        if let Some((index, _)) = all.find(|(_, op)| op.qubit(0) == self.qubit) {
            return Err(crate::Error::from(ErrorKind::Argument("not this one")).at_op(index));
        }
        self.inner.apply(batch, outcomes)
    }
    fn shot_end(&mut self) -> Result<()> {
        self.inner.shot_end()
    }
}

#[test]
fn a_refusal_names_the_caller_s_operation_and_leaves_the_turns_alone() {
    let mut soft = soft_rz(Refuses { inner: exact(QUBITS), qubit: 2 });
    soft.shot_begin(ShotId(0), Seed(0)).unwrap();
    let half = ops(|ops| {
        ops.gate(slot::PHASED_X, &[0], &[FRAC_PI_2, 0.0]).unwrap();
        ops.gate(slot::RZ, &[0], &[FRAC_PI_2]).unwrap();
    });
    soft.submit(&half.batch()).unwrap();
    let bad = ops(|ops| {
        ops.gate(slot::RZ, &[0], &[0.3]).unwrap();
        ops.gate(slot::RZ, &[1], &[0.3]).unwrap();
        ops.gate(slot::PHASED_X, &[1], &[0.1, 0.2]).unwrap();
        ops.gate(slot::X, &[2], &[]).unwrap();
    });
    let error = soft.submit(&bad.batch()).unwrap_err();
    assert_eq!((error.class(), error.op_index()), (Class::Refused, Some(3)));
    assert_eq!(error.layer(), "pandia.soft_rz");
    assert_eq!(metric(&soft, "ops_in"), 2);
    // A quarter turn about X, one about Z, one about -Y: the qubit is certainly 0 again, but only if
    // the refused turn is not there.
    let end = ops(|ops| ops.gate(slot::PHASED_X, &[0], &[FRAC_PI_2, -FRAC_PI_2]).unwrap());
    soft.submit(&end.batch()).unwrap();
    let mut weights = [0.0; 2];
    soft.stack_mut().inner.state(StateQuery::Probabilities(&[0]), &mut weights).unwrap();
    assert!((weights[0] - 1.0).abs() < 1e-12, "{weights:?}");
}

#[test]
fn a_refusal_after_a_piece_was_sent_costs_the_shot() {
    let mut soft = soft_rz(Refuses { inner: exact(QUBITS), qubit: 2 });
    soft.shot_begin(ShotId(0), Seed(0)).unwrap();
    let bad = ops(|ops| {
        for _ in 0..1000 {
            ops.gate(slot::PHASED_X, &[1], &[0.1, 0.2]).unwrap();
        }
        ops.gate(slot::X, &[2], &[]).unwrap();
    });
    let error = soft.submit(&bad.batch()).unwrap_err();
    assert_eq!((error.class(), error.op_index()), (Class::ShotLost, Some(1000)));
}

#[test]
fn a_stabilizer_takes_turns_that_are_clifford_together() {
    let stack = Stabilizer::new(1, 1e-9, StreamId(0), vec![0; 64]).unwrap();
    let cells = vec![Outcome::default(); 3];
    let mut soft = SoftRz::new(stack, Durations::default(), 1, cells).unwrap();
    soft.shot_begin(ShotId(0), Seed(0)).unwrap();
    let batch = ops(|ops| {
        ops.gate(slot::H, &[0], &[]).unwrap();
        for _ in 0..4 {
            ops.gate(slot::RZ, &[0], &[FRAC_PI_4]).unwrap();
        }
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.measure(0, 0).unwrap();
    });
    soft.submit(&batch.batch()).unwrap();
    assert_eq!(soft.result(0, true).unwrap(), Some(1));
}
