//! An error model in Rust as a library: after each gate, each of its qubits is flipped with
//! probability p. The same as `c/error_model.c`, draw for draw.

use pandia_core::backend::{
    Backend, Forwarder, GateDef, GateSet, Layer, Metric, MetricValue, Verdict,
};
use pandia_core::error::{Class, Error, ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::gates::slot;
use pandia_core::op::{Batch, OpBuffer, OpKind, OpSink, Outcomes, Source};
use pandia_core::part::{
    Config, LayerPart, ParamKind, ParamSpec, PartKind, PartSpec, Storage, Value,
};
use pandia_core::rng::{Chance, Stream};
use pandia_ffi::CatchUnwind;

const ID: &str = "example.rust.bit_flip";

pub(crate) struct BitFlip {
    chance: Chance,
    stream_id: StreamId,
    stream: Stream,
    flips: u64,
}

impl BitFlip {
    fn walk<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let mut walk = Forwarder::new(child, batch, outcomes)?;
        while let Some(op) = walk.next_op() {
            if op.kind() != OpKind::Gate {
                continue;
            }
            for qubit in op.qubits() {
                if self.stream.happens(self.chance) {
                    walk.flush(outcomes)?;
                    self.insert_x(&mut walk, qubit)?;
                }
            }
        }
        walk.finish(outcomes)
    }

    /// Flips a qubit: a batch of the layer's own, at the caller's time.
    fn insert_x<B: Backend>(&mut self, walk: &mut Forwarder<'_, '_, B>, qubit: u32) -> Result<()> {
        #[expect(clippy::cast_possible_truncation, reason = "the low half names the layer")]
        let source = Source { issuer: self.stream_id.0 as u32, depth: 0 };
        let mut own = OpBuffer::<2>::new();
        own.inserted_gate(slot::X, &[qubit], &[])?;
        walk.insert(&own.batch().from_source(source), &mut Outcomes::new(&mut []))?;
        self.flips += 1;
        Ok(())
    }
}

impl Layer for BitFlip {
    fn id(&self) -> &str {
        ID
    }

    fn negotiate<B: Backend>(
        &mut self,
        child: &mut B,
        gates: &GateSet<'_>,
        verdicts: &mut [Verdict],
    ) -> Result<()> {
        // What the layer inserts it announces by a call of its own.
        let mut verdict = [Verdict::Reject];
        child.negotiate(&GateSet { gates: &[GateDef::built_in(slot::X)?] }, &mut verdict)?;
        if verdict == [Verdict::Reject] {
            let refused = Error::from(ErrorKind::GateRefused { gate: "x", slot: slot::X });
            return Err(refused.with_text(format_args!(
                "inserts the gate x, which {} cannot do; use another simulator",
                child.id()
            )));
        }
        child.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.stream = Stream::of(seed, shot, self.stream_id);
        Ok(())
    }

    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        if batch.source().depth > 0 {
            return child.apply(batch, outcomes); // Errors of the layers above are not ours to spoil.
        }
        let before = self.stream.clone();
        let done = self.walk(child, batch, outcomes);
        if done.as_ref().is_err_and(|error| error.class() == Class::Refused) {
            self.stream = before; // Refused: nothing has changed.
        }
        done
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let flips = Metric { part: ID, name: "flips", value: MetricValue::Counter(self.flips) };
        (index == 0).then_some(flips)
    }
}

pub(crate) struct BitFlipPart;

impl LayerPart for BitFlipPart {
    const SPEC: PartSpec = PartSpec {
        id: ID,
        kind: PartKind::ErrorModel,
        version: "1.0.0",
        summary: "Flips qubits after gates with probability p; in one file of Rust.",
        params: &[ParamSpec {
            name: "p",
            kind: ParamKind::Probability,
            unit: "1",
            default: Some(Value::Real(0.001)),
            help: "the probability that a gate flips a qubit that it acts on",
        }],
    };
    type Cell = u8;
    const EMPTY: u8 = 0;
    type Layer<S: Storage<u8>> = BitFlip;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(0) // What it needs beyond itself.
    }

    fn build<S: Storage<u8>>(config: &Config<'_>, _storage: S) -> Result<BitFlip> {
        config.check(&Self::SPEC)?;
        Ok(BitFlip {
            chance: Chance::from(config.probability(&Self::SPEC, "p")?),
            stream_id: config.stream,
            stream: Stream::of(Seed(0), ShotId(0), config.stream),
            flips: 0,
        })
    }
}

pandia_core::export_module!(guard = CatchUnwind; layer BitFlipPart);
