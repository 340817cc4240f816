//! A state vector that does one thing wrong, or shows less than it could.

use std::vec::Vec;

use super::{Boxed, state_vector};
use crate::backend::{Backend, GateSet, Info, StateQuery, Verdict};
use crate::error::Result;
use crate::ids::{Seed, ShotId};
use crate::op::builder::OpVec;
use crate::op::gates::{NATIVE, slot};
use crate::op::{Batch, OpKind, OpSink, Outcomes, Params, Parts};

/// What a wrapped state vector does wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Defect {
    /// None, but it takes natives only.
    NativesOnly,
    /// None, but it shows no state.
    HidesState,
    FlipsSecondOutcome,
    WrongOpIndex,
    ForgetsOutcomesBefore,
    WrongKind,
    SkipsReset,
    SkipsPostselect,
    TakesNan,
    TakesUnknownCustom,
    ReversesCx,
    TurnsRzBackwards,
    ForgetsPhiOfPhasedX,
    ForgetsSign,
    IgnoresShot,
    IgnoresSeed,
    RemembersShots,
    NotWhole,
    BlamesNobody,
    ClaimsChannels,
}

/// A state vector with a defect.
pub(super) struct Wrapped {
    defect: Defect,
    inner: Boxed<f64>,
    shots: u64,
}

impl Wrapped {
    pub(super) fn new(defect: Defect) -> Self {
        Self { defect, inner: state_vector(3), shots: 0 }
    }

    /// The batch as the defect has it.
    fn rewrite(&self, batch: &Batch<'_>) -> OpVec {
        let mut out = OpVec::new();
        for op in batch.ops() {
            let mut qubits: Vec<u32> = op.qubits().collect();
            let mut params = op.params().to_vec();
            let mut flags = op.flags();
            let is = |slot| op.kind() == OpKind::Gate && op.gate() == slot;
            match self.defect {
                Defect::SkipsReset if op.kind() == OpKind::Reset => continue,
                Defect::SkipsPostselect if op.kind() == OpKind::Postselect => continue,
                Defect::ReversesCx if is(slot::CX) => qubits.reverse(),
                Defect::TurnsRzBackwards if is(slot::RZ) && params.len() == 1 => {
                    params[0] ^= 1 << 63;
                }
                Defect::ForgetsPhiOfPhasedX if is(slot::PHASED_X) && params.len() == 2 => {
                    params[1] = if f64::from_bits(params[1]).is_finite() { 0 } else { params[1] };
                }
                Defect::ForgetsSign if is(slot::RX) && params.len() == 1 => {
                    params[0] &= !(1 << 63);
                }
                Defect::TakesNan if op.kind() == OpKind::Gate => {
                    for word in &mut params {
                        *word = if f64::from_bits(*word).is_nan() { 0 } else { *word };
                    }
                }
                Defect::TakesUnknownCustom if op.kind() == OpKind::Custom => flags |= 1,
                _ => {}
            }
            let params = Params::Words(&params);
            let (kind, gate) = (op.kind(), op.gate());
            out.push(Parts { kind, flags, gate, qubits: &qubits, params }).unwrap();
        }
        out
    }
}

impl Backend for Wrapped {
    fn id(&self) -> &'static str {
        "test.wrapped"
    }

    fn info(&self) -> Info {
        let mut info = self.inner.info();
        if self.defect == Defect::HidesState {
            info.caps = info.caps.without(crate::backend::Caps::STATE);
        }
        if self.defect == Defect::ClaimsChannels {
            info.caps = info.caps.with(crate::backend::Caps::CHANNELS);
            info.op_kinds |= OpKind::Channel.bit();
        }
        info
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.inner.negotiate(gates, verdicts)?;
        if self.defect == Defect::NativesOnly {
            for (def, verdict) in gates.gates.iter().zip(verdicts) {
                if !NATIVE.contains(&def.slot) {
                    *verdict = Verdict::Reject;
                }
            }
        }
        Ok(())
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.shots += 1;
        match self.defect {
            Defect::IgnoresShot => self.inner.shot_begin(ShotId(0), seed),
            Defect::IgnoresSeed => self.inner.shot_begin(shot, Seed(0)),
            Defect::RemembersShots => self.inner.shot_begin(ShotId(self.shots), seed),
            _ => self.inner.shot_begin(shot, seed),
        }
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        if self.defect == Defect::NativesOnly {
            for (index, op) in (0..).zip(batch.ops()) {
                let slot = op.gate();
                if op.kind() == OpKind::Gate && !NATIVE.contains(&slot) {
                    let refused = crate::ErrorKind::GateRefused { gate: "not native", slot };
                    return Err(crate::Error::from(refused).at_op(index).in_layer(self.id()));
                }
            }
        }
        let had = outcomes.len();
        if self.defect == Defect::ForgetsOutcomesBefore {
            outcomes.clear();
        }
        let rewritten = self.rewrite(batch);
        if self.defect == Defect::NotWhole {
            for op in rewritten.batch().ops() {
                self.inner.apply(&Batch::new(op.words())?, outcomes)?;
            }
            return Ok(());
        }
        let done = self.inner.apply(&rewritten.batch(), outcomes);
        for (index, outcome) in outcomes.as_mut_slice().iter_mut().enumerate() {
            match self.defect {
                Defect::FlipsSecondOutcome if index == 1 => outcome.value ^= 1,
                Defect::WrongOpIndex if index >= had => outcome.op_index += 1,
                Defect::WrongKind => outcome.kind = 1,
                _ => {}
            }
        }
        if self.defect == Defect::BlamesNobody {
            return done.map_err(|e| crate::Error::from(e.kind()));
        }
        done
    }

    fn shot_end(&mut self) -> Result<()> {
        self.inner.shot_end()
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        if self.defect == Defect::HidesState {
            return Err(crate::ErrorKind::Unsupported("hidden").into());
        }
        self.inner.state(query, out)
    }

    fn state_digest(&mut self) -> Result<u64> {
        if self.defect == Defect::HidesState {
            return Err(crate::ErrorKind::Unsupported("hidden").into());
        }
        self.inner.state_digest()
    }
}
