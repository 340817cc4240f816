//! How a process ended, in words.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use rustix::process::Signal;

/// Signals that end a process for a mistake of its own or because somebody wants it gone.
const SIGNALS: [(Signal, &str); 15] = [
    (Signal::SEGV, "SIGSEGV, a wrong access to memory"),
    (Signal::BUS, "SIGBUS, a wrong access to memory"),
    (Signal::ABORT, "SIGABRT: it gave up by itself"),
    (Signal::ILL, "SIGILL, an instruction that this processor does not have"),
    (Signal::FPE, "SIGFPE, wrong arithmetic"),
    (Signal::TRAP, "SIGTRAP, a breakpoint"),
    (Signal::SYS, "SIGSYS, a system call that is not allowed"),
    (Signal::KILL, "SIGKILL, as the system does when memory runs out"),
    (Signal::TERM, "SIGTERM"),
    (Signal::INT, "SIGINT"),
    (Signal::HUP, "SIGHUP"),
    (Signal::QUIT, "SIGQUIT"),
    (Signal::PIPE, "SIGPIPE"),
    (Signal::ALARM, "SIGALRM"),
    (Signal::XCPU, "SIGXCPU: its processor time is used up"),
];

/// How a process ends that is refused memory and does not look, or will not go on without.
const WITHOUT_MEMORY: [Signal; 4] = [Signal::SEGV, Signal::BUS, Signal::ABORT, Signal::KILL];

/// Bytes of a mebibyte, in which limits of memory are given.
pub(super) const MIB: u64 = 1 << 20;

/// "was ended by SIGSEGV, a wrong access to memory", "ended itself with status 3". What may be for
/// want of memory names the limit, if there was one.
pub(super) fn in_words(status: ExitStatus, memory_bytes_max: Option<u64>) -> String {
    if let Some(number) = status.signal() {
        let known = SIGNALS.iter().find(|(signal, _)| signal.as_raw() == number);
        let mut words = match known {
            Some((_, words)) => format!("was ended by {words}"),
            None => format!("was ended by signal {number}"),
        };
        let may_lack = WITHOUT_MEMORY.iter().any(|signal| signal.as_raw() == number);
        if let Some(bytes) = memory_bytes_max.filter(|_| may_lack) {
            words.push_str(&format!("; its memory is limited to {} MiB", bytes / MIB));
        }
        return words;
    }
    match status.code() {
        Some(code) => format!("ended itself with status {code}"),
        None => format!("ended: {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_are_named_and_statuses_said() {
        let words = |raw| in_words(ExitStatus::from_raw(raw), None);
        assert!(words(Signal::SEGV.as_raw()).contains("SIGSEGV"));
        assert!(words(Signal::ABORT.as_raw()).contains("SIGABRT"));
        assert_eq!(words(3 << 8), "ended itself with status 3");
        assert_eq!(words(0), "ended itself with status 0");
        assert!(words(40).contains("signal 40"));
        let limited = |raw| in_words(ExitStatus::from_raw(raw), Some(300 * MIB));
        let told = limited(Signal::ABORT.as_raw());
        assert_eq!(
            told,
            "was ended by SIGABRT: it gave up by itself; its memory is limited to 300 MiB"
        );
        assert_eq!(limited(Signal::FPE.as_raw()), "was ended by SIGFPE, wrong arithmetic");
        assert_eq!(limited(3 << 8), "ended itself with status 3");
    }
}
