//! A state vector whose measurements and resets take the branch that a script says, and which adds up
//! how likely that branch is: all branches together are the distribution of outcomes, without a draw.

use crate::backend::{Backend, GateSet, Info, StateQuery, Verdict};
use crate::error::Result;
use crate::ids::{Seed, ShotId, StreamId};
use crate::op::{Batch, OpBuffer, OpKind, OpSink, Outcome, Outcomes, Params, Parts, gates::slot};
use crate::real::Complex;
use crate::sim::StateVector;
use std::vec;
use std::vec::Vec;

pub(super) type Exact = StateVector<f64, Vec<Complex<f64>>>;

pub(super) fn exact(qubits: u32) -> Exact {
    let stream = StreamId::of("pandia.state_vector", 0);
    StateVector::new(qubits, stream, vec![Complex::ZERO; 1 << qubits]).unwrap()
}

pub(super) struct Scripted {
    inner: Exact,
    qubits: u32,
    /// Bit `k` is the value of draw `k`.
    pub(super) script: u64,
    pub(super) draws: u32,
    pub(super) probability: f64,
    /// Operations that came.
    pub(super) ops: u64,
}

/// How unlikely a branch is that only rounding has made.
const NEVER: f64 = 1e-12;

impl Scripted {
    pub(super) fn new(qubits: u32, script: u64) -> Self {
        Self { inner: exact(qubits), qubits, script, draws: 0, probability: 1.0, ops: 0 }
    }

    /// The probabilities of all basis states at the end, each times that of the branch.
    pub(super) fn distribution(&mut self) -> Vec<f64> {
        let mut out = vec![0.0; 1 << self.qubits];
        if self.probability == 0.0 {
            return out;
        }
        let qubits: Vec<u32> = (0..self.qubits).collect();
        self.inner.state(StateQuery::Probabilities(&qubits), &mut out).unwrap();
        out.iter_mut().for_each(|p| *p *= self.probability);
        out
    }

    fn one(&mut self, fill: impl FnOnce(&mut OpBuffer<512>)) -> Result<()> {
        let mut ops = OpBuffer::new();
        fill(&mut ops);
        self.inner.apply(&ops.batch(), &mut Outcomes::new(&mut []))
    }

    fn draw(&mut self, qubit: u32) -> Result<bool> {
        let mut weights = [0.0; 2];
        self.inner.state(StateQuery::Probabilities(&[qubit]), &mut weights)?;
        let value = self.script >> self.draws & 1 == 1;
        self.draws += 1;
        let weight = weights[usize::from(value)];
        if self.probability > 0.0 && weight > NEVER {
            self.probability *= weight;
            self.one(|ops| ops.postselect(qubit, value).unwrap())?;
        } else {
            self.probability = 0.0;
        }
        Ok(value)
    }
}

impl Backend for Scripted {
    fn id(&self) -> &str {
        "test.scripted"
    }
    fn info(&self) -> Info {
        self.inner.info()
    }
    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.inner.negotiate(gates, verdicts)
    }
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.inner.shot_begin(shot, seed)
    }
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        outcomes.reserve(batch.result_count())?;
        for (op_index, op) in (0..).zip(batch.ops()) {
            self.ops += 1;
            match op.kind() {
                OpKind::Measure | OpKind::MeasureLeaked => {
                    let value = u64::from(self.draw(op.qubit(0))?);
                    let (id, kind) = (op.result_id(), op.kind() as u8);
                    outcomes.push(Outcome { id, value, kind, op_index, ..<_>::default() })?;
                }
                OpKind::Reset => {
                    let qubit = op.qubit(0);
                    if self.draw(qubit)? && self.probability > 0.0 {
                        self.one(|ops| ops.gate(slot::X, &[qubit], &[]).unwrap())?;
                    }
                }
                kind => {
                    let qubits: Vec<u32> = op.qubits().collect();
                    let params = Params::Words(op.params());
                    let (flags, gate) = (op.flags(), op.gate());
                    let parts = Parts { kind, flags, gate, qubits: &qubits, params };
                    self.one(|ops| ops.push(parts).unwrap())?;
                }
            }
        }
        Ok(())
    }
    fn shot_end(&mut self) -> Result<()> {
        self.inner.shot_end()
    }
}
