//! The parts that are linked in: a module like any other, checked by the same loader.

#![expect(unsafe_code, reason = "a module is checked through its address, in every placement")]

use pandia_core::Result;
use pandia_core::abi::module::{self, ModuleView};
use pandia_core::abi::{NoGuard, plugin, raw};
use pandia_core::noise::DepolarizingPart;
use pandia_core::sim::StateVectorPart;

static MODULE: raw::Module = {
    const PLUGINS: &[&raw::Plugin] = &[
        plugin::simulator::<StateVectorPart<f32>, NoGuard>(),
        plugin::layer::<DepolarizingPart, NoGuard>(),
    ];
    raw::Module::of(PLUGINS)
};

pub(crate) fn module() -> Result<ModuleView<'static>> {
    // SAFETY: a module of this very program, which stays as it is.
    unsafe { module::check(&raw const MODULE) }
}
