//! Running a compiled program, embedded as bytes, with depolarizing noise.
//!
//! `compiled/NAME.pandia` comes from the source in the desktop library's examples:
//! `pandia compile host-std/examples/NAME.qasm -o targets/programs/compiled/NAME.pandia`, from the
//! project's folder.

use crate::Failure;
use crate::runs::{SEED, Summary, noise, stream};
use core::fmt::Write;
use pandia_core::backend::{Backend, Stack};
use pandia_core::emulator::Emulator;
use pandia_core::ids::ShotId;
use pandia_core::op::Outcome;
use pandia_core::part::SimulatorPart;
use pandia_core::program::{Memory, RawProgram};
use pandia_core::real::Complex;
use pandia_core::runtime::{Durations, Simple};
use pandia_core::sim::{StateVector, StateVectorPart};

const SHOTS: u64 = 20;
const QUBITS_MAX: u32 = 5;
/// Most classical bits, whole and real variables of a program; fewer are enough for these.
const BITS: usize = 64;
const INTS: usize = 64;
const REALS: usize = 8;

/// Runs the program and writes each shot's registers, highest bit first.
pub(crate) fn run(words: &[u64], out: &mut dyn Write) -> Result<(), Failure> {
    let program = RawProgram { words }.check()?;
    let id = StateVectorPart::<f64>::SPEC.id;
    let vector = StateVector::<f64, _>::new(QUBITS_MAX, stream(id), [Complex::ZERO; 32])?;
    let stack = Stack::new(noise(QUBITS_MAX, 0.005, 0.01)?, vector);
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
