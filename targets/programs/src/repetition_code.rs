//! A compiled program with feed-forward, embedded as bytes: the repetition code, with noise.
//!
//! `compiled/repetition_code.pandia` comes from the source in the desktop library's examples:
//! `pandia compile host-std/examples/repetition_code.qasm -o
//! targets/programs/compiled/repetition_code.pandia`, from the project's folder.

use crate::Failure;
use crate::runs::{SEED, Summary, noise, stream};
use core::fmt::Write;
use pandia_core::backend::{Backend, Stack};
use pandia_core::emulator::Emulator;
use pandia_core::ids::ShotId;
use pandia_core::op::Outcome;
use pandia_core::part::SimulatorPart;
use pandia_core::program::check::words_from_bytes;
use pandia_core::program::{Memory, RawProgram};
use pandia_core::real::Complex;
use pandia_core::runtime::{Durations, Simple};
use pandia_core::sim::{StateVector, StateVectorPart};

const BYTES: &[u8] = include_bytes!("../compiled/repetition_code.pandia");
static WORDS: [u64; BYTES.len() / 8] = words_from_bytes(BYTES);

const SHOTS: u64 = 20;
/// Most classical bits, whole and real variables of the program; fewer are enough for it.
const BITS: usize = 64;
const INTS: usize = 64;
const REALS: usize = 8;

pub(crate) fn run(out: &mut dyn Write) -> Result<(), Failure> {
    let program = RawProgram { words: &WORDS }.check()?;
    let id = StateVectorPart::<f64>::SPEC.id;
    let vector = StateVector::<f64, _>::new(5, stream(id), [Complex::ZERO; 32])?;
    let stack = Stack::new(noise(5, 0.005, 0.01)?, vector);
    let runtime = Simple::new(stack, Durations::default(), [Outcome::default(); 2 * BITS]);
    let (mut bits, mut ints, mut reals) = ([0; BITS], [0; INTS], [0.0; REALS]);
    let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
    let mut emulator = Emulator::new(&program, memory, runtime, SEED)?;

    writeln!(out, "{SHOTS} shots of {} classical bits", program.bit_count())?;
    let mut summary = Summary::default();
    for shot in 0..SHOTS {
        let mut shown = [0; BITS];
        let bits = emulator.run_shot(ShotId(shot))?;
        let count = bits.len();
        shown[..count].copy_from_slice(bits);
        let state = emulator.runtime_mut().stack_mut().state_digest()?;
        summary.add_shot(&shown[..count], state);
        for register in program.registers().filter(|register| !register.is_hidden()) {
            for byte in program.name_of(register) {
                out.write_char(char::from(byte))?;
            }
            out.write_char('=')?;
            let first = register.first_bit as usize;
            for bit in shown[first..first + register.bit_count as usize].iter().rev() {
                write!(out, "{bit}")?;
            }
            out.write_char(' ')?;
        }
        writeln!(out, "shot={shot}")?;
    }
    Ok(summary.write(out)?)
}
