//! Requests to cancel through the proxy: offered exactly if the child has them, let in beside
//! everything else, and only while the stack is lent.

use super::super::super::guard::Catch;
use super::super::{Breach, CallProxy, Tag};
use super::{Child, Guest, STATE, seen};
use core::ffi::c_void;
use pandia_core::abi::{Instance, TableBackend, raw};
use pandia_core::backend::{Backend, CancelTarget, Threading};
use pandia_core::error::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::thread;

/// How often each test's child was asked, and whether who asks is held up there.
static ASKED: [AtomicU32; 4] = [const { AtomicU32::new(0) }; 4];
static HELD: AtomicBool = AtomicBool::new(false);

fn asked<const N: usize>() -> u32 {
    ASKED[N].load(Ordering::SeqCst)
}

/// The function `cancel` of a part in C.
unsafe extern "C" fn ask<const N: usize>(_: *mut c_void) -> raw::Status {
    ASKED[N].fetch_add(1, Ordering::SeqCst);
    while N == 3 && HELD.load(Ordering::SeqCst) {
        thread::yield_now();
    }
    raw::OK
}

/// What a part whose table has that function gives to whoever is above it.
fn target<const N: usize>() -> CancelTarget {
    let bottom = Child::new(Threading::Sendable);
    let bottom = Box::leak(Box::new(Instance::<_, Catch>::new(bottom))).pair().raw();
    // SAFETY: a table of ours is a constant.
    let vt = raw::BackendVt { cancel: Some(ask::<N>), ..unsafe { *bottom.vt } };
    let pair = raw::Backend { vt: Box::leak(Box::new(vt)), me: bottom.me };
    // SAFETY: table and instance stay until the program ends.
    unsafe { TableBackend::from_raw(pair, false) }.unwrap().cancel_target().unwrap()
}

fn cancellable<const N: usize>(threading: Threading) -> Child {
    Child { cancel: Some(target::<N>()), ..Child::new(threading) }
}

impl Guest {
    fn cancel(self) -> i32 {
        // SAFETY: the proxy's own function and instance.
        unsafe { self.vt().cancel.unwrap()(self.0.me) }
    }
}

#[test]
fn cancel_is_offered_exactly_if_the_child_has_it_at_any_depth() {
    let hard = CallProxy::new(Box::new(Child::new(Threading::Sendable)));
    assert!(Guest::of(&hard).vt().cancel.is_none() && hard.cancel_target().is_none());
    let over = CallProxy::new(Box::new(hard));
    assert!(Guest::of(&over).vt().cancel.is_none() && over.cancel_target().is_none());

    let soft = CallProxy::new(Box::new(cancellable::<0>(Threading::Sendable)));
    assert_eq!((Guest::of(&soft).cancel(), asked::<0>()), (0, 1));
    soft.cancel();
    assert_eq!(asked::<0>(), 2);
    // A proxy over a table over a proxy.
    let mut over = Instance::<_, Catch>::new(CallProxy::new(Box::new(soft)));
    let top = TableBackend::lent(over.pair()).unwrap();
    // SAFETY: the stack lives until the end of this test.
    assert_eq!((unsafe { top.cancel_target().unwrap().ask() }, asked::<0>()), (0, 3));
    top.cancel();
    assert_eq!(asked::<0>(), 4);
}

#[test]
fn a_request_to_cancel_may_come_from_any_thread_beside_a_call() {
    for threading in [Threading::Sendable, Threading::Pinned] {
        let (inside, is_inside) = channel();
        let (go, goes) = channel();
        let child = Child { gate: Some((inside, goes)), ..cancellable::<1>(threading) };
        let proxy = CallProxy::new(Box::new(child));
        let (guest, watch) = (Guest::of(&proxy), proxy.watch());
        watch.lend(false);
        assert_eq!(guest.begin(), 0);
        let before = asked::<1>();
        let other = thread::spawn(move || {
            is_inside.recv().unwrap();
            let status = { guest }.cancel();
            go.send(()).unwrap();
            status
        });
        assert_eq!((guest.apply(), other.join().unwrap()), (0, 0));
        assert_eq!((guest.cancel(), guest.end(), guest.cancel()), (0, 0, 0));
        assert_eq!((asked::<1>(), watch.violations()), (before + 3, vec![]));
    }
}

#[test]
fn a_request_to_cancel_goes_no_further_than_it_may() {
    let child =
        Child { fails: Some(ErrorKind::Broken("test")), ..cancellable::<2>(Threading::Sendable) };
    let proxy = CallProxy::new(Box::new(child));
    let (guest, watch) = (Guest::of(&proxy), proxy.watch());
    watch.take_back();
    assert_eq!(guest.cancel(), STATE, "before attach");
    watch.lend(true);
    assert_eq!((guest.begin(), guest.apply()), (0, -200));
    assert_eq!(guest.cancel(), 0, "who asks cannot know that the instance is lost");
    watch.take_back();
    assert_eq!(guest.elsewhere(Guest::cancel), STATE, "after detach");
    drop(proxy);
    watch.lend(true);
    assert_eq!(guest.cancel(), STATE, "the stack is gone");
    let nobody = Guest(raw::Backend { me: core::ptr::null_mut(), ..guest.0 });
    assert_eq!(nobody.cancel(), -1);
    assert_eq!(asked::<2>(), 0, "none of these reached the child");
    assert_eq!(seen(&watch), [("cancel", Breach::NotLent); 3]);
    assert_eq!(watch.violations()[0].tag, Tag::Any);
    let told = watch.violations()[0].to_string();
    assert!(told.starts_with("cancel [any]: called before attach or after detach"), "{told}");
}

#[test]
fn a_request_that_is_not_over_when_the_stack_is_given_back_is_noted_and_keeps_the_child() {
    let child = cancellable::<3>(Threading::Sendable);
    let alive = Arc::clone(&child.applied);
    let proxy = CallProxy::new(Box::new(child));
    let (guest, watch) = (Guest::of(&proxy), proxy.watch());
    HELD.store(true, Ordering::SeqCst);
    let asking = thread::spawn(move || { guest }.cancel());
    while asked::<3>() == 0 {
        thread::yield_now();
    }
    assert_eq!((guest.begin(), guest.end()), (0, 0), "it holds nobody else up");
    drop(proxy);
    assert_eq!(Arc::strong_count(&alive), 2, "the child was ended under a call");
    HELD.store(false, Ordering::SeqCst);
    assert_eq!(asking.join().unwrap(), 0);
    assert_eq!(seen(&watch), [("cancel", Breach::NotOver)]);
}
