//! Error models on a board over a simulator here: the same bits, over a good line and over a bad one.

use super::super::message::{PartChoice, SettingLine, write};
use super::super::{Answering, BELOW_ID, BuildStack, LINK_ID, Window};
use super::cable::{Board, HostEnd};
use super::faults::{PERCENT, Tally, expected, run_through};
use super::line::rooms;
use super::*;
use crate::backend::MetricValue;
use crate::conformance::{Finding, Profile, run};
use crate::error::Class;
use std::println;
use std::string::{String, ToString};

pub(super) type Below = Answering<HostEnd, Box<dyn Backend>, 256, 132, 8>;
pub(super) type Above = Remote<Below, BuildStack<Vec<u8>>, 256, 8>;

const OPTIONS: Options = Options { wait_for_each: true, answers_only: false };

/// The description of these parts over what is here.
pub(super) fn parts(above: &[(&str, &[Setting<'_>])]) -> Vec<u8> {
    parts_over(BELOW_ID, above)
}

/// The description of these parts over another one.
pub(super) fn parts_over(lowest: &str, above: &[(&str, &[Setting<'_>])]) -> Vec<u8> {
    let (mut all, mut room) = (Vec::new(), [0; 512]);
    for (id, settings) in [(lowest, &[][..])].iter().chain(above) {
        let mut lines = Vec::new();
        for Setting { key, value } in *settings {
            let line = SettingLine { key, value: (*value).into() };
            lines.extend_from_slice(write(&line, &mut room).unwrap());
        }
        let part = PartChoice { id, stream: StreamId::of(id, 0).0, settings: &lines };
        all.extend_from_slice(write(&part, &mut room).unwrap());
    }
    all
}

pub(super) const BOTH: &[(&str, &[Setting<'_>])] =
    &[("pandia.depolarizing", DEPOLARIZING), ("pandia.readout", READOUT)];

pub(super) fn open(board: &Board, below: Box<dyn Backend>, parts: Vec<u8>, session: u32) -> Above {
    let line = Answering::new(board.line(), below, Window(8)).with_gate_rooms(rooms());
    let client = Client::new(line, PATIENCE, session);
    Remote::open(client, BuildStack { qubit_count: QUBITS, parts }, OPTIONS).unwrap()
}

#[test]
fn error_models_there_over_a_simulator_here_give_the_bits_of_all_here() {
    let expected = expected();
    for window in [1, 2, 8] {
        let board = Board::new(window, 1);
        // Both error models there, one of them, and none: a line that leads back.
        let mut all = open(&board, Box::new(vector()), parts(BOTH), 1);
        announce(&mut all);
        for (number, given) in (0..).zip(&expected) {
            assert_eq!(&shot(&mut all, number).unwrap(), given, "shot {number}");
        }
        assert_eq!(all.id(), "pandia.readout");
        assert_eq!(all.stats().resent, 0, "nothing was lost");
        drop(all);
        let mut lower = under_readout(open(&board, Box::new(vector()), parts(&BOTH[..1]), 100));
        let depolarizing = Config::new(QUBITS, StreamId::of(DepolarizingPart::SPEC.id, 0));
        let depolarizing = DepolarizingPart::build(&depolarizing.with(DEPOLARIZING), [0; 0]);
        let noisy_here = Box::new(Stack::new(depolarizing.unwrap(), vector()));
        announce(&mut *lower);
        for (number, given) in (0..).zip(&expected) {
            assert_eq!(&shot(&mut *lower, number).unwrap(), given, "shot {number}");
        }
        drop(lower);
        let mut upper = open(&board, noisy_here, parts(&BOTH[1..]), 200);
        announce(&mut upper);
        for (number, given) in (0..).zip(&expected) {
            assert_eq!(&shot(&mut upper, number).unwrap(), given, "shot {number}");
        }
        drop(upper);
        let mut through = under_readout(open(&board, noisy(), parts(&[]), 300));
        announce(&mut *through);
        shot(&mut *through, 0).unwrap();
    }
}

#[test]
fn what_the_board_asks_is_not_waited_for_one_by_one() {
    let board = Board::new(8, 1);
    let mut there = open(&board, Box::new(vector()), parts(BOTH), 1);
    announce(&mut there);
    let before = there.client_mut().io().counters().requests;
    let (frames, stats) = (board.fallen().frames, there.stats());
    for number in 0..20 {
        shot(&mut there, number).unwrap();
    }
    let asked = there.client_mut().io().counters().requests - before;
    let frames = board.fallen().frames - frames;
    let now = there.stats();
    assert_eq!(now.ticks, stats.ticks, "nobody waited for what does not come");
    // What is left are answers of the desktop, and acknowledgements.
    let here = (now.requests - stats.requests) + (now.waits - stats.waits);
    let answers = frames - asked - here;
    println!("{asked} requests of the board, {answers} answers to them, {frames} frames");
    assert!(asked > 1000, "the error models ask often: {asked}");
    assert!(answers * 2 < asked, "{answers} answers to {asked} requests");
}

#[test]
fn metrics_and_refusals_come_from_both_sides() {
    let board = Board::new(4, 1);
    let mut there = open(&board, Box::new(vector()), parts(BOTH), 1);
    let mut here = noisy();
    for backend in [&mut there as &mut dyn Backend, &mut *here] {
        announce(backend);
        for number in 0..5 {
            shot(backend, number).unwrap();
        }
    }
    let metrics = |backend: &dyn Backend| -> Vec<(String, String, MetricValue)> {
        let all = (0..).map_while(|index| backend.metric(index));
        all.map(|m| (m.part.to_string(), m.name.to_string(), m.value)).collect()
    };
    assert_eq!(metrics(&there), metrics(&*here));
    assert_eq!(there.info(), here.info());
    // A qubit that is not here.
    there.shot_begin(ShotId(0), Seed(0)).unwrap();
    let mut ops = OpVec::new();
    ops.gate(slot::H, &[9], &[]).unwrap();
    ops.measure(0, 0).unwrap();
    let error = apply(&mut there, &ops, &mut Vec::new()).unwrap_err();
    assert!(error.to_string().contains("there are 4 (0 to 3)"), "{error}");
    there.shot_end().unwrap();
    shot(&mut there, 0).unwrap();
    // A part that the board has not got: refused before any shot, and the next stack is built.
    drop(there);
    let line = Answering::new(board.line(), Box::new(vector()) as Box<dyn Backend>, Window(8));
    let client = Client::<Below, 256, 8>::new(line, PATIENCE, 50);
    let parts_there = parts(&[("pandia.leakage", &[])]);
    let set_up = BuildStack { qubit_count: QUBITS, parts: parts_there };
    let refused = Remote::open(client, set_up, OPTIONS).map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("no part pandia.leakage"), "{refused}");
    let mut there = open(&board, Box::new(vector()), parts(BOTH), 60);
    announce(&mut there);
    shot(&mut there, 0).unwrap();
}

#[test]
fn a_stack_that_stands_on_the_other_side_is_a_backend_like_any_other() {
    let board = Board::new(8, 1);
    let mut there = open(&board, Box::new(vector()), parts(BOTH), 1);
    let mut failures = Vec::new();
    let summary = run(&mut there, &Profile::noisy().quick(), &mut |check, finding| {
        if let Finding::Failed(text) = finding {
            failures.push((check.name, text.to_string()));
        }
    });
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(summary.passed > 20);
}

/// With a good line again, the next shot but one is right.
fn recovers(board: &Board, there: &mut Above, expected: &[Given]) {
    board.set(Faults::default());
    board.kill(false);
    let _ = shot(there, 0);
    for (number, given) in (0..).zip(expected) {
        assert_eq!(&shot(there, number).unwrap(), given);
    }
}

#[test]
fn a_bad_line_costs_no_shot_its_bits_in_either_lane() {
    let expected = expected();
    let mut all = 0;
    let mut tally = Tally::default();
    for (seed, rate) in [(1, 1), (2, 3), (3, 6)] {
        let rate = rate * PERCENT / 2;
        let board = Board::new(1 << seed, seed);
        let mut there = open(&board, Box::new(vector()), parts(BOTH), 1);
        announce(&mut there);
        board.set(Faults {
            lost: rate,
            cut: rate,
            doubled: rate,
            late: rate,
            damaged: rate,
            noise: rate,
            restart: 0,
        });
        let seen = |_: &mut Above| (board.fallen().frames, board.reads());
        run_through(&mut there, seen, 40_000, &expected, &mut tally);
        let Fallen { frames, lost, cut, doubled, late, damaged, noise, .. } = board.fallen();
        assert!([lost, cut, doubled, late, damaged, noise].iter().all(|count| *count > 50));
        all += frames;
        recovers(&board, &mut there, &expected);
    }
    println!("{all} frames, {tally:?}");
    assert!(all >= 100_000);
    assert!(tally.right > 200 && tally.lost * 100 < tally.right, "{tally:?}");
}

#[test]
fn a_board_that_begins_anew_costs_a_shot_and_no_more_and_so_does_a_desktop() {
    let expected = expected();
    let board = Board::new(8, 4);
    let mut there = open(&board, Box::new(vector()), parts(BOTH), 1);
    announce(&mut there);
    let mut tally = Tally::default();
    board.set(Faults { restart: PERCENT / 10, lost: PERCENT / 10, ..Faults::default() });
    let seen = |_: &mut Above| (board.fallen().frames, board.reads());
    run_through(&mut there, seen, 20_000, &expected, &mut tally);
    let restarts = board.fallen().restarts;
    println!("{restarts} restarts, {tally:?}");
    assert!(restarts > 5 && tally.lost >= restarts / 2 && tally.lost <= restarts);
    recovers(&board, &mut there, &expected);
    drop(there);
    let mut dice = Dice(9);
    for round in 0..40 {
        let mut there = open(&board, Box::new(vector()), parts(BOTH), 1000 + 3 * round);
        announce(&mut there);
        let at = dice.below(expected.len());
        assert_eq!(shot(&mut there, at as u64).unwrap(), expected[at]);
        // Goes away while the board waits for it: a request that is sent and not served.
        there.shot_begin(ShotId(1), Seed(7)).unwrap();
        let mut ops = OpVec::new();
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.measure(0, 0).unwrap();
        board.kill(round % 2 == 0);
        if round % 2 == 0 {
            let error = apply(&mut there, &ops, &mut Vec::new()).unwrap_err();
            assert_eq!((error.class(), error.layer()), (Class::ShotLost, LINK_ID));
        } else {
            apply(&mut there, &ops, &mut Vec::new()).unwrap();
        }
        board.kill(false);
        if round % 4 == 3 {
            board.restart();
        }
    }
}

#[test]
fn a_desktop_that_is_gone_while_the_board_waits_for_it_is_replaced_by_the_next_one() {
    let board = Board::new(8, 4);
    let expected = expected();
    let mut there = open(&board, Box::new(vector()), parts(BOTH), 1);
    announce(&mut there);
    for round in 0..20_u32 {
        // Sent, and never served: the board asks in vain for what lies below.
        there.shot_begin(ShotId(1), Seed(7)).unwrap();
        let mut ops = OpVec::new();
        ops.measure(0, 0).unwrap();
        let words = ops.batch();
        let bytes: Vec<u8> = words.ops().words().iter().flat_map(|w| w.to_le_bytes()).collect();
        let head = super::super::message::Head {
            words: u32::try_from(words.ops().words().len()).unwrap(),
            op_count: 1,
            result_count: 1,
            start_ns: 0,
            length_ns: 0,
            issuer: 0,
            depth: 0,
            wait: true,
        };
        let request = super::super::message::Request::Apply(head, &bytes);
        there.client_mut().post(&request).unwrap();
        drop(there);
        there = open(&board, Box::new(vector()), parts(BOTH), 500 + 9 * round);
        announce(&mut there);
        let at = round as usize % expected.len();
        assert_eq!(shot(&mut there, at as u64).unwrap(), expected[at]);
    }
}
