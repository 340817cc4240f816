//! A [`Backend`] of Rust as a table.

use super::guard::PanicGuard;
use super::instance::{Instance, Seen, destroy, enter, look};
use super::{calls, gates, raw, record};
use crate::backend::{Backend, StateQuery};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::op::Outcomes;
use core::ffi::c_void;
use core::marker::PhantomData;

/// The table of a backend type: a constant, one per type.
#[derive(Debug)]
pub struct BackendTable<B, G>(PhantomData<(B, G)>);

impl<B: Backend, G: PanicGuard> BackendTable<B, G> {
    const VT: raw::BackendVt = raw::BackendVt {
        size: record::bytes_of::<raw::BackendVt>(),
        reserved0: 0,
        id: Some(id::<B, G>),
        query: Some(query::<B, G>),
        negotiate: Some(negotiate::<B, G>),
        shot_begin: Some(shot_begin::<B, G>),
        apply: Some(apply::<B, G>),
        shot_end: kept(shot_end::<B, G>),
        destroy: Some(destroy::<B, G>),
        metric: kept(metric::<B, G>),
        state: Some(state::<B, G>),
        state_digest: Some(state_digest::<B, G>),
        cancel: None,
        extension: None,
        #[cfg(pandia_drill = "1")]
        snapshot: Some(snapshot::<B, G>),
        #[cfg(pandia_drill = "2")]
        flush: Some(flush::<B, G>),
    };
    const WITH_CANCEL: raw::BackendVt = raw::BackendVt { cancel: Some(cancel::<B, G>), ..Self::VT };

    /// The table for instances that are an [`Instance`] of `B`. It has no `cancel`.
    #[must_use]
    pub const fn of() -> &'static raw::BackendVt {
        &Self::VT
    }

    /// The table for this instance: it has `cancel` exactly if something below has.
    #[must_use]
    pub const fn for_instance(instance: &Instance<B, G>) -> &'static raw::BackendVt {
        if instance.cancel_target().is_some() { &Self::WITH_CANCEL } else { &Self::VT }
    }
}

/// A function that a later minor retires. It stays in our tables as long as the major lives, so
/// that older hosts find it; a drill may leave it out to see what they say.
const fn kept<F: Copy>(function: F) -> Option<F> {
    if cfg!(pandia_drill = "bare") { None } else { Some(function) }
}

impl<B: Backend, G: PanicGuard> Instance<B, G> {
    /// Wraps a backend so that it can be shown across the border.
    pub fn new(backend: B) -> Self {
        let id = backend.id();
        let mut own = heapless::String::<{ crate::error::LAYER_BYTES }>::new();
        id.chars().take_while(|&c| own.push(c).is_ok()).for_each(drop);
        let cancel = backend.cancel_target();
        Self::with_id(backend, &own, cancel)
    }

    /// The instance as a pair, as long as it is borrowed.
    pub fn pair(&mut self) -> Pair<'_> {
        let raw = self.raw_pair();
        Pair { raw, instance: PhantomData }
    }

    /// The instance as a pair.
    pub(crate) fn raw_pair(&mut self) -> raw::Backend {
        let vt = BackendTable::<B, G>::for_instance(self);
        raw::Backend { vt, me: core::ptr::from_mut(self).cast() }
    }
}

/// A table and an instance that is borrowed for `'a`.
#[derive(Debug)]
pub struct Pair<'a> {
    raw: raw::Backend,
    instance: PhantomData<&'a mut ()>,
}

impl Pair<'_> {
    /// The two pointers, to be handed over. They are good as long as the instance is borrowed.
    #[must_use]
    pub const fn raw(&self) -> raw::Backend {
        self.raw
    }

    /// The two pointers, for who keeps the borrow in its own type.
    pub(crate) const fn into_raw(self) -> raw::Backend {
        self.raw
    }
}

unsafe extern "C" fn id<B: Backend, G: PanicGuard>(
    me: *mut c_void,
    out: *mut raw::Text,
) -> raw::Status {
    let write = |instance: Seen<'_, B>| {
        if out.is_null() || !out.is_aligned() {
            return Err(ErrorKind::Argument("the place for the id is NULL or misaligned").into());
        }
        // SAFETY: not NULL, aligned; the caller's own memory.
        unsafe { out.write(raw::Text::of(instance.id)) };
        Ok(())
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { look::<B, G>(me, core::ptr::null_mut(), write) }
}

unsafe extern "C" fn query<B: Backend, G: PanicGuard>(
    me: *mut c_void,
    out: *mut raw::Info,
    err: *mut raw::Err,
) -> raw::Status {
    let fill = |instance: Seen<'_, B>| {
        let info = calls::give_info(instance.inner.info());
        // SAFETY: the caller keeps to the interface.
        unsafe { record::fill(out, info) }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { look::<B, G>(me, err, fill) }
}

unsafe extern "C" fn negotiate<B: Backend, G: PanicGuard>(
    me: *mut c_void,
    gates: *const raw::GateSet,
    verdicts: *mut u8,
    verdict_count: u32,
    err: *mut raw::Err,
) -> raw::Status {
    let call = |backend: &mut B| {
        // SAFETY: the caller keeps to the interface.
        unsafe {
            gates::answer(gates, verdicts, verdict_count, |set, verdicts| {
                backend.negotiate(set, verdicts)
            })
        }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<B, G>(me, err, call) }
}

unsafe extern "C" fn shot_begin<B: Backend, G: PanicGuard>(
    me: *mut c_void,
    shot: u64,
    seed: u64,
    err: *mut raw::Err,
) -> raw::Status {
    let call = |backend: &mut B| backend.shot_begin(ShotId(shot), Seed(seed));
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<B, G>(me, err, call) }
}

unsafe extern "C" fn apply<B: Backend, G: PanicGuard>(
    me: *mut c_void,
    batch: *const raw::Batch,
    results: *mut raw::Results,
    err: *mut raw::Err,
) -> raw::Status {
    let call = |backend: &mut B| {
        // SAFETY: the caller keeps to the interface.
        let batch = unsafe { calls::take_batch(batch) }?;
        // SAFETY: the caller keeps to the interface.
        let mut list = unsafe { record::read(results) }?;
        record::reserved(u64::from(list.reserved0), "results")?;
        // All of them, not the free ones only: NULL and an offset would pass for a place.
        // SAFETY: the caller keeps to the interface: `cap` places, initialised.
        let places = unsafe { record::slice_mut(list.items, u64::from(list.cap), "results") }?;
        let places = places
            .get_mut(list.len as usize..)
            .ok_or(ErrorKind::Interface("results: more places are taken than there are"))?;
        let mut outcomes = Outcomes::new(places);
        backend.apply(&batch, &mut outcomes)?;
        if outcomes.len() != batch.result_count() as usize {
            return Err(wrong_count(outcomes.len(), batch.result_count()));
        }
        list.len += batch.result_count();
        // SAFETY: as when it was read.
        unsafe { record::fill(results, list) }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<B, G>(me, err, call) }
}

#[cold]
pub(crate) fn wrong_count(got: usize, asked: u32) -> Error {
    Error::from(ErrorKind::Outcomes("a wrong number of outcomes")).with_text(format_args!(
        "gave {got} outcomes for a batch that asks for {asked}; one per measurement is right"
    ))
}

unsafe extern "C" fn shot_end<B: Backend, G: PanicGuard>(
    me: *mut c_void,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<B, G>(me, err, B::shot_end) }
}

unsafe extern "C" fn metric<B: Backend, G: PanicGuard>(
    me: *mut c_void,
    index: u32,
    out: *mut raw::Metric,
) -> raw::Status {
    let fill = |instance: Seen<'_, B>| {
        let metric = calls::give_metric(instance.inner.metric(index));
        // SAFETY: the caller keeps to the interface.
        unsafe { record::fill(out, metric) }
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { look::<B, G>(me, core::ptr::null_mut(), fill) }
}

unsafe extern "C" fn state<B: Backend, G: PanicGuard>(
    me: *mut c_void,
    query: *const raw::StateQuery,
    out: *mut f64,
    out_count: u64,
    err: *mut raw::Err,
) -> raw::Status {
    let call = |backend: &mut B| {
        // SAFETY: the caller keeps to the interface.
        let query = unsafe { record::read(query) }?;
        record::reserved(u64::from(query.reserved0), "state query")?;
        let count = u64::from(query.qubit_count);
        // SAFETY: the caller keeps to the interface.
        let qubits = unsafe { record::slice(query.qubits, count, "qubits of a state query") }?;
        // SAFETY: the caller keeps to the interface.
        let out = unsafe { record::slice_mut(out, out_count, "answer to a state query") }?;
        backend.state(state_query(query.kind, qubits)?, out)
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<B, G>(me, err, call) }
}

fn state_query(kind: u32, qubits: &[u32]) -> Result<StateQuery<'_>> {
    match kind {
        raw::STATE_PROBABILITIES => Ok(StateQuery::Probabilities(qubits)),
        raw::STATE_AMPLITUDES => Ok(StateQuery::Amplitudes(qubits)),
        _ => Err(ErrorKind::Unsupported("this kind of state query is not known here").into()),
    }
}

unsafe extern "C" fn state_digest<B: Backend, G: PanicGuard>(
    me: *mut c_void,
    out: *mut u64,
    err: *mut raw::Err,
) -> raw::Status {
    let call = |backend: &mut B| {
        // SAFETY: the caller keeps to the interface.
        let out = unsafe { record::slice_mut(out, 1, "place for the digest") }?;
        out[0] = backend.state_digest()?;
        Ok(())
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<B, G>(me, err, call) }
}

#[cfg(pandia_drill = "1")]
unsafe extern "C" fn snapshot<B: Backend, G: PanicGuard>(
    me: *mut c_void,
    token: *mut u64,
    err: *mut raw::Err,
) -> raw::Status {
    let call = |backend: &mut B| {
        // SAFETY: the caller keeps to the interface.
        let token = unsafe { record::slice_mut(token, 1, "place for the token") }?;
        token[0] = backend.snapshot()?;
        Ok(())
    };
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<B, G>(me, err, call) }
}

#[cfg(pandia_drill = "2")]
unsafe extern "C" fn flush<B: Backend, G: PanicGuard>(
    me: *mut c_void,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: the caller keeps to the interface.
    unsafe { enter::<B, G>(me, err, B::flush) }
}

/// \[any\] Passes the request on to who can honour it. May come while another thread is inside a
/// call: it reads what lies apart from the part and never changes.
unsafe extern "C" fn cancel<B, G>(me: *mut c_void) -> raw::Status {
    // SAFETY: the caller keeps to the interface.
    match unsafe { super::instance::target_at::<B, G>(me) } {
        // SAFETY: the child outlives the instance, says the interface.
        Some(target) => unsafe { target.ask() },
        None => ErrorKind::Unsupported("nothing below can be cancelled").code(),
    }
}
