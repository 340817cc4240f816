//! What parts there are, and how a name finds one.

use std::path::Path;

use super::built_in;
use super::error::StackError;
use super::library;
use super::part::{Factory, Part};
use super::spec::PartUse;

/// The kind of part wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Simulator,
    Layer,
    Runtime,
}

impl Role {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Simulator => "simulator",
            Self::Layer => "error model",
            Self::Runtime => "runtime",
        }
    }

    pub(super) const fn fits(self, factory: &Factory) -> bool {
        matches!(
            (self, factory),
            (Self::Simulator, Factory::Simulator(_))
                | (Self::Layer, Factory::Layer(_))
                | (Self::Runtime, Factory::Runtime(_))
        )
    }
}

/// What parts there are.
#[derive(Clone, Debug)]
pub struct Registry {
    parts: Vec<Part>,
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl Registry {
    /// The parts that are linked in.
    #[must_use]
    pub fn new() -> Self {
        Self { parts: built_in::parts() }
    }

    /// Adds a part. One with the id of another does not replace it: the first stays.
    pub fn add(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// All parts in the order in which names are looked up.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The part called `name`, of any kind.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.is_called(name))
    }

    /// Opens the library that `part_use` names, and nothing else: for who wants to know whether that
    /// ends the process.
    pub(crate) fn open(&self, part_use: &PartUse) -> Result<(), StackError> {
        let name = part_use.name.as_str();
        if is_path(name) {
            let file = name.split('#').next().unwrap_or(name);
            return library::open(Path::new(file)).map(drop);
        }
        match crate::dylib::find(name) {
            Ok(path) if self.find(name).is_none() => library::open(&path).map(drop),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// The part that `part_use` names, which must fit `role`.
    pub(super) fn resolve(&self, part_use: &PartUse, role: Role) -> Result<Part, StackError> {
        let name = part_use.name.as_str();
        if is_path(name) {
            let (file, id) = match name.split_once('#') {
                Some((file, id)) => (file, Some(id)),
                None => (name, None),
            };
            return from_library(Path::new(file), id, role, part_use);
        }
        let mut called = self.parts.iter().filter(|part| part.is_called(name));
        let first = called.clone().next();
        if let Some(part) = called.find(|part| role.fits(&part.factory)) {
            return Ok(part.clone());
        }
        if let Some(part) = first {
            return Err(wrong_kind(part, role, part_use));
        }
        // A name that is not linked in may be that of a library in the search path.
        match crate::dylib::find(name) {
            Ok(path) => return from_library(&path, None, role, part_use),
            Err(error) if error.is_ambiguous() => return Err(library::refused(&error)),
            Err(_) => {}
        }
        let known: Vec<String> = self
            .parts
            .iter()
            .filter(|part| role.fits(&part.factory))
            .map(|part| part.spec.short_name().to_owned())
            .collect();
        Err(StackError::UnknownPart {
            name: name.to_owned(),
            role: role.name(),
            near: nearest(name, known.iter().map(String::as_str)).map(str::to_owned),
            known,
            place: part_use.place.clone(),
        })
    }
}

fn wrong_kind(part: &Part, role: Role, part_use: &PartUse) -> StackError {
    StackError::WrongKind {
        part: part.spec.id.to_owned(),
        is: part.spec.kind.name(),
        wanted: role.name(),
        place: part_use.place.clone(),
    }
}

/// Whether a name is a file's rather than a part's.
#[must_use]
pub fn is_path(name: &str) -> bool {
    let file = name.split('#').next().unwrap_or(name);
    let library = Path::new(file).extension().is_some_and(|extension| {
        ["so", "dylib", "dll"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    });
    library || name.contains(['/', '\\'])
}

fn from_library(
    path: &Path,
    id: Option<&str>,
    role: Role,
    part_use: &PartUse,
) -> Result<Part, StackError> {
    let parts = library::open(path)?;
    let of_role = || parts.iter().filter(|part| role.fits(&part.factory));
    let found = match id {
        Some(id) => parts.iter().find(|part| part.is_called(id)),
        None if of_role().count() == 1 => of_role().next(),
        None if parts.len() == 1 => parts.first(),
        None => None,
    };
    if let Some(part) = found {
        let fits = role.fits(&part.factory);
        return if fits { Ok(part.clone()) } else { Err(wrong_kind(part, role, part_use)) };
    }
    let ids: Vec<&str> = parts.iter().map(|part| part.spec.id).collect();
    let problem = match id {
        Some(id) => format!("it has no part called {id:?}"),
        None => format!("it has {} parts that could be meant", of_role().count()),
    };
    let help = format!("choose one as {}#ID; it has: {}", path.display(), ids.join(", "));
    Err(StackError::Library { path: path.to_owned(), problem, help: Some(help) })
}

/// The name most similar to `name`, if one is similar enough to be what was meant.
#[must_use]
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = name.to_lowercase().replace('-', "_");
    let mut best: Option<(f64, &str)> = None;
    for candidate in names {
        let mut likeness = strsim::jaro_winkler(&wanted, candidate);
        if strsim::damerau_levenshtein(&wanted, candidate) <= 1 {
            likeness = likeness.max(0.9);
        }
        if likeness > best.map_or(0.75, |(most, _)| most) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_name_finds_its_neighbour_and_another_word_none() {
        let names = ["state_vector", "stabilizer", "density_matrix", "coinflip"];
        assert_eq!(nearest("statevector", names), Some("state_vector"));
        assert_eq!(nearest("State-Vector", names), Some("state_vector"));
        assert_eq!(nearest("stabiliser", names), Some("stabilizer"));
        assert_eq!(nearest("qqq", names), None);
    }

    #[test]
    fn names_and_files_are_told_apart() {
        for path in ["a/b", "./x", "lib.so", "lib.so#pandia.x", "X.DLL", "dir\\x"] {
            assert!(is_path(path), "{path}");
        }
        for name in ["state_vector", "pandia.state_vector", "solo"] {
            assert!(!is_path(name), "{name}");
        }
    }
}
