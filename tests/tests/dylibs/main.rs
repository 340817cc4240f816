//! Parts out of libraries: the same bits as those that are linked in, and clear words for files
//! that hold none.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod allocations;
mod broken;
mod built;
mod checked;
mod refusals;
mod same;
mod threads;
