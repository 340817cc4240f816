//! Whole runs, traced: the same bytes on any number of threads, readable, and true.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use pandia_core::backend::{Backend, GateDef, GateSet, Verdict};
use pandia_core::emulator::ShotError;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcome, Outcomes};
use pandia_core::trace::{BatchEnd, Event, Header, OpDown, OutcomeUp, Record};

use super::{About, ShotTrace, TraceError, TraceOptions, TracePiece, TraceProblem, TraceReader};
use super::{TraceWriter, by_ending, by_name};
use crate::runner::{CollectMetrics, OnError, ProgramFile, RunOptions, Runner, ShotSink};
use crate::stack::{PartUse, Registry, Shape, StackPlan, StackSpec};

/// Feed-forward, a reset, a gate that no simulator but the largest has, and an idle time.
const PROGRAM: &str = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; bit[4] c;
    h q[0]; cx q[0], q[1]; ccx q[0], q[1], q[2]; c[0] = measure q[0];
    if (c[0]) { x q[1]; rz(0.25) q[2]; } delay[40ns] q[1]; cu(0.1, 0.2, 0.3, 0.4) q[1], q[2];
    c[1] = measure q[1]; reset q[0]; h q[0]; c[2] = measure q[0]; c[3] = measure q[2];";

const NOISE: &[&str] = &[
    "readout:p_1_given_0=0.1",
    "depolarizing:p_1q=0.1,p_2q=0.2",
    "count",
    "leakage:p_leak_2q=0.2,p_leak_1q=0.1,p_seep=0.3,p_spread=0.2",
];

/// What is written to it can be looked at by whoever holds a copy.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Sink {
    writer: Option<Box<dyn TraceWriter>>,
    failed: u64,
}

impl ShotSink for Sink {
    fn shot(&mut self, _shot: ShotId, _bits: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn failed(&mut self, _failure: &ShotError) -> io::Result<()> {
        self.failed += 1;
        Ok(())
    }

    fn trace(&mut self, piece: &mut TracePiece<'_>) -> io::Result<()> {
        piece.write_to(&mut **self.writer.as_mut().unwrap())
    }
}

/// A run to trace.
pub(super) struct Run<'a> {
    pub(super) program: &'a str,
    pub(super) noise: &'a [&'a str],
    pub(super) simulator: &'a str,
    pub(super) shots: u64,
    pub(super) threads: usize,
    pub(super) timed: bool,
    pub(super) format: &'a str,
    pub(super) on_error: OnError,
}

impl Default for Run<'_> {
    fn default() -> Self {
        Self {
            program: PROGRAM,
            noise: NOISE,
            simulator: "state_vector",
            shots: 20,
            threads: 1,
            timed: false,
            format: "native",
            on_error: OnError::KeepGoing,
        }
    }
}

fn plan(noise: &[&str], simulator: &str) -> StackPlan {
    let mut spec = StackSpec::new();
    spec.simulator = PartUse::parse(simulator).unwrap();
    for text in noise {
        spec = spec.with_noise(PartUse::parse(text).unwrap());
    }
    StackPlan::new(&Registry::new(), &spec).unwrap()
}

impl Run<'_> {
    /// The trace's bytes, the run's digest, and how many shots failed.
    fn go(&self) -> (Vec<u8>, u128, u64) {
        let file = ProgramFile::from_source("test", self.program).unwrap();
        let program = file.program().unwrap();
        let plan = plan(self.noise, self.simulator);
        let options = RunOptions {
            shots: 0..self.shots,
            seed: Seed(3),
            threads: self.threads,
            on_error: self.on_error,
            isolation: None,
            metrics: CollectMetrics::Nothing,
        };
        let about = About::new("test", program.qubit_count(), &plan, &options.shots, 3);
        let trace = TraceOptions { timed: self.timed };
        let header = Header { unit: trace.unit(), ..Header::default() };
        let out = Shared::default();
        let format = by_name(self.format).unwrap();
        let writer = (format.make)(Box::new(out.clone()), &header, &about).unwrap();
        let runner = Runner::new(&program, &plan, options).unwrap().traced(trace).unwrap();
        let mut sink = Sink { writer: Some(writer), failed: 0 };
        let summary = runner.run(&mut sink).unwrap();
        sink.writer.take().unwrap().finish().unwrap();
        (out.bytes(), summary.digest, sink.failed)
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.go().0
    }
}

/// Every record, given to `look`.
fn each(bytes: &[u8], mut look: impl FnMut(Record<'_>)) -> Result<u64, TraceError> {
    let mut reader = TraceReader::new(bytes)?;
    let mut count = 0;
    while let Some(record) = reader.next_record()? {
        look(record);
        count += 1;
    }
    Ok(count)
}

/// The words of all operations that passed a joint, in order, with their shot.
fn ops_at(bytes: &[u8], joint: u8) -> Vec<(u64, Vec<u64>)> {
    let mut ops = Vec::new();
    each(bytes, |record| {
        if let (Event::Op(down), true) = (record.event, record.at.joint == joint) {
            ops.push((record.at.shot.0, down.op.words().to_vec()));
        }
    })
    .unwrap();
    ops
}

#[test]
fn the_bytes_do_not_depend_on_the_number_of_threads() {
    let one = Run { shots: 300, ..Run::default() }.bytes();
    for threads in [2, 5] {
        let many = Run { shots: 300, threads, ..Run::default() }.bytes();
        assert!(one == many, "{threads} threads write other bytes");
    }
}

#[test]
fn a_trace_up_to_a_failed_shot_does_not_depend_on_the_number_of_threads() {
    // An angle that is no Clifford's is refused by the simulator, in the shots that come to it.
    let program = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[1] q; bit[1] c;
        h q[0]; c[0] = measure q[0]; if (c[0]) { rx(0.3) q[0]; }";
    let run = |threads, on_error| {
        let (simulator, shots) = ("stabilizer", 16);
        Run { program, noise: &[], simulator, shots, threads, on_error, ..Run::default() }.go()
    };
    for on_error in [OnError::Stop, OnError::KeepGoing] {
        let (bytes, _, failed) = run(1, on_error);
        assert!(bytes == run(3, on_error).0);
        let all = on_error == OnError::KeepGoing;
        assert!(if all { (2..16).contains(&failed) } else { failed == 1 }, "{failed} failed");
        let mut refused = 0;
        each(&bytes, |record| match record.event {
            Event::BatchEnd(end) if record.at.joint == 0 => refused += u64::from(end.status < 0),
            _ => {}
        })
        .unwrap();
        assert_eq!(refused, failed);
    }
}

#[test]
fn a_traced_run_gives_what_the_run_without_gives() {
    let file = ProgramFile::from_source("test", PROGRAM).unwrap();
    let program = file.program().unwrap();
    let plan = plan(NOISE, "state_vector");
    let options = RunOptions { shots: 0..200, seed: Seed(3), ..RunOptions::default() };
    let runner = Runner::new(&program, &plan, options).unwrap();
    let mut sink = Sink { writer: None, failed: 0 };
    let without = runner.run(&mut sink).unwrap();
    for timed in [false, true] {
        let (_, digest, failed) = Run { shots: 200, timed, ..Run::default() }.go();
        assert_eq!((digest, failed), (without.digest, 0));
    }
}

#[test]
fn without_noise_the_simulator_sees_the_operations_of_the_program() {
    let program = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; bit[2] c;
        h q[0]; cx q[0], q[1]; c[0] = measure q[0]; if (c[0]) { x q[2]; } c[1] = measure q[2];";
    let bytes = Run { program, noise: &[], ..Run::default() }.bytes();
    let lowest = TraceReader::new(bytes.as_slice()).unwrap().about().unwrap().joints - 1;
    assert_eq!(lowest, 2);
    let above = ops_at(&bytes, 0);
    assert_eq!(above, ops_at(&bytes, lowest));
    // Four operations a shot, and a fifth where the bit is 1.
    let extra = above.len() - 4 * 20;
    assert!((1..20).contains(&extra), "{extra}");
}

#[test]
fn a_trace_cut_at_any_byte_is_an_error_that_says_where() {
    let bytes = Run { shots: 1, ..Run::default() }.bytes();
    assert!(each(&bytes, |_| ()).unwrap() > 50);
    for end in 0..bytes.len() {
        let error = each(&bytes[..end], |_| ()).unwrap_err();
        assert!(matches!(error.problem, TraceProblem::Cut), "cut at {end}: {error}");
        assert_eq!(error.offset, end as u64);
    }
    let longer = [&bytes[..], &[0]].concat();
    let error = each(&longer, |_| ()).unwrap_err();
    assert!(matches!(error.problem, TraceProblem::Trailing), "{error}");
    assert_eq!(error.offset, bytes.len() as u64);
}

#[test]
fn a_damaged_trace_is_an_error_or_still_a_trace_but_never_a_panic() {
    let bytes = Run { shots: 1, ..Run::default() }.bytes();
    let mut refused = 0;
    // A step that has no factor in common with a word's length comes to every byte of it.
    for at in (0..bytes.len()).step_by(5) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        refused += u64::from(each(&damaged, |_| ()).is_err());
    }
    assert!(refused > 100, "{refused} of {} damaged traces refused", bytes.len());
    for (at, word) in [(0, "no trace"), (8, "another version"), (10, "unit"), (20, "reserved")] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        let error = each(&damaged, |_| ()).unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
    }
    // A record is missing in the middle: the end says so.
    let mut reader = TraceReader::new(bytes.as_slice()).unwrap();
    let begin = usize::try_from(reader.offset()).unwrap();
    reader.next_record().unwrap();
    let end = usize::try_from(reader.offset()).unwrap();
    let shorter = [&bytes[..begin], &bytes[end..]].concat();
    let error = each(&shorter, |_| ()).unwrap_err();
    assert!(matches!(error.problem, TraceProblem::Count { .. }), "{error}");
}

#[test]
fn what_is_read_and_written_again_is_the_same_in_every_format() {
    let native = Run::default().bytes();
    for format in ["native", "jsonl"] {
        let reader = TraceReader::new(native.as_slice()).unwrap();
        let (header, about) = (*reader.header(), reader.about().unwrap().clone());
        let out = Shared::default();
        let made = (by_name(format).unwrap().make)(Box::new(out.clone()), &header, &about);
        let mut writer = made.unwrap();
        each(&native, |record| writer.record(&record).unwrap()).unwrap();
        writer.finish().unwrap();
        assert!(out.bytes() == Run { format, ..Run::default() }.bytes(), "{format}");
    }
}

#[test]
fn shots_come_one_by_one_with_sequence_numbers_without_gaps() {
    let bytes = Run::default().bytes();
    let mut reader = TraceReader::new(bytes.as_slice()).unwrap();
    let mut shot = ShotTrace::new();
    let mut shots = 0;
    while reader.next_shot(&mut shot).unwrap() {
        assert_eq!(shot.shot(), ShotId(shots));
        let mut next = [0, 0];
        for record in shot.records() {
            assert_eq!(record.at.shot, shot.shot());
            let side = usize::from(record.at.joint > 0);
            assert!(side == 1 || next[1] == 0, "the program's side comes first");
            assert_eq!(record.sequence, next[side]);
            next[side] += 1;
        }
        assert!(next[0] > 5 && next[1] > 50);
        shots += 1;
    }
    assert_eq!(shots, 20);
    assert!(!reader.next_shot(&mut shot).unwrap());
}

#[test]
fn the_simulators_joint_replays_to_the_same_outcomes() {
    let bytes = Run::default().bytes();
    let plan = plan(NOISE, "state_vector");
    let mut reader = TraceReader::new(bytes.as_slice()).unwrap();
    let about = reader.about().unwrap().clone();
    let lowest = about.joints - 1;
    let shape = Shape { qubit_count: about.qubits, result_count: 4 };
    let placed = plan.simulator();
    let mut simulator = placed.with_config(shape, |config| match &placed.part().factory {
        crate::stack::Factory::Simulator(factory) => factory.build(config).unwrap(),
        other => panic!("{other:?} is no simulator"),
    });
    // The stack has asked for every gate that it sends; here all built-in ones are announced.
    for gate in pandia_core::op::gates::LIST {
        let slot = pandia_core::op::gates::by_name(gate.name).unwrap().slot;
        let def = GateDef::built_in(slot).unwrap();
        simulator.negotiate(&GateSet { gates: &[def] }, &mut [Verdict::Reject]).unwrap();
    }
    let mut shot = ShotTrace::new();
    let mut compared = 0;
    while reader.next_shot(&mut shot).unwrap() {
        let (mut words, mut expected) = (Vec::new(), Vec::new());
        for record in shot.records().filter(|record| record.at.joint == lowest) {
            match record.event {
                Event::ShotBegin { seed } => simulator.shot_begin(shot.shot(), seed).unwrap(),
                Event::Op(down) => words.extend_from_slice(down.op.words()),
                Event::Outcome(up) => expected.push((up.id, up.value)),
                Event::BatchEnd(_) => {
                    let mut room = [Outcome::default(); 8];
                    let mut outcomes = Outcomes::new(&mut room);
                    simulator.apply(&Batch::new(&words).unwrap(), &mut outcomes).unwrap();
                    let got: Vec<_> =
                        outcomes.as_slice().iter().map(|up| (up.id, up.value)).collect();
                    assert_eq!(got, expected);
                    compared += got.len();
                    words.clear();
                    expected.clear();
                }
                _ => simulator.shot_end().unwrap(),
            }
        }
    }
    assert!(compared > 40, "{compared}");
}

#[test]
fn what_layers_insert_is_known_by_its_layer() {
    let bytes = Run::default().bytes();
    let reader = TraceReader::new(bytes.as_slice()).unwrap();
    let about = reader.about().unwrap().clone();
    let ids: Vec<&str> = about.parts.iter().map(|part| part.part.as_str()).collect();
    let expected = ["simple", "lowering", "readout", "depolarizing", "count", "leakage"];
    assert_eq!(ids[..6], expected.map(|name| format!("pandia.{name}")));
    assert_eq!((about.joints, ids.len()), (7, 7));
    let mut inserted = [0; 7];
    each(&bytes, |record| {
        if let Event::Op(OpDown { source, .. }) = record.event
            && let Some(layer) = about.inserter(source)
        {
            // Who inserts something does so below itself.
            assert!(usize::from(record.at.joint) > layer);
            inserted[layer] += 1;
        } else if let Event::Op(down) = record.event {
            assert_eq!(down.source.depth, 0);
        }
    })
    .unwrap();
    let silent = [0, 1, 2, 4, 6].map(|layer| inserted[layer]);
    assert_eq!(silent, [0; 5]);
    assert!(inserted[3] > 0 && inserted[5] > 0, "{inserted:?}");
}

#[test]
fn calls_are_measured_only_if_asked() {
    for timed in [false, true] {
        let bytes = Run { timed, ..Run::default() }.bytes();
        each(&bytes, |record| match record.event {
            Event::BatchEnd(BatchEnd { duration, .. }) => assert_eq!(duration.is_some(), timed),
            Event::ShotEnd { begin, end, .. } => {
                assert_eq!((begin.is_some(), end.is_some()), (timed, timed));
            }
            Event::Outcome(OutcomeUp { duration, .. }) => {
                assert_eq!(duration.is_some(), timed && record.at.joint == 0);
            }
            _ => {}
        })
        .unwrap();
    }
}

#[test]
fn an_ending_means_a_format_and_other_endings_none() {
    let of = |name: &str| by_ending(std::path::Path::new(name)).map(|format| format.name);
    assert_eq!(of("a/b.ptrace"), Some("native"));
    assert_eq!(of("b.tar.JSONL"), Some("jsonl"));
    assert_eq!(of("b.json"), None);
    assert_eq!(of(".jsonl"), None);
    assert_eq!(of("jsonl"), None);
    let mut endings: Vec<_> = super::TRACE_FORMATS.iter().flat_map(|f| f.endings).collect();
    let count = endings.len();
    endings.sort_unstable();
    endings.dedup();
    assert_eq!(endings.len(), count, "two formats have one ending");
}
