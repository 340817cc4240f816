//! Lints of the firmware: of what boards share, and of each board's own.

use anyhow::Result;

use super::boards::{BOARDS, Board};
use super::image::{self, MANIFEST, by_folder};
use super::on_desktop;
use super::side_by_side::at_once;
use crate::project::Project;
use crate::shell;
use crate::steps::Outcome;

const DENIED: [&str; 3] = ["--", "-D", "warnings"];
/// For which of them RISC-V's boards are linted.
const RISCV: &str = "riscv32imac-unknown-none-elf";

/// A board, and the features of one of its images.
type Piece = (Board, &'static str);

/// Fails if a lint warns. The board whose toolchain nobody pins is left out: each has lints of its own.
pub(crate) fn run(project: &Project) -> Result<Outcome> {
    let mut shared = shell::cargo(project, ["clippy", "--locked", "--all-targets"]);
    shell::run(shared.args(MANIFEST).args(on_desktop::SELECTED).args(DENIED))?;
    // The resident image has what that of the programs has, and more.
    let mut pieces: Vec<Piece> =
        by_folder(BOARDS).iter().map(|board| (plain(board), "resident")).collect();
    // What differs from that in these is the same on every board.
    pieces.extend(["tight-loop", "controller"].map(|features| (plain(&BOARDS[0]), features)));
    at_once(&pieces, |(board, features)| {
        shell::run(image::cargo(project, board, "clippy", features).args(DENIED))
    })?;
    Ok(Outcome::Done)
}

/// The board as lints see it: flags, and what a core of a family has beside others, say what is emitted,
/// and lints read what is before that.
fn plain(board: &Board) -> Board {
    let target = if board.target.starts_with("riscv") { RISCV } else { board.target };
    Board { flags: "", target, ..*board }
}
