//! What layers did, derived from the trace, against what they themselves counted, and against the
//! operations that passed below them.

use std::sync::Arc;

use pandia_core::backend::{
    Backend, CancelTarget, GateSet, Info, Metric, MetricValue, StateQuery, Verdict,
};
use pandia_core::emulator::Emulator;
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Op, OpKind, Outcomes, gates};
use pandia_core::part::{Config, PartSpec};
use pandia_core::program::Memory;
use pandia_core::runtime::Runtime as _;
use pandia_core::trace::{Event, Record};

use super::format::TraceWriter;
use super::spool::Spool;
use super::{Capture, Change, ShotTrace, TraceOptions, What, changes};
use crate::runner::ProgramFile;
use crate::stack::{
    BoxedBackend, BuildSimulator, Factory, Origin, Part, PartUse, Registry, Shape, StackPlan,
    StackSpec,
};

/// What [`NativeOnly`] takes: native gates, and those that error models insert.
fn is_taken(slot: u16) -> bool {
    gates::NATIVE.contains(&slot)
        || [gates::slot::X, gates::slot::Y, gates::slot::Z].contains(&slot)
}

/// A simulator that takes few gates, so that all others are lowered.
struct NativeOnly(BoxedBackend);

impl Backend for NativeOnly {
    fn id(&self) -> &str {
        self.0.id()
    }
    fn info(&self) -> Info {
        self.0.info()
    }
    fn negotiate(&mut self, set: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.0.negotiate(set, verdicts)?;
        for (gate, verdict) in set.gates.iter().zip(verdicts) {
            if !is_taken(gate.slot) {
                *verdict = Verdict::Reject;
            }
        }
        Ok(())
    }
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.0.shot_begin(shot, seed)
    }
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.0.apply(batch, outcomes)
    }
    fn shot_end(&mut self) -> Result<()> {
        self.0.shot_end()
    }
    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        self.0.state(query, out)
    }
    fn cancel_target(&self) -> Option<CancelTarget> {
        self.0.cancel_target()
    }
}

struct NativeOnlyFactory(Arc<dyn BuildSimulator>);

impl BuildSimulator for NativeOnlyFactory {
    fn memory_bytes(&self, config: &Config<'_>) -> Result<u64> {
        self.0.memory_bytes(config)
    }
    fn build(&self, config: &Config<'_>) -> Result<BoxedBackend> {
        Ok(Box::new(NativeOnly(self.0.build(config)?)))
    }
}

/// The parts that there are, and `native_only`.
fn registry() -> Registry {
    let mut registry = Registry::new();
    let known = registry.find("state_vector").unwrap().clone();
    let Factory::Simulator(factory) = known.factory else { panic!("no simulator") };
    registry.add(Part {
        spec: PartSpec { id: "test.native_only", ..known.spec },
        origin: Origin::BuiltIn,
        factory: Factory::Simulator(Arc::new(NativeOnlyFactory(factory))),
    });
    registry
}

/// Collects what was taken down of one shot.
struct Collect<'a>(&'a mut ShotTrace);

impl TraceWriter for Collect<'_> {
    fn record(&mut self, record: &Record<'_>) -> std::io::Result<()> {
        self.0.push(record);
        Ok(())
    }
    fn finish(self: Box<Self>) -> std::io::Result<()> {
        Ok(())
    }
}

/// Runs shots of `program` and gives each one's trace to `look`, with a way to ask for counters.
fn run(
    program: &str,
    (noise, simulator): (&[&str], &str),
    shots: u64,
    mut look: impl FnMut(&ShotTrace, &dyn Fn(&str, &str) -> u64),
) {
    let mut spec = StackSpec::new();
    spec.simulator = PartUse::parse(simulator).unwrap();
    for text in noise {
        spec = spec.with_noise(PartUse::parse(text).unwrap());
    }
    let plan = StackPlan::new(&registry(), &spec).unwrap();
    let file = ProgramFile::from_source("test", program).unwrap();
    let program = file.program().unwrap();
    let shape = Shape { qubit_count: program.qubit_count(), result_count: program.bit_count() };
    let capture = Capture::new(TraceOptions::default());
    let (runtime, _) = plan.build_traced(shape, Some(&capture)).unwrap();
    let mut bits = vec![0; program.bit_count() as usize];
    let mut ints = vec![0; program.int_count() as usize];
    let mut reals = vec![0.0; program.real_count() as usize];
    let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
    let mut emulator = Emulator::new(&program, memory, runtime, Seed(5)).unwrap();
    for shot in 0..shots {
        capture.begin_shot();
        emulator.run_shot(ShotId(shot)).unwrap();
        let (mut spool, mut trace) = (Spool::new(), ShotTrace::new());
        capture.take_shot(&mut spool);
        spool.write_to(&mut Collect(&mut trace)).unwrap();
        let counter = |part: &str, name: &str| {
            let all = (0..).map_while(|index| emulator.runtime().metric(index));
            let mut found = all.filter(|m: &Metric<'_>| m.part == part && m.name == name);
            match found.next().map(|metric| metric.value) {
                Some(MetricValue::Counter(count)) => count,
                other => panic!("{part} has no counter {name}: {other:?}"),
            }
        };
        look(&trace, &counter);
    }
}

/// The operations that passed a joint, with the place that they had there.
fn ops_at(shot: &ShotTrace, joint: u8) -> Vec<(u32, u32, Op<'_>)> {
    let at_joint = shot.records().filter(|record| record.at.joint == joint);
    let ops = at_joint.filter_map(|record| match record.event {
        Event::Op(down) => Some((down.batch, down.index, down.op)),
        _ => None,
    });
    // A record borrows from the shot, not from the iterator.
    ops.collect()
}

/// The operations below a layer, made from those above it and what the layer did.
fn rebuilt<'s>(shot: &'s ShotTrace, joint: u8, done: &[Change<'s>]) -> Vec<Op<'s>> {
    let mut ops = Vec::new();
    let mut done = done.iter().peekable();
    let added = |change: &&Change<'s>, ops: &mut Vec<Op<'s>>| {
        if let What::Added { ops: own, .. } = &change.what {
            ops.extend(own.iter().map(|down| down.op));
        }
    };
    for (batch, index, op) in ops_at(shot, joint) {
        let mut passes = true;
        while let Some(change) = done.next_if(|c| (c.batch, c.index) <= (batch, index)) {
            added(&change, &mut ops);
            match &change.what {
                What::Dropped(from) => {
                    assert_eq!(from.op, op);
                    passes = false;
                }
                What::Changed { from, into } => {
                    assert_eq!(from.op, op);
                    ops.extend(into.iter().map(|down| down.op));
                    passes = false;
                }
                _ => {}
            }
        }
        if passes {
            ops.push(op);
        }
    }
    for change in done {
        added(&change, &mut ops);
    }
    ops
}

const PROGRAM: &str = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; bit[5] c;
    h q[0]; cx q[0], q[1]; cx q[1], q[2]; x q[0]; x q[0]; cx q[0], q[2]; c[0] = measure q[0];
    if (c[0]) { x q[1]; swap q[0], q[1]; } ccx q[0], q[1], q[2]; cx q[0], q[1]; s q[2]; s q[2];
    c[1] = measure q[1]; reset q[0]; h q[0]; cx q[0], q[1]; c[2] = measure q[0];
    c[3] = measure q[1]; c[4] = measure q[2];";

#[test]
fn what_passes_below_a_layer_is_what_came_and_what_the_layer_did() {
    let noise = [
        "readout:p_1_given_0=0.2,p_0_given_1=0.1",
        "leakage:p_leak_2q=0.2,p_leak_1q=0.1,p_seep=0.3,p_spread=0.2,leaked_gate=depolarize",
        "depolarizing:p_1q=0.2,p_2q=0.3,p_meas=0.1,when=after",
        "leakage:p_leak_2q=0.3,p_spread=0.2",
    ];
    let mut seen = [0; 6];
    for simulator in ["native_only", "state_vector", "density_matrix"] {
        run(PROGRAM, (&noise, simulator), 60, |shot, _| {
            for joint in 1..=5 {
                let done = changes(shot, joint);
                let below: Vec<_> = ops_at(shot, joint + 1).iter().map(|(.., op)| *op).collect();
                let rebuilt = rebuilt(shot, joint, &done);
                assert!(rebuilt == below, "joint {joint}, {shot}: {done:#?}");
                seen[usize::from(joint)] += done.len();
            }
            assert!(changes(shot, 6).is_empty(), "there is nothing below the simulator");
            assert!(changes(shot, 0).is_empty());
        });
    }
    assert!(seen[1..].iter().all(|&count| count > 50), "{seen:?}");
}

#[test]
fn leakage_drops_what_it_says_that_it_skipped() {
    let noise = ["leakage:p_leak_2q=0.2,p_leak_1q=0.1,p_seep=0.3,p_spread=0.2"];
    let mut skipped = 0;
    run(PROGRAM, (&noise, "state_vector"), 200, |shot, counter| {
        let (mut gates, mut measures, mut made, mut added) = (0, 0, 0, 0);
        for change in changes(shot, 2) {
            match change.what {
                What::Dropped(down) if down.op.kind() == OpKind::Gate => gates += 1,
                What::Dropped(down) => {
                    assert_eq!(down.op.kind(), OpKind::Measure);
                    measures += 1;
                }
                What::OutcomeMade(_) => made += 1,
                What::Added { ops, signed } => {
                    assert!(signed);
                    added += ops.len() as u64;
                }
                other => panic!("leakage does no such thing: {other:?}"),
            }
        }
        let count = |name| counter("pandia.leakage", name);
        assert_eq!(gates, count("skipped_gates"));
        assert_eq!((measures, made), (count("leaked_readouts"), count("leaked_readouts")));
        let resets = count("spontaneous_leaks") + count("interaction_leaks") + count("seeps");
        let paulis = count("inserted_x") + count("inserted_y") + count("inserted_z");
        assert_eq!(added, resets + paulis);
        skipped += gates;
    });
    assert!(skipped > 100, "{skipped}");
}

#[test]
fn lowering_changes_exactly_the_gates_that_are_not_taken() {
    let mut lowered = 0;
    run(PROGRAM, (&[], "native_only"), 20, |shot, _| {
        let foreign = |op: &Op<'_>| op.kind() == OpKind::Gate && !is_taken(op.gate());
        let done = changes(shot, 1);
        let mut expected: Vec<_> =
            ops_at(shot, 1).into_iter().filter(|(.., op)| foreign(op)).collect();
        for change in &done {
            let What::Changed { from, into } = &change.what else {
                panic!("lowering does no such thing: {change:?}");
            };
            assert_eq!((change.batch, change.index, from.op), expected.remove(0));
            assert!(!into.is_empty() && into.iter().all(|down| !foreign(&down.op)));
            lowered += 1;
        }
        assert!(expected.is_empty());
    });
    assert!(lowered > 100, "{lowered}");
}

#[test]
fn misread_outcomes_are_changed_outcomes() {
    let noise = ["readout:p_1_given_0=0.3,p_0_given_1=0.2", "depolarizing:p_meas=0.2"];
    let mut all = 0;
    run(PROGRAM, (&noise, "state_vector"), 100, |shot, counter| {
        let flips = |joint| {
            let done = changes(shot, joint);
            for change in &done {
                assert!(matches!(change.what, What::OutcomeChanged { .. }), "{change:?}");
            }
            done.len() as u64
        };
        let readout = |name| counter("pandia.readout", name);
        assert_eq!(flips(2), readout("misread_0") + readout("misread_1"));
        assert_eq!(flips(3), counter("pandia.depolarizing", "flips"));
        all += flips(2) + flips(3);
    });
    assert!(all > 100, "{all}");
}
