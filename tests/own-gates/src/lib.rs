//! An error model that inserts gates of its own, each known by a matrix alone: after a gate its first
//! qubit turns by an angle that differs from gate to gate, and two qubits that met change places half.
#![no_std]

use pandia_core::backend::{
    Backend, Forwarder, GateDef, GateSet, Layer, Metric, MetricValue, UserMatrix, Verdict,
};
use pandia_core::error::{Error, ErrorKind, Result};
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::gates::FIRST_USER_SLOT;
use pandia_core::op::{Batch, OpBuffer, OpKind, OpSink, Outcomes, Source};
use pandia_core::part::{Config, LayerPart, PartKind, PartSpec, Storage};
use pandia_ffi::CatchUnwind;

const ID: &str = "test.own_gates";
const TURN: u16 = FIRST_USER_SLOT + 300;
const HALF_SWAP: u16 = FIRST_USER_SLOT + 301;
/// Angles come again after so many gates: more than are kept at a time.
const ANGLES: u32 = 11;

/// Turns by the angle whose half has this tangent.
fn turn(params: &[f64], re_im: &mut [f64]) -> Result<()> {
    let tangent = params.first().copied().unwrap_or(0.0);
    let scale = 1.0 + tangent * tangent;
    let (cos, sin) = ((1.0 - tangent * tangent) / scale, 2.0 * tangent / scale);
    fill(re_im, &[&[(0, cos, 0.0), (1, -sin, 0.0), (2, sin, 0.0), (3, cos, 0.0)]]);
    Ok(())
}

/// The root of a swap.
fn half_swap(_: &[f64], re_im: &mut [f64]) -> Result<()> {
    let middle = [(5, 0.5, 0.5), (6, 0.5, -0.5), (9, 0.5, -0.5), (10, 0.5, 0.5)];
    fill(re_im, &[&[(0, 1.0, 0.0), (15, 1.0, 0.0)], &middle[..]]);
    Ok(())
}

/// Writes these entries (place, re, im); the others are 0.
fn fill(re_im: &mut [f64], entries: &[&[(usize, f64, f64)]]) {
    re_im.fill(0.0);
    let (pairs, _) = re_im.as_chunks_mut::<2>();
    for (at, re, im) in entries.iter().copied().flatten() {
        if let Some(pair) = pairs.get_mut(*at) {
            *pair = [*re, *im];
        }
    }
}

/// The layer.
struct OwnGates {
    stream: StreamId,
    /// Gates of this shot.
    count: u32,
    inserted: u64,
}

impl OwnGates {
    fn insert<B: Backend>(
        &mut self,
        walk: &mut Forwarder<'_, '_, B>,
        slot: u16,
        qubits: &[u32],
        params: &[f64],
    ) -> Result<()> {
        #[expect(clippy::cast_possible_truncation, reason = "the low half names the layer")]
        let source = Source { issuer: self.stream.0 as u32, depth: 0 };
        let mut own = OpBuffer::<4>::new();
        own.inserted_gate(slot, qubits, params)?;
        walk.insert(&own.batch().from_source(source), &mut Outcomes::new(&mut []))?;
        self.inserted += 1;
        Ok(())
    }
}

impl Layer for OwnGates {
    fn id(&self) -> &str {
        ID
    }

    fn negotiate<B: Backend>(
        &mut self,
        child: &mut B,
        gates: &GateSet<'_>,
        verdicts: &mut [Verdict],
    ) -> Result<()> {
        let def = |slot, id, qubit_count, param_count, matrix| {
            let matrix = Some(UserMatrix::new(matrix));
            GateDef { slot, id, qubit_count, param_count, matrix }
        };
        let own = [
            def(TURN, "test.turn/1", 1, 1, turn),
            def(HALF_SWAP, "test.half_swap/1", 2, 0, half_swap),
        ];
        let mut taken = [Verdict::Reject; 2];
        child.negotiate(&GateSet { gates: &own }, &mut taken)?;
        if taken.contains(&Verdict::Reject) {
            let refused = ErrorKind::GateRefused { gate: "user gate", slot: TURN };
            return Err(Error::from(refused).with_text(format_args!(
                "inserts gates of its own, which {} cannot do; use a simulator of matrices",
                child.id()
            )));
        }
        child.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        self.count = 0;
        Ok(())
    }

    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        if batch.source().depth > 0 {
            return child.apply(batch, outcomes);
        }
        let mut walk = Forwarder::new(child, batch, outcomes)?;
        while let Some(op) = walk.next_op() {
            if op.kind() != OpKind::Gate {
                continue;
            }
            walk.flush(outcomes)?;
            self.count = (self.count + 1) % ANGLES;
            self.insert(&mut walk, TURN, &[op.qubit(0)], &[f64::from(self.count) * 0.125])?;
            if op.qubit_count() == 2 {
                self.insert(&mut walk, HALF_SWAP, &[op.qubit(0), op.qubit(1)], &[])?;
            }
        }
        walk.finish(outcomes)
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let value = MetricValue::Counter(self.inserted);
        (index == 0).then_some(Metric { part: ID, name: "inserted", value })
    }
}

/// The part.
struct OwnGatesPart;

impl LayerPart for OwnGatesPart {
    const SPEC: PartSpec = PartSpec {
        id: ID,
        kind: PartKind::ErrorModel,
        version: "1",
        summary: "Inserts gates of its own, which simulators know by their matrices alone.",
        params: &[],
    };
    type Cell = u8;
    const EMPTY: u8 = 0;
    type Layer<S: Storage<u8>> = OwnGates;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(0)
    }

    fn build<S: Storage<u8>>(config: &Config<'_>, _: S) -> Result<OwnGates> {
        config.check(&Self::SPEC)?;
        Ok(OwnGates { stream: config.stream, count: 0, inserted: 0 })
    }
}

pandia_core::export_module!(guard = CatchUnwind; layer OwnGatesPart);
