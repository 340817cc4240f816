//! `pandia run`.

use core::sync::atomic::{AtomicBool, Ordering};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anstyle::{AnsiColor, Style};
use pandia_core::emulator::ShotError;
use pandia_core::ids::ShotId;
use pandia_core::program::Program;

use super::check::{BoardArgs, Plot, RunArgs, has_lines};
use super::console::{Console, columns, stdout};
use super::error::Failure;
use super::part_log;
use super::raw::{Format, RawRun};
use super::trace_out::TraceOut;
use crate::link::{Board, BoardStack, check_room};
use crate::output::{
    BitLayout, Counts, FailureReport, JsonLines, PartReport, RegisterReport, Replay, RunReport,
    write_csv, write_histogram, write_metrics, write_metrics_line, write_shot_metrics, write_svg,
    write_table,
};
use crate::runner::{Control, Ended, MetricTotals, ProgramFile, Runner, ShotSink, Summary};
use crate::stack::{Registry, StackPlan, hidden_libraries};
use crate::trace::TracePiece;

/// How numbers are computed; a faster mode with other bits would have another name.
const MODE: &str = "deterministic";
const HEADING: Style = Style::new().bold();
const BAR: Style = AnsiColor::Blue.on_default();

pub(super) fn run(raw: &RawRun, console: &Console) -> Result<(), Failure> {
    let mut args = RunArgs::check(raw, console.is_quiet())?;
    let file = ProgramFile::read(&args.program)?;
    for warning in &file.warnings {
        console.diagnostic(&warning.to_string());
    }
    let program = file.program()?;
    if let Some(device) = &args.device {
        args.stack = device.applied_to(&args.stack, program.qubit_count())?;
    }
    let plan = planned(&args, &program, console)?;
    let runner = runner_of(&args, &program, &plan, console)?;
    let layout = BitLayout::new(&program);
    if layout.bit_count() == 0 {
        console.warning(
            "the program has no classical bits, so there is nothing to show; measure into some",
        );
    }
    let files = Files::create(&args)?;
    let trace = args.trace.as_ref().map(|trace| {
        let shots = (&args.options.shots, args.options.seed.0);
        TraceOut::create(trace, (&args.program, &program), &plan, shots)
    });
    let mut results = Results {
        trace: trace.transpose()?,
        metrics: files.metrics_by_shot()?,
        counts: Counts::new(layout.clone()),
        lines: (args.format == Format::Jsonl)
            .then(|| JsonLines::new(layout.clone(), stdout()).with_replay(args.replay.clone())),
        // Counts of single shots may be many; they are kept only where something shows them.
        counting: args.format != Format::Jsonl || args.plot != Plot::None,
    };
    let started = Instant::now();
    let summary = execute(&runner, &mut results, &args, console)?;
    let seconds = started.elapsed().as_secs_f64();
    if let Some(trace) = results.trace.take() {
        trace.finish()?;
    }
    if let Some(lines) = results.lines.take() {
        lines.finish()?;
    }
    if let (Some(mut metrics), Some(path)) = (results.metrics.take(), &args.metrics) {
        metrics.flush().map_err(|error| cannot_write(path, &error))?;
    }
    let shown = Shown { args: &args, program: &program, plan: &plan, layout: &layout };
    let counts = results.counts.sorted();
    shown.write(&summary, &counts)?;
    if args.plot == Plot::Terminal && !counts.is_empty() {
        shown.plot(&counts)?;
    }
    files.write(&shown, &summary, &counts)?;
    console.timing(&format!(
        "{} shots in {seconds:.3} s on {} thread{}",
        summary.shots_done,
        runner.threads(),
        if runner.threads() == 1 { "" } else { "s" }
    ));
    if args.format == Format::Jsonl {
        console.note(&format!("digest {:032x}", summary.digest));
    }
    verdict(&summary, args.options.shots.end - args.options.shots.start, &args.replay)
}

/// What runs the shots, on as many threads as there is memory for.
fn runner_of<'a>(
    args: &RunArgs,
    program: &'a Program<'a>,
    plan: &'a StackPlan,
    console: &Console,
) -> Result<Runner<'a>, Failure> {
    let mut runner = Runner::new(program, plan, args.options.clone())?;
    if let Some(trace) = &args.trace {
        runner = runner.traced(trace.options)?;
    }
    if runner.threads() < runner.threads_wanted() {
        console.note(&format!(
            "{} threads instead of {}: each needs {} bytes of memory",
            runner.threads(),
            runner.threads_wanted(),
            runner.instance_bytes()
        ));
    }
    Ok(runner)
}

/// The stack, checked.
fn planned(args: &RunArgs, program: &Program<'_>, console: &Console) -> Result<StackPlan, Failure> {
    let registry = Registry::new();
    let mut parts = args.stack.parts();
    if let Some(isolation) = &args.options.isolation
        && parts.any(|part| registry.find(&part.name).is_none())
    {
        // What happens when libraries are opened is tried out before this process does so.
        isolation.check(program, &args.stack, args.options.seed)?;
    }
    for hidden in hidden_libraries(&registry, &args.stack) {
        console.warning(&hidden.to_string());
    }
    let mut plan = StackPlan::new(&registry, &args.stack)?;
    if let Some(board) = &args.board {
        plan = onto_board(plan, board, program, console)?;
    }
    Ok(plan)
}

/// The stack with its part on the board, once that answers and has room for the program.
fn onto_board(
    plan: StackPlan,
    args: &BoardArgs,
    program: &Program<'_>,
    console: &Console,
) -> Result<StackPlan, Failure> {
    // Between the runtime and the simulator.
    if !args.simulator && plan.parts().count() <= 2 {
        return Err(Failure::host(
            "--board-parts noise: the stack has no error model for the board",
            "name one with --noise, or leave out --board-parts",
        ));
    }
    let images = args.modules.iter().map(|path| super::board::image(path));
    let images = images.collect::<Result<Vec<_>, _>>()?;
    let mut board = Board::connect(&args.address, args.waiting)?;
    let welcome = board.welcome();
    console.note(&format!("board   {} {} at {}", welcome.name, welcome.version, args.address));
    check_room(program, welcome.limits, &args.address)?;
    for (image, path) in images.iter().zip(&args.modules) {
        super::board::load(&mut board, image, None, console)?;
        console.note(&format!("module  {}, {} bytes", path.display(), image.len()));
    }
    let board = BoardStack::new(board, args.waiting).with_modules(images);
    if args.simulator {
        return Ok(plan.onto_board(board, args.noise_count));
    }
    Ok(plan.noise_onto_board(board, args.noise_count))
}

/// The shots, with progress and an ear for Ctrl-C.
fn execute(
    runner: &Runner<'_>,
    results: &mut Results<'_, impl Write>,
    args: &RunArgs,
    console: &Console,
) -> Result<Summary, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    let heard = Arc::clone(&stop);
    let handler = ctrlc::set_handler(move || {
        // The second one does not wait for the shots that are running.
        if heard.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
    if handler.is_err() {
        console.note("Ctrl-C will end the run without its results");
    }
    let bar = console.progress(args.options.shots.end - args.options.shots.start);
    part_log::with_bar(&bar);
    let mut progress = |done| bar.set_position(done);
    let control = &mut Control { stop: &stop, progress: &mut progress };
    let summary = runner.run_controlled(results, control);
    part_log::without_bar();
    bar.finish_and_clear();
    Ok(summary?)
}

/// Counts, and lines of single shots and a trace if they are wanted.
struct Results<'a, W> {
    counts: Counts,
    trace: Option<TraceOut<'a>>,
    lines: Option<JsonLines<W>>,
    metrics: Option<BufWriter<File>>,
    counting: bool,
}

impl<W: Write> ShotSink for Results<'_, W> {
    fn trace(&mut self, piece: &mut TracePiece<'_>) -> io::Result<()> {
        self.trace.as_mut().map_or(Ok(()), |trace| trace.write(piece))
    }

    fn shot(&mut self, shot: ShotId, bits: &[u8]) -> io::Result<()> {
        if let Some(lines) = &mut self.lines {
            lines.shot(shot, bits)?;
        }
        if self.counting {
            self.counts.shot(shot, bits)?;
        }
        Ok(())
    }

    fn metrics(&mut self, shot: ShotId, metrics: &MetricTotals) -> io::Result<()> {
        self.metrics.as_mut().map_or(Ok(()), |out| write_shot_metrics(shot, metrics, out))
    }

    fn failed(&mut self, failure: &ShotError) -> io::Result<()> {
        self.lines.as_mut().map_or(Ok(()), |lines| lines.failed(failure))
    }
}

/// Files that are written beside the results.
struct Files<'a> {
    svg: Option<(&'a Path, File)>,
    metrics: Option<(&'a Path, File)>,
}

impl<'a> Files<'a> {
    /// Opened before the shots, so that a wrong path costs nothing.
    fn create(args: &'a RunArgs) -> Result<Self, Failure> {
        let svg = match &args.plot {
            Plot::Svg(path) => Some((path.as_path(), create(path)?)),
            Plot::None | Plot::Terminal => None,
        };
        let metrics = match &args.metrics {
            Some(path) => Some((path.as_path(), create(path)?)),
            None => None,
        };
        Ok(Self { svg, metrics })
    }

    /// Another hand on the file of metrics, if it has a line for each shot.
    fn metrics_by_shot(&self) -> Result<Option<BufWriter<File>>, Failure> {
        let Some((path, file)) = &self.metrics else { return Ok(None) };
        if !has_lines(path) {
            return Ok(None);
        }
        let again = file.try_clone().map_err(|error| cannot_write(path, &error))?;
        Ok(Some(BufWriter::new(again)))
    }

    fn write(
        self,
        shown: &Shown<'_>,
        summary: &Summary,
        counts: &[(String, u64)],
    ) -> Result<(), Failure> {
        if let Some((path, out)) = self.svg {
            write_picture(path, out, &shown.subtitle(summary), &shown.args.program, counts)?;
        }
        if let Some((path, file)) = self.metrics {
            let write = if has_lines(path) { write_metrics_line } else { write_metrics };
            write(&summary.metrics, &mut BufWriter::new(file))
                .map_err(|error| cannot_write(path, &error))?;
        }
        Ok(())
    }
}

/// What results are shown with.
struct Shown<'a> {
    args: &'a RunArgs,
    program: &'a Program<'a>,
    plan: &'a StackPlan,
    layout: &'a BitLayout,
}

impl Shown<'_> {
    fn write(&self, summary: &Summary, counts: &[(String, u64)]) -> io::Result<()> {
        let mut out = stdout();
        match self.args.format {
            Format::Table => self.write_table(summary, counts, &mut out)?,
            Format::Json => {
                serde_json::to_writer_pretty(&mut out, &self.report(summary, counts))?;
                writeln!(out)?;
            }
            Format::Csv => write_csv(counts, &mut out)?,
            Format::Jsonl => {}
        }
        out.flush()
    }

    fn write_table(
        &self,
        summary: &Summary,
        counts: &[(String, u64)],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if self.layout.bit_count() > 0 && !counts.is_empty() {
            write_table(counts, HEADING, out)?;
            writeln!(out)?;
        }
        let Summary { shots_done, shots_failed, digest, .. } = summary;
        write!(out, "shots   {shots_done}")?;
        if *shots_failed > 0 {
            write!(out, " and {shots_failed} failed")?;
        }
        writeln!(out, "\nseed    {}", self.args.options.seed.0)?;
        let parts: Vec<&str> =
            self.plan.parts().map(|placed| placed.part().spec.short_name()).collect();
        writeln!(out, "stack   {}", parts.join(" > "))?;
        if let Some(board) = self.plan.board() {
            writeln!(out, "board   {board}")?;
        }
        writeln!(out, "digest  {digest:032x}")
    }

    fn report(&self, summary: &Summary, counts: &[(String, u64)]) -> RunReport {
        let shots = &self.args.options.shots;
        RunReport {
            program: self.args.program.clone(),
            qubits: self.program.qubit_count(),
            registers: RegisterReport::of_layout(self.layout),
            shots: summary.shots_done,
            first_shot: shots.start,
            shots_asked: shots.end - shots.start,
            seed: self.args.options.seed.0,
            mode: MODE,
            stack: PartReport::of_stack(self.plan),
            board: self.plan.board().map(ToString::to_string),
            digest: format!("{:032x}", summary.digest),
            counts: counts.to_vec(),
            shots_failed: summary.shots_failed,
            failed: summary
                .failures
                .iter()
                .map(|failure| FailureReport::new(failure, Some(&self.args.replay)))
                .collect(),
        }
    }

    /// To standard output below a table; beside results that a program reads, to standard error.
    fn plot(&self, counts: &[(String, u64)]) -> io::Result<()> {
        let mut out: Box<dyn Write> = if self.args.format == Format::Table {
            Box::new(stdout())
        } else {
            Box::new(anstream::stderr().lock())
        };
        writeln!(out)?;
        write_histogram(counts, columns(), BAR, &mut out)?;
        out.flush()
    }

    fn subtitle(&self, summary: &Summary) -> String {
        let parts: Vec<&str> =
            self.plan.parts().skip(1).map(|placed| placed.part().spec.short_name()).collect();
        let seed = self.args.options.seed.0;
        format!("{} shots, seed {seed}, {}", summary.shots_done, parts.join(" > "))
    }
}

fn create(path: &Path) -> Result<File, Failure> {
    File::create(path).map_err(|error| cannot_write(path, &error))
}

pub(super) fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::InvalidInput {
        // What is to be written has no form there, and the message says the way out.
        return Failure::Host { message: format!("{}: {error}", path.display()), help: None };
    }
    let message = format!("{} cannot be written: {error}", path.display());
    Failure::host(message, "name a file in a folder that exists and can be written to")
}

fn write_picture(
    path: &Path,
    file: File,
    subtitle: &str,
    title: &str,
    counts: &[(String, u64)],
) -> Result<(), Failure> {
    let mut out = BufWriter::new(file);
    write_svg(counts, title, subtitle, &mut out)
        .and_then(|()| out.flush())
        .map_err(|error| cannot_write(path, &error))
}

/// Failed shots and interruption become the exit status; what was finished has been written.
fn verdict(summary: &Summary, asked: u64, replay: &Replay) -> Result<(), Failure> {
    let Some(first) = summary.failures.first() else {
        return match summary.ended {
            Ended::Stopped => Err(Failure::Interrupted { done: summary.shots_done, asked }),
            Ended::Complete | Ended::Failed => Ok(()),
        };
    };
    let others = match summary.shots_failed {
        0 | 1 => String::new(),
        2 => " (and one more shot)".to_owned(),
        more => format!(" (and {} more shots)", more - 1),
    };
    let alone = replay.of(first.shot.0);
    let help = match summary.ended {
        Ended::Failed => {
            format!("--keep-going leaves out shots that fail; this one alone: {alone}")
        }
        Ended::Complete | Ended::Stopped => format!("the first of them alone: {alone}"),
    };
    Err(Failure::Program { message: format!("{first}{others}"), help: Some(help) })
}
