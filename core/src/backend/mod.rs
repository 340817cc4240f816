//! The one contract: a backend accepts batches and returns outcomes.
//!
//! A simulator is a backend with no child, an error model or a tap is a [`Layer`] over a child, and
//! a [`Stack`] of a layer and a child is a backend again, monomorphised: no table, no call per
//! operation. The same contract as C tables is [`crate::abi`].
//! Not here: any part itself.

mod cancel;
mod contract;
mod forward;
mod gate_set;
mod info;
mod lowering;
pub(crate) mod precheck;
mod stack;

pub use cancel::CancelTarget;
pub use contract::{Backend, Metric, MetricValue, StateQuery};
pub use forward::Forwarder;
pub(crate) use gate_set::{AcrossWords, MatrixSource};
pub use gate_set::{
    GateDef, GateSet, RE_IM_MAX, UserMatrix, UserMatrixFn, Verdict, unitary_from_re_im,
};
pub use info::{Caps, Info, Threading};
pub use lowering::{LOWERED_WORDS_MAX, Lowering};
pub use precheck::{BuiltInOnly, OwnGates, UserGates};
pub use stack::{Layer, Stack};
