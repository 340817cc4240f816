//! Gates of an error model's own, which a simulator knows by their matrices alone: with a joint of the
//! stack on the line between the two, in either direction, the digest is this machine's.

use anyhow::{Context as _, Result, ensure};

use super::boards::Board;
use super::link;
use super::module::{Placing, make};
use crate::console;
use crate::project::Project;

/// A core with floats, and one without.
pub(super) const ON: &[&str] = &["cortex-m4", "riscv32"];
/// The crate of the error model, which is a library here and a module there.
const PLUGIN: &str = "own-gates";
const LIBRARY: &str = "./target/debug/libpandia_own_gates.so";
/// Few: a gate's matrix is a long message.
const SHOTS: &str = "10";
const PROGRAM: &str = "host-std/examples/teleport.qasm";
/// The error model stands over another one, which inserts gates of its own accord.
const NOISE: &[&str] = &["--noise", LIBRARY, "--noise", "depolarizing:p_2q=0.1"];
/// Simulators, what of the stack is on the board, and how many of its error models: matrices go to the
/// board; they come from it; none travel.
const RUNS: &[(&str, &str, &str)] = &[
    ("state_vector", "all", "1"),
    ("state_vector_f32", "simulator", "0"),
    ("density_matrix", "noise", "2"),
    ("state_vector", "noise", "2"),
    ("state_vector", "noise", "1"),
    ("state_vector", "all", "2"),
];

pub(super) fn check(project: &Project, board: &Board, address: &str) -> Result<()> {
    let module = project.root.join(make(project, board, PLUGIN, Placing::Anywhere)?);
    let module = module.to_string_lossy();
    for (simulator, parts, noise_there) in RUNS {
        let here = digest(project, simulator, &[])?;
        let on_board = ["--board", address, "--board-parts", parts, "--board-noise", noise_there];
        let with_module = ["--board-module", &module];
        // The upper error model is the last to be on the board.
        let module: &[&str] = if *noise_there == "2" { &with_module } else { &[] };
        let there = digest(project, simulator, &[&on_board, module].concat())?;
        let what = format!("own gates: {simulator}, {parts}, {noise_there} error models there");
        ensure!(here == there, "{what}: {there} on {}, not {here}", board.name);
        console::say(&format!("{:<12} {what:<40} same", board.name));
    }
    let plain = link::pandia(project, PROGRAM, &["--shots", SHOTS, "--noise", NOISE[3]]);
    ensure!(
        link::digest_of(plain)? != digest(project, "state_vector", &[])?,
        "the error model changes nothing"
    );
    Ok(())
}

fn digest(project: &Project, simulator: &str, arguments: &[&str]) -> Result<String> {
    let mut run = link::pandia(project, PROGRAM, &["--simulator", simulator, "--shots", SHOTS]);
    run.args(NOISE).args(arguments);
    link::digest_of(run).with_context(|| format!("{simulator} with {arguments:?}"))
}
