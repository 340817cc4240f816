//! A layer over a child is a backend again.

use super::cancel::CancelTarget;
use super::contract::{Backend, Metric, StateQuery};
use super::gate_set::{GateSet, Verdict};
use super::info::Info;
use crate::error::{Class, Result};
use crate::ids::{Seed, ShotId};
use crate::op::{Batch, Outcomes};

/// A backend with one child, apart from the child: an error model or a tap. It forwards what it
/// does not know and never widens what its child claims. Defaults forward.
///
/// An error of the child passes as it is, with the operation's index translated back to the batch
/// of the layer's own caller; [`super::Forwarder`] does that.
pub trait Layer {
    /// The id that errors are signed with.
    fn id(&self) -> &str;

    /// The child's `info`, edited.
    fn info(&self, child: Info) -> Info {
        child
    }

    /// Asks the child, and announces the gates that this layer inserts.
    ///
    /// # Errors
    /// As [`Backend::negotiate`]; also if the child rejects a gate that this layer inserts.
    fn negotiate<B: Backend>(
        &mut self,
        child: &mut B,
        gates: &GateSet<'_>,
        verdicts: &mut [Verdict],
    ) -> Result<()> {
        child.negotiate(gates, verdicts)
    }

    /// Begins the shot here; the child's has begun already.
    ///
    /// # Errors
    /// As [`Backend::shot_begin`].
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()>;

    /// Carries the batch out through the child.
    ///
    /// # Errors
    /// As [`Backend::apply`].
    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()>;

    /// Ends the shot here; the child's ends after it.
    ///
    /// # Errors
    /// As [`Backend::shot_end`].
    fn shot_end(&mut self) -> Result<()> {
        Ok(())
    }

    /// This layer's own metrics; `None` ends them.
    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let _ = index;
        None
    }
}

/// A layer over a child.
#[derive(Clone, Debug)]
pub struct Stack<L, B> {
    layer: L,
    child: B,
}

impl<L: Layer, B: Backend> Stack<L, B> {
    /// Puts `layer` over `child`.
    pub const fn new(layer: L, child: B) -> Self {
        Self { layer, child }
    }

    /// The layer.
    pub const fn layer(&self) -> &L {
        &self.layer
    }

    /// The child.
    pub const fn child(&self) -> &B {
        &self.child
    }

    /// The child, to be asked for its state.
    pub const fn child_mut(&mut self) -> &mut B {
        &mut self.child
    }

    /// The two halves again.
    pub fn into_parts(self) -> (L, B) {
        (self.layer, self.child)
    }
}

impl<L: Layer, B: Backend> Backend for Stack<L, B> {
    fn id(&self) -> &str {
        self.layer.id()
    }

    fn info(&self) -> Info {
        self.layer.info(self.child.info())
    }

    fn takes_no_channels() -> bool {
        B::takes_no_channels()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        let Self { layer, child, .. } = self;
        let mut done = layer.negotiate(child, gates, verdicts);
        if let Err(e) = &mut done {
            e.sign(layer.id());
            return done;
        }
        Ok(())
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.child.shot_begin(shot, seed)?;
        let Self { layer, child, .. } = self;
        layer.shot_begin(shot, seed).map_err(|e| {
            if e.class() != Class::Refused {
                return e.in_layer(layer.id());
            }
            // Who refuses has changed nothing, so the child is as it was before.
            match child.shot_end() {
                Ok(()) => e.in_layer(layer.id()),
                Err(e) => e,
            }
        })
    }

    #[inline]
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let Self { layer, child, .. } = self;
        let mut done = layer.apply(child, batch, outcomes);
        if let Err(e) = &mut done {
            e.sign(layer.id());
            return done;
        }
        Ok(())
    }

    fn shot_end(&mut self) -> Result<()> {
        // The child's shot ends in any case, or the next one could not begin.
        let own = self.layer.shot_end().map_err(|e| e.in_layer(self.layer.id()));
        self.child.shot_end()?;
        own
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        if let Some(metric) = self.layer.metric(index) {
            return Some(metric);
        }
        // Counted here, since firmware that asks for none has no room to be ready for it.
        let own = (0..index).take_while(|&index| self.layer.metric(index).is_some()).count();
        self.child.metric(index - u32::try_from(own).unwrap_or(index))
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        self.child.state(query, out)
    }

    fn state_digest(&mut self) -> Result<u64> {
        self.child.state_digest()
    }

    #[cfg(pandia_drill = "1")]
    fn snapshot(&mut self) -> Result<u64> {
        self.child.snapshot()
    }

    #[cfg(pandia_drill = "2")]
    fn flush(&mut self) -> Result<()> {
        self.child.flush()
    }

    fn cancel(&self) {
        self.child.cancel();
    }

    fn cancel_target(&self) -> Option<CancelTarget> {
        self.child.cancel_target()
    }
}
