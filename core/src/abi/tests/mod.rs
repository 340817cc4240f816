//! Roundtrips: Rust, table, Rust; and what a table of ill will gets.
mod answers;
mod hostile;
mod lost;
mod modules;
mod policies;
mod reserved;
mod roundtrip;
mod services;
