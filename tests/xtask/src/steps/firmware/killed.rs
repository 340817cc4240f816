//! A `pandia` that is killed hard in the middle of a run: the QEMU that plays its board ends, too.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use crate::project::Project;
use crate::shell;

/// How long QEMU may take to begin, and to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Kills a run on the board at `address` once its QEMU runs.
pub(super) fn check(project: &Project, address: &str) -> Result<()> {
    let pandia = project.root.join("target/debug/pandia");
    let mut run = shell::command(project, &pandia.to_string_lossy(), ["run"]);
    run.args(["host-std/examples/teleport.qasm", "--shots", "1000000", "--board", address]);
    run.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut pandia = run.spawn().context("cannot start pandia")?;
    let qemu = await_qemu(&mut pandia);
    let killed = pandia.kill().and_then(|()| pandia.wait()).context("cannot kill pandia");
    let qemu = qemu?;
    killed?;
    let until = Instant::now() + PATIENCE;
    while runs(qemu) {
        ensure!(Instant::now() < until, "pandia was killed, and its QEMU ({qemu}) goes on");
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// The QEMU of this process, once it is one.
fn await_qemu(pandia: &mut Child) -> Result<u32> {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = pandia.try_wait().context("cannot ask for pandia")? {
            bail!("pandia ended with {status} before it was killed");
        }
        if let Some(qemu) = children(pandia.id()).into_iter().find(|child| is_qemu(*child)) {
            return Ok(qemu);
        }
        ensure!(Instant::now() < until, "pandia starts no QEMU");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The children of each of its threads.
fn children(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let of = |task: &Path| fs::read_to_string(task.join("children")).unwrap_or_default();
    let all: Vec<String> = threads.flatten().map(|thread| of(&thread.path())).collect();
    all.iter().flat_map(|list| list.split_whitespace()).flat_map(str::parse).collect()
}

fn is_qemu(pid: u32) -> bool {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    name.starts_with("qemu-system")
}

/// Whether it runs. One that nobody has reaped does not.
fn runs(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    !state.is_empty() && !state.starts_with('Z')
}
