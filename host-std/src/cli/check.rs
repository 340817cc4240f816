//! From raw arguments of `run` to checked ones.

use core::ops::Range;
use core::time::Duration;
use std::path::{Path, PathBuf};

use pandia_core::ids::Seed;

use super::error::Failure;
use super::raw::{BoardParts, Format, RawRun};
use super::replay;
use super::trace_out::TraceArgs;
use crate::link::{Address, Waiting};
use crate::output::Replay;
use crate::runner::{CollectMetrics, Isolation, OnError, RunError, RunOptions};
use crate::stack::{Device, PartUse, StackSpec, read_stack_file};

/// Bytes of a mebibyte.
const MIB: u64 = 1 << 20;

/// Checked arguments of `run`.
#[derive(Debug)]
pub(super) struct RunArgs {
    pub(super) program: String,
    pub(super) options: RunOptions,
    pub(super) stack: StackSpec,
    /// What the stack is to run on.
    pub(super) device: Option<Device>,
    pub(super) board: Option<BoardArgs>,
    pub(super) format: Format,
    pub(super) plot: Plot,
    pub(super) trace: Option<TraceArgs>,
    /// Where what parts counted goes.
    pub(super) metrics: Option<PathBuf>,
    /// The command that runs one of the shots again.
    pub(super) replay: Replay,
}

/// The board that a part of the stack goes to.
#[derive(Debug)]
pub(super) struct BoardArgs {
    pub(super) address: Address,
    pub(super) waiting: Waiting,
    /// How many error models go there, if there are so many.
    pub(super) noise_count: usize,
    /// Whether the simulator goes there.
    pub(super) simulator: bool,
    /// Module images that are loaded before.
    pub(super) modules: Vec<PathBuf>,
}

/// Which picture to draw.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Plot {
    None,
    Terminal,
    Svg(PathBuf),
}

impl RunArgs {
    pub(super) fn check(raw: &RawRun, quiet: bool) -> Result<Self, Failure> {
        super::outputs::check(raw)?;
        let on_error = if raw.keep_going { OnError::KeepGoing } else { OnError::Stop };
        let threads = match raw.threads {
            Some(0) => {
                let help = "give a number from 1, or leave --threads out for all there are";
                return Err(Failure::host("--threads 0: a run takes at least one thread", help));
            }
            Some(2..) if raw.board.is_some() => {
                let help = "leave --threads out: what one board does, it does one after the other";
                return Err(Failure::host("--threads: a board runs one shot at a time", help));
            }
            Some(threads) => threads,
            None if raw.board.is_some() => 1,
            None => 0,
        };
        Ok(Self {
            program: raw.program.clone(),
            options: RunOptions {
                shots: shots(raw)?,
                seed: Seed(raw.seed),
                threads,
                on_error,
                isolation: isolation(raw, quiet)?,
                metrics: match &raw.metrics {
                    None => CollectMetrics::Nothing,
                    Some(path) if has_lines(path) => CollectMetrics::EachShot,
                    Some(_) => CollectMetrics::Totals,
                },
            },
            stack: stack(raw)?,
            device: raw.device.as_deref().map(Device::read).transpose()?,
            board: board(raw)?,
            format: raw.format,
            plot: plot(raw)?,
            trace: TraceArgs::check(raw)?,
            metrics: raw.metrics.clone(),
            replay: replay::command(raw),
        })
    }
}

/// Whether a file of metrics has a line for each shot.
pub(super) fn has_lines(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("jsonl"))
}

fn shots(raw: &RawRun) -> Result<Range<u64>, Failure> {
    if let Some(shot) = raw.shot {
        return match shot.checked_add(1) {
            Some(end) => Ok(shot..end),
            None => Err(Failure::host(
                format!("--shot {shot}: shots are numbered below {}", u64::MAX),
                "give a smaller number",
            )),
        };
    }
    if let Some(text) = &raw.shot_range {
        let range = text
            .split_once("..")
            .and_then(|(start, end)| Some(start.trim().parse().ok()?..end.trim().parse().ok()?));
        return match range {
            Some(range) if range.start < range.end => Ok(range),
            Some(_) => Err(Failure::host(
                format!("--shot-range {text}: the range is empty"),
                "write A..B with A below B; B itself is not run",
            )),
            None => Err(Failure::host(
                format!("--shot-range {text}: this is no range"),
                "write A..B, for example 100..200 for the shots 100 to 199",
            )),
        };
    }
    if raw.shots == 0 {
        let help = "give a number from 1, for example --shots 1000";
        return Err(Failure::host("--shots 0: there is nothing to run", help));
    }
    Ok(0..raw.shots)
}

fn isolation(raw: &RawRun, quiet: bool) -> Result<Option<Isolation>, Failure> {
    let (timeout, memory) = (shot_timeout(raw)?, worker_memory(raw)?);
    if !raw.isolate {
        return match (timeout, memory) {
            (None, None) => Ok(None),
            (Some(limit), _) => Err(needs_isolation(&format!(
                "--shot-timeout {}: a shot that hangs can only be ended together with the process \
                 that it runs in",
                limit.as_secs_f64()
            ))),
            (None, Some(bytes)) => Err(needs_isolation(&format!(
                "--worker-memory {}: without --isolate there are no worker processes",
                bytes / MIB
            ))),
        };
    }
    if cfg!(not(unix)) {
        return Err(RunError::NoIsolation.into());
    }
    // Workers show what parts log, as this process would.
    let arguments: &[&str] = if quiet { &["--quiet", "worker"] } else { &["worker"] };
    let mut isolation = Isolation::of_this_program(arguments).map_err(RunError::Spawn)?;
    if let Some(limit) = timeout {
        isolation = isolation.with_shot_timeout(limit);
    }
    if let Some(bytes) = memory {
        isolation = isolation.with_memory_limit(bytes);
    }
    Ok(Some(isolation))
}

fn needs_isolation(message: &str) -> Failure {
    Failure::host(message, "add --isolate, which runs shots in processes of their own")
}

fn shot_timeout(raw: &RawRun) -> Result<Option<Duration>, Failure> {
    let Some(seconds) = raw.shot_timeout else { return Ok(None) };
    let limit = Duration::try_from_secs_f64(seconds).ok().filter(|limit| !limit.is_zero());
    limit.map(Some).ok_or_else(|| {
        let help = "give a number of seconds above 0, for example --shot-timeout 2.5";
        Failure::host(format!("--shot-timeout {seconds}: no shot can take that long"), help)
    })
}

fn worker_memory(raw: &RawRun) -> Result<Option<u64>, Failure> {
    let Some(mib) = raw.worker_memory else { return Ok(None) };
    let bytes = mib.checked_mul(MIB).filter(|&bytes| bytes > 0);
    bytes.map(Some).ok_or_else(|| {
        let help = "give a number of MiB from 1, for example --worker-memory 2048";
        Failure::host(format!("--worker-memory {mib}: no process can have that much"), help)
    })
}

fn stack(raw: &RawRun) -> Result<StackSpec, Failure> {
    if let Some(file) = &raw.stack {
        return Ok(read_stack_file(file)?);
    }
    let part = |option: &str, text: &str| {
        let mut part = PartUse::parse(text)?;
        part.place = Some(format!("--{option}"));
        Ok::<_, Failure>(part)
    };
    let mut spec = StackSpec::new();
    if let Some(text) = &raw.simulator {
        spec.simulator = part("simulator", text)?;
    }
    if let Some(text) = &raw.runtime {
        spec.runtime = part("runtime", text)?;
    }
    for text in &raw.noise {
        spec.noise.push(part("noise", text)?);
    }
    Ok(spec)
}

fn board(raw: &RawRun) -> Result<Option<BoardArgs>, Failure> {
    let Some(text) = &raw.board else { return Ok(None) };
    let (noise_count, simulator) = match (raw.board_parts, raw.board_noise) {
        (BoardParts::All, count) => (count.unwrap_or(usize::MAX), true),
        (BoardParts::Simulator, None | Some(0)) => (0, true),
        (BoardParts::Simulator, Some(count)) => {
            return Err(Failure::host(
                format!("--board-parts simulator and --board-noise {count} contradict each other"),
                "leave out --board-parts for the simulator and error models, or --board-noise",
            ));
        }
        (BoardParts::Noise, Some(0)) => {
            return Err(Failure::host(
                "--board-parts noise --board-noise 0: nothing is left for the board",
                "leave out --board, or give a number from 1",
            ));
        }
        (BoardParts::Noise, count) => (count.unwrap_or(usize::MAX), false),
    };
    Ok(Some(BoardArgs {
        address: text.parse()?,
        waiting: waiting("board-timeout", raw.board_timeout)?,
        noise_count,
        simulator,
        modules: raw.board_module.clone(),
    }))
}

/// How long to wait for a board, as the option says.
pub(super) fn waiting(option: &str, seconds: f64) -> Result<Waiting, Failure> {
    Waiting::seconds(seconds).ok_or_else(|| {
        Failure::host(
            format!("--{option} {seconds}: this is no time to wait"),
            "give a number of seconds from 0.05 to 86400",
        )
    })
}

fn plot(raw: &RawRun) -> Result<Plot, Failure> {
    match &raw.plot {
        None => Ok(Plot::None),
        Some(None) => Ok(Plot::Terminal),
        Some(Some(path)) => {
            let is_svg = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("svg"));
            if is_svg {
                return Ok(Plot::Svg(path.clone()));
            }
            Err(Failure::host(
                format!("--plot={}: pictures are written as SVG only", path.display()),
                "give a name that ends in .svg, or --plot alone for the terminal",
            ))
        }
    }
}
