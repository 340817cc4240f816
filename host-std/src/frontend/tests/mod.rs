//! The front ends as a whole: programs in, states and outcomes out.

mod gates;
mod language2;
mod language3;
mod messages;

use pandia_core::backend::{Backend, StateQuery};
use pandia_core::emulator::Emulator;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::Outcome;
use pandia_core::program::{Memory, OwnedProgram};
use pandia_core::real::Complex;
use pandia_core::runtime::{Durations, Simple};
use pandia_core::sim::StateVector;

use super::{Compiled, compile_source};

type C = Complex<f64>;

pub(super) fn compiled(text: &str) -> Compiled {
    match compile_source("test.qasm", text) {
        Ok(compiled) => compiled,
        Err(errors) => panic!("{errors}\n{text}"),
    }
}

/// All messages of a program that must be refused.
pub(super) fn refused(text: &str) -> String {
    match compile_source("test.qasm", text) {
        Ok(_) => panic!("this was accepted:\n{text}"),
        Err(errors) => errors.to_string(),
    }
}

/// Runs shots; gives the shown registers' bits of each, and the state after the last.
pub(super) fn run(compiled: &Compiled, shots: u64) -> (Vec<String>, Vec<C>) {
    let program = OwnedProgram::new(compiled.words.clone()).unwrap();
    let program = program.view().unwrap();
    let qubits = program.qubit_count();
    let storage = vec![C::ZERO; 1 << qubits].into_boxed_slice();
    let stack = StateVector::<f64, _>::new(qubits, StreamId::of("test", 0), storage).unwrap();
    let results = vec![Outcome::default(); 2 * program.bit_count() as usize + 2];
    let runtime = Simple::new(stack, Durations::default(), results.into_boxed_slice());
    let mut bits = vec![0; program.bit_count() as usize];
    let mut ints = vec![0; program.int_count() as usize];
    let mut reals = vec![0.0; program.real_count() as usize];
    let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
    let mut emulator = Emulator::new(&program, memory, runtime, Seed(7)).unwrap();
    let mut outcomes = Vec::new();
    for shot in 0..shots {
        let bits = match emulator.run_shot(ShotId(shot)) {
            Ok(bits) => bits.to_vec(),
            Err(error) => panic!("{error}"),
        };
        let shown = program.registers().filter(|register| !register.is_hidden());
        let texts: Vec<String> = shown
            .map(|r| {
                let range = r.first_bit as usize..(r.first_bit + r.bit_count) as usize;
                bits[range].iter().rev().map(u8::to_string).collect()
            })
            .collect();
        outcomes.push(texts.into_iter().rev().collect::<Vec<_>>().join(" "));
    }
    let all: Vec<u32> = (0..qubits).collect();
    let mut numbers = vec![0.0; 2 << qubits];
    let stack = emulator.runtime_mut().stack_mut();
    stack.state(StateQuery::Amplitudes(&all), &mut numbers).unwrap();
    (outcomes, numbers.chunks(2).map(|pair| C::new(pair[0], pair[1])).collect())
}

/// What a shot fails with.
pub(super) fn shot_error(text: &str) -> String {
    match std::panic::catch_unwind(|| run(&compiled(text), 1)) {
        Ok(_) => panic!("this did not fail:\n{text}"),
        Err(payload) => payload.downcast_ref::<String>().cloned().unwrap_or_default(),
    }
}

/// The one outcome that every shot of a deterministic program has.
pub(super) fn outcome(text: &str) -> String {
    let (outcomes, _) = run(&compiled(text), 20);
    assert!(outcomes.iter().all(|other| *other == outcomes[0]), "{outcomes:?}\n{text}");
    outcomes[0].clone()
}

pub(super) fn state(text: &str) -> Vec<C> {
    run(&compiled(text), 1).1
}

/// Two states are the same, the phase of everything aside.
pub(super) fn same(a: &[C], b: &[C], what: &str) {
    let overlap = a.iter().zip(b).fold(C::ZERO, |sum, (x, y)| sum + x.conj() * *y);
    let norm: f64 = b.iter().map(|x| x.norm_sqr()).sum();
    assert!((norm - 1.0).abs() < 1e-9, "{what}: norm {norm}");
    assert!((overlap.norm_sqr() - 1.0).abs() < 1e-9, "{what}: {a:?} is not {b:?}");
}
