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
        }
    }

    const fn tag(self) -> Tag {
        match self {
            Self::Id | Self::Query | Self::Metric | Self::State | Self::StateDigest => Tag::Quiet,
            Self::Negotiate | Self::Destroy => Tag::Setup,
            Self::ShotBegin | Self::Apply | Self::ShotEnd => Tag::Exec,
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
    }

    pub(super) const fn is_busy(&self) -> bool {
        self.inside.is_some()
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
