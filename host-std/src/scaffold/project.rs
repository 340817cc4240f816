//! A project: what is asked for, and writing it.

use std::fs;
use std::path::{Path, PathBuf};

use pandia_core::part::PartKind;

use super::error::ScaffoldError;
use super::files::{self, File};
use super::{checkout, name};

/// The language of a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// C99.
    C,
    /// Rust.
    Rust,
}

/// A project that can be written.
#[derive(Clone, Debug)]
pub struct Project {
    kind: PartKind,
    language: Language,
    name: String,
    id: String,
    pandia: Option<PathBuf>,
}

impl Project {
    /// The project of a plugin called `name`, with the id `com.example.NAME`.
    ///
    /// # Errors
    /// [`ScaffoldError::Name`] if the name cannot be one of a folder, a file and a crate.
    pub fn new(kind: PartKind, language: Language, name: &str) -> Result<Self, ScaffoldError> {
        name::check_name(name, language)?;
        let id = format!("com.example.{}", plain(name));
        Ok(Self { kind, language, name: name.to_owned(), id, pandia: None })
    }

    /// The same with another id.
    ///
    /// # Errors
    /// [`ScaffoldError::Id`] if it cannot be one.
    pub fn with_id(mut self, id: &str) -> Result<Self, ScaffoldError> {
        name::check_id(id)?;
        id.clone_into(&mut self.id);
        Ok(self)
    }

    /// The same built on the source of Pandia in this folder. Without it: the folder that this
    /// program was built from.
    #[must_use]
    pub fn on_source(mut self, folder: &Path) -> Self {
        self.pandia = Some(folder.to_owned());
        self
    }

    /// What the plugin is for.
    #[must_use]
    pub const fn kind(&self) -> PartKind {
        self.kind
    }

    /// The language.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The name as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name as files and crates have it: in lower case, with `_` for `-`.
    #[must_use]
    pub fn plain_name(&self) -> String {
        plain(&self.name)
    }

    /// The plugin's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The library that is built, seen from the project's folder.
    #[must_use]
    pub fn library(&self) -> PathBuf {
        match self.language {
            Language::C => format!("./{}.so", self.plain_name()).into(),
            Language::Rust => {
                let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
                format!("target/release/{prefix}{}{suffix}", self.plain_name()).into()
            }
        }
    }

    /// Where the command takes such a part: `--noise`.
    #[must_use]
    pub const fn flag(&self) -> &'static str {
        files::flag(self.kind)
    }

    /// Writes the project as the folder `path` and gives its files, in order, seen from there.
    ///
    /// # Errors
    /// If there is something at `path` already, the folder above it is missing, Pandia's source is
    /// not there (for Rust), or the system refuses. Nothing is left behind then.
    pub fn write(&self, path: &Path) -> Result<Vec<PathBuf>, ScaffoldError> {
        let is_empty_folder = || path.read_dir().is_ok_and(|mut entries| entries.next().is_none());
        if path.symlink_metadata().is_ok() && !is_empty_folder() {
            return Err(ScaffoldError::Exists(path.to_owned()));
        }
        let checkout = match self.language {
            Language::C => None,
            Language::Rust => Some(checkout::find(self.pandia.as_deref())?),
        };
        let files = files::of(self, checkout.as_deref())?;
        let parent = match path.parent() {
            Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
            Some(parent) => parent,
            None => return Err(ScaffoldError::Exists(path.to_owned())),
        };
        if !parent.is_dir() {
            return Err(ScaffoldError::NoParent(parent.to_owned()));
        }
        let refused = |error: std::io::Error| ScaffoldError::Write {
            path: path.to_owned(),
            problem: error.to_string(),
        };
        // Beside its place, so that the rename is one step; gone with everything in it if not.
        let room = tempfile::Builder::new().prefix(".pandia-new-").tempdir_in(parent);
        let room = room.map_err(refused)?;
        let staged = room.path().join("project");
        write_all(&staged, &files).map_err(refused)?;
        fs::rename(&staged, path).map_err(|error| match error.kind() {
            // Somebody else was quicker.
            std::io::ErrorKind::DirectoryNotEmpty | std::io::ErrorKind::AlreadyExists => {
                ScaffoldError::Exists(path.to_owned())
            }
            _ => refused(error),
        })?;
        Ok(files.into_iter().map(|file| PathBuf::from(file.path)).collect())
    }
}

fn plain(name: &str) -> String {
    name.replace('-', "_").to_lowercase()
}

fn write_all(folder: &Path, files: &[File]) -> std::io::Result<()> {
    fs::create_dir(folder)?;
    for file in files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, &file.text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name());
        entries.map(|name| name.into_string().unwrap()).collect()
    }

    #[test]
    fn what_is_there_is_never_touched_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::new(PartKind::Tap, Language::C, "Watch-it").unwrap();
        let place = folder.path().join("Watch-it");
        fs::create_dir(&place).unwrap();
        fs::write(place.join("mine"), "kept").unwrap();
        assert_eq!(project.write(&place), Err(ScaffoldError::Exists(place.clone())));
        assert_eq!(names(&place), ["mine"]);
        let file = place.join("mine");
        assert_eq!(project.write(&file), Err(ScaffoldError::Exists(file.clone())));
        let deep = folder.path().join("no/such");
        assert!(matches!(project.write(&deep), Err(ScaffoldError::NoParent(_))));
        fs::remove_file(&file).unwrap();
        let files = project.write(&place).unwrap();
        assert!(files.contains(&PathBuf::from("watch_it.c")), "{files:?}");
        assert!(files.iter().all(|file| place.join(file).is_file()));
        assert_eq!(names(folder.path()), ["Watch-it"]);
    }

    #[test]
    fn a_project_in_rust_without_the_source_is_refused_with_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project::new(PartKind::Tap, Language::Rust, "watch").unwrap();
        let project = project.on_source(folder.path());
        let error = project.write(&folder.path().join("watch")).unwrap_err();
        assert!(error.to_string().contains("is not the folder of Pandia's source"), "{error}");
        assert!(error.help().contains("--lang c"));
        assert_eq!(names(folder.path()), [""; 0]);
    }
}
