//! The benches' harness: minimum and median of many short rounds, with a goal beside them.
//!
//! Wall time on a shared machine is noisy, so what is compared is the *minimum* of many rounds, and
//! what is claimed is a ratio of two benches of one run. Run by `cargo bench`, it measures at
//! length; run by `cargo test`, it runs every bench once, tiny, and only its hash counts.
//! Not here: what is measured (`benches/*.rs`).

mod circuits;
mod floor;
mod harness;

pub use circuits::{Ladder, surface_code_round};
pub use floor::{Floor, drive, pieces};
pub use harness::{Goal, Runner};
