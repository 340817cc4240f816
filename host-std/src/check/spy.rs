//! A child that keeps a record of what reaches it, for the checks of layers and runtimes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pandia_core::backend::{Backend, Caps, GateSet, Info, Threading, Verdict};
use pandia_core::error::{Error, Result};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::gates::slot;
use pandia_core::op::{Batch, OpKind, Outcome, Outcomes};

use super::bench::QUBITS;

/// What the spy signs its errors with.
pub(super) const SPY: &str = "check.spy";
/// What it says.
pub(super) const SPY_TEXT: &str = "the spy does not take this; é is a letter of two bytes";
/// The tag of the custom operation that it refuses.
pub(super) const REFUSED_TAG: u16 = 0xdead;
/// The code with which it refuses.
pub(super) const SPY_CODE: i32 = -2;
/// The gate that it rejects.
pub(super) const REJECTED: u16 = slot::CSWAP;

/// A batch that came.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) start_ns: u64,
    pub(super) length_ns: u64,
    pub(super) issuer: u32,
    pub(super) depth: u32,
    /// The shot, as the spy was told.
    pub(super) shot: u64,
    /// Kind, gate or tag, parameters and qubits of each operation.
    pub(super) ops: Vec<(OpKind, u16, Vec<u64>, Vec<u32>)>,
}

/// Everything that came.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    pub(super) batches: Vec<Seen>,
    pub(super) shots: Vec<(u64, u64)>,
    pub(super) calls: u64,
}

/// The record, shared with who put the spy below a part.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared(Arc<Mutex<Log>>);

impl Shared {
    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The child.
#[derive(Debug)]
pub(super) struct Spy {
    info: Info,
    shared: Shared,
    in_shot: bool,
}

impl Spy {
    /// One that takes everything, and says that it may be called from any thread.
    pub(super) fn new(shared: &Shared) -> Self {
        let op_kinds = OpKind::ALL.iter().fold(0, |bits, kind| bits | kind.bit());
        let threading = Threading::Sendable;
        let info = Info { qubit_count: QUBITS, op_kinds, caps: Caps::NONE, threading };
        Self { info, shared: shared.clone(), in_shot: false }
    }

    /// The same with narrower claims.
    pub(super) const fn narrow(mut self) -> Self {
        self.info.op_kinds =
            OpKind::Gate.bit() | OpKind::Measure.bit() | OpKind::Reset.bit() | OpKind::Custom.bit();
        self.info.threading = Threading::Pinned;
        self
    }
}

impl Backend for Spy {
    fn id(&self) -> &str {
        SPY
    }

    fn info(&self) -> Info {
        self.info
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.shared.log().calls += 1;
        for (gate, verdict) in gates.gates.iter().zip(verdicts) {
            *verdict = if gate.slot == REJECTED { Verdict::Reject } else { Verdict::Native };
        }
        Ok(())
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        let mut log = self.shared.log();
        log.calls += 1;
        log.shots.push((shot.0, seed.0));
        self.in_shot = true;
        Ok(())
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let mut log = self.shared.log();
        log.calls += 1;
        outcomes.reserve(batch.result_count())?;
        let ops = batch.ops().iter();
        let shot = log.shots.last().map_or(u64::MAX, |(shot, _)| *shot);
        log.batches.push(Seen {
            start_ns: batch.start().0,
            length_ns: batch.length().0,
            issuer: batch.source().issuer,
            depth: batch.source().depth,
            shot,
            ops: ops
                .map(|op| (op.kind(), op.gate(), op.params().to_vec(), op.qubits().collect()))
                .collect(),
        });
        let refused = |op: &pandia_core::op::record::Op<'_>| {
            op.kind() == OpKind::Custom && op.gate() == REFUSED_TAG
        };
        if let Some(index) = (0..).zip(batch.ops()).find(|(_, op)| refused(op)) {
            return Err(Error::foreign(SPY_CODE, Some(index.0), SPY, SPY_TEXT));
        }
        for (op_index, op) in (0_u32..).zip(batch.ops()).filter(|(_, op)| op.kind().bears_result())
        {
            outcomes.push(Outcome {
                id: op.result_id(),
                value: 0,
                kind: op.kind() as u8,
                op_index,
                ..Outcome::default()
            })?;
        }
        Ok(())
    }

    fn shot_end(&mut self) -> Result<()> {
        self.shared.log().calls += 1;
        self.in_shot = false;
        Ok(())
    }
}
