//! How long each qubit waits, by the schedule of the runtime.
//!
//! A qubit is busy while a batch runs that does something with it. The schedule gives time to whole
//! batches, so a qubit counts as busy for all of a batch in which it takes part, less the idling that the
//! batch itself prescribes for it.

use pandia_core::op::{Op, OpKind};
use serde::Serialize;

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
    /// In this batch: whether something is done with the qubit, and how long it is told to wait.
    takes_part: Vec<(bool, u64)>,
}

impl Idle {
    pub(super) fn new(qubits: u32) -> Self {
        let qubits = qubits as usize;
        Self {
            shots: 0,
            shot_ns: 0.0,
            busy_ns: vec![0.0; qubits],
            end: 0,
            busy: vec![0; qubits],
            takes_part: vec![(false, 0); qubits],
        }
    }

    pub(super) fn op(&mut self, op: Op<'_>) {
        for qubit in op.qubits() {
            let Some(part) = self.takes_part.get_mut(qubit as usize) else { continue };
            match op.kind() {
                OpKind::Idle => part.1 = part.1.saturating_add(op.param_u64(0)),
                OpKind::Barrier => {}
                _ => part.0 = true,
            }
        }
    }

    pub(super) fn batch_end(&mut self, start: u64, length: u64) {
        self.end = self.end.max(start.saturating_add(length));
        for (busy, part) in self.busy.iter_mut().zip(&mut self.takes_part) {
            let (takes_part, waits) = core::mem::take(part);
            if takes_part {
                *busy = busy.saturating_add(length.saturating_sub(waits));
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
