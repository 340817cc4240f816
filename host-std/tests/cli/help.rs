//! The examples that help shows work, and every command has some.

use crate::support::Folder;

/// The lines below "Examples:" that run the command.
fn examples(help: &str) -> Vec<String> {
    let (_, below) = help.split_once("Examples:\n").unwrap_or(("", ""));
    let examples = below.lines().map_while(|line| line.strip_prefix("  pandia "));
    examples.map(str::to_owned).collect()
}

#[test]
fn the_examples_in_help_work() {
    for command in ["", "run", "compile", "new", "plugins", "gates", "pack", "inspect", "report"] {
        let folder = Folder::new();
        if command == "report" {
            folder.good("run bell.qasm --trace bell.ptrace --trace-time");
        }
        let help = folder.good(&format!("{command} --help"));
        let examples = examples(&help);
        assert!(examples.len() >= 2, "{command} has few examples:\n{help}");
        for example in examples {
            let ran = folder.run(&example);
            assert_eq!(ran.code, 0, "pandia {example}\n{}", ran.stderr);
            assert!(!ran.stdout.is_empty(), "pandia {example}");
        }
    }
}

#[test]
fn the_version_is_the_package_s() {
    let version = Folder::new().good("--version");
    assert_eq!(version, format!("pandia {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn lists_are_complete_in_text_and_json() {
    let folder = Folder::new();
    let text = folder.good("plugins");
    let parts: serde_json::Value =
        serde_json::from_str(&folder.good("plugins --format json")).unwrap();
    let kinds = ["simulator", "error model", "tap", "runtime"];
    for part in parts.as_array().unwrap() {
        assert!(kinds.contains(&part["kind"].as_str().unwrap()), "{part}");
        let name = part["name"].as_str().unwrap();
        assert!(text.contains(&format!("  {name} ")), "{name} is missing in\n{text}");
        let detail = folder.good(&format!("plugins {name}"));
        for parameter in part["parameters"].as_array().unwrap() {
            for key in ["name", "type", "unit", "default", "help"] {
                assert!(parameter.get(key).is_some(), "{parameter}");
            }
            let parameter = parameter["name"].as_str().unwrap();
            assert!(detail.contains(&format!("  {parameter}\n")), "{parameter} in\n{detail}");
        }
    }
    let text = folder.good("gates");
    let gates: serde_json::Value =
        serde_json::from_str(&folder.good("gates --format json")).unwrap();
    assert!(gates.as_array().unwrap().len() > 30);
    for gate in gates.as_array().unwrap() {
        let name = gate["name"].as_str().unwrap();
        let row = |line: &str| line.split([' ', '(']).next() == Some(name);
        assert!(text.lines().any(row), "{name} is missing in\n{text}");
        for alias in gate["aliases"].as_array().unwrap() {
            let shown = folder.good(&format!("gates {}", alias.as_str().unwrap()));
            assert!(shown.starts_with(&format!("{name}  ")), "{alias}: {shown}");
        }
    }
}
