//! From claimed words to a checked program: header, sections, every instruction, every label.
//!
//! The checker walks the code once and needs no memory: labels are sorted, so they are compared
//! with the instructions' borders as the walk goes. What the machine and the backends must check
//! again at run time are values: indices from variables, and whether the qubits suit the part.

use super::format::{
    HEADER_WORDS, MAGIC, PACK_BITS_MAX, PATCHED_WORDS_MAX, REGISTER_WORDS, VERSION, crc, halves,
    header,
};
use super::instruction::{Instruction, Patch, decode};
use crate::error::{Error, ErrorKind, Result};
use crate::op::bounds::Bounds;
use crate::op::check::check_records;
use crate::op::{Op, Ops};

/// Words that somebody says are a program.
#[derive(Clone, Copy, Debug)]
pub struct RawProgram<'a> {
    /// The words.
    pub words: &'a [u64],
}

/// A checked program: every instruction decodes, every variable, bit and label exists, every
/// record is well formed and names qubits that exist.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    words: &'a [u64],
    pub(super) code: &'a [u64],
    pub(super) labels: &'a [u64],
    registers: &'a [u64],
    names: &'a [u64],
    names_bytes: u32,
    gates: &'a [u64],
    lines: &'a [u64],
    qubit_count: u32,
    bit_count: u32,
    int_count: u32,
    real_count: u32,
    step_limit: u64,
    /// Of all operations without operands from variables.
    bounds: Bounds,
}

/// A classical register: a name and a range of bits. One without a name holds bits that the program
/// uses but does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register {
    /// Number of its first bit.
    pub first_bit: u32,
    /// How many bits it has.
    pub bit_count: u32,
    /// Bytes of its name.
    pub name_bytes: u32,
    name_offset: u32,
}

impl Register {
    /// The program uses these bits itself; they are no part of what it shows.
    #[must_use]
    pub const fn is_hidden(&self) -> bool {
        self.name_bytes == 0
    }
}

fn bad(word: usize, reason: &'static str) -> Error {
    ErrorKind::Program { word: u32::try_from(word).unwrap_or(u32::MAX), reason }.into()
}

impl<'a> RawProgram<'a> {
    /// Checks the claim.
    ///
    /// # Errors
    /// [`ErrorKind::Program`] with the word and what is wrong there.
    pub fn check(self) -> Result<Program<'a>> {
        let words = self.words;
        if words.len() < HEADER_WORDS {
            return Err(bad(0, "it is shorter than a header; the file is cut off or no program"));
        }
        if words[header::MAGIC] != MAGIC {
            return Err(bad(header::MAGIC, "it does not begin with PNDAPROG; this is no program"));
        }
        let (version, crc_given) = halves(words[header::VERSION_CRC]);
        if version != VERSION {
            return Err(bad(header::VERSION_CRC, "its format version is not 1; compile it again"));
        }
        let (total_words, qubit_count) = halves(words[header::WORDS_QUBITS]);
        if total_words as usize != words.len() {
            return Err(bad(
                header::WORDS_QUBITS,
                "its length is not the stated one; it is cut off",
            ));
        }
        if crc(words) != crc_given {
            return Err(bad(header::VERSION_CRC, "its CRC does not fit; it is damaged"));
        }
        let (bit_count, register_count) = halves(words[header::BITS_REGISTERS]);
        let (int_count, real_count) = halves(words[header::INTS_REALS]);
        let section = |at: usize, per: usize| section(words, at, per);
        let (_, names_bytes) = halves(words[header::NAMES]);
        let mut program = Program {
            words,
            code: section(header::CODE, 1)?,
            labels: section(header::LABELS, 1)?,
            registers: section(header::REGISTERS, 1)?,
            names: names_section(words)?,
            names_bytes,
            gates: section(header::GATES, 1)?,
            lines: section(header::LINES, 1)?,
            qubit_count,
            bit_count,
            int_count,
            real_count,
            step_limit: words[header::STEP_LIMIT],
            bounds: Bounds::NOTHING,
        };
        program.check_registers(register_count)?;
        program.check_tables()?;
        program.bounds = program.check_code()?;
        Ok(program)
    }
}

/// The section that header word `at` points to; its count is in units of `per` words.
fn section(words: &[u64], at: usize, per: usize) -> Result<&[u64]> {
    let (start, count) = halves(words[at]);
    let start = start as usize;
    let end = (count as usize).checked_mul(per).and_then(|length| start.checked_add(length));
    match end.and_then(|end| words.get(start..end)) {
        Some(section) if start >= HEADER_WORDS || section.is_empty() => Ok(section),
        _ => Err(bad(at, "a section lies outside the program")),
    }
}

fn names_section(words: &[u64]) -> Result<&[u64]> {
    let (start, bytes) = halves(words[header::NAMES]);
    let start = start as usize;
    let end = start.checked_add((bytes as usize).div_ceil(8));
    end.and_then(|end| words.get(start..end))
        .ok_or_else(|| bad(header::NAMES, "the names lie outside the program"))
}

impl<'a> Program<'a> {
    /// The program's words.
    #[must_use]
    pub const fn words(&self) -> &'a [u64] {
        self.words
    }

    /// The code's words, for [`decode`].
    #[must_use]
    pub const fn code(&self) -> &'a [u64] {
        self.code
    }

    /// How many qubits it uses.
    #[must_use]
    pub const fn qubit_count(&self) -> u32 {
        self.qubit_count
    }

    /// How many classical bits it has; they are its outcome.
    #[must_use]
    pub const fn bit_count(&self) -> u32 {
        self.bit_count
    }

    /// How many integer variables it has.
    #[must_use]
    pub const fn int_count(&self) -> u32 {
        self.int_count
    }

    /// How many real variables it has.
    #[must_use]
    pub const fn real_count(&self) -> u32 {
        self.real_count
    }

    /// How many instructions a shot may run.
    #[must_use]
    pub const fn step_limit(&self) -> u64 {
        self.step_limit
    }

    /// What its operations need at most, those with operands from variables left out.
    pub(super) const fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Slots of the gates that it uses, for the handshake.
    #[must_use]
    pub fn gate_slots(&self) -> impl ExactSizeIterator<Item = u16> + 'a {
        self.gates.iter().map(|&slot| u16::try_from(slot).unwrap_or(u16::MAX))
    }

    /// The classical registers in order of declaration.
    #[must_use]
    pub fn registers(&self) -> impl ExactSizeIterator<Item = Register> + 'a {
        self.registers.chunks_exact(REGISTER_WORDS).map(|entry| {
            let (name_offset, name_bytes) = halves(entry[0]);
            let (first_bit, bit_count) = halves(entry[1]);
            Register { first_bit, bit_count, name_bytes, name_offset }
        })
    }

    /// The bytes (UTF-8) of a register's name.
    pub fn name_of(&self, register: Register) -> impl Iterator<Item = u8> + 'a {
        let names = self.names;
        (register.name_offset..register.name_offset.saturating_add(register.name_bytes)).filter_map(
            move |byte| {
                let word = names.get(byte as usize / 8)?;
                word.to_le_bytes().get(byte as usize % 8).copied()
            },
        )
    }

    /// The source line that code word `word` comes from, if the program says.
    #[must_use]
    pub fn line_at(&self, word: usize) -> Option<u32> {
        let index = self.lines.partition_point(|&entry| halves(entry).0 as usize <= word);
        index.checked_sub(1).and_then(|index| self.lines.get(index)).map(|&entry| halves(entry).1)
    }

    /// The code word that a label stands for.
    #[must_use]
    pub fn label(&self, label: u32) -> Option<usize> {
        self.labels.get(label as usize).and_then(|&word| usize::try_from(word).ok())
    }

    fn check_registers(&self, register_count: u32) -> Result<()> {
        let expected = (register_count as usize).checked_mul(REGISTER_WORDS);
        if expected != Some(self.registers.len()) {
            return Err(bad(header::REGISTERS, "the register table's length does not fit"));
        }
        let mut next_bit = 0_u32;
        for register in self.registers() {
            let end = register.first_bit.checked_add(register.bit_count);
            let name_end = register.name_offset.checked_add(register.name_bytes);
            if register.first_bit != next_bit || end.is_none_or(|end| end > self.bit_count) {
                return Err(bad(header::REGISTERS, "a register's bits are not those that follow"));
            }
            if name_end.is_none_or(|end| end > self.names_bytes) {
                return Err(bad(header::NAMES, "a register's name lies outside the names"));
            }
            next_bit = end.unwrap_or(u32::MAX);
        }
        if next_bit != self.bit_count {
            return Err(bad(header::BITS_REGISTERS, "some bits belong to no register"));
        }
        Ok(())
    }

    fn check_tables(&self) -> Result<()> {
        if self.gates.iter().any(|&slot| u16::try_from(slot).is_err()) {
            return Err(bad(header::GATES, "a gate slot is no 16-bit number"));
        }
        if !self.lines.is_sorted_by_key(|&entry| halves(entry).0) {
            return Err(bad(header::LINES, "the source lines are not in ascending order"));
        }
        if !self.labels.is_sorted_by(|a, b| a < b) {
            return Err(bad(header::LABELS, "the labels are not in ascending order"));
        }
        Ok(())
    }

    /// Checks every instruction; the bounds of the operations that they run.
    fn check_code(&self) -> Result<Bounds> {
        let (code_start, _) = halves(self.words[header::CODE]);
        let here = |at: usize| code_start as usize + at;
        let mut labels = self.labels.iter().peekable();
        let mut at = 0;
        let mut bounds = Bounds::NOTHING;
        while at < self.code.len() {
            if let Some(&&label) = labels.peek() {
                if label < at as u64 {
                    return Err(bad(here(at), "a label points into the middle of an instruction"));
                }
                if label == at as u64 {
                    labels.next();
                }
            }
            let (instruction, next) = decode(self.code, at).map_err(|e| bad(here(at), e))?;
            self.check_instruction(instruction).map_err(|e| match e.kind() {
                ErrorKind::Argument(reason) => bad(here(at), reason),
                _ => e,
            })?;
            if let Instruction::Run { words, .. } = instruction {
                let ops = Ops::from_checked(words).iter();
                bounds = ops.fold(bounds, |bounds, op| bounds.and(Bounds::of(op)));
            }
            at = next;
        }
        // A jump to the very end is the end of the shot.
        match labels.next() {
            Some(&label) if label != at as u64 => {
                Err(bad(here(at), "a label points outside the code"))
            }
            _ => Ok(bounds),
        }
    }

    fn check_instruction(&self, instruction: Instruction<'_>) -> Result<()> {
        let ints = |all: &[u32]| all.iter().all(|&int| int < self.int_count);
        let reals = |all: &[u32]| all.iter().all(|&real| real < self.real_count);
        let bits = |first: u32, count: u32| {
            first.checked_add(count).is_some_and(|end| end <= self.bit_count)
        };
        let known = match instruction {
            Instruction::Run { words, op_count, result_count } => {
                return self.check_run(words, op_count, result_count);
            }
            Instruction::Patched { patches, words } => return self.check_patched(patches, words),
            Instruction::Jump { label } => (label as usize) < self.labels.len(),
            Instruction::JumpIf { label, int } | Instruction::JumpUnless { label, int } => {
                (label as usize) < self.labels.len() && ints(&[int])
            }
            Instruction::IntSet { dst, .. } => ints(&[dst]),
            Instruction::IntOp { dst, lhs, rhs, .. } => ints(&[dst, lhs, rhs]),
            Instruction::IntWrap { dst, src, .. } => ints(&[dst, src]),
            Instruction::RealSet { dst, .. } => reals(&[dst]),
            Instruction::RealOp { dst, lhs, rhs, .. } => reals(&[dst, lhs, rhs]),
            Instruction::RealCompare { dst, lhs, rhs, .. } => ints(&[dst]) && reals(&[lhs, rhs]),
            Instruction::IntToReal { dst, src } => reals(&[dst]) && ints(&[src]),
            Instruction::RealToInt { dst, src } => ints(&[dst]) && reals(&[src]),
            Instruction::BitLoad { dst, bit } => ints(&[dst]) && bits(bit, 1),
            Instruction::BitStore { src, bit } => ints(&[src]) && bits(bit, 1),
            Instruction::BitLoadAt { dst, index, base, limit } => {
                ints(&[dst, index]) && bits(base, limit)
            }
            Instruction::BitStoreAt { src, index, base, limit } => {
                ints(&[src, index]) && bits(base, limit)
            }
            Instruction::Pack { dst, first, count } => {
                ints(&[dst]) && bits(first, count) && count <= PACK_BITS_MAX
            }
            Instruction::Unpack { src, first, count } => {
                ints(&[src]) && bits(first, count) && count <= PACK_BITS_MAX
            }
            Instruction::Halt | Instruction::Fail { .. } => true,
        };
        if known {
            Ok(())
        } else {
            Err(ErrorKind::Argument("it names a variable, bit or label that does not exist").into())
        }
    }

    fn check_run(&self, words: &[u64], op_count: u32, result_count: u32) -> Result<()> {
        let counted = check_records(words).map_err(|e| match e.kind() {
            ErrorKind::Record { reason, .. } => ErrorKind::Argument(reason).into(),
            _ => e,
        })?;
        if (counted.op_count, counted.result_count) != (op_count, result_count) {
            return Err(ErrorKind::Argument("its counts are not those of its operations").into());
        }
        counted.ops.iter().try_for_each(|op| self.check_operands(op))
    }

    /// Qubits and result ids must exist; whether the angle is finite is the backend's to say, and
    /// it says so with the source line.
    fn check_operands(&self, op: Op<'_>) -> Result<()> {
        if op.qubits().any(|qubit| qubit >= self.qubit_count) {
            return Err(
                ErrorKind::Argument("an operation names a qubit that does not exist").into()
            );
        }
        if op.kind().bears_result() && op.result_id() >= u64::from(self.bit_count) {
            let reason = "a measurement names a classical bit that does not exist";
            return Err(ErrorKind::Argument(reason).into());
        }
        Ok(())
    }

    fn check_patched(&self, patches: &[u64], words: &[u64]) -> Result<()> {
        let refuse = |reason| Err(ErrorKind::Argument(reason).into());
        if words.len() > PATCHED_WORDS_MAX {
            return refuse("an operation with operands from variables is too long");
        }
        let counted = check_records(words).map_err(|e| match e.kind() {
            ErrorKind::Record { reason, .. } => ErrorKind::Argument(reason).into(),
            _ => e,
        })?;
        let mut ops = counted.ops.iter();
        let (Some(op), None) = (ops.next(), ops.next()) else {
            return refuse("operands from variables go into exactly one operation");
        };
        self.check_operands(op)?;
        for patch in patches.chunks_exact(Patch::WORDS) {
            let Some(patch) = Patch::decode([patch[0], patch[1]]) else {
                return refuse("a patch is of no kind known to this version");
            };
            let end = |base: u32, limit: u32| base.checked_add(limit);
            let fits = match patch {
                Patch::Qubit { operand, index, base, limit } => {
                    usize::from(operand) < op.qubit_count()
                        && index < self.int_count
                        && end(base, limit).is_some_and(|end| end <= self.qubit_count)
                }
                Patch::Result { param, index, base, limit } => {
                    usize::from(param) < op.param_count()
                        && index < self.int_count
                        && end(base, limit).is_some_and(|end| end <= self.bit_count)
                }
                Patch::Real { param, real } => {
                    usize::from(param) < op.param_count() && real < self.real_count
                }
                Patch::Whole { param, index } => {
                    // A result id may not come from an unbounded number.
                    usize::from(param) < op.param_count()
                        && index < self.int_count
                        && !op.kind().bears_result()
                }
            };
            if !fits {
                return refuse("a patch names an operand or variable that does not exist");
            }
        }
        Ok(())
    }
}

/// Words from the bytes of a program file, for a `static` that embeds one; `N` is a eighth of the
/// bytes. Missing bytes are 0, which the CRC then refuses.
#[must_use]
pub const fn words_from_bytes<const N: usize>(bytes: &[u8]) -> [u64; N] {
    let mut words = [0; N];
    let mut word = 0;
    while word < N {
        let mut byte = 0;
        while byte < 8 && word * 8 + byte < bytes.len() {
            words[word] |= (bytes[word * 8 + byte] as u64) << (8 * byte);
            byte += 1;
        }
        word += 1;
    }
    words
}
