//! A trace to read, and the records of it that are wanted.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use pandia_core::trace::{Header, Record};

use super::super::error::Failure;
use super::super::raw_trace::RawSelection;
use crate::trace::{About, Selection, Selector, TraceError, TraceReader, kind_by_name};

/// The failure of a trace that cannot be read.
pub(super) fn broken(file: &Path, error: &TraceError) -> Failure {
    let message = format!("{}: {error}", file.display());
    Failure::Host { message, help: error.help().map(str::to_owned) }
}

/// A trace, open.
pub(super) struct Input {
    path: PathBuf,
    pub(super) reader: TraceReader<BufReader<File>>,
    pub(super) header: Header,
    /// What the trace says of its run; nothing if it comes from a board.
    pub(super) about: About,
    selection: Selection,
    selector: Selector,
}

impl Input {
    pub(super) fn open(path: &Path, raw: &RawSelection) -> Result<Self, Failure> {
        let reader = TraceReader::open(path).map_err(|error| broken(path, &error))?;
        let (header, about) = (*reader.header(), reader.about().cloned().unwrap_or_default());
        let selection = select(raw, &about)?;
        let selector = Selector::new();
        Ok(Self { path: path.to_owned(), reader, header, about, selection, selector })
    }

    /// What is to be said of the records that are wanted.
    pub(super) fn left(&self) -> About {
        self.selection.about(&self.about)
    }

    /// The next record that is wanted. A trace is read to its end, so that damage anywhere shows.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, Failure> {
        loop {
            let advanced = self.reader.advance_record();
            if !advanced.map_err(|error| broken(&self.path, &error))? {
                return Ok(None);
            }
            let record = self.reader.record().map_err(|error| broken(&self.path, &error))?;
            if self.selector.takes(&self.about, &self.selection, &record) {
                break;
            }
        }
        self.reader.record().map(Some).map_err(|error| broken(&self.path, &error))
    }
}

fn select(raw: &RawSelection, about: &About) -> Result<Selection, Failure> {
    let shots = match (raw.shot, &raw.shot_range) {
        (Some(shot), _) => Some(shot..shot.saturating_add(1)),
        (None, range) => range.clone(),
    };
    let layers = raw.layer.iter().map(|name| layers(name, about));
    let layers = layers.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let kinds = raw.kind.iter().filter_map(|name| kind_by_name(name)).map(|kind| kind as u8);
    Ok(Selection {
        shots,
        joints: raw.joint.iter().copied().collect(),
        layers,
        qubits: raw.qubit.iter().copied().collect(),
        kinds: kinds.collect(),
        gates: raw.gate.iter().cloned().collect(),
    })
}

/// The places of the parts that are called so: by id, by the last piece of it, or by the place.
fn layers(name: &str, about: &About) -> Result<Vec<usize>, Failure> {
    let is_called = |id: &str| id == name || id.rsplit('.').next() == Some(name);
    let place = name.parse().ok().filter(|place| *place < about.parts.len());
    let called = about.parts.iter().enumerate().filter(|(_, part)| is_called(&part.part));
    let found: Vec<usize> = called.map(|(place, _)| place).chain(place).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let known: Vec<&str> = about.parts.iter().map(|part| part.part.as_str()).collect();
    let help = if known.is_empty() {
        "the trace does not say which parts there were".to_owned()
    } else {
        format!("there are: {}", known.join(", "))
    };
    Err(Failure::host(format!("--layer {name}: the trace has no such part"), help))
}
