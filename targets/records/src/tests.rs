extern crate std;

use super::*;
use pandia_core::Error;
use pandia_core::ids::{Seed, ShotId};
use std::string::{String, ToString};
use std::vec::Vec;

fn begin(mut ring: &Shared<[u64; 100]>, shot: u64) {
    let at = At { shot: ShotId(shot), joint: 1 };
    ring.record(at, core::iter::once(Event::ShotBegin { seed: Seed(9) }));
}

fn lines(ring: &Shared<[u64; 100]>) -> Vec<String> {
    let mut lines = Vec::new();
    ring.last(|line| lines.push(line.to_string()));
    lines
}

#[test]
fn what_comes_while_the_ring_is_held_is_counted_and_nobody_waits() {
    let ring = Shared::new([0; 100]);
    begin(&ring, 0);
    begin(&ring, 1);
    let mut seen = Vec::new();
    let done = ring.drain(|record| {
        begin(&ring, 7);
        assert_eq!(ring.dropped(), None);
        assert!(!ring.drain(|_| Ok::<_, Error>(()))?);
        seen.push(record.at.shot.0);
        Ok::<_, Error>(())
    });
    assert!(matches!(done, Ok(true)));
    assert_eq!((seen.as_slice(), ring.dropped()), ([0, 1].as_slice(), Some(2)));
    assert_eq!(lines(&ring), ["2 came while one was being written"]);
}

#[test]
fn what_is_fetched_is_what_was_kept_and_what_is_forgotten_is_gone() {
    let ring = Shared::new([0; 100]);
    let keeper: &dyn Keeper = &ring;
    (0..30).for_each(|shot| begin(&ring, shot));
    assert_eq!(keeper.bytes(), (800, 800));
    keeper.forget();
    assert_eq!((keeper.bytes(), ring.dropped()), ((800, 0), Some(5)));
    let at = At { shot: ShotId(4), joint: 2 };
    keeper.keep(at, Event::ShotBegin { seed: Seed(1) });
    let mut bytes = [0; 24];
    assert_eq!(keeper.fetch(&mut bytes), (24, 8));
    assert_eq!(bytes[8], 4);
    assert_eq!(keeper.fetch(&mut bytes), (8, 0));
    assert_eq!(bytes[0], 1);
    assert_eq!(lines(&ring), [""; 0]);
}

#[test]
fn the_last_records_are_shown_once_and_those_before_are_counted() {
    let ring = Shared::new([0; 100]);
    (0..20).for_each(|shot| begin(&ring, shot));
    let shown = lines(&ring);
    assert_eq!(shown[0], "4 before");
    let expected: Vec<_> =
        (4..20).map(|shot| std::format!("{shot} 1 0 shot begins, seed 9")).collect();
    assert_eq!(shown[1..], expected);
    assert_eq!(lines(&ring), ["none can be read: one was being written"]);
}

#[test]
fn what_did_not_fit_is_among_the_last_lines() {
    let ring = Shared::new([0; 100]);
    (0..30).for_each(|shot| begin(&ring, shot));
    let shown = lines(&ring);
    assert_eq!(shown[0], "10 before");
    assert_eq!(shown[16], "25 1 0 5 records are missing here");
    assert_eq!(shown.len(), 17);
}
