//! Which call may come when and from where: a state machine over the calls that come in and those
//! that return. It calls nothing.

use super::violation::{Breach, Tag, Violation};
use pandia_core::abi::raw;
use pandia_core::error::Class;
use std::thread::{self, ThreadId};

/// How many violations are kept in words; the rest is counted.
const LISTED_MAX: usize = 1000;

/// A function of the backend's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Id,
    Query,
    Negotiate,
    ShotBegin,
    Apply,
    ShotEnd,
    Destroy,
    Metric,
    State,
    StateDigest,
    Cancel,
}

impl Function {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Query => "query",
            Self::Negotiate => "negotiate",
            Self::ShotBegin => "shot_begin",
            Self::Apply => "apply",
            Self::ShotEnd => "shot_end",
            Self::Destroy => "destroy",
            Self::Metric => "metric",
            Self::State => "state",
            Self::StateDigest => "state_digest",
            Self::Cancel => "cancel",
        }
    }

    const fn tag(self) -> Tag {
        match self {
            Self::Id | Self::Query | Self::Metric | Self::State | Self::StateDigest => Tag::Quiet,
            Self::Negotiate | Self::Destroy => Tag::Setup,
            Self::ShotBegin | Self::Apply | Self::ShotEnd => Tag::Exec,
            Self::Cancel => Tag::Any,
        }
    }
}

/// To whom the stack is lent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lending {
    /// To nobody.
    Kept,
    /// To somebody who calls on the host's thread.
    HostThread,
    /// To somebody who may call from a thread of its own.
    OwnThread,
}

/// Where in its life the stack is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    BetweenShots,
    InShot,
    ShotLost,
    InstanceLost,
}

/// What has been seen so far.
#[derive(Debug)]
pub(super) struct Rules {
    lending: Lending,
    host: ThreadId,
    maker: ThreadId,
    pinned: bool,
    inside: Option<(Function, ThreadId)>,
    /// Who is inside `cancel`, which may be anybody, beside each other and beside `inside`.
    asking: Vec<ThreadId>,
    life: Life,
    violations: Vec<Violation>,
    unlisted: u64,
}

impl Rules {
    /// Lent to anybody, on this thread; nothing has been called.
    pub(super) fn new() -> Self {
        let here = thread::current().id();
        Self {
            lending: Lending::OwnThread,
            host: here,
            maker: here,
            pinned: false,
            inside: None,
            asking: Vec::new(),
            life: Life::BetweenShots,
            violations: Vec::new(),
            unlisted: 0,
        }
    }

    /// Binds the stack to the thread that made it.
    pub(super) const fn pin(&mut self) {
        self.pinned = true;
    }

    pub(super) fn lend(&mut self, own_thread: bool) {
        self.lending = if own_thread { Lending::OwnThread } else { Lending::HostThread };
        self.host = thread::current().id();
    }

    pub(super) fn move_host_here(&mut self) {
        self.host = thread::current().id();
    }

    pub(super) fn take_back(&mut self) {
        self.lending = Lending::Kept;
        if let Some((function, thread)) = self.inside {
            self.note(function, thread, Breach::NotOver);
        }
        for thread in self.asking.clone() {
            self.note(Function::Cancel, thread, Breach::NotOver);
        }
    }

    pub(super) const fn is_busy(&self) -> bool {
        self.inside.is_some() || !self.asking.is_empty()
    }

    pub(super) fn violations(&self) -> Vec<Violation> {
        self.violations.clone()
    }

    pub(super) const fn unlisted(&self) -> u64 {
        self.unlisted
    }

    /// A call comes in. If something is wrong with it, it is noted and must go no further.
    pub(super) fn enter(&mut self, function: Function) -> Result<(), Breach> {
        let thread = thread::current().id();
        if let Err(breach) = self.check(function, thread) {
            self.note(function, thread, breach);
            return Err(breach);
        }
        self.inside = Some((function, thread));
        Ok(())
    }

    /// The call that came in is over.
    pub(super) fn leave(&mut self, status: raw::Status) {
        let Some((function, _)) = self.inside.take() else { return };
        let class = (status != raw::OK).then(|| Class::of(status));
        self.life = match (function, class) {
            (_, Some(Class::InstanceLost)) => Life::InstanceLost,
            (Function::ShotBegin, None) => Life::InShot,
            (Function::ShotEnd, _) => Life::BetweenShots,
            (Function::ShotBegin | Function::Apply, Some(Class::ShotLost)) => Life::ShotLost,
            _ => self.life,
        };
    }

    /// A request to cancel comes in: whether it goes on to the child. From any thread and beside any
    /// call, but only while the stack is lent. An instance that is lost is not asked, and that is no
    /// breach: who asks from another thread cannot know.
    pub(super) fn enter_cancel(&mut self) -> Result<bool, Breach> {
        let thread = thread::current().id();
        if self.lending == Lending::Kept {
            self.note(Function::Cancel, thread, Breach::NotLent);
            return Err(Breach::NotLent);
        }
        let goes_on = self.life != Life::InstanceLost;
        if goes_on {
            self.asking.push(thread);
        }
        Ok(goes_on)
    }

    /// A request to cancel that went on is over.
    pub(super) fn leave_cancel(&mut self) {
        let thread = thread::current().id();
        if let Some(at) = self.asking.iter().position(|&asking| asking == thread) {
            self.asking.swap_remove(at);
        }
    }

    /// The first rule that the call breaks, in this order: whose stack it is, one call at a time,
    /// which thread, where in the life of a shot.
    fn check(&self, function: Function, thread: ThreadId) -> Result<(), Breach> {
        if self.lending == Lending::Kept {
            return Err(Breach::NotLent);
        }
        if let Some((other, _)) = self.inside {
            return Err(Breach::Overlap(other.name()));
        }
        if self.pinned && thread != self.maker {
            return Err(Breach::Pinned);
        }
        if thread != self.host {
            if self.lending == Lending::HostThread {
                return Err(Breach::OwnThread);
            }
            if function.tag() == Tag::Setup {
                return Err(Breach::NotHost);
            }
        }
        if function == Function::Destroy {
            return Err(Breach::NotOwner);
        }
        self.check_life(function)
    }

    fn check_life(&self, function: Function) -> Result<(), Breach> {
        let in_shot = matches!(self.life, Life::InShot | Life::ShotLost);
        match function {
            _ if self.life == Life::InstanceLost => Err(Breach::AfterInstanceLost),
            Function::ShotBegin | Function::Negotiate if in_shot => Err(Breach::InsideShot),
            Function::Apply if self.life == Life::ShotLost => Err(Breach::AfterShotLost),
            Function::Apply | Function::ShotEnd if !in_shot => Err(Breach::OutsideShot),
            _ => Ok(()),
        }
    }

    fn note(&mut self, function: Function, thread: ThreadId, breach: Breach) {
        if self.violations.len() < LISTED_MAX {
            let (function, tag) = (function.name(), function.tag());
            self.violations.push(Violation { function, tag, breach, thread });
        } else {
            self.unlisted += 1;
        }
    }
}
