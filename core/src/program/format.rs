//! Numbers of the format: header layout, instruction kinds, limits.
//!
//! A number here is never moved, reused or re-meant; a change of meaning is a new [`VERSION`].

use crc::{CRC_32_ISO_HDLC, Crc, NoTable};

/// First word: "PNDAPROG" in ASCII, little-endian.
pub const MAGIC: u64 = u64::from_le_bytes(*b"PNDAPROG");
/// Version of the format.
pub const VERSION: u32 = 1;
/// Words of the header.
pub const HEADER_WORDS: usize = 12;
/// Words per register entry: name (offset, bytes), bits (first, count).
pub const REGISTER_WORDS: usize = 2;
/// Most words of an operation whose operands are filled in at run time.
pub const PATCHED_WORDS_MAX: usize = 24;
/// Instructions a shot may run, unless the program says otherwise.
pub const STEP_LIMIT_DEFAULT: u64 = 100_000_000;
/// Most bits that an integer takes from or gives to bits at once.
pub const PACK_BITS_MAX: u32 = 63;

/// Word indices of the header. Each word holds two u32 (low half, high half) unless said.
pub mod header {
    /// u64: [`super::MAGIC`].
    pub const MAGIC: usize = 0;
    /// Version; CRC-32 (ISO-HDLC) of all words but this one, little-endian bytes.
    pub const VERSION_CRC: usize = 1;
    /// Total words; qubits.
    pub const WORDS_QUBITS: usize = 2;
    /// Classical bits; registers.
    pub const BITS_REGISTERS: usize = 3;
    /// Integer variables; real variables.
    pub const INTS_REALS: usize = 4;
    /// Code: first word; words.
    pub const CODE: usize = 5;
    /// Labels: first word; how many (one word each: code word to jump to).
    pub const LABELS: usize = 6;
    /// Register table: first word; words.
    pub const REGISTERS: usize = 7;
    /// Names: first word; bytes (UTF-8, padded with zeros to whole words).
    pub const NAMES: usize = 8;
    /// Gates used: first word; how many (one word each: slot).
    pub const GATES: usize = 9;
    /// Source lines: first word; how many (one word each: code word, line), ascending.
    pub const LINES: usize = 10;
    /// u64: most instructions that a shot may run.
    pub const STEP_LIMIT: usize = 11;
}

/// Kinds of classical instructions: from 64 up, so that none is an operation's kind.
pub mod kind {
    /// Operations to hand over together.
    pub const RUN: u8 = 64;
    /// One operation whose operands come from variables.
    pub const PATCHED: u8 = 65;
    /// Go on at a label.
    pub const JUMP: u8 = 66;
    /// Go on at a label if an integer is not 0.
    pub const JUMP_IF: u8 = 67;
    /// Go on at a label if an integer is 0.
    pub const JUMP_UNLESS: u8 = 68;
    /// Integer constant.
    pub const INT_SET: u8 = 69;
    /// Integer arithmetic and comparison.
    pub const INT_OP: u8 = 70;
    /// Wrap an integer to a width.
    pub const INT_WRAP: u8 = 71;
    /// Real constant.
    pub const REAL_SET: u8 = 72;
    /// Real arithmetic.
    pub const REAL_OP: u8 = 73;
    /// Comparison of reals, to an integer.
    pub const REAL_COMPARE: u8 = 74;
    /// Integer to real.
    pub const INT_TO_REAL: u8 = 75;
    /// Real to integer, towards zero.
    pub const REAL_TO_INT: u8 = 76;
    /// Bit to integer.
    pub const BIT_LOAD: u8 = 77;
    /// Bit at a variable index to integer.
    pub const BIT_LOAD_AT: u8 = 78;
    /// Integer (0 or not) to bit.
    pub const BIT_STORE: u8 = 79;
    /// Integer (0 or not) to bit at a variable index.
    pub const BIT_STORE_AT: u8 = 80;
    /// Bits to an unsigned integer, first bit lowest.
    pub const PACK: u8 = 81;
    /// Low bits of an integer to bits.
    pub const UNPACK: u8 = 82;
    /// The shot is done.
    pub const HALT: u8 = 83;
    /// The program fails with a code.
    pub const FAIL: u8 = 84;
}

/// The CRC-32 of a program's words: all but [`header::VERSION_CRC`].
#[must_use]
pub fn crc(words: &[u64]) -> u32 {
    let crc = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);
    let mut digest = crc.digest();
    for (index, word) in words.iter().enumerate() {
        if index != header::VERSION_CRC {
            digest.update(&word.to_le_bytes());
        }
    }
    digest.finalize()
}

/// A word of two halves.
#[must_use]
pub const fn pair(low: u32, high: u32) -> u64 {
    low as u64 | (high as u64) << 32
}

/// The low and the high half of a word.
#[must_use]
pub const fn halves(word: u64) -> (u32, u32) {
    ((word & 0xffff_ffff) as u32, (word >> 32) as u32)
}
