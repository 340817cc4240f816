//! `pandia-board-log IMAGE [LOG]`: reads the defmt frames that a board's image wrote, from a file or as
//! they come from standard input, and prints one line a frame: level, message, place in the source.
//!
//! Bytes between frames that are none, such as the words of a boot loader, are printed as text with
//! `?` before them, and the status is 1 then.

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use defmt_decoder::{Locations, Table};
use std::fs::File;
use std::io::{BufRead, BufReader, Write as _, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Decodes the log of a board's image.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// The image (ELF) that wrote the log: the very build, since the texts are in it.
    image: PathBuf,
    /// What the image wrote [default: standard input].
    log: Option<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    let elf = std::fs::read(&options.image)
        .with_context(|| format!("cannot read the image {}", options.image.display()))?;
    let (table, locations) = texts(&elf, &options.image)?;
    let mut input: Box<dyn BufRead> = match &options.log {
        None => Box::new(stdin().lock()),
        Some(path) => {
            let log = File::open(path)
                .with_context(|| format!("cannot read the log {}", path.display()))?;
            Box::new(BufReader::new(log))
        }
    };
    let mut output = stdout().lock();
    let mut frame = Vec::new();
    let mut all_decoded = true;
    while input.read_until(0, &mut frame).context("cannot read the log")? > 0 {
        if frame.iter().any(|&byte| byte != 0) {
            let (line, decoded) = line_of(&table, &locations, &frame);
            all_decoded &= decoded;
            writeln!(output, "{line}")?;
            // Whoever watches a board wants each line when it comes.
            output.flush()?;
        }
        frame.clear();
    }
    Ok(if all_decoded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The texts in the image, and where in the source each stands, if that is known.
fn texts(elf: &[u8], path: &Path) -> Result<(Table, Locations)> {
    let table = Table::parse(elf)
        .with_context(|| format!("{} has no log texts that can be read", path.display()))?;
    let Some(table) = table else {
        bail!(
            "{} has no defmt section: give the image as it was built (an ELF, not stripped)",
            path.display()
        );
    };
    let locations = table.get_locations(elf).unwrap_or_default();
    Ok((table, locations))
}

/// One frame as a line, and whether it was one.
fn line_of(table: &Table, locations: &Locations, bytes: &[u8]) -> (String, bool) {
    let mut decoder = table.new_stream_decoder();
    decoder.received(bytes);
    match decoder.decode() {
        Ok(frame) => {
            let level = frame.level().map_or("print", |level| level.as_str());
            let message = frame.display_message();
            let line = match locations.get(&frame.index()) {
                Some(place) => {
                    let file = place.file.file_name().unwrap_or_default().to_string_lossy();
                    format!("{level:<5} {message}  ({file}:{})", place.line)
                }
                None => format!("{level:<5} {message}"),
            };
            (line, true)
        }
        Err(_) => {
            let text = String::from_utf8_lossy(bytes);
            (format!("?     {}", text.trim_end_matches('\0').escape_debug()), false)
        }
    }
}
