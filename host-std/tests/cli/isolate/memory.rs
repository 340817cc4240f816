//! Parts that take all the memory that there is, under a limit that the system really enforces.

use std::process::Command;

use super::{AT, c, folder, report, results, rust};

/// Enough for a worker and its libraries, and soon used up.
const MIB: u64 = 512;

#[test]
fn a_part_that_runs_out_of_memory_costs_one_shot() {
    let folder = folder();
    let segv = "the worker process was ended by SIGSEGV, a wrong access to memory";
    let abort = "the worker process was ended by SIGABRT: it gave up by itself";
    let limited = format!("; its memory is limited to {MIB} MiB");
    for (part, sound, words, code) in [
        // In C, who does not look at what malloc says.
        (c("memory"), c("sound"), format!("{segv}{limited}"), -200),
        // In Rust, where a refused allocation is no panic: the guard cannot catch it.
        (rust("guarded", "memory"), rust("guarded", "sound"), format!("{abort}{limited}"), -200),
        // Who looks, gives it back, and says so, does not even cost the process.
        (c("memory_told"), c("sound"), "there is no more memory".to_owned(), -3),
    ] {
        let expected = bits(&folder, &sound);
        for threads in [1, 2] {
            let more = format!("--isolate --worker-memory {MIB} --threads {threads} {part}");
            let found = report(&folder, 1, &format!("--shots 40 --keep-going {more}"));
            assert_eq!(
                (&found["shots"], &found["shots_failed"]),
                (&39.into(), &1.into()),
                "{part}"
            );
            let failure = &found["failed"][0];
            assert_eq!((&failure["shot"], &failure["code"]), (&AT.into(), &code.into()), "{part}");
            assert_eq!(failure["message"], words.as_str(), "{part}");
            let replay = failure["replay"].as_str().unwrap();
            let end = format!("{part} --seed 0 --isolate --worker-memory {MIB} --shot {AT}");
            assert_eq!(replay, format!("pandia run coins.qasm {end}"));
        }
        // The others are what they are without it.
        let arguments = "run coins.qasm --shots 40 --format jsonl --keep-going --isolate";
        let ran = folder.run(&format!("{arguments} --worker-memory {MIB} {part}"));
        let lines: Vec<&str> = ran.stdout.lines().collect();
        assert_eq!(lines.len(), 40, "{part}\n{}", ran.stderr);
        let alike = lines.iter().zip(&expected).enumerate();
        assert!(alike.into_iter().all(|(k, (a, b))| (a == b) == (k as u64 != AT)), "{part}");
    }
}

fn bits(folder: &crate::support::Folder, part: &str) -> Vec<String> {
    let text = folder.good(&format!("run coins.qasm --shots 40 --format jsonl {part}"));
    text.lines().map(str::to_owned).collect()
}

/// The limit of whoever starts the command holds for workers, too: it need not be the command's own.
#[test]
fn a_limit_of_the_shell_is_one_of_the_workers() {
    let folder = folder();
    let run = format!(
        "ulimit -v {}; exec {} run coins.qasm --shots 40 --keep-going --isolate --threads 1 \
         --format json {}",
        MIB * 1024,
        env!("CARGO_BIN_EXE_pandia"),
        c("memory")
    );
    let output = Command::new("sh").args(["-c", &run]).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = report(&folder, 1, &format!("--shots 40 --keep-going {}", c("refuse")));
    assert_eq!(results(&found), results(&expected));
    assert!(said.contains("shot 5: the worker process was ended by SIGSEGV"), "{said}");
}

#[test]
fn a_limit_that_makes_no_sense_is_refused() {
    let folder = folder();
    for (arguments, pieces) in [
        ("--worker-memory 512", ["without --isolate there are no worker", "help: add --isolate"]),
        ("--isolate --worker-memory 0", ["--worker-memory 0", "help: give a number of MiB from 1"]),
        ("--isolate --worker-memory -1", ["-1", "error: "]),
        (
            "--isolate --worker-memory 18446744073709551615",
            ["no process can have that much", "help: "],
        ),
        (
            "--isolate --worker-memory 20",
            ["limited to 20 MiB: the program itself takes that much", "help: allow it more"],
        ),
    ] {
        let ran = folder.run(&format!("run bell.qasm {arguments}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments}\n{}", ran.stderr);
        for piece in pieces {
            assert!(ran.stderr.contains(piece), "{arguments}: {piece}\n{}", ran.stderr);
        }
    }
    // A state that does not fit under the limit is refused in words.
    folder.write("wide.qasm", "OPENQASM 2.0;\nqreg q[26];\ncreg c[1];\nmeasure q[0] -> c[0];\n");
    let ran = folder.run("run wide.qasm --shots 1 --isolate --worker-memory 600 --threads 1");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("memory"), "{}", ran.stderr);
    // And there is none for who stays below.
    let limited = folder.good("run ghz.qasm --shots 50 --isolate --worker-memory 600");
    assert_eq!(limited, folder.good("run ghz.qasm --shots 50"));
}
