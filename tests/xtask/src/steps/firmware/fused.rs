//! No image may fuse a multiplication and an addition: a fused one rounds once and gives other bits.
//!
//! Read from the disassembly. `vmla` and `vmls` of VFP are no fused ones: they round twice.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use crate::project::Project;
use crate::shell;

/// Beginnings of the mnemonics of Arm (VFP, A64 scalar and vector) and RISC-V.
const FUSED: &[&str] = &[
    "vfma", "vfms", "vfnma", "vfnms", "fmadd", "fmsub", "fnmadd", "fnmsub", "fmla", "fmls", "fnma",
    "fnms",
];

/// Fails if the image has a fused instruction.
pub(super) fn check(project: &Project, board: &str, image: &str) -> Result<()> {
    let found = fused_in(&disassembly(project, image)?)?;
    ensure!(
        found.is_empty(),
        "the image of {board} fuses multiplications and additions, which gives other bits:\n{}",
        found.join("\n")
    );
    Ok(())
}

/// The check finds the fused instruction in an object that has one, on each family of cores.
pub(super) fn can_fail(project: &Project) -> Result<()> {
    let folder = project.root.join("targets/target");
    fs::create_dir_all(&folder).context("cannot make the build folder")?;
    for (target, assembly) in PROBES {
        let source = folder.join("fused-probe.rs");
        let object = folder.join("fused-probe.o");
        let text = format!("#![no_std]\ncore::arch::global_asm!({:?});\n", function(assembly));
        fs::write(&source, text).context("cannot write the probe")?;
        let mut rustc = shell::command(project, "rustc", ["--edition=2024", "--crate-type=lib"]);
        rustc.args(["--emit=obj", "-Copt-level=1", "--target", target, "-o"]);
        shell::run(rustc.arg(&object).arg(&source))?;
        let found = fused_in(&disassembly(project, &object.to_string_lossy())?)?;
        ensure!(found.len() == 1, "the check misses `{assembly}` of {target}: {found:?}");
    }
    Ok(())
}

/// The tool of the pinned toolchain, with all the extensions that an image may have.
pub(super) fn disassembly(project: &Project, file: &str) -> Result<String> {
    let tool = tool(project, "llvm-objdump")?;
    let arguments = ["--disassemble", "--no-show-raw-insn", "--demangle", file];
    let listed = shell::output(&mut shell::command(project, &tool, arguments))?;
    ensure!(
        listed.status.success(),
        "{tool} cannot read {file}: {}",
        String::from_utf8_lossy(&listed.stderr)
    );
    Ok(String::from_utf8_lossy(&listed.stdout).into_owned())
}

/// Path of a program of the toolchain's component `llvm-tools`.
pub(super) fn tool(project: &Project, name: &str) -> Result<String> {
    let asked = shell::output(&mut shell::command(project, "rustc", ["--print", "target-libdir"]))?;
    let libraries = String::from_utf8(asked.stdout).context("rustc named no folder")?;
    let libraries = std::path::Path::new(libraries.trim());
    let folder = libraries.parent().context("rustc named a folder without a parent")?;
    Ok(folder.join("bin").join(name).to_string_lossy().into_owned())
}

/// The lines of a disassembly with a fused instruction.
fn fused_in(disassembly: &str) -> Result<Vec<String>> {
    let mut instructions = 0_usize;
    let mut found = Vec::new();
    for line in disassembly.lines() {
        let Some(mnemonic) = mnemonic(line) else { continue };
        instructions += 1;
        if FUSED.iter().any(|beginning| mnemonic.starts_with(beginning)) {
            found.push(line.to_owned());
        }
    }
    ensure!(instructions > 0, "the disassembly has no instruction");
    Ok(found)
}

/// The mnemonic in a line such as `   1f4c:      \tvmul.f32\ts0, s1, s2`.
fn mnemonic(line: &str) -> Option<&str> {
    let (address, rest) = line.split_once(':')?;
    let address = address.trim();
    let is_address = !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_address.then(|| rest.split_whitespace().next()).flatten()
}

/// A function of one instruction, in text that the assembler takes.
fn function(instruction: &str) -> String {
    format!(".text\n.globl fused\n.type fused, %function\nfused: {instruction}\n")
}

/// An instruction that must be found, for a core of each family that has one.
const PROBES: &[(&str, &str)] = &[
    ("thumbv7em-none-eabihf", "vfma.f32 s0, s1, s2"),
    ("riscv32imafc-unknown-none-elf", "fmadd.s f0, f1, f2, f3"),
    ("riscv64gc-unknown-none-elf", "fnmsub.d f0, f1, f2, f3"),
    ("aarch64-unknown-none", "fmadd d0, d1, d2, d3"),
    ("aarch64-unknown-none", "fmla v0.2d, v1.2d, v2.2d"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fused_instructions_are_found_and_unfused_ones_are_not() -> Result<()> {
        let listing = "\nimage:\tfile format elf32\n\n000004d0 <rotate>:\n";
        let line = |text: &str| format!("{listing}     4d0:      \t{text}\n");
        for text in ["vfma.f32\ts0, s1, s2", "vfnms.f64 d0, d1, d2", "fmadd\td0, d1, d2, d3"] {
            assert_eq!(fused_in(&line(text))?.len(), 1, "{text}");
        }
        for text in ["fnmsub.s fa0, fa1, fa2, fa3", "fmla\tv0.2d, v1.2d, v2.2d"] {
            assert_eq!(fused_in(&line(text))?.len(), 1, "{text}");
        }
        for text in ["vmla.f32\ts0, s1, s2", "vmls.f32 s0, s1, s2", "fmul d0, d1, d2", "bl fmadd"] {
            assert!(fused_in(&line(text))?.is_empty(), "{text}");
        }
        assert!(fused_in(listing).is_err(), "nothing was disassembled");
        Ok(())
    }
}
