//! Why an image is not loaded: what is there, what would be right, and the way out.

use super::header::{FORMAT, HEADER_BYTES, MAGIC};
use super::machine::Machine;
use crate::abi::raw::{MAJOR, MINOR};
use core::fmt;
use core::ops::Range;

/// Why an image is not loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// There are no bytes at all.
    Empty,
    /// Flash that was erased: nothing but this byte.
    Erased(u8),
    /// Something else.
    Stranger {
        /// How it begins.
        begin: [u8; 8],
    },
    /// Another version of the format.
    Format {
        /// The image's.
        format: u16,
    },
    /// Not all of it is there.
    Cut {
        /// Its size.
        needed: u64,
        /// What is there.
        there: u64,
    },
    /// The sum is another one.
    Damaged {
        /// What the header says.
        stated: u32,
        /// What it is.
        computed: u32,
    },
    /// Another major version of the plugin interface.
    Major {
        /// The image's.
        major: u16,
        /// The image's.
        minor: u16,
    },
    /// The module's structure is not in the image.
    Entry {
        /// Where it should be.
        entry: u32,
        /// Where code and constants are.
        code: Range<u32>,
    },
    /// Fields that contradict each other.
    Inconsistent(&'static str),
    /// An entry of the table of moves that cannot be.
    Move {
        /// Which one.
        index: u32,
        /// What it says.
        word: u32,
    },
    /// Made for another machine.
    Machine {
        /// The image's.
        image: Machine,
        /// The one that would call it.
        here: Machine,
    },
    /// Linked to another address.
    Base {
        /// The address.
        linked: u64,
        /// Where it lies.
        at: u64,
    },
    /// Linked to other RAM.
    FixedRam {
        /// What it would take.
        linked: Range<u64>,
        /// What is kept for it.
        kept: Range<u64>,
    },
    /// More RAM than there is.
    Ram {
        /// Bytes that it takes.
        needed: u64,
        /// Alignment of their first.
        align: u64,
        /// What is kept for it.
        kept: Range<u64>,
    },
    /// Its RAM lies over the image.
    Overlap {
        /// Where the image lies.
        image: Range<u64>,
        /// What it would take.
        ram: Range<u64>,
    },
}

impl Refusal {
    /// Whether there is nothing that wants to be an image.
    #[must_use]
    pub const fn is_absence(&self) -> bool {
        matches!(self, Self::Empty | Self::Erased(_))
    }

    /// A short name that does not change, for tools.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Empty | Self::Erased(_) => "nothing there",
            Self::Stranger { .. } => "no image",
            Self::Format { .. } => "format",
            Self::Cut { .. } => "cut off",
            Self::Damaged { .. } => "damaged",
            Self::Major { .. } => "interface",
            Self::Entry { .. } => "entry",
            Self::Inconsistent(_) => "inconsistent",
            Self::Move { .. } => "moves",
            Self::Machine { .. } => "machine",
            Self::Base { .. } => "base",
            Self::FixedRam { .. } | Self::Ram { .. } => "RAM",
            Self::Overlap { .. } => "overlap",
        }
    }
}

/// A range of addresses, the last one excluded.
struct Span<'a>(&'a Range<u64>);

impl fmt::Display for Span<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#010x} to {:#010x}", self.0.start, self.0.end)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no image: no bytes; write one there"),
            Self::Erased(byte) => write!(
                f,
                "there is no image: nothing but {byte:#04x}, as in erased flash; write one there"
            ),
            Self::Stranger { begin } => write!(
                f,
                "there is no image: it begins with \"{}\" and not with \"{}\"; write one made by \
                 `pandia pack` or `cargo xtask module`",
                begin.escape_ascii(),
                MAGIC.escape_ascii()
            ),
            Self::Format { format } => write!(
                f,
                "the image has format {format}, this reads format {FORMAT}; make it anew with a \
                 Pandia of this version"
            ),
            Self::Cut { needed, there } => write!(
                f,
                "the image is cut off: {needed} bytes needed, {there} there; copy all of it"
            ),
            Self::Damaged { stated, computed } => write!(
                f,
                "the image is damaged: its CRC is {computed:#010x} and should be {stated:#010x}; \
                 write it again"
            ),
            Self::Major { major, minor } => write!(
                f,
                "the image speaks interface {major}.{minor}, this {MAJOR}.{MINOR}; use a build of \
                 it for major {MAJOR}"
            ),
            Self::Entry { entry, code } => write!(
                f,
                "the module's structure cannot be at {entry:#x}: code and constants are from \
                 {:#x} to {:#x}; make the image anew",
                code.start, code.end
            ),
            Self::Inconsistent(what) => {
                write!(f, "the image contradicts itself: {what}; make it anew")
            }
            Self::Move { index, word } => write!(
                f,
                "entry {index} of the table of moves is {word:#010x}: not in ascending order, \
                 outside of {HEADER_BYTES:#x} to the end of the data, or of an unknown kind; make \
                 the image anew"
            ),
            _ => self.write_misfit(f),
        }
    }
}

impl Refusal {
    /// Words about images that are good elsewhere.
    fn write_misfit(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine { image, here } => {
                write!(f, "the image is made for {image}, this is {here}; build it for this board")
            }
            Self::Base { linked, at } => write!(
                f,
                "the image is linked to {linked:#010x} and lies at {at:#010x}; write it there, or \
                 link it to here (--base {at:#x}, or --anywhere)"
            ),
            Self::FixedRam { linked, kept } => write!(
                f,
                "the image's variables are linked to {}, kept for it is {}; link it for this slot",
                Span(linked),
                Span(kept)
            ),
            Self::Ram { needed, align, kept } => write!(
                f,
                "the image takes {needed} bytes of RAM aligned to {align}, kept for it is {}; make \
                 that larger, or link it to a fixed address, which takes less",
                Span(kept)
            ),
            Self::Overlap { image, ram } => write!(
                f,
                "the image lies from {} and its RAM from {}: they overlap; keep other RAM for it",
                Span(image),
                Span(ram)
            ),
            other => f.write_str(other.name()),
        }
    }
}

impl core::error::Error for Refusal {}
