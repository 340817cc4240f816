//! The parent's side of one worker process: started, spoken to, watched, and never left behind.

use core::time::Duration;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;

use super::Isolation;
use super::ending::in_words;
use super::frames::{Frame, Inbox, Kind, Received, send};
use super::slots::Slots;

/// How long the parent waits before it looks whether the run is still wanted.
const TICK: Duration = Duration::from_millis(50);
/// How long a worker may take to end when it has nothing to do any more.
const GRACE: Duration = Duration::from_secs(2);
/// Most bytes of an answer: failed shots have short texts.
const ANSWER_BYTES_MAX: usize = 64 << 10;
/// The same where it may be what the parts of a stack counted, with their names.
pub(super) const METRICS_BYTES_MAX: usize = 16 << 20;

/// A worker process. Dropped, it is killed and reaped.
#[derive(Debug)]
pub(super) struct Worker {
    child: Child,
    link: UnixStream,
    inbox: Inbox,
    memory_bytes_max: Option<u64>,
    pub(super) slots: Slots,
}

/// What a worker has to say.
#[derive(Debug)]
pub(super) enum Event {
    Frame(Frame),
    /// Nothing for a while.
    Tick,
    /// It is gone, and how, in words.
    Gone(String),
}

impl Worker {
    /// Starts a process with room for so many shots, which may tell what parts counted or not.
    pub(super) fn spawn(
        isolation: &Isolation,
        shots: u64,
        bit_count: usize,
        metrics: bool,
    ) -> io::Result<Self> {
        let slots = Slots::create(shots, bit_count)?;
        let (link, theirs) = UnixStream::pair()?;
        let tick = isolation.shot_timeout.map_or(TICK, |limit| TICK.min(limit / 4));
        link.set_read_timeout(Some(tick.max(Duration::from_millis(1))))?;
        let child = Command::new(&isolation.program)
            .args(&isolation.arguments)
            .stdin(OwnedFd::from(theirs))
            .stdout(slots.file()?)
            .stderr(Stdio::inherit())
            // Ctrl-C on a terminal is for the parent, who lets the running shots end.
            .process_group(0)
            .spawn()?;
        let inbox = Inbox::new(if metrics { METRICS_BYTES_MAX } else { ANSWER_BYTES_MAX });
        let memory_bytes_max = isolation.memory_bytes_max;
        Ok(Self { child, link, inbox, memory_bytes_max, slots })
    }

    /// Tells the worker something. If it is gone, [`Self::next`] says how.
    pub(super) fn tell(&self, kind: Kind, payload: &[u8]) {
        let _ = send(&self.link, kind, payload);
    }

    /// What the worker says next.
    pub(super) fn next(&mut self) -> Event {
        match self.inbox.receive(&self.link) {
            Ok(Received::Frame(frame)) => Event::Frame(frame),
            // A child of the worker may keep the connection open.
            Ok(Received::Nothing) => match self.child.try_wait() {
                Ok(Some(status)) => Event::Gone(in_words(status, self.memory_bytes_max)),
                Ok(None) | Err(_) => Event::Tick,
            },
            Ok(Received::Closed) => Event::Gone(self.await_end()),
            Err(error) => Event::Gone(self.nonsense(&error.to_string())),
        }
    }

    /// What a worker that is gone had still said.
    pub(super) fn last_words(&mut self) -> Option<Frame> {
        match self.inbox.receive(&self.link) {
            Ok(Received::Frame(frame)) => Some(frame),
            Ok(Received::Nothing | Received::Closed) | Err(_) => None,
        }
    }

    /// Ends a worker that answers what cannot be.
    pub(super) fn nonsense(&mut self, what: &str) -> String {
        self.kill();
        format!("gave an answer that makes no sense ({what})")
    }

    /// Ends the process now.
    pub(super) fn kill(&mut self) {
        // It may have ended by itself; there is nothing more to be done about it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits for the end of one that ends by itself.
    #[cfg(test)]
    pub(super) fn wait(&mut self) {
        let _ = self.child.wait();
    }

    /// How the worker ended, after it has closed the connection.
    fn await_end(&mut self) -> String {
        let begin = Instant::now();
        while begin.elapsed() < GRACE {
            match self.child.try_wait() {
                Ok(Some(status)) => return in_words(status, self.memory_bytes_max),
                Ok(None) => thread::sleep(Duration::from_millis(1)),
                Err(_) => break,
            }
        }
        self.kill();
        "closed its connection".to_owned()
    }

    /// Lets a worker that has nothing to do end by itself, so that its parts are destroyed. One that
    /// does not, or breaks down on the way, has no more to give.
    pub(super) fn dismiss(mut self) {
        let _ = self.link.shutdown(std::net::Shutdown::Both);
        let _ = self.await_end();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}
