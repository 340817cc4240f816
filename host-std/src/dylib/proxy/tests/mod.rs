//! Guests that misbehave on purpose, from real threads.

mod cancel;

use super::{Breach, CallProxy, Tag, Watch};
use core::ffi::c_void;
use pandia_core::abi::raw;
use pandia_core::backend::{Backend, CancelTarget, Caps, GateSet, Info, Threading, Verdict};
use pandia_core::error::{ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// Says when it is inside `apply`, and stays there until it is told to go on.
struct Child {
    threading: Threading,
    gate: Option<(Sender<()>, Receiver<()>)>,
    fails: Option<ErrorKind>,
    applied: Arc<AtomicU32>,
    cancel: Option<CancelTarget>,
}

impl Child {
    fn new(threading: Threading) -> Self {
        Self { threading, gate: None, fails: None, applied: Arc::default(), cancel: None }
    }
}

impl Backend for Child {
    fn id(&self) -> &str {
        "test.child"
    }
    fn info(&self) -> Info {
        let caps = Caps::NONE;
        Info { qubit_count: 2, op_kinds: u64::MAX, caps, threading: self.threading }
    }
    fn negotiate(&mut self, _: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        verdicts.fill(Verdict::Native);
        Ok(())
    }
    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        Ok(())
    }
    fn apply(&mut self, _: &Batch<'_>, _: &mut Outcomes<'_>) -> Result<()> {
        self.applied.fetch_add(1, Ordering::Relaxed);
        if let Some((inside, go)) = &self.gate {
            inside.send(()).unwrap();
            go.recv().unwrap();
        }
        self.fails.map_or(Ok(()), |kind| Err(kind.into()))
    }
    fn shot_end(&mut self) -> Result<()> {
        Ok(())
    }
    fn cancel_target(&self) -> Option<CancelTarget> {
        self.cancel
    }
}

/// A pair as a guest in C holds it: nothing keeps it from calling from anywhere.
#[derive(Clone, Copy)]
struct Guest(raw::Backend);

// SAFETY: what these tests are about.
unsafe impl Send for Guest {}

impl Guest {
    fn of(proxy: &CallProxy) -> Self {
        Self(proxy.raw())
    }

    fn vt(self) -> raw::BackendVt {
        // SAFETY: the table is a static.
        unsafe { *self.0.vt }
    }

    fn begin(self) -> i32 {
        // SAFETY: the proxy's own function and instance; no words are asked for.
        unsafe { self.vt().shot_begin.unwrap()(self.0.me, 0, 0, core::ptr::null_mut()) }
    }

    fn end(self) -> i32 {
        // SAFETY: as above.
        unsafe { self.vt().shot_end.unwrap()(self.0.me, core::ptr::null_mut()) }
    }

    fn apply(self) -> i32 {
        let batch = raw::Batch {
            size: u32::try_from(size_of::<raw::Batch>()).unwrap(),
            op_count: 0,
            result_count: 0,
            word_count: 0,
            start_ns: 0,
            length_ns: 0,
            issuer: 0,
            depth: 0,
            words: core::ptr::null(),
        };
        let mut results = raw::Results {
            size: u32::try_from(size_of::<raw::Results>()).unwrap(),
            cap: 0,
            len: 0,
            reserved0: 0,
            items: core::ptr::null_mut(),
        };
        let err = core::ptr::null_mut();
        // SAFETY: as above, with structures of this frame.
        unsafe { self.vt().apply.unwrap()(self.0.me, &raw const batch, &raw mut results, err) }
    }

    fn digest(self) -> i32 {
        let mut digest = 0;
        let err = core::ptr::null_mut();
        // SAFETY: as above.
        unsafe { self.vt().state_digest.unwrap()(self.0.me, &raw mut digest, err) }
    }

    fn negotiate(self) -> i32 {
        let (gates, err) = (core::ptr::null(), core::ptr::null_mut());
        // SAFETY: as above; NULL gates are refused.
        unsafe { self.vt().negotiate.unwrap()(self.0.me, gates, core::ptr::null_mut(), 0, err) }
    }

    fn destroy(self) {
        // SAFETY: as above.
        unsafe { self.vt().destroy.unwrap()(self.0.me) }
    }

    /// The same call from another thread.
    fn elsewhere<R: Send + 'static>(self, call: impl FnOnce(Self) -> R + Send + 'static) -> R {
        thread::spawn(move || call(self)).join().unwrap()
    }
}

const STATE: i32 = -4;

fn seen(watch: &Watch) -> Vec<(&'static str, Breach)> {
    watch.violations().iter().map(|v| (v.function, v.breach)).collect()
}

fn proxy(threading: Threading) -> (CallProxy, Guest, Watch) {
    let proxy = CallProxy::new(Box::new(Child::new(threading)));
    let (guest, watch) = (Guest::of(&proxy), proxy.watch());
    (proxy, guest, watch)
}

#[test]
fn who_keeps_to_the_interface_is_let_through() {
    let (mut proxy, guest, watch) = proxy(Threading::Sendable);
    watch.take_back();
    watch.lend(true);
    assert_eq!((guest.elsewhere(Guest::begin), guest.apply(), guest.end()), (0, 0, 0));
    watch.take_back();
    watch.lend(false);
    proxy.shot_begin(ShotId(1), Seed(0)).unwrap();
    proxy.apply(&Batch::default(), &mut Outcomes::new(&mut [])).unwrap();
    proxy.shot_end().unwrap();
    assert_eq!((proxy.id(), proxy.info().qubit_count), ("test.child", 2));
    assert_eq!(watch.violations(), []);
}

#[test]
fn a_second_call_while_one_is_in_progress_is_refused_and_noted() {
    let (inside, is_inside) = channel();
    let (go, goes) = channel();
    let child = Child { gate: Some((inside, goes)), ..Child::new(Threading::Sendable) };
    let applied = Arc::clone(&child.applied);
    let proxy = CallProxy::new(Box::new(child));
    let (guest, watch) = (Guest::of(&proxy), proxy.watch());
    assert_eq!(guest.begin(), 0);
    let first = thread::spawn(move || { guest }.apply());
    is_inside.recv().unwrap();
    let refused = [guest.apply(), guest.digest(), guest.negotiate(), guest.end()];
    watch.take_back();
    watch.lend(true);
    go.send(()).unwrap();
    assert_eq!((refused, first.join().unwrap()), ([STATE; 4], 0));
    assert_eq!(applied.load(Ordering::Relaxed), 1, "the second call got through to the child");
    let overlap = Breach::Overlap("apply");
    let expected = [
        ("apply", overlap),
        ("state_digest", overlap),
        ("negotiate", overlap),
        ("shot_end", overlap),
        ("apply", Breach::NotOver),
    ];
    assert_eq!(seen(&watch), expected);
    let tags: Vec<Tag> = watch.violations().iter().map(|v| v.tag).collect();
    assert_eq!(tags, [Tag::Exec, Tag::Quiet, Tag::Setup, Tag::Exec, Tag::Exec]);
    assert_eq!(guest.end(), 0, "the proxy goes on");
}

#[test]
fn many_threads_at_once_never_meet_in_the_child() {
    let (inside, is_inside) = channel();
    let (go, goes) = channel();
    let child = Child { gate: Some((inside, goes)), ..Child::new(Threading::Sendable) };
    let applied = Arc::clone(&child.applied);
    let proxy = CallProxy::new(Box::new(child));
    let guest = Guest::of(&proxy);
    assert_eq!(guest.begin(), 0);
    let holder = thread::spawn(move || { guest }.apply());
    is_inside.recv().unwrap();
    let crowd: Vec<_> =
        (0..4).map(|_| thread::spawn(move || (0..500).map(|_| { guest }.apply()).max())).collect();
    assert!(crowd.into_iter().all(|one| one.join().unwrap() == Some(STATE)));
    go.send(()).unwrap();
    assert_eq!((holder.join().unwrap(), applied.load(Ordering::Relaxed)), (0, 1));
    assert_eq!((proxy.violations().len(), proxy.watch().unlisted()), (1000, 1000));
}

#[test]
fn a_thread_that_attach_did_not_allow_is_refused_and_noted() {
    let (_proxy, guest, watch) = proxy(Threading::Sendable);
    watch.lend(false);
    assert_eq!((guest.elsewhere(Guest::begin), guest.begin()), (STATE, 0));
    assert_eq!(seen(&watch), [("shot_begin", Breach::OwnThread)]);
    let to = watch.clone();
    let moved = guest.elsewhere(move |guest| {
        to.move_host_here();
        guest.end()
    });
    assert_eq!((moved, watch.violations().len()), (0, 1), "a host may move");
}

#[test]
fn a_pinned_child_is_called_from_its_own_thread_only() {
    let (_proxy, guest, watch) = proxy(Threading::Pinned);
    watch.lend(true);
    assert_eq!((guest.elsewhere(Guest::digest), guest.begin()), (STATE, 0));
    assert_eq!(seen(&watch), [("state_digest", Breach::Pinned)]);
}

#[test]
fn set_up_belongs_to_the_thread_of_the_host() {
    let (_proxy, guest, watch) = proxy(Threading::Sendable);
    watch.lend(true);
    assert_eq!(guest.elsewhere(Guest::negotiate), STATE);
    assert_eq!(seen(&watch), [("negotiate", Breach::NotHost)]);
}

#[test]
fn calls_before_attach_after_detach_and_after_the_end_are_noted() {
    let (proxy, guest, watch) = proxy(Threading::Sendable);
    watch.take_back();
    assert_eq!(guest.begin(), STATE);
    watch.lend(true);
    assert_eq!(guest.begin(), 0);
    watch.take_back();
    assert_eq!(guest.apply(), STATE);
    drop(proxy);
    assert_eq!(guest.apply(), STATE, "its memory is gone, the watch is not");
    watch.lend(true);
    assert_eq!(guest.digest(), STATE);
    let functions = ["shot_begin", "apply", "apply", "state_digest"];
    assert_eq!(seen(&watch), functions.map(|function| (function, Breach::NotLent)));
}

#[test]
fn the_life_of_a_shot_is_kept() {
    let (_proxy, guest, watch) = proxy(Threading::Sendable);
    assert_eq!((guest.apply(), guest.end(), guest.begin()), (STATE, STATE, 0));
    assert_eq!((guest.begin(), guest.negotiate(), guest.end()), (STATE, STATE, 0));
    guest.destroy();
    assert_eq!(guest.begin(), 0, "not ended by somebody who did not make it");
    let expected = [
        ("apply", Breach::OutsideShot),
        ("shot_end", Breach::OutsideShot),
        ("shot_begin", Breach::InsideShot),
        ("negotiate", Breach::InsideShot),
        ("destroy", Breach::NotOwner),
    ];
    assert_eq!(seen(&watch), expected);
}

#[test]
fn after_a_lost_shot_or_instance_only_what_may_follow_is_let_through() {
    let lost_shot = ErrorKind::Impossible { qubit: 0, value: 1 };
    for (kind, code) in [(lost_shot, -101), (ErrorKind::Broken("test"), -200)] {
        let child = Child { fails: Some(kind), ..Child::new(Threading::Sendable) };
        let proxy = CallProxy::new(Box::new(child));
        let guest = Guest::of(&proxy);
        assert_eq!((guest.begin(), guest.apply(), guest.apply()), (0, code, STATE));
        let (breach, end) = match kind {
            ErrorKind::Broken(_) => (Breach::AfterInstanceLost, STATE),
            _ => (Breach::AfterShotLost, 0),
        };
        assert_eq!(proxy.violations()[0].breach, breach);
        assert_eq!(guest.end(), end);
    }
}

#[test]
fn a_null_instance_is_refused_and_the_words_say_what_happened() {
    let (mut proxy, guest, watch) = proxy(Threading::Sendable);
    let nobody = Guest(raw::Backend { me: core::ptr::null_mut::<c_void>(), ..guest.0 });
    assert_eq!((nobody.begin(), watch.violations().len()), (-1, 0));
    let error = proxy.shot_end().unwrap_err();
    assert_eq!(
        error.to_string(),
        "pandia.call_proxy: shot_end: called outside a shot; begin one first"
    );
    let told = watch.violations()[0].to_string();
    assert_eq!(told, "shot_end [exec]: called outside a shot; begin one first");
}
