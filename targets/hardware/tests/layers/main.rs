//! Layers over mocked pins, delays and counters: exact sequences of edges and waits, failures of
//! pins, and errors of the child.

mod batch_times;
mod busy;
mod forwarding;
mod support;
mod time;
mod trigger;
