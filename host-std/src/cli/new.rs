//! `pandia new`.

use std::io::Write;
use std::path::PathBuf;

use pandia_core::part::PartKind;

use super::console::stdout;
use super::error::Failure;
use super::raw::{LanguageName, NewKind, RawNew};
use crate::scaffold::{Language, Project};

pub(super) fn new(raw: &RawNew) -> Result<(), Failure> {
    let kind = match raw.kind {
        NewKind::Simulator => PartKind::Simulator,
        NewKind::ErrorModel => PartKind::ErrorModel,
        NewKind::Tap => PartKind::Tap,
        NewKind::Runtime => PartKind::Runtime,
    };
    let language = match raw.lang {
        LanguageName::C => Language::C,
        LanguageName::Rust => Language::Rust,
    };
    let mut project = Project::new(kind, language, &raw.name)?;
    if let Some(id) = &raw.id {
        project = project.with_id(id)?;
    }
    if let Some(folder) = &raw.pandia {
        project = project.on_source(folder);
    }
    let path = raw.path.clone().unwrap_or_else(|| PathBuf::from(&raw.name));
    let files = project.write(&path)?;
    let mut out = stdout();
    let article = if kind == PartKind::ErrorModel { "an" } else { "a" };
    writeln!(out, "{}: {article} {} with the id {}", path.display(), kind.name(), project.id())?;
    for file in files {
        writeln!(out, "  {}", file.display())?;
    }
    let (build, test) = match language {
        Language::C => ("make", "make test"),
        Language::Rust => ("cargo build --release", "cargo test"),
    };
    let library = project.library();
    writeln!(out, "\nnext:\n  cd {}\n  {test}\n  {build}", path.display())?;
    writeln!(out, "  pandia check {}", library.display())?;
    writeln!(out, "  pandia run PROGRAM {} {}", project.flag(), library.display())?;
    Ok(out.flush()?)
}
