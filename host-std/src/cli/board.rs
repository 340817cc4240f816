//! `pandia board`.

use std::fs;
use std::io::{self, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::Instant;

use anstyle::Style;
use serde::Serialize;

use super::check::waiting;
use super::console::{Console, stdout};
use super::error::Failure;
use super::raw::{BoardAction, ListFormat, RawBoard};
use crate::link::{Board, Desktop, EMULATED, ModuleInfo, RegionInfo, serve_connection};

const HEADING: Style = Style::new().bold();

pub(super) fn board(raw: &RawBoard, console: &Console) -> Result<(), Failure> {
    let mut out = stdout();
    let connect = |address: &str| -> Result<Board, Failure> {
        Ok(Board::connect(&address.parse()?, waiting("timeout", raw.timeout)?)?)
    };
    match &raw.action {
        BoardAction::List => list(raw.format, &mut out)?,
        BoardAction::Ping { address, count } => {
            ping(&mut connect(address)?, *count, raw.format, console, &mut out)?;
        }
        BoardAction::Parts { address } => {
            let parts = connect(address)?.parts()?;
            let rows = parts.iter().map(|part| {
                [part.id.clone(), part.kind.clone(), part.version.clone(), part.summary.clone()]
            });
            show(raw.format, &parts, ["part", "kind", "version", "summary"], rows, &mut out)?;
        }
        BoardAction::Memory { address } => memory(&mut connect(address)?, raw.format, &mut out)?,
        BoardAction::Modules { address } => {
            let modules = connect(address)?.modules()?;
            let rows = (0..).zip(&modules).map(|(slot, module): (u32, _)| {
                let ModuleInfo { name, start, bytes, is_good } = module;
                let state = match (is_good, name.is_empty()) {
                    (true, _) => "good",
                    (false, true) => "empty",
                    (false, false) => "refused",
                };
                let bytes = if *bytes > 0 { bytes.to_string() } else { String::new() };
                [slot.to_string(), state.to_owned(), hexadecimal(*start), bytes, name.clone()]
            });
            show(
                raw.format,
                &modules,
                ["slot", "state", "start", "bytes", "module"],
                rows,
                &mut out,
            )?;
        }
        BoardAction::Load { address, image: path, slot } => {
            // Read before anybody is asked for anything.
            let bytes = image(path)?;
            load(&mut connect(address)?, &bytes, *slot, console)?;
            writeln!(out, "{} bytes are on {address}", bytes.len())?;
        }
        BoardAction::Erase { address, slot } => {
            connect(address)?.erase(*slot)?;
            writeln!(out, "slot {slot} of {address} is empty")?;
        }
        BoardAction::Serve { listen, clients } => serve(listen, *clients, console)?,
    }
    Ok(out.flush()?)
}

/// The bytes of a module image.
pub(super) fn image(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| {
        Failure::host(
            format!("{} cannot be read: {error}", path.display()),
            "give the path of a module image",
        )
    })
}

/// Writes an image to a board, with progress.
pub(super) fn load(
    board: &mut Board,
    image: &[u8],
    slot: Option<u32>,
    console: &Console,
) -> Result<(), Failure> {
    let bar = console.progress(image.len() as u64);
    let loaded = board.load(image, slot, &mut |done| bar.set_position(done as u64));
    bar.finish_and_clear();
    Ok(loaded?)
}

/// One board or port that there is.
#[derive(Serialize)]
struct Found {
    address: String,
    about: String,
    is_ready: bool,
}

fn list(format: ListFormat, out: &mut dyn Write) -> Result<(), Failure> {
    let mut found: Vec<Found> = EMULATED
        .iter()
        .map(|board| Found {
            address: format!("qemu:{}", board.name),
            about: board.summary.to_owned(),
            is_ready: board.image().is_file(),
        })
        .collect();
    // A system that cannot list its ports has none to show.
    let ports = serial2::SerialPort::available_ports().unwrap_or_default();
    found.extend(ports.into_iter().map(|port| Found {
        address: format!("serial:{}", port.display()),
        about: "serial port".to_owned(),
        is_ready: true,
    }));
    let rows = found.iter().map(|found| {
        let state = if found.is_ready { "ready" } else { "image not built" };
        [found.address.clone(), state.to_owned(), found.about.clone()]
    });
    show(format, &found, ["address", "state", "what it is"], rows, out)
}

/// How long a board takes to answer.
#[derive(Serialize)]
struct Ping<'a> {
    name: &'a str,
    version: &'a str,
    count: u32,
    least_us: u128,
    mean_us: u128,
    most_us: u128,
}

fn ping(
    board: &mut Board,
    count: u32,
    format: ListFormat,
    console: &Console,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if count == 0 {
        return Err(Failure::host("--count 0: there is nothing to ask", "give a number from 1"));
    }
    let (mut least_us, mut most_us, mut sum_us) = (u128::MAX, 0, 0);
    let bar = console.progress(u64::from(count));
    for number in 0..count {
        let started = Instant::now();
        board.ping(number)?;
        let us = started.elapsed().as_micros();
        (least_us, most_us, sum_us) = (least_us.min(us), most_us.max(us), sum_us + us);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let welcome = board.welcome();
    let (name, version) = (welcome.name.as_str(), welcome.version.as_str());
    let mean_us = sum_us / u128::from(count);
    if format == ListFormat::Json {
        let ping = Ping { name, version, count, least_us, mean_us, most_us };
        serde_json::to_writer_pretty(&mut *out, &ping).map_err(io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    Ok(writeln!(
        out,
        "{name} {version} answered {count} times: {least_us} us at least, {mean_us} us on average, \
         {most_us} us at most"
    )?)
}

/// What a board has room for.
#[derive(Serialize)]
struct Memory {
    regions: Vec<RegionInfo>,
    batch_words: u32,
    batch_results: u32,
    payload_bytes: u32,
    window: u32,
}

fn memory(board: &mut Board, format: ListFormat, out: &mut dyn Write) -> Result<(), Failure> {
    let regions = board.regions()?;
    let limits = board.welcome().limits;
    let memory = Memory {
        regions,
        batch_words: limits.batch_words,
        batch_results: limits.batch_results,
        payload_bytes: limits.payload_bytes,
        window: limits.window,
    };
    if format == ListFormat::Json {
        serde_json::to_writer_pretty(&mut *out, &memory).map_err(io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    let rows = memory.regions.iter().map(|region| {
        let RegionInfo { name, start, bytes, used_bytes } = region;
        [name.clone(), hexadecimal(*start), bytes.to_string(), used_bytes.to_string()]
    });
    show(format, &memory, ["region", "start", "bytes", "used"], rows, out)?;
    writeln!(out, "\nbatch    {} words, {} outcomes", memory.batch_words, memory.batch_results)?;
    let (payload, window) = (memory.payload_bytes, memory.window);
    Ok(writeln!(out, "line     {payload} bytes a message, {window} under way at a time")?)
}

fn hexadecimal(address: u64) -> String {
    if address == 0 { "-".to_owned() } else { format!("{address:#010x}") }
}

/// Writes rows under their headings, or all of it as JSON.
fn show<const N: usize>(
    format: ListFormat,
    all: &impl Serialize,
    headings: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if format == ListFormat::Json {
        serde_json::to_writer_pretty(&mut *out, all).map_err(io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    let rows: Vec<[String; N]> = rows.collect();
    if rows.is_empty() {
        return Ok(writeln!(out, "none")?);
    }
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].len());
        cells.chain([headings[column].len()]).max().unwrap_or(0)
    };
    let widths: [usize; N] = core::array::from_fn(width);
    let mut line = |cells: [&str; N], style: Style| {
        let padded: Vec<String> =
            cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        writeln!(out, "{style}{}{style:#}", padded.join("  ").trim_end())
    };
    line(headings, HEADING)?;
    for row in &rows {
        line(core::array::from_fn(|column| row[column].as_str()), Style::new())?;
    }
    Ok(())
}

fn serve(listen: &str, clients: Option<u64>, console: &Console) -> Result<(), Failure> {
    let listener = TcpListener::bind(listen).map_err(|error| {
        Failure::host(
            format!("{listen}: {error}"),
            "give host and port of this machine, for example localhost:7000, or port 0 for a free \
             one",
        )
    })?;
    let at = listener.local_addr()?;
    let mut out = stdout();
    writeln!(out, "tcp:{at}")?;
    // Whoever started this waits for the address.
    out.flush()?;
    let mut house = Desktop::new();
    for number in 1.. {
        let (stream, from) = listener.accept()?;
        console.note(&format!("client {number} from {from}"));
        if let Err(error) = serve_connection(stream, &mut house) {
            console.warning(&format!("client {number}: {error}"));
        }
        if clients == Some(number) {
            break;
        }
    }
    Ok(())
}
