//! How long each qubit waits, by the schedule of the runtime.
//!
//! A qubit is busy while something is done with it. If the runtime says how long single operations
//! take, that counts; if not, a qubit counts as busy for all of a batch in which it takes part, less the
//! idling that the batch itself prescribes for it.

use pandia_core::op::{Op, OpKind};
use serde::Serialize;

use super::durations::Durations;
use crate::report::words::{ratio, real};

/// One qubit's share of the time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct QubitIdle {
    /// Which qubit.
    pub qubit: u32,
    /// Nanoseconds that it waits, mean over shots.
    pub idle_ns: f64,
    /// Nanoseconds in which something is done with it, mean over shots.
    pub busy_ns: f64,
    /// The share of a shot that it waits.
    pub idle_share: f64,
}

/// Sums over the shots that ended.
#[derive(Debug)]
pub(super) struct Idle {
    shots: u64,
    shot_ns: f64,
    busy_ns: Vec<f64>,
    /// In this shot.
    end: u64,
    busy: Vec<u64>,
    durations: Option<Durations>,
    /// By qubit, in this batch.
    takes_part: Vec<Part>,
}

/// One qubit's part in a batch.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    /// Whether something is done with it.
    is_touched: bool,
    /// How long, if known.
    busy: u64,
    /// How long it is told to wait.
    waits: u64,
}

impl Idle {
    pub(super) fn new(qubits: u32, durations: Option<Durations>) -> Self {
        let qubits = qubits as usize;
        Self {
            shots: 0,
            shot_ns: 0.0,
            busy_ns: vec![0.0; qubits],
            end: 0,
            busy: vec![0; qubits],
            durations,
            takes_part: vec![Part::default(); qubits],
        }
    }

    pub(super) fn op(&mut self, op: Op<'_>) {
        let duration = self.durations.map_or(0, |durations| durations.of_op(op));
        for qubit in op.qubits() {
            let Some(part) = self.takes_part.get_mut(qubit as usize) else { continue };
            match op.kind() {
                OpKind::Idle => part.waits = part.waits.saturating_add(op.param_u64(0)),
                OpKind::Barrier => {}
                _ => {
                    part.is_touched = true;
                    part.busy = part.busy.saturating_add(duration);
                }
            }
        }
    }

    pub(super) fn batch_end(&mut self, start: u64, length: u64) {
        self.end = self.end.max(start.saturating_add(length));
        for (busy, part) in self.busy.iter_mut().zip(&mut self.takes_part) {
            let Part { is_touched, busy: known, waits } = core::mem::take(part);
            let most = length.saturating_sub(waits);
            if is_touched {
                let known = if self.durations.is_some() { known.min(most) } else { most };
                *busy = busy.saturating_add(known);
            }
        }
    }

    pub(super) fn end_shot(&mut self) {
        self.shots += 1;
        self.shot_ns += real(self.end);
        for (sum, busy) in self.busy_ns.iter_mut().zip(&mut self.busy) {
            // Batches that overlap in time do not make a qubit busier than busy.
            *sum += real(core::mem::take(busy).min(self.end));
        }
        self.end = 0;
    }

    /// Mean length of a shot in nanoseconds.
    pub(super) fn shot_ns(&self) -> f64 {
        ratio(self.shot_ns, real(self.shots))
    }

    pub(super) fn qubits(&self) -> Vec<QubitIdle> {
        let each = |(qubit, busy): (u32, &f64)| {
            let (busy_ns, shot_ns) = (ratio(*busy, real(self.shots)), self.shot_ns());
            let idle_ns = shot_ns - busy_ns;
            QubitIdle { qubit, idle_ns, busy_ns, idle_share: ratio(idle_ns, shot_ns) }
        };
        (0..).zip(&self.busy_ns).map(each).collect()
    }
}
