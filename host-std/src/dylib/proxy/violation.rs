//! What a guest can do wrong, in words.

use core::fmt;
use std::thread::ThreadId;

/// The thread tag of a function of the backend's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// On the host's thread, never during \[exec\].
    Setup,
    /// One call at a time.
    Exec,
    /// Never during \[exec\].
    Quiet,
    /// From any thread at any time.
    Any,
}

/// What was wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Breach {
    /// It came before `attach` or after `detach`.
    NotLent,
    /// It was not over when the stack was given back.
    NotOver,
    /// It came while the function named was in progress.
    Overlap(&'static str),
    /// It came from another thread, and `attach` had not allowed threads of the guest's own.
    OwnThread,
    /// It came from another thread than the one that made the stack, which is pinned to it.
    Pinned,
    /// It came from another thread than the host's.
    NotHost,
    /// It came while no shot was running.
    OutsideShot,
    /// It came while a shot was running.
    InsideShot,
    /// It came after an error that lost the shot.
    AfterShotLost,
    /// It came after an error that lost the instance.
    AfterInstanceLost,
    /// It would have ended an instance that somebody else made.
    NotOwner,
}

/// One breach of the interface by whoever calls the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The function of the table that was called.
    pub function: &'static str,
    /// Its thread tag.
    pub tag: Tag,
    /// What was wrong.
    pub breach: Breach,
    /// The thread that called.
    pub thread: ThreadId,
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Setup => "[setup]",
            Self::Exec => "[exec]",
            Self::Quiet => "[quiet]",
            Self::Any => "[any]",
        })
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::Overlap(other) => {
                return write!(f, "called while {other} was in progress; one call at a time");
            }
            Self::NotLent => "called before attach or after detach; the stack is not the caller's",
            Self::NotOver => "still in progress when the stack was given back; wait for it first",
            Self::OwnThread => {
                "called from another thread; attach did not allow a thread of the caller's own"
            }
            Self::Pinned => "called from another thread than the one that the stack is pinned to",
            Self::NotHost => "called from another thread than the host's",
            Self::OutsideShot => "called outside a shot; begin one first",
            Self::InsideShot => "called inside a shot; end it first",
            Self::AfterShotLost => "called after the shot was lost; only shot_end may follow",
            Self::AfterInstanceLost => "called after the instance was lost; nothing may follow",
            Self::NotOwner => "called by somebody who did not create the instance",
        };
        f.write_str(words)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.function, self.tag, self.breach)
    }
}
