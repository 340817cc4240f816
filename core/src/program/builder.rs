//! Building a program: registers, operations, variables and labels, then [`ProgramBuilder::finish`].
//!
//! Neighbouring operations are gathered into one run, so that the interpreter hands them over in
//! one call without copying. A label or a classical instruction ends a run.

use super::check::{Program, RawProgram};
use super::format::{HEADER_WORDS, MAGIC, STEP_LIMIT_DEFAULT, VERSION, crc, header, kind, pair};
use super::instruction::{Instruction, Patch};
use crate::error::{Error, ErrorKind, Result};
use crate::op::OpKind;
use crate::op::builder::{OpSink, OpVec, Parts};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

/// A place to jump to, made before or after it is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label(u32);

/// Builds a program.
#[derive(Clone, Debug)]
pub struct ProgramBuilder {
    qubit_count: u32,
    bit_count: u32,
    int_count: u32,
    real_count: u32,
    step_limit: u64,
    registers: Vec<(String, u32, u32)>,
    code: Vec<u64>,
    run: OpVec,
    /// Where each label was placed.
    labels: Vec<Option<u32>>,
    /// Code words that hold a label's number in their high half.
    jumps: Vec<usize>,
    gates: BTreeSet<u16>,
    lines: Vec<(u32, u32)>,
    line: Option<u32>,
    run_lines: Vec<(u32, u32)>,
}

impl ProgramBuilder {
    /// A program on `qubit_count` qubits.
    #[must_use]
    pub const fn new(qubit_count: u32) -> Self {
        Self {
            qubit_count,
            bit_count: 0,
            int_count: 0,
            real_count: 0,
            step_limit: STEP_LIMIT_DEFAULT,
            registers: Vec::new(),
            code: Vec::new(),
            run: OpVec::new(),
            labels: Vec::new(),
            jumps: Vec::new(),
            gates: BTreeSet::new(),
            lines: Vec::new(),
            line: None,
            run_lines: Vec::new(),
        }
    }

    /// Sets how many qubits there are, where a front end learns it last.
    pub const fn set_qubit_count(&mut self, qubit_count: u32) {
        self.qubit_count = qubit_count;
    }

    /// Sets how many instructions a shot may run.
    pub const fn set_step_limit(&mut self, step_limit: u64) {
        self.step_limit = step_limit;
    }

    /// Declares a classical register and returns the number of its first bit.
    pub fn register(&mut self, name: &str, bit_count: u32) -> u32 {
        let first = self.bit_count;
        self.registers.push((name.into(), first, bit_count));
        self.bit_count += bit_count;
        first
    }

    /// A new integer variable.
    pub const fn int(&mut self) -> u32 {
        self.int_count += 1;
        self.int_count - 1
    }

    /// A new real variable.
    pub const fn real(&mut self) -> u32 {
        self.real_count += 1;
        self.real_count - 1
    }

    /// A new label, to be placed by [`Self::place`].
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(u32::try_from(self.labels.len() - 1).unwrap_or(u32::MAX))
    }

    /// Places a label here.
    pub fn place(&mut self, label: Label) {
        self.end_run();
        let here = self.here();
        if let Some(place) = self.labels.get_mut(label.0 as usize) {
            *place = Some(here);
        }
    }

    /// Says that what follows comes from this source line.
    pub const fn set_line(&mut self, line: u32) {
        self.line = Some(line);
    }

    /// Adds an unconditional jump.
    pub fn jump(&mut self, label: Label) {
        self.jump_words(kind::JUMP, label, 0);
    }

    /// Adds a jump that is taken if `int[int] != 0`.
    pub fn jump_if(&mut self, label: Label, int: u32) {
        self.jump_words(kind::JUMP_IF, label, int);
    }

    /// Adds a jump that is taken if `int[int] == 0`.
    pub fn jump_unless(&mut self, label: Label, int: u32) {
        self.jump_words(kind::JUMP_UNLESS, label, int);
    }

    fn jump_words(&mut self, kind: u8, label: Label, int: u32) {
        self.start_instruction();
        self.jumps.push(self.code.len());
        self.code.extend([head(16, kind, 0, label.0), pair(int, 0)]);
    }

    /// Adds one operation whose operands are filled in from variables at run time. `parts` is the
    /// template; patched places hold any valid number.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if the record is too long.
    pub fn patched(&mut self, parts: Parts<'_>, patches: &[Patch]) -> Result<()> {
        let mut record = OpVec::new();
        record.push(parts)?;
        if parts.kind == OpKind::Gate {
            self.gates.insert(parts.gate);
        }
        self.start_instruction();
        let patch_count = u32::try_from(patches.len()).unwrap_or(u32::MAX);
        let op_words = u32::try_from(record.words().len()).unwrap_or(u32::MAX);
        self.code.extend([head(16, kind::PATCHED, 0, patch_count), pair(op_words, 0)]);
        for patch in patches {
            self.code.extend(patch.encode());
        }
        self.code.extend_from_slice(record.words());
        Ok(())
    }

    /// Adds a classical instruction. Operations and jumps have functions of their own.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for one of those.
    pub fn classical(&mut self, instruction: Instruction<'_>) -> Result<()> {
        let two = |kind, sub, a, b, c| ([head(16, kind, sub, a), pair(b, c), 0], 2);
        let three = |kind, a, b, third| ([head(24, kind, 0, a), pair(b, 0), third], 3);
        let (words, length) = match instruction {
            Instruction::IntSet { dst, value } => {
                three(kind::INT_SET, dst, 0, value.cast_unsigned())
            }
            Instruction::RealSet { dst, value } => three(kind::REAL_SET, dst, 0, value.to_bits()),
            Instruction::Fail { code } => three(kind::FAIL, 0, 0, code.cast_unsigned()),
            Instruction::IntOp { op, dst, lhs, rhs } => two(kind::INT_OP, op as u8, dst, lhs, rhs),
            Instruction::RealOp { op, dst, lhs, rhs } => {
                two(kind::REAL_OP, op as u8, dst, lhs, rhs)
            }
            Instruction::RealCompare { op, dst, lhs, rhs } => {
                two(kind::REAL_COMPARE, op as u8, dst, lhs, rhs)
            }
            Instruction::IntWrap { dst, src, width, signed } => {
                two(kind::INT_WRAP, u8::from(signed), dst, src, u32::from(width))
            }
            Instruction::IntToReal { dst, src } => two(kind::INT_TO_REAL, 0, dst, src, 0),
            Instruction::RealToInt { dst, src } => two(kind::REAL_TO_INT, 0, dst, src, 0),
            Instruction::BitLoad { dst, bit } => two(kind::BIT_LOAD, 0, dst, bit, 0),
            Instruction::BitStore { src, bit } => two(kind::BIT_STORE, 0, src, bit, 0),
            Instruction::BitLoadAt { dst, index, base, limit } => {
                three(kind::BIT_LOAD_AT, dst, index, pair(base, limit))
            }
            Instruction::BitStoreAt { src, index, base, limit } => {
                three(kind::BIT_STORE_AT, src, index, pair(base, limit))
            }
            Instruction::Pack { dst, first, count } => two(kind::PACK, 0, dst, first, count),
            Instruction::Unpack { src, first, count } => two(kind::UNPACK, 0, src, first, count),
            Instruction::Halt => ([head(8, kind::HALT, 0, 0), 0, 0], 1),
            Instruction::Run { .. }
            | Instruction::Patched { .. }
            | Instruction::Jump { .. }
            | Instruction::JumpIf { .. }
            | Instruction::JumpUnless { .. } => {
                return Err(
                    ErrorKind::Argument("this instruction has a function of its own").into()
                );
            }
        };
        self.start_instruction();
        self.code.extend_from_slice(&words[..length]);
        Ok(())
    }

    /// The program's words, checked.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] for a label that was never placed, [`ErrorKind::Capacity`] for a
    /// program of more than 2^32 words, and whatever the checker finds.
    pub fn finish(mut self) -> Result<Vec<u64>> {
        self.end_run();
        let labels = self.link_labels()?;
        let mut names = Vec::new();
        let mut registers = Vec::new();
        for (name, first, bits) in &self.registers {
            registers.push(pair(small(names.len())?, small(name.len())?));
            registers.push(pair(*first, *bits));
            names.extend_from_slice(name.as_bytes());
        }
        let mut words = Vec::from([0; HEADER_WORDS]);
        words[header::MAGIC] = MAGIC;
        words[header::BITS_REGISTERS] = pair(self.bit_count, small(self.registers.len())?);
        words[header::INTS_REALS] = pair(self.int_count, self.real_count);
        words[header::STEP_LIMIT] = self.step_limit;
        words[header::NAMES] = pair(small(words.len())?, small(names.len())?);
        words.extend(names.chunks(8).map(|chunk| {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            u64::from_le_bytes(bytes)
        }));
        let gates: Vec<u64> = self.gates.iter().map(|&slot| u64::from(slot)).collect();
        let lines: Vec<u64> = self.lines.iter().map(|&(word, line)| pair(word, line)).collect();
        let sections = [
            (header::REGISTERS, &registers),
            (header::GATES, &gates),
            (header::LABELS, &labels),
            (header::CODE, &self.code),
            (header::LINES, &lines),
        ];
        for (at, section) in sections {
            words[at] = pair(small(words.len())?, small(section.len())?);
            words.extend_from_slice(section);
        }
        words[header::WORDS_QUBITS] = pair(small(words.len())?, self.qubit_count);
        words[header::VERSION_CRC] = pair(VERSION, crc(&words));
        RawProgram { words: &words }.check()?;
        Ok(words)
    }

    /// Sorts the labels by place, joins those of one place, and writes their numbers into the
    /// jumps.
    fn link_labels(&mut self) -> Result<Vec<u64>> {
        let unplaced = || Error::from(ErrorKind::Argument("a label was never placed"));
        let mut places = BTreeSet::new();
        for &jump in &self.jumps {
            let label = (self.code[jump] >> 32) as usize;
            places.insert(self.labels.get(label).copied().flatten().ok_or_else(unplaced)?);
        }
        let places: Vec<u32> = places.into_iter().collect();
        for &jump in &self.jumps {
            let label = (self.code[jump] >> 32) as usize;
            let place = self.labels.get(label).copied().flatten().ok_or_else(unplaced)?;
            let number = places.partition_point(|&other| other < place);
            self.code[jump] = self.code[jump] & 0xffff_ffff | (number as u64) << 32;
        }
        Ok(places.into_iter().map(u64::from).collect())
    }

    fn here(&self) -> u32 {
        u32::try_from(self.code.len()).unwrap_or(u32::MAX)
    }

    fn start_instruction(&mut self) {
        self.end_run();
        let here = self.here();
        if let Some(line) = self.line {
            note_line(&mut self.lines, here, line);
        }
    }

    fn end_run(&mut self) {
        if self.run.op_count() == 0 {
            return;
        }
        let first = self.here() + 2;
        for (word, line) in self.run_lines.drain(..) {
            // The run's own two words belong to its first operation.
            let at = if word == 0 { first - 2 } else { first + word };
            note_line(&mut self.lines, at, line);
        }
        let op_words = u32::try_from(self.run.words().len()).unwrap_or(u32::MAX);
        self.code.extend([
            head(16, kind::RUN, 0, self.run.op_count()),
            pair(op_words, self.run.result_count()),
        ]);
        self.code.extend_from_slice(self.run.words());
        self.run.clear();
    }
}

impl OpSink for ProgramBuilder {
    fn push(&mut self, parts: Parts<'_>) -> Result<()> {
        let word = u32::try_from(self.run.words().len()).unwrap_or(u32::MAX);
        self.run.push(parts)?;
        if parts.kind == OpKind::Gate {
            self.gates.insert(parts.gate);
        }
        if let Some(line) = self.line {
            note_line(&mut self.run_lines, word, line);
        }
        Ok(())
    }
}

fn note_line(lines: &mut Vec<(u32, u32)>, word: u32, line: u32) {
    if lines.last().is_none_or(|&(_, last)| last != line) {
        lines.push((word, line));
    }
}

const fn head(bytes: u16, kind: u8, sub: u8, a: u32) -> u64 {
    bytes as u64 | (kind as u64) << 16 | (sub as u64) << 24 | (a as u64) << 32
}

fn small(number: usize) -> Result<u32> {
    u32::try_from(number).map_err(|_| {
        let (needed, available) = (number as u64, u64::from(u32::MAX));
        ErrorKind::Capacity { what: "words of a program", needed, available }.into()
    })
}

/// A program with the words that it is a view of.
#[derive(Clone, Debug)]
pub struct OwnedProgram {
    words: Vec<u64>,
}

impl OwnedProgram {
    /// Checks `words` and keeps them.
    ///
    /// # Errors
    /// As [`RawProgram::check`].
    pub fn new(words: Vec<u64>) -> Result<Self> {
        RawProgram { words: &words }.check()?;
        Ok(Self { words })
    }

    /// The program in a file's bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Program`] if they are not whole words, and as [`Self::new`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if !bytes.len().is_multiple_of(8) {
            let reason = "its length is not a multiple of 8 bytes; it is cut off or no program";
            return Err(ErrorKind::Program { word: 0, reason }.into());
        }
        let words = bytes.chunks_exact(8).map(|chunk| {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            u64::from_le_bytes(word)
        });
        Self::new(words.collect())
    }

    /// The bytes of a program file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// The checked view.
    ///
    /// # Errors
    /// None in practice: the words were checked when they came in.
    pub fn view(&self) -> Result<Program<'_>> {
        RawProgram { words: &self.words }.check()
    }
}
