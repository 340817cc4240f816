//! The interpreter: runs one shot of a program against a runtime.
//!
//! All memory is the caller's. Bits that were measured are read from the runtime when the program
//! reads them, so a lazy runtime stays lazy.
//! Not here: the shot life cycle ([`crate::emulator`]).

use super::arithmetic::{int_op, real_compare, real_op, real_to_int, wrap};
use super::check::Program;
use super::format::PATCHED_WORDS_MAX;
use super::instruction::{Instruction, Patch, decode};
use crate::error::{Error, ErrorKind, Result};
use crate::op::bounds::Bounds;
use crate::op::record::{Op, Ops, header_bytes, header_kind};
use crate::op::{Batch, OpKind};
use crate::runtime::Runtime;

/// A bit whose value the runtime still holds.
const PENDING: u8 = 0xff;

/// The machine's memory, at least as long as the program says.
#[derive(Debug)]
pub struct Memory<'m> {
    /// Classical bits: 0, 1, or 2 for leaked.
    pub bits: &'m mut [u8],
    /// Integer variables.
    pub ints: &'m mut [i64],
    /// Real variables.
    pub reals: &'m mut [f64],
}

/// Runs a program.
#[derive(Debug)]
pub struct Machine<'p, 'm> {
    program: &'p Program<'p>,
    memory: Memory<'m>,
    /// Code word of the instruction that runs now.
    position: usize,
}

impl<'p, 'm> Machine<'p, 'm> {
    /// The machine for `program` with all its memory zero.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if some of the memory is too short.
    pub fn new(program: &'p Program<'p>, memory: Memory<'m>) -> Result<Self> {
        let Memory { bits, ints, reals } = memory;
        fn exact<'a, T>(what: &'static str, have: &'a mut [T], need: u32) -> Result<&'a mut [T]> {
            let available = have.len() as u64;
            have.get_mut(..need as usize).ok_or_else(|| {
                ErrorKind::Capacity { what, needed: u64::from(need), available }.into()
            })
        }
        let memory = Memory {
            bits: exact("classical bits", bits, program.bit_count())?,
            ints: exact("integer variables", ints, program.int_count())?,
            reals: exact("real variables", reals, program.real_count())?,
        };
        Ok(Self { program, memory, position: 0 })
    }

    /// The bits as they are after a run: 0, 1, or 2 for leaked.
    #[must_use]
    pub const fn bits(&self) -> &[u8] {
        self.memory.bits
    }

    /// Code word of the instruction that ran last: where an error came from.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// Runs the program from the start to its end within a shot that the caller has begun.
    ///
    /// # Errors
    /// Those of the runtime, of arithmetic, the program's own failure, or the step limit.
    pub fn run<R: Runtime>(&mut self, runtime: &mut R) -> Result<()> {
        self.memory.bits.fill(0);
        self.memory.ints.fill(0);
        self.memory.reals.fill(0.0);
        let mut at = 0;
        let mut steps = 0_u64;
        while at < self.program.code.len() {
            self.position = at;
            if steps >= self.program.step_limit() {
                return Err(ErrorKind::StepLimit { limit: self.program.step_limit() }.into());
            }
            steps += 1;
            let (instruction, next) = decode(self.program.code, at)
                .map_err(|_| Error::from(ErrorKind::Broken("a checked program did not decode")))?;
            match self.step(instruction, runtime)? {
                Then::Next => at = next,
                Then::Label(label) => {
                    at = self.program.label(label).unwrap_or(self.program.code.len());
                }
                Then::Halt => break,
            }
        }
        for bit in 0..self.memory.bits.len() {
            self.resolve(bit, runtime)?;
        }
        Ok(())
    }

    /// The source line of operation `op_index` of the instruction that ran last.
    #[must_use]
    pub fn line(&self, op_index: Option<u32>) -> Option<u32> {
        let (instruction, next) = decode(self.program.code, self.position).ok()?;
        let mut word = self.position;
        if let (Instruction::Run { words, .. }, Some(op_index)) = (instruction, op_index) {
            word = next - words.len();
            for op in Ops::from_checked(words).iter().take(op_index as usize) {
                word += op.words().len();
            }
        }
        self.program.line_at(word)
    }

    #[inline]
    fn step<R: Runtime>(&mut self, instruction: Instruction<'p>, runtime: &mut R) -> Result<Then> {
        match instruction {
            Instruction::Run { words, op_count, result_count } => {
                let ops = Ops::from_checked(words);
                let bounds = self.program.bounds();
                let batch = Batch::from_checked(ops, op_count, result_count, bounds);
                self.submit(&batch, runtime)?;
            }
            Instruction::Patched { patches, words } => self.patched(patches, words, runtime)?,
            Instruction::Jump { label } => return Ok(Then::Label(label)),
            Instruction::JumpIf { label, int } if self.int(int) != 0 => {
                return Ok(Then::Label(label));
            }
            Instruction::JumpUnless { label, int } if self.int(int) == 0 => {
                return Ok(Then::Label(label));
            }
            Instruction::JumpIf { .. } | Instruction::JumpUnless { .. } => {}
            Instruction::Halt => return Ok(Then::Halt),
            Instruction::Fail { code } => return Err(ErrorKind::ProgramFailed { code }.into()),
            Instruction::BitLoad { .. }
            | Instruction::BitLoadAt { .. }
            | Instruction::BitStore { .. }
            | Instruction::BitStoreAt { .. }
            | Instruction::Pack { .. }
            | Instruction::Unpack { .. } => self.bit_step(instruction, runtime)?,
            _ => self.number_step(instruction)?,
        }
        Ok(Then::Next)
    }

    fn number_step(&mut self, instruction: Instruction<'_>) -> Result<()> {
        match instruction {
            Instruction::IntSet { dst, value } => self.set_int(dst, value),
            Instruction::IntOp { op, dst, lhs, rhs } => {
                let value = int_op(op, self.int(lhs), self.int(rhs))?;
                self.set_int(dst, value);
            }
            Instruction::IntWrap { dst, src, width, signed } => {
                self.set_int(dst, wrap(self.int(src), width, signed));
            }
            Instruction::RealSet { dst, value } => self.set_real(dst, value),
            Instruction::RealOp { op, dst, lhs, rhs } => {
                let value = real_op(op, self.real(lhs), self.real(rhs))?;
                self.set_real(dst, value);
            }
            Instruction::RealCompare { op, dst, lhs, rhs } => {
                let value = real_compare(op, self.real(lhs), self.real(rhs));
                self.set_int(dst, i64::from(value));
            }
            #[expect(clippy::cast_precision_loss, reason = "nearest real is what is asked for")]
            Instruction::IntToReal { dst, src } => self.set_real(dst, self.int(src) as f64),
            Instruction::RealToInt { dst, src } => {
                let value = real_to_int(self.real(src))?;
                self.set_int(dst, value);
            }
            _ => return Err(ErrorKind::Broken("an instruction without a meaning").into()),
        }
        Ok(())
    }

    fn bit_step<R: Runtime>(
        &mut self,
        instruction: Instruction<'_>,
        runtime: &mut R,
    ) -> Result<()> {
        match instruction {
            Instruction::BitLoad { dst, bit } => {
                let value = self.resolve(bit as usize, runtime)?;
                self.set_int(dst, i64::from(value));
            }
            Instruction::BitLoadAt { dst, index, base, limit } => {
                let bit = self.indexed(index, base, limit)?;
                let value = self.resolve(bit as usize, runtime)?;
                self.set_int(dst, i64::from(value));
            }
            Instruction::BitStore { src, bit } => self.set_bit(bit, self.int(src) != 0),
            Instruction::BitStoreAt { src, index, base, limit } => {
                let bit = self.indexed(index, base, limit)?;
                self.set_bit(bit, self.int(src) != 0);
            }
            Instruction::Pack { dst, first, count } => {
                let mut value = 0_i64;
                for offset in 0..count {
                    match self.resolve((first + offset) as usize, runtime)? {
                        bit @ 0..=1 => value |= i64::from(bit) << offset,
                        _ => {
                            return Err(ErrorKind::Arithmetic(
                                "a leaked outcome (2) has no place in a number; test the bit alone",
                            )
                            .into());
                        }
                    }
                }
                self.set_int(dst, value);
            }
            Instruction::Unpack { src, first, count } => {
                let value = self.int(src);
                for offset in 0..count {
                    self.set_bit(first + offset, value >> offset & 1 == 1);
                }
            }
            _ => return Err(ErrorKind::Broken("an instruction without a meaning").into()),
        }
        Ok(())
    }

    #[inline]
    fn submit<R: Runtime>(&mut self, batch: &Batch<'_>, runtime: &mut R) -> Result<()> {
        runtime.submit(batch)?;
        if batch.result_count() > 0 {
            for op in batch.ops() {
                if op.kind().bears_result() {
                    let bit = usize::try_from(op.result_id()).unwrap_or(usize::MAX);
                    if let Some(bit) = self.memory.bits.get_mut(bit) {
                        *bit = PENDING;
                    }
                }
            }
        }
        Ok(())
    }

    // Kept apart: its scratch record would otherwise be cleared at every instruction.
    #[inline(never)]
    fn patched<R: Runtime>(
        &mut self,
        patches: &[u64],
        template: &[u64],
        runtime: &mut R,
    ) -> Result<()> {
        let mut record = [0; PATCHED_WORDS_MAX];
        let Some(words) = record.get_mut(..template.len()) else {
            return Err(ErrorKind::Broken("a checked operation is too long").into());
        };
        words.copy_from_slice(template);
        let params_at = words.len() - Op::from_checked(template).param_count();
        for patch in patches.chunks_exact(Patch::WORDS) {
            match Patch::decode([patch[0], patch[1]]) {
                Some(Patch::Qubit { operand, index, base, limit }) => {
                    let qubit = u64::from(self.indexed(index, base, limit)?);
                    let word = &mut words[1 + usize::from(operand) / 2];
                    *word = if operand % 2 == 0 {
                        (*word & !0xffff_ffff) | qubit
                    } else {
                        (*word & 0xffff_ffff) | qubit << 32
                    };
                }
                Some(Patch::Result { param, index, base, limit }) => {
                    let id = self.indexed(index, base, limit)?;
                    words[params_at + usize::from(param)] = u64::from(id);
                }
                Some(Patch::Real { param, real }) => {
                    words[params_at + usize::from(param)] = self.real(real).to_bits();
                }
                Some(Patch::Whole { param, index }) => {
                    let value = u64::try_from(self.int(index)).map_err(|_| {
                        Error::from(ErrorKind::Arithmetic("a time or count that is negative"))
                    })?;
                    words[params_at + usize::from(param)] = value;
                }
                None => return Err(ErrorKind::Broken("a checked patch did not decode").into()),
            }
        }
        debug_assert_eq!(header_bytes(words[0]), words.len() * 8);
        let bears = OpKind::from_number(header_kind(words[0])).is_some_and(OpKind::bears_result);
        let ops = Ops::from_checked(words);
        let batch = Batch::from_checked(ops, 1, u32::from(bears), Bounds::UNKNOWN);
        self.submit(&batch, runtime)
    }

    /// `base` plus an integer variable that must be in `0..limit`.
    fn indexed(&self, index: u32, base: u32, limit: u32) -> Result<u32> {
        let value = self.int(index);
        match u32::try_from(value) {
            Ok(offset) if offset < limit => Ok(base + offset),
            _ => Err(Error::from(ErrorKind::Arithmetic("an index out of range")).with_text(
                format_args!(
                    "index {value} is out of range: the register has {limit} (0 to one less)"
                ),
            )),
        }
    }

    #[inline]
    fn resolve<R: Runtime>(&mut self, bit: usize, runtime: &mut R) -> Result<u8> {
        let Some(place) = self.memory.bits.get_mut(bit) else {
            return Err(ErrorKind::Broken("a checked bit does not exist").into());
        };
        if *place == PENDING {
            *place = match runtime.result(bit as u64, true)? {
                Some(value @ 0..=2) => (value & 3) as u8,
                Some(_) => {
                    return Err(ErrorKind::Outcomes("an outcome that is not 0, 1 or 2").into());
                }
                None => return Err(ErrorKind::Outcomes("an awaited outcome did not come").into()),
            };
        }
        Ok(*place)
    }

    fn int(&self, index: u32) -> i64 {
        self.memory.ints.get(index as usize).copied().unwrap_or(0)
    }

    fn real(&self, index: u32) -> f64 {
        self.memory.reals.get(index as usize).copied().unwrap_or(0.0)
    }

    fn set_int(&mut self, index: u32, value: i64) {
        if let Some(place) = self.memory.ints.get_mut(index as usize) {
            *place = value;
        }
    }

    fn set_real(&mut self, index: u32, value: f64) {
        if let Some(place) = self.memory.reals.get_mut(index as usize) {
            *place = value;
        }
    }

    fn set_bit(&mut self, index: u32, value: bool) {
        if let Some(place) = self.memory.bits.get_mut(index as usize) {
            *place = u8::from(value);
        }
    }
}

/// Where to go on.
enum Then {
    Next,
    Label(u32),
    Halt,
}
