//! The plugin as a host sees it, and what the tests put below it.
#![allow(dead_code, reason = "each kind of plugin uses some of it")]

use pandia_core::abi::module::{self, PluginView};
use pandia_core::abi::{Instance, NoGuard};
use pandia_core::backend::Backend;
use pandia_core::conformance::{self, Finding, Profile};
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::{Outcome, Outcomes};
use pandia_core::part::{Config, SimulatorPart};
use pandia_core::sim::StateVectorPart;
use std::mem::MaybeUninit;

/// The plugin, through the table that its library exports.
pub fn plugin() -> PluginView<'static> {
    // SAFETY: the module of this very package, which is constant.
    let module = unsafe { module::check(&raw const {{plain}}::pandia_module_v1) }.unwrap();
    let mut plugins = module.plugins();
    let plugin = plugins.next().unwrap();
    assert!(plugins.next().is_none());
    plugin
}

/// Memory for an instance.
pub fn memory() -> Vec<MaybeUninit<u8>> {
    vec![MaybeUninit::uninit(); 1 << 20]
}

/// A state vector to stand on.
pub fn simulator(qubits: u32) -> Instance<impl Backend, NoGuard> {
    let config = Config::new(qubits, StreamId(1));
    let cells = StateVectorPart::<f64>::cells(&config).unwrap();
    let empty = StateVectorPart::<f64>::EMPTY;
    Instance::new(StateVectorPart::<f64>::build(&config, vec![empty; cells]).unwrap())
}

/// Runs core's checks of any part.
pub fn conforms(backend: &mut dyn Backend, profile: &Profile) {
    let mut failures = Vec::new();
    let summary = conformance::run(backend, profile, &mut |check, finding| {
        if let Finding::Failed(why) = finding {
            failures.push(format!("{}: {why}", check.name));
        }
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(summary.passed >= 20, "{summary:?}");
}

/// The outcomes of a shot.
pub fn shot(backend: &mut dyn Backend, ops: &OpVec, shot: u64) -> Vec<u64> {
    let mut room = [Outcome::default(); 8];
    let mut outcomes = Outcomes::new(&mut room);
    backend.shot_begin(ShotId(shot), Seed(1)).unwrap();
    backend.apply(&ops.batch(), &mut outcomes).unwrap();
    backend.shot_end().unwrap();
    outcomes.as_slice().iter().map(|outcome| outcome.value).collect()
}
