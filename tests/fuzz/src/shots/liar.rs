//! A part that asks an honest one and now and then tells something else.

use crate::garbage;
use crate::input::Input;
use pandia_core::abi::raw;
use pandia_core::error::Class;
use std::cell::{Cell, RefCell};
use std::ffi::c_void;

/// What all liars of a stack share.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    pub(super) input: RefCell<Input<'a>>,
    /// Something was told in this shot that nobody may believe.
    pub(super) lied: Cell<bool>,
    /// Something was told in this shot that is not true, but could be.
    pub(super) bent: Cell<bool>,
    /// Something was told, in this shot or before, that costs an instance.
    pub(super) lost: Cell<bool>,
}

impl Shared<'_> {
    pub(super) fn with<R>(&self, draw: impl FnOnce(&mut Input<'_>) -> R) -> R {
        draw(&mut self.input.borrow_mut())
    }

    pub(super) fn lies_once_in(&self, n: u8) -> bool {
        self.with(|input| input.one_in(n))
    }
}

/// Where a shot is, by what was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    Between,
    Running,
    ShotLost,
    InstanceLost,
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Begin,
    Work,
    End,
    Setup,
    Look,
}

/// The liar's side of one instance.
#[derive(Debug)]
pub(super) struct Liar<'a, Pair> {
    pub(super) shared: &'a Shared<'a>,
    pub(super) truth: Pair,
    life: Cell<Life>,
    /// Whether nobody above lies: then the life of a shot must be kept.
    alone: bool,
    destroyed: Cell<bool>,
}

impl<'a, Pair> Liar<'a, Pair> {
    pub(super) const fn new(shared: &'a Shared<'a>, truth: Pair, alone: bool) -> Self {
        let life = Cell::new(Life::Between);
        Self { shared, truth, life, alone, destroyed: Cell::new(false) }
    }

    pub(super) fn me(&self) -> *mut c_void {
        core::ptr::from_ref(self).cast_mut().cast()
    }

    /// The host ends the instance: once, and nothing comes after it.
    pub(super) fn end(&self) {
        assert!(!self.destroyed.replace(true), "destroyed twice");
    }

    /// A call comes in.
    fn enter(&self, call: Call) {
        assert!(!self.destroyed.get(), "called after its end: {call:?}");
        let life = self.life.get();
        assert_ne!(life, Life::InstanceLost, "a lost instance was called: {call:?}");
        let keeps = match call {
            Call::Begin | Call::Setup => life == Life::Between,
            Call::Work => life == Life::Running,
            Call::End => matches!(life, Life::Running | Life::ShotLost),
            Call::Look => true,
        };
        assert!(keeps || !self.alone, "{call:?} while {life:?}");
    }

    fn leave(&self, call: Call, status: raw::Status) {
        let class = (status != raw::OK).then(|| Class::of(status));
        self.life.set(match (call, class) {
            (_, Some(Class::InstanceLost)) => {
                self.shared.lost.set(true);
                Life::InstanceLost
            }
            (Call::Begin, None) => Life::Running,
            (Call::End, _) => Life::Between,
            (Call::Begin | Call::Work, Some(Class::ShotLost)) => Life::ShotLost,
            _ => self.life.get(),
        });
    }

    /// Tells the truth, or something else: `ask` gives the true status.
    ///
    /// # Safety
    /// `err` is NULL or the host's buffer.
    pub(super) unsafe fn tell(
        &self,
        call: Call,
        err: *mut raw::Err,
        ask: impl FnOnce() -> raw::Status,
    ) -> raw::Status {
        self.enter(call);
        let lie = self.shared.lies_once_in(24).then(|| self.shared.with(garbage::status));
        let status = match lie {
            // Who refuses has done nothing.
            Some(lie)
                if Class::of(lie) == Class::Refused && matches!(call, Call::Begin | Call::Work) =>
            {
                lie
            }
            Some(lie) => {
                ask();
                lie
            }
            None => ask(),
        };
        // What nobody needs for a shot may fail.
        if lie.is_some() && call != Call::Look {
            self.shared.lied.set(true);
        }
        // With a good status, too: then it must not matter.
        if lie.is_some() || self.shared.lies_once_in(24) {
            // SAFETY: the caller's promise.
            self.shared.with(|input| unsafe { garbage::words(input, err) });
        }
        self.leave(call, status);
        status
    }

    /// What was told costs the instance, although the status is good.
    pub(super) fn lose(&self) {
        self.shared.lied.set(true);
        self.shared.lost.set(true);
        self.life.set(Life::InstanceLost);
    }
}

/// The liar behind the pointer.
///
/// # Safety
/// `me` is [`Liar::me`] of one with this pair that lives.
pub(super) unsafe fn at<'a, Pair>(me: *mut c_void) -> &'a Liar<'a, Pair> {
    // SAFETY: the caller's promise.
    unsafe { &*me.cast::<Liar<'a, Pair>>() }
}
