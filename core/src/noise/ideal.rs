//! No noise at all: a layer that forwards every batch as it is.

use crate::backend::{Backend, Layer, Metric, MetricValue};
use crate::error::Result;
use crate::ids::{Seed, ShotId};
use crate::noise::expected::{Expect, Expected, Fate, Known};
use crate::op::{Batch, Op, Outcomes};
use crate::part::{Config, LayerPart, PartKind, PartSpec, Storage};

/// Changes nothing: a stack with it gives the same bits as the stack without.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ideal;

impl Layer for Ideal {
    fn id(&self) -> &str {
        IdealPart::SPEC.id
    }

    fn shot_begin(&mut self, _shot: ShotId, _seed: Seed) -> Result<()> {
        Ok(())
    }

    #[inline]
    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        child.apply(batch, outcomes)
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let value = MetricValue::Counter(0);
        (index == 0).then_some(Metric { part: self.id(), name: "inserted", value })
    }
}

impl Expect for Ideal {
    fn expect(&self, _op: Op<'_>, _known: &Known<'_>, _each: &mut dyn FnMut(Expected)) -> Fate {
        Fate::Forwarded
    }
}

/// How [`Ideal`] is described and built.
#[derive(Clone, Copy, Debug)]
pub struct IdealPart;

impl LayerPart for IdealPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.ideal",
        kind: PartKind::ErrorModel,
        version: "1.0.0",
        summary: "No noise: forwards everything as it is.",
        params: &[],
    };
    type Cell = u64;
    const EMPTY: u64 = 0;
    type Layer<S: Storage<u64>> = Ideal;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(0)
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, _storage: S) -> Result<Ideal> {
        config.check(&Self::SPEC)?;
        Ok(Ideal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::StreamId;
    use crate::noise::test_support::{Recorder, run};
    use crate::part::{Setting, Value};
    use std::string::ToString;

    #[test]
    fn the_child_sees_the_very_batch() {
        let circuit = run::all_kinds();
        let mut stack = run::stack(IdealPart::build(&Config::new(4, StreamId(1)), []).unwrap());
        run::shot(&mut stack, &circuit, 0);
        let mut bare = Recorder::new(4);
        run::shot(&mut bare, &circuit, 0);
        assert_eq!(stack.child().seen, bare.seen);
        assert_eq!(stack.child().calls, 1);
    }

    #[test]
    fn it_takes_no_parameter() {
        let settings = [Setting { key: "p", value: Value::Real(0.0) }];
        let error = IdealPart::cells(&Config::new(1, StreamId(1)).with(&settings)).unwrap_err();
        assert!(error.to_string().contains("ideal has no parameter p"), "{error}");
    }
}
