//! Coherent errors: every gate turns a little too far, the same way each time.
//!
//! `docs/noise.md` has the formulas: after a gate comes the rotation by
//! `delta = offset + fraction * theta`, about the gate's own axis or a given one.

mod axis;
mod expected;
mod part;
#[cfg(test)]
mod tests;

pub use part::CoherentPart;

use crate::backend::{Backend, Forwarder, GateSet, Layer, Metric, MetricValue, Verdict};
use crate::error::Result;
use crate::ids::{Seed, ShotId, StreamId};
use crate::noise::drift::{Drift, Drifting};
use crate::noise::insert;
use crate::noise::rates::{Place, Rates};
use crate::op::gates::slot;
use crate::op::record::FLAG_INSERTED;
use crate::op::{Batch, Op, OpKind, OpSink, Outcomes};
use crate::part::{LayerPart, Storage};
use crate::rng::Stream;
use axis::{GateParams, Rotation};

/// The coherent layer over storage for what is given by gate and place; none is needed for none.
#[derive(Clone, Debug)]
pub struct Coherent<S = [u64; 0]> {
    rates: Rates<S>,
    one: Excess,
    two: Excess,
    /// The gate of a given axis, or 0 for each gate's own.
    axis_one: u16,
    axis_two: u16,
    stream_id: StreamId,
    /// Whether the sign is drawn for each shot.
    random_sign: bool,
    sign: f64,
    drift: Drifting,
    rotations: u64,
}

/// How far too far a gate turns.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Excess {
    offset: f64,
    fraction: f64,
}

impl Excess {
    fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// The code of an offset in the rates.
const OFFSET: u32 = 0;
/// The code of a fraction in the rates.
const FRACTION: u32 = 1;

impl<S: Storage<u64>> Coherent<S> {
    /// The excess of the gate with this slot at a place.
    fn excess(&self, gate: u16, place: Place, default: Excess) -> Excess {
        let Some((set, _)) = self.rates.of_gate(gate, Some(place)) else { return default };
        let mut excess = Excess::default();
        for index in set {
            match self.rates.entry(index) {
                (OFFSET, value) => excess.offset = value,
                (_, value) => excess.fraction = value,
            }
        }
        excess
    }

    /// Writes what comes after a gate on one qubit; nothing if the angle is 0.
    fn turn_one(
        &self,
        gate: u16,
        params: GateParams,
        qubit: u32,
        excess: Excess,
        factor: f64,
        out: &mut Rotation,
    ) -> Result<()> {
        let delta = factor * self.delta(gate, params, excess);
        if delta.abs() <= 0.0 {
            return Ok(());
        }
        match self.axis_one {
            0 => axis::turn_one(gate, params, qubit, delta, out),
            given => out.inserted_gate(given, &[qubit], &[delta]),
        }
    }

    /// Writes what comes after a gate on two qubits, or for two neighbours of more.
    fn turn_two(
        &self,
        gate: u16,
        params: GateParams,
        qubits: [u32; 2],
        excess: Excess,
        factor: f64,
        out: &mut Rotation,
    ) -> Result<()> {
        let delta = factor * self.delta(gate, params, excess);
        if delta.abs() <= 0.0 {
            return Ok(());
        }
        match self.axis_two {
            0 => axis::turn_two(gate, params, qubits, delta, out),
            given => out.inserted_gate(given, &qubits, &[delta]),
        }
    }

    fn delta(&self, gate: u16, params: GateParams, excess: Excess) -> f64 {
        self.sign * (excess.offset + excess.fraction * axis::nominal(gate, params))
    }

    /// The rotation at site number `site` of `op`, where the drift is at `factor`.
    fn rotation(&self, op: Op<'_>, site: usize, factor: f64, out: &mut Rotation) -> Result<()> {
        let gate = op.gate();
        let params = [op.param_f64(0), op.param_f64(1)];
        if op.qubit_count() == 1 {
            let qubit = op.qubit(0);
            let excess = self.excess(gate, Place::qubit(qubit), self.one);
            return self.turn_one(gate, params, qubit, excess, factor, out);
        }
        let qubits = [op.qubit(site), op.qubit(site + 1)];
        let excess = self.excess(gate, Place::pair(qubits[0], qubits[1]), self.two);
        self.turn_two(gate, params, qubits, excess, factor, out)
    }

    /// Announces what may be inserted behind the gate with this slot, also if the drift begins at
    /// nothing.
    fn announce<B: Backend>(&self, child: &mut B, gate: u16, qubit_count: u8) -> Result<()> {
        let used = !self.one.is_none() || !self.two.is_none() || !self.rates.is_empty();
        let any = Excess { offset: 1.0, fraction: 0.0 };
        let mut out = Rotation::new();
        if !used {
            return Ok(());
        }
        if qubit_count == 1 {
            self.turn_one(gate, [0.0; 2], 0, any, 1.0, &mut out)?;
        } else {
            self.turn_two(gate, [0.0; 2], [0, 1], any, 1.0, &mut out)?;
        }
        for op in out.batch().ops() {
            insert::announce(child, CoherentPart::SPEC.id, &[op.gate()])?;
        }
        Ok(())
    }
}

impl<S: Storage<u64>> Layer for Coherent<S> {
    fn id(&self) -> &str {
        CoherentPart::SPEC.id
    }

    fn negotiate<B: Backend>(
        &mut self,
        child: &mut B,
        gates: &GateSet<'_>,
        verdicts: &mut [Verdict],
    ) -> Result<()> {
        child.negotiate(gates, verdicts)?;
        let mut gates = gates.gates.iter();
        gates.try_for_each(|gate| self.announce(child, gate.slot, gate.qubit_count))
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.rotations = 0;
        self.drift.begin(shot);
        self.sign = 1.0;
        if self.random_sign && Stream::of(seed, shot, self.stream_id).next_u32() >> 31 == 1 {
            self.sign = -1.0;
        }
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
        self.drift.at(batch.start());
        let mut forwarder = Forwarder::new(child, batch, outcomes)?;
        let mut rotation = Rotation::new();
        while let Some(op) = forwarder.next_op() {
            if op.kind() != OpKind::Gate || op.flags() & FLAG_INSERTED != 0 {
                continue;
            }
            for site in 0..op.qubit_count().saturating_sub(1).max(1) {
                rotation.clear();
                self.rotation(op, site, self.drift.factor(), &mut rotation)?;
                if rotation.op_count() > 0 {
                    forwarder.flush(outcomes)?;
                    insert::ops(&mut forwarder, self.stream_id, &rotation)?;
                    self.rotations += 1;
                }
            }
        }
        forwarder.finish(outcomes)
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let value = MetricValue::Counter(self.rotations);
        (index == 0).then_some(Metric { part: CoherentPart::SPEC.id, name: "rotations", value })
    }
}

/// The gate that turns about the axis that a setting names, or 0 for each gate's own.
fn axis_gate(name: &str) -> u16 {
    match name {
        "x" => slot::RX,
        "y" => slot::RY,
        "z" => slot::RZ,
        "xx" => slot::XX_PHASE,
        "yy" => slot::YY_PHASE,
        "zz" => slot::ZZ_PHASE,
        _ => 0,
    }
}
