//! The built-in error models, to be asked.

use super::{Expect, TakesChannels};
use crate::error::Result;
use crate::noise::{
    CoherentPart, CrosstalkPart, DephasingPart, DepolarizingPart, IdealPart, IdlePart,
    JointReadoutPart, LeakagePart, PauliPart, ReadoutPart, TopologyPart,
};
use crate::part::{Config, LayerPart};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// A model to be asked, or why it cannot be.
pub enum Answer {
    /// It says all that it may do.
    Says(Box<dyn Expect>),
    /// It does not; why, in words.
    Silent(&'static str),
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Says(_) => f.write_str("Says"),
            Self::Silent(why) => f.debug_tuple("Silent").field(why).finish(),
        }
    }
}

/// A layer over storage on the heap.
fn layer<P: LayerPart>(config: &Config<'_>) -> Result<P::Layer<Vec<P::Cell>>> {
    let mut cells = Vec::new();
    cells.resize_with(P::cells(config)?, || P::EMPTY);
    P::build(config, cells)
}

fn says<P: LayerPart>(config: &Config<'_>) -> Result<Answer>
where
    P::Layer<Vec<P::Cell>>: Expect + 'static,
{
    Ok(Answer::Says(Box::new(layer::<P>(config)?)))
}

/// The built-in error model called `id` with this configuration, over a child that takes channels so,
/// if that is known, to be asked what it may do.
///
/// # Errors
/// Those of building the model.
pub fn expecting(id: &str, config: &Config<'_>, below: Option<TakesChannels>) -> Result<Answer> {
    match id {
        _ if id == IdealPart::SPEC.id => says::<IdealPart>(config),
        _ if id == DepolarizingPart::SPEC.id => says::<DepolarizingPart>(config),
        _ if id == PauliPart::SPEC.id => says::<PauliPart>(config),
        _ if id == LeakagePart::SPEC.id => says::<LeakagePart>(config),
        _ if id == ReadoutPart::SPEC.id => says::<ReadoutPart>(config),
        _ if id == CoherentPart::SPEC.id => says::<CoherentPart>(config),
        _ if id == DephasingPart::SPEC.id => says::<DephasingPart>(config),
        _ if id == CrosstalkPart::SPEC.id => says::<CrosstalkPart>(config),
        _ if id == TopologyPart::SPEC.id => says::<TopologyPart>(config),
        _ if id == JointReadoutPart::SPEC.id => {
            let joint = layer::<JointReadoutPart>(config)?;
            Ok(if joint.is_too_entangled() {
                Answer::Silent("too many qubits are misread together to follow all their values")
            } else {
                Answer::Says(Box::new(joint))
            })
        }
        _ if id == IdlePart::SPEC.id => {
            let mut idle = layer::<IdlePart>(config)?;
            Ok(if idle.stand_over(below) {
                Answer::Says(Box::new(idle))
            } else {
                Answer::Silent(
                    "it decays or twirls by whether the simulator takes channels, which is not known",
                )
            })
        }
        _ => Ok(Answer::Silent("no error model of this name is known here")),
    }
}
