//! Why no image could be made.

use core::fmt;

/// Why a linked file is no module image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackError {
    /// Not a linked ELF file for a processor that boards have.
    NotLinked(String),
    /// A symbol of the linker script is missing.
    NoSymbol(&'static str),
    /// Symbols of the linker script in an order that cannot be.
    Layout(&'static str),
    /// A section that is in none of the image's pieces.
    Section(String),
    /// Something that cannot be moved, in an image for anywhere.
    Immovable {
        /// Where.
        address: u64,
        /// What it refers to.
        symbol: String,
        /// Why it cannot.
        why: String,
    },
    /// Above the limit of the format.
    TooLarge(u64),
    /// Not the name of a machine.
    Machine(String),
    /// The image that came out would be refused.
    Refused(pandia_core::image::Refusal),
}

impl PackError {
    /// The way out.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::NotLinked(_) | Self::NoSymbol(_) | Self::Layout(_) => {
                "link the plugin's static library with host-ffi/module.ld and --emit-relocs, as \
                 `cargo xtask module` does"
            }
            Self::Section(_) => {
                "use host-ffi/module.ld as it is, or give the section a place in it"
            }
            Self::Immovable { .. } => {
                "link it to a fixed address, or compile it so that it does without"
            }
            Self::TooLarge(_) => "leave parts out",
            Self::Machine(_) => {
                "give the target triple, for example --machine riscv64gc-unknown-none-elf"
            }
            Self::Refused(_) => "build it with the Pandia that packs it",
        }
    }
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLinked(why) => write!(f, "is no linked module: {why}"),
            Self::NoSymbol(name) => write!(f, "is no linked module: it has no symbol {name}"),
            Self::Layout(what) => write!(f, "is laid out differently: {what}"),
            Self::Section(name) => {
                write!(f, "has the section {name}, which lies outside of the image")
            }
            Self::Immovable { address, symbol, why } => {
                write!(f, "cannot be moved: at {address:#x}, {why} ({symbol})")
            }
            Self::TooLarge(bytes) => {
                write!(f, "would be an image of {bytes} bytes; at most 268435456 are possible")
            }
            Self::Machine(name) => {
                write!(
                    f,
                    "cannot be packed: {name:?} names no machine; 1 to 48 printing characters do"
                )
            }
            Self::Refused(refusal) => write!(f, "would be refused: {refusal}"),
        }
    }
}

impl core::error::Error for PackError {}
