//! Module images on the desktop: made out of linked ELF files ([`pack()`]), and looked into without
//! running anything of them ([`contents()`]).
//!
//! Not here: the format and its checks, which board and desktop share ([`pandia_core::image`]), and
//! how a plugin is compiled and linked (`cargo xtask module`).

mod contents;
mod elf;
mod error;
mod pack;
mod places;
#[cfg(test)]
mod tests;

pub use contents::{ImagePlugin, contents};
pub use error::PackError;
pub use pack::pack;
