//! All runtimes over the same stack.

use super::random::{Gates, Program, QUBITS, RESULTS, program, run};
use super::scripted::{Scripted, exact};
use crate::backend::Backend;
use crate::op::Outcome;
use crate::runtime::{Durations, Queued, QueuedConfig, Runtime, Simple, SoftRz};
use crate::units::DurationNs;
use std::boxed::Box;
use std::vec;
use std::vec::Vec;

pub(super) const DURATIONS: Durations = Durations {
    gate_1q: DurationNs(10),
    gate_2q: DurationNs(100),
    measure: DurationNs(300),
    reset: DurationNs(50),
};

fn cells() -> Vec<Outcome> {
    vec![Outcome::default(); (2 * RESULTS + QUBITS) as usize]
}

pub(super) fn simple<B: Backend>(stack: B) -> Simple<B, Vec<Outcome>> {
    Simple::new(stack, Durations::default(), vec![Outcome::default(); 2 * RESULTS as usize])
}

pub(super) fn soft_rz<B: Backend>(stack: B) -> SoftRz<B, Vec<Outcome>> {
    SoftRz::new(stack, Durations::default(), RESULTS as usize, cells()).unwrap()
}

pub(super) fn queued<B: Backend>(
    stack: B,
    durations: Durations,
    [queue_ops, batch_ops]: [usize; 2],
) -> Queued<B, Vec<u64>> {
    let (qubit_count, result_count) = (QUBITS, RESULTS as usize);
    let config = QueuedConfig { durations, qubit_count, result_count, queue_ops, batch_ops };
    Queued::new(stack, config, vec![0; config.cells()]).unwrap()
}

/// Every runtime, in several settings, over a stack each.
fn all<'s>(
    mut stack: impl FnMut() -> Box<dyn Backend + 's>,
) -> Vec<(&'static str, Box<dyn Runtime + 's>)> {
    let timed = Simple::new(stack(), DURATIONS, vec![Outcome::default(); 2 * RESULTS as usize]);
    vec![
        ("simple with durations", Box::new(timed) as Box<dyn Runtime>),
        ("soft_rz", Box::new(soft_rz(stack()))),
        (
            "soft_rz with durations",
            Box::new(SoftRz::new(stack(), DURATIONS, RESULTS as usize, cells()).unwrap()),
        ),
        ("queued", Box::new(queued(stack(), Durations::default(), [256, 64]))),
        ("queued with durations", Box::new(queued(stack(), DURATIONS, [256, 64]))),
        ("queued one by one", Box::new(queued(stack(), DURATIONS, [1, 1]))),
        ("queued by few", Box::new(queued(stack(), DURATIONS, [7, 2]))),
        (
            "queued by few without durations",
            Box::new(queued(stack(), Durations::default(), [5, 3])),
        ),
    ]
}

/// The probabilities of every branch of draws and every basis state at the end.
fn distributions(program: &Program, draws: u32) -> Vec<(&'static str, Vec<f64>)> {
    let names = || {
        let names = all(|| Box::new(exact(QUBITS))).into_iter().map(|(name, _)| name);
        core::iter::once("simple").chain(names)
    };
    let mut found: Vec<(&'static str, Vec<f64>)> = names().map(|name| (name, Vec::new())).collect();
    for script in 0..1_u64 << draws {
        let mut stacks: Vec<Scripted> =
            found.iter().map(|_| Scripted::new(QUBITS, script)).collect();
        {
            let mut stacks = stacks.iter_mut();
            let mut first = simple(stacks.next().unwrap());
            run(program, &mut first, 0).unwrap();
            for (_, mut runtime) in all(|| Box::new(stacks.next().unwrap())) {
                run(program, &mut *runtime, 0).unwrap();
            }
        }
        for ((_, found), stack) in found.iter_mut().zip(&mut stacks) {
            assert!(stack.draws <= draws);
            // A branch is counted once, by the script whose unused bits are 0.
            if script >> stack.draws == 0 {
                found.extend(stack.distribution());
            }
        }
    }
    found
}

#[test]
fn every_runtime_has_the_distribution_of_the_simple_one() {
    for (gates, draws) in [(Gates::All, 5), (Gates::Native, 4), (Gates::All, 0)] {
        for number in 0..60 {
            let program = program(number, gates, draws);
            let found = distributions(&program, draws);
            let (_, expected) = &found[0];
            let total: f64 = expected.iter().sum();
            assert!((total - 1.0).abs() < 1e-9, "{total}");
            for (name, found) in &found[1..] {
                assert_eq!(expected.len(), found.len(), "{name}, program {number}");
                let off = expected.iter().zip(found).map(|(a, b)| (a - b).abs());
                let worst = off.fold(0.0, f64::max);
                assert!(worst < 1e-10, "{name}, program {number}: off by {worst}");
            }
        }
    }
}

#[test]
fn every_runtime_has_the_outcomes_of_the_simple_one_at_the_same_seed() {
    let mut ones = 0;
    for number in 0..150 {
        let gates = if number % 3 == 0 { Gates::Native } else { Gates::All };
        let program = program(number, gates, 20);
        let mut first = simple(exact(QUBITS));
        let mut others = all(|| Box::new(exact(QUBITS)));
        for shot in 0..20 {
            let expected = run(&program, &mut first, shot).unwrap();
            ones += expected.iter().sum::<u64>();
            for (name, runtime) in &mut others {
                let found = run(&program, &mut **runtime, shot).unwrap();
                assert_eq!(expected, found, "{name}, program {number}, shot {shot}");
            }
        }
    }
    assert!(ones > 1000, "programs that always give 0 would show nothing");
}
