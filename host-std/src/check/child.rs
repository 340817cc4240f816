//! One check, made in this process: what the process that is started for it does.
//!
//! The request is one argument, JSON. The answer is lines of JSON on standard output: `step` for
//! what comes next, and at the end `done` with the result.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pandia_core::part::{PartKind, PartSpec};
use serde::{Deserialize, Serialize};

use super::bench::Bench;
use super::checks::{CHECKS, LOADS};
use super::finding::{CheckResult, Stop, Verdict};
use super::options::Held;
use crate::dylib::Library;
use crate::stack::{OwnedSetting, OwnedValue};

/// Which check of which plugin.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChildRequest {
    pub(super) file: PathBuf,
    /// Empty for the check of the file as a whole.
    pub(super) plugin: String,
    pub(super) check: String,
    pub(super) settings: Vec<(String, String)>,
    pub(super) held: Held,
}

/// What a plugin says of itself, for who has not opened its library.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Described {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) version: String,
    /// Names of all parameters.
    pub(super) params: Vec<String>,
    /// Those without a default, each with its help.
    pub(super) required: Vec<(String, String)>,
}

impl Described {
    /// What the part is for.
    pub(super) fn kind(&self) -> Option<PartKind> {
        let kinds = [PartKind::Simulator, PartKind::ErrorModel, PartKind::Tap, PartKind::Runtime];
        kinds.into_iter().find(|kind| kind.name() == self.kind)
    }
}

/// The last line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) result: CheckResult,
    #[serde(default)]
    pub(super) interface: Option<String>,
    #[serde(default)]
    pub(super) plugins: Vec<Described>,
}

/// A line that the process writes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    Step(String),
    Done(Box<Answer>),
}

/// Makes the check that the one argument asks for. Ends the process: the library stays open, so
/// that tools which look at the process until its end still know whose code is whose.
#[must_use]
pub fn child_main(request: &str) -> ExitCode {
    let Ok(request) = serde_json::from_str::<ChildRequest>(request) else {
        return ExitCode::from(2);
    };
    let (answer, bench) = answer(&request, true);
    let mut out = std::io::stdout().lock();
    let line = serde_json::to_string(&Line::Done(Box::new(answer))).unwrap_or_default();
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    // Kept for as long as the process lives; see above.
    let _ = bench.map(Box::new).map(Box::leak::<'static>);
    ExitCode::from(u8::from(written.is_err()))
}

/// Makes the check; gives the bench back, which keeps the library open.
pub(super) fn answer(request: &ChildRequest, tells: bool) -> (Answer, Option<Bench>) {
    let library = match Library::open(&request.file) {
        Ok(library) => library,
        Err(error) => {
            let why = match error.help() {
                Some(help) => format!("{}; {help}", error.problem()),
                None => error.problem().to_owned(),
            };
            let result = CheckResult::failed(&request.check, why);
            return (Answer { result, interface: None, plugins: Vec::new() }, None);
        }
    };
    let (major, minor) = library.interface();
    let interface = Some(format!("{major}.{minor}"));
    if request.check == LOADS {
        return (loads(request, &library, interface), None);
    }
    let found = library.part(&request.plugin).cloned();
    let check = CHECKS.iter().find(|check| check.name == request.check);
    let (Ok(part), Some(check)) = (found, check) else {
        let result = CheckResult::failed(&request.check, "the request makes no sense".to_owned());
        return (Answer { result, interface, plugins: Vec::new() }, None);
    };
    let settings = typed(&request.settings, part.spec());
    let (findings, notes) = (Vec::new(), Vec::new());
    let mut bench = Bench { part, settings, held: request.held, findings, notes, tells };
    let done = (check.run)(&mut bench);
    let mut result = CheckResult::new(check.name, Verdict::Passed);
    match done {
        Ok(()) => {}
        Err(Stop::Failed(text)) => bench.find(text),
        Err(Stop::Skipped(why)) => {
            result = CheckResult::new(check.name, Verdict::Skipped).because(why);
        }
    }
    if !bench.findings.is_empty() {
        result.verdict = Verdict::Failed;
    }
    result.findings = core::mem::take(&mut bench.findings);
    result.notes = core::mem::take(&mut bench.notes);
    (Answer { result, interface, plugins: Vec::new() }, Some(bench))
}

fn loads(request: &ChildRequest, library: &Library, interface: Option<String>) -> Answer {
    let mut result = CheckResult::new(LOADS, Verdict::Passed);
    if let Err(error) = Library::open(Path::new(&request.file)) {
        result = CheckResult::failed(LOADS, format!("opens once, but not again: {error}"));
    }
    for id in library.unknown() {
        result
            .notes
            .push(format!("{id} is of a kind that this version does not know: not checked"));
    }
    let plugins = library.parts().iter().map(|part| describe(part.spec())).collect();
    Answer { result, interface, plugins }
}

fn describe(spec: &PartSpec) -> Described {
    let required = spec.params.iter().filter(|param| param.default.is_none() && !param.is_family());
    Described {
        id: spec.id.to_owned(),
        kind: spec.kind.name().to_owned(),
        version: spec.version.to_owned(),
        params: spec.params.iter().map(|param| param.name.to_owned()).collect(),
        required: required.map(|p| (p.name.to_owned(), p.help.to_owned())).collect(),
    }
}

/// The settings as the part's parameters want them.
fn typed(settings: &[(String, String)], spec: &PartSpec) -> Vec<OwnedSetting> {
    let taken = settings.iter().filter_map(|(key, word)| Some((key, word, spec.param(key)?)));
    taken
        .map(|(key, word, param)| OwnedSetting::new(key, OwnedValue::from_word(word, param)))
        .collect()
}
