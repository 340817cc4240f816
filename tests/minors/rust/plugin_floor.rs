//! As `plugin`, with a floor: it says that it does not live with a host of an older minor.

mod part;

use pandia_core::abi::{NoGuard, plugin, raw};

const PLUGINS: &[&raw::Plugin] = &[plugin::simulator::<part::CountedPart, NoGuard>()];

/// The module.
#[expect(unsafe_code, reason = "the one symbol that a module exports")]
#[unsafe(no_mangle)]
pub static pandia_module_v1: raw::Module =
    raw::Module { min_host_minor: raw::MINOR, ..raw::Module::of(PLUGINS) };
