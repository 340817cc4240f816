//! Taps on a board: what they record is what taps record of the same stack on this side.

use super::super::{Answering, BELOW_ID, BuildStack, BuildTapped, LINK_ID, Traced, Window};
use super::below::{BOTH, Below, parts_over};
use super::cable::{Board, HostEnd};
use super::faults::PERCENT;
use super::line::rooms;
use super::*;
use crate::backend::MetricValue;
use crate::error::Class;
use crate::trace::{At, Event, Record, Recorder, Sequence, Tap};
use core::cell::RefCell;
use std::println;
use std::string::{String, ToString};

/// Every record of the shot that runs, as a line.
#[derive(Default)]
struct Lines {
    sequence: Sequence,
    lines: Vec<String>,
}

impl Lines {
    fn restart(&mut self) -> Vec<String> {
        self.sequence = Sequence::new();
        core::mem::take(&mut self.lines)
    }
}

impl Recorder for Lines {
    fn record<'e>(&mut self, at: At, events: impl Iterator<Item = Event<'e>>) {
        for event in events {
            let record: Record<'_> = self.sequence.number(at, event);
            let bits = match event {
                Event::Op(down) => down.op.words().to_vec(),
                _ => Vec::new(),
            };
            self.lines.push(std::format!("{record} {bits:x?}"));
        }
    }
}

type Shared = RefCell<Lines>;

/// The joint above the stack that is on the board, or here.
const TOP: u8 = 5;
const SIMULATOR: &str = "pandia.state_vector";

/// All here: taps above both error models and above the simulator.
fn here(lines: &Shared) -> impl Backend {
    let depolarizing = Config::new(QUBITS, StreamId::of(DepolarizingPart::SPEC.id, 0));
    let depolarizing = DepolarizingPart::build(&depolarizing.with(DEPOLARIZING), [0; 0]).unwrap();
    let readout = Config::new(QUBITS, StreamId::of(ReadoutPart::SPEC.id, 0)).with(READOUT);
    let cells = vec![ReadoutPart::EMPTY; ReadoutPart::cells(&readout).unwrap()];
    let readout = ReadoutPart::build(&readout, cells).unwrap();
    let stack = Stack::new(depolarizing, Tap::new(vector(), TOP + 2, lines));
    Tap::new(Stack::new(readout, Tap::new(stack, TOP + 1, lines)), TOP, lines)
}

type There<'l, IO> = Traced<IO, Vec<u8>, &'l Shared, 256, 8>;

fn build(lowest: &str) -> BuildTapped<Vec<u8>> {
    BuildTapped::new(BuildStack { qubit_count: QUBITS, parts: parts_over(lowest, BOTH) }, TOP)
}

fn open<'l>(board: &Board, lines: &'l Shared, session: u32) -> There<'l, HostEnd> {
    let client = Client::new(board.line(), PATIENCE, session);
    Traced::open(client, build(SIMULATOR), 2, lines).unwrap()
}

fn open_over_here<'l>(board: &Board, lines: &'l Shared, session: u32) -> There<'l, Below> {
    let line = Answering::new(board.line(), Box::new(vector()) as Box<dyn Backend>, Window(8));
    let line = line.with_gate_rooms(rooms());
    let client = Client::new(line, PATIENCE, session);
    Traced::open(client, build(BELOW_ID), 2, lines).unwrap()
}

/// A shot of short batches, one of them refused: no such qubit.
fn short_shot(backend: &mut dyn Backend, number: u64) -> Result<Vec<u64>> {
    shot_of(backend, number, false)
}

fn shot_of(backend: &mut dyn Backend, number: u64, one_by_one: bool) -> Result<Vec<u64>> {
    backend.shot_begin(ShotId(number), Seed(7))?;
    let mut values = Vec::new();
    let mut send = |ops: &OpVec| {
        if !one_by_one {
            return apply(backend, ops, &mut values);
        }
        ops.batch().ops().iter().try_for_each(|op| {
            let one = Batch::new(op.words())?;
            apply_batch(backend, &one, &mut values)
        })
    };
    let done = short_batches(&mut send);
    backend.shot_end()?;
    done.map(|()| values)
}

fn short_batches(send: &mut dyn FnMut(&OpVec) -> Result<()>) -> Result<()> {
    let mut ops = OpVec::new();
    for round in 0..4 {
        ops.clear();
        for qubit in 0..QUBITS {
            ops.gate(slot::PHASED_X, &[qubit], &[0.3 + f64::from(qubit + round), 0.1])?;
        }
        ops.gate(slot::ZZ_PHASE, &[round, (round + 1) % QUBITS], &[0.4])?;
        send(&ops)?;
        ops.clear();
        ops.measure(round, u64::from(round))?;
        ops.gate(slot::H, &[round], &[])?;
        send(&ops)?;
    }
    ops.clear();
    ops.measure(QUBITS, 0)?;
    let refused = send(&ops).unwrap_err();
    if refused.class() == Class::Refused { Ok(()) } else { Err(refused) }
}

/// What shots give and record, all here.
fn expected(shots: u64) -> Vec<(Vec<u64>, Vec<String>)> {
    let lines = Shared::default();
    let mut here = here(&lines);
    announce(&mut here);
    let run = |number| {
        let values = short_shot(&mut here, number).unwrap();
        (values, lines.borrow_mut().restart())
    };
    (0..shots).map(run).collect()
}

#[test]
fn a_board_records_what_the_same_stack_records_here_in_the_same_order() {
    let expected = expected(10);
    let inserted = |lines: &[String]| lines.iter().any(|line| line.contains("inserted by"));
    assert!(expected.iter().any(|(_, lines)| inserted(lines)), "no error was drawn");
    let board = Board::with_ring(4, 1, Some(1024));
    for session in [1, 100] {
        let lines = Shared::default();
        // Everything there, and then the error models there over a simulator here.
        let below: Box<dyn Backend + '_> = match session {
            1 => Box::new(open(&board, &lines, session)),
            _ => Box::new(open_over_here(&board, &lines, session)),
        };
        let mut there = Tap::new(below, TOP, &lines);
        announce(&mut there);
        for (number, (values, records)) in (0..).zip(&expected) {
            assert_eq!(&short_shot(&mut there, number).unwrap(), values);
            assert_eq!(&lines.borrow_mut().restart(), records, "shot {number}");
        }
        let metrics: Vec<String> =
            (0..).map_while(|index| there.metric(index)).map(|m| m.name.to_string()).collect();
        assert!(!metrics.is_empty());
    }
}

#[test]
fn a_batch_that_is_long_goes_over_in_pieces_and_loses_no_record() {
    // The operations alone, and what a layer inserted left out: batches are other ones. Which of two
    // joints comes first depends on pieces.
    let what = |lines: Vec<String>| -> Vec<String> {
        let op = |line: &String| {
            let parts: Vec<&str> = line.splitn(5, ' ').collect();
            let (joint, what) = (parts[1], parts[4]);
            let is_own = joint != "5" && what.contains("q[") && !what.contains("inserted");
            is_own.then(|| std::format!("{joint} {what}"))
        };
        let mut all: Vec<String> = lines.iter().filter_map(op).collect();
        all.sort();
        all
    };
    let (lines, here_lines) = (Shared::default(), Shared::default());
    let board = Board::with_ring(4, 1, Some(400));
    let mut there = Tap::new(open(&board, &lines, 1), TOP, &lines);
    let mut here = here(&here_lines);
    announce(&mut there);
    announce(&mut here);
    for number in 0..5 {
        assert_eq!(shot(&mut there, number).unwrap(), shot(&mut here, number).unwrap());
        let records = lines.borrow_mut().restart();
        assert!(!records.iter().any(|line| line.contains("missing")), "{records:#?}");
        assert_eq!(what(records), what(here_lines.borrow_mut().restart()), "shot {number}");
    }
}

#[test]
fn what_does_not_fit_the_ring_is_counted_and_costs_no_outcome() {
    // So small that operations go over one by one, and that errors and outcomes do not always fit.
    let board = Board::with_ring(4, 1, Some(48));
    let (lines, here_lines) = (Shared::default(), Shared::default());
    let mut there = Tap::new(open(&board, &lines, 1), TOP, &lines);
    let mut here = here(&here_lines);
    announce(&mut there);
    announce(&mut here);
    let mut missing = 0;
    for number in 0..20 {
        let values = short_shot(&mut there, number).unwrap();
        assert_eq!(shot_of(&mut here, number, true).unwrap(), values);
        let inner = |lines: &Shared| -> Vec<String> {
            let all = lines.borrow_mut().restart();
            all.into_iter().filter(|line| line.split(' ').nth(1) != Some("5")).collect()
        };
        let (all, whole) = (inner(&lines), inner(&here_lines));
        let count = |line: &String| {
            let head = line.strip_suffix(" records are missing here []")?;
            head.rsplit(' ').next()?.parse::<usize>().ok()
        };
        let dropped: usize = all.iter().filter_map(count).sum();
        let kept = all.iter().filter(|line| count(line).is_none()).count();
        assert_eq!(kept + dropped, whole.len(), "shot {number}");
        missing += dropped;
    }
    assert!(missing > 50, "{missing}");
}

#[test]
fn a_bad_line_and_a_board_that_begins_anew_cost_no_record_of_a_shot_that_is_right() {
    let expected = expected(10);
    let board = Board::with_ring(4, 3, Some(1024));
    let lines = Shared::default();
    let mut there = Tap::new(open(&board, &lines, 1), TOP, &lines);
    announce(&mut there);
    let rate = PERCENT;
    board.set(Faults {
        lost: rate,
        cut: rate,
        doubled: rate,
        late: rate,
        damaged: rate,
        noise: rate,
        restart: PERCENT / 40,
    });
    let (mut right, mut lost) = (0, 0);
    while board.fallen().frames < 30_000 {
        let number = (right + lost) % expected.len() as u64;
        let (values, records) = &expected[usize::try_from(number).unwrap()];
        lines.borrow_mut().restart();
        match short_shot(&mut there, number) {
            Ok(given) => {
                assert_eq!(&given, values);
                let seen = lines.borrow_mut().restart();
                let differs = seen.iter().zip(records).position(|(a, b)| a != b);
                let at = differs.unwrap_or(seen.len().min(records.len()));
                assert_eq!(seen.get(at), records.get(at), "record {at} of shot {number}");
                right += 1;
            }
            Err(error) => {
                assert_eq!((error.class(), error.layer()), (Class::ShotLost, LINK_ID), "{error}");
                lost += 1;
            }
        }
    }
    println!("{right} right, {lost} lost, {:?}", board.fallen());
    assert!(right > 100 && lost > 0 && lost * 10 < right, "{right} right, {lost} lost");
}

#[test]
fn firmware_without_taps_is_refused_with_what_to_do() {
    let lines = Shared::default();
    let refused = |board: &Board| {
        let client: Client<_, 256, 8> = Client::new(board.line(), PATIENCE, 1);
        Traced::open(client, build(SIMULATOR), 2, &lines).map(drop).unwrap_err()
    };
    let without_ring = refused(&Board::new(4, 1));
    assert!(without_ring.to_string().contains("keeps no records"), "{without_ring}");
    let old = Board::with_ring(4, 1, Some(1024));
    old.age();
    let error = refused(&old);
    assert_eq!(error.layer(), LINK_ID);
    let text = error.to_string();
    assert!(text.contains("build its resident image of this release"), "{text}");
    assert!(text.contains("run without a trace"), "{text}");
}

#[test]
fn the_counting_tap_counts_on_a_board_as_here() {
    const COUNTED: &[(&str, &[Setting<'_>])] =
        &[("pandia.depolarizing", DEPOLARIZING), ("pandia.count", &[])];
    let board = Board::new(4, 1);
    let set_up = BuildStack { qubit_count: QUBITS, parts: parts_over(SIMULATOR, COUNTED) };
    let client: Client<_, 256, 8> = Client::new(board.line(), PATIENCE, 1);
    let mut there = Remote::open(client, set_up, Options::default()).unwrap();
    announce(&mut there);
    shot(&mut there, 3).unwrap();
    let counted = |name| {
        let all = (0..).map_while(|index| there.metric(index));
        let mut found = all.filter(|m| (m.part, m.name) == ("pandia.count", name));
        found.next().map(|metric| metric.value)
    };
    // Three rounds of four batches of two gates, one of 50, and one gate; the own ones; then eleven.
    let counter = |count| Some(MetricValue::Counter(count));
    assert_eq!(counted("gate_ops"), counter(3 * (8 + 50 + 1) + own::GATES + 11));
    assert_eq!(counted("measure_ops"), counter(3 + 11));
    assert_eq!(counted("outcomes"), counter(3 + 11));
}
