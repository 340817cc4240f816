//! What the tight loop's functions can reach: no panic, no allocation, no call through a pointer.
//!
//! Read from the disassembly of an image: every branch and call is followed from the functions that
//! carry out a batch ([`ROOT`]). What an instruction does is in [`arm`], [`aarch64`] and [`riscv`], and
//! how a table of jumps is told from a pointer in [`values`].

mod aarch64;
mod arm;
mod listing;
mod memory;
mod planted;
mod program;
mod riscv;
mod values;

use anyhow::{Context as _, Result, bail};

use self::listing::Instruction;
use self::memory::Memory;
use self::program::Program;
use self::values::{Registers, Value};
use super::boards::Board;
use super::fused;
use crate::console;
use crate::project::Project;
use crate::shell;

pub(super) use self::planted::can_fail;

/// The functions from which the walk begins: one for each stack.
const ROOT: &str = "pandia_tight_loop::hot::";
/// How many stacks the image of the tight loop has, or more.
pub(super) const ROOTS: usize = 3;

/// Fails if one of the loop's functions reaches what it must not.
/// The image has so many stacks or more.
pub(super) fn check(project: &Project, board: &Board, image: &str, roots: usize) -> Result<()> {
    let program = read(project, board.target, image)?;
    let reached = program.walk(roots).with_context(|| format!("the image of {}", board.name))?;
    console::say(&format!(
        "{:<12} hot loop: {} functions with {} tables of jumps, no panic, no pointer",
        board.name, reached.functions, reached.tables
    ));
    Ok(())
}

/// The image's functions, and what its tables of jumps hold.
fn read(project: &Project, target: &str, image: &str) -> Result<Program> {
    let tool = fused::tool(project, "llvm-objdump")?;
    let sections = ["--full-contents", "--section=.text", "--section=.rodata", image];
    let dumped = shell::output(&mut shell::command(project, &tool, sections))?;
    let memory = Memory::of(&String::from_utf8_lossy(&dumped.stdout));
    let listing = fused::disassembly(project, image)?;
    Ok(Program::read(Isa::of(target)?, &listing, &memory))
}

/// An instruction set that is understood.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Isa {
    A32,
    Thumb,
    A64,
    RiscV { is_64: bool },
}

/// Where an instruction goes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// To the next instruction.
    Next,
    /// To this address or to the next instruction, there being a condition or a way back.
    Branch(u64),
    /// The same, and what it calls may write the registers that a call need not keep.
    Call(u64),
    /// To this address.
    Jump(u64),
    /// Back to the caller.
    Return,
    /// To the address that a register holds.
    Through(Value),
    /// To a place that nobody can name: through a pointer, or out of the program by a trap.
    Lost,
}

impl Isa {
    fn of(target: &str) -> Result<Self> {
        Ok(match target.split('-').next().unwrap_or("") {
            arch if arch.starts_with("thumb") => Self::Thumb,
            arch if arch.starts_with("armv7") => Self::A32,
            arch if arch.starts_with("aarch64") => Self::A64,
            arch if arch.starts_with("riscv32") => Self::RiscV { is_64: false },
            arch if arch.starts_with("riscv64") => Self::RiscV { is_64: true },
            _ => bail!("the disassembly of {target} is not understood"),
        })
    }

    /// Where the instruction goes; what it writes is noted in the registers.
    fn step(self, instruction: &Instruction<'_>, registers: &mut Registers) -> Step {
        match self {
            Self::A32 => arm::step(instruction, registers, 8),
            Self::Thumb => arm::step(instruction, registers, 4),
            Self::A64 => aarch64::step(instruction, registers),
            Self::RiscV { is_64 } => riscv::step(instruction, registers, is_64),
        }
    }

    /// Whether filler between functions, and between code and words, is disassembled like this: what
    /// does nothing, zeros as what is undefined, and the bytes `d4 d4` of Arm as a branch if minus, or four of them as
    /// a conditional load into the stack pointer.
    fn is_filler(self, instruction: &Instruction<'_>) -> bool {
        let (mnemonic, operands) = (instruction.mnemonic, instruction.operands);
        mnemonic == "nop"
            || match self {
                Self::A32 | Self::Thumb => {
                    let four = mnemonic == "ldrble" && operands.starts_with("sp, [r4], #");
                    mnemonic == "bmi" || operands == "r8, r8" || four
                }
                Self::A64 => mnemonic == "udf",
                Self::RiscV { .. } => mnemonic == "unimp",
            }
    }
}
