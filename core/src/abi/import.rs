//! A table and an instance as a [`Backend`] of Rust.

use super::export::{Pair, wrong_count};
use super::policy::{BACKEND, Consumer, slot};
use super::report::Inbox;
use super::{calls, gates, raw, record};
use crate::backend::{Backend, CancelTarget, Caps, GateSet, Info, Metric, StateQuery, Verdict};
use crate::error::{Class, Error, ErrorKind, LAYER_BYTES, Result};
use crate::ids::{Seed, ShotId};
use crate::op::outcome::LEAKED;
use crate::op::{Batch, OpKind, Outcome, Outcomes};
use core::cell::Cell;
use core::ffi::c_void;
use core::marker::PhantomData;
use heapless::String;

/// The functions of a table, after the check by name: present, or what stands in.
#[derive(Clone, Copy, Debug)]
struct Slots {
    query: unsafe extern "C" fn(*mut c_void, *mut raw::Info, *mut raw::Err) -> raw::Status,
    negotiate: gates::NegotiateFn,
    shot_begin: unsafe extern "C" fn(*mut c_void, u64, u64, *mut raw::Err) -> raw::Status,
    apply: unsafe extern "C" fn(
        *mut c_void,
        *const raw::Batch,
        *mut raw::Results,
        *mut raw::Err,
    ) -> raw::Status,
    shot_end: unsafe extern "C" fn(*mut c_void, *mut raw::Err) -> raw::Status,
    destroy: unsafe extern "C" fn(*mut c_void),
    #[cfg(pandia_drill = "2")]
    flush: unsafe extern "C" fn(*mut c_void, *mut raw::Err) -> raw::Status,
    optional: raw::BackendVt,
}

/// A backend across the border. What it hands back is checked, not believed.
///
/// Dropping one that was created here destroys the instance; one that was only lent stays.
#[derive(Debug)]
pub struct TableBackend<'a> {
    slots: Slots,
    me: *mut c_void,
    id: String<LAYER_BYTES>,
    info: Cell<Info>,
    inbox: Inbox,
    /// Also a call that only looks can lose the instance.
    lost: Cell<bool>,
    owned: bool,
    instance: PhantomData<&'a mut ()>,
}

impl Slots {
    /// The functions of a table, as far as `consumer` insists on them.
    fn check(vt: raw::BackendVt, consumer: Consumer) -> Result<Self> {
        Ok(Self {
            query: slot!(consumer, BACKEND, vt.query)?,
            negotiate: slot!(consumer, BACKEND, vt.negotiate)?,
            shot_begin: slot!(consumer, BACKEND, vt.shot_begin)?,
            apply: slot!(consumer, BACKEND, vt.apply)?,
            shot_end: slot!(consumer, BACKEND, vt.shot_end, nothing_to_do)?,
            destroy: slot!(consumer, BACKEND, vt.destroy)?,
            #[cfg(pandia_drill = "2")]
            flush: slot!(consumer, BACKEND, vt.flush, nothing_to_do)?,
            optional: raw::BackendVt {
                metric: consumer.optional(&BACKEND.rule("metric"), vt.metric),
                ..vt
            },
        })
    }
}

/// Stands in for a function that carries out what is left, in tables where nothing is ever left.
unsafe extern "C" fn nothing_to_do(_me: *mut c_void, _err: *mut raw::Err) -> raw::Status {
    raw::OK
}

/// The id that the instance says of itself.
///
/// # Safety
/// `id` is the function of the table of the instance `me`.
pub(super) unsafe fn ask_id(
    id: unsafe extern "C" fn(*mut c_void, *mut raw::Text) -> raw::Status,
    me: *mut c_void,
) -> Result<String<LAYER_BYTES>> {
    let mut text = raw::Text::EMPTY;
    // SAFETY: the caller's promise.
    let status = unsafe { id(me, &raw mut text) };
    if status != raw::OK {
        return Err(Error::from(ErrorKind::Broken("has no id"))
            .with_text(format_args!("the part does not say its id (status {status})")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "a small constant")]
    // SAFETY: the interface says that the text lives as long as the instance.
    let text = unsafe { record::text(text, LAYER_BYTES as u32, "the part's id") }?;
    let mut own = String::new();
    // It fits: it was checked to.
    let _ = own.push_str(text);
    Ok(own)
}

impl<'a> TableBackend<'a> {
    /// The backend behind a pair that somebody lends.
    ///
    /// # Errors
    /// [`ErrorKind::Interface`] naming the first required function that is missing.
    pub fn lent(pair: Pair<'a>) -> Result<Self> {
        // SAFETY: a `Pair` is made of a table of ours and an instance borrowed for `'a`.
        unsafe { Self::from_raw(pair.into_raw(), false) }
    }

    /// The backend behind a pair, size and required functions checked. If `owned`, dropping it
    /// destroys the instance; so does a failure after the table was found complete.
    ///
    /// # Errors
    /// [`ErrorKind::Interface`] naming the first required function that is missing.
    ///
    /// # Safety
    /// The table is readable as far as its size says, keeps to the interface, and lives, with the
    /// instance, as long as `'a`; nobody else calls the instance meanwhile.
    pub unsafe fn from_raw(pair: raw::Backend, owned: bool) -> Result<Self> {
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
        pair: raw::Backend,
        owned: bool,
    ) -> Result<Self> {
        // SAFETY: the caller's promise.
        let vt = unsafe { record::read(pair.vt) }?;
        record::reserved(u64::from(vt.reserved0), BACKEND.table)?;
        let id = slot!(consumer, BACKEND, vt.id)?;
        let slots = Slots::check(vt, consumer)?;
        let info = Info {
            qubit_count: 0,
            op_kinds: 0,
            caps: Caps::NONE,
            threading: crate::backend::Threading::Pinned,
        };
        let mut new = Self {
            slots,
            me: pair.me,
            id: String::new(),
            info: Cell::new(info),
            inbox: Inbox::new(),
            lost: Cell::new(false),
            owned,
            instance: PhantomData,
        };
        // SAFETY: table and instance belong together, says the caller.
        new.id = unsafe { ask_id(id, pair.me) }?;
        let mut info = record::blank();
        let err = new.inbox.open();
        // SAFETY: as above; the pointers are to locals.
        let status = unsafe { (slots.query)(pair.me, &raw mut info, err) };
        new.inbox.result(status, &new.id, 0)?;
        new.info.set(new.honest(&info).map_err(|e| e.in_layer(&new.id))?);
        Ok(new)
    }

    /// The table of the extension called `id`, if the instance has it.
    #[must_use]
    pub fn extension(&mut self, id: &str) -> Option<core::ptr::NonNull<c_void>> {
        let extension = self.slots.optional.extension.filter(|_| !self.lost.get())?;
        let mut table = core::ptr::null();
        // SAFETY: table and instance belong together; the pointers are to locals.
        let status = unsafe { extension(self.me, &raw::Text::of(id), &raw mut table) };
        if went_well(status, &self.lost) { core::ptr::NonNull::new(table.cast_mut()) } else { None }
    }

    /// What it claims, less what its table has no function for.
    fn honest(&self, info: &raw::Info) -> Result<Info> {
        let mut info = calls::take_info(info)?;
        let shows_state = self.slots.optional.state.and(self.slots.optional.state_digest);
        if shows_state.is_none() {
            info.caps = info.caps.without(Caps::STATE);
        }
        Ok(info)
    }

    /// Makes a call.
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

/// Whether a call that gives no words went well. One that says that the instance is lost has lost it,
/// even if it only looked; so has one that breaks the promise of what a status is.
pub(super) fn went_well(status: raw::Status, lost: &Cell<bool>) -> bool {
    if status != raw::OK && Class::of(status) == Class::InstanceLost {
        lost.set(true);
    }
    status == raw::OK
}

#[cold]
pub(super) fn lost(id: &str) -> Error {
    Error::from(ErrorKind::Broken("lost"))
        .in_layer(id)
        .with_text(format_args!("an earlier error has lost this instance; build the stack anew"))
}

impl Drop for TableBackend<'_> {
    fn drop(&mut self) {
        if self.owned {
            // SAFETY: the instance was created for us, and nothing is called after this.
            unsafe { (self.slots.destroy)(self.me) };
        }
    }
}

impl Backend for TableBackend<'_> {
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
                && let Ok(info) = self.honest(&info)
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

    #[inline]
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        outcomes.reserve(batch.result_count()).map_err(|e| Error::in_layer(e, &self.id))?;
        let raw_batch = calls::give_batch(batch)?;
        let mut results = raw::Results {
            size: record::bytes_of::<raw::Results>(),
            cap: batch.result_count(),
            len: 0,
            reserved0: 0,
            items: outcomes.spare().as_mut_ptr(),
        };
        self.call(batch.op_count(), |slots, me, err| {
            // SAFETY: table and instance belong together; the places are `outcomes`' own.
            unsafe { (slots.apply)(me, &raw const raw_batch, &raw mut results, err) }
        })?;
        if results.len != batch.result_count() {
            return Err(wrong_count(results.len as usize, batch.result_count()).in_layer(&self.id));
        }
        if results.len > 0 {
            let got = outcomes.spare().get(..results.len as usize).unwrap_or(&[]);
            check_outcomes(batch, got).map_err(|e| e.in_layer(&self.id))?;
            outcomes.advance(results.len as usize);
        }
        Ok(())
    }

    fn shot_end(&mut self) -> Result<()> {
        self.call(0, |slots, me, err| {
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

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        let Some(state) = self.slots.optional.state else {
            let e = ErrorKind::Unsupported("this part has no state to show");
            return Err(Error::from(e).in_layer(&self.id));
        };
        let (kind, qubits) = match query {
            StateQuery::Probabilities(qubits) => (raw::STATE_PROBABILITIES, qubits),
            StateQuery::Amplitudes(qubits) => (raw::STATE_AMPLITUDES, qubits),
        };
        let raw_query = raw::StateQuery {
            size: record::bytes_of::<raw::StateQuery>(),
            kind,
            qubit_count: u32::try_from(qubits.len()).unwrap_or(u32::MAX),
            reserved0: 0,
            qubits: qubits.as_ptr(),
        };
        // A number that is not written is found out, too.
        out.fill(f64::NAN);
        let (to, count) = (out.as_mut_ptr(), out.len() as u64);
        self.call(0, |_, me, err| {
            // SAFETY: table and instance belong together; `count` numbers are writable at `to`.
            unsafe { state(me, &raw const raw_query, to, count, err) }
        })?;
        match out.iter().position(|number| !number.is_finite()) {
            None => Ok(()),
            Some(at) => Err(not_finite(at, out[at]).in_layer(&self.id)),
        }
    }

    fn state_digest(&mut self) -> Result<u64> {
        let Some(state_digest) = self.slots.optional.state_digest else {
            let e = ErrorKind::Unsupported("this part has no state to show");
            return Err(Error::from(e).in_layer(&self.id));
        };
        let mut digest = 0;
        self.call(0, |_, me, err| {
            // SAFETY: table and instance belong together.
            unsafe { state_digest(me, &raw mut digest, err) }
        })?;
        Ok(digest)
    }

    #[cfg(pandia_drill = "1")]
    fn snapshot(&mut self) -> Result<u64> {
        let Some(snapshot) = self.slots.optional.snapshot else {
            let e = ErrorKind::Unsupported("this part takes no snapshots");
            return Err(Error::from(e).in_layer(&self.id));
        };
        let mut token = 0;
        self.call(0, |_, me, err| {
            // SAFETY: table and instance belong together.
            unsafe { snapshot(me, &raw mut token, err) }
        })?;
        Ok(token)
    }

    #[cfg(pandia_drill = "2")]
    fn flush(&mut self) -> Result<()> {
        self.call(0, |slots, me, err| {
            // SAFETY: table and instance belong together.
            unsafe { (slots.flush)(me, err) }
        })
    }

    fn cancel(&self) {
        if let Some(cancel) = self.slots.optional.cancel.filter(|_| !self.lost.get()) {
            // A request, not a promise: its status says nothing.
            // SAFETY: table and instance belong together.
            let _ = unsafe { cancel(self.me) };
        }
    }

    fn cancel_target(&self) -> Option<CancelTarget> {
        self.slots.optional.cancel.map(|call| CancelTarget { call, me: self.me })
    }
}

#[cold]
fn not_finite(at: usize, number: f64) -> Error {
    Error::from(ErrorKind::Outcomes("a number of the state that cannot be")).with_text(
        format_args!(
            "gave {number} as number {at} of its state; every number must be written and finite"
        ),
    )
}

/// Whether the outcomes are those that the batch asks for, in its order.
fn check_outcomes(batch: &Batch<'_>, got: &[Outcome]) -> Result<()> {
    let mut ops = (0_u32..).zip(batch.ops()).filter(|(_, op)| op.kind().bears_result());
    for outcome in got {
        let Some((index, op)) = ops.next() else {
            return Err(wrong_count(got.len(), batch.result_count()));
        };
        let largest = if op.kind() == OpKind::MeasureLeaked { LEAKED } else { 1 };
        let form = (outcome.kind, outcome.flags, outcome.reserved0);
        if outcome.id != op.result_id()
            || outcome.op_index != index
            || outcome.value > largest
            || form != (op.kind() as u8, 0, 0)
        {
            return Err(malformed(outcome, index, op.result_id(), largest));
        }
    }
    Ok(())
}

#[cold]
fn malformed(got: &Outcome, op_index: u32, id: u64, largest: u64) -> Error {
    Error::from(ErrorKind::Outcomes("an outcome that was not asked for")).at_op(op_index).with_text(
        format_args!(
            "gave an outcome that was not asked for: id {}, value {}, kind {}, operation {}; \
             asked for id {id}, value at most {largest}",
            got.id, got.value, got.kind, got.op_index
        ),
    )
}
