//! The image that a controller board runs for good: that it writes what the desktop writes, and what it
//! takes of flash and RAM.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use super::boards::Board;
use super::image;
use super::sections::difference;
use super::table::Table;
use super::{fused, hot, qemu, size};
use crate::project::Project;

const EXPECTED: &str = "targets/tight-loop/controller.out";

/// Where the image is asked for a panic and for a fault. The others' own words for both are those of their
/// other images.
const ASKED: &str = "cortex-m4";

/// Builds the image and runs it; fails if it writes something else or ends a panic in silence.
pub(super) fn measure(project: &Project, board: &Board, table: &mut Table) -> Result<()> {
    if board.name == ASKED {
        // The same image with a command line.
        let asked = image::build(project, board, "controller,pandia-board/asked")?;
        qemu::stops_loudly(project, board, &asked, |_| Ok(()))?;
    }
    let image = image::build(project, board, "controller")?;
    fused::check(project, board.name, &image)?;
    hot::check(project, board, &image, 1)?;
    let ran = image::start(project, board, &image, "")?;
    let log = image::log(project, &image, &ran.stderr)?;
    ensure!(ran.status.success(), "{} ended with {}: {log}", board.name, ran.status);
    let written = String::from_utf8_lossy(&ran.stdout);
    let expected = fs::read_to_string(project.root.join(EXPECTED))
        .with_context(|| format!("cannot read {EXPECTED}"))?;
    ensure!(
        written == expected,
        "the controller on {} writes something else than the desktop:\n{}",
        board.name,
        difference(&expected, &written)
    );
    let (stack, state) =
        stack_and_state(&log).with_context(|| format!("{}: no stack in {log}", board.name))?;
    let (flash, ram) = size::flash_and_ram(project, board, &image)?;
    for (what, bytes) in [
        ("flash", flash),
        ("RAM without stack", ram),
        ("stack at most", stack),
        ("state, of the stack", state),
    ] {
        table.add(board.name, &format!("controller, bytes: {what}"), bytes);
    }
    Ok(())
}

/// The two numbers of a line such as `info stack 4000 with 840 of state`.
fn stack_and_state(log: &str) -> Option<(u64, u64)> {
    log.lines().find_map(|line| {
        let (stack, rest) = line.split_once("stack ")?.1.split_once(" with ")?;
        let state = rest.split_once(" of state")?.0;
        Some((stack.parse().ok()?, state.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stack_and_state_are_read_from_the_log() {
        let log = "info something\ninfo stack 4000 with 840 of state (controller.rs:19)\n";
        assert_eq!(stack_and_state(log), Some((4000, 840)));
        for bad in ["", "info stack 4000\n", "info stack x with 840 of state\n"] {
            assert_eq!(stack_and_state(bad), None, "{bad}");
        }
    }
}
