//! Isolated or not, on however many threads: the same results.

use core::sync::atomic::AtomicBool;
use std::io;

use pandia::runner::{
    Control, Ended, Isolation, ProgramFile, RunError, RunOptions, Runner, ShotSink, Summary,
};
use pandia::stack::{PartUse, Registry, StackPlan, StackSpec};
use pandia_core::ids::ShotId;

use super::{COINS, c, folder, report, rust};

#[test]
fn a_run_gives_the_same_with_and_without_isolation() {
    let folder = folder();
    let noise = "--noise depolarizing:p_1q=0.05,p_2q=0.1 --noise readout:p_1_given_0=0.1";
    let runs = [
        "run bell.qasm --shots 20000".to_owned(),
        format!("run ghz.qasm --shots 300 --seed 3 {}", noise),
        "run ghz.qasm --shots 100 --simulator stabilizer:threshold=1e-7".to_owned(),
        "run repetition_code.qasm --stack stack.toml --shots 50".to_owned(),
        "run teleport.qasm --shot 7".to_owned(),
        "run teleport.qasm --shot-range 18446744073709551610..18446744073709551615".to_owned(),
        "run no_bits.qasm --shots 30".to_owned(),
        "run sometimes_fails.qasm --shots 100 --keep-going".to_owned(),
        "run sometimes_fails.qasm --shots 100".to_owned(),
        "run t_gate.qasm --simulator stabilizer".to_owned(),
        format!("run coins.qasm --shots 100 {}", c("sound")),
        format!("run coins.qasm --shots 100 {}", rust("guarded", "sound")),
    ];
    for run in runs {
        for format in ["json", "jsonl", "csv"] {
            let plain = folder.run(&format!("{run} --format {format}"));
            for threads in [1, 2] {
                let arguments = format!("{run} --format {format} --isolate --threads {threads}");
                let isolated = folder.run(&arguments);
                assert_eq!(isolated.code, plain.code, "{arguments}\n{}", isolated.stderr);
                // The command that runs a failed shot again is another one.
                let stdout = isolated.stdout.replace(" --isolate", "");
                assert_eq!(stdout, plain.stdout, "{arguments}\n{}", isolated.stderr);
                assert_eq!(isolated.stderr.replace(" --isolate", ""), plain.stderr, "{arguments}");
            }
        }
    }
}

#[test]
fn what_a_stack_refuses_is_said_in_the_same_words() {
    let folder = folder();
    for run in [
        "run bell.qasm --simulator statevector",
        "run bell.qasm --noise depolarizing:p_2q=1.5",
        "run bell.qasm --simulator classical_replay:outcomes=0",
        "run bell.qasm --simulator ./no.so",
    ] {
        let plain = folder.run(run);
        let isolated = folder.run(&format!("{run} --isolate"));
        assert_eq!((isolated.code, isolated.stdout), (plain.code, plain.stdout), "{run}");
        assert_eq!(isolated.stderr.replace(" --isolate", ""), plain.stderr, "{run}");
    }
}

#[test]
fn time_that_is_no_time_and_time_without_isolation_are_refused() {
    let folder = folder();
    for seconds in ["0", "-1", "nan", "inf", "1e300"] {
        let ran = folder.run(&format!("run bell.qasm --isolate --shot-timeout {seconds}"));
        assert_eq!(ran.code, 2, "{seconds}");
        assert!(ran.stderr.contains("--shot-timeout"), "{}", ran.stderr);
    }
    let ran = folder.run("run bell.qasm --shot-timeout 2.5");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("help: add --isolate"), "{}", ran.stderr);
    report(&folder, 0, "--shots 20 --isolate --shot-timeout 100.5");
}

/// Keeps what came.
#[derive(Debug, Default)]
struct Shots(Vec<(u64, Vec<u8>)>);

impl ShotSink for Shots {
    fn shot(&mut self, shot: ShotId, bits: &[u8]) -> io::Result<()> {
        self.0.push((shot.0, bits.to_vec()));
        Ok(())
    }
}

fn run(isolation: Option<Isolation>, stop_after: u64) -> Result<(Summary, Shots), RunError> {
    let file = ProgramFile::from_source("coins", COINS).unwrap();
    let program = file.program().unwrap();
    let noise = PartUse::parse("readout:p_1_given_0=0.3").unwrap();
    let plan = StackPlan::new(&Registry::new(), &StackSpec::new().with_noise(noise)).unwrap();
    let options = RunOptions { shots: 3..20_000, threads: 2, isolation, ..RunOptions::default() };
    let mut shots = Shots::default();
    let stop = AtomicBool::new(false);
    let mut progress = |done| {
        if done >= stop_after {
            stop.store(true, core::sync::atomic::Ordering::Relaxed);
        }
    };
    let control = &mut Control { stop: &stop, progress: &mut progress };
    let summary = Runner::new(&program, &plan, options)?.run_controlled(&mut shots, control)?;
    Ok((summary, shots))
}

#[test]
fn a_program_that_uses_the_library_names_its_workers() {
    let workers = Isolation::of_program(env!("CARGO_BIN_EXE_pandia"), ["worker"]);
    let (plain, plain_shots) = run(None, u64::MAX).unwrap();
    let (isolated, shots) = run(Some(workers.clone()), u64::MAX).unwrap();
    assert_eq!(shots.0, plain_shots.0);
    assert_eq!((isolated.digest, isolated.ended), (plain.digest, Ended::Complete));
    let (stopped, shots) = run(Some(workers), 100).unwrap();
    assert_eq!(stopped.ended, Ended::Stopped);
    assert!(shots.0.len() >= 100 && shots.0[..] == plain_shots.0[..shots.0.len()]);
}

#[test]
fn a_program_that_is_no_worker_is_found_out() {
    for (program, arguments, words) in [
        ("/bin/true", vec![], "ended itself with status 0"),
        ("/bin/sh", vec!["-c", "exit 7"], "ended itself with status 7"),
        ("/bin/sh", vec!["-c", "echo hello >&0; sleep 100"], "no sense"),
        ("/bin/sh", vec!["-c", "kill -BUS $$"], "SIGBUS"),
    ] {
        let error = run(Some(Isolation::of_program(program, arguments)), u64::MAX).unwrap_err();
        assert!(matches!(error, RunError::Worker { attempts: 3, .. }), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let error = run(Some(Isolation::of_program("/no/such", ["x"])), u64::MAX).unwrap_err();
    assert!(matches!(error, RunError::Spawn(_)), "{error}");
    let ran = folder().run("worker");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("started by hand"), "{}", ran.stderr);
}
