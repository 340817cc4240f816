//! A built-in runtime on a thread of its own, as a part that can be exported. What it does is in
//! [`pandia_threads`].
#![expect(unsafe_code, reason = "the promise that the thread is over when the runtime is dropped")]

use pandia_core::abi::{self, AttachedStack};
use pandia_core::error::Result;
use pandia_core::part::{Config, PartSpec};
use pandia_threads::Inner;

pub use pandia_threads::{Threaded, ThreadedConfig};

/// A built-in runtime on a thread of its own; the simple one unless the configuration says another.
#[derive(Clone, Copy, Debug)]
pub struct ThreadedPart;

// SAFETY: the runtime holds the stack; dropping it ends its thread and waits for that, and the stack
// is dropped with it.
unsafe impl abi::AttachPart for ThreadedPart {
    const SPEC: PartSpec = pandia_threads::SPEC;
    /// Which cells there must be is known when the runtime inside is: it has them on the heap.
    type Cell = u64;
    const EMPTY: u64 = 0;
    type Attached = Threaded<Inner<abi::SendableStack>>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        pandia_threads::check(config).map(|()| 0)
    }

    fn attach(
        config: &Config<'_>,
        stack: AttachedStack,
        _cells: &'static mut [u64],
    ) -> Result<Self::Attached> {
        pandia_threads::check(config)?;
        pandia_threads::build(config, stack.on_own_thread()?)
    }
}
