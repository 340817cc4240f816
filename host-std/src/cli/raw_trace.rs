//! The arguments of `pandia trace` as they are written.

use core::ops::Range;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args, Subcommand};
use pandia_core::op::OpKind;

use super::raw::ListFormat;

const TRACE_EXAMPLES: &str = "\
FILE is a trace in the native format, as pandia run --trace FILE.ptrace writes it.

Examples:
  pandia run bell.qasm --shots 10 --noise depolarizing:p_2q=0.1 --trace bell.ptrace
  pandia trace summary bell.ptrace
  pandia trace show bell.ptrace --shot 3 --layer depolarizing
  pandia trace filter bell.ptrace --shot-range 0..3 --joint 3 -o few.ptrace
  pandia trace diff bell.ptrace few.ptrace --shot-range 0..3 --joint 3
  pandia trace convert bell.ptrace -o bell.perfetto.json
  pandia trace qasm bell.ptrace --shot 3

Exit status: 0 done, 1 two traces differ, or the shot has no circuit, 2 usage or host error.";

/// Arguments of `trace`.
#[derive(Debug, Args)]
#[command(after_help = TRACE_EXAMPLES)]
pub struct RawTrace {
    /// What to do.
    #[command(subcommand)]
    pub action: TraceAction,
}

/// What to do with traces.
#[derive(Debug, Subcommand)]
pub enum TraceAction {
    /// Show records, one a line.
    Show {
        /// The trace.
        file: PathBuf,
        #[command(flatten)]
        selection: RawSelection,
    },
    /// Write the records that are wanted to another file.
    Filter {
        /// The trace.
        file: PathBuf,
        /// The file to write, in the native format.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        #[command(flatten)]
        selection: RawSelection,
    },
    /// Count what is in a trace: operations by kind and joint, what each layer inserted.
    Summary {
        /// The trace.
        file: PathBuf,
        #[command(flatten)]
        selection: RawSelection,
        /// How to write it.
        #[arg(short, long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
    },
    /// Show where two traces differ first; measured time does not count.
    Diff {
        /// One trace.
        one: PathBuf,
        /// The other.
        other: PathBuf,
        #[command(flatten)]
        selection: RawSelection,
        /// How many records to show before and after.
        #[arg(short, long, value_name = "N", default_value_t = 3, allow_negative_numbers = true)]
        context: usize,
    },
    /// Write a trace in another format.
    Convert {
        /// The trace.
        file: PathBuf,
        /// The file to write; its ending says the format.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// The format, whatever the file is called.
        #[arg(short, long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(super::trace_out::format_names()))]
        format: Option<String>,
        #[command(flatten)]
        selection: RawSelection,
    },
    /// Write the circuit that one shot really ran, noise included, as OpenQASM.
    Qasm {
        /// The trace.
        file: PathBuf,
        /// Which shot.
        #[arg(long, value_name = "K", allow_negative_numbers = true)]
        shot: u64,
        /// The version of OpenQASM: 2 or 3.
        #[arg(long, value_name = "VERSION", default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=3))]
        openqasm: u8,
        /// The file to write; without it: standard output.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// Which records are wanted. Options of one name add up, those of different names must all hold.
#[derive(Debug, Default, Args)]
pub struct RawSelection {
    /// Only shot K.
    #[arg(long, value_name = "K", allow_negative_numbers = true, conflicts_with = "shot_range")]
    pub shot: Option<u64>,
    /// Only shots A to B - 1.
    #[arg(long, value_name = "A..B", value_parser = shot_range)]
    pub shot_range: Option<Range<u64>>,
    /// Only what was seen at this joint: 0 below the program, 1 below the runtime, and so on.
    #[arg(long, value_name = "N", action = ArgAction::Append)]
    pub joint: Vec<u8>,
    /// Only operations that this layer inserted: a part's name, or its place among the parts.
    #[arg(long, value_name = "PART", action = ArgAction::Append)]
    pub layer: Vec<String>,
    /// Only operations on this qubit.
    #[arg(long, value_name = "Q", action = ArgAction::Append, allow_negative_numbers = true)]
    pub qubit: Vec<u32>,
    /// Only operations of this kind.
    #[arg(long, value_name = "KIND", action = ArgAction::Append, value_parser = PossibleValuesParser::new(OpKind::ALL.map(OpKind::name)))]
    pub kind: Vec<String>,
    /// Only gates and channels of this name.
    #[arg(long, value_name = "GATE", action = ArgAction::Append)]
    pub gate: Vec<String>,
}

fn shot_range(text: &str) -> Result<Range<u64>, String> {
    let pair = text.split_once("..");
    let range = pair.and_then(|(a, b)| Some(a.trim().parse().ok()?..b.trim().parse().ok()?));
    match range {
        Some(range) if range.start < range.end => Ok(range),
        Some(_) => {
            Err("the range is empty; write A..B with A below B; B itself is not taken".into())
        }
        None => Err("write A..B, for example 100..200 for the shots 100 to 199".into()),
    }
}
