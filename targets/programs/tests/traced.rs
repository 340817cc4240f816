//! What the program `traced` prints, against a recorder that drops nothing and is no ring.

use std::cell::RefCell;
use std::error::Error;
use std::sync::Mutex;

use pandia_core::trace::{At, Event, Record, Recorder};
use pandia_programs::traced;

/// Every record as a line, numbered here: within a shot from 0.
#[derive(Default)]
struct Lines {
    shot: u64,
    next: u64,
    lines: Vec<String>,
}

impl Recorder for Lines {
    fn record<'e>(&mut self, at: At, events: impl Iterator<Item = Event<'e>>) {
        for event in events {
            if at.shot.0 != self.shot {
                (self.shot, self.next) = (at.shot.0, 0);
            }
            let record = Record { at, sequence: self.next, event };
            self.next += 1;
            self.lines.push(record.to_string());
        }
    }
}

fn all() -> Result<Vec<String>, Box<dyn Error>> {
    let lines = RefCell::new(Lines::default());
    traced::run_with(&lines)?;
    Ok(lines.into_inner().lines)
}

/// What the program prints: the lines of the large ring, and those of the small one, each with its
/// last line, which sums up.
///
/// One test at a time: an image has one ring.
fn printed() -> Result<[Vec<String>; 2], Box<dyn Error>> {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock()?;
    let entry = pandia_programs::ALL.iter().find(|entry| entry.name == "traced");
    let mut text = String::new();
    (entry.ok_or("there is no program `traced`")?.run)(&mut text)?;
    let (large, small) = text.split_once("a ring of 96 words\n").ok_or("there is one part only")?;
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    Ok([lines(large)[1..].to_vec(), lines(small)])
}

#[test]
fn a_ring_with_room_gives_what_every_tap_saw() -> Result<(), Box<dyn Error>> {
    let ([large, _], all) = (printed()?, all()?);
    let (sum, records) = large.split_last().ok_or("nothing was printed")?;
    assert_eq!(records, all);
    assert_eq!(*sum, format!("{} records, none dropped", all.len()));
    for joint in 0..4 {
        let is_there = |shot| all.iter().any(|line| line.starts_with(&format!("{shot} {joint} ")));
        assert!((0..traced::SHOTS).all(is_there), "joint {joint}");
    }
    assert!(all.iter().any(|line| line.contains("inserted by")), "no error was drawn");
    Ok(())
}

#[test]
fn what_a_small_ring_dropped_is_what_is_missing_and_where_it_is_missing()
-> Result<(), Box<dyn Error>> {
    let ([_, small], all) = (printed()?, all()?);
    let (sum, records) = small.split_last().ok_or("nothing was printed")?;
    let (mut rest, mut kept, mut reported) = (all.as_slice(), 0, 0);
    for line in records {
        let missing = line.strip_suffix(" records are missing here");
        if let Some((head, count)) = missing.and_then(|text| text.rsplit_once(' ')) {
            // It stands at the first of those that are missing, and has its shot, joint and number.
            assert!(rest[0].starts_with(&format!("{head} ")), "{line}, not at {}", rest[0]);
            let count: usize = count.parse()?;
            reported += count;
            rest = &rest[count..];
        } else {
            assert_eq!(*line, rest[0], "a record is missing that nothing reports");
            kept += 1;
            rest = &rest[1..];
        }
    }
    assert!(rest.is_empty(), "{} records are missing that nothing reports", rest.len());
    let dropped = all.len() - kept;
    assert!(kept > 0 && dropped > 0, "{kept} kept, {dropped} dropped");
    assert_eq!(reported, dropped);
    assert_eq!(*sum, format!("{kept} records, {dropped} dropped"));
    Ok(())
}
