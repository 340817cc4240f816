//! What it costs to hand operations over: directly, through layers, through a table.
#![expect(missing_docs, reason = "a bench has no API")]

use pandia_benches::{Goal, Ladder, Runner};
use pandia_core::backend::{Backend, Caps, GateSet, Info, Threading, Verdict};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};

/// Looks at every record and does nothing: the floor that layers are measured over.
#[derive(Default)]
struct Floor {
    seen: u64,
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

/// Hands `circuit` to `backend` in pieces of `size` operations, until at least `ops` are done.
fn drive<B: Backend>(backend: &mut B, pieces: &[Ladder], repeats: u64) -> Result<()> {
    for _ in 0..repeats {
        for piece in pieces {
            backend.apply(&piece.batch(), &mut Outcomes::new(&mut []))?;
        }
    }
    Ok(())
}

fn main() -> Result<()> {
    let mut runner = Runner::from_args();
    let repeats = if runner.is_tiny() { 1 } else { 2000 };
    let ladder = Ladder::new(6, 6)?;
    let records = u64::from(ladder.batch().op_count());
    runner.bench("dispatch/check-records", "op", records * repeats, Goal::AtMostNs(5.0), || {
        (0..repeats).fold(0, |sum, _| {
            let words = std::hint::black_box(ladder.batch().ops().words());
            sum + Batch::new(words).map_or(0, |batch| u64::from(batch.op_count()))
        })
    });
    let pieces = [ladder];
    let mut floor = Floor::default();
    runner.bench("dispatch/direct/66", "op", records * repeats, Goal::None, || {
        floor.seen = 0;
        drive(&mut floor, &pieces, repeats).map_or(0, |()| floor.seen)
    });
    Ok(())
}
