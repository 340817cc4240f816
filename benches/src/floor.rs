//! What layers and taps are measured over: a simulator that only looks, and batches to hand it.

use pandia_core::backend::{Backend, Caps, GateSet, Info, Threading, Verdict};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{Batch, OpSink, Outcomes};

/// Looks at every record and does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Floor {
    /// A number made of all that was seen.
    pub seen: u64,
}

impl Backend for Floor {
    fn id(&self) -> &str {
        "bench.floor"
    }
    fn info(&self) -> Info {
        let threading = Threading::Sendable;
        Info { qubit_count: 64, op_kinds: u64::MAX, caps: Caps::NONE, threading }
    }
    fn negotiate(&mut self, _: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        verdicts.fill(Verdict::Native);
        Ok(())
    }
    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        Ok(())
    }
    #[inline]
    fn apply(&mut self, batch: &Batch<'_>, _: &mut Outcomes<'_>) -> Result<()> {
        for op in batch.ops() {
            self.seen = self.seen.wrapping_add(u64::from(op.gate()) ^ u64::from(op.qubit(0)));
        }
        Ok(())
    }
    fn shot_end(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Hands every piece to `backend`, `repeats` times over.
///
/// # Errors
/// The backend's.
#[inline]
pub fn drive<B: Backend>(backend: &mut B, pieces: &[OpVec], repeats: u64) -> Result<()> {
    for _ in 0..repeats {
        for piece in pieces {
            backend.apply(&piece.batch(), &mut Outcomes::new(&mut []))?;
        }
    }
    Ok(())
}

/// 256 gates on six qubits, two in three of them on one qubit, in batches of `size`.
///
/// # Errors
/// None.
pub fn pieces(size: u32) -> Result<Vec<OpVec>> {
    let mut pieces = Vec::new();
    for start in (0..256).step_by(size as usize) {
        let mut piece = OpVec::new();
        for k in start..start + size {
            let (q, theta) = (k % 6, 0.1 + f64::from(k) * 0.01);
            match k % 3 {
                2 => piece.gate(slot::ZZ_PHASE, &[q, (q + 1) % 6], &[theta])?,
                _ => piece.gate(slot::PHASED_X, &[q], &[theta, 0.5])?,
            }
        }
        pieces.push(piece);
    }
    Ok(pieces)
}
