//! A tap in Rust as a library: counts operations, outcomes and ones on their way, and changes
//! nothing. The same as `c/tap.c`.

use pandia_core::backend::{Backend, Layer, Metric, MetricValue};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};
use pandia_core::part::{Config, LayerPart, PartKind, PartSpec, Storage};
use pandia_ffi::CatchUnwind;

const ID: &str = "example.rust.tap";

const COUNT_NAMES: [&str; 3] = ["operations", "outcomes", "ones"];

pub(crate) struct Tap {
    counts: [u64; 3],
}

impl Layer for Tap {
    fn id(&self) -> &str {
        ID
    }

    fn shot_begin(&mut self, _shot: ShotId, _seed: Seed) -> Result<()> {
        Ok(())
    }

    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let had = outcomes.len();
        child.apply(batch, outcomes)?; // With the child's words, operation and signature.
        self.counts[0] += u64::from(batch.op_count());
        for outcome in outcomes.as_slice().iter().skip(had) {
            self.counts[1] += 1;
            self.counts[2] += u64::from(outcome.value == 1);
        }
        Ok(())
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let index = index as usize;
        let (name, count) = (COUNT_NAMES.get(index)?, self.counts.get(index)?);
        Some(Metric { part: ID, name, value: MetricValue::Counter(*count) })
    }
}

pub(crate) struct TapPart;

impl LayerPart for TapPart {
    const SPEC: PartSpec = PartSpec {
        id: ID,
        kind: PartKind::Tap,
        version: "1.0.0",
        summary: "Counts operations, outcomes and ones; in one file of Rust.",
        params: &[],
    };
    type Cell = u8;
    const EMPTY: u8 = 0;
    type Layer<S: Storage<u8>> = Tap;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(0) // What it needs beyond itself.
    }

    fn build<S: Storage<u8>>(config: &Config<'_>, _storage: S) -> Result<Tap> {
        config.check(&Self::SPEC)?;
        Ok(Tap { counts: [0; 3] })
    }
}

pandia_core::export_module!(guard = CatchUnwind; layer TapPart);
