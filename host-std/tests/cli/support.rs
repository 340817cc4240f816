//! Runs the real command in a folder of its own that holds the test programs.

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A folder with a copy of the examples and of the test programs; gone with the value.
pub(crate) struct Folder {
    dir: TempDir,
}

/// What a command gave.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for programs in ["examples", "tests/programs"] {
            let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join(programs);
            for entry in fs::read_dir(programs).unwrap() {
                let path = entry.unwrap().path();
                fs::copy(&path, dir.path().join(path.file_name().unwrap())).unwrap();
            }
        }
        Self { dir }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).unwrap()
    }

    /// The command with these arguments, apart by white space.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pandia"));
        command.current_dir(self.path()).args(arguments.split_whitespace());
        command
    }

    pub(crate) fn run(&self, arguments: &str) -> Ran {
        Self::finish(&mut self.command(arguments))
    }

    pub(crate) fn run_with_input(&self, arguments: &str, input: impl Into<Vec<u8>>) -> Ran {
        Self::finish(self.command(arguments).write_stdin(input))
    }

    fn finish(command: &mut Command) -> Ran {
        let output = command.output().unwrap();
        Ran {
            code: output.status.code().expect("the command was ended by a signal"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command that must succeed and gives its standard output.
    pub(crate) fn good(&self, arguments: &str) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "pandia {arguments}\n{}", ran.stderr);
        ran.stdout
    }

    /// Runs `run ARGUMENTS --format json`, which must succeed.
    pub(crate) fn json(&self, arguments: &str) -> serde_json::Value {
        serde_json::from_str(&self.good(&format!("run {arguments} --format json"))).unwrap()
    }

    pub(crate) fn digest(&self, arguments: &str) -> String {
        self.json(arguments)["digest"].as_str().unwrap().to_owned()
    }

    /// The bit string of each shot that `run ARGUMENTS --format jsonl` gives.
    pub(crate) fn bits_by_shot(&self, arguments: &str) -> Vec<(u64, String)> {
        let text = self.good(&format!("run {arguments} --format jsonl"));
        let parse = |line: &str| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            (line["shot"].as_u64().unwrap(), line["bits"].as_str().unwrap().to_owned())
        };
        text.lines().map(parse).collect()
    }
}
