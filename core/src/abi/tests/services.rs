//! The host's services and the way of a request to cancel, both across the border.

use crate::abi::{Instance, NoGuard, TableBackend, raw};
use crate::backend::{Backend, CancelTarget, Caps, GateSet, Info, Threading, Verdict};
use crate::error::Result;
use crate::ids::{Seed, ShotId};
use crate::op::{Batch, Outcomes};
use crate::part::{Level, Services};
use core::alloc::Layout;
use core::ffi::c_void;
use core::sync::atomic::{AtomicU32, Ordering};
use std::string::String;
use std::string::ToString;
use std::sync::Mutex;
use std::vec::Vec;

#[derive(Default)]
struct Heard {
    lines: Mutex<Vec<(u32, String)>>,
    blocks: AtomicU32,
}

unsafe extern "C" fn now_ns(_: *mut c_void, out: *mut u64) -> raw::Status {
    // SAFETY: the caller's own place.
    unsafe { out.write(77) };
    raw::OK
}
unsafe extern "C" fn log(me: *mut c_void, level: u32, at: *const u8, len: u32) -> raw::Status {
    // SAFETY: the test's own host.
    let heard = unsafe { &*me.cast::<Heard>() };
    // SAFETY: the caller's text.
    let text = unsafe { core::slice::from_raw_parts(at, len as usize) };
    heard.lines.lock().unwrap().push((level, String::from_utf8(text.to_vec()).unwrap()));
    raw::OK
}
unsafe extern "C" fn alloc(
    me: *mut c_void,
    bytes: u64,
    align: u32,
    out: *mut *mut c_void,
) -> raw::Status {
    if bytes > 1 << 20 {
        return -3;
    }
    // SAFETY: the test's own host.
    unsafe { &*me.cast::<Heard>() }.blocks.fetch_add(1, Ordering::Relaxed);
    let layout = Layout::from_size_align(usize::try_from(bytes).unwrap(), align as usize).unwrap();
    // SAFETY: not empty.
    let at = unsafe { std::alloc::alloc(layout) };
    // SAFETY: the caller's own place.
    unsafe { out.write(at.cast()) };
    raw::OK
}
unsafe extern "C" fn free(me: *mut c_void, at: *mut c_void) {
    // SAFETY: the test's own host.
    unsafe { &*me.cast::<Heard>() }.blocks.fetch_sub(1, Ordering::Relaxed);
    // SAFETY: every block of these tests is of this layout.
    unsafe { std::alloc::dealloc(at.cast(), Layout::new::<[u64; 4]>()) };
}

fn host(heard: &Heard) -> raw::Host {
    raw::Host {
        size: super::super::record::bytes_of::<raw::Host>(),
        minor: 0,
        me: (&raw const *heard).cast_mut().cast(),
        now_ns: Some(now_ns),
        log: Some(log),
        alloc: Some(alloc),
        free: Some(free),
    }
}

/// What a part finds: clock, log, memory.
fn found(services: Services) -> (bool, bool, bool) {
    let clock = services.now_ns().is_some();
    let log = services.log(Level::Info, "a line");
    let block = services.memory(Layout::new::<[u64; 4]>()).unwrap();
    if let Some(block) = &block {
        // SAFETY: fresh memory of this size and alignment.
        unsafe { block.at().cast::<[u64; 4]>().write([1, 2, 3, 4]) };
    }
    (clock, log, block.is_some())
}

#[test]
fn services_are_found_one_by_one_and_any_may_be_absent() {
    let heard = Heard::default();
    let all = host(&heard);
    // SAFETY: the structures outlive the services, in each of these.
    let read = |host: &raw::Host| unsafe { Services::from_raw(&raw const *host) };
    let services = |host: &raw::Host| read(host).unwrap();
    assert_eq!(found(services(&all)), (true, true, true));
    assert_eq!(services(&all).now_ns(), Some(77));
    assert_eq!(services(&all).as_raw(), &raw const all);
    assert_eq!(found(services(&raw::Host { now_ns: None, ..all })), (false, true, true));
    assert_eq!(found(services(&raw::Host { log: None, ..all })), (true, false, true));
    assert_eq!(found(services(&raw::Host { alloc: None, ..all })), (true, true, false));
    assert_eq!(found(services(&raw::Host { free: None, ..all })), (true, true, false));
    let error = read(&raw::Host { size: 4, ..all }).unwrap_err().to_string();
    assert!(error.contains("host services: it says that it has 4 bytes"), "{error}");
    // Of an older host, which ends before its log.
    let older = u32::try_from(core::mem::offset_of!(raw::Host, log)).unwrap();
    assert_eq!(found(services(&raw::Host { size: older, ..all })), (true, false, false));
    // Of a newer one, which goes on behind what is known.
    #[repr(C)]
    struct Newer(raw::Host, [u64; 3]);
    let newer =
        Newer(raw::Host { size: super::super::record::bytes_of::<Newer>(), ..all }, [!0; 3]);
    // SAFETY: as above.
    let of_newer = unsafe { Services::from_raw((&raw const newer).cast()) }.unwrap();
    assert_eq!(found(of_newer), (true, true, true));
    // SAFETY: NULL is allowed.
    let none = unsafe { Services::from_raw(core::ptr::null()) }.unwrap();
    assert_eq!(found(none), (false, false, false));
    assert!(none.as_raw().is_null());
    assert_eq!(heard.blocks.load(Ordering::Relaxed), 0, "every block was given back");
    assert!(heard.lines.lock().unwrap().iter().all(|line| line == &(3, "a line".into())));
    assert!(services(&all).memory(Layout::new::<[u64; 1 << 18]>()).is_err());
}

/// A child that can be cancelled while it is inside a call, as parts in C can.
struct Patient;
static ASKED: AtomicU32 = AtomicU32::new(0);
unsafe extern "C" fn ask(_: *mut c_void) -> raw::Status {
    ASKED.fetch_add(1, Ordering::Relaxed);
    raw::OK
}
impl Backend for Patient {
    fn id(&self) -> &str {
        "test.patient"
    }
    fn info(&self) -> Info {
        let threading = Threading::Sendable;
        Info { qubit_count: 1, op_kinds: u64::MAX, caps: Caps::NONE, threading }
    }
    fn negotiate(&mut self, _: &GateSet<'_>, _: &mut [Verdict]) -> Result<()> {
        Ok(())
    }
    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        while ASKED.load(Ordering::Relaxed) == 0 {
            std::thread::yield_now();
        }
        Ok(())
    }
    fn apply(&mut self, _: &Batch<'_>, _: &mut Outcomes<'_>) -> Result<()> {
        Ok(())
    }
    fn shot_end(&mut self) -> Result<()> {
        Ok(())
    }
    fn cancel_target(&self) -> Option<CancelTarget> {
        Some(CancelTarget { call: ask, me: core::ptr::null_mut() })
    }
}

#[test]
fn a_request_to_cancel_reaches_the_bottom_while_a_call_is_in_progress() {
    let mut bottom = Instance::<_, NoGuard>::new(Patient);
    let mut middle = Instance::<_, NoGuard>::new(TableBackend::lent(bottom.pair()).unwrap());
    let mut top = TableBackend::lent(middle.pair()).unwrap();
    let target = top.cancel_target().unwrap();
    std::thread::scope(|scope| {
        // SAFETY: the instances outlive this thread.
        scope.spawn(move || unsafe { target.ask() });
        // Ends only once it is asked to.
        top.shot_begin(ShotId(0), Seed(0)).unwrap();
    });
    assert!(ASKED.load(Ordering::Relaxed) >= 1);
}

#[test]
fn what_cannot_be_cancelled_does_not_offer_it() {
    struct Hard;
    impl Backend for Hard {
        fn id(&self) -> &str {
            "test.hard"
        }
        fn info(&self) -> Info {
            Patient.info()
        }
        fn negotiate(&mut self, _: &GateSet<'_>, _: &mut [Verdict]) -> Result<()> {
            Ok(())
        }
        fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
            Ok(())
        }
        fn apply(&mut self, _: &Batch<'_>, _: &mut Outcomes<'_>) -> Result<()> {
            Ok(())
        }
        fn shot_end(&mut self) -> Result<()> {
            Ok(())
        }
    }
    let mut bottom = Instance::<_, NoGuard>::new(Hard);
    // SAFETY: a table of ours.
    assert!(unsafe { &*bottom.pair().raw().vt }.cancel.is_none());
    let mut middle = Instance::<_, NoGuard>::new(TableBackend::lent(bottom.pair()).unwrap());
    assert!(TableBackend::lent(middle.pair()).unwrap().cancel_target().is_none());
}
