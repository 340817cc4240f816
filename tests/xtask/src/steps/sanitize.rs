//! The examples in C under AddressSanitizer and UBSan, in the tests that they always run in.
//!
//! The modules are built with gcc's sanitizers, the test is not: gcc's runtime is preloaded, and
//! watches the memory that the test gives to the modules as well. Leaks are not looked for: the
//! examples claim no memory, and the test keeps libraries loaded on purpose.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::Outcome;
use crate::console;
use crate::project::Project;
use crate::shell;

const EXAMPLES: &str = "host-ffi/examples/c";
const CFLAGS: &str = "CFLAGS=-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined \
                      -fno-omit-frame-pointer";
/// What the example asks for, and what one that writes behind its memory asks for.
const RIGHT: &str = "out->bytes = sizeof(tap);";
const WRONG: &str = "out->bytes = sizeof(tap) - 8u;";

pub(crate) fn run(project: &Project) -> Result<Outcome> {
    let folder = project.root.join("target/sanitize");
    let good = build(project, &project.root.join(EXAMPLES), &folder.join("good"))?;
    shell::run(&mut tests(project, &good, &[])?)?;
    must_be_found(project, &folder)?;
    Ok(Outcome::Done)
}

/// Builds the modules of `source` into `out`.
fn build(project: &Project, source: &Path, out: &Path) -> Result<PathBuf> {
    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let include = project.root.join("host-ffi/include");
    let mut make = shell::command(project, "make", ["-B", "CC=gcc", CFLAGS, "-C"]);
    make.arg(source).arg(format!("OUT={}", out.display()));
    shell::run(make.arg(format!("PANDIA={}", include.display())))?;
    Ok(out.to_owned())
}

/// The tests of the examples over the modules in `folder`, with the runtime preloaded.
fn tests(project: &Project, folder: &Path, filter: &[&str]) -> Result<Command> {
    let mut query = shell::command(project, "gcc", ["-print-file-name=libasan.so"]);
    let runtime = String::from_utf8(shell::output(&mut query)?.stdout)?;
    let runtime = runtime.trim();
    ensure!(Path::new(runtime).is_file(), "gcc has no libasan.so: install libasan of its version");
    let options = "ASAN_OPTIONS=detect_leaks=0:abort_on_error=0:exitcode=99";
    let runner =
        format!("target.'cfg(all())'.runner=[\"env\",\"LD_PRELOAD={runtime}\",\"{options}\"]");
    let mut test = shell::cargo(project, ["test", "--workspace", "--test", "c_examples"]);
    test.arg("--config").arg(runner).arg("--").args(filter).env("PANDIA_C_EXAMPLES", folder);
    Ok(test)
}

/// A module that writes eight bytes behind its memory: the step can fail.
fn must_be_found(project: &Project, folder: &Path) -> Result<()> {
    let source = folder.join("broken-source");
    fs::create_dir_all(&source)?;
    for entry in fs::read_dir(project.root.join(EXAMPLES))? {
        let path = entry?.path();
        let name = path.file_name().context("a file without a name")?;
        if name == "Makefile" || path.extension().is_some_and(|ending| ending == "c") {
            fs::copy(&path, source.join(name))?;
        }
    }
    let tap = source.join("tap.c");
    let text = fs::read_to_string(&tap)?;
    ensure!(text.contains(RIGHT), "tap.c does not say `{RIGHT}` any more: break it elsewhere");
    fs::write(&tap, text.replace(RIGHT, WRONG))?;
    let broken = build(project, &source, &folder.join("broken"))?;
    let mut test = tests(project, &broken, &["the_tap_changes_nothing_and_counts"])?;
    console::say("a module that writes behind its memory must be found:");
    let output = shell::output(&mut test)?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let found = !output.status.success() && text.contains("AddressSanitizer: heap-buffer-overflow");
    ensure!(found, "the sanitizer did not find a write behind the memory:\n{text}");
    console::say("it was found");
    Ok(())
}
