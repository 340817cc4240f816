//! The eager runtime: every batch goes down at once, one after the other in time.

use super::admission::no_such_result;
use super::contract::Runtime;
use super::part::RuntimePart;
use crate::backend::{Backend, GateSet, Info, Metric, MetricValue, Verdict};
use crate::error::{Class, Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::op::outcome::LEAKED;
use crate::op::{Batch, Op, OpKind, Outcome, Outcomes};
use crate::part::{Config, ParamKind, ParamSpec, PartKind, PartSpec, Storage, Value};
use crate::units::{DurationNs, TimeNs};

/// The value of a result nobody has measured yet.
const UNMEASURED: u64 = u64::MAX;

/// How long operations take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    /// A gate on one qubit.
    pub gate_1q: DurationNs,
    /// A gate on two or more qubits.
    pub gate_2q: DurationNs,
    /// A measurement.
    pub measure: DurationNs,
    /// A reset.
    pub reset: DurationNs,
}

impl Durations {
    /// How long `op` takes.
    pub(super) fn of(&self, op: Op<'_>) -> DurationNs {
        match op.kind() {
            OpKind::Gate if op.qubit_count() == 1 => self.gate_1q,
            OpKind::Gate => self.gate_2q,
            OpKind::Measure | OpKind::MeasureLeaked => self.measure,
            OpKind::Reset => self.reset,
            OpKind::Idle => DurationNs(op.param_u64(0)),
            OpKind::Postselect | OpKind::Custom | OpKind::Channel | OpKind::Barrier => {
                DurationNs::ZERO
            }
        }
    }

    /// Takes them out of a configuration that has [`DURATIONS`] among its parameters.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if one is no whole number.
    pub(super) fn configured(config: &Config<'_>, spec: &PartSpec) -> Result<Self> {
        let whole = |param: ParamSpec| config.whole(spec, param.name).map(DurationNs);
        let [gate_1q, gate_2q, measure, reset] = DURATIONS;
        Ok(Self {
            gate_1q: whole(gate_1q)?,
            gate_2q: whole(gate_2q)?,
            measure: whole(measure)?,
            reset: whole(reset)?,
        })
    }
}

/// Hands every batch to the stack as it comes; its operations follow one another in time. With
/// durations every operation is a batch of its own, in its own time window: one that is refused then
/// costs the shot if others of its batch came before it.
///
/// Storage: one [`Outcome`] per result id, in which the result stays until the next shot, and as
/// many again as room for the outcomes of a batch.
#[derive(Clone, Debug)]
pub struct Simple<B, S> {
    id: &'static str,
    stack: B,
    storage: S,
    result_count: usize,
    durations: Durations,
    now: TimeNs,
    /// Batches that went down in this shot.
    batches: u64,
    in_shot: bool,
}

impl<B: Backend, S: Storage<Outcome>> Simple<B, S> {
    /// The runtime over `stack`; result ids are below half the length of `storage`.
    pub fn new(stack: B, durations: Durations, mut storage: S) -> Self {
        let result_count = storage.as_mut().len() / 2;
        let (id, now) = (SimplePart::SPEC.id, TimeNs::ZERO);
        Self { id, stack, storage, result_count, durations, now, batches: 0, in_shot: false }
    }

    /// The same under another part's id, with result ids below `result_count` only: the cells behind
    /// the first `2 * result_count` are that part's.
    pub(super) fn within(self, id: &'static str, result_count: usize) -> Self {
        let result_count = result_count.min(self.result_count);
        Self { id, result_count, ..self }
    }

    /// The cells behind its own.
    pub(super) fn beyond_results(&mut self) -> &mut [Outcome] {
        self.storage.as_mut().get_mut(2 * self.result_count..).unwrap_or(&mut [])
    }

    /// Whether a shot is running.
    pub(super) const fn in_shot(&self) -> bool {
        self.in_shot
    }

    /// How many result ids there are.
    pub(super) const fn result_count(&self) -> usize {
        self.result_count
    }

    /// The stack below.
    pub const fn stack(&self) -> &B {
        &self.stack
    }

    /// The stack below, to be asked for its state.
    pub const fn stack_mut(&mut self) -> &mut B {
        &mut self.stack
    }

    /// Checks the batch's result ids and sends it down: in pieces of one operation if operations take
    /// time, and otherwise in as few as there is room for their outcomes.
    fn send(&mut self, batch: &Batch<'_>) -> Result<()> {
        let mut length = 0_u64;
        for (index, op) in (0..).zip(batch.ops()) {
            if op.kind().bears_result() && op.result_id() >= self.result_count as u64 {
                return Err(no_such_result(op.result_id(), self.result_count).at_op(index));
            }
            length = length.saturating_add(self.durations.of(op).0);
        }
        let room = u32::try_from(self.result_count).unwrap_or(u32::MAX);
        let timed = self.durations != Durations::default();
        if batch.result_count() <= room && (!timed || batch.op_count() == 1) {
            return self.send_piece(batch, 0, length);
        }
        let mut ops = batch.ops().iter();
        let (mut first_word, mut first_op) = (0, 0);
        let (mut op_count, mut result_count, mut length) = (0, 0, 0_u64);
        loop {
            let word = ops.word();
            let next = ops.next();
            let bears = next.is_some_and(|op| op.kind().bears_result());
            let full = (bears && result_count == room) || (timed && op_count > 0);
            if next.is_none() || full {
                let piece = batch.part(first_word, word, op_count, result_count);
                self.send_piece(&piece, first_op, length)?;
                first_word = word;
                first_op += op_count;
                (op_count, result_count, length) = (0, 0, 0);
            }
            let Some(op) = next else { return Ok(()) };
            op_count += 1;
            result_count += u32::from(bears);
            length = length.saturating_add(self.durations.of(op).0);
        }
    }

    fn send_piece(&mut self, piece: &Batch<'_>, first_op: u32, length: u64) -> Result<()> {
        let piece = piece.at(self.now, DurationNs(length));
        let (results, room) = self.storage.as_mut().split_at_mut(self.result_count);
        let mut outcomes = Outcomes::new(room);
        self.stack.apply(&piece, &mut outcomes).map_err(|e| {
            let e = e.shift_op(first_op);
            if first_op > 0 { e.after_partial_work() } else { e }
        })?;
        if outcomes.len() != piece.result_count() as usize {
            let wrong = "the stack gave another number of outcomes than was asked for";
            return Err(ErrorKind::Outcomes(wrong).into());
        }
        self.batches += 1;
        self.now = self.now.after(DurationNs(length));
        for outcome in outcomes.as_slice() {
            check_outcome(outcome)?;
            match usize::try_from(outcome.id).ok().and_then(|id| results.get_mut(id)) {
                Some(place) => *place = *outcome,
                None => {
                    let wrong = "the stack gave an outcome with an id that nobody asked for";
                    return Err(ErrorKind::Outcomes(wrong).into());
                }
            }
        }
        Ok(())
    }
}

/// Checks that an outcome of the stack's is one.
pub(super) fn check_outcome(outcome: &Outcome) -> Result<()> {
    if outcome.value <= LEAKED {
        return Ok(());
    }
    Err(ErrorKind::Outcomes("the stack gave an outcome that is not 0, 1 or 2").into())
}

/// The refusal to begin a shot in a shot.
#[cold]
pub(super) fn in_shot_already(id: &str) -> Error {
    Error::from(ErrorKind::State("a shot is running already; end it first")).in_layer(id)
}

/// The refusal of what only a shot has.
#[cold]
pub(super) fn no_shot(id: &str) -> Error {
    Error::from(ErrorKind::State("no shot is running; begin one first")).in_layer(id)
}

/// The refusal to read what nobody measured.
#[cold]
pub(super) fn never_measured(id: &str) -> Error {
    Error::from(ErrorKind::Argument("nothing was measured into this result id")).in_layer(id)
}

impl<B: Backend, S: Storage<Outcome>> Runtime for Simple<B, S> {
    fn id(&self) -> &'static str {
        self.id
    }

    fn info(&self) -> Info {
        self.stack.info()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.stack.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        if self.in_shot {
            return Err(in_shot_already(self.id));
        }
        let begun = self.stack.shot_begin(shot, seed);
        // A shot that is lost at its begin has begun: it must be ended.
        if begun.as_ref().is_err_and(|e| e.class() != Class::ShotLost) {
            return begun;
        }
        for result in &mut self.storage.as_mut()[..self.result_count] {
            result.value = UNMEASURED;
        }
        self.now = TimeNs::ZERO;
        self.batches = 0;
        self.in_shot = true;
        begun
    }

    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        if !self.in_shot {
            return Err(no_shot(self.id));
        }
        self.send(batch).map_err(|e| e.in_layer(self.id))
    }

    fn result(&mut self, id: u64, _wait: bool) -> Result<Option<u64>> {
        let results = &self.storage.as_ref()[..self.result_count];
        match usize::try_from(id).ok().and_then(|id| results.get(id)) {
            Some(result) if result.value != UNMEASURED => Ok(Some(result.value)),
            _ => Err(never_measured(self.id)),
        }
    }

    fn shot_end(&mut self) -> Result<()> {
        if !self.in_shot {
            return Err(no_shot(self.id));
        }
        self.in_shot = false;
        self.stack.shot_end()
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let (name, value) = match index {
            0 => ("batches", self.batches),
            1 => ("scheduled_ns", self.now.0),
            _ => return self.stack.metric(index - 2),
        };
        Some(Metric { part: self.id, name, value: MetricValue::Counter(value) })
    }
}

/// The simple runtime as a part.
#[derive(Clone, Copy, Debug)]
pub struct SimplePart;

/// The parameters of [`Durations`].
pub(super) const DURATIONS: [ParamSpec; 4] = [
    duration("duration_1q_ns", "how long a one-qubit gate takes"),
    duration("duration_2q_ns", "how long a gate on two or more qubits takes"),
    duration("duration_measure_ns", "how long a measurement takes"),
    duration("duration_reset_ns", "how long a reset takes"),
];

const fn duration(name: &'static str, help: &'static str) -> ParamSpec {
    ParamSpec {
        name,
        kind: ParamKind::Whole { min: 0, max: 1_000_000_000_000 },
        unit: "ns",
        default: Some(Value::Whole(0)),
        help,
    }
}

impl RuntimePart for SimplePart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.simple",
        kind: PartKind::Runtime,
        version: env!("CARGO_PKG_VERSION"),
        summary: "Eager: every operation goes down at once, one after the other in time.",
        params: &DURATIONS,
    };
    type Cell = Outcome;
    const EMPTY: Outcome =
        Outcome { id: 0, value: 0, kind: 0, flags: 0, reserved0: 0, op_index: 0 };
    type Runtime<B: Backend, S: Storage<Outcome>> = Simple<B, S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(2 * config.result_count.max(1) as usize)
    }

    fn build<B: Backend, S: Storage<Outcome>>(
        config: &Config<'_>,
        stack: B,
        storage: S,
    ) -> Result<Simple<B, S>> {
        let needed = Self::cells(config)?;
        let available = storage.as_ref().len();
        if available < needed {
            let (needed, available) = (needed as u64, available as u64);
            return Err(ErrorKind::Capacity { what: "room for results", needed, available }.into());
        }
        let durations = Durations::configured(config, &Self::SPEC)?;
        Ok(Simple::new(stack, durations, storage))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{Caps, Threading};
    use crate::op::OpBuffer;
    use crate::op::OpSink;
    use crate::op::gates::slot;
    use std::vec::Vec;

    /// Answers each measurement with the parity of its result id, and notes the batches' times.
    #[derive(Default)]
    struct Parity {
        batches: Vec<(u64, u64, u32)>,
        value: Option<u64>,
    }

    impl Backend for Parity {
        fn id(&self) -> &str {
            "test.parity"
        }
        fn info(&self) -> Info {
            let threading = Threading::Sendable;
            Info { qubit_count: 4, op_kinds: u64::MAX, caps: Caps::NONE, threading }
        }
        fn negotiate(&mut self, _: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
            verdicts.fill(Verdict::Native);
            Ok(())
        }
        fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
            Ok(())
        }
        fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
            outcomes.reserve(batch.result_count())?;
            self.batches.push((batch.start().0, batch.length().0, batch.op_count()));
            for op in batch.ops().iter().filter(|op| op.kind().bears_result()) {
                let value = self.value.unwrap_or(op.result_id() % 2);
                outcomes.push(Outcome { id: op.result_id(), value, ..SimplePart::EMPTY })?;
            }
            Ok(())
        }
        fn shot_end(&mut self) -> Result<()> {
            Ok(())
        }
    }

    fn durations() -> Durations {
        Durations {
            gate_1q: DurationNs(10),
            gate_2q: DurationNs(100),
            measure: DurationNs(1000),
            reset: DurationNs(5),
        }
    }

    #[test]
    fn operations_follow_one_another_in_time() {
        let mut runtime = Simple::new(Parity::default(), durations(), [SimplePart::EMPTY; 8]);
        runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
        let mut ops = OpBuffer::<64>::new();
        ops.gate(slot::X, &[0], &[]).unwrap();
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
        ops.idle(&[0, 1], DurationNs(7)).unwrap();
        runtime.submit(&ops.batch()).unwrap();
        runtime.submit(&ops.batch()).unwrap();
        let windows =
            [(0, 10, 1), (10, 100, 1), (110, 7, 1), (117, 10, 1), (127, 100, 1), (227, 7, 1)];
        assert_eq!(runtime.stack().batches, windows);
    }

    #[test]
    fn without_durations_a_batch_stays_whole() {
        let none = Durations::default();
        let mut runtime = Simple::new(Parity::default(), none, [SimplePart::EMPTY; 8]);
        runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
        let mut ops = OpBuffer::<64>::new();
        ops.gate(slot::X, &[0], &[]).unwrap();
        ops.idle(&[0, 1], DurationNs(7)).unwrap();
        runtime.submit(&ops.batch()).unwrap();
        runtime.submit(&ops.batch()).unwrap();
        assert_eq!(runtime.stack().batches, [(0, 7, 2), (7, 7, 2)]);
    }

    #[test]
    fn a_batch_with_more_outcomes_than_room_goes_down_in_pieces() {
        let mut runtime =
            Simple::new(Parity::default(), Durations::default(), [SimplePart::EMPTY; 4]);
        runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
        let mut ops = OpBuffer::<64>::new();
        for id in [0, 1, 1, 0, 1] {
            ops.measure(2, id).unwrap();
        }
        runtime.submit(&ops.batch()).unwrap();
        assert_eq!(runtime.stack().batches, [(0, 0, 2), (0, 0, 2), (0, 0, 1)]);
        assert_eq!(runtime.result(0, true).unwrap(), Some(0));
        assert_eq!(runtime.result(1, false).unwrap(), Some(1));
    }

    #[test]
    fn results_belong_to_their_shot_and_to_measured_ids() {
        let mut runtime = Simple::new(Parity::default(), durations(), [SimplePart::EMPTY; 4]);
        let mut ops = OpBuffer::<64>::new();
        ops.measure(0, 1).unwrap();
        assert!(matches!(runtime.submit(&ops.batch()).unwrap_err().kind(), ErrorKind::State(_)));
        runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
        assert!(runtime.shot_begin(ShotId(1), Seed(0)).is_err());
        runtime.submit(&ops.batch()).unwrap();
        assert_eq!(runtime.result(1, true).unwrap(), Some(1));
        assert!(runtime.result(0, true).is_err());
        runtime.shot_end().unwrap();
        runtime.shot_begin(ShotId(1), Seed(0)).unwrap();
        assert!(runtime.result(1, true).is_err());
    }

    #[test]
    fn an_id_beyond_the_results_is_refused_before_anything_is_done() {
        let mut runtime = Simple::new(Parity::default(), durations(), [SimplePart::EMPTY; 4]);
        runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
        let mut ops = OpBuffer::<64>::new();
        ops.gate(slot::X, &[0], &[]).unwrap();
        ops.measure(0, 2).unwrap();
        let error = runtime.submit(&ops.batch()).unwrap_err();
        assert_eq!((error.op_index(), error.layer()), (Some(1), "pandia.simple"));
        assert!(runtime.stack().batches.is_empty());
    }

    #[test]
    fn an_outcome_of_seven_is_not_believed() {
        let parity = Parity { value: Some(7), ..Parity::default() };
        let mut runtime = Simple::new(parity, durations(), [SimplePart::EMPTY; 4]);
        runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
        let mut ops = OpBuffer::<64>::new();
        ops.measure(0, 0).unwrap();
        assert!(matches!(runtime.submit(&ops.batch()).unwrap_err().kind(), ErrorKind::Outcomes(_)));
    }
}
