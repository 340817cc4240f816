//! That the walk finds what is planted in a small program, compiled for each target.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use super::{ROOT, read};
use crate::console;
use crate::project::Project;
use crate::shell;

/// The loop of a program that reads what it does from memory that the compiler knows nothing of.
/// Its `hot::apply` goes through a table of jumps first.
const SOURCE: &str = r#"
#![no_std]
#![no_main]
use core::hint::black_box;
mod hot {
    use super::*;
    #[inline(never)]
    pub fn apply(kind: u32, value: u32) -> u32 {
        let value = match kind {
            0 => one(value), 1 => value.rotate_left(7), 2 => two(value) ^ 3, 3 => value / 10,
            4 => one(two(value)), 5 => !value, 6 => two(one(value)), 7 => value.swap_bytes(),
            8 => one(value) * 5, 9 => two(value) + 11, _ => value,
        };
        PLANTED
    }
}
#[inline(never)]
fn one(value: u32) -> u32 { black_box(value) + 1 }
#[inline(never)]
fn two(value: u32) -> u32 { black_box(value).wrapping_mul(3) }
#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    loop { black_box(hot::apply(black_box(1), black_box(2))); }
}
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! { loop { black_box(0); } }
"#;

/// What stands for `PLANTED`, and what the walk must say; nothing if it must be content.
const PLANTED: &[(&str, Option<&str>)] = &[
    ("value", None),
    ("[value; 4][value as usize]", Some("core::panicking::")),
    ("two(value) / black_box(value)", Some("core::panicking::")),
    ("black_box(one as fn(u32) -> u32)(value) + 1", Some("the hot loop reaches `")),
    ("black_box(one as fn(u32) -> u32)(value)", Some("the hot loop reaches `")),
    (
        "[one as fn(u32) -> u32, two, one, two][value as usize & 3](value)",
        Some("the hot loop reaches `"),
    ),
];

/// Fails if the walk is content with a panic or a pointer, or takes a table of jumps for one.
pub(in super::super) fn can_fail(project: &Project, targets: &[&str]) -> Result<()> {
    let folder = project.root.join("targets/target");
    fs::create_dir_all(&folder).context("cannot make the build folder")?;
    let source = folder.join("hot-probe.rs");
    let image = folder.join("hot-probe");
    let mut tables = 0;
    for target in targets {
        for (planted, says) in PLANTED {
            fs::write(&source, SOURCE.replace("PLANTED", planted))
                .context("cannot write the probe")?;
            let name = ROOT.split("::").next().unwrap_or("");
            let mut rustc =
                shell::command(project, "rustc", ["--edition=2024", "--crate-name", name]);
            rustc.args(["-Cpanic=abort", "-Copt-level=s", "--target", target, "-o"]);
            let built = shell::output(rustc.arg(&image).arg(&source))?;
            let message = String::from_utf8_lossy(&built.stderr);
            ensure!(built.status.success(), "the probe for {target} does not build: {message}");
            let walked = read(project, target, &image.to_string_lossy())?.walk(1);
            match (walked, says) {
                (Ok(reached), None) => tables += reached.tables,
                (Err(error), Some(says)) if error.to_string().contains(says) => {}
                (walked, _) => anyhow::bail!("`{planted}` on {target}: {walked:?}, not {says:?}"),
            }
        }
    }
    let count = targets.len();
    ensure!(tables == count, "{tables} tables of jumps in {count} probes");
    console::say(&format!(
        "{:<12} planted panics and pointers are found on {count} targets",
        "all"
    ));
    Ok(())
}
