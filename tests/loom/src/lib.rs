//! The queue of the threaded runtime, from the sources of `host-ffi`, over loom's threads instead of
//! std's. Run by `cargo xtask threads`.
#![cfg(test)]

#[path = "../../../host-ffi/src/threaded/bell.rs"]
mod bell;
#[path = "../../../host-ffi/src/threaded/queue.rs"]
mod queue;
#[path = "../../../host-ffi/src/threaded/sync.rs"]
mod sync;
mod tests;
