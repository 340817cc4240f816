//! The files of a project: an example with another id, and templates with their places filled in.

use std::fs;
use std::path::Path;

use pandia_core::part::PartKind;

use super::error::ScaffoldError;
use super::project::{Language, Project};

/// A file of a project, by its path in it.
pub(super) struct File {
    pub(super) path: String,
    pub(super) text: String,
}

/// What the projects of a kind are made of.
struct Kind {
    /// What the example does.
    about: &'static str,
    /// Where the command takes such a part.
    flag: &'static str,
    in_c: Source,
    in_rust: Source,
}

/// An example and the test that goes with it.
struct Source {
    id: &'static str,
    example: &'static str,
    test: &'static str,
}

/// The file of an example in C, or of one in Rust.
macro_rules! example {
    ($file:literal) => {
        include_str!(concat!("../../../host-ffi/examples/", $file))
    };
}

/// The file of a template.
macro_rules! template {
    ($file:literal) => {
        include_str!(concat!("templates/", $file))
    };
}

const SIMULATOR: Kind = Kind {
    about: "a state vector of up to 12 qubits",
    flag: "--simulator",
    in_c: Source {
        id: "example.c.simulator",
        example: example!("c/simulator.c"),
        test: template!("c/simulator_test.c"),
    },
    in_rust: Source {
        id: "example.rust.simulator",
        example: example!("simulator.rs"),
        test: template!("rust/simulator_test.rs"),
    },
};

const ERROR_MODEL: Kind = Kind {
    about: "after each gate, each of its qubits is flipped with probability p",
    flag: "--noise",
    in_c: Source {
        id: "example.c.bit_flip",
        example: example!("c/error_model.c"),
        test: template!("c/error_model_test.c"),
    },
    in_rust: Source {
        id: "example.rust.bit_flip",
        example: example!("bit_flip.rs"),
        test: template!("rust/error_model_test.rs"),
    },
};

const TAP: Kind = Kind {
    about: "counts operations, outcomes and ones on their way, and changes nothing",
    flag: "--noise",
    in_c: Source {
        id: "example.c.tap",
        example: example!("c/tap.c"),
        test: template!("c/tap_test.c"),
    },
    in_rust: Source {
        id: "example.rust.tap",
        example: example!("tap.rs"),
        test: template!("rust/tap_test.rs"),
    },
};

const RUNTIME: Kind = Kind {
    about: "hands every batch to the stack as it comes, and keeps the results",
    flag: "--runtime",
    in_c: Source {
        id: "example.c.runtime",
        example: example!("c/runtime.c"),
        test: template!("c/runtime_test.c"),
    },
    in_rust: Source {
        id: "example.rust.runtime",
        example: example!("runtime.rs"),
        test: template!("rust/runtime_test.rs"),
    },
};

const fn kind(kind: PartKind) -> &'static Kind {
    match kind {
        PartKind::Simulator => &SIMULATOR,
        PartKind::ErrorModel => &ERROR_MODEL,
        PartKind::Tap => &TAP,
        PartKind::Runtime => &RUNTIME,
    }
}

/// Where the command takes such a part: `--noise`.
pub(super) const fn flag(part: PartKind) -> &'static str {
    kind(part).flag
}

/// The files of the project. `checkout` is Pandia's source, for a project in Rust.
pub(super) fn of(project: &Project, checkout: Option<&Path>) -> Result<Vec<File>, ScaffoldError> {
    let plain = project.plain_name();
    let file = |path: &str, text: String| File { path: path.to_owned(), text };
    let fill = |template: &str| filled(template, project, checkout);
    let kind = kind(project.kind());
    let Some(checkout_folder) = checkout else {
        return Ok(vec![
            file(".gitignore", fill(template!("c/gitignore"))?),
            file("Makefile", fill(template!("c/Makefile"))?),
            file("README.md", fill(template!("c/README.md"))?),
            file("include/pandia/pandia.h", PANDIA_H.to_owned()),
            file("include/pandia/random.h", RANDOM_H.to_owned()),
            file(&format!("{plain}.c"), plugin(project, &kind.in_c)),
            file("test/support.h", template!("c/support.h").to_owned()),
            file("test/test.c", fill(kind.in_c.test)?),
        ]);
    };
    let mut files = vec![
        file(".gitignore", template!("rust/gitignore").to_owned()),
        file("Cargo.toml", fill(template!("rust/Cargo.toml"))?),
        file("README.md", fill(template!("rust/README.md"))?),
        file("rustfmt.toml", include_str!("../../../rustfmt.toml").to_owned()),
        file("src/lib.rs", plugin(project, &kind.in_rust)),
        file("tests/plugin.rs", fill(kind.in_rust.test)?),
        file("tests/support/mod.rs", fill(template!("rust/support.rs"))?),
    ];
    // The versions of dependencies that Pandia was tested with: with others, bits may differ.
    if let Ok(lock) = fs::read_to_string(checkout_folder.join("Cargo.lock")) {
        files.insert(1, file("Cargo.lock", lock));
    }
    Ok(files)
}

const PANDIA_H: &str = include_str!("../../../host-ffi/include/pandia/pandia.h");
const RANDOM_H: &str = include_str!("../../../host-ffi/include/pandia/random.h");

/// The example as the project's own: another id, another text on top.
fn plugin(project: &Project, source: &Source) -> String {
    let (name, about) = (project.name(), kind(project.kind()).about);
    let (language, top, rest) = match project.language() {
        Language::C => {
            let rest = source.example.split_once("*/\n").map_or(source.example, |(_, rest)| rest);
            ("C", format!("/* {name}: {about}. */\n"), rest)
        }
        Language::Rust => {
            let is_top = |line: &&str| line.starts_with("//!");
            let lines = source.example.split_inclusive('\n');
            let top_bytes = lines.take_while(is_top).map(str::len).sum();
            let rest = source.example.get(top_bytes..).unwrap_or("");
            ("Rust", format!("//! {name}: {about}.\n"), rest)
        }
    };
    let rest = rest.replace(source.id, project.id());
    top + &rest
        .replace(&format!("; in one file of {language}."), ".")
        .replace(&format!(", in one file of {language}."), ".")
}

/// The template with its places filled in.
fn filled(
    template: &str,
    project: &Project,
    checkout: Option<&Path>,
) -> Result<String, ScaffoldError> {
    let kind = kind(project.kind());
    let mut text = template
        .replace("{{name}}", project.name())
        .replace("{{plain}}", &project.plain_name())
        .replace("{{id}}", project.id())
        .replace("{{kind}}", project.kind().name())
        .replace("{{about}}", kind.about)
        .replace("{{flag}}", kind.flag);
    if let Some(checkout) = checkout {
        for (place, folder) in [("{{core}}", "core"), ("{{ffi}}", "host-ffi")] {
            let folder = checkout.join(folder);
            let Some(path) = folder.to_str() else {
                let is_named = true;
                return Err(ScaffoldError::NoCheckout { path: checkout.to_owned(), is_named });
            };
            // A string of JSON is one of TOML.
            text = text.replace(place, &serde_json::Value::from(path).to_string());
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_examples_and_no_open_place_is_left_in_any_project() {
        let kinds = [PartKind::Simulator, PartKind::ErrorModel, PartKind::Tap, PartKind::Runtime];
        for (part, language) in
            kinds.into_iter().flat_map(|kind| [(kind, Language::C), (kind, Language::Rust)])
        {
            let project = Project::new(part, language, "My-part").unwrap();
            let project = project.with_id("org.acme.my-part").unwrap();
            let checkout = (language == Language::Rust).then_some(Path::new("/a \"b\""));
            let files = of(&project, checkout).unwrap();
            for File { path, text } in &files {
                // Two braces alone are C: an open place is two braces and a word.
                let mut after_braces = text.split("{{").skip(1);
                let is_open = after_braces.any(|rest| rest.starts_with(|c: char| c.is_lowercase()));
                assert!(!is_open, "{path} of {part:?} in {language:?} has an open place:\n{text}");
                for left in ["example.c.", "example.rust.", "one file of"] {
                    let is_left = text.contains(left) && !path.ends_with("pandia.h");
                    assert!(!is_left, "{path} of {part:?} in {language:?} has {left}:\n{text}");
                }
            }
            let main = match language {
                Language::C => "my_part.c",
                Language::Rust => "src/lib.rs",
            };
            let main = files.iter().find(|file| file.path == main).unwrap();
            assert!(main.text.contains("\"org.acme.my-part\""), "{}", main.text);
            assert!(!main.text.contains("\n\n\n"), "{}", main.text);
        }
    }
}
