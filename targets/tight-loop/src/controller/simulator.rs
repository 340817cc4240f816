//! A simulator of two: the state vector or the tableau, told apart at run time without a pointer.

use crate::noisy::Vector;
use crate::round::Tableau;
use pandia_core::Result;
use pandia_core::backend::{Backend, GateSet, Info, StateQuery, Verdict};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::{Batch, Outcomes};

/// Whichever it is, its state lies elsewhere.
pub(super) enum Simulator<'a> {
    Vector(Vector<'a>),
    Tableau(Tableau<'a>),
}

/// What the one that is there does.
macro_rules! of {
    ($self:ident, $simulator:ident => $call:expr) => {
        match $self {
            Self::Vector($simulator) => $call,
            Self::Tableau($simulator) => $call,
        }
    };
}

impl Backend for Simulator<'_> {
    fn id(&self) -> &str {
        of!(self, simulator => simulator.id())
    }

    fn info(&self) -> Info {
        of!(self, simulator => simulator.info())
    }

    fn takes_no_channels() -> bool {
        Vector::<'_>::takes_no_channels() && Tableau::<'_>::takes_no_channels()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        of!(self, simulator => simulator.negotiate(gates, verdicts))
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        of!(self, simulator => simulator.shot_begin(shot, seed))
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        of!(self, simulator => simulator.apply(batch, outcomes))
    }

    fn shot_end(&mut self) -> Result<()> {
        of!(self, simulator => simulator.shot_end())
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        of!(self, simulator => simulator.state(query, out))
    }

    fn state_digest(&mut self) -> Result<u64> {
        of!(self, simulator => simulator.state_digest())
    }
}
