//! A `pandia` that is killed hard while a board runs that QEMU plays: the QEMU ends, too.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::support::Folder;

/// Waits until `is_so`, for a minute at most.
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..6000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{what} is not so");
}

/// Whether the process runs. One that nobody has reaped does not.
fn runs(pid: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    !state.is_empty() && !state.starts_with('Z')
}

#[test]
fn a_pandia_that_is_killed_hard_leaves_no_qemu_behind() {
    let folder = Folder::new();
    // In QEMU's place: it says who it is and never opens its UART. The real one: `cargo xtask`'s `link`.
    folder
        .write("qemu-system-arm", "#!/bin/sh\necho $$ > pid.new\nmv pid.new pid\nexec sleep 600\n");
    let stub = folder.path().join("qemu-system-arm");
    fs::set_permissions(&stub, fs::Permissions::from_mode(0o755)).unwrap();
    folder.write("image", "no firmware");
    let path = std::env::var("PATH").unwrap();
    let mut pandia = Command::new(env!("CARGO_BIN_EXE_pandia"))
        .args(["run", "ghz.qasm", "--board", "qemu:cortex-m4=image", "--board-timeout", "600"])
        .env("PATH", format!("{}:{path}", folder.path().display()))
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pid = folder.path().join("pid");
    wait_until("QEMU runs", || pid.exists());
    let pid = fs::read_to_string(pid).unwrap().trim().to_owned();
    assert!(runs(&pid));
    pandia.kill().unwrap();
    pandia.wait().unwrap();
    wait_until("QEMU has ended", || !runs(&pid));
}
