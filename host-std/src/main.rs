//! The `pandia` command.
fn main() {}
