//! Ctrl-C reaches a part that waits for nothing else: it is asked to return early, and does.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::faults::{AT, c, folder};
use crate::support::Folder;

/// Longer than any machine needs; a run that is not cancelled waits for ever.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn signal(name: &str, child: &Child) {
    let number = child.id().to_string();
    assert!(Command::new("kill").args([name, &number]).status().unwrap().success());
}

/// Waits for the end; one that does not come is a failure, and leaves no process behind.
pub(crate) fn await_end(run: &mut Child, what: &str) -> Option<i32> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        if let Some(status) = run.try_wait().unwrap() {
            return status.code();
        }
        thread::sleep(Duration::from_millis(5));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    panic!("{what}: Ctrl-C did not reach the part");
}

/// `pandia` with these arguments, once it has said this line, and what else it says.
pub(crate) fn started(folder: &Folder, arguments: &str, first: &str) -> (Child, impl Read + use<>) {
    let mut run = Command::new(env!("CARGO_BIN_EXE_pandia"))
        .args(arguments.split_whitespace())
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(run.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert_eq!(line, format!("{first}\n"), "{arguments}");
    (run, said)
}

#[test]
fn ctrl_c_asks_a_part_that_waits_to_return_early_and_keeps_the_finished_shots() {
    let folder = folder();
    let sound = folder.good(&format!("run coins.qasm --shots 100 --format jsonl {}", c("sound")));
    let finished: String =
        sound.lines().take(usize::try_from(AT).unwrap()).flat_map(|line| [line, "\n"]).collect();
    for more in ["--threads 1", "--threads 2", "--isolate --threads 1", "--keep-going --isolate"] {
        let arguments = format!("run coins.qasm --shots 100 --format jsonl {more} {}", c("wait"));
        let (mut run, mut said) = started(&folder, &arguments, "waiting");
        signal("-INT", &run);
        let code = await_end(&mut run, more);
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        let mut shown = String::new();
        run.stdout.take().unwrap().read_to_string(&mut shown).unwrap();
        assert_eq!(code, Some(130), "{more}\n{rest}");
        assert_eq!(shown, finished, "{more}\n{rest}");
        assert!(rest.contains(&format!("interrupted after {AT} of 100 shots")), "{more}\n{rest}");
        // The shot that was cancelled is nobody's failure.
        assert!(!rest.contains("cancelled"), "{more}\n{rest}");
    }
}
