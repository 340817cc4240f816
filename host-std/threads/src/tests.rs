//! The queue and the runtime on real threads, with a runtime inside that can be held and can fail.

use super::queue::{Ended, SendError, queue};
use super::{HandOver, Threaded, ThreadedConfig};
use pandia_core::backend::{Caps, GateSet, Info, Metric, MetricValue, Threading, Verdict};
use pandia_core::error::{Class, Error, ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{Batch, OpSink};
use pandia_core::runtime::Runtime;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

#[test]
fn a_long_stream_of_messages_of_all_lengths_arrives_as_it_was_sent() {
    let (mut sender, mut receiver) = queue(64);
    let longest = sender.longest() as u64;
    let length = move |n: u64| usize::try_from(n * 7 % (longest + 1)).unwrap();
    let sending = thread::spawn(move || {
        for n in 0..20_000_u64 {
            let body: Vec<u64> = (0..length(n) as u64).map(|i| n ^ i << 32).collect();
            let (head, rest) = body.split_at(body.len().min(5));
            sender.send(head, rest).unwrap();
        }
    });
    for n in 0..20_000_u64 {
        let message = receiver.receive().unwrap();
        assert_eq!(message.len(), length(n));
        assert!(message.iter().enumerate().all(|(i, &word)| word == n ^ (i as u64) << 32));
    }
    assert_eq!(receiver.receive(), Err(Ended));
    sending.join().unwrap();
}

#[test]
fn a_message_longer_than_the_queue_and_one_after_its_end_are_not_sent() {
    let (mut sender, mut receiver) = queue(8);
    let too_long = SendError::TooLong { words: 8, capacity: 7 };
    assert_eq!(sender.send(&[0; 5], &[0; 3]), Err(too_long));
    sender.send(&[1; 5], &[1; 2]).unwrap();
    assert_eq!(receiver.receive(), Ok(&[1; 7][..]));
    sender.send(&[2], &[]).unwrap();
    sender.break_off();
    assert_eq!(receiver.receive(), Err(Ended), "broken off: not even what was sent");
    assert_eq!(sender.send(&[], &[]), Err(SendError::Ended));
    assert!(too_long.to_string().contains("8 words is longer than the whole queue, 7"));
}

/// What the runtime inside does at its next batch.
enum Then {
    Work,
    Fail(Error),
    Panic,
}

/// Notes what it is told; at each batch it says so and waits for what to do, if it is held.
struct Inner {
    told: Arc<Mutex<Vec<String>>>,
    held: Option<(Sender<()>, Receiver<Then>)>,
    /// Results are there only when they are waited for.
    lazy: bool,
    batches: u64,
}

impl Inner {
    fn new() -> (Self, Arc<Mutex<Vec<String>>>) {
        let told = Arc::<Mutex<Vec<String>>>::default();
        (Self { told: Arc::clone(&told), held: None, lazy: false, batches: 0 }, told)
    }

    fn held() -> (Self, Hold) {
        let ((at, is_at), (then, does)) = (channel(), channel());
        let (inner, told) = Self::new();
        (Self { held: Some((at, does)), ..inner }, Hold { at: is_at, then, told })
    }

    fn note(&self, what: String) {
        self.told.lock().unwrap().push(what);
    }
}

struct Hold {
    at: Receiver<()>,
    then: Sender<Then>,
    told: Arc<Mutex<Vec<String>>>,
}

impl Runtime for Inner {
    fn id(&self) -> &'static str {
        "test.inner"
    }
    fn info(&self) -> Info {
        let threading = Threading::Sendable;
        Info { qubit_count: 3, op_kinds: u64::MAX, caps: Caps::NONE, threading }
    }
    fn negotiate(&mut self, _: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.note("negotiate".to_owned());
        verdicts.fill(Verdict::Native);
        Ok(())
    }
    fn shot_begin(&mut self, shot: ShotId, _: Seed) -> Result<()> {
        self.note(format!("begin {}", shot.0));
        Ok(())
    }
    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        self.batches += 1;
        self.note(format!("batch of {}", batch.op_count()));
        let Some((at, does)) = &self.held else { return Ok(()) };
        // Nobody may be there any more: then it just works.
        let _ = at.send(());
        match does.recv().unwrap_or(Then::Work) {
            Then::Work => Ok(()),
            Then::Fail(error) => Err(error),
            Then::Panic => panic!("the runtime gave up"),
        }
    }
    fn result(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        Ok((wait || !self.lazy).then_some((id + self.batches) % 2))
    }
    fn shot_end(&mut self) -> Result<()> {
        self.note("end".to_owned());
        Ok(())
    }
    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let value = MetricValue::Counter(self.batches);
        (index == 0).then_some(Metric { part: "test.inner", name: "batches", value })
    }
}

fn threaded(inner: Inner, queue_words: usize) -> Threaded<Inner> {
    let hand_over = HandOver::Always;
    let (id, result_count, knows_results) = ("test.threaded", 4, false);
    let config = ThreadedConfig { id, result_count, queue_words, hand_over, knows_results };
    Threaded::new(inner, config).unwrap()
}

fn measuring(ids: &[u64]) -> OpVec {
    let mut ops = OpVec::new();
    for &id in ids {
        ops.measure(0, id).unwrap();
    }
    ops
}

fn begin(runtime: &mut Threaded<Inner>) {
    runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
}

#[test]
fn the_program_runs_ahead_and_waits_only_where_it_reads() {
    let (inner, hold) = Inner::held();
    let mut runtime = threaded(inner, 1024);
    begin(&mut runtime);
    runtime.submit(&measuring(&[0]).batch()).unwrap();
    hold.at.recv().unwrap();
    // The runtime inside is held in the first batch, and the program goes on.
    runtime.submit(&measuring(&[1, 2]).batch()).unwrap();
    runtime.submit(&measuring(&[0]).batch()).unwrap();
    assert_eq!(runtime.result(0, false).unwrap(), None);
    assert_eq!(runtime.result(1, false).unwrap(), None);
    hold.then.send(Then::Work).unwrap();
    hold.at.recv().unwrap();
    hold.then.send(Then::Work).unwrap();
    assert_eq!(runtime.result(1, true).unwrap(), Some(1), "second batch, (1 + 2) % 2");
    assert_eq!(runtime.result(0, false).unwrap(), None, "measured again by the third batch");
    hold.at.recv().unwrap();
    hold.then.send(Then::Work).unwrap();
    assert_eq!(runtime.result(0, true).unwrap(), Some(1), "third batch, (0 + 3) % 2");
    runtime.shot_end().unwrap();
    let told = hold.told.lock().unwrap().join(", ");
    assert_eq!(told, "begin 0, batch of 1, batch of 2, batch of 1, end");
}

#[test]
fn results_and_calls_out_of_turn_are_refused_as_by_any_runtime() {
    let (inner, told) = Inner::new();
    let mut runtime = threaded(inner, 1024);
    assert!(matches!(runtime.submit(&Batch::default()).unwrap_err().kind(), ErrorKind::State(_)));
    assert!(matches!(runtime.shot_end().unwrap_err().kind(), ErrorKind::State(_)));
    begin(&mut runtime);
    assert!(runtime.shot_begin(ShotId(1), Seed(0)).is_err());
    assert!(runtime.result(0, true).is_err(), "nothing was measured into it");
    let error = runtime.submit(&measuring(&[0, 4]).batch()).unwrap_err();
    assert_eq!((error.op_index(), error.layer()), (Some(1), "test.threaded"));
    assert!(runtime.result(0, true).is_err(), "a refused batch measures nothing");
    assert!(error.to_string().contains("result id 4 is not below 4"), "{error}");
    runtime.submit(&measuring(&[0]).batch()).unwrap();
    assert!(runtime.result(0, true).unwrap().is_some());
    runtime.shot_end().unwrap();
    begin(&mut runtime);
    assert!(runtime.result(0, true).is_err(), "results belong to their shot");
    runtime.shot_end().unwrap();
    assert_eq!(told.lock().unwrap().len(), 5, "what was refused did not get through");
}

#[test]
fn a_failure_is_told_by_the_read_behind_it_and_costs_the_shot_once() {
    let (inner, hold) = Inner::held();
    let mut runtime = threaded(inner, 1024);
    begin(&mut runtime);
    for id in 0..3 {
        runtime.submit(&measuring(&[id]).batch()).unwrap();
    }
    let wrong = Error::from(ErrorKind::SameQubit { qubit: 1 }).at_op(5).in_layer("test.deep");
    hold.then.send(Then::Work).unwrap();
    hold.then.send(Then::Fail(wrong)).unwrap();
    assert_eq!(runtime.result(0, true).unwrap(), Some(1), "before the failure");
    for id in [1, 2, 1] {
        let error = runtime.result(id, true).unwrap_err();
        assert_eq!((error.class(), error.layer()), (Class::ShotLost, "test.deep"));
        assert_eq!(error.op_index(), None, "no operation of this call");
        let words = "qubit 1 is named twice by one operation; give it different qubits \
                     (operation 5 of batch 2 of the shot)";
        assert!(error.to_string().ends_with(words), "{error}");
    }
    assert_eq!(runtime.result(0, true).unwrap(), Some(1));
    runtime.shot_end().unwrap();
    let told = hold.told.lock().unwrap().join(", ");
    assert_eq!(told, "begin 0, batch of 1, batch of 1, end", "the third batch was left out");
    begin(&mut runtime);
    runtime.submit(&measuring(&[0]).batch()).unwrap();
    hold.then.send(Then::Work).unwrap();
    assert_eq!(runtime.result(0, true).unwrap(), Some(1), "the next shot is good");
    runtime.shot_end().unwrap();
}

#[test]
fn a_failure_that_nothing_is_read_behind_is_told_by_the_end_of_the_shot() {
    let (inner, hold) = Inner::held();
    let mut runtime = threaded(inner, 1024);
    begin(&mut runtime);
    runtime.submit(&measuring(&[0]).batch()).unwrap();
    let impossible = ErrorKind::Impossible { qubit: 0, value: 1 };
    hold.then.send(Then::Fail(impossible.into())).unwrap();
    let error = runtime.shot_end().unwrap_err();
    assert_eq!((error.code(), error.layer()), (-101, "test.threaded"));
    begin(&mut runtime);
    runtime.shot_end().unwrap();
}

#[test]
fn a_panic_loses_the_instance_with_its_words() {
    let (inner, hold) = Inner::held();
    let mut runtime = threaded(inner, 1024);
    begin(&mut runtime);
    runtime.submit(&measuring(&[0]).batch()).unwrap();
    runtime.submit(&measuring(&[1]).batch()).unwrap();
    hold.then.send(Then::Panic).unwrap();
    for _ in 0..2 {
        let error = runtime.result(1, true).unwrap_err();
        assert_eq!(error.class(), Class::InstanceLost);
        assert_eq!(error.to_string(), "test.inner: panicked: the runtime gave up");
    }
    assert_eq!(runtime.shot_end().unwrap_err().class(), Class::InstanceLost);
    begin(&mut runtime);
    assert_eq!(runtime.shot_end().unwrap_err().class(), Class::InstanceLost, "it stays lost");
    assert_eq!(hold.told.lock().unwrap().len(), 2, "and is not called again");
}

#[test]
fn it_can_be_dropped_at_any_time_and_leaves_nothing_running() {
    let (inner, hold) = Inner::held();
    let mut runtime = threaded(inner, 1024);
    begin(&mut runtime);
    for _ in 0..5 {
        runtime.submit(&measuring(&[0]).batch()).unwrap();
    }
    hold.at.recv().unwrap();
    let Hold { then, told, .. } = hold;
    let dropping = thread::spawn(move || drop(runtime));
    // The drop waits for the batch in progress, which goes on when nobody holds it any more.
    drop(then);
    dropping.join().unwrap();
    let told = Arc::try_unwrap(told).expect("the runtime inside is gone").into_inner().unwrap();
    assert!(told.len() >= 2 && !told.contains(&"end".to_owned()), "{told:?}");
    drop(threaded(Inner::new().0, 1024));
}

#[test]
fn a_small_queue_makes_the_program_wait_and_a_longer_batch_goes_in_its_turn() {
    let (inner, told) = Inner::new();
    let mut runtime = threaded(inner, 64);
    begin(&mut runtime);
    for _ in 0..500 {
        runtime.submit(&measuring(&[1]).batch()).unwrap();
    }
    let mut long = OpVec::new();
    for _ in 0..100 {
        long.gate(slot::X, &[0], &[]).unwrap();
    }
    long.measure(0, 3).unwrap();
    runtime.submit(&long.batch()).unwrap();
    assert_eq!(runtime.result(3, false).unwrap(), Some(0), "done when submit returns: (3+501)%2");
    runtime.submit(&measuring(&[1]).batch()).unwrap();
    assert_eq!(runtime.result(1, true).unwrap(), Some(1), "(1 + 502) % 2");
    runtime.shot_end().unwrap();
    let told = told.lock().unwrap();
    assert_eq!((told.len(), told[501].as_str()), (504, "batch of 101"));
}

#[test]
fn a_lazy_runtime_inside_is_asked_when_the_program_reads() {
    let (inner, _) = Inner::new();
    let mut runtime = threaded(Inner { lazy: true, ..inner }, 1024);
    begin(&mut runtime);
    runtime.submit(&measuring(&[2]).batch()).unwrap();
    assert_eq!(runtime.result(2, true).unwrap(), Some(1));
    assert_eq!(runtime.result(2, false).unwrap(), None);
    runtime.shot_end().unwrap();
}

#[test]
fn metrics_are_those_of_the_last_end_of_a_shot() {
    let (inner, _) = Inner::new();
    let mut runtime = threaded(inner, 1024);
    let count = |runtime: &Threaded<Inner>| runtime.metric(0).unwrap().value;
    assert_eq!(count(&runtime), MetricValue::Counter(0));
    for shot in 1..3 {
        begin(&mut runtime);
        runtime.submit(&measuring(&[2]).batch()).unwrap();
        runtime.shot_end().unwrap();
        assert_eq!(count(&runtime), MetricValue::Counter(shot));
    }
    assert!(runtime.metric(1).is_none());
    assert_eq!((runtime.id(), runtime.info().qubit_count), ("test.threaded", 3));
}
