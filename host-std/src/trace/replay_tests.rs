//! Traces replay: what the simulator's joint saw, fed to a simulator of the same kind, gives the same
//! outcomes, on every simulator that there is.

use pandia_core::backend::{Backend, GateDef, GateSet, Verdict};
use pandia_core::op::gates::LIST;
use pandia_core::op::{Batch, Outcome, Outcomes};
use pandia_core::trace::{Event, OutcomeUp};

use super::sample::{self, SEED};
use super::{ShotTrace, TraceReader};
use crate::stack::{BoxedBackend, Factory, Registry, Shape, StackPlan};

const MIDDLE: &str = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; bit[3] c; bit[2] m;
    h q; cx q[0], q[1]; s q[1]; m[0] = measure q[1]; if (m[0]) { x q[2]; } reset q[0]; h q[0];
    cz q[0], q[2]; sx q[2]; m[1] = measure q[0]; h q[1]; c = measure q;";
/// Whatever was recorded can happen.
const OPEN: &str =
    "OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; bit[3] c; h q; c = measure q;";
const NOISE: &str = "depolarizing:p_1q=0.3,p_2q=0.3,p_meas=0.2";
const SHOTS: u64 = 30;

/// The program, and how the simulator is named in a stack.
fn of(simulator: &str) -> (&'static str, String) {
    match simulator {
        "pandia.classical_replay" => (MIDDLE, format!("{simulator}:outcomes=01101;11010;00111")),
        "pandia.quantum_replay" => (OPEN, format!("{simulator}:outcomes=011;110;001")),
        other => (MIDDLE, other.to_owned()),
    }
}

fn build(plan: &StackPlan, qubit_count: u32) -> BoxedBackend {
    let shape = Shape { qubit_count, result_count: 8 };
    let placed = plan.simulator();
    let mut simulator = placed.with_config(shape, |config| match &placed.part().factory {
        Factory::Simulator(factory) => factory.build(config).unwrap(),
        other => panic!("{other:?} is no simulator"),
    });
    for gate in LIST {
        let gates = [GateDef::built_in(gate.slot).unwrap()];
        simulator.negotiate(&GateSet { gates: &gates }, &mut [Verdict::Reject]).unwrap();
    }
    simulator
}

/// Feeds the calls at `joint` to the simulator, and compares what comes back: how many outcomes.
fn replay(simulator: &mut BoxedBackend, shot: &ShotTrace, joint: u8) -> usize {
    let (mut words, mut expected, mut compared) = (Vec::new(), Vec::new(), 0);
    for record in shot.records().filter(|record| record.at.joint == joint) {
        match record.event {
            // The seed is the header's and the shot's number the record's: nothing else is needed.
            Event::ShotBegin { seed } => simulator.shot_begin(shot.shot(), seed).unwrap(),
            Event::Op(down) => words.extend_from_slice(down.op.words()),
            Event::Outcome(up) => expected.push((up.op_index, up.id, up.value)),
            Event::BatchEnd(end) => {
                let batch = Batch::new(&words).unwrap().at(end.start, end.length);
                let mut room = [Outcome::default(); 8];
                let mut outcomes = Outcomes::new(&mut room);
                simulator.apply(&batch.from_source(end.source), &mut outcomes).unwrap();
                let got: Vec<_> =
                    outcomes.as_slice().iter().map(|up| (up.op_index, up.id, up.value)).collect();
                assert_eq!(got, expected, "shot {}", shot.shot().0);
                compared += got.len();
                words.clear();
                expected.clear();
            }
            Event::ShotEnd { .. } => simulator.shot_end().unwrap(),
            other => panic!("{other:?}"),
        }
    }
    compared
}

#[test]
fn the_simulators_boundary_fed_back_gives_the_same_outcomes_on_every_simulator() {
    let registry = Registry::new();
    let is_simulator = |factory: &Factory| matches!(factory, Factory::Simulator(_));
    let mut simulators = 0;
    for part in registry.parts().iter().filter(|part| is_simulator(&part.factory)) {
        let (program, simulator) = of(part.spec.id);
        let parts = ["simple", NOISE, "readout:p_1_given_0=0.3", &simulator];
        let sample = sample::run(program, &parts, 100..100 + SHOTS);
        let bytes = sample.written("native").unwrap();
        let mut reader = TraceReader::new(bytes.as_slice()).unwrap();
        let about = reader.about().unwrap().clone();
        assert_eq!(about.seed, SEED);
        let mut again = build(&sample::plan(&parts), about.qubits);
        let (mut shot, mut compared, mut ones) = (ShotTrace::new(), 0, 0);
        while reader.next_shot(&mut shot).unwrap() {
            compared += replay(&mut again, &shot, about.joints - 1);
            ones += shot
                .records()
                .filter(|record| matches!(record.event, Event::Outcome(up) if up.value == 1))
                .count();
        }
        let measurements = if program == OPEN { 3 } else { 5 };
        assert_eq!(compared as u64, measurements * SHOTS, "{simulator}");
        assert!(ones > 0, "{simulator} gave nothing but zeros");
        simulators += 1;
    }
    assert_eq!(simulators, 7);
}

#[test]
fn a_replay_with_another_seed_shows() {
    let parts = ["simple", "state_vector"];
    let sample = sample::run(OPEN, &parts, 0..SHOTS);
    let mut again = build(&sample::plan(&parts), 3);
    let mut differs = false;
    for shot in &sample.shots {
        again.shot_begin(shot.shot(), pandia_core::ids::Seed(SEED + 1)).unwrap();
        let joint = sample.about.joints - 1;
        for record in shot.records().filter(|record| record.at.joint == joint) {
            let Event::Op(down) = record.event else { continue };
            let mut room = [Outcome::default(); 1];
            let mut outcomes = Outcomes::new(&mut room);
            again.apply(&Batch::new(down.op.words()).unwrap(), &mut outcomes).unwrap();
            let gave = |up: &OutcomeUp| (up.batch, up.op_index) == (down.batch, down.index);
            let recorded = shot.records().find_map(|record| match record.event {
                Event::Outcome(up) if record.at.joint == joint && gave(&up) => Some(up.value),
                _ => None,
            });
            differs |= outcomes.as_slice().first().map(|up| up.value) != recorded;
        }
        again.shot_end().unwrap();
    }
    assert!(differs, "the seed does not matter");
}
