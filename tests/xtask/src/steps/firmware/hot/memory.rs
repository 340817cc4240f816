//! What an image's sections hold, from `llvm-objdump --full-contents`.

use std::collections::BTreeMap;

/// Lines of at most 16 bytes by their addresses.
#[derive(Debug, Default)]
pub(super) struct Memory(BTreeMap<u64, Vec<u8>>);

/// Four groups of eight digits, with blanks between: behind them the bytes stand as text.
const DIGITS: usize = 4 * 8 + 3;

impl Memory {
    pub(super) fn of(dumped: &str) -> Self {
        Self(dumped.lines().filter_map(line).collect())
    }

    /// The little-endian word of so many bytes at this address.
    pub(super) fn word(&self, address: u64, bytes: u64) -> Option<u64> {
        (0..bytes).rev().try_fold(0, |word, index| {
            let byte = self.byte(address.wrapping_add(index))?;
            Some(word << 8 | u64::from(byte))
        })
    }

    fn byte(&self, address: u64) -> Option<u8> {
        let (&start, bytes) = self.0.range(..=address).next_back()?;
        bytes.get(usize::try_from(address - start).ok()?).copied()
    }
}

/// Address and bytes in ` 80015000 01020304 05060708 090a0b0c 0d0e0f10  ................`.
fn line(line: &str) -> Option<(u64, Vec<u8>)> {
    let (address, rest) = line.strip_prefix(' ')?.split_once(' ')?;
    let address = u64::from_str_radix(address, 16).ok()?;
    let digits: Vec<char> = rest.chars().take(DIGITS).filter(|digit| *digit != ' ').collect();
    let pairs = digits.chunks_exact(2);
    let bytes = pairs.map(|pair| u8::from_str_radix(&String::from_iter(pair), 16).ok());
    Some((address, bytes.collect::<Option<Vec<u8>>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_across_lines_and_nowhere_else() {
        let memory = Memory::of(&format!(
            "\nimage:\tfile format elf32-littleriscv\nContents of section .rodata:\n \
             80015000 01020304 05060708 090a0b0c 0d0e0f10  ..........1f2e3d\n 80015010 2122{:31}  !\"\n",
            ""
        ));
        assert_eq!(memory.word(0x8001_5000, 4), Some(0x0403_0201));
        assert_eq!(memory.word(0x8001_500e, 4), Some(0x2221_100f));
        assert_eq!(memory.word(0x8001_500f, 4), None);
        assert_eq!(memory.word(0x8000_0000, 4), None);
    }
}
