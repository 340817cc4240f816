//! The factory of the runtime on a thread of its own.

use std::sync::Arc;

use pandia_core::error::Result;
use pandia_core::part::Config;

use super::part::{BoxedBackend, BoxedRuntime, BuildRuntime, Factory, Origin, Part};

struct OnThread;

/// The part, linked in.
pub(super) fn part() -> Part {
    let factory = Factory::Runtime(Arc::new(OnThread));
    Part { spec: pandia_threads::SPEC, origin: Origin::BuiltIn, factory }
}

impl BuildRuntime for OnThread {
    fn memory_bytes(&self, config: &Config<'_>) -> Result<u64> {
        pandia_threads::memory_bytes(config)
    }

    fn build(&self, config: &Config<'_>, stack: BoxedBackend) -> Result<BoxedRuntime> {
        Ok(Box::new(pandia_threads::build(config, stack)?))
    }
}
