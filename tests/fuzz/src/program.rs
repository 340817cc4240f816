//! Programs: whatever the checker lets pass runs within its bounds. The CRC is mended, since
//! a fuzzer would hardly guess it, and the steps of a shot are bounded.

use pandia_core::emulator::Emulator;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::Outcome;
use pandia_core::program::format::{HEADER_WORDS, VERSION, crc, header, pair};
use pandia_core::program::{Memory, RawProgram};
use pandia_core::real::Complex;
use pandia_core::runtime::Simple;
use pandia_core::sim::StateVector;

/// One input.
pub fn run(data: &[u8]) {
    let mut words: Vec<u64> = data
        .chunks_exact(8)
        .map(|chunk| u64::from_le_bytes(chunk.try_into().expect("eight bytes")))
        .collect();
    // As it is, it must be refused or sound, without a panic.
    let _ = RawProgram { words: &words }.check();
    if words.len() < HEADER_WORDS {
        return;
    }
    words[header::MAGIC] = u64::from_le_bytes(*b"PNDAPROG");
    words[header::WORDS_QUBITS] =
        pair(words.len() as u32, (words[header::WORDS_QUBITS] >> 32) as u32 % 8);
    words[header::STEP_LIMIT] %= 1000;
    words[header::VERSION_CRC] = pair(VERSION, crc(&words));
    let Ok(program) = (RawProgram { words: &words }).check() else { return };
    let (bits, ints, reals) = (program.bit_count(), program.int_count(), program.real_count());
    if bits.max(ints).max(reals) > 10_000 {
        return;
    }
    let mut bits = vec![0; bits as usize];
    let mut ints = vec![0; ints as usize];
    let mut reals = vec![0.0; reals as usize];
    let mut amplitudes = [Complex::<f64>::ZERO; 256];
    let simulator =
        StateVector::new(8, StreamId(0), &mut amplitudes[..]).expect("eight qubits fit");
    let results = vec![Outcome::default(); 2 * bits.len().max(1)];
    let runtime = Simple::new(simulator, Default::default(), results);
    let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
    let Ok(mut emulator) = Emulator::new(&program, memory, runtime, Seed(0)) else { return };
    for shot in 0..2 {
        if let Ok(bits) = emulator.run_shot(ShotId(shot)) {
            assert!(bits.iter().all(|&bit| bit <= 2));
        }
    }
}
