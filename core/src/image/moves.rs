//! The table by which an image that may lie anywhere is moved from 0 to where it lies.
//!
//! An entry is a word: the place's offset in the low 28 bits, its kind above. Only absolute addresses
//! are in it; what counts from the instruction's own address needs no moving. Where an instruction
//! holds the upper part of an address, the image is aligned so that the lower part stays.

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveKind {
    /// An address of 4 bytes.
    Word32,
    /// An address of 8 bytes.
    Word64,
    /// `movt` of Thumb-2: the upper 16 bits of an address.
    ThumbMovt,
    /// `lui` of RISC-V: the upper 20 bits of an address of 32.
    RiscvLui,
}

/// One place to be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Offset of the place in the image.
    pub at: u32,
    /// What stands there.
    pub kind: MoveKind,
}

/// Places lie below this offset.
const AT_END: u32 = 1 << 28;

impl MoveKind {
    const fn code(self) -> u32 {
        match self {
            Self::Word32 => 1,
            Self::Word64 => 2,
            Self::ThumbMovt => 3,
            Self::RiscvLui => 4,
        }
    }

    /// Bytes of the place.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        match self {
            Self::Word64 => 8,
            Self::Word32 | Self::ThumbMovt | Self::RiscvLui => 4,
        }
    }

    /// Power of two by which an image with such a place must be aligned.
    #[must_use]
    pub const fn align_log2(self) -> u16 {
        match self {
            Self::Word32 => 2,
            Self::Word64 => 3,
            Self::RiscvLui => 12,
            Self::ThumbMovt => 16,
        }
    }
}

impl Move {
    /// As it stands in the table; `None` if the place is too far away for it.
    #[must_use]
    pub fn to_word(self) -> Option<u32> {
        (self.at < AT_END).then(|| self.kind.code() << 28 | self.at)
    }

    /// What a word of the table says; `None` if its kind is not known.
    #[must_use]
    pub const fn from_word(word: u32) -> Option<Self> {
        let kind = match word >> 28 {
            1 => MoveKind::Word32,
            2 => MoveKind::Word64,
            3 => MoveKind::ThumbMovt,
            4 => MoveKind::RiscvLui,
            _ => return None,
        };
        Some(Self { at: word & (AT_END - 1), kind })
    }

    /// Adds `by`, a multiple of the kind's alignment, to the address at the place. Says whether
    /// something of the kind stands there; if not, nothing is changed.
    #[must_use]
    pub fn apply(self, memory: &mut [u8], by: u64) -> bool {
        let at = self.at as usize;
        match self.kind {
            MoveKind::Word32 => change(memory, at, |word| {
                Some(u32::from_le_bytes(word).wrapping_add(low(by)).to_le_bytes())
            }),
            MoveKind::Word64 => change(memory, at, |word| {
                Some(u64::from_le_bytes(word).wrapping_add(by).to_le_bytes())
            }),
            MoveKind::ThumbMovt => change(memory, at, |word| movt(word, by)),
            MoveKind::RiscvLui => change(memory, at, |word| {
                let instruction = u32::from_le_bytes(word);
                let moved = instruction.wrapping_add(low(by) & !0xfff);
                (instruction & 0x7f == 0x37).then(|| moved.to_le_bytes())
            }),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "addresses of 32 bits wrap at 32 bits")]
const fn low(by: u64) -> u32 {
    by as u32
}

fn change<const N: usize>(
    memory: &mut [u8],
    at: usize,
    moved: impl FnOnce([u8; N]) -> Option<[u8; N]>,
) -> bool {
    let place = memory.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<N>());
    let Some(place) = place else { return false };
    let Some(moved) = moved(*place) else { return false };
    *place = moved;
    true
}

/// The instruction with its 16 bits, in four pieces over two half words, moved.
fn movt([a, b, c, d]: [u8; 4], by: u64) -> Option<[u8; 4]> {
    let (first, second) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
    if first & 0xfbf0 != 0xf2c0 || second & 0x8000 != 0 {
        return None;
    }
    let value =
        (first & 0xf) << 12 | (first >> 10 & 1) << 11 | (second >> 12 & 7) << 8 | second & 0xff;
    #[expect(clippy::cast_possible_truncation, reason = "addresses of 32 bits wrap at 32 bits")]
    let value = value.wrapping_add((by >> 16) as u16);
    let first = first & 0xfbf0 | value >> 12 | (value >> 11 & 1) << 10;
    let second = second & 0x8f00 | (value >> 8 & 7) << 12 | value & 0xff;
    let ([a, b], [c, d]) = (first.to_le_bytes(), second.to_le_bytes());
    Some([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        for kind in [MoveKind::Word32, MoveKind::Word64, MoveKind::ThumbMovt, MoveKind::RiscvLui] {
            let entry = Move { at: 0x0123_4564, kind };
            assert_eq!(entry.to_word().and_then(Move::from_word), Some(entry));
            assert_eq!(Move { at: AT_END, kind }.to_word(), None);
        }
        assert_eq!((Move::from_word(0), Move::from_word(0x5000_0000)), (None, None));
    }

    #[test]
    fn each_kind_adds_to_the_address_that_it_holds() {
        let moved = |bytes: &[u8], kind, by| {
            let mut memory = bytes.to_vec();
            let done = Move { at: 0, kind }.apply(&mut memory, by);
            done.then_some(memory)
        };
        // As llvm-mc assembles them: `movt r3, #0x8a5` and `movt r3, #0x28c5`.
        let [before, after] = [[0xc0, 0xf6, 0xa5, 0x03], [0xc2, 0xf6, 0xc5, 0x03]];
        assert_eq!(moved(&before, MoveKind::ThumbMovt, 0x2020_0000).as_deref(), Some(&after[..]));
        // `movw` is none.
        assert_eq!(moved(&[0x40, 0xf6, 0xa5, 0x03], MoveKind::ThumbMovt, 1 << 16), None);
        // `lui a0, 0x12345` and `lui a0, 0x92345`.
        let [before, after] = [[0x37, 0x55, 0x34, 0x12], [0x37, 0x55, 0x34, 0x92]];
        assert_eq!(moved(&before, MoveKind::RiscvLui, 0x8000_0000).as_deref(), Some(&after[..]));
        assert_eq!(moved(&[0x17, 0x55, 0x34, 0x12], MoveKind::RiscvLui, 0x1000), None, "auipc");
        let word = 0xffff_fff0_u32.to_le_bytes();
        assert_eq!(moved(&word, MoveKind::Word32, 0x20).as_deref(), Some(&[0x10, 0, 0, 0][..]));
        let word = 0x1234_u64.to_le_bytes();
        let after = 0x1_0000_1234_u64.to_le_bytes();
        assert_eq!(moved(&word, MoveKind::Word64, 1 << 32).as_deref(), Some(&after[..]));
        assert_eq!(moved(&word[..7], MoveKind::Word64, 1 << 32), None, "behind the end");
    }
}
