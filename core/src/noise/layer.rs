//! What error models have in common as layers: the handshake about channels, telling a refusal, and
//! counters.
//!
//! Not here: where errors fall ([`super::sites`]), and how they are put in ([`super::insert`]).

use super::insert;
use crate::backend::{Backend, Caps, Metric, MetricValue};
use crate::error::{Class, Result};

/// Whether the child takes channels exactly: asked in the handshake, or by the first batch.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Channels(Option<bool>);

impl Channels {
    /// Asks in the handshake, and announces the built-in gates `slots` that `part` inserts if it has to
    /// draw.
    ///
    /// # Errors
    /// [`crate::ErrorKind::GateRefused`] naming the gate that the child rejects.
    pub(crate) fn ask<B: Backend>(
        &mut self,
        child: &mut B,
        part: &'static str,
        slots: &[u16],
    ) -> Result<()> {
        let taken = child.info().caps.has(Caps::CHANNELS);
        self.0 = Some(taken);
        if taken { Ok(()) } else { insert::announce(child, part, slots) }
    }

    /// Whether they are taken; nothing but `false` is linked over a child whose type says so.
    #[inline]
    pub(crate) fn are_taken_by<B: Backend>(&mut self, child: &B) -> bool {
        !B::takes_no_channels()
            && *self.0.get_or_insert_with(|| child.info().caps.has(Caps::CHANNELS))
    }

    /// The same, once it was asked.
    #[inline]
    pub(crate) fn are_taken<B: Backend>(self) -> bool {
        !B::takes_no_channels() && self.0 == Some(true)
    }
}

/// Whether a batch was refused, and so has changed nothing: its layer puts back what it has drawn and
/// counted.
#[inline]
pub(crate) fn was_refused(done: &Result<()>) -> bool {
    done.as_ref().is_err_and(|error| error.class() == Class::Refused)
}

/// Counter number `index` of all those of a part.
pub(crate) fn counter(
    part: &'static str,
    index: u32,
    all: &[(&'static str, u64)],
) -> Option<Metric<'static>> {
    let &(name, value) = all.get(index as usize)?;
    Some(Metric { part, name, value: MetricValue::Counter(value) })
}
