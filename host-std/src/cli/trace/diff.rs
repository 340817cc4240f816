//! `pandia trace diff`.

use std::collections::VecDeque;
use std::io::Write;
use std::path::PathBuf;

use super::super::console::stdout;
use super::super::error::Failure;
use super::super::raw_trace::RawSelection;
use super::input::Input;
use crate::trace::{LINE_HEADING, about_differences, is_same, line};

pub(super) fn diff(
    files: [&PathBuf; 2],
    selection: &RawSelection,
    context: usize,
) -> Result<(), Failure> {
    let mut one = Input::open(files[0], selection)?;
    let mut other = Input::open(files[1], selection)?;
    let (about, about_other) = (one.about.clone(), other.about.clone());
    let mut out = stdout();
    for (name, first, second) in about_differences(&about, &about_other) {
        writeln!(out, "{name}: {first} and {second}")?;
    }
    let mut before: VecDeque<String> = VecDeque::new();
    let mut compared = 0_u64;
    let (left, right) = loop {
        let (left, right) = (one.next()?, other.next()?);
        match (&left, &right) {
            (None, None) => {
                writeln!(out, "no difference in {compared} records")?;
                return Ok(out.flush()?);
            }
            (Some(left), Some(right)) if is_same(left, right) => {
                if before.len() == context {
                    before.pop_front();
                }
                if context > 0 {
                    before.push_back(line(&about, left));
                }
                compared += 1;
            }
            _ => {
                let shown = |about, record: &Option<_>| record.as_ref().map(|r| line(about, r));
                break (shown(&about, &left), shown(&about_other, &right));
            }
        }
    };
    writeln!(out, "the first difference comes after {compared} equal records:")?;
    writeln!(out, "  {LINE_HEADING}")?;
    for text in &before {
        writeln!(out, "  {text}")?;
    }
    for (mark, first, input) in [('-', left, &mut one), ('+', right, &mut other)] {
        let Some(first) = first else {
            writeln!(out, "{mark} nothing more")?;
            continue;
        };
        writeln!(out, "{mark} {first}")?;
        let about = input.about.clone();
        for _ in 0..context {
            let Some(record) = input.next()? else { break };
            writeln!(out, "{mark} {}", line(&about, &record))?;
        }
    }
    out.flush()?;
    let [one, other] = files.map(|file| file.display());
    Err(Failure::Program { message: format!("{one} and {other} differ"), help: None })
}
