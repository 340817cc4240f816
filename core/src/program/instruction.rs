//! Instructions: decoding the code's words, one instruction at a time.
//!
//! Layout: word 0 is `bytes` u16, `kind` u8, `sub` u8, `a` u32; word 1, if any, `b` u32, `c` u32;
//! further words by kind. Decoding checks the form; [`super::check`] checks the numbers.

use super::format::{halves, kind};

/// Integer arithmetic (wrapping, 64 bit, two's complement) and comparison (1 or 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum IntOp {
    /// lhs.
    Copy = 0,
    /// lhs + rhs.
    Add = 1,
    /// lhs - rhs.
    Sub = 2,
    /// lhs * rhs.
    Mul = 3,
    /// lhs / rhs, towards zero; an error if rhs is 0.
    Div = 4,
    /// lhs - rhs * (lhs / rhs); an error if rhs is 0.
    Rem = 5,
    /// lhs to the rhs; an error if rhs is negative.
    Pow = 6,
    /// Bitwise and.
    And = 7,
    /// Bitwise or.
    Or = 8,
    /// Bitwise exclusive or.
    Xor = 9,
    /// lhs shifted left by rhs; 0 from 64 on; an error if rhs is negative.
    Shl = 10,
    /// lhs shifted right by rhs with its sign; an error if rhs is negative.
    Shr = 11,
    /// lhs = rhs.
    Eq = 12,
    /// lhs != rhs.
    Ne = 13,
    /// lhs < rhs.
    Lt = 14,
    /// lhs <= rhs.
    Le = 15,
    /// lhs > rhs.
    Gt = 16,
    /// lhs >= rhs.
    Ge = 17,
    /// -lhs.
    Neg = 18,
    /// Bitwise not of lhs.
    Not = 19,
    /// 1 if lhs is 0, else 0.
    IsZero = 20,
    /// Number of bits of lhs that are 1.
    CountOnes = 21,
}

/// Arithmetic of reals; angles are radians. Functions are those of [`crate::real`]'s `libm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RealOp {
    /// lhs.
    Copy = 0,
    /// lhs + rhs.
    Add = 1,
    /// lhs - rhs.
    Sub = 2,
    /// lhs * rhs.
    Mul = 3,
    /// lhs / rhs; an error if rhs is 0.
    Div = 4,
    /// Remainder of lhs / rhs, with the sign of lhs; an error if rhs is 0.
    Rem = 5,
    /// lhs to the rhs.
    Pow = 6,
    /// -lhs.
    Neg = 7,
    /// |lhs|.
    Abs = 8,
    /// Sine.
    Sin = 9,
    /// Cosine.
    Cos = 10,
    /// Tangent.
    Tan = 11,
    /// Arcsine.
    Asin = 12,
    /// Arccosine.
    Acos = 13,
    /// Arctangent.
    Atan = 14,
    /// e to the lhs.
    Exp = 15,
    /// Natural logarithm.
    Ln = 16,
    /// Square root.
    Sqrt = 17,
    /// Largest whole number not above.
    Floor = 18,
    /// Smallest whole number not below.
    Ceil = 19,
    /// lhs minus the nearest multiple of rhs that leaves a result in `[0, rhs)`.
    Modulo = 20,
}

macro_rules! from_number {
    ($type:ident: $($variant:ident),+ $(,)?) => {
        impl $type {
            /// Every one, in order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The one of this number, if there is one.
            #[must_use]
            pub fn from_number(number: u8) -> Option<Self> {
                Self::ALL.get(usize::from(number)).copied()
            }
        }
    };
}
from_number!(IntOp: Copy, Add, Sub, Mul, Div, Rem, Pow, And, Or, Xor, Shl, Shr, Eq, Ne, Lt, Le, Gt,
    Ge, Neg, Not, IsZero, CountOnes);
from_number!(RealOp: Copy, Add, Sub, Mul, Div, Rem, Pow, Neg, Abs, Sin, Cos, Tan, Asin, Acos, Atan,
    Exp, Ln, Sqrt, Floor, Ceil, Modulo);

/// One operand that is filled in at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patch {
    /// Qubit `operand` becomes `base + int[index]`, where `0 <= int[index] < limit`.
    Qubit {
        /// Which operand.
        operand: u16,
        /// Integer variable.
        index: u32,
        /// Qubit for index 0.
        base: u32,
        /// Bound of the index.
        limit: u32,
    },
    /// Parameter `param` (a whole number: a result id) becomes `base + int[index]`, where
    /// `0 <= int[index] < limit`.
    Result {
        /// Which parameter.
        param: u16,
        /// Integer variable.
        index: u32,
        /// Value for index 0.
        base: u32,
        /// Bound of the index.
        limit: u32,
    },
    /// Parameter `param` becomes `real[real]`.
    Real {
        /// Which parameter.
        param: u16,
        /// Real variable.
        real: u32,
    },
    /// Parameter `param` (a whole number that is not negative, such as a time in ns) becomes
    /// `int[index]`.
    Whole {
        /// Which parameter.
        param: u16,
        /// Integer variable.
        index: u32,
    },
}

impl Patch {
    /// Words of a patch.
    pub const WORDS: usize = 2;

    /// The patch in its two words.
    #[must_use]
    pub const fn encode(self) -> [u64; 2] {
        const fn words(tag: u64, place: u16, variable: u32, base: u32, limit: u32) -> [u64; 2] {
            [
                tag | (place as u64) << 16 | (variable as u64) << 32,
                base as u64 | (limit as u64) << 32,
            ]
        }
        match self {
            Self::Qubit { operand, index, base, limit } => words(0, operand, index, base, limit),
            Self::Result { param, index, base, limit } => words(1, param, index, base, limit),
            Self::Real { param, real } => words(2, param, real, 0, 0),
            Self::Whole { param, index } => words(3, param, index, 0, 0),
        }
    }

    /// The patch that two words hold.
    #[must_use]
    pub const fn decode(words: [u64; 2]) -> Option<Self> {
        let place = ((words[0] >> 16) & 0xffff) as u16;
        let (_, variable) = halves(words[0]);
        let (base, limit) = halves(words[1]);
        match words[0] & 0xffff {
            0 => Some(Self::Qubit { operand: place, index: variable, base, limit }),
            1 => Some(Self::Result { param: place, index: variable, base, limit }),
            2 if words[1] == 0 => Some(Self::Real { param: place, real: variable }),
            3 if words[1] == 0 => Some(Self::Whole { param: place, index: variable }),
            _ => None,
        }
    }
}

/// One instruction. Operation records in it are claimed, not checked; variables, bits and labels
/// are plain numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Instruction<'a> {
    /// Hand these records over together.
    Run {
        /// The records' words.
        words: &'a [u64],
        /// How many operations they hold.
        op_count: u32,
        /// How many of those bear an outcome.
        result_count: u32,
    },
    /// Fill operands into a record and hand it over.
    Patched {
        /// The patches, two words each.
        patches: &'a [u64],
        /// The record's words.
        words: &'a [u64],
    },
    /// Go on at a label.
    Jump {
        /// The label.
        label: u32,
    },
    /// Go on at a label if `int[int] != 0`.
    JumpIf {
        /// The label.
        label: u32,
        /// Integer variable.
        int: u32,
    },
    /// Go on at a label if `int[int] == 0`.
    JumpUnless {
        /// The label.
        label: u32,
        /// Integer variable.
        int: u32,
    },
    /// `int[dst] = value`.
    IntSet {
        /// Integer variable.
        dst: u32,
        /// The constant.
        value: i64,
    },
    /// `int[dst] = int[lhs] op int[rhs]`.
    IntOp {
        /// What is done.
        op: IntOp,
        /// Integer variable.
        dst: u32,
        /// Integer variable.
        lhs: u32,
        /// Integer variable; not read by operations on one number.
        rhs: u32,
    },
    /// `int[dst] = int[src]` wrapped to `width` bits.
    IntWrap {
        /// Integer variable.
        dst: u32,
        /// Integer variable.
        src: u32,
        /// 1 to 64.
        width: u8,
        /// Whether the highest bit is a sign.
        signed: bool,
    },
    /// `real[dst] = value`.
    RealSet {
        /// Real variable.
        dst: u32,
        /// The constant.
        value: f64,
    },
    /// `real[dst] = real[lhs] op real[rhs]`.
    RealOp {
        /// What is done.
        op: RealOp,
        /// Real variable.
        dst: u32,
        /// Real variable.
        lhs: u32,
        /// Real variable; not read by operations on one number.
        rhs: u32,
    },
    /// `int[dst] = real[lhs] op real[rhs]`, `op` one of Eq, Ne, Lt, Le, Gt, Ge.
    RealCompare {
        /// What is compared.
        op: IntOp,
        /// Integer variable.
        dst: u32,
        /// Real variable.
        lhs: u32,
        /// Real variable.
        rhs: u32,
    },
    /// `real[dst] = int[src]`.
    IntToReal {
        /// Real variable.
        dst: u32,
        /// Integer variable.
        src: u32,
    },
    /// `int[dst] = real[src]` towards zero; an error if it does not fit.
    RealToInt {
        /// Integer variable.
        dst: u32,
        /// Real variable.
        src: u32,
    },
    /// `int[dst] = bit[bit]`.
    BitLoad {
        /// Integer variable.
        dst: u32,
        /// Classical bit.
        bit: u32,
    },
    /// `int[dst] = bit[base + int[index]]`, where `0 <= int[index] < limit`.
    BitLoadAt {
        /// Integer variable.
        dst: u32,
        /// Integer variable.
        index: u32,
        /// Classical bit for index 0.
        base: u32,
        /// Bound of the index.
        limit: u32,
    },
    /// `bit[bit] = int[src] != 0`.
    BitStore {
        /// Integer variable.
        src: u32,
        /// Classical bit.
        bit: u32,
    },
    /// `bit[base + int[index]] = int[src] != 0`, where `0 <= int[index] < limit`.
    BitStoreAt {
        /// Integer variable.
        src: u32,
        /// Integer variable.
        index: u32,
        /// Classical bit for index 0.
        base: u32,
        /// Bound of the index.
        limit: u32,
    },
    /// `int[dst]` = bits `first..first + count`, the first lowest. A leaked outcome has no place
    /// in a number: an error.
    Pack {
        /// Integer variable.
        dst: u32,
        /// First classical bit.
        first: u32,
        /// How many, at most 63.
        count: u32,
    },
    /// Bits `first..first + count` = low bits of `int[src]`.
    Unpack {
        /// Integer variable.
        src: u32,
        /// First classical bit.
        first: u32,
        /// How many, at most 63.
        count: u32,
    },
    /// The shot is done.
    Halt,
    /// The program fails.
    Fail {
        /// Its code.
        code: i64,
    },
}

/// Why words are no instruction.
pub type Malformed = &'static str;

const CUT: Malformed = "the instruction is cut off";

/// Decodes the instruction at word `at` of `code`: it and the word after it.
///
/// # Errors
/// What is wrong with the words.
#[inline]
pub fn decode(code: &[u64], at: usize) -> Result<(Instruction<'_>, usize), Malformed> {
    let head = *code.get(at).ok_or(CUT)?;
    let bytes = (head & 0xffff) as usize;
    let number = ((head >> 16) & 0xff) as u8;
    let sub = ((head >> 24) & 0xff) as u8;
    let (_, a) = halves(head);
    let length = bytes / 8;
    if length != words_of(number).ok_or("the instruction's kind is not known to this version")?
        || !bytes.is_multiple_of(8)
    {
        return Err("the instruction's size does not fit its kind");
    }
    let own = code.get(at..at + length).ok_or(CUT)?;
    let (b, c) = halves(own.get(1).copied().unwrap_or(0));
    let third = own.get(2).copied().unwrap_or(0);
    let next = at + length;
    let instruction = match number {
        kind::RUN => {
            let end = next.checked_add(b as usize).ok_or(CUT)?;
            let words = code.get(next..end).ok_or(CUT)?;
            return Ok((Instruction::Run { words, op_count: a, result_count: c }, end));
        }
        kind::PATCHED => return decode_patched(code, next, a, b),
        kind::INT_OP | kind::REAL_OP | kind::REAL_COMPARE | kind::INT_WRAP => {
            decode_arithmetic(number, sub, a, b, c)?
        }
        _ => decode_plain(number, a, b, c, third),
    };
    Ok((instruction, next))
}

/// Words of an instruction of this kind, without the records that follow it.
const fn words_of(number: u8) -> Option<usize> {
    match number {
        kind::HALT => Some(1),
        kind::JUMP..=kind::JUMP_UNLESS | kind::RUN | kind::PATCHED => Some(2),
        kind::INT_SET | kind::REAL_SET | kind::FAIL | kind::BIT_LOAD_AT | kind::BIT_STORE_AT => {
            Some(3)
        }
        kind::INT_OP
        | kind::INT_WRAP
        | kind::REAL_OP
        | kind::REAL_COMPARE
        | kind::INT_TO_REAL
        | kind::REAL_TO_INT
        | kind::BIT_LOAD
        | kind::BIT_STORE
        | kind::PACK
        | kind::UNPACK => Some(2),
        _ => None,
    }
}

#[inline]
fn decode_patched(
    code: &[u64],
    at: usize,
    patch_count: u32,
    op_words: u32,
) -> Result<(Instruction<'_>, usize), Malformed> {
    let patch_words = (patch_count as usize).checked_mul(Patch::WORDS).ok_or(CUT)?;
    let middle = at.checked_add(patch_words).ok_or(CUT)?;
    let end = middle.checked_add(op_words as usize).ok_or(CUT)?;
    let patches = code.get(at..middle).ok_or(CUT)?;
    let words = code.get(middle..end).ok_or(CUT)?;
    Ok((Instruction::Patched { patches, words }, end))
}

#[inline]
fn decode_arithmetic(
    number: u8,
    sub: u8,
    dst: u32,
    lhs: u32,
    rhs: u32,
) -> Result<Instruction<'static>, Malformed> {
    const UNKNOWN: Malformed = "the arithmetic operation is not known to this version";
    Ok(match number {
        kind::INT_OP => {
            Instruction::IntOp { op: IntOp::from_number(sub).ok_or(UNKNOWN)?, dst, lhs, rhs }
        }
        kind::REAL_OP => {
            Instruction::RealOp { op: RealOp::from_number(sub).ok_or(UNKNOWN)?, dst, lhs, rhs }
        }
        kind::REAL_COMPARE => {
            let op = IntOp::from_number(sub).ok_or(UNKNOWN)?;
            if !(IntOp::Eq as u8..=IntOp::Ge as u8).contains(&sub) {
                return Err("reals are only compared");
            }
            Instruction::RealCompare { op, dst, lhs, rhs }
        }
        _ => {
            let width = u8::try_from(rhs).map_err(|_| "a width is at most 64 bits")?;
            if !(1..=64).contains(&width) || sub > 1 {
                return Err("a width is 1 to 64 bits");
            }
            Instruction::IntWrap { dst, src: lhs, width, signed: sub == 1 }
        }
    })
}

#[inline]
fn decode_plain(number: u8, a: u32, b: u32, c: u32, third: u64) -> Instruction<'static> {
    match number {
        kind::JUMP => Instruction::Jump { label: a },
        kind::JUMP_IF => Instruction::JumpIf { label: a, int: b },
        kind::JUMP_UNLESS => Instruction::JumpUnless { label: a, int: b },
        kind::INT_SET => Instruction::IntSet { dst: a, value: third.cast_signed() },
        kind::REAL_SET => Instruction::RealSet { dst: a, value: f64::from_bits(third) },
        kind::INT_TO_REAL => Instruction::IntToReal { dst: a, src: b },
        kind::REAL_TO_INT => Instruction::RealToInt { dst: a, src: b },
        kind::BIT_LOAD => Instruction::BitLoad { dst: a, bit: b },
        kind::BIT_STORE => Instruction::BitStore { src: a, bit: b },
        kind::BIT_LOAD_AT => {
            let (base, limit) = halves(third);
            Instruction::BitLoadAt { dst: a, index: b, base, limit }
        }
        kind::BIT_STORE_AT => {
            let (base, limit) = halves(third);
            Instruction::BitStoreAt { src: a, index: b, base, limit }
        }
        kind::PACK => Instruction::Pack { dst: a, first: b, count: c },
        kind::UNPACK => Instruction::Unpack { src: a, first: b, count: c },
        kind::FAIL => Instruction::Fail { code: third.cast_signed() },
        // `words_of` lets no other kind pass.
        _ => Instruction::Halt,
    }
}
