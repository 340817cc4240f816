//! Flags, and which steps each command runs. No work is done here.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::console;
use crate::project::{Options, Project};
use crate::report;
use crate::steps::{self, Placing, Step, Wanted};

/// The project's commands. CI runs only these.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything that must hold: installs what is missing, runs every step, says what failed
    Test {
        /// Run only these steps, for example `--only fmt,unit`
        #[arg(long, value_delimiter = ',', value_name = "STEP")]
        only: Vec<String>,
        /// List the steps and stop
        #[arg(long)]
        list: bool,
    },
    /// Formatting, clippy and rustdoc without warnings, cargo-deny where it is installed
    Check,
    /// Build core for the bare-metal targets and with every combination of its features
    CoreTargets,
    /// Unit tests and documentation tests of every crate
    Unit,
    /// The evidence in `tests`: oracles, conformance, properties, architecture
    Conformance,
    /// Build every plugin, then run the tests of the C side
    Plugins,
    /// Runtimes on threads of their own under ThreadSanitizer and loom (needs the nightly toolchain)
    Threads,
    /// Tests of the `pandia` command and of its library
    Cli,
    /// Run the firmware of every board in QEMU and compare its output with this machine's
    Qemu,
    /// Make a module image for a board's flash out of a plugin's crate
    Module {
        /// The plugin: a folder in `host-ffi/plugins`
        plugin: String,
        /// The board: a folder in `targets`
        #[arg(long)]
        board: String,
        /// For the slot that begins at this address, for example 0x00200000
        #[arg(long, value_name = "ADDRESS", value_parser = address)]
        base: Option<u64>,
        /// For this slot; without it and --base: the first
        #[arg(long, value_name = "N", conflicts_with = "base")]
        slot: Option<u64>,
        /// For any slot: it is copied to RAM and moved there
        #[arg(long, conflicts_with_all = ["base", "slot"])]
        anywhere: bool,
        /// Where to write it; without it: below targets/target/modules
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Measure flash, RAM, stack and instructions of the tight loop on every board in QEMU
    Size {
        /// Rewrite the table instead of comparing with it
        #[arg(long)]
        bless: bool,
    },
    /// Run the command blocks of README and docs and compare their output
    Readme {
        /// Rewrite the shown outputs instead of comparing with them
        #[arg(long)]
        bless: bool,
    },
    /// Run the benches and print their rates
    Bench {
        /// Compare with the peers that install from their package registry, in one run
        #[arg(long)]
        peers: bool,
        /// Passed on to the benches, for example a name to filter by
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Fuzz every target in `tests/fuzz` (needs the nightly toolchain)
    Fuzz {
        /// Seconds for each target
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Fuzz only this target
        #[arg(long)]
        target: Option<String>,
    },
    /// Rewrite golden files and the outputs shown in README and docs; read the diff afterwards
    Bless,
    /// Run the tests of core's C tables under Miri (needs the nightly toolchain)
    Miri,
}

impl Cli {
    /// Runs the command; `Ok(false)` means that a step failed.
    pub(crate) fn run(self) -> Result<bool> {
        let mut options = Options::default();
        let names: Vec<&str> = match &self.command {
            Command::Test { list: true, .. } => {
                list();
                return Ok(true);
            }
            Command::Test { only, .. } if only.is_empty() => {
                return run(&steps::TEST.iter().collect::<Vec<_>>(), options);
            }
            Command::Test { only, .. } => only.iter().map(String::as_str).collect(),
            Command::Check => vec!["fmt", "clippy", "fuzz-targets", "docs", "deny"],
            Command::CoreTargets => vec!["core-targets"],
            Command::Unit => vec!["unit", "doctests"],
            Command::Conformance => vec!["build", "conformance"],
            Command::Plugins => vec!["build", "plugins"],
            Command::Threads => vec!["threads"],
            Command::Cli => vec!["build", "cli"],
            Command::Qemu => vec!["qemu", "modules"],
            Command::Module { plugin, board, base, slot, anywhere, out } => {
                let placing = match (base, slot) {
                    _ if *anywhere => Placing::Anywhere,
                    (Some(base), _) => Placing::Base(*base),
                    (None, Some(slot)) => Placing::Slot(*slot),
                    (None, None) => Placing::FirstSlot,
                };
                // The steps run in the project's folder.
                let out = out.as_ref().map(std::path::absolute).transpose()?;
                let (plugin, board) = (plugin.clone(), board.clone());
                options.module = Some(Wanted { plugin, board, placing, out });
                return run(&[&steps::MODULE], options);
            }
            Command::Size { bless } => {
                options.bless = *bless;
                vec!["size"]
            }
            Command::Readme { bless } => {
                options.bless = *bless;
                vec!["readme"]
            }
            Command::Bench { peers, arguments } => {
                options.bench_arguments.clone_from(arguments);
                let step = if *peers { &steps::PEERS } else { &steps::BENCH };
                return run(&[step], options);
            }
            Command::Fuzz { seconds, target } => {
                options.fuzz_seconds = *seconds;
                options.fuzz_target.clone_from(target);
                return run(&[&steps::FUZZ], options);
            }
            Command::Bless => {
                options.bless = true;
                vec!["build", "conformance", "plugins", "cli", "qemu", "size", "readme"]
            }
            Command::Miri => vec!["miri"],
        };
        let chosen = names.into_iter().map(steps::find).collect::<Result<Vec<_>>>()?;
        run(&chosen, options)
    }
}

fn address(text: &str) -> std::result::Result<u64, String> {
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| "write it like 0x00200000, or as a decimal number".to_owned())
}

fn run(chosen: &[&Step], options: Options) -> Result<bool> {
    Ok(report::run_all(chosen, &Project::open(options)?))
}

fn list() {
    for step in steps::TEST {
        console::say(&format!("{:<14} {}", step.name, step.about));
    }
}
