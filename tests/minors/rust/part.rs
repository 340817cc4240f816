//! A state vector that counts what it is told, and can live without `shot_end`.

use pandia_core::backend::{Backend, GateSet, Info, Metric, MetricValue, Verdict};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};
use pandia_core::part::{Config, PartKind, PartSpec, SimulatorPart, Storage};
use pandia_core::sim::StateVectorPart;

type Inner = StateVectorPart<f64>;

/// The simulator, and how often each of its functions was called.
pub(crate) struct Counted<B> {
    inner: B,
    running: bool,
    shots: u64,
    ends: u64,
    #[cfg_attr(not(pandia_drill = "1"), expect(dead_code, reason = "told by `snapshot`"))]
    flushes: u64,
}

impl<B: Backend> Backend for Counted<B> {
    fn id(&self) -> &str {
        CountedPart::SPEC.id
    }

    fn info(&self) -> Info {
        self.inner.info()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.inner.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        // A host of minor 3 need not end a shot before it begins the next.
        if self.running {
            self.inner.shot_end()?;
        }
        self.running = true;
        self.shots += 1;
        self.inner.shot_begin(shot, seed)
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.inner.apply(batch, outcomes)
    }

    fn shot_end(&mut self) -> Result<()> {
        self.running = false;
        self.ends += 1;
        self.inner.shot_end()
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let value = MetricValue::Counter(self.shots);
        (index == 0).then_some(Metric { part: self.id(), name: "shots", value })
    }

    #[cfg(pandia_drill = "1")]
    fn snapshot(&mut self) -> Result<u64> {
        Ok(self.flushes * 1000 + self.ends)
    }

    #[cfg(pandia_drill = "2")]
    fn flush(&mut self) -> Result<()> {
        self.flushes += 1;
        Ok(())
    }
}

/// [`Counted`] as a part.
pub(crate) struct CountedPart;

impl SimulatorPart for CountedPart {
    const SPEC: PartSpec = PartSpec {
        id: "drill.rust",
        kind: PartKind::Simulator,
        version: "1.0.0",
        summary: "A state vector that counts what it is told.",
        params: &[],
    };
    type Cell = <Inner as SimulatorPart>::Cell;
    const EMPTY: Self::Cell = Inner::EMPTY;
    type Simulator<S: Storage<Self::Cell>> = Counted<<Inner as SimulatorPart>::Simulator<S>>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        Inner::cells(config)
    }

    fn build<S: Storage<Self::Cell>>(
        config: &Config<'_>,
        storage: S,
    ) -> Result<Self::Simulator<S>> {
        let inner = Inner::build(config, storage)?;
        Ok(Counted { inner, running: false, shots: 0, ends: 0, flushes: 0 })
    }
}
