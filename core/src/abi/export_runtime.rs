//! A runtime part of Rust as a table: built over the stack while one is attached.

use super::attach::{AttachPart, AttachedStack};
use super::guard::PanicGuard;
use super::import::TableBackend;
use super::instance::{Seen, destroy, enter, look};
use super::policy::Consumer;
use super::{calls, config, gates, raw, record};
use crate::backend::{Backend, Threading};
use crate::error::{ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::part::{Config, Services};
use crate::runtime::Runtime;
use core::ffi::c_void;
use core::marker::PhantomData;

/// A runtime's memory, and the runtime while a stack is attached.
pub(crate) struct RuntimeSlot<P: AttachPart> {
    cells: *mut [P::Cell],
    services: Services,
    attached: Option<P::Attached>,
}

impl<P: AttachPart> RuntimeSlot<P> {
    pub(crate) const fn new(cells: &'static mut [P::Cell], services: Services) -> Self {
        Self { cells: &raw mut *cells, services, attached: None }
    }

    fn running(&mut self) -> Result<&mut P::Attached> {
        self.attached.as_mut().ok_or_else(|| NO_STACK.into())
    }

    fn seen(&self) -> Result<&P::Attached> {
        self.attached.as_ref().ok_or_else(|| NO_STACK.into())
    }

    /// # Safety
    /// The pointers are NULL or as the interface says.
    unsafe fn attach(
        &mut self,
        stack: *const raw::Backend,
        config: *const raw::Config,
        own_thread: u32,
    ) -> Result<()> {
        if self.attached.is_some() {
            return Err(ErrorKind::State("a stack is attached already; detach it first").into());
        }
        // SAFETY: the caller's promise.
        let stack = unsafe { record::slice(stack, 1, "stack") }?;
        // SAFETY: the interface says that the stack outlives the attachment.
        let stack = unsafe { TableBackend::used_by(Consumer::PLUGIN, stack[0], false) }?;
        if own_thread != 0 && stack.info().threading == Threading::Pinned {
            let e = "the stack is pinned to its thread and takes no calls from a runtime's own";
            return Err(ErrorKind::State(e).into());
        }
        // SAFETY: nothing is attached, so nobody else has the cells, which live as long as this.
        let cells = unsafe { &mut *self.cells };
        cells.fill(P::EMPTY);
        let stack = AttachedStack::new(stack, own_thread != 0);
        let build = |config: &Config<'_>| P::attach(config, stack, cells);
        // SAFETY: the caller's promise.
        let runtime = unsafe { config::take(config, self.services, build) }?;
        self.attached = Some(runtime);
        Ok(())
    }
}

const NO_STACK: ErrorKind = ErrorKind::State("no stack is attached; attach one first");

/// The table of a runtime part: a constant, one per part.
#[derive(Debug)]
pub struct RuntimeTable<P, G>(PhantomData<(P, G)>);

impl<P: AttachPart, G: PanicGuard> RuntimeTable<P, G> {
    const VT: raw::RuntimeVt = raw::RuntimeVt {
        size: record::bytes_of::<raw::RuntimeVt>(),
        reserved0: 0,
        id: Some(id::<P, G>),
        attach: Some(attach::<P, G>),
        detach: Some(detach::<P, G>),
        query: Some(query::<P, G>),
        negotiate: Some(negotiate::<P, G>),
        shot_begin: Some(shot_begin::<P, G>),
        submit: Some(submit::<P, G>),
        result: Some(result::<P, G>),
        shot_end: Some(shot_end::<P, G>),
        destroy: Some(destroy::<RuntimeSlot<P>, G>),
        metric: Some(metric::<P, G>),
        extension: None,
    };

    /// The table.
    #[must_use]
    pub const fn of() -> &'static raw::RuntimeVt {
        &Self::VT
    }
}

unsafe extern "C" fn id<P: AttachPart, G: PanicGuard>(
    me: *mut c_void,
    out: *mut raw::Text,
) -> raw::Status {
    let write = |instance: Seen<'_, RuntimeSlot<P>>| {
        if out.is_null() || !out.is_aligned() {
            return Err(ErrorKind::Argument("the place for the id is NULL or misaligned").into());
        }
        // SAFETY: not NULL, aligned; the caller's own memory.
        unsafe { out.write(raw::Text::of(instance.id)) };
        Ok(())
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { look::<RuntimeSlot<P>, G>(me, core::ptr::null_mut(), write) }
}

unsafe extern "C" fn attach<P: AttachPart, G: PanicGuard>(
    me: *mut c_void,
    stack: *const raw::Backend,
    config: *const raw::Config,
    own_thread: u32,
    err: *mut raw::Err,
) -> raw::Status {
    let call = |slot: &mut RuntimeSlot<P>| {
        // SAFETY: the caller keeps to the interface.
        unsafe { slot.attach(stack, config, own_thread) }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<RuntimeSlot<P>, G>(me, err, call) }
}

unsafe extern "C" fn detach<P: AttachPart, G: PanicGuard>(
    me: *mut c_void,
    err: *mut raw::Err,
) -> raw::Status {
    let call = |slot: &mut RuntimeSlot<P>| {
        slot.running()?;
        slot.attached = None;
        Ok(())
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<RuntimeSlot<P>, G>(me, err, call) }
}

unsafe extern "C" fn query<P: AttachPart, G: PanicGuard>(
    me: *mut c_void,
    out: *mut raw::Info,
    err: *mut raw::Err,
) -> raw::Status {
    let fill = |instance: Seen<'_, RuntimeSlot<P>>| {
        let info = calls::give_info(instance.inner.seen()?.info());
        // SAFETY: the caller keeps to the interface.
        unsafe { record::fill(out, info) }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { look::<RuntimeSlot<P>, G>(me, err, fill) }
}

unsafe extern "C" fn negotiate<P: AttachPart, G: PanicGuard>(
    me: *mut c_void,
    gates: *const raw::GateSet,
    verdicts: *mut u8,
    verdict_count: u32,
    err: *mut raw::Err,
) -> raw::Status {
    let call = |slot: &mut RuntimeSlot<P>| {
        let runtime = slot.running()?;
        // SAFETY: the caller keeps to the interface.
        unsafe {
            gates::answer(gates, verdicts, verdict_count, |set, verdicts| {
                runtime.negotiate(set, verdicts)
            })
        }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<RuntimeSlot<P>, G>(me, err, call) }
}

unsafe extern "C" fn shot_begin<P: AttachPart, G: PanicGuard>(
    me: *mut c_void,
    shot: u64,
    seed: u64,
    err: *mut raw::Err,
) -> raw::Status {
    let call = |slot: &mut RuntimeSlot<P>| slot.running()?.shot_begin(ShotId(shot), Seed(seed));
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<RuntimeSlot<P>, G>(me, err, call) }
}

unsafe extern "C" fn submit<P: AttachPart, G: PanicGuard>(
    me: *mut c_void,
    batch: *const raw::Batch,
    err: *mut raw::Err,
) -> raw::Status {
    let call = |slot: &mut RuntimeSlot<P>| {
        // SAFETY: the caller keeps to the interface.
        let batch = unsafe { calls::take_batch(batch) }?;
        slot.running()?.submit(&batch)
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<RuntimeSlot<P>, G>(me, err, call) }
}

unsafe extern "C" fn result<P: AttachPart, G: PanicGuard>(
    me: *mut c_void,
    id: u64,
    wait: u32,
    out: *mut u64,
    err: *mut raw::Err,
) -> raw::Status {
    let call = |slot: &mut RuntimeSlot<P>| {
        // SAFETY: the caller keeps to the interface.
        let out = unsafe { record::slice_mut(out, 1, "place for a result") }?;
        out[0] = slot.running()?.result(id, wait != 0)?.unwrap_or(raw::NOT_YET);
        Ok(())
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<RuntimeSlot<P>, G>(me, err, call) }
}

unsafe extern "C" fn shot_end<P: AttachPart, G: PanicGuard>(
    me: *mut c_void,
    err: *mut raw::Err,
) -> raw::Status {
    let call = |slot: &mut RuntimeSlot<P>| slot.running()?.shot_end();
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<RuntimeSlot<P>, G>(me, err, call) }
}

unsafe extern "C" fn metric<P: AttachPart, G: PanicGuard>(
    me: *mut c_void,
    index: u32,
    out: *mut raw::Metric,
) -> raw::Status {
    let fill = |instance: Seen<'_, RuntimeSlot<P>>| {
        let metric = calls::give_metric(instance.inner.seen()?.metric(index));
        // SAFETY: the caller keeps to the interface.
        unsafe { record::fill(out, metric) }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { look::<RuntimeSlot<P>, G>(me, core::ptr::null_mut(), fill) }
}
