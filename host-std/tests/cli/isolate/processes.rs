//! No process is left behind, however a run ends.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::support::Folder;

use super::{c, folder};

/// The processes that work in this folder: a command and its workers, since nobody else knows it.
fn working_in(folder: &Path) -> Vec<u32> {
    let folder = folder.canonicalize().unwrap();
    let numbers = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let number: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let place = fs::read_link(format!("/proc/{number}/cwd")).ok()?;
        (place == folder).then_some(number)
    });
    numbers.collect()
}

/// Waits until so many processes work in the folder; a minute is for machines under load.
fn await_count(folder: &Folder, done: impl Fn(usize) -> bool) {
    for _ in 0..6000 {
        if done(working_in(folder.path()).len()) {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    let left = working_in(folder.path());
    assert!(done(left.len()), "{left:?} work there");
}

fn start(folder: &Folder, arguments: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_pandia"))
        .args(arguments.split_whitespace())
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(name: &str, child: &Child) {
    let number = child.id().to_string();
    assert!(Command::new("kill").args([name, &number]).status().unwrap().success());
}

#[test]
fn a_run_leaves_no_process_behind() {
    let folder = folder();
    for (how, more) in [
        ("sound", ""),
        ("segv", ""),
        ("segv", "--keep-going"),
        ("hang", "--keep-going --shot-timeout 1"),
        ("hang", "--shot-timeout 1"),
        ("close", "--keep-going"),
        ("destroy", ""),
        ("create", ""),
    ] {
        folder.run(&format!("run coins.qasm --shots 60 --threads 2 --isolate {more} {}", c(how)));
        assert_eq!(working_in(folder.path()), [0_u32; 0], "{how} {more}");
    }
}

#[test]
fn workers_end_with_a_parent_that_is_killed() {
    for how in ["hang,every=1", "create_hang"] {
        let folder = folder();
        let mut run = start(&folder, &format!("run coins.qasm --threads 2 --isolate {}", c(how)));
        await_count(&folder, |count| count >= 2);
        signal("-KILL", &run);
        run.wait().unwrap();
        await_count(&folder, |count| count == 0);
    }
}

#[test]
fn ctrl_c_ends_the_run_with_an_unbroken_row_and_no_worker() {
    let folder = folder();
    let arguments = "run bell.qasm --shots 1000000000 --format jsonl --isolate --threads 2";
    let mut run = start(&folder, arguments);
    let mut lines = BufReader::new(run.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("{\"shot\":0,"));
    signal("-INT", &run);
    let mut shot = 1_u64;
    for line in lines {
        assert!(line.unwrap().starts_with(&format!("{{\"shot\":{shot},")));
        shot += 1;
    }
    let output = run.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains(&format!("interrupted after {shot} of 1000000000 shots")), "{said}");
    assert_eq!(working_in(folder.path()), [0_u32; 0]);
}

#[test]
fn a_second_ctrl_c_ends_a_run_that_hangs() {
    let folder = folder();
    let mut run = start(&folder, &format!("run coins.qasm --isolate {}", c("hang,every=1")));
    await_count(&folder, |count| count >= 2);
    // The first may come before the run listens, and then ends it by itself.
    while run.try_wait().unwrap().is_none() {
        let _ = Command::new("kill").args(["-INT", &run.id().to_string()]).status();
        thread::sleep(Duration::from_millis(50));
    }
    await_count(&folder, |count| count == 0);
}
