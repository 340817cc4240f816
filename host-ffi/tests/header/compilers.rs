//! The compilers that the header must please.

use std::fs;
use std::path::Path;
use std::process::Command;

/// C or C++.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    C,
    Cxx,
}

/// A compiler for one processor, with a dialect.
pub(crate) struct Compiler {
    program: &'static str,
    target: &'static [&'static str],
    dialect: &'static str,
}

/// C compiler, C++ compiler, the options that choose a processor.
const TARGETS: &[(&str, &str, &[&str])] = &[
    ("gcc", "g++", &[]),
    ("gcc", "g++", &["-m32"]),
    ("clang", "clang++", &["--target=x86_64-linux-gnu"]),
    ("clang", "clang++", &["--target=i386-linux-gnu"]),
    ("clang", "clang++", &["--target=riscv32-none-elf"]),
    ("clang", "clang++", &["--target=riscv64-none-elf"]),
    ("clang", "clang++", &["--target=aarch64-none-elf"]),
    ("clang", "clang++", &["--target=thumbv7em-none-eabihf"]),
    ("arm-none-eabi-gcc", "arm-none-eabi-g++", &["-mcpu=cortex-m4", "-mthumb"]),
];
const WARNINGS: &[&str] =
    &["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wcast-align", "-Werror"];

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Every compiler in every dialect. One that is not installed is left out, but not in CI, where it
/// is a failure that says which.
pub(crate) fn all() -> Vec<Compiler> {
    let mut missing = Vec::new();
    let mut found = Vec::new();
    for (c, cxx, target) in TARGETS {
        for (program, dialects) in [(c, &["-std=c99", "-std=c11"][..]), (cxx, &["-std=c++17"])] {
            // The host's own compilers are not named after the processor, so -m32 needs an x86.
            let possible = *target != ["-m32"] || cfg!(target_arch = "x86_64");
            if !is_there(program) {
                missing.push(*program);
            } else if possible {
                let new = |dialect: &&'static str| Compiler { program, target, dialect };
                found.extend(dialects.iter().map(new));
            }
        }
    }
    missing.sort_unstable();
    missing.dedup();
    let all_must_be_there = std::env::var_os("CI").is_some();
    assert!(
        missing.is_empty() || !all_must_be_there,
        "these compilers are missing, and CI needs all of them: {missing:?}; `apt-get install gcc \
         g++ clang gcc-arm-none-eabi` brings them"
    );
    assert!(!found.is_empty(), "no C compiler is installed: get gcc or clang");
    found
}

impl Compiler {
    pub(crate) fn language(&self) -> Language {
        if self.dialect.starts_with("-std=c++") { Language::Cxx } else { Language::C }
    }

    /// Compiles `source` without a C library, every warning an error.
    ///
    /// # Errors
    /// The command and what the compiler says.
    pub(crate) fn check(&self, folder: &Path, include: &Path, source: &str) -> Result<(), String> {
        let file = folder.join(match self.language() {
            Language::C => "source.c",
            Language::Cxx => "source.cpp",
        });
        fs::write(&file, source).map_err(|e| e.to_string())?;
        let mut command = Command::new(self.program);
        command.args(self.target).arg(self.dialect).args(WARNINGS);
        command.args(["-ffreestanding", "-O1", "-c", "-o"]).arg(folder.join("object.o"));
        command.arg("-I").arg(include).arg(&file);
        let output = command.output().map_err(|e| format!("{}: {e}", self.program))?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("{command:?}\n{}", String::from_utf8_lossy(&output.stderr)))
    }
}
