//! The firmware in QEMU: every program on every board writes what the desktop writes, no image
//! fuses a multiplication and an addition, and panics and faults are reported.
//!
//! Not here: writing the expected files, which only the desktop does (`bless`).

use std::fs;

use anyhow::{Context as _, Result, bail, ensure};

use super::boards::{Board, EXTRA};
use super::image::{self, by_folder};
use super::sections::{difference, expected_names, sections_of};
use super::side_by_side::at_once;
use super::{fused, nightly, on_desktop, taps};
use crate::console;
use crate::project::Project;
use crate::steps::Outcome;

pub(super) const EXPECTED: &str = "targets/programs/expected";

/// How an image ends after a panic or a fault.
const PANICKED: i32 = 101;

pub(crate) fn run(project: &Project) -> Result<Outcome> {
    on_desktop::test(project)?;
    fused::can_fail(project)?;
    let (boards, missing) = nightly::boards(project)?;
    if let Some(why) = missing {
        EXTRA.iter().for_each(|board| console::say(&format!("{:<12} NOT RUN: {why}", board.name)));
    }
    let wrong = at_once(&by_folder(&boards), |board| check(project, board))?.concat();
    ensure!(wrong.is_empty(), "boards differ from the desktop: {}", wrong.join("\n"));
    Ok(Outcome::Done)
}

/// All that must hold of a board; gives the outputs that differ.
fn check(project: &Project, board: &Board) -> Result<Vec<String>> {
    let image = image::programs(project, board)?;
    fused::check(project, board.name, &image)?;
    stops_loudly(project, board, &image, last_records)?;
    let wrong = compare(project, board, &image)?;
    taps::check(project, board, &image)?;
    Ok(wrong)
}

/// Runs every program on the board and gives the outputs that differ.
fn compare(project: &Project, board: &Board, image: &str) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let sections = sections_of(&printed(project, board, image)?)?;
    let names: Vec<&str> = sections.iter().map(|(name, _)| name.as_str()).collect();
    let known = expected_names(&project.root.join(EXPECTED))?;
    ensure!(
        names.iter().copied().eq(known.iter().map(String::as_str)),
        "{} ran {names:?}, but {EXPECTED} is for {known:?}",
        board.name
    );
    for (name, written) in &sections {
        let file = project.root.join(EXPECTED).join(format!("{name}.out"));
        let expected =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let verdict = if *written == expected { "same" } else { "DIFFERS" };
        console::say(&format!("{:<12} {name:<18} {verdict}", board.name));
        if *written != expected {
            wrong.push(format!("{name} on {}:\n{}", board.name, difference(&expected, written)));
        }
    }
    Ok(wrong)
}

fn printed(project: &Project, board: &Board, image: &str) -> Result<String> {
    let ran = image::start(project, board, image, "")?;
    let log = image::log(project, image, &ran.stderr)?;
    ensure!(ran.status.success(), "{} ended with {}: {log}", board.name, ran.status);
    // Every program says that it ran, and which ones did is compared with what was printed.
    let sections = String::from_utf8_lossy(&ran.stdout).matches("== ").count();
    let logged =
        log.lines().filter(|line| line.starts_with("info") && line.contains(" ran")).count();
    ensure!(
        logged + 1 == sections,
        "{} printed {sections} sections, one of them the end, but logged {logged} programs: {log}",
        board.name
    );
    String::from_utf8(ran.stdout).with_context(|| format!("{} printed no text", board.name))
}

/// A panic, a fault and a stack that is full, on demand, end the image with 101 and say what happened;
/// `also` looks at the log, too.
pub(super) fn stops_loudly(
    project: &Project,
    board: &Board,
    image: &str,
    also: fn(&str) -> Result<()>,
) -> Result<()> {
    let words =
        [("panic", "asked to panic"), ("fault", "fault: "), ("overflow", "fault: stack overflow")];
    for (word, says) in words {
        let ran = image::start(project, board, image, word)?;
        let message = image::log(project, image, &ran.stderr)?;
        if ran.status.code() != Some(PANICKED) || !message.contains(says) {
            bail!(
                "{} was asked for a {word}: it ended with {} and said {message:?}, not {PANICKED} \
                 and {says:?}",
                board.name,
                ran.status
            );
        }
        also(&message).with_context(|| format!("{} after a {word} said {message}", board.name))?;
        console::say(&format!("{:<12} {word:<18} reported", board.name));
    }
    Ok(())
}

/// What stood last in the ring of the stack that was stopped before a measurement: that, as the tap
/// nearest to it saw it, and before it the same at the joints above, in one order on every board.
fn last_records(log: &str) -> Result<()> {
    const SAYS: &str = "last record: ";
    let records: Vec<&str> =
        log.lines().filter_map(|line| Some(line.split_once(SAYS)?.1.trim_end())).collect();
    ensure!(records.len() > 3, "there are {} last records", records.len());
    ensure!(records[0].ends_with(" before"), "nothing says how many records came before");
    for (joint, record) in (0..=3).rev().zip(records.iter().rev()) {
        let is_right =
            record.starts_with(&format!("1 {joint} ")) && record.contains("measure 1 q[1]");
        ensure!(is_right, "`{record}` is not what passed joint {joint} of shot 1 last");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_records_that_are_missing_or_of_another_place_are_refused() {
        let line = |what: &str| format!("error last record: {what}\n");
        let joint = |joint: u32| line(&format!("1 {joint} 3{joint} 1.0 measure 1 q[1]"));
        let before = line("70 before");
        let joints: Vec<String> = (0..4).map(joint).collect();
        assert!(last_records(&(before.clone() + &joints.concat())).is_ok());
        assert!(last_records(&(before.clone() + &joints[..3].concat())).is_err());
        assert!(last_records(&joints.concat()).is_err());
        assert!(last_records(&(before + &joints.concat() + &line("1 3 37 shot ends"))).is_err());
        assert!(last_records("error asked to panic").is_err());
    }
}
