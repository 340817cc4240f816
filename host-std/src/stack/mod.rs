//! Stacks of parts: what parts there are, a description of a stack, and the stack built from it.
//!
//! A [`StackSpec`] says which parts with which settings, as the user wrote it ([`PartUse::parse`]
//! for the command line, [`read_stack_file`] for TOML). [`StackPlan::new`] finds the parts in a
//! [`Registry`] and checks every setting; [`StackPlan::build`] makes an instance, any number of
//! times, on any thread.
//!
//! ```
//! use pandia::stack::{PartUse, Registry, Shape, StackPlan, StackSpec};
//!
//! let spec = StackSpec::new().with_noise(PartUse::parse("ideal")?);
//! let plan = StackPlan::new(&Registry::new(), &spec)?;
//! let runtime = plan.build(Shape { qubit_count: 3, result_count: 3 })?;
//! assert_eq!(plan.parts().count(), 3);
//! # Ok::<(), pandia::stack::StackError>(())
//! ```
//! Not here: running shots ([`crate::runner`]), opening libraries ([`crate::dylib`]).

mod built_in;
mod cancel;
mod device;
mod error;
mod file;
mod found;
mod hidden;
mod library;
mod on_board;
mod on_thread;
mod part;
mod plan;
mod registry;
mod setting;
mod spec;

pub use cancel::{CancelHandle, cancellable};
pub use device::Device;
pub use error::StackError;
pub use file::{parse_stack_file, read_stack_file};
pub use found::parts_in_search_path;
pub use hidden::{HiddenLibrary, hidden_libraries, hides, parts_hidden_by};
pub use library::open as open_library;
pub use part::{
    BoxedBackend, BoxedRuntime, BuildLayer, BuildRuntime, BuildSimulator, Factory, Linked, Origin,
    Part, lowered,
};
pub use plan::{Placed, Shape, StackPlan};
pub use registry::{Registry, is_path, nearest};
pub use setting::{OwnedSetting, OwnedValue};
pub use spec::{PartUse, StackSpec};
