//! The runtime with virtual Z: turns about Z are folded into the angles of what follows, so that fewer
//! operations reach the stack, with the same outcomes.

use super::admission::Admission;
use super::contract::Runtime;
use super::part::RuntimePart;
use super::simple::{DURATIONS, Durations, Simple, no_shot};
use super::virtual_z::{Rule, add, rule};
use crate::backend::{Backend, GateDef, GateSet, Info, Metric, MetricValue, Verdict};
use crate::error::{Class, Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::op::builder::{Params, Parts};
use crate::op::gates::slot;
use crate::op::record::{QUBITS_MAX, WORDS_MAX};
use crate::op::{Batch, Op, OpBuffer, OpKind, OpSink, Outcome, Source};
use crate::part::{Config, PartKind, PartSpec, Storage};

/// Words that are sent at once; the longest record is shorter.
const OUT_WORDS: usize = 512;
/// Most operations in them: the shortest record has two words.
const OUT_OPS: usize = OUT_WORDS / 2;
const _: () = assert!(WORDS_MAX <= OUT_WORDS);

/// The simple runtime behind a frame of pending turns about Z, one per qubit.
///
/// A turn about Z is not sent. It passes whatever it commutes with; a turn about an axis in the XY
/// plane takes it into its own axis (and is sent as `phased_x` then, if it was called otherwise); a
/// measurement, a reset or a projection makes it vanish; anything else lets it be carried out first, as
/// an `rz`. So measured outcomes are what they are without it, and a state differs by turns about Z
/// that are still pending.
///
/// Storage: what [`Simple`] needs, and one [`Outcome`] per qubit for its turn.
#[derive(Clone, Debug)]
pub struct SoftRz<B, S> {
    simple: Simple<B, S>,
    admission: Admission,
    counts: Counts,
    /// What is being sent, and which operation of the caller's batch each comes from.
    out: OpBuffer<OUT_WORDS>,
    sources: [u32; OUT_OPS],
    /// Whether a piece of the batch has been carried out.
    worked: bool,
}

/// What is counted in a shot.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    ops_in: u64,
    ops_out: u64,
    /// Turns about Z that came.
    turns_in: u64,
    /// Turns about Z that were carried out.
    turns_out: u64,
}

/// A qubit's turn about Z in a cell: as it is, and as it was before the batch.
trait Turn {
    fn get(&self) -> f64;
    fn set(&mut self, z: f64);
    fn keep(&mut self);
    fn restore(&mut self);
}

impl Turn for Outcome {
    fn get(&self) -> f64 {
        f64::from_bits(self.value)
    }
    fn set(&mut self, z: f64) {
        self.value = z.to_bits();
    }
    fn keep(&mut self) {
        self.id = self.value;
    }
    fn restore(&mut self) {
        self.value = self.id;
    }
}

impl<B: Backend, S: Storage<Outcome>> SoftRz<B, S> {
    /// The runtime over `stack`, with result ids below `result_count`; the cells behind the first
    /// `2 * result_count` of the storage are for qubits.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if the storage is too small for the results.
    pub fn new(stack: B, durations: Durations, result_count: usize, storage: S) -> Result<Self> {
        let info = stack.info();
        let available = storage.as_ref().len();
        let Some(qubits) = available.checked_sub(result_count.saturating_mul(2)) else {
            let (needed, available) = (2 * result_count as u64, available as u64);
            return Err(ErrorKind::Capacity { what: "room for results", needed, available }.into());
        };
        let room = u32::try_from(qubits).unwrap_or(u32::MAX);
        Ok(Self {
            simple: Simple::new(stack, durations, storage)
                .within(SoftRzPart::SPEC.id, result_count),
            admission: Admission::new(info, room),
            counts: Counts::default(),
            out: OpBuffer::new(),
            sources: [0; OUT_OPS],
            worked: false,
        })
    }

    /// The stack below.
    pub const fn stack(&self) -> &B {
        self.simple.stack()
    }

    /// The stack below, to be asked for its state.
    pub const fn stack_mut(&mut self) -> &mut B {
        self.simple.stack_mut()
    }

    fn turns(&mut self) -> &mut [Outcome] {
        self.simple.beyond_results()
    }

    fn turn(&mut self, qubit: u32) -> f64 {
        self.turns().get(qubit as usize).map_or(0.0, Turn::get)
    }

    fn set_turn(&mut self, qubit: u32, z: f64) {
        if let Some(turn) = self.turns().get_mut(qubit as usize) {
            turn.set(z);
        }
    }

    /// Sends what has been gathered.
    fn send(&mut self, source: Source) -> Result<()> {
        if self.out.op_count() == 0 {
            return Ok(());
        }
        let sent = self.simple.submit(&self.out.batch().from_source(source));
        sent.map_err(|e| {
            let from = e.op_index().and_then(|index| self.sources.get(index as usize));
            let e = from.map_or_else(|| e.clone(), |&index| e.clone().instead_at_op(index));
            if self.worked { e.after_partial_work() } else { e }
        })?;
        self.worked = true;
        self.out.clear();
        Ok(())
    }

    /// Gathers an operation that comes from operation `index` of the batch.
    fn push(&mut self, parts: Parts<'_>, index: u32, source: Source) -> Result<()> {
        if parts.words() > OUT_WORDS - self.out.words().len() {
            self.send(source)?;
        }
        if let Some(from) = self.sources.get_mut(self.out.op_count() as usize) {
            *from = index;
        }
        self.counts.ops_out += 1;
        self.out.push(parts)
    }

    fn push_gate(
        &mut self,
        slot: u16,
        op: Op<'_>,
        params: &[f64],
        (index, source): (u32, Source),
    ) -> Result<()> {
        let (kind, flags, qubits) = (OpKind::Gate, op.flags(), &[op.qubit(0)]);
        let parts = Parts { kind, flags, gate: slot, qubits, params: Params::Reals(params) };
        self.push(parts, index, source)
    }

    /// Passes an operation on as it is.
    fn pass(&mut self, op: Op<'_>, (index, source): (u32, Source)) -> Result<()> {
        let mut qubits = [0; QUBITS_MAX];
        for (place, qubit) in qubits.iter_mut().zip(op.qubits()) {
            *place = qubit;
        }
        let parts = Parts {
            kind: op.kind(),
            flags: op.flags(),
            gate: op.gate(),
            qubits: qubits.get(..op.qubit_count()).unwrap_or(&[]),
            params: Params::Words(op.params()),
        };
        self.push(parts, index, source)
    }

    /// Carries out the turn that is pending on a qubit.
    fn flush(&mut self, qubit: u32, (index, source): (u32, Source)) -> Result<()> {
        let z = self.turn(qubit);
        if z == 0.0 {
            return Ok(());
        }
        self.set_turn(qubit, 0.0);
        self.counts.turns_out += 1;
        let (kind, qubits, params) = (OpKind::Gate, &[qubit], Params::Reals(&[z]));
        self.push(Parts { kind, flags: 0, gate: slot::RZ, qubits, params }, index, source)
    }

    /// Carries out the turns of all qubits.
    fn flush_all(&mut self, from: (u32, Source)) -> Result<()> {
        (0..self.admission.width()).try_for_each(|qubit| self.flush(qubit, from))
    }

    fn gate(&mut self, op: Op<'_>, from: (u32, Source)) -> Result<()> {
        let qubit = op.qubit(0);
        let z = self.turn(qubit);
        let takes = |slot| self.admission.takes(slot);
        match rule(op) {
            // Without an rz nothing can ever be carried out later, so nothing is remembered.
            _ if !takes(slot::RZ) => self.pass(op, from),
            Rule::Absorb(more) => {
                self.counts.turns_in += 1;
                self.set_turn(qubit, add(z, more));
                Ok(())
            }
            Rule::Commute => self.pass(op, from),
            Rule::Controls(count) => {
                for target in op.qubits().skip(count) {
                    self.flush(target, from)?;
                }
                self.pass(op, from)
            }
            Rule::Negate => {
                self.set_turn(qubit, -z);
                self.pass(op, from)
            }
            Rule::Exchange => {
                let other = self.turn(op.qubit(1));
                self.set_turn(qubit, other);
                self.set_turn(op.qubit(1), z);
                self.pass(op, from)
            }
            Rule::Axis { .. } if z == 0.0 => self.pass(op, from),
            Rule::Axis { theta, phi, before } if takes(slot::PHASED_X) => {
                let z = add(z, before);
                self.set_turn(qubit, z);
                self.push_gate(slot::PHASED_X, op, &[theta, add(phi, -z)], from)
            }
            Rule::Third => {
                let [theta, phi, lambda] = [0, 1, 2].map(|index| op.param_f64(index));
                self.set_turn(qubit, 0.0);
                self.push_gate(slot::U3, op, &[theta, phi, add(lambda, z)], from)
            }
            Rule::Axis { .. } | Rule::Flush => {
                op.qubits().try_for_each(|qubit| self.flush(qubit, from))?;
                self.pass(op, from)
            }
        }
    }

    fn take(&mut self, op: Op<'_>, from: (u32, Source)) -> Result<()> {
        self.counts.ops_in += 1;
        if op.is_hint() {
            // Whether it is carried out, and on what, is not known here.
            self.flush_all(from)?;
            return self.pass(op, from);
        }
        match op.kind() {
            OpKind::Gate => self.gate(op, from),
            // After these nobody can see a phase of the qubit any more.
            OpKind::Measure | OpKind::MeasureLeaked | OpKind::Reset | OpKind::Postselect => {
                self.set_turn(op.qubit(0), 0.0);
                self.pass(op, from)
            }
            OpKind::Idle | OpKind::Barrier => self.pass(op, from),
            OpKind::Channel => {
                op.qubits().try_for_each(|qubit| self.flush(qubit, from))?;
                self.pass(op, from)
            }
            OpKind::Custom => {
                self.flush_all(from)?;
                self.pass(op, from)
            }
        }
    }

    fn take_all(&mut self, batch: &Batch<'_>) -> Result<()> {
        self.admission.check(batch, self.simple.result_count())?;
        self.turns().iter_mut().for_each(Turn::keep);
        self.worked = false;
        self.out.clear();
        let counts = self.counts;
        let source = batch.source();
        let mut ops = (0..).zip(batch.ops());
        let done = ops.try_for_each(|(index, op)| self.take(op, (index, source)));
        done.and_then(|()| self.send(source)).inspect_err(|e| {
            if e.class() == Class::Refused {
                // Nothing came of it.
                self.turns().iter_mut().for_each(Turn::restore);
                self.counts = counts;
            }
        })
    }
}

impl<B: Backend, S: Storage<Outcome>> Runtime for SoftRz<B, S> {
    fn id(&self) -> &str {
        self.simple.id()
    }

    fn info(&self) -> Info {
        self.simple.info()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.simple.negotiate(gates, verdicts)?;
        let own = [GateDef::built_in(slot::RZ)?, GateDef::built_in(slot::PHASED_X)?];
        let mut taken = [Verdict::Reject; 2];
        self.simple.negotiate(&GateSet { gates: &own }, &mut taken)?;
        let info = self.simple.info();
        let noted = self.admission.note(info, gates, verdicts);
        noted
            .and_then(|()| self.admission.note(info, &GateSet { gates: &own }, &taken))
            .map_err(|e| e.in_layer(self.simple.id()))
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        if !self.simple.in_shot() {
            self.counts = Counts::default();
            self.turns().fill(SoftRzPart::EMPTY);
        }
        self.simple.shot_begin(shot, seed)
    }

    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        if !self.simple.in_shot() {
            return Err(no_shot(self.simple.id()));
        }
        self.take_all(batch).map_err(|e: Error| e.in_layer(self.simple.id()))
    }

    fn result(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        self.simple.result(id, wait)
    }

    fn shot_end(&mut self) -> Result<()> {
        self.simple.shot_end()
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let Counts { ops_in, ops_out, turns_in, turns_out } = self.counts;
        let own = [
            ("ops_in", ops_in),
            ("ops_out", ops_out),
            ("rz_in", turns_in),
            ("rz_elided", turns_in.saturating_sub(turns_out)),
        ];
        match own.get(index as usize) {
            Some(&(name, value)) => {
                let value = MetricValue::Counter(value);
                Some(Metric { part: self.simple.id(), name, value })
            }
            None => self.simple.metric(index - 4),
        }
    }
}

/// The runtime with virtual Z as a part.
#[derive(Clone, Copy, Debug)]
pub struct SoftRzPart;

impl RuntimePart for SoftRzPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.soft_rz",
        kind: PartKind::Runtime,
        version: env!("CARGO_PKG_VERSION"),
        summary: "As simple, with turns about Z folded into what follows: fewer operations.",
        params: &DURATIONS,
    };
    type Cell = Outcome;
    const EMPTY: Outcome =
        Outcome { id: 0, value: 0, kind: 0, flags: 0, reserved0: 0, op_index: 0 };
    type Runtime<B: Backend, S: Storage<Outcome>> = SoftRz<B, S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        let results = u64::from(config.result_count.max(1));
        let needed = 2 * results + u64::from(config.qubit_count);
        let what = "room for results and qubits";
        usize::try_from(needed)
            .map_err(|_| ErrorKind::Capacity { what, needed, available: usize::MAX as u64 }.into())
    }

    fn build<B: Backend, S: Storage<Outcome>>(
        config: &Config<'_>,
        stack: B,
        storage: S,
    ) -> Result<SoftRz<B, S>> {
        let (needed, available) = (Self::cells(config)? as u64, storage.as_ref().len() as u64);
        if available < needed {
            let what = "room for results and qubits";
            return Err(ErrorKind::Capacity { what, needed, available }.into());
        }
        let durations = Durations::configured(config, &Self::SPEC)?;
        SoftRz::new(stack, durations, config.result_count.max(1) as usize, storage)
            .map_err(|e| e.in_layer(Self::SPEC.id))
    }
}
