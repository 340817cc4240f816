//! The arguments as they are written: names and texts, nothing looked up or opened.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
Examples:
  pandia run bell.qasm --shots 100
  pandia gates cx
  pandia plugins depolarizing
  pandia check --list
  pandia new error-model --lang c drift

Exit status: 0 done, 1 the emulated program failed, 2 usage or host error.";

const RUN_EXAMPLES: &str = "\
A PART is a name and, after a colon, settings: NAME:KEY=VALUE,KEY=VALUE. The name is
that of a built-in part (see pandia plugins), or the path of a library; LIBRARY#ID
chooses one of several parts in a library.

Examples:
  pandia run bell.qasm
  pandia run bell.qasm --shots 100 --seed 7 --format json
  pandia run ghz.qasm --noise depolarizing:p_1q=1e-3,p_2q=5e-3 --plot
  pandia run ghz.qasm --noise depolarizing:p_2q=1e-2,gate.cx=2e-2 --noise readout:p_1_given_0=0.01
  pandia run teleport.qasm --shot 7 --format jsonl
  pandia run teleport.qasm --shot-range 100..200 --format csv
  pandia run bell.qasm --stack stack.toml --plot=bell.svg
  pandia run bell.qasm --device h1-1.toml
  pandia run bell.qasm --isolate --shot-timeout 2.5 --keep-going
  pandia run bell.qasm --noise depolarizing:p_2q=1e-2 --shots 10 --trace bell.jsonl

Exit status: 0 done, 1 a shot failed, 2 usage or host error, 130 interrupted.";

const BOARD_EXAMPLES: &str = "\
An ADDRESS is tcp:HOST:PORT, serial:DEVICE, serial:DEVICE@BAUD, qemu:BOARD or qemu:BOARD=IMAGE.

Examples:
  pandia board list
  pandia board ping qemu:cortex-m4
  pandia board parts serial:/dev/ttyUSB0@921600
  pandia board load serial:/dev/ttyUSB0@921600 depolarizing.img --slot 2
  pandia board serve localhost:7000
  pandia run ghz.qasm --noise depolarizing:p_2q=1e-2 --board qemu:cortex-m4
  pandia run ghz.qasm --noise depolarizing:p_2q=1e-2 --board tcp:localhost:7000 --board-noise 0
  pandia run ghz.qasm --noise depolarizing:p_2q=1e-2 --board qemu:cortex-m4 --board-parts noise
  pandia run ghz.qasm --noise ./libdrift.so --board qemu:cortex-m4 --board-module drift.img";

const COMPILE_EXAMPLES: &str = "\
Examples:
  pandia compile bell.qasm -o bell.pandia
  pandia run bell.pandia --shots 10";

const PLUGINS_EXAMPLES: &str = "\
Examples:
  pandia plugins
  pandia plugins depolarizing
  pandia plugins --format json";

const CHECK_EXAMPLES: &str = "\
Every check runs in a process of its own: a crash is a finding and not the end. What the
checks mean is in docs/check.md.

Examples:
  pandia check libpandia_depolarizing.so
  pandia check libpandia_coinflip.so --profile random
  pandia check libpandia_depolarizing.so --set p_1q=0.1 --only determinism,streams
  pandia check libpandia_depolarizing.so --plugin pandia.depolarizing --format json
  pandia check libpandia_depolarizing.so --only streams --seed 7 --stream 12
  pandia check --list

Exit status: 0 clean, 1 findings, 2 usage or host error.";

const NEW_EXAMPLES: &str = "\
Examples:
  pandia new error-model --lang c drift
  pandia new simulator tiny --id com.acme.tiny --path tiny-simulator

The project builds, passes its own test and is loaded as it is; docs/writing-a-plugin.md
explains what is in it.";

const GATES_EXAMPLES: &str = "\
Examples:
  pandia gates
  pandia gates cx
  pandia gates --format json";

const PACK_EXAMPLES: &str = "\
`cargo xtask module NAME --board BOARD` compiles, links and packs; docs/modules.md has the
steps one by one.

Examples:
  pandia pack drift.elf --machine thumbv7em-none-eabihf
  pandia pack drift.elf --machine thumbv7em-none-eabihf/cortex-m7 -o drift-m7.img

Exit status: 0 done, 2 usage or host error.";

const INSPECT_EXAMPLES: &str = "\
Without --machine, --at and --ram the image is only held to itself.

Examples:
  pandia inspect drift.img
  pandia inspect drift.img --json
  pandia inspect drift.img --machine thumbv7em-none-eabihf --at 0x00200000
  pandia inspect drift.img --ram 0x20200000..0x20240000

Exit status: 0 good, 1 refused, 2 usage or host error.";

const REPORT_EXAMPLES: &str = "\
A TRACE is a file in the native format, which pandia run --trace FILE.ptrace writes.

Examples:
  pandia report noise bell.ptrace
  pandia report noise bell.ptrace --format json
  pandia report noise bell.ptrace --html noise.html
  pandia report perf bell.ptrace --html perf.html

Exit status: 0 done, also if counts disagree; 2 usage or host error.";

/// Emulates quantum programs on stacks of parts: runtime, error models, simulator.
#[derive(Debug, Parser)]
#[command(name = "pandia", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct RawArgs {
    /// Only results and errors: no progress, notes or warnings.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a program shot by shot and count what it measures.
    Run(Box<RawRun>),
    /// Compile a program to a file that runs without its source, also on a board.
    Compile(RawCompile),
    /// Check whether a library of plugins keeps to the interface.
    Check(RawCheck),
    /// Makes one check, for `check`.
    #[command(hide = true, name = "check-one")]
    CheckOne {
        /// The request, JSON.
        request: String,
    },
    /// Write the project of a plugin: it builds, with a test of its own.
    New(RawNew),
    /// List the parts that there are, with their parameters.
    Plugins(RawPlugins),
    /// List the gates that there are.
    Gates(RawGates),
    /// Look into traces, compare them, and write them in other formats.
    Trace(super::raw_trace::RawTrace),
    /// Make a module image for a board's flash out of a linked plugin.
    Pack(RawPack),
    /// Look into a module image and check it, without running anything of it.
    Inspect(RawInspect),
    /// Look at boards, load modules, or act as one.
    Board(RawBoard),
    /// Say what a trace shows: what noise did, or where the time went.
    Report(RawReport),
    /// Run shots for the process that started this one: what `run --isolate` starts.
    #[command(hide = true)]
    Worker,
}

/// Arguments of `run`.
#[derive(Debug, Args)]
#[command(after_help = RUN_EXAMPLES)]
pub struct RawRun {
    /// OpenQASM 2 or 3 source, or a compiled program; - reads standard input.
    pub program: String,
    /// How many shots to run.
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value_t = 1000,
        allow_negative_numbers = true
    )]
    pub shots: u64,
    /// Run only shot K: the same as shot K of a longer run.
    #[arg(long, value_name = "K", allow_negative_numbers = true, conflicts_with_all = ["shots", "shot_range"])]
    pub shot: Option<u64>,
    /// Run shots A to B - 1.
    #[arg(long, value_name = "A..B", conflicts_with = "shots")]
    pub shot_range: Option<String>,
    /// The seed: equal seeds give equal results.
    #[arg(short, long, value_name = "S", default_value_t = 0, allow_negative_numbers = true)]
    pub seed: u64,
    /// The simulator; without it: state_vector.
    #[arg(long, value_name = "PART")]
    pub simulator: Option<String>,
    /// An error model; given several times, the first is nearest to the program.
    #[arg(long, value_name = "PART", action = ArgAction::Append)]
    pub noise: Vec<String>,
    /// The runtime; without it: simple.
    #[arg(long, value_name = "PART")]
    pub runtime: Option<String>,
    /// Read the stack from a TOML file with [runtime], [[noise]] and [simulator].
    #[arg(long, value_name = "FILE", conflicts_with_all = ["simulator", "noise", "runtime"])]
    pub stack: Option<PathBuf>,
    /// Run on a device: its error models go below those given, its durations to the runtime. A TOML
    /// file, see docs/devices.md.
    #[arg(long, value_name = "FILE")]
    pub device: Option<PathBuf>,
    /// Most threads to use; without it: as many as the machine has. Results do not depend on it.
    #[arg(short, long, value_name = "N", allow_negative_numbers = true)]
    pub threads: Option<usize>,
    /// How to write the results.
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Draw a histogram in the terminal, or, with a name that ends in .svg, into that file.
    #[arg(long, value_name = "FILE.svg", num_args = 0..=1, require_equals = true)]
    pub plot: Option<Option<PathBuf>>,
    /// Write what passes between the parts of the stack to a file; its ending says the format (see
    /// docs/trace.md). Results do not depend on it.
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// The format of the trace, whatever its file is called.
    #[arg(long, value_name = "FORMAT", requires = "trace", value_parser = trace_format())]
    pub trace_format: Option<String>,
    /// Measure how long calls take, for the trace. Such numbers differ from run to run.
    #[arg(long, requires = "trace")]
    pub trace_time: bool,
    /// Write what the parts counted and measured into this file, as JSON: the totals, or with a name
    /// that ends in .jsonl a line for each shot and the totals in the last one.
    #[arg(long, value_name = "FILE")]
    pub metrics: Option<PathBuf>,
    /// End at the first shot that fails and keep those before it. This is the default.
    #[arg(long, conflicts_with = "keep_going")]
    pub fail_fast: bool,
    /// Leave out shots that fail and go on.
    #[arg(long)]
    pub keep_going: bool,
    /// Run shots in processes of their own, one a thread, so that a part that ends its process
    /// costs one shot. Results do not depend on it.
    #[arg(long)]
    pub isolate: bool,
    /// With --isolate: a shot that takes longer has failed. A decimal number.
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub shot_timeout: Option<f64>,
    /// With --isolate: most memory that a worker process may have, in MiB of address space; what a
    /// part asks for beyond it is refused.
    #[arg(long, value_name = "MIB")]
    pub worker_memory: Option<u64>,
    /// Put a part of the stack on a board: tcp:HOST:PORT, serial:DEVICE[@BAUD] or
    /// qemu:BOARD (see pandia board). Results do not depend on it.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "isolate")]
    pub board: Option<String>,
    /// With --board: what of the stack is on it.
    #[arg(long, value_name = "PARTS", value_enum, requires = "board", default_value_t = BoardParts::All)]
    pub board_parts: BoardParts,
    /// With --board: how many error models, counted from the simulator, are on the board; without
    /// it: all.
    #[arg(long, value_name = "N", requires = "board", allow_negative_numbers = true)]
    pub board_noise: Option<usize>,
    /// With --board: a module image to load before the run, to the slot that it was linked to or an
    /// empty one. Can be given several times.
    #[arg(long, value_name = "IMAGE", requires = "board")]
    pub board_module: Vec<PathBuf>,
    /// With --board: how long to wait for a sign of it. A decimal number.
    #[arg(
        long,
        value_name = "SECONDS",
        requires = "board",
        default_value_t = 10.0,
        allow_negative_numbers = true
    )]
    pub board_timeout: f64,
}

/// Takes the name of a format of traces.
fn trace_format() -> PossibleValuesParser {
    PossibleValuesParser::new(super::trace_out::format_names())
}

/// Arguments of `board`.
#[derive(Debug, Args)]
#[command(after_help = BOARD_EXAMPLES)]
pub struct RawBoard {
    /// What to do.
    #[command(subcommand)]
    pub action: BoardAction,
    /// How long to wait for a sign of the board. A decimal number.
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        default_value_t = 10.0,
        allow_negative_numbers = true
    )]
    pub timeout: f64,
    /// How to write lists.
    #[arg(short, long, global = true, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
}

/// What to do with boards.
#[derive(Debug, Subcommand)]
pub enum BoardAction {
    /// List the boards that QEMU plays, and the serial ports that there are.
    List,
    /// Ask a board what it is, and how long it takes to answer.
    Ping {
        /// Where it is.
        address: String,
        /// How often to ask.
        #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
        count: u32,
    },
    /// List the parts that a board has.
    Parts {
        /// Where it is.
        address: String,
    },
    /// List the memory that a board has, and its limits.
    Memory {
        /// Where it is.
        address: String,
    },
    /// List the modules that a board has.
    Modules {
        /// Where it is.
        address: String,
    },
    /// Write a module image to a board.
    Load {
        /// Where it is.
        address: String,
        /// The image.
        image: PathBuf,
        /// Which slot; what is there is replaced. Without it: the one that holds this image, or that it
        /// was linked to, or else the first that is empty.
        #[arg(long, value_name = "N")]
        slot: Option<u32>,
    },
    /// Empty one of a board's slots for modules.
    Erase {
        /// Where it is.
        address: String,
        /// Which slot, as in the list of its modules.
        slot: u32,
    },
    /// Act as a board, with the parts of this command, until Ctrl-C.
    Serve {
        /// Host and port to listen at; port 0 takes a free one and says which.
        listen: String,
        /// End after so many clients.
        #[arg(long, value_name = "N")]
        clients: Option<u64>,
    },
}

/// Arguments of `report`.
#[derive(Debug, Args)]
#[command(after_help = REPORT_EXAMPLES)]
pub struct RawReport {
    /// What about.
    #[command(subcommand)]
    pub about: ReportAbout,
}

/// What a report is about.
#[derive(Debug, Subcommand)]
pub enum ReportAbout {
    /// What each error model inserted, beside what its configuration makes expected.
    Noise {
        /// The trace and the form of the report.
        #[command(flatten)]
        form: RawReportForm,
        /// The probability with which all intervals hold at once.
        #[arg(long, value_name = "P", default_value_t = 0.99, allow_negative_numbers = true)]
        level: f64,
        /// Most rows of a layer to show in the table, beside those that disagree.
        #[arg(long, value_name = "N", default_value_t = 20)]
        rows: usize,
    },
    /// Time by part, boundary and kind of operation, of a trace made with --trace-time.
    Perf {
        /// The trace and the form of the report.
        #[command(flatten)]
        form: RawReportForm,
    },
}

/// The trace and the form of a report.
#[derive(Debug, Args)]
pub struct RawReportForm {
    /// The trace.
    pub trace: PathBuf,
    /// How to write the report.
    #[arg(short, long, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
    /// Also write it as one page with pictures, which needs no other file and no network.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// Arguments of `compile`.
#[derive(Debug, Args)]
#[command(after_help = COMPILE_EXAMPLES)]
pub struct RawCompile {
    /// OpenQASM 2 or 3 source; - reads standard input.
    pub program: String,
    /// The file to write; - writes standard output. Without it: the program's name with .pandia.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub struct RawCheck {
    /// The library of plugins.
    #[arg(required_unless_present = "list")]
    pub file: Option<PathBuf>,
    /// Only this plugin of the library.
    #[arg(long, value_name = "ID")]
    pub plugin: Option<String>,
    /// Only these checks.
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Give the part a setting.
    #[arg(long, value_name = "KEY=VALUE", action = ArgAction::Append)]
    pub set: Vec<String>,
    /// What a part is held to.
    #[arg(long, value_enum, default_value_t = ProfileName::Auto)]
    pub profile: ProfileName,
    /// The seed of everything random.
    #[arg(short, long, value_name = "S", default_value_t = 1, allow_negative_numbers = true)]
    pub seed: u64,
    /// How many random streams of operations to run.
    #[arg(long, value_name = "N", default_value_t = 40, allow_negative_numbers = true)]
    pub streams: u64,
    /// Run only random stream K: the same as stream K of a longer run.
    #[arg(long, value_name = "K", conflicts_with = "streams", allow_negative_numbers = true)]
    pub stream: Option<u64>,
    /// Most operations of a batch in a random stream.
    #[arg(long, value_name = "N", default_value_t = 60, allow_negative_numbers = true)]
    pub ops: u32,
    /// How long one check may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0, allow_negative_numbers = true)]
    pub timeout: f64,
    /// How to write the report.
    #[arg(short, long, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
    /// List the checks that there are.
    #[arg(long)]
    pub list: bool,
    /// Make the checks in this very process, for debuggers: a crash ends it.
    #[arg(long)]
    pub in_process: bool,
}

/// What a part is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProfileName {
    /// Found out: a simulator is exact or Clifford, an error model noisy.
    Auto,
    /// Outcomes by Born's rule, in double precision.
    Exact,
    /// The same in single precision.
    Single,
    /// As exact, but other than Clifford angles are refused.
    Clifford,
    /// A fair coin, whatever was done.
    Random,
    /// Anything of the right form that can be repeated.
    Noisy,
}

/// Arguments of `new`.
#[derive(Debug, Args)]
#[command(after_help = NEW_EXAMPLES)]
pub struct RawNew {
    /// What the plugin is for.
    #[arg(value_enum)]
    pub kind: NewKind,
    /// What it is called: letters, digits, - and _.
    pub name: String,
    /// The language.
    #[arg(long, value_enum, default_value_t = LanguageName::Rust)]
    pub lang: LanguageName,
    /// The plugin's id; without it: com.example.NAME.
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// The folder to write; without it: ./NAME. It must not be there, or be empty.
    #[arg(long, value_name = "FOLDER")]
    pub path: Option<PathBuf>,
    /// The folder of Pandia's source, for Rust; without it: the one this command was built from.
    #[arg(long, value_name = "FOLDER")]
    pub pandia: Option<PathBuf>,
}

/// What a new plugin is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NewKind {
    /// Holds the quantum state.
    Simulator,
    /// Adds errors to what passes through.
    ErrorModel,
    /// Looks on and changes nothing.
    Tap,
    /// Decides order and time.
    Runtime,
}

/// The language of a new plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LanguageName {
    /// Rust, built on Pandia's source.
    Rust,
    /// C99, built on one header.
    C,
}

/// Arguments of `plugins`.
#[derive(Debug, Args)]
#[command(after_help = PLUGINS_EXAMPLES)]
pub struct RawPlugins {
    /// Show this part with all its parameters.
    pub name: Option<String>,
    /// How to write the list.
    #[arg(short, long, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
}

/// Arguments of `gates`.
#[derive(Debug, Args)]
#[command(after_help = GATES_EXAMPLES)]
pub struct RawGates {
    /// Show this gate.
    pub name: Option<String>,
    /// How to write the list.
    #[arg(short, long, value_enum, default_value_t = ListFormat::Table)]
    pub format: ListFormat,
}

/// Arguments of `pack`.
#[derive(Debug, Args)]
#[command(after_help = PACK_EXAMPLES)]
pub struct RawPack {
    /// A plugin's static library, linked with host-ffi/module.ld.
    pub elf: PathBuf,
    /// What it was compiled for: the target triple, and after a slash the processor if one was
    /// chosen.
    #[arg(long, value_name = "TRIPLE")]
    pub machine: String,
    /// The image; without it: the name of the file with .img.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Arguments of `inspect`.
#[derive(Debug, Args)]
#[command(after_help = INSPECT_EXAMPLES)]
pub struct RawInspect {
    /// The image.
    pub file: PathBuf,
    /// Refuse it unless it is made for this machine.
    #[arg(long, value_name = "TRIPLE")]
    pub machine: Option<String>,
    /// Refuse it unless it may lie at this address.
    #[arg(long, value_name = "ADDRESS")]
    pub at: Option<String>,
    /// Refuse it unless this RAM is enough and the right one.
    #[arg(long, value_name = "START..END")]
    pub ram: Option<String>,
    /// Write JSON.
    #[arg(long)]
    pub json: bool,
}

/// How results of a run are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// An aligned table of counts, for people.
    Table,
    /// One JSON object with counts, digest and all that was used.
    Json,
    /// One JSON object a shot, a line each.
    Jsonl,
    /// Counts with the columns bits and count.
    Csv,
}

/// What of a stack is on a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BoardParts {
    /// The simulator and the error models.
    All,
    /// The simulator; the error models are here.
    Simulator,
    /// The error models; the simulator is here.
    Noise,
}

/// How lists are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Aligned text, for people.
    Table,
    /// JSON.
    Json,
}
