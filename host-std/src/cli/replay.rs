//! The command that runs one shot of a run again.

use super::raw::{BoardParts, RawRun};
use crate::output::Replay;

/// The command of this run, but for which shots to run and how to show them.
pub(super) fn command(raw: &RawRun) -> Replay {
    let mut words = vec!["pandia".to_owned(), "run".to_owned(), quoted(&raw.program)];
    let mut option = |name: &str, value: &str| {
        words.extend([format!("--{name}"), quoted(value)]);
    };
    if let Some(file) = &raw.stack {
        option("stack", &file.to_string_lossy());
    }
    if let Some(file) = &raw.device {
        option("device", &file.to_string_lossy());
    }
    for (name, part) in [("simulator", &raw.simulator), ("runtime", &raw.runtime)] {
        if let Some(part) = part {
            option(name, part);
        }
    }
    for part in &raw.noise {
        option("noise", part);
    }
    if let Some(board) = &raw.board {
        option("board", board);
    }
    match raw.board_parts {
        BoardParts::All => {}
        BoardParts::Simulator => option("board-parts", "simulator"),
        BoardParts::Noise => option("board-parts", "noise"),
    }
    if let Some(count) = raw.board_noise {
        option("board-noise", &count.to_string());
    }
    option("seed", &raw.seed.to_string());
    if raw.isolate {
        words.push("--isolate".to_owned());
    }
    if let Some(seconds) = raw.shot_timeout {
        words.extend(["--shot-timeout".to_owned(), seconds.to_string()]);
    }
    if let Some(mib) = raw.worker_memory {
        words.extend(["--worker-memory".to_owned(), mib.to_string()]);
    }
    Replay::new(words.join(" "))
}

/// The word as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:=,+@%#".contains(c);
    if !word.is_empty() && word.chars().all(plain) && !word.starts_with('#') {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::raw::{Command, RawArgs};
    use clap::Parser as _;

    #[test]
    fn the_command_says_the_stack_and_the_seed_and_can_be_pasted() {
        let words = ["pandia", "run", "a b.qasm", "--shots", "9", "--noise", "ideal", "--noise"];
        let more = ["it's:p=\"1,2\"", "--simulator", "./x.so#y:at=5", "--isolate", "-s", "7"];
        let raw = RawArgs::try_parse_from(words.into_iter().chain(more)).unwrap();
        let Command::Run(raw) = raw.command else { panic!("{raw:?}") };
        assert_eq!(
            command(&raw).of(3),
            "pandia run 'a b.qasm' --simulator ./x.so#y:at=5 --noise ideal \
             --noise 'it'\\''s:p=\"1,2\"' --seed 7 --isolate --shot 3"
        );
    }

    #[test]
    fn the_command_says_which_board_and_what_is_on_it() {
        let words = ["pandia", "run", "a.qasm", "--board", "qemu:cortex-m4", "--board-noise", "1"];
        let words = words.into_iter().chain(["--board-parts", "noise"]);
        let raw = RawArgs::try_parse_from(words).unwrap();
        let Command::Run(raw) = raw.command else { panic!("{raw:?}") };
        let command = command(&raw).of(3);
        assert_eq!(
            command,
            "pandia run a.qasm --board qemu:cortex-m4 --board-parts noise --board-noise 1 --seed 0 \
             --shot 3"
        );
    }
}
