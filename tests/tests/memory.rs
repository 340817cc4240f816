//! Memory: nothing is allocated once a shot has begun, and a state costs its amplitudes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use pandia_core::backend::{Lowering, Stack};
use pandia_core::emulator::Emulator;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::noise::{DepolarizingPart, IdealPart, LeakagePart, PauliPart, ReadoutPart};
use pandia_core::op::gates::{self, slot};
use pandia_core::op::{OpSink, Outcome};
use pandia_core::part::{Config, Setting, SimulatorPart, Value};
use pandia_core::program::{Instruction, Memory, OwnedProgram, ProgramBuilder};
use pandia_core::runtime::{Durations, Simple};
use pandia_core::sim::{
    ClassicalReplayPart, CoinflipPart, DensityMatrixPart, QuantumReplayPart, StabilizerPart,
    StateVectorPart,
};
use pandia_core::{Result, units::DurationNs};
use pandia_tests::driver::{AnyBackend, simulator, under};

/// Every built-in gate that `allowed` lets pass, measured, reset and fed forward.
fn program(allowed: impl Fn(&gates::Gate) -> bool) -> Result<OwnedProgram> {
    let mut b = ProgramBuilder::new(4);
    let c = b.register("c", 4);
    for gate in gates::LIST.iter().filter(|gate| allowed(gate)) {
        let mut params = [0.5 * core::f64::consts::PI; 128];
        if gate.params.len() >= 8 {
            // An identity matrix: 1 on the diagonal.
            params = [0.0; 128];
            let size = 1 << gate.qubit_count;
            (0..size).for_each(|k| params[2 * k * (size + 1)] = 1.0);
        }
        let qubits = [2, 0, 3];
        let params = &params[..gate.params.len()];
        b.gate(gate.slot, &qubits[..usize::from(gate.qubit_count)], params)?;
    }
    b.idle(&[0, 1], DurationNs(10))?;
    b.barrier(&[])?;
    b.reset(1)?;
    for q in 0..4 {
        b.measure(q, u64::from(c + q))?;
    }
    let (value, done) = (b.int(), b.label());
    b.classical(Instruction::Pack { dst: value, first: c, count: 4 })?;
    b.jump_unless(done, value);
    b.gate(slot::X, &[0], &[])?;
    b.measure(0, 0)?;
    b.place(done);
    OwnedProgram::new(b.finish()?)
}

/// Allocations from the second shot on; the first has warmed up nothing that is kept.
fn allocations_of_shots(stack: AnyBackend, program: &OwnedProgram) -> Result<u64> {
    let view = program.view()?;
    let (mut bits, mut ints, mut reals) = ([0; 8], [0; 8], [0.0; 8]);
    let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
    let runtime = Simple::new(stack, Durations::default(), vec![Outcome::default(); 8]);
    let mut emulator = Emulator::new(&view, memory, runtime, Seed(3))?;
    let mut failed = None;
    let counted = allocation_counter::measure(|| {
        for shot in 0..200 {
            if let Err(e) = emulator.run_shot(ShotId(shot)) {
                failed = Some(e);
            }
        }
    });
    assert_eq!(failed, None);
    Ok(counted.count_total)
}

/// Every error model on top of `stack`, often enough that each inserts something.
fn under_all_noise(stack: AnyBackend) -> Result<AnyBackend> {
    let rates = [("p_1q", 0.1), ("p_2q", 0.1), ("p_meas", 0.1), ("p_init", 0.1)];
    let stack = under::<DepolarizingPart>(stack, 0, &rates, &[])?;
    let stack = under::<PauliPart>(stack, 0, &[("px", 0.05), ("pz", 0.1)], &[])?;
    let leaks = [("p_leak_1q", 0.05), ("p_leak_2q", 0.05), ("p_spread", 0.5), ("p_seep", 0.5)];
    let stack = under::<LeakagePart>(stack, 0, &leaks, &[])?;
    let stack =
        under::<ReadoutPart>(stack, 0, &[("p_1_given_0", 0.1), ("p_0_given_1", 0.05)], &[])?;
    let stack = under::<DepolarizingPart>(stack, 1, &rates, &[("when", "after")])?;
    under::<IdealPart>(stack, 0, &[], &[])
}

/// The stack under all noise and under what lowers gates that it cannot do.
fn shots_allocate_nothing(stack: AnyBackend, program: &OwnedProgram) {
    let id = stack.id().to_owned();
    let stack = under_all_noise(stack).unwrap();
    let stack: AnyBackend = Box::new(Stack::new(Lowering::new(), stack));
    assert_eq!(allocations_of_shots(stack, program).unwrap(), 0, "{id}");
}

#[test]
fn no_shot_allocates_in_any_simulator_or_error_model() {
    let all = program(|_| true).unwrap();
    shots_allocate_nothing(Box::new(simulator::<StateVectorPart<f64>>(4).unwrap()), &all);
    shots_allocate_nothing(Box::new(simulator::<StateVectorPart<f32>>(4).unwrap()), &all);
    shots_allocate_nothing(Box::new(simulator::<DensityMatrixPart>(4).unwrap()), &all);
    let clifford = program(|gate| is_clifford_at_half_pi(gate.slot)).unwrap();
    shots_allocate_nothing(Box::new(simulator::<StabilizerPart>(4).unwrap()), &clifford);
}

/// A simulator that follows the recording `outcomes`.
fn replaying<P: SimulatorPart>(outcomes: &str) -> AnyBackend
where
    P::Simulator<Vec<P::Cell>>: 'static,
{
    let settings = [Setting { key: "outcomes", value: Value::Text(outcomes) }];
    let config = Config::new(1, StreamId::of(P::SPEC.id, 0)).with(&settings);
    let cells = P::cells(&config).unwrap();
    Box::new(P::build(&config, vec![P::EMPTY; cells]).unwrap())
}

#[test]
fn no_shot_allocates_in_the_coin_or_the_replays() {
    let mut b = ProgramBuilder::new(1);
    let c = b.register("c", 1);
    b.gate(slot::H, &[0], &[]).unwrap();
    b.measure(0, u64::from(c)).unwrap();
    let program = OwnedProgram::new(b.finish().unwrap()).unwrap();
    let stacks: [AnyBackend; 3] = [
        Box::new(simulator::<CoinflipPart>(1).unwrap()),
        replaying::<ClassicalReplayPart>("0;1"),
        replaying::<QuantumReplayPart>("0;1"),
    ];
    for stack in stacks {
        let id = stack.id().to_owned();
        assert_eq!(allocations_of_shots(stack, &program).unwrap(), 0, "{id}");
    }
}

/// Whether the gate is Clifford when every angle of it is pi/2.
fn is_clifford_at_half_pi(slot: u16) -> bool {
    let params = [0.5 * core::f64::consts::PI; 128];
    let params = &params[..gates::by_slot(slot).map_or(0, |gate| gate.params.len())];
    gates::resolve(slot, params, 1e-9, &mut gates::CliffordSequence::new()).is_ok()
}

#[test]
fn a_state_vector_costs_its_amplitudes_and_less_than_one_percent() {
    const QUBITS: u32 = 17;
    fn bytes<R>(build: impl FnOnce() -> R) -> u64 {
        let mut kept = None;
        let counted = allocation_counter::measure(|| kept = Some(build()));
        counted.bytes_max + size_of::<R>() as u64
    }
    let amplitudes = (1_u64 << QUBITS) * 16;
    let cost = bytes(|| simulator::<StateVectorPart<f64>>(QUBITS).unwrap());
    assert!(cost < amplitudes + amplitudes / 100, "f64: {cost} for {amplitudes}");
    let cost = bytes(|| simulator::<StateVectorPart<f32>>(QUBITS).unwrap());
    assert!(cost < amplitudes / 2 + amplitudes / 200, "f32: {cost} for {}", amplitudes / 2);
}
