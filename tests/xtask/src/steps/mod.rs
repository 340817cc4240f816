//! The steps, in the order in which `cargo xtask test` runs them.
//!
//! Steps that compile the workspace select all of it (`--workspace`) and then name targets, since
//! choosing packages with `-p` would give the same dependencies other features and build them twice.

mod cargo_tests;
mod check;
mod core_targets;
mod exports;
mod firmware;
mod nightly;
mod peers;
mod readme;
mod sanitize;
mod threads;

use anyhow::{Context as _, Result};

pub(crate) use firmware::{Placing, Wanted};

use crate::install::Needs;
use crate::project::Project;

/// How a step ended if it did not fail.
pub(crate) enum Outcome {
    Done,
    /// An optional tool is not there; says which and what that leaves out.
    NotRun(String),
}

/// One thing that must hold.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) needs: Needs,
    pub(crate) run: fn(&Project) -> Result<Outcome>,
}

/// What the header must please, and what builds the plugins in C.
const C_COMPILERS: &[(&str, &str)] = &[
    ("gcc", "gcc"),
    ("g++", "g++"),
    ("clang", "clang"),
    ("arm-none-eabi-gcc", "gcc-arm-none-eabi"),
    ("make", "make"),
    ("valgrind", "valgrind"),
];

/// The steps of `cargo xtask test`: cheap ones first, those that share a build next to each other.
pub(crate) const TEST: &[Step] = &[
    Step {
        name: "fmt",
        about: "every file is formatted",
        needs: Needs { components: &["rustfmt"], ..Needs::NONE },
        run: check::fmt,
    },
    Step {
        name: "clippy",
        about: "no lint warns in any target of the workspace",
        needs: Needs { components: &["clippy"], ..Needs::NONE },
        run: check::clippy,
    },
    Step {
        name: "fuzz-targets",
        about: "the fuzz targets compile without warnings and hold on seeded random inputs",
        needs: Needs { components: &["clippy"], programs: &[("c++", "g++")], ..Needs::NONE },
        run: check::fuzz_targets,
    },
    Step {
        name: "docs",
        about: "rustdoc has nothing to complain about",
        needs: Needs::NONE,
        run: check::docs,
    },
    Step {
        name: "deny",
        about: "licences, sources and duplicates of the dependencies (optional)",
        needs: Needs::NONE,
        run: check::deny,
    },
    Step {
        name: "core-targets",
        about: "core builds for bare metal and with every combination of its features",
        needs: Needs { targets: core_targets::TARGETS, components: &["clippy"], ..Needs::NONE },
        run: core_targets::run,
    },
    Step {
        name: "board-lints",
        about: "no lint warns in the firmware",
        needs: Needs { targets: firmware::TARGETS, components: &["clippy"], ..Needs::NONE },
        run: firmware::lints,
    },
    Step {
        name: "build",
        about: "every target of the workspace builds, plugins included",
        needs: Needs::NONE,
        run: cargo_tests::build,
    },
    Step {
        name: "unit",
        about: "unit tests of every crate",
        needs: Needs::NONE,
        run: cargo_tests::unit,
    },
    Step {
        name: "doctests",
        about: "examples in the documentation of every crate",
        needs: Needs::NONE,
        run: cargo_tests::doctests,
    },
    Step {
        name: "conformance",
        about: "what crosses crates: oracles, properties, architecture",
        needs: Needs::NONE,
        run: cargo_tests::conformance,
    },
    Step {
        name: "plugins",
        about: "the C side and the plugins",
        needs: Needs { programs: C_COMPILERS, ..Needs::NONE },
        run: cargo_tests::plugins,
    },
    Step {
        name: "threads",
        about: "runtimes on threads of their own, under ThreadSanitizer and loom",
        needs: Needs { nightly: Some(&["rust-src"]), programs: threads::PROGRAMS, ..Needs::NONE },
        run: threads::run,
    },
    Step {
        name: "sanitize",
        about: "the examples in C under AddressSanitizer and UBSan",
        needs: Needs { programs: &[("gcc", "gcc"), ("make", "make")], ..Needs::NONE },
        run: sanitize::run,
    },
    Step {
        name: "cli",
        about: "the pandia command and library",
        needs: Needs { programs: C_COMPILERS, ..Needs::NONE },
        run: cargo_tests::cli,
    },
    Step {
        name: "exports",
        about: "traces load in Selene's package and in Qiskit",
        needs: Needs { programs: &[("python3", "python3")], ..Needs::NONE },
        run: exports::run,
    },
    Step {
        name: "reports",
        about: "the pictures of reports have content in a real browser",
        needs: Needs { programs: &[("chromium", "chromium")], ..Needs::NONE },
        run: cargo_tests::reports,
    },
    Step {
        name: "qemu",
        about: "boards in QEMU write what this machine writes",
        needs: Needs {
            targets: firmware::TARGETS,
            components: &["llvm-tools"],
            programs: firmware::PROGRAMS,
            ..Needs::NONE
        },
        run: firmware::qemu,
    },
    Step {
        name: "modules",
        about: "modules in flash do on boards in QEMU what dylibs do here, and bad ones are refused",
        needs: Needs {
            targets: firmware::TARGETS,
            components: &["llvm-tools"],
            programs: firmware::PROGRAMS,
            ..Needs::NONE
        },
        run: firmware::modules,
    },
    Step {
        name: "link",
        about: "stacks on boards in QEMU, over their UARTs, give this machine's digest",
        needs: Needs {
            targets: firmware::TARGETS,
            components: &["llvm-tools"],
            programs: firmware::PROGRAMS,
            ..Needs::NONE
        },
        run: firmware::link,
    },
    Step {
        name: "size",
        about: "the tight loop on boards takes what the table says",
        needs: Needs {
            targets: firmware::TARGETS,
            components: &["llvm-tools"],
            programs: firmware::PROGRAMS,
            ..Needs::NONE
        },
        run: firmware::size,
    },
    Step {
        name: "bench-smoke",
        about: "every bench runs, tiny",
        needs: Needs::NONE,
        run: cargo_tests::bench_smoke,
    },
    Step {
        name: "miri",
        about: "what is unsafe in core's C tables, under Miri",
        needs: Needs { nightly: Some(&["miri", "rust-src"]), ..Needs::NONE },
        run: nightly::miri,
    },
    Step {
        name: "readme",
        about: "README and docs show what really happens",
        needs: Needs::NONE,
        run: readme::run,
    },
];

/// Not among what must hold: rates depend on the machine.
pub(crate) const BENCH: Step = Step {
    name: "bench",
    about: "the benches, at full length",
    needs: Needs::NONE,
    run: cargo_tests::bench,
};

/// Not among what must hold: needs the peers' packages and several minutes.
pub(crate) const PEERS: Step = Step {
    name: "peers",
    about: "the same circuits through Pandia and its peers",
    needs: Needs::NONE,
    run: peers::run,
};

/// Not among what must hold: takes as long as one lets it.
pub(crate) const FUZZ: Step = Step {
    name: "fuzz",
    about: "the fuzz targets",
    needs: Needs { nightly: Some(&[]), cargo_commands: &["cargo-fuzz"], ..Needs::NONE },
    run: nightly::fuzz,
};

/// Not among what must hold: makes one image.
pub(crate) const MODULE: Step = Step {
    name: "module",
    about: "a plugin as a module image for a board",
    needs: Needs { targets: firmware::TARGETS, components: &["llvm-tools"], ..Needs::NONE },
    run: firmware::module,
};

/// The step of that name.
pub(crate) fn find(name: &str) -> Result<&'static Step> {
    TEST.iter().find(|step| step.name == name).with_context(|| {
        let names: Vec<&str> = TEST.iter().map(|step| step.name).collect();
        format!("no step is called `{name}`; there are {}", names.join(", "))
    })
}
