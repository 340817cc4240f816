//! Roundtrips: Rust, table, Rust; and what a table of ill will gets.
mod hostile;
mod modules;
mod roundtrip;
mod services;
