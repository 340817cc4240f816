//! Layers over mocked pins, delays and counters: exact sequences of edges and waits, failures of
//! pins, and errors of the child.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod batch_times;
mod busy;
mod forwarding;
mod support;
mod time;
mod trigger;
