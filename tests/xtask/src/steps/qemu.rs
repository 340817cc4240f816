//! The firmware in QEMU: every program on every board writes what the desktop writes.
//!
//! Not here: writing the expected files, which only the desktop does (`bless`).

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::Outcome;
use crate::console;
use crate::project::Project;
use crate::shell;

const MANIFEST: &[&str] = &["--manifest-path", "targets/Cargo.toml"];
const EXPECTED: &str = "targets/programs/expected";

pub(crate) const TARGETS: &[&str] = &["thumbv7em-none-eabihf", "riscv32imac-unknown-none-elf"];

pub(crate) const PROGRAMS: &[(&str, &str)] =
    &[("qemu-system-arm", "qemu-system-arm"), ("qemu-system-riscv32", "qemu-system-misc")];

struct Board {
    /// Also the folder below `targets`; the package is `pandia-` and this.
    name: &'static str,
    target: &'static str,
    qemu: &'static str,
    machine: &'static [&'static str],
}

const BOARDS: &[Board] = &[
    Board {
        name: "cortex-m4",
        target: TARGETS[0],
        qemu: "qemu-system-arm",
        machine: &["-M", "mps2-an386"],
    },
    Board {
        name: "riscv32",
        target: TARGETS[1],
        qemu: "qemu-system-riscv32",
        machine: &["-M", "virt", "-bios", "none"],
    },
];

/// No window, the console on standard output, the exit code passed on, and a clock that counts
/// instructions, so that every run is like the other.
const QEMU: &[&str] = &[
    "-nographic",
    "-monitor",
    "none",
    "-serial",
    "null",
    "-semihosting-config",
    "enable=on,target=native",
    "-icount",
    "shift=0,sleep=off",
    "-kernel",
];

/// A board that is not done by then hangs.
const SECONDS_MAX: &str = "120";

pub(crate) fn run(project: &Project) -> Result<Outcome> {
    let mut test = shell::cargo(project, ["test", "--locked"]);
    test.args(MANIFEST).args(["--package", "pandia-programs"]);
    if project.options.bless {
        test.env("BLESS", "1");
    }
    shell::run(&mut test)?;
    let mut wrong = Vec::new();
    let mut table = Vec::new();
    for board in BOARDS {
        let sections = sections_of(&run_board(project, board)?)?;
        let names: Vec<&str> = sections.iter().map(|(name, _)| name.as_str()).collect();
        let known = expected_names(&project.root.join(EXPECTED))?;
        ensure!(
            names.iter().copied().eq(known.iter().map(String::as_str)),
            "{} ran {names:?}, but {EXPECTED} is for {known:?}",
            board.name
        );
        for (name, written) in &sections {
            let file = project.root.join(EXPECTED).join(format!("{name}.out"));
            let expected = fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            let verdict = if *written == expected { "same" } else { "DIFFERS" };
            table.push(format!("{:<12} {name:<18} {verdict}", board.name));
            if *written != expected {
                wrong.push(format!(
                    "{name} on {}:\n{}",
                    board.name,
                    difference(&expected, written)
                ));
            }
        }
    }
    for row in table {
        console::say(&row);
    }
    ensure!(wrong.is_empty(), "boards differ from the desktop: {}", wrong.join("\n"));
    Ok(Outcome::Done)
}

/// Builds the board's firmware, lints it and gives what it printed.
fn run_board(project: &Project, board: &Board) -> Result<String> {
    let package = format!("pandia-{}", board.name);
    for arguments in [&["build"][..], &["clippy"][..]] {
        let mut cargo = shell::cargo(project, arguments);
        cargo.args(MANIFEST).args(["--locked", "--release", "--package", &package]);
        cargo.args(["--target", board.target]);
        if arguments == ["clippy"] {
            cargo.args(["--", "-D", "warnings"]);
        }
        shell::run(&mut cargo)?;
    }
    let image = format!("targets/target/{}/release/{package}", board.target);
    let mut qemu: Command = shell::command(project, "timeout", [SECONDS_MAX, board.qemu]);
    qemu.args(board.machine).args(QEMU).arg(image);
    let ran = shell::output(&mut qemu)?;
    let message = String::from_utf8_lossy(&ran.stderr);
    ensure!(
        ran.status.code() != Some(124),
        "{} was not done after {SECONDS_MAX} s and was stopped",
        board.name
    );
    ensure!(ran.status.success(), "{} ended with {}: {message}", board.name, ran.status);
    String::from_utf8(ran.stdout).with_context(|| format!("{} printed no text", board.name))
}

/// Name and output of each program, out of what `run_all` of the programs prints.
fn sections_of(printed: &str) -> Result<Vec<(String, String)>> {
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in printed.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("== ") {
            sections.push((name.trim_end().to_owned(), String::new()));
        } else {
            let (_, text) = sections.last_mut().context("a line stands before any program")?;
            text.push_str(line);
        }
    }
    let end = sections.pop();
    ensure!(end.is_some_and(|(name, text)| name == "end" && text.is_empty()), "the end is missing");
    Ok(sections)
}

/// The programs that have an expected output, in order.
fn expected_names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for file in fs::read_dir(folder).with_context(|| format!("no folder {}", folder.display()))? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "out") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// The first line that differs, as it should be and as it is.
fn difference(expected: &str, written: &str) -> String {
    let mut lines = expected.lines().zip(written.lines());
    match lines.find(|(expected, written)| expected != written) {
        Some((expected, written)) => format!("  expected {expected}\n  written  {written}"),
        None => "  one is longer than the other".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_cut_at_its_headings_and_must_have_an_end() -> Result<()> {
        let sections = sections_of("== a\n1\n2\n== b\n== end\n")?;
        assert_eq!(sections, [("a".into(), "1\n2\n".into()), ("b".into(), String::new())]);
        for cut in ["", "1\n", "== a\n1\n", "== a\n== end\n2\n"] {
            assert!(sections_of(cut).is_err(), "{cut:?}");
        }
        Ok(())
    }

    #[test]
    fn a_difference_names_the_first_line_that_differs() {
        assert_eq!(difference("a\nb\n", "a\nc\n"), "  expected b\n  written  c");
        assert!(difference("a\n", "a\nb\n").contains("longer"));
    }
}
