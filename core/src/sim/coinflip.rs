//! The simulator without a state: every measurement is a coin.

use crate::backend::precheck::{OP_KINDS, check_op};
use crate::backend::{Backend, Caps, GateSet, Info, Metric, Threading, Verdict};
use crate::backend::{OwnGates, UserGates};
use crate::error::Result;
use crate::ids::{Seed, ShotId, StreamId};
use crate::op::{Batch, Outcomes};
use crate::part::{
    Config, ParamKind, ParamSpec, PartKind, PartSpec, SimulatorPart, Storage, Value,
};
use crate::rng::Stream;
use crate::sim::answer::outcome;
use crate::sim::counts::Counts;
use crate::sim::life::Life;
use crate::units::Probability;

/// Gives 1 with a fixed probability whenever something is measured, and does nothing else.
///
/// For trying out programs too wide to simulate, and for timing what lies above a simulator. Takes
/// what a state vector takes and refuses what it refuses, so that a program that passes here is
/// well formed.
#[derive(Clone, Debug)]
pub struct Coinflip {
    qubit_count: u32,
    bias: f64,
    stream_id: StreamId,
    stream: Stream,
    life: Life,
    counts: Counts,
    gates: UserGates,
}

impl Coinflip {
    /// The simulator of `qubit_count` qubits whose outcomes are 1 with probability `bias`.
    #[must_use]
    pub fn new(qubit_count: u32, bias: Probability, stream_id: StreamId) -> Self {
        Self {
            qubit_count,
            bias: bias.get(),
            stream_id,
            stream: Stream::of(Seed(0), ShotId(0), stream_id),
            life: Life::default(),
            counts: Counts::default(),
            gates: UserGates::default(),
        }
    }

    #[inline]
    fn check(&self, batch: &Batch<'_>, outcomes: &Outcomes<'_>) -> Result<()> {
        self.life.check_running()?;
        for (index, op) in (0..).zip(batch.ops()) {
            if let Err(e) = check_op(op, self.qubit_count, &self.gates) {
                return Err(e.at_op(index));
            }
        }
        outcomes.reserve(batch.result_count())
    }
}

impl Backend for Coinflip {
    fn id(&self) -> &str {
        CoinflipPart::SPEC.id
    }

    fn info(&self) -> Info {
        Info {
            qubit_count: self.qubit_count,
            op_kinds: OP_KINDS,
            caps: Caps::NONE,
            threading: Threading::Sendable,
        }
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        let done = self.life.check_between_shots();
        done.and_then(|()| self.gates.negotiate(gates, verdicts)).map_err(|e| e.in_layer(self.id()))
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.life.begin().map_err(|e| e.in_layer(self.id()))?;
        self.counts.begin();
        self.stream = Stream::of(seed, shot, self.stream_id);
        Ok(())
    }

    #[inline]
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        if let Err(e) = self.check(batch, outcomes) {
            return Err(e.in_layer(self.id()));
        }
        self.counts.add(batch);
        if batch.result_count() == 0 {
            return Ok(());
        }
        for (index, op) in (0..).zip(batch.ops()) {
            if op.kind().bears_result() {
                let value = self.stream.unit_f64() < self.bias;
                outcomes.push(outcome(op, value, index))?;
            }
        }
        Ok(())
    }

    fn shot_end(&mut self) -> Result<()> {
        self.life.end().map_err(|e| e.in_layer(self.id()))
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.counts.metric(self.id(), index, 0)
    }
}

/// The coin as a part.
#[derive(Clone, Copy, Debug)]
pub struct CoinflipPart;

impl SimulatorPart for CoinflipPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.coinflip",
        kind: PartKind::Simulator,
        version: env!("CARGO_PKG_VERSION"),
        summary: "No state: takes every gate, and every measurement is a coin.",
        params: &[ParamSpec {
            name: "bias",
            kind: ParamKind::Probability,
            unit: "1",
            default: Some(Value::Real(0.5)),
            help: "the probability that a measurement gives 1",
        }],
    };
    type Cell = u8;
    const EMPTY: u8 = 0;
    type Simulator<S: Storage<u8>> = Coinflip;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(0)
    }

    fn build<S: Storage<u8>>(config: &Config<'_>, _storage: S) -> Result<Coinflip> {
        config.check(&Self::SPEC)?;
        let bias = config.probability(&Self::SPEC, "bias")?;
        Ok(Coinflip::new(config.qubit_count, bias, config.stream))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::op::builder::OpVec;
    use crate::op::gates::slot;
    use crate::op::{OpSink, Outcome};
    use crate::part::Setting;

    fn ones(bias: f64, shots: u64) -> u64 {
        let settings = [Setting { key: "bias", value: Value::Real(bias) }];
        let config = Config::new(3, StreamId(7)).with(&settings);
        let mut coin = CoinflipPart::build(&config, []).unwrap();
        let mut ops = OpVec::new();
        ops.gate(slot::PHASED_XX, &[0, 2], &[0.1, 0.2]).unwrap();
        ops.measure(1, 0).unwrap();
        ops.reset(1).unwrap();
        ops.measure_leaked(1, 1).unwrap();
        let mut ones = 0;
        for shot in 0..shots {
            coin.shot_begin(ShotId(shot), Seed(1)).unwrap();
            let mut memory = [Outcome::default(); 2];
            let mut outcomes = Outcomes::new(&mut memory);
            coin.apply(&ops.batch(), &mut outcomes).unwrap();
            ones += outcomes.as_slice().iter().map(|o| o.value).sum::<u64>();
            coin.shot_end().unwrap();
        }
        ones
    }

    #[test]
    fn ones_come_as_often_as_the_bias_says() {
        assert_eq!(ones(0.0, 100), 0);
        assert_eq!(ones(1.0, 100), 200);
        // Five sigma of a binomial with n = 20,000 and p = 1/4: 306.
        assert!(ones(0.25, 10_000).abs_diff(5000) < 306);
    }

    #[test]
    fn bad_operands_are_refused_even_though_nothing_is_done() {
        let mut coin = Coinflip::new(2, Probability::ONE, StreamId(1));
        let mut ops = OpVec::new();
        ops.gate(1, &[2], &[0.1, 0.2]).unwrap();
        let mut none = Outcomes::new(&mut []);
        assert!(matches!(
            coin.apply(&ops.batch(), &mut none).unwrap_err().kind(),
            ErrorKind::State(_)
        ));
        coin.shot_begin(ShotId(0), Seed(0)).unwrap();
        let error = coin.apply(&ops.batch(), &mut none).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::QubitOutOfRange { qubit: 2, width: 2 });
        assert_eq!((error.op_index(), error.layer()), (Some(0), "pandia.coinflip"));
    }
}
