//! A process that ends with this one, however this one ends.
#![cfg_attr(
    target_os = "linux",
    expect(unsafe_code, reason = "what a new process does before it is another program")
)]

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

/// A process. Dropped, it is killed and reaped; on Linux it is killed, too, when this process is.
#[derive(Debug)]
pub(super) struct Kept {
    child: Child,
    /// To the system the parent is a thread, so one waits until the process is not wanted any more.
    parent: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

impl Kept {
    /// Starts it.
    ///
    /// # Errors
    /// If it cannot be started.
    pub(super) fn spawn(mut command: Command) -> io::Result<Self> {
        die_with_parent(&mut command);
        let (started, child) = mpsc::channel();
        let (done, wanted) = mpsc::channel::<()>();
        let parent = thread::Builder::new().name("qemu".to_owned()).spawn(move || {
            let child = command.spawn();
            let is_running = child.is_ok();
            if started.send(child).is_ok() && is_running {
                // Nothing is ever sent: it ends with the sender.
                let _ = wanted.recv();
            }
        })?;
        let child = child.recv().map_err(|_| io::Error::other("its thread ended"))??;
        Ok(Self { child, parent: Some((done, parent)) })
    }

    /// How it ended; `None` while it runs.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some((done, parent)) = self.parent.take() {
            drop(done);
            let _ = parent.join();
        }
    }
}

/// Has the system kill the process as soon as its parent is gone.
#[cfg(target_os = "linux")]
fn die_with_parent(command: &mut Command) {
    use rustix::process::{Signal, getpid, getppid, set_parent_process_death_signal};
    use std::os::unix::process::CommandExt as _;

    let parent = getpid();
    let before = move || {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // A parent that was gone before is not waited for.
        if getppid() == Some(parent) { Ok(()) } else { Err(io::ErrorKind::NotConnected.into()) }
    };
    // SAFETY: between fork and exec it makes two calls of the system and nothing else: it allocates
    // nothing and takes no lock.
    unsafe { command.pre_exec(before) };
}

/// Elsewhere it stays if this process is killed hard.
#[cfg(not(target_os = "linux"))]
fn die_with_parent(_: &mut Command) {}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Stdio;

    fn sleep(seconds: &str) -> Command {
        let mut command = Command::new("sleep");
        command.arg(seconds).stdin(Stdio::null());
        command
    }

    #[test]
    fn it_outlives_the_thread_that_started_it_and_ends_with_what_it_is_kept_in() {
        let mut kept = thread::spawn(|| Kept::spawn(sleep("600")).unwrap()).join().unwrap();
        // A signal that comes with the end of a thread comes at once.
        thread::sleep(std::time::Duration::from_millis(200));
        assert_eq!(kept.ended(), None);
        let pid = rustix::process::Pid::from_child(&kept.child);
        drop(kept);
        assert!(rustix::process::test_kill_process(pid).is_err(), "it is reaped");
    }

    #[test]
    fn how_it_ended_is_known_and_what_cannot_be_started_is_an_error() {
        let mut kept = Kept::spawn(sleep("0")).unwrap();
        let status = loop {
            if let Some(status) = kept.ended() {
                break status;
            }
            thread::yield_now();
        };
        assert_eq!((status.code(), status.signal()), (Some(0), None));
        let error = Kept::spawn(Command::new("/nowhere/program")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
