//! The three plugins, whose parts are real and whose tables are changed when they are given out.

use super::changed::{BACKEND, Change, Changed, RUNTIME};
use super::tap::AsksPart;
use pandia_core::abi::{NoGuard, plugin, raw};
use pandia_core::runtime::SimplePart;
use pandia_core::sim::StateVectorPart;
use std::cell::{Cell, RefCell};
use std::ffi::c_void;

pub(super) const SIMULATOR: usize = 0;
pub(super) const TAP: usize = 1;
pub(super) const DRIVER: usize = 2;

/// What becomes of the table of one part.
#[derive(Debug, Default)]
pub(super) struct Part {
    change: Cell<Change>,
    /// Its table, once it was created.
    table: RefCell<Option<Changed>>,
    me: Cell<*mut c_void>,
    destroy: Cell<Option<unsafe extern "C" fn(*mut c_void)>>,
    destroyed: Cell<u32>,
    cancelled: Cell<u32>,
}

thread_local! {
    /// `create` knows nothing of who made the table that it comes from.
    static PARTS: [Part; 3] = Default::default();
}

pub(super) fn with<R>(index: usize, look: impl FnOnce(&Part) -> R) -> R {
    PARTS.with(|parts| look(&parts[index]))
}

/// Forgets the input before; the tables of its parts go.
pub(super) fn begin(changes: [Change; 3]) {
    PARTS.with(|parts| {
        for (part, change) in parts.iter().zip(changes) {
            part.change.set(change);
            part.table.replace(None);
            part.me.set(core::ptr::null_mut());
            part.destroyed.set(0);
            part.cancelled.set(0);
        }
    });
}

impl Part {
    /// What the refusal of its table must say, if there must be one.
    pub(super) fn refusal(&self) -> Option<String> {
        self.table.borrow().as_ref()?.refusal()
    }

    pub(super) fn has(&self, function: &str) -> bool {
        self.table.borrow().as_ref().is_some_and(|table| table.has(function))
    }

    /// The pair that was given out, as a plugin sees it that is another's neighbour.
    pub(super) fn backend(&self) -> raw::Backend {
        let vt = self.table.borrow().as_ref().map_or(core::ptr::null(), Changed::at);
        raw::Backend { vt, me: self.me.get() }
    }

    pub(super) fn is_made(&self) -> bool {
        self.table.borrow().is_some()
    }

    pub(super) fn destroyed(&self) -> u32 {
        self.destroyed.get()
    }

    pub(super) fn cancelled(&self) -> u32 {
        self.cancelled.get()
    }
}

pub(super) fn simulator() -> raw::Plugin {
    let whole = *plugin::simulator::<StateVectorPart<f64>, NoGuard>();
    raw::Plugin { create: Some(create::<SIMULATOR>), ..whole }
}

pub(super) fn tap() -> raw::Plugin {
    raw::Plugin { create: Some(create::<TAP>), ..*plugin::layer::<AsksPart, NoGuard>() }
}

pub(super) fn driver() -> raw::Plugin {
    let whole = *plugin::runtime::<SimplePart, NoGuard>();
    raw::Plugin { create_runtime: Some(create_runtime), ..whole }
}

unsafe extern "C" fn destroy<const K: usize>(me: *mut c_void) {
    with(K, |part| {
        part.destroyed.set(part.destroyed.get() + 1);
        let real = part.destroy.get().expect("it was created");
        // SAFETY: the instance's own function.
        unsafe { real(me) };
    });
}

unsafe extern "C" fn metric(_: *mut c_void, index: u32, out: *mut raw::Metric) -> raw::Status {
    if index == 0 {
        let texts = (raw::Text::of("fuzz"), raw::Text::of("level"));
        // SAFETY: the host's structure is one of this version.
        let size = unsafe { (*out).size };
        let metric =
            raw::Metric { size, kind: raw::METRIC_COUNTER, value: 5, part: texts.0, name: texts.1 };
        // SAFETY: as above.
        unsafe { out.write(metric) };
    }
    raw::OK
}

unsafe extern "C" fn cancel(_: *mut c_void) -> raw::Status {
    with(SIMULATOR, |part| part.cancelled.set(part.cancelled.get() + 1));
    raw::OK
}

unsafe extern "C" fn extension(
    me: *mut c_void,
    _: *const raw::Text,
    out: *mut *const c_void,
) -> raw::Status {
    // SAFETY: the host's place.
    unsafe { out.write(me) };
    raw::OK
}

unsafe extern "C" fn create<const K: usize>(
    memory: *mut c_void,
    bytes: u64,
    config: *const raw::Config,
    host: *const raw::Host,
    children: *const raw::Backend,
    child_count: u32,
    out: *mut raw::Backend,
    err: *mut raw::Err,
) -> raw::Status {
    let real = if K == SIMULATOR {
        plugin::simulator::<StateVectorPart<f64>, NoGuard>()
    } else {
        plugin::layer::<AsksPart, NoGuard>()
    };
    let real = real.create.expect("it builds a backend");
    // SAFETY: what the host gave.
    let status = unsafe { real(memory, bytes, config, host, children, child_count, out, err) };
    if status != raw::OK {
        return status;
    }
    // SAFETY: just written.
    let pair = unsafe { &mut *out };
    // SAFETY: a table of ours.
    let mut vt = unsafe { *pair.vt };
    with(K, |part| {
        part.destroy.set(vt.destroy);
        vt.destroy = Some(destroy::<K>);
        if K == SIMULATOR {
            // So that it has all that there is.
            vt.metric = Some(metric);
            vt.cancel = Some(cancel);
            vt.extension = Some(extension);
        }
        // SAFETY: a whole one.
        let table = unsafe { Changed::new(&BACKEND, &vt, part.change.get()) };
        pair.vt = table.at();
        part.me.set(pair.me);
        part.table.replace(Some(table));
    });
    status
}

unsafe extern "C" fn create_runtime(
    memory: *mut c_void,
    bytes: u64,
    config: *const raw::Config,
    host: *const raw::Host,
    out: *mut raw::Runtime,
    err: *mut raw::Err,
) -> raw::Status {
    let real = plugin::runtime::<SimplePart, NoGuard>().create_runtime;
    let real = real.expect("it builds a runtime");
    // SAFETY: what the host gave.
    let status = unsafe { real(memory, bytes, config, host, out, err) };
    if status != raw::OK {
        return status;
    }
    // SAFETY: just written.
    let pair = unsafe { &mut *out };
    // SAFETY: a table of ours.
    let mut vt = unsafe { *pair.vt };
    with(DRIVER, |part| {
        part.destroy.set(vt.destroy);
        vt.destroy = Some(destroy::<DRIVER>);
        vt.extension = Some(extension);
        // SAFETY: a whole one.
        let table = unsafe { Changed::new(&RUNTIME, &vt, part.change.get()) };
        pair.vt = table.at();
        part.table.replace(Some(table));
    });
    status
}
