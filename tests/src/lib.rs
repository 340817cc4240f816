//! What crosses crates and is used by more than one kind of evidence: the oracle, statistics with
//! stated bounds, seeded random circuits, the one table of tolerances.
//!
//! The evidence itself lies in `tests/tests`, one file a kind. Not here: anything that ships, and
//! nothing in [`oracle`] may use `pandia-core`, since code that shares a mistake cannot show it.

pub mod circuit;
pub mod driver;
pub mod oracle;
pub mod random_circuit;
pub mod stats;
pub mod strategy;
pub mod tolerance;
