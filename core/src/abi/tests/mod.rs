//! Roundtrips: Rust, table, Rust; and what a table of ill will gets.
mod answers;
mod hostile;
mod modules;
mod policies;
mod roundtrip;
mod services;
