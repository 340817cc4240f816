//! The lazy runtime: operations wait in a bounded queue, get a place in time as soon as their qubits
//! are free, and go down in batches of one kind that share a time window.
//!
//! Its rules are written in `docs/runtimes.md`. Not here: how a place in time is found
//! ([`schedule`]) and what the memory is cut into ([`memory`]).

mod memory;
mod part;
mod schedule;

pub use part::QueuedPart;

use self::memory::{Memory, Sizes};
use self::schedule::{Instant, Kind, Schedule};
use super::admission::Admission;
use super::contract::Runtime;
use super::futures::{FutureId, Futures, Known};
use super::simple::{Durations, check_outcome, in_shot_already, never_measured, no_shot};
use crate::backend::{Backend, GateSet, Info, Metric, MetricValue, Verdict};
use crate::error::{Class, Error, ErrorKind, NO_OP, Result};
use crate::ids::{Seed, ShotId};
use crate::op::bounds::Bounds;
use crate::op::{Batch, Op, OpKind, Ops, Outcome, Outcomes};
use crate::part::Storage;
use crate::units::{DurationNs, TimeNs};

/// Most operations of a batch: room for their outcomes lies on the stack.
pub(crate) const BATCH_OPS_MAX: usize = 64;

/// What a [`Queued`] is made with.
#[derive(Clone, Copy, Debug)]
pub struct QueuedConfig {
    /// How long operations take.
    pub durations: Durations,
    /// Qubits that can be used, if the stack has as many.
    pub qubit_count: u32,
    /// Result ids are below this.
    pub result_count: usize,
    /// Operations that may wait; one more has all of them carried out.
    pub queue_ops: usize,
    /// Operations of a batch, at most 64.
    pub batch_ops: usize,
}

/// Holds operations back until a result is read, the queue is full or the shot ends.
///
/// Storage: as many words as [`QueuedConfig::cells`] says.
#[derive(Clone, Debug)]
pub struct Queued<B, S> {
    stack: B,
    storage: S,
    sizes: Sizes,
    durations: Durations,
    batch_ops: usize,
    admission: Admission,
    queue: Queue,
    in_shot: bool,
    /// What went wrong in this shot, in the stack's words, and with which of its operations.
    failure: Option<(Error, Option<u64>)>,
    /// The failure has been told.
    told: bool,
    counts: Counts,
}

/// The state of the queue, apart from its memory.
#[derive(Clone, Copy, Debug, Default)]
struct Queue {
    schedule: Schedule,
    /// How many operations wait.
    ops: usize,
    /// How many words are used.
    words: usize,
    /// How many operations the shot has had.
    seen: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    ops_in: u64,
    batches: u64,
    forced_reads: u64,
    full_queues: u64,
}

/// The number of an operation in its shot, and where its words are, in one word that sorts by place.
const SEEN_BITS: u32 = 40;

/// An entry, taken apart.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Window {
    at: Instant,
    kind: Kind,
    length: DurationNs,
}

impl Window {
    const fn entry(self, place: usize, seen: u64) -> memory::Entry {
        let Self { at, kind, length } = self;
        let place = (place as u64) << SEEN_BITS | seen & ((1 << SEEN_BITS) - 1);
        [at.time.0, at.step << 8 | kind.0 as u64, length.0, place]
    }

    const fn of(entry: memory::Entry) -> Self {
        let [time, step, length, _] = entry;
        let at = Instant { time: TimeNs(time), step: step >> 8 };
        Self { at, kind: Kind((step & 0xff) as u8), length: DurationNs(length) }
    }
}

/// Where an entry's words are.
fn place_of(entry: &memory::Entry) -> usize {
    usize::try_from(entry[3] >> SEEN_BITS).unwrap_or(usize::MAX)
}

/// The future (or 0) and the record at this place.
fn waiting(words: &[u64], place: usize) -> (u64, Op<'_>) {
    let words = words.get(place..).unwrap_or(&[]);
    let (future, rest) = words.split_first().map_or((0, &[][..]), |(f, rest)| (*f, rest));
    let op = Ops::from_checked(rest).iter().next();
    (future, op.unwrap_or(Op::from_checked(&[])))
}

impl<B: Backend, S: Storage<u64>> Queued<B, S> {
    /// The runtime over `stack`.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if the storage has fewer words than [`QueuedConfig::cells`].
    pub fn new(stack: B, config: QueuedConfig, storage: S) -> Result<Self> {
        let info = stack.info();
        let sizes = config.sizes();
        let (needed, available) = (sizes.cells() as u64, storage.as_ref().len() as u64);
        if available < needed {
            return Err(
                ErrorKind::Capacity { what: "words for the queue", needed, available }.into()
            );
        }
        Ok(Self {
            stack,
            storage,
            sizes,
            durations: config.durations,
            batch_ops: config.batch_ops.clamp(1, BATCH_OPS_MAX),
            admission: Admission::new(info, config.qubit_count),
            queue: Queue::default(),
            in_shot: false,
            failure: None,
            told: false,
            counts: Counts::default(),
        })
    }

    /// The stack below.
    pub const fn stack(&self) -> &B {
        &self.stack
    }

    /// The stack below, to be asked for its state.
    pub const fn stack_mut(&mut self) -> &mut B {
        &mut self.stack
    }

    /// Takes a copy of an operation that was checked. A full queue is carried out first.
    fn take(&mut self, op: Op<'_>) {
        let needed = 1 + op.words().len();
        let Memory { words, entries, .. } = self.sizes.cut(self.storage.as_mut());
        if self.queue.ops == entries.len() || words.len() - self.queue.words < needed {
            self.counts.full_queues += 1;
            self.carry_out(usize::MAX);
        }
        if self.failure.is_some() {
            return;
        }
        let length = self.durations.of(op);
        let Memory { clocks, results, futures, entries, words, .. } =
            self.sizes.cut(self.storage.as_mut());
        let queue = &mut self.queue;
        let at = queue.schedule.place(op, length, clocks);
        let mut futures = Futures::over(futures);
        let mut future = 0;
        if op.kind().bears_result()
            && let Some(result) =
                usize::try_from(op.result_id()).ok().and_then(|id| results.get_mut(id))
            && let Some(new) = futures.issue()
        {
            // One reference for the queue, one for the id.
            futures.retain(new);
            if let Some(old) = FutureId::from_word(*result) {
                futures.release(old);
            }
            future = new.word();
            *result = future;
        }
        let place = words.get_mut(queue.words..queue.words + needed).unwrap_or(&mut []);
        if let Some((head, record)) = place.split_first_mut() {
            *head = future;
            record.copy_from_slice(op.words());
        }
        if let Some(entry) = entries.get_mut(queue.ops) {
            let window = Window { at, kind: Kind::of(op), length };
            *entry = window.entry(queue.words, queue.seen);
        }
        queue.ops += 1;
        queue.words += needed;
        queue.seen += 1;
    }

    /// Carries out what waits, in order of time, up to the batch with the `last`-th operation.
    fn carry_out(&mut self, last: usize) {
        let Memory { futures, entries, words, out, .. } = self.sizes.cut(self.storage.as_mut());
        let entries = entries.get_mut(..self.queue.ops).unwrap_or(&mut []);
        entries.sort_unstable();
        let mut futures = Futures::over(futures);
        let mut done = 0;
        while self.failure.is_none()
            && let Some(first) = entries.get(done).filter(|_| done <= last)
        {
            let window = Window::of(*first);
            let rest = entries.get(done..).unwrap_or(&[]);
            let count = rest.iter().take(self.batch_ops);
            let count = count.take_while(|entry| Window::of(**entry) == window).count();
            let group = rest.get(..count).unwrap_or(&[]);
            let sent = send(&mut self.stack, window, group, words, out, &mut futures);
            self.counts.batches += 1;
            if let Err(error) = sent {
                let entry = error.op_index().and_then(|index| group.get(index as usize));
                let seen = entry.map(|entry| entry[3] & ((1 << SEEN_BITS) - 1));
                let error = error.in_layer(QueuedPart::ID).after_partial_work();
                self.failure = Some((error, seen));
            }
            self.queue.schedule.not_before(window.at);
            done += count;
        }
        // After a failure the rest of the shot is left out.
        let done = if self.failure.is_some() { entries.len() } else { done };
        entries.copy_within(done.., 0);
        self.queue.ops -= done;
        if self.queue.ops == 0 {
            self.queue.words = 0;
        }
    }

    /// What is known of a result after everything that it depends on was carried out.
    fn force(&mut self, future: FutureId) -> Known {
        let Memory { entries, words, .. } = self.sizes.cut(self.storage.as_mut());
        let entries = entries.get_mut(..self.queue.ops).unwrap_or(&mut []);
        entries.sort_unstable();
        let is_it = |entry: &memory::Entry| waiting(words, place_of(entry)).0 == future.word();
        if let Some(last) = entries.iter().position(is_it) {
            self.counts.forced_reads += 1;
            self.carry_out(last);
        }
        self.known(future)
    }

    fn known(&mut self, future: FutureId) -> Known {
        Futures::over(self.sizes.cut(self.storage.as_mut()).futures).known(future)
    }

    /// The failure as it is told to a program that has gone on since: by a call that has no such
    /// operation.
    #[cold]
    fn tell(&mut self) -> Error {
        self.told = true;
        match &self.failure {
            Some((error, None)) => error.clone(),
            Some((error, Some(seen))) => {
                let late = error.clone().instead_at_op(NO_OP);
                late.with_text(format_args!("{} (operation {seen} of the shot)", Text(error)))
            }
            None => ErrorKind::Broken("a measurement was left out without a reason").into(),
        }
    }

    /// Carries out the projections of a batch, whose first operation is the `first` of the shot: if one
    /// is impossible, the program is told before it goes on.
    fn project(&mut self, first: u64) -> Result<()> {
        let Memory { entries, .. } = self.sizes.cut(self.storage.as_mut());
        let entries = entries.get_mut(..self.queue.ops).unwrap_or(&mut []);
        entries.sort_unstable();
        let projects = Kind(OpKind::Postselect as u8);
        let is_one = |entry: &memory::Entry| Window::of(*entry).kind == projects;
        if let Some(last) = entries.iter().rposition(is_one) {
            self.carry_out(last);
        }
        if self.told {
            return Ok(());
        }
        let here = match &self.failure {
            None => return Ok(()),
            Some((_, seen)) => seen.and_then(|seen| seen.checked_sub(first)),
        };
        let index = here.and_then(|index| u32::try_from(index).ok());
        let late = self.tell();
        Err(match (&self.failure, index) {
            (Some((error, _)), Some(index)) => error.clone().instead_at_op(index),
            _ => late,
        })
    }
}

impl QueuedConfig {
    /// Words that the storage must have.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.sizes().cells()
    }

    fn sizes(&self) -> Sizes {
        Sizes {
            qubits: self.qubit_count as usize,
            results: self.result_count,
            queue_ops: self.queue_ops.max(1),
        }
    }
}

/// Sends one batch and keeps its outcomes.
fn send<B: Backend>(
    stack: &mut B,
    window: Window,
    group: &[memory::Entry],
    words: &[u64],
    out: &mut [u64],
    futures: &mut Futures<'_>,
) -> Result<()> {
    let (mut length, mut ops, mut results) = (0, 0, 0);
    let mut of_results = [0; BATCH_OPS_MAX];
    for entry in group {
        let (future, op) = waiting(words, place_of(entry));
        if let Some(place) = out.get_mut(length..length + op.words().len()) {
            place.copy_from_slice(op.words());
        }
        length += op.words().len();
        ops += 1;
        if op.kind().bears_result() {
            if let Some(place) = of_results.get_mut(results as usize) {
                *place = future;
            }
            results += 1;
        }
    }
    let records = Ops::from_checked(out.get(..length).unwrap_or(&[]));
    let batch = Batch::from_checked(records, ops, results, Bounds::UNKNOWN)
        .at(window.at.time, window.length);
    let mut room = [Outcome::default(); BATCH_OPS_MAX];
    let mut outcomes = Outcomes::new(&mut room);
    stack.apply(&batch, &mut outcomes)?;
    if outcomes.len() != results as usize {
        let wrong = "the stack gave another number of outcomes than was asked for";
        return Err(ErrorKind::Outcomes(wrong).into());
    }
    let ids = batch.ops().iter().filter(|op| op.kind().bears_result()).map(Op::result_id);
    let known_at = window.at.after(window.length).time;
    for ((outcome, id), future) in outcomes.as_slice().iter().zip(ids).zip(of_results) {
        check_outcome(outcome)?;
        if outcome.id != id {
            let wrong = "the stack gave an outcome with an id that nobody asked for";
            return Err(ErrorKind::Outcomes(wrong).into());
        }
        if let Some(future) = FutureId::from_word(future) {
            futures.resolve(future, outcome.value, known_at);
            futures.release(future);
        }
    }
    Ok(())
}

/// An error's own words.
struct Text<'e>(&'e Error);

impl core::fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.write_text(f)
    }
}

impl<B: Backend, S: Storage<u64>> Runtime for Queued<B, S> {
    fn id(&self) -> &'static str {
        QueuedPart::ID
    }

    fn info(&self) -> Info {
        self.stack.info()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.stack.negotiate(gates, verdicts)?;
        let noted = self.admission.note(self.stack.info(), gates, verdicts);
        noted.map_err(|e| e.in_layer(self.id()))
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        if self.in_shot {
            return Err(in_shot_already(self.id()));
        }
        let begun = self.stack.shot_begin(shot, seed);
        // A shot that is lost at its begin has begun: it must be ended.
        if begun.as_ref().is_err_and(|e| e.class() != Class::ShotLost) {
            return begun;
        }
        let Memory { clocks, results, futures, .. } = self.sizes.cut(self.storage.as_mut());
        clocks.fill(<_>::default());
        results.fill(0);
        Futures::over(futures).clear();
        self.queue = Queue::default();
        self.counts = Counts::default();
        self.failure = begun.as_ref().err().map(|error| (error.clone(), None));
        self.told = begun.is_err();
        self.in_shot = true;
        begun
    }

    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        if !self.in_shot {
            return Err(no_shot(self.id()));
        }
        let checked = self.admission.check(batch, self.sizes.results);
        checked.map_err(|e| e.in_layer(self.id()))?;
        let first = self.queue.seen;
        let mut projects = false;
        for op in batch.ops() {
            self.counts.ops_in += 1;
            self.take(op);
            projects |= op.kind() == OpKind::Postselect;
        }
        if projects { self.project(first) } else { Ok(()) }
    }

    fn result(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        let Memory { results, .. } = self.sizes.cut(self.storage.as_mut());
        let word = usize::try_from(id).ok().and_then(|id| results.get(id)).copied().unwrap_or(0);
        let Some(future) = FutureId::from_word(word).filter(|_| self.in_shot) else {
            // It may have been left out with the rest of the shot.
            return Err(match &self.failure {
                Some(_) if self.in_shot => self.tell(),
                _ => never_measured(self.id()),
            });
        };
        let known = match self.known(future) {
            Known::Pending if self.failure.is_some() => return Err(self.tell()),
            Known::Pending if !wait => return Ok(None),
            Known::Pending => self.force(future),
            known @ Known::Value(..) => known,
        };
        match known {
            Known::Value(value, known_at) => {
                // What the program asks for from now on, it asks for with this knowledge.
                self.queue.schedule.not_before(Instant { time: known_at, step: 0 });
                Ok(Some(value))
            }
            Known::Pending => Err(self.tell()),
        }
    }

    fn shot_end(&mut self) -> Result<()> {
        if !self.in_shot {
            return Err(no_shot(self.id()));
        }
        self.carry_out(usize::MAX);
        self.in_shot = false;
        let ended = self.stack.shot_end();
        let lost = |(error, _): &(Error, Option<u64>)| error.class() == Class::InstanceLost;
        let tells = self.failure.as_ref().is_some_and(|failure| !self.told || lost(failure));
        let told = if tells { Err(self.tell()) } else { ended };
        self.failure = None;
        told
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let Counts { ops_in, batches, forced_reads, full_queues } = self.counts;
        let own = [
            ("ops_in", ops_in),
            ("batches", batches),
            ("forced_reads", forced_reads),
            ("full_queues", full_queues),
        ];
        match own.get(index as usize) {
            Some(&(name, value)) => {
                Some(Metric { part: self.id(), name, value: MetricValue::Counter(value) })
            }
            None => self.stack.metric(index - 4),
        }
    }
}
