//! A table and an instance as a [`Runtime`] of Rust.

use super::export::Pair;
use super::import::{ask_id, lost, went_well};
use super::policy::{Consumer, RUNTIME, slot};
use super::report::Inbox;
use super::{calls, config, gates, raw, record};
use crate::backend::{Caps, GateSet, Info, Metric, Threading, Verdict};
use crate::error::{Class, Error, ErrorKind, LAYER_BYTES, Result};
use crate::ids::{Seed, ShotId};
use crate::op::Batch;
use crate::op::outcome::LEAKED;
use crate::part::Config;
use crate::runtime::Runtime;
use core::cell::Cell;
use core::ffi::c_void;
use core::marker::PhantomData;
use heapless::String;

/// The functions of a table, after the check by name.
#[derive(Clone, Copy, Debug)]
struct Slots {
    attach: unsafe extern "C" fn(
        *mut c_void,
        *const raw::Backend,
        *const raw::Config,
        u32,
        *mut raw::Err,
    ) -> raw::Status,
    detach: unsafe extern "C" fn(*mut c_void, *mut raw::Err) -> raw::Status,
    query: unsafe extern "C" fn(*mut c_void, *mut raw::Info, *mut raw::Err) -> raw::Status,
    negotiate: gates::NegotiateFn,
    shot_begin: unsafe extern "C" fn(*mut c_void, u64, u64, *mut raw::Err) -> raw::Status,
    submit: unsafe extern "C" fn(*mut c_void, *const raw::Batch, *mut raw::Err) -> raw::Status,
    result: unsafe extern "C" fn(*mut c_void, u64, u32, *mut u64, *mut raw::Err) -> raw::Status,
    shot_end: unsafe extern "C" fn(*mut c_void, *mut raw::Err) -> raw::Status,
    destroy: unsafe extern "C" fn(*mut c_void),
    optional: raw::RuntimeVt,
}

/// A runtime across the border. Dropping it detaches the stack, and destroys the instance if it was
/// created here.
#[derive(Debug)]
pub struct TableRuntime<'a> {
    slots: Slots,
    me: *mut c_void,
    id: String<LAYER_BYTES>,
    info: Cell<Info>,
    inbox: Inbox,
    attached: bool,
    /// Also a call that only looks can lose the instance.
    lost: Cell<bool>,
    owned: bool,
    instance: PhantomData<&'a mut ()>,
}

/// How many operations there may be to an error that is told late: its index is of a batch that was
/// taken over by an earlier call.
const LATE: u32 = u32::MAX;

impl Slots {
    /// The functions of a table, as far as `consumer` insists on them.
    fn check(vt: raw::RuntimeVt, consumer: Consumer) -> Result<Self> {
        Ok(Self {
            attach: slot!(consumer, RUNTIME, vt.attach)?,
            detach: slot!(consumer, RUNTIME, vt.detach)?,
            query: slot!(consumer, RUNTIME, vt.query)?,
            negotiate: slot!(consumer, RUNTIME, vt.negotiate)?,
            shot_begin: slot!(consumer, RUNTIME, vt.shot_begin)?,
            submit: slot!(consumer, RUNTIME, vt.submit)?,
            result: slot!(consumer, RUNTIME, vt.result)?,
            shot_end: slot!(consumer, RUNTIME, vt.shot_end)?,
            destroy: slot!(consumer, RUNTIME, vt.destroy)?,
            optional: vt,
        })
    }
}

impl<'a> TableRuntime<'a> {
    /// The runtime behind a pair, size and required functions checked. If `owned`, dropping it
    /// destroys the instance.
    ///
    /// # Errors
    /// [`ErrorKind::Interface`] naming the first required function that is missing.
    ///
    /// # Safety
    /// The table is readable as far as its size says, keeps to the interface, and lives, with the
    /// instance, as long as `'a`; nobody else calls the instance meanwhile.
    pub unsafe fn from_raw(pair: raw::Runtime, owned: bool) -> Result<Self> {
        // SAFETY: the caller's promise.
        unsafe { Self::used_by(Consumer::HOST, pair, owned) }
    }

    /// As [`Self::from_raw`], with what `consumer` insists on.
    ///
    /// # Errors
    /// As [`Self::from_raw`].
    ///
    /// # Safety
    /// As [`Self::from_raw`].
    pub(super) unsafe fn used_by(
        consumer: Consumer,
        pair: raw::Runtime,
        owned: bool,
    ) -> Result<Self> {
        // SAFETY: the caller's promise.
        let vt = unsafe { record::read(pair.vt) }?;
        record::reserved(u64::from(vt.reserved0), RUNTIME.table)?;
        let id = slot!(consumer, RUNTIME, vt.id)?;
        let slots = Slots::check(vt, consumer)?;
        let info =
            Info { qubit_count: 0, op_kinds: 0, caps: Caps::NONE, threading: Threading::Pinned };
        let mut new = Self {
            slots,
            me: pair.me,
            id: String::new(),
            info: Cell::new(info),
            inbox: Inbox::new(),
            attached: false,
            lost: Cell::new(false),
            owned,
            instance: PhantomData,
        };
        // SAFETY: table and instance belong together, says the caller.
        new.id = unsafe { ask_id(id, pair.me) }?;
        Ok(new)
    }

    /// Hands the stack over, until the runtime is dropped. With `own_thread` the runtime may call it
    /// from a thread of its own.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if a stack is attached already or is pinned and `own_thread` is asked
    /// for, and whatever the runtime refuses.
    pub fn attach(&mut self, stack: Pair<'a>, config: &Config<'_>, own_thread: bool) -> Result<()> {
        // SAFETY: a `Pair` is borrowed for `'a`, which the runtime does not outlive.
        unsafe { self.attach_raw(stack.into_raw(), config, own_thread) }
    }

    /// As [`Self::attach`].
    ///
    /// # Errors
    /// As [`Self::attach`].
    ///
    /// # Safety
    /// Table and instance of the stack outlive `self`, and nobody else calls them meanwhile. With
    /// `own_thread`, the stack may be called from another thread.
    pub unsafe fn attach_raw(
        &mut self,
        stack: raw::Backend,
        config: &Config<'_>,
        own_thread: bool,
    ) -> Result<()> {
        config::give(config, |raw_config| {
            self.call(0, |slots, me, err| {
                // SAFETY: the caller's promise; the pointers are to locals.
                unsafe {
                    (slots.attach)(me, &raw const stack, raw_config, u32::from(own_thread), err)
                }
            })
        })?;
        self.attached = true;
        Ok(())
    }

    #[inline]
    fn call(
        &mut self,
        op_count: u32,
        call: impl FnOnce(&Slots, *mut c_void, *mut raw::Err) -> raw::Status,
    ) -> Result<()> {
        if self.lost.get() {
            return Err(lost(&self.id));
        }
        let status = call(&self.slots, self.me, self.inbox.open());
        let done = self.inbox.result(status, &self.id, op_count);
        if let Err(e) = &done {
            self.lost.set(e.class() == Class::InstanceLost);
        }
        done
    }
}

impl Drop for TableRuntime<'_> {
    fn drop(&mut self) {
        if self.attached && !self.lost.get() {
            // SAFETY: table and instance belong together. A failure leaves nothing to do.
            let _ = unsafe { (self.slots.detach)(self.me, core::ptr::null_mut()) };
        }
        if self.owned {
            // SAFETY: the instance was created for us, and nothing is called after this.
            unsafe { (self.slots.destroy)(self.me) };
        }
    }
}

impl Runtime for TableRuntime<'_> {
    fn id(&self) -> &str {
        &self.id
    }

    fn info(&self) -> Info {
        let mut info = record::blank();
        if !self.lost.get() {
            let status =
                // SAFETY: table and instance belong together; NULL is allowed for errors.
                unsafe { (self.slots.query)(self.me, &raw mut info, core::ptr::null_mut()) };
            // What cannot be taken leaves the info as it was.
            if went_well(status, &self.lost)
                && let Ok(info) = calls::take_info(&info)
            {
                self.info.set(info);
            }
        }
        self.info.get()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        if self.lost.get() {
            return Err(lost(&self.id));
        }
        let callee = (self.slots.negotiate, self.me);
        // SAFETY: table and instance belong together.
        let done = unsafe { gates::ask(callee, &mut self.inbox, &self.id, gates, verdicts) };
        if let Err(e) = &done {
            self.lost.set(e.class() == Class::InstanceLost);
        }
        done
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.call(0, |slots, me, err| {
            // SAFETY: table and instance belong together.
            unsafe { (slots.shot_begin)(me, shot.0, seed.0, err) }
        })
    }

    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        let raw_batch = calls::give_batch(batch)?;
        self.call(batch.op_count(), |slots, me, err| {
            // SAFETY: table and instance belong together.
            unsafe { (slots.submit)(me, &raw const raw_batch, err) }
        })
    }

    fn result(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        let mut value = raw::NOT_YET;
        self.call(LATE, |slots, me, err| {
            // SAFETY: table and instance belong together.
            unsafe { (slots.result)(me, id, u32::from(wait), &raw mut value, err) }
        })?;
        match value {
            0..=LEAKED => Ok(Some(value)),
            raw::NOT_YET if !wait => Ok(None),
            _ => Err(Error::from(ErrorKind::Outcomes("a result that cannot be"))
                .in_layer(&self.id)
                .with_text(format_args!("gave {value} for result {id}; 0, 1 or 2 is right"))),
        }
    }

    fn shot_end(&mut self) -> Result<()> {
        self.call(LATE, |slots, me, err| {
            // SAFETY: table and instance belong together.
            unsafe { (slots.shot_end)(me, err) }
        })
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let metric = self.slots.optional.metric.filter(|_| !self.lost.get())?;
        let mut out = record::blank();
        // SAFETY: table and instance belong together.
        let status = unsafe { metric(self.me, index, &raw mut out) };
        if !went_well(status, &self.lost) {
            return None;
        }
        // SAFETY: the texts stay until a call that needs `&mut self`.
        unsafe { calls::take_metric(&out) }
    }
}
