//! Where libraries are looked for by name.

use super::error::DylibError;
use std::env;
use std::path::{Path, PathBuf};

/// The environment variable with folders of libraries, separated as in `PATH`.
pub const SEARCH_VARIABLE: &str = "PANDIA_PLUGIN_PATH";

/// The folders in which libraries are looked for, in order: those of [`SEARCH_VARIABLE`], the folder
/// of the running program, and, if that is one of cargo's, `debug` and `release` beside it.
#[must_use]
pub fn search_path() -> Vec<PathBuf> {
    let own = env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned));
    folders(env::var_os(SEARCH_VARIABLE).as_deref(), own.as_deref())
}

fn folders(variable: Option<&std::ffi::OsStr>, own: Option<&Path>) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    if let Some(variable) = variable {
        folders.extend(env::split_paths(variable).filter(|folder| !folder.as_os_str().is_empty()));
    }
    if let Some(own) = own {
        folders.push(own.to_owned());
        // Tests and examples lie one folder deeper.
        let named = |folder: &Path, name: &str| folder.file_name().is_some_and(|last| last == name);
        let deeper = named(own, "deps") || named(own, "examples");
        let built = if deeper { own.parent() } else { Some(own) };
        let target = built
            .filter(|folder| named(folder, "debug") || named(folder, "release"))
            .and_then(Path::parent);
        if let (Some(built), Some(target)) = (built, target) {
            folders.extend([built.to_owned(), target.join("release"), target.join("debug")]);
        }
    }
    let mut seen = Vec::new();
    for folder in folders {
        if !seen.contains(&folder) {
            seen.push(folder);
        }
    }
    seen
}

/// The file names that a part's name may stand for.
fn file_names(name: &str) -> Vec<String> {
    let (prefix, suffix) = (env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
    let plain = name.strip_prefix("pandia.").unwrap_or(name).replace(['.', '-'], "_");
    vec![
        format!("{prefix}pandia_{plain}{suffix}"),
        format!("{prefix}{plain}{suffix}"),
        format!("{plain}{suffix}"),
    ]
}

/// The folders of [`SEARCH_VARIABLE`], but for those of the running program, where its own parts lie
/// as libraries, too.
pub(crate) fn chosen_folders() -> Vec<PathBuf> {
    let own = env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned));
    let own = folders(None, own.as_deref());
    let mut chosen = folders(env::var_os(SEARCH_VARIABLE).as_deref(), None);
    chosen.retain(|folder| !own.contains(folder));
    chosen
}

/// The libraries in these folders that are called `name`.
pub(crate) fn files_called(name: &str, folders: &[PathBuf]) -> Vec<PathBuf> {
    let names = file_names(name);
    let all = folders.iter().flat_map(|folder| names.iter().map(|file| folder.join(file)));
    all.filter(|file| file.is_file()).collect()
}

/// The library called `name`, such as `depolarizing` for `libpandia_depolarizing.so`.
///
/// # Errors
/// If there is none, with the folders that were searched, or if two different files in the folders
/// of [`SEARCH_VARIABLE`] are called so. The program's own folders come after those.
pub fn find(name: &str) -> Result<PathBuf, DylibError> {
    let variable = env::var_os(SEARCH_VARIABLE);
    let named = folders(variable.as_deref(), None);
    find_in(name, &named, &search_path())
}

/// Looks in all of `named` and then for the first in `folders`.
fn find_in(name: &str, named: &[PathBuf], folders: &[PathBuf]) -> Result<PathBuf, DylibError> {
    let found = files_called(name, named);
    if let Some(first) = found.first() {
        return match found.iter().find(|other| !is_same_file(first, other)) {
            None => Ok(first.clone()),
            Some(other) => Err(DylibError::new(
                Path::new(name),
                format!("{} and {} are both called so", first.display(), other.display()),
            )
            .with_help("give the path of the one that is meant")
            .ambiguous()),
        };
    }
    files_called(name, folders).into_iter().next().ok_or_else(|| {
        let searched: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
        DylibError::new(
            Path::new(name),
            format!("there is no library {} in {}", file_names(name)[0], searched.join(", ")),
        )
        .with_help(format!("give its path, or name its folder in {SEARCH_VARIABLE}"))
    })
}

/// Whether two files are one, or copies of each other.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().ok();
    if one == other || (whole(one).is_some() && whole(one) == whole(other)) {
        return true;
    }
    let bytes = |path: &Path| std::fs::metadata(path).map(|metadata| metadata.len()).ok();
    bytes(one).is_some()
        && bytes(one) == bytes(other)
        && matches!((std::fs::read(one), std::fs::read(other)), (Ok(a), Ok(b)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_comes_first_and_a_test_finds_what_cargo_built() {
        let own = Path::new("/p/target/debug/deps");
        let found = folders(Some("/a::/b".as_ref()), Some(own));
        let expected = ["/a", "/b", "/p/target/debug/deps", "/p/target/debug", "/p/target/release"];
        assert_eq!(found, expected.map(PathBuf::from));
        let installed = Path::new("/usr/bin");
        assert_eq!(folders(None, Some(installed)), [installed]);
    }

    #[test]
    fn a_name_that_nothing_has_is_refused_with_the_folders() {
        let error = find_in("no_such", &[], &["/nowhere".into()]).unwrap_err().to_string();
        assert!(error.contains("/nowhere") && error.contains(SEARCH_VARIABLE), "{error}");
    }

    #[test]
    fn two_different_files_of_one_name_are_refused_and_copies_are_one() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let named = folders.each_ref().map(|folder| folder.path().to_owned());
        let files = named.each_ref().map(|folder| folder.join(&file_names("drift")[1]));
        std::fs::write(&files[0], "one").unwrap();
        std::fs::write(&files[1], "one").unwrap();
        assert_eq!(find_in("drift", &named, &[]).unwrap(), files[0]);
        std::fs::write(&files[1], "two").unwrap();
        let error = find_in("drift", &named, &[]).unwrap_err().to_string();
        for file in &files {
            assert!(error.contains(&file.display().to_string()), "{error}");
        }
        assert!(error.contains("give the path"), "{error}");
    }
}
