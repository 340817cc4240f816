//! The queue of the threaded runtime, from the sources of `host-std/threads`, over loom's threads instead of
//! std's. Run by `cargo xtask threads`.
#![cfg(test)]

#[path = "../../../host-std/threads/src/bell.rs"]
mod bell;
#[path = "../../../host-std/threads/src/queue.rs"]
mod queue;
#[path = "../../../host-std/threads/src/sync.rs"]
mod sync;
mod tests;
