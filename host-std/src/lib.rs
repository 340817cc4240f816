//! The std adapters of Pandia.
pub mod frontend;
