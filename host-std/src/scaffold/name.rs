//! What a project and its plugin may be called.

use super::error::ScaffoldError;
use super::project::Language;

/// Longest name, so that ids and file names fit everywhere.
const NAME_BYTES_MAX: usize = 40;
/// Longest id: what an error has room for.
const ID_BYTES_MAX: usize = 64;

/// Names that a crate cannot have: words of the language, and crates that the project uses.
const TAKEN: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "pandia_core",
    "pandia_ffi",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// Checks the name of a project.
pub(super) fn check_name(name: &str, language: Language) -> Result<(), ScaffoldError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let plain = name.replace('-', "_").to_lowercase();
    let problem = if name.is_empty() {
        "it is empty"
    } else if name.len() > NAME_BYTES_MAX {
        "it has more than 40 letters"
    } else if !name.chars().all(allowed) {
        "it has other signs than letters, digits, - and _"
    } else if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        "it does not begin with a letter"
    } else if language == Language::Rust && TAKEN.contains(&plain.as_str()) {
        "a crate cannot be called so"
    } else {
        return Ok(());
    };
    Err(ScaffoldError::Name { name: name.to_owned(), problem })
}

/// Checks the id of a plugin.
pub(super) fn check_id(id: &str) -> Result<(), ScaffoldError> {
    let is_word = |word: &str| {
        !word.is_empty()
            && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    let problem = if id.len() > ID_BYTES_MAX {
        "it has more than 64 letters"
    } else if !id.split('.').all(is_word) {
        "it is not made of words of letters, digits, - and _, with dots between them"
    } else if !id.contains('.') {
        "it does not say whose it is"
    } else if id.starts_with("pandia.") {
        "ids that begin with pandia. are those of the built-in parts"
    } else {
        return Ok(());
    };
    Err(ScaffoldError::Id { id: id.to_owned(), problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_digits_and_two_signs() {
        for name in ["drift", "Drift-2", "a", "my_noise"] {
            assert_eq!(check_name(name, Language::Rust), Ok(()), "{name}");
        }
        let long = "a".repeat(41);
        for name in ["", "2nd", "-x", "a b", "a/b", "..", "é", "a.b", "a\n", &long] {
            assert!(check_name(name, Language::C).is_err(), "{name}");
        }
        assert!(check_name("struct", Language::Rust).is_err());
        assert!(check_name("pandia-core", Language::Rust).is_err());
        assert_eq!(check_name("pandia-core", Language::C), Ok(()));
    }

    #[test]
    fn ids_say_whose_they_are_and_are_not_ours() {
        assert_eq!(check_id("com.example.drift-2"), Ok(()));
        let long = format!("a.{}", "b".repeat(63));
        for id in ["", "drift", "a..b", ".a", "a.", "a.b\"", "pandia.drift", "a.b c", &long] {
            assert!(check_id(id).is_err(), "{id}");
        }
    }
}
