//! Frames that are lost, cut, doubled, late and damaged, and ends that begin anew in the middle of a
//! shot: every shot is right or reported lost, nothing hangs, and the link recovers by itself.

use super::*;
use crate::error::Class;
use std::println;

/// One in a hundred, in 1 of 65536.
pub(super) const PERCENT: u32 = 655;

/// What became of shots.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) right: u64,
    pub(super) lost: u64,
}

/// Runs shots until so many frames have been sent; each is right or reported lost.
pub(super) fn run_through<B: Backend>(
    there: &mut B,
    frames_and_reads: impl Fn(&mut B) -> (u64, u64),
    frames: u64,
    expected: &[Given],
    tally: &mut Tally,
) {
    let mut number = 0;
    while frames_and_reads(there).0 < frames {
        let (before, at) = (frames_and_reads(there).1, number % expected.len());
        match shot(there, at as u64) {
            Ok(given) => {
                assert_eq!(given, expected[at], "shot {at} came back wrong");
                tally.right += 1;
            }
            Err(error) => {
                assert_eq!(error.class(), Class::ShotLost, "{error}");
                assert_eq!(error.layer(), crate::link::LINK_ID, "{error}");
                tally.lost += 1;
            }
        }
        let reads = frames_and_reads(there).1 - before;
        assert!(reads < 200_000, "a shot took {reads} reads of the line");
        number += 1;
    }
}

fn of_line(there: &mut Over<Line>) -> (u64, u64) {
    let line = there.client_mut().io();
    (line.fallen.frames, line.reads)
}

pub(super) fn expected() -> Vec<Given> {
    let mut here = noisy();
    announce(&mut *here);
    (0..16).map(|number| shot(&mut *here, number).unwrap()).collect()
}

/// With a good line again, the next shot but one is right: the first may still be the one that learns
/// of what happened.
fn recovers(there: &mut Over<Line>, expected: &[Given]) {
    there.client_mut().io_mut().faults = Faults::default();
    there.client_mut().io_mut().is_dead = false;
    let _ = shot(there, 0);
    for (number, given) in (0..).zip(expected) {
        assert_eq!(&shot(there, number).unwrap(), given);
    }
}

#[test]
fn a_hundred_thousand_frames_over_a_bad_line_cost_no_shot_its_bits() {
    let expected = expected();
    let (mut all, mut tally) = (0, Tally::default());
    for (seed, rate) in [(1, 1), (2, 3), (3, 6)] {
        let rate = rate * PERCENT / 2;
        let mut there = remote(Line::to(noisy, 1 << seed, seed));
        announce(&mut there);
        there.client_mut().io_mut().faults = Faults {
            lost: rate,
            cut: rate,
            doubled: rate,
            late: rate,
            damaged: rate,
            noise: rate,
            restart: 0,
        };
        run_through(&mut there, of_line, 40_000, &expected, &mut tally);
        let Fallen { frames, lost, cut, doubled, late, damaged, noise, .. } =
            there.client_mut().io().fallen;
        assert!([lost, cut, doubled, late, damaged, noise].iter().all(|count| *count > 50));
        all += frames;
        recovers(&mut there, &expected);
    }
    println!("{all} frames, {tally:?}");
    assert!(all >= 100_000);
    assert!(tally.right > 500 && tally.lost * 100 < tally.right, "{tally:?}");
}

#[test]
fn a_server_that_begins_anew_in_a_shot_costs_that_shot_and_no_more() {
    let expected = expected();
    let mut there = remote(Line::to(noisy, SMALL.window, 4));
    announce(&mut there);
    let mut tally = Tally::default();
    there.client_mut().io_mut().faults = Faults { restart: PERCENT / 10, ..Faults::default() };
    run_through(&mut there, of_line, 20_000, &expected, &mut tally);
    let restarts = there.client_mut().io().fallen.restarts;
    println!("{restarts} restarts, {tally:?}");
    // One that falls between two shots may cost none, or the one that learns of it.
    assert!(restarts > 5 && tally.lost >= restarts / 2 && tally.lost <= restarts);
    recovers(&mut there, &expected);
}

#[test]
fn everything_at_once_is_survived() {
    let expected = expected();
    let mut tally = Tally::default();
    for seed in 10..13 {
        let mut there = remote(Line::to(noisy, 8, seed));
        announce(&mut there);
        there.client_mut().io_mut().faults = Faults {
            lost: PERCENT * 2,
            cut: PERCENT,
            doubled: PERCENT * 2,
            late: PERCENT * 2,
            damaged: PERCENT * 2,
            noise: PERCENT,
            restart: PERCENT / 4,
        };
        run_through(&mut there, of_line, 15_000, &expected, &mut tally);
        recovers(&mut there, &expected);
    }
    println!("{tally:?}");
    assert!(tally.right > 100 && tally.lost > 10, "{tally:?}");
}

#[test]
fn a_client_that_begins_anew_in_a_shot_ends_that_shot() {
    let expected = expected();
    let mut dice = Dice(9);
    let mut line = Line::to(noisy, SMALL.window, 5);
    for round in 0..60 {
        let mut there: Over<Line> =
            Remote::open(Client::new(line, PATIENCE, 100 + 7 * round), AsItIs, Options::default())
                .unwrap();
        announce(&mut there);
        let at = dice.below(expected.len());
        assert_eq!(shot(&mut there, at as u64).unwrap(), expected[at]);
        // Goes away in the middle of a shot, with a frame half written now and then.
        there.shot_begin(ShotId(1), Seed(7)).unwrap();
        let mut ops = OpVec::new();
        ops.gate(slot::H, &[0], &[]).unwrap();
        apply(&mut there, &ops, &mut Vec::new()).unwrap();
        if round % 3 == 0 {
            embedded_io::Write::write(there.client_mut().io_mut(), &[9, 9, 9]).unwrap();
        }
        line = there.into_io();
    }
    assert_eq!(line.counters().sessions, 60);
}

#[test]
fn a_line_that_is_dead_for_a_while_costs_the_shot_and_is_used_again() {
    let expected = expected();
    let mut there = remote(Line::to(noisy, SMALL.window, 6));
    announce(&mut there);
    there.client_mut().io_mut().is_dead = true;
    for _ in 0..3 {
        let error = shot(&mut there, 0).unwrap_err();
        assert_eq!(error.class(), Class::ShotLost);
        assert!(std::string::ToString::to_string(&error).contains("does not answer"), "{error}");
    }
    assert_eq!(there.stats().ticks, 3 * u64::from(PATIENCE.give_up_ticks));
    recovers(&mut there, &expected);
}
