//! Roundtrips: Rust, table, Rust; and what a table of ill will gets.
mod modules;
mod roundtrip;
