//! Included files: our own and those beside the including file.
//! Not here: parsing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::parse::{self, Language};
use super::super::source::{SOURCE_BYTES_MAX, Source, Span};
use super::{Sem, Sema};

/// Files may include each other so deep.
const DEPTH_MAX: usize = 32;

/// Our own include files.
const LIBRARIES: [(&str, &str); 3] = [
    ("qelib1.inc", include_str!("../include/qelib1.inc")),
    ("stdgates.inc", include_str!("../include/stdgates.inc")),
    ("pandia.inc", include_str!("../include/pandia.inc")),
];

/// The include file of ours that defines a gate.
pub(super) fn library_of(gate: &str, language: Language) -> Option<&'static str> {
    let defines = |text: &str| {
        text.lines().any(|line| {
            let rest = line.strip_prefix("gate ").or_else(|| line.strip_prefix("opaque "));
            rest.and_then(|rest| rest.strip_prefix(gate))
                .is_some_and(|rest| rest.starts_with(['(', ' ']))
        })
    };
    let files: &[&'static str] = match language {
        Language::Qasm2 => &["qelib1.inc", "pandia.inc"],
        Language::Qasm3 => &["stdgates.inc", "pandia.inc", "qelib1.inc"],
    };
    let has = |wanted: &str| LIBRARIES.iter().any(|(name, text)| *name == wanted && defines(text));
    files.iter().copied().find(|file| has(file))
}

impl Sema<'_> {
    pub(super) fn include(&mut self, path: &str, span: Span) -> Sem<()> {
        if !self.scopes.is_global() {
            let help = "include files at the top of the program";
            return Err(self.error(span, "`include` cannot stand in a block", help));
        }
        if path.is_empty() {
            return Err(self.error(span, "the name of the included file is empty", "name a file"));
        }
        if let Some((name, text)) = LIBRARIES.iter().find(|(name, _)| *name == path) {
            if self.libraries.iter().any(|other| **other == **name) {
                return Ok(());
            }
            if *name == "stdgates.inc" && self.language == Language::Qasm2 {
                let help = "include \"qelib1.inc\"; or begin the file with OPENQASM 3.0;";
                return Err(self.error(span, "stdgates.inc is for OpenQASM 3", help));
            }
            self.libraries.push(Arc::from(*name));
            let source = Source {
                name: Arc::from(*name),
                text: Arc::from(*text),
                path: None,
                built_in: true,
            };
            return self.include_source(source, span);
        }
        let source = self.read(path, span)?;
        self.include_source(source, span)
    }

    fn read(&mut self, path: &str, span: Span) -> Sem<Source> {
        let including = self.sources.get(span.file).path.clone();
        let Some(including) = including else {
            let message =
                format!("\"{path}\" cannot be included: this text was not read from a file");
            let help = "only qelib1.inc, stdgates.inc and pandia.inc are built in; save the program to a file";
            return Err(self.error(span, message, help));
        };
        let beside: PathBuf = including.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        let full = beside.join(path);
        let text = read_text(&full).map_err(|reason| {
            let help = "files are looked up beside the including file; qelib1.inc, stdgates.inc and \
                        pandia.inc are built in";
            self.error(span, format!("\"{path}\" cannot be included: {reason}"), help)
        })?;
        let name = Arc::from(full.to_string_lossy());
        Ok(Source { name, text: Arc::from(text), path: Some(full), built_in: false })
    }

    fn include_source(&mut self, source: Source, span: Span) -> Sem<()> {
        let same = |sema: &Self, id| {
            let open: &Source = sema.sources.get(id);
            match (&open.path, &source.path) {
                (Some(a), Some(b)) => a.canonicalize().ok() == b.canonicalize().ok(),
                _ => false,
            }
        };
        if self.including.iter().any(|&id| same(self, id)) {
            let message = format!("\"{}\" includes itself", source.name);
            return Err(self.error(
                span,
                message,
                "break the circle: move what both need to a third file",
            ));
        }
        if self.including.len() >= DEPTH_MAX {
            let message = format!("files include each other more than {DEPTH_MAX} levels deep");
            return Err(self.error(span, message, "include the inner files directly"));
        }
        let text = Arc::clone(&source.text);
        // Our own files are OpenQASM 3 whatever includes them.
        let language = if source.built_in { Language::Qasm3 } else { self.language };
        let file = self.sources.add(source);
        let parsed = parse::parse(file, &text, Some(language));
        let outer = std::mem::replace(&mut self.language, parsed.language);
        self.including.push(file);
        self.complain(parsed.errors);
        self.global(&parsed.stmts);
        self.including.pop();
        self.language = outer;
        Ok(())
    }
}

/// A file's text, or why there is none.
pub(crate) fn read_text(path: &Path) -> Result<String, String> {
    let meta = std::fs::metadata(path).map_err(|error| io_reason(&error))?;
    if meta.is_dir() {
        return Err("it is a directory".to_owned());
    }
    if meta.len() > SOURCE_BYTES_MAX as u64 {
        return Err(format!("it is larger than {} MiB", SOURCE_BYTES_MAX >> 20));
    }
    let bytes = std::fs::read(path).map_err(|error| io_reason(&error))?;
    if bytes.len() > SOURCE_BYTES_MAX {
        return Err(format!("it is larger than {} MiB", SOURCE_BYTES_MAX >> 20));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("it is no text: byte {at} is not UTF-8")
    })
}

fn io_reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "reading it is not permitted".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::ast::StmtKind;
    use super::super::super::gates::{native, native_param_count};
    use super::super::super::source::FileId;
    use super::*;
    use pandia_core::op::gates::by_slot;

    #[test]
    fn every_opaque_gate_of_our_files_is_a_built_in_one_of_that_size() {
        let mut seen = 0;
        for (name, text) in LIBRARIES {
            let parsed = parse::parse(FileId(0), text, Some(Language::Qasm3));
            assert!(parsed.errors.is_empty(), "{name}: {:?}", parsed.errors);
            for stmt in parsed.stmts {
                let StmtKind::Gate(def) = stmt.kind else {
                    panic!("{name} holds something else than gates");
                };
                if def.body.is_some() {
                    continue;
                }
                let slot = native(&def.name.text).unwrap_or_else(|| panic!("{}", def.name.text));
                let gate = by_slot(slot).unwrap();
                assert_eq!(usize::from(gate.qubit_count), def.qubits.len(), "{}", def.name.text);
                assert_eq!(gate.params.len(), native_param_count(slot), "{}", def.name.text);
                assert!(def.params.len() >= gate.params.len(), "{}", def.name.text);
                seen += 1;
            }
        }
        assert!(seen > 60);
    }
}
