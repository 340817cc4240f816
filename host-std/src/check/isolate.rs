//! A process for one check: started, watched, ended when it takes too long, and what its end means.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::child::{Answer, ChildRequest, Line};
use super::error::CheckError;
use super::finding::CheckResult;

/// The hidden command of `pandia` that makes one check.
pub(super) const COMMAND: &str = "check-one";
/// How much of what a process writes is kept.
const KEPT_BYTES: usize = 1 << 20;
/// How long a process that has ended may still have somebody writing to its output.
const AFTER_END: Duration = Duration::from_millis(500);

/// What one of the outputs gave so far.
struct Output {
    bytes: Arc<Mutex<Vec<u8>>>,
    ended: Receiver<()>,
}

impl Output {
    fn of(mut from: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let (tell, ended) = channel();
        let to = Arc::clone(&bytes);
        std::thread::spawn(move || {
            let mut piece = [0; 8192];
            while let Ok(count @ 1..) = from.read(&mut piece) {
                let mut to = to.lock().unwrap_or_else(PoisonError::into_inner);
                to.extend_from_slice(piece.get(..count).unwrap_or(&[]));
                // The end says how it went; what came long before does not.
                let surplus = to.len().saturating_sub(KEPT_BYTES);
                to.drain(..surplus);
            }
            // Nobody may be waiting any more.
            let _ = tell.send(());
        });
        Self { bytes, ended }
    }

    fn text(self) -> String {
        // A grandchild may hold the output open; what is there by now is all that counts.
        let _ = self.ended.recv_timeout(AFTER_END);
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// How a process ended, and what it wrote.
struct Ended {
    status: Option<ExitStatus>,
    out: String,
    err: String,
}

/// Runs a command to its end, or ends it after `timeout`.
fn run(mut command: Command, timeout: Duration) -> Result<Ended, CheckError> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let program = command.get_program().to_string_lossy().into_owned();
    let failed = |error: std::io::Error| CheckError::Program {
        program: program.clone(),
        why: error.to_string(),
    };
    let mut child = command.spawn().map_err(failed)?;
    let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(CheckError::Program { program, why: "it has no output".to_owned() });
    };
    let (out, err) = (Output::of(out), Output::of(err));
    let status = wait(&mut child, timeout);
    Ok(Ended { status, out: out.text(), err: err.text() })
}

/// The status of the process, or `None` if it had to be ended.
fn wait(child: &mut Child, timeout: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(500);
    while start.elapsed() < timeout {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) => std::thread::sleep(pause),
            Err(_) => break,
        }
        pause = (pause * 2).min(Duration::from_millis(20));
    }
    // It may have ended by itself just now. Either way nothing is left of it after this.
    let _ = child.kill();
    let _ = child.wait();
    None
}

/// What the check's process was started as: the command, its request, and the bound.
pub(super) fn make(
    mut command: Command,
    request: &ChildRequest,
    timeout: Duration,
) -> Result<Answer, CheckError> {
    let words = serde_json::to_string(request).unwrap_or_default();
    command.arg(COMMAND).arg(words);
    let ended = run(command, timeout)?;
    let mut last_step = None;
    let mut answer = None;
    let mut strange = 0;
    for line in ended.out.lines() {
        match serde_json::from_str::<Line>(line) {
            Ok(Line::Step(step)) => last_step = Some(step),
            Ok(Line::Done(done)) => answer = Some(*done),
            Err(_) => strange += 1,
        }
    }
    let clean = ended.status.is_some_and(|status| status.success());
    let mut answer = match answer {
        Some(answer) if clean => answer,
        other => {
            let result = broken(request, &ended, last_step.as_deref(), other.is_some(), timeout);
            Answer { result, interface: None, plugins: Vec::new() }
        }
    };
    if strange > 0 {
        answer.result.notes.push("writes to standard output, which is the host's".to_owned());
    }
    Ok(answer)
}

/// The finding that a process which did not end well is.
fn broken(
    request: &ChildRequest,
    ended: &Ended,
    step: Option<&str>,
    had_answered: bool,
    timeout: Duration,
) -> CheckResult {
    let at = match step {
        Some(step) if !had_answered => format!(", at: {step}"),
        _ if had_answered => ", after the check was over".to_owned(),
        _ => String::new(),
    };
    let text = match ended.status {
        None => format!("did not end within {} s and was stopped{at}", timeout.as_secs_f64()),
        Some(status) => format!("{}{at}", how(status)),
    };
    let mut result = CheckResult::failed(&request.check, text);
    let said: Vec<&str> = ended.err.lines().filter(|line| !line.trim().is_empty()).collect();
    if let Some(last) = said.last() {
        result.notes.push(format!("last words on standard error: {last}"));
    }
    result
}

/// How the process ended, in words.
fn how(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("crashed with {}", signal_name(signal));
    }
    match status.code() {
        Some(code) => format!("ended the process (exit status {code}), which is the host's"),
        None => format!("ended the process ({status})"),
    }
}

#[cfg(unix)]
fn signal_name(signal: i32) -> String {
    let (name, meaning) = match signal {
        4 => ("SIGILL", "an illegal instruction"),
        5 => ("SIGTRAP", "a trap"),
        6 => ("SIGABRT", "it gave up by itself: abort, or damaged memory"),
        7 => ("SIGBUS", "memory that is not there or misaligned"),
        8 => ("SIGFPE", "arithmetic without a result"),
        9 => ("SIGKILL", "ended by the system or somebody else"),
        11 => ("SIGSEGV", "memory that is not its own"),
        15 => ("SIGTERM", "ended by somebody else"),
        _ => return format!("signal {signal}"),
    };
    format!("{name} ({meaning})")
}
