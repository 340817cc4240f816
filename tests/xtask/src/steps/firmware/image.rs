//! Building a board's image and starting it in QEMU.

use std::fs;
use std::process::{Command, Output};
use std::sync::OnceLock;

use anyhow::{Context as _, Result, ensure};

use super::boards::{Board, Nightly};
use super::link;
use crate::project::Project;
use crate::shell;
use crate::steps::cargo_tests::build_some;

const FOLDER: &str = "targets/target";
/// Where boards without a link are built: cargo builds one thing at a time in a folder, and two boards
/// can be built at once.
const OTHERS: &str = "targets/target/others";

pub(super) const MANIFEST: &[&str] = &["--manifest-path", "targets/Cargo.toml"];

/// No window, the console on standard output, the exit code passed on, and a clock that counts
/// instructions, so that every run is like the other.
const QEMU: &[&str] =
    &["-nographic", "-monitor", "none", "-serial", "null", "-icount", "shift=0,sleep=off"];

/// A board that is not done by then hangs.
const SECONDS_MAX: &str = "120";

/// Builds the board's image of the programs and gives its path; where the link is checked, the resident
/// one, too, which has the same dependencies.
pub(super) fn programs(project: &Project, board: &Board) -> Result<String> {
    let features = if link::ON.contains(&board.name) { "resident" } else { "" };
    build(project, board, features)
}

/// Builds the board's resident image where `pandia run` looks for it, and gives its path.
pub(super) fn resident(project: &Project, board: &Board) -> Result<String> {
    programs(project, board)?;
    Ok(path(board, "-resident"))
}

/// Builds the board's image with the features and gives its path.
pub(super) fn build(project: &Project, board: &Board, features: &str) -> Result<String> {
    if let Some(nightly) = &board.nightly {
        return build_with_nightly(project, board, nightly, features);
    }
    shell::run(&mut cargo(project, board, "build", features))?;
    Ok(path(board, ""))
}

fn path(board: &Board, suffix: &str) -> String {
    format!("{}/{}/release/pandia-{}{suffix}", folder(board), board.target, board.name)
}

/// A call of cargo for the board's package.
pub(super) fn cargo(project: &Project, board: &Board, command: &str, features: &str) -> Command {
    let package = format!("pandia-{}", board.name);
    let mut cargo = shell::cargo(project, [command]);
    cargo.args(MANIFEST).args(["--locked", "--release", "--package", &package]);
    // What is logged: defmt leaves out at build time what nobody asks for.
    cargo.env("DEFMT_LOG", "info");
    cargo.args(["--target", board.target, "--features", features]);
    cargo.args(["--target-dir", &folder(board)]);
    with_flags(&mut cargo, board);
    cargo
}

/// Gives cargo the board's own compiler flags.
pub(super) fn with_flags(cargo: &mut Command, board: &Board) {
    if !board.flags.is_empty() {
        let target = board.target.to_uppercase().replace('-', "_");
        // The general variable would replace that of the target.
        cargo.env_remove("RUSTFLAGS").env(format!("CARGO_TARGET_{target}_RUSTFLAGS"), board.flags);
    }
}

/// What the board's code is compiled for, as module images name it.
pub(super) fn machine(board: &Board) -> String {
    match board.flags.strip_prefix("-Ctarget-cpu=") {
        Some(processor) => format!("{}/{processor}", board.target),
        None => board.target.to_owned(),
    }
}

/// Builds the image together with its core library, and the image of the core that releases it.
fn build_with_nightly(
    project: &Project,
    board: &Board,
    nightly: &Nightly,
    features: &str,
) -> Result<String> {
    let package = format!("pandia-{}", nightly.released_by);
    let mut release = shell::cargo(project, ["build"]);
    release.args(MANIFEST).args(["--locked", "--release", "--package", &package]);
    shell::run(release.args(["--target", nightly.target]))?;
    let package = format!("pandia-{}", board.name);
    let folder = folder(board);
    let mut cargo = shell::nightly_cargo(project, ["build", "-Zbuild-std=core"]);
    cargo.args(MANIFEST).args(["--locked", "--release", "--package", &package]);
    cargo.env("DEFMT_LOG", "info");
    cargo.args(["--target", board.target, "--features", features, "--target-dir", &folder]);
    shell::run(&mut cargo)?;
    Ok(format!("{folder}/{}/release/{package}", board.target))
}

/// Where the board's images are built; `pandia run` looks for resident ones there.
pub(super) fn folder(board: &Board) -> String {
    if board.nightly.is_some() {
        return format!("{FOLDER}/{}", board.name);
    }
    if link::ON.contains(&board.name) { FOLDER } else { OTHERS }.to_owned()
}

/// The boards in an order in which neighbours are not built in one folder, as far as that goes.
pub(super) fn by_folder(boards: &[Board]) -> Vec<Board> {
    let place = |index: usize| {
        let before = boards[..index].iter().filter(|b| folder(b) == folder(&boards[index]));
        (before.count(), index)
    };
    let mut order: Vec<usize> = (0..boards.len()).collect();
    order.sort_by_key(|&index| place(index));
    order.into_iter().map(|index| boards[index]).collect()
}

/// Runs the image with one word on its command line (none if empty) and gives what came of it.
pub(super) fn start(project: &Project, board: &Board, image: &str, word: &str) -> Result<Output> {
    let ran = shell::output(&mut qemu(project, board, image, word))?;
    ensure!(
        ran.status.code() != Some(124),
        "{} was not done after {SECONDS_MAX} s and was stopped",
        board.name
    );
    Ok(ran)
}

/// The image's log as text, one line a frame.
pub(super) fn log(project: &Project, image: &str, frames: &[u8]) -> Result<String> {
    let file = format!("{image}.log");
    let frames = after_qemus_own(frames);
    fs::write(project.root.join(&file), frames).with_context(|| format!("cannot write {file}"))?;
    let decoder = decoder(project)?;
    let decoded = shell::output(&mut shell::command(project, &decoder, [image, &file]))?;
    let text = String::from_utf8_lossy(&decoded.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&decoded.stderr);
    ensure!(decoded.status.success(), "{file} is not all log: {text}{complaint}");
    Ok(text)
}

/// The decoder of logs, built by the first who asks: there are hundreds of logs.
fn decoder(project: &Project) -> Result<String> {
    static BUILT: OnceLock<()> = OnceLock::new();
    if BUILT.get().is_none() {
        build_some(project, &["--bin", "pandia-board-log"])?;
        BUILT.get_or_init(|| ());
    }
    Ok(project.root.join("target/debug/pandia-board-log").to_string_lossy().into_owned())
}

/// What follows the lines with which QEMU itself begins, on a machine with sound where modules for
/// it are not installed: they share standard error with the log.
fn after_qemus_own(mut frames: &[u8]) -> &[u8] {
    while frames.starts_with(b"qemu: ") {
        let end = frames.iter().position(|byte| *byte == b'\n').unwrap_or(frames.len() - 1);
        frames = &frames[end + 1..];
    }
    frames
}

/// The command that plays the board, to be added to.
pub(super) fn qemu(project: &Project, board: &Board, image: &str, word: &str) -> Command {
    let mut qemu = shell::command(project, "timeout", [SECONDS_MAX, board.qemu]);
    let semihosting = if word.is_empty() {
        "enable=on,target=native".to_owned()
    } else {
        format!("enable=on,target=native,arg=image,arg={word}")
    };
    // Without it QEMU looks for sound on machines that have any, and complains.
    qemu.env("QEMU_AUDIO_DRV", "none");
    qemu.args(board.machine).args(QEMU).args(["-semihosting-config", &semihosting]);
    match &board.nightly {
        None => qemu.args(["-kernel", image]),
        Some(Nightly { released_by, target }) => {
            let releases = format!("{FOLDER}/{target}/release/pandia-{released_by}");
            let loads = format!("loader,file={image}");
            qemu.args(["-kernel", &releases, "-device", &loads])
        }
    };
    qemu
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_qemu_says_first_is_no_log() {
        let module = b"qemu: module audio-audio-pa not found\n".as_slice();
        let frames = b"\x00\x01qemu: \n\x00".as_slice();
        assert_eq!(after_qemus_own(&[module, module, frames].concat()), frames);
        assert_eq!(after_qemus_own(frames), frames);
        assert_eq!(after_qemus_own(b"qemu: cut"), b"");
    }
}
