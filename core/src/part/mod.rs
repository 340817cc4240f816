//! What a part says of itself before it exists: id, parameters, memory; and how it is built.
//!
//! One description serves the linked-in part, the dylib and the flash module, so that the command
//! line can list, check and explain any of them.
//! Not here: the parts ([`crate::sim`], [`crate::noise`], [`crate::runtime`]).

mod config;
mod factory;
pub(crate) mod services;
mod spec;
mod value;

pub use config::Config;
pub use factory::{LayerPart, SimulatorPart, Storage};
pub use services::{HostMemory, Level, Services};
pub use spec::{ParamKind, ParamSpec, PartKind, PartSpec};
pub use value::{Setting, Value};
