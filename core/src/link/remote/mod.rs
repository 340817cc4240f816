//! A backend whose other half is behind a line.
//!
//! Batches without outcomes are sent and not waited for, so that the line is what limits them. An
//! error of such a batch shows at the next one that is waited for, or at the end of the shot, and
//! then costs the shot; so a batch that might be refused is waited for.
//! A shot whose session is lost is lost: it is reported, and the next one begins a session anew. It
//! is not replayed, since only the caller knows whether it still wants it; shots are addressable, so
//! that the caller can run it again by its number.

mod backend;
mod batch;
mod gates;
mod matrices;
mod metrics;
mod own;
mod session;
mod set_up;
mod traced;

pub use session::{Options, Remote};
pub use set_up::{AsItIs, BuildStack, SetUp};
pub use traced::{BuildTapped, Traced};
