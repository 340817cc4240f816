//! Pandia on the desktop: what the parts of [`pandia_core`] need of an operating system.
//!
//! [`frontend`] compiles OpenQASM to programs, [`stack`] finds parts (linked in, or out of libraries
//! through [`dylib`], held to the interface by [`check`]) and builds stacks of them, [`runner`] runs
//! shots on threads, [`output`] says what came out, [`report`] what a trace says of it, [`link`] reaches stacks on boards, [`scaffold`]
//! writes projects of plugins, [`image`] makes and reads module images for boards, and [`cli`] is the
//! `pandia` command over all of these.
//! Not here: physics. What a gate means and how often an error falls is core's business.

pub mod check;
pub mod cli;
pub mod dylib;
pub mod frontend;
pub mod image;
pub mod link;
pub mod output;
pub mod report;
pub mod runner;
pub mod scaffold;
pub mod stack;
pub mod trace;
