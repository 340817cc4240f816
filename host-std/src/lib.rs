//! The std adapters of Pandia.
pub mod cli;
pub mod dylib;
pub mod frontend;
pub mod output;
pub mod runner;
pub mod stack;
