//! Stacks on boards in QEMU, over their UARTs: the digest is this machine's, wherever the joint is, so
//! are traces and what parts count, and what does not fit is refused before the first shot.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::boards::{BOARDS, Board};
use super::image;
use super::side_by_side::at_once;
use super::{fused, killed, own_gates, shelf};
use crate::console;
use crate::project::Project;
use crate::shell;
use crate::steps::Outcome;
use crate::steps::cargo_tests::build_some;

/// A UART of each kind, and a core of each family, with floats and without. What takes longest is first.
pub(super) const ON: &[&str] = &["riscv32", "cortex-m4", "cortex-a53", "riscv32f", "cortex-m7"];
/// Which board gets a module with a run.
const RUNS_MODULE: &str = "riscv32f";
/// Simulators with a program for each, what of the stack is on the board, and how many of its error
/// models.
const RUNS: &[(&str, &str, &str, &str)] = &[
    ("state_vector", "host-std/examples/teleport.qasm", "all", "2"),
    ("state_vector_f32", "host-std/examples/teleport.qasm", "simulator", "0"),
    ("stabilizer", "host-std/examples/ghz.qasm", "all", "1"),
    ("state_vector", "host-std/examples/teleport.qasm", "noise", "2"),
    ("stabilizer", "host-std/examples/ghz.qasm", "noise", "1"),
];
/// Few: QEMU's UARTs take some 30 kB a second.
const SHOTS: &str = "30";
const NOISE: &[&str] =
    &["--noise", "readout:p_1_given_0=0.05", "--noise", "depolarizing:p_1q=0.02,p_2q=0.1"];
/// A stack that is traced, on the board wholly and without its simulator: its noise has a tap of its own
/// in the middle, whose counts come over, too.
const TRACED: &[&str] = &[
    "--noise",
    "readout:p_1_given_0=0.05",
    "--noise",
    "count",
    "--noise",
    "depolarizing:p_1q=0.02,p_2q=0.1",
];
/// Fewer, since every record comes over.
const TRACED_SHOTS: &str = "10";
const TRACED_PROGRAM: &str = "host-std/examples/teleport.qasm";
const TRACED_PARTS: &[&str] = &["all", "noise"];
/// Program, runtime and lowering have joints on this side; below them each error model has one.
const JOINTS: usize = 6;
/// More qubits than 16 KiB, or 64, hold.
const TOO_WIDE: &str = "OPENQASM 3.0; qubit[20] q; bit c; c = measure q[0];";

pub(crate) fn run(project: &Project) -> Result<Outcome> {
    // With the dylibs whose parts are loaded to boards as modules.
    build_some(project, &["--lib", "--bin", "pandia"])?;
    let wide = project.root.join("target/too_wide.qasm");
    std::fs::write(&wide, TOO_WIDE).context("cannot write a program")?;
    let board = |name| BOARDS.iter().find(|board| board.name == name);
    let boards: Option<Vec<&Board>> = ON.iter().map(|name| board(*name)).collect();
    let boards = boards.with_context(|| format!("{ON:?} are not all among the boards"))?;
    // All images first: one build has both cores.
    let mut images = Vec::new();
    for board in boards {
        images.push((board, build(project, board)?));
    }
    at_once(&images, |(board, firmware)| {
        check(project, board, firmware, &wide.to_string_lossy())
            .with_context(|| format!("the link to {}", board.name))
    })?;
    Ok(Outcome::Done)
}

/// All that is checked on one board, whose resident image is built.
fn check(project: &Project, board: &Board, firmware: &str, wide: &str) -> Result<()> {
    let address = format!("qemu:{}", board.name);
    for (simulator, program, parts, noise_there) in RUNS {
        let on_board = ["--board", &address, "--board-parts", parts, "--board-noise", noise_there];
        let here = digest(project, simulator, program, &[])?;
        let there = digest(project, simulator, program, &on_board)?;
        ensure!(here.len() == 32, "the digest {here} has another form");
        ensure!(
            here == there,
            "{simulator}, {parts} with {noise_there} error models on {}: {there}, not {here}",
            board.name
        );
        let what = format!("{simulator}, {parts}, {noise_there} error models there");
        console::say(&format!("{:<12} {what:<40} same", board.name));
    }
    for parts in TRACED_PARTS {
        traces(project, board, &address, parts)
            .with_context(|| format!("traced, {parts} on {}", board.name))?;
        let what = format!("traced, {parts} there");
        console::say(&format!("{:<12} {what:<40} same", board.name));
    }
    refuses(project, &address, wide)?;
    console::say(&format!("{:<12} {:<40} refused", board.name, "20 qubits"));
    if own_gates::ON.contains(&board.name) {
        own_gates::check(project, board, &address)?;
        killed::check(project, &address)?;
        console::say(&format!("{:<12} {:<40} ended", board.name, "QEMU of a run that is killed"));
    }
    if shelf::ON.contains(&board.name) {
        shelf::check(project, board, firmware)?;
    } else if board.name == RUNS_MODULE {
        shelf::check_run(project, board)?;
    }
    Ok(())
}

/// Builds the board's resident image, whose path is given, without a fused operation.
fn build(project: &Project, board: &Board) -> Result<String> {
    let image = image::resident(project, board)?;
    fused::check(project, board.name, &image)?;
    Ok(image)
}

/// The command that runs the program.
pub(super) fn pandia(project: &Project, program: &str, arguments: &[&str]) -> Command {
    let command = project.root.join("target/debug/pandia");
    let mut pandia = shell::command(project, &command.to_string_lossy(), ["run", program]);
    pandia.args(["--quiet", "--seed", "7"]).args(arguments);
    pandia
}

/// The digest of a run.
fn digest(project: &Project, simulator: &str, program: &str, arguments: &[&str]) -> Result<String> {
    let mut pandia = pandia(project, program, &["--simulator", simulator, "--shots", SHOTS]);
    pandia.args(NOISE).args(arguments);
    digest_of(pandia).with_context(|| format!("{simulator} with {arguments:?}"))
}

/// The digest that a run prints.
pub(super) fn digest_of(mut run: Command) -> Result<String> {
    let ran = shell::output(&mut run)?;
    let message = String::from_utf8_lossy(&ran.stderr);
    ensure!(ran.status.success(), "it ended with {}: {message}", ran.status);
    let printed = String::from_utf8(ran.stdout).context("no text")?;
    let digest = printed.lines().find_map(|line| line.strip_prefix("digest  "));
    Ok(digest.context("no digest")?.to_owned())
}

/// Traces of a run here and of one with the board have the same records at every joint, those on the
/// board among them, and parts count the same.
fn traces(project: &Project, board: &Board, address: &str, parts: &str) -> Result<()> {
    let file = |what: &str| {
        let file = project.root.join(format!("target/link-{}-{what}", board.name));
        file.to_string_lossy().into_owned()
    };
    let run = |what: &str, on_board: &[&str]| -> Result<(String, String, String)> {
        let (trace, metrics) = (file(&format!("{what}.ptrace")), file(&format!("{what}.json")));
        let mut run = pandia(project, TRACED_PROGRAM, &["--shots", TRACED_SHOTS]);
        run.args(TRACED).args(["--trace", &trace, "--metrics", &metrics]).args(on_board);
        shell::run(&mut run)?;
        let metrics = std::fs::read_to_string(metrics).context("no metrics")?;
        let summary = look(project, &["summary", &trace])?;
        Ok((trace, metrics, summary))
    };
    let (here, counts, summary) = run("here", &[])?;
    let (there, counts_there, summary_there) =
        run("there", &["--board", address, "--board-parts", parts, "--board-noise", "3"])?;
    look(project, &["diff", &here, &there])?;
    ensure!(counts == counts_there, "parts count {counts_there}, not {counts}");
    // From the first line with a joint on.
    let of_joints = |text: &str| -> Vec<String> {
        let lines = text.lines().skip_while(|line| !line.trim_start().starts_with("joint"));
        lines.map(str::to_owned).collect()
    };
    let (joints, joints_there) = (of_joints(&summary), of_joints(&summary_there));
    ensure!(joints == joints_there, "another summary: {summary_there}, not {summary}");
    ensure!(joints.len() > JOINTS, "{JOINTS} joints are not all in {summary}");
    Ok(())
}

/// What `pandia trace` prints; an error if it finds a difference.
fn look(project: &Project, arguments: &[&str]) -> Result<String> {
    let command = project.root.join("target/debug/pandia");
    let mut look = shell::command(project, &command.to_string_lossy(), ["trace"]);
    let looked = shell::output(look.args(arguments))?;
    let printed = String::from_utf8_lossy(&looked.stdout).into_owned();
    ensure!(looked.status.success(), "{arguments:?} ended with {}: {printed}", looked.status);
    Ok(printed)
}

/// A program that the board has no room for is refused with both numbers, and no shot is run.
fn refuses(project: &Project, address: &str, program: &str) -> Result<()> {
    let ran = shell::output(&mut pandia(project, program, &["--board", address]))?;
    let message = String::from_utf8_lossy(&ran.stderr);
    ensure!(
        ran.status.code() == Some(2)
            && message.contains("20 qubits does not fit the board")
            && message.contains("needed")
            && ran.stdout.is_empty(),
        "20 qubits on {address} ended with {} and {message:?}",
        ran.status
    );
    Ok(())
}
