//! Every simulator part, built from its description, passes the conformance checks.

use crate::conformance::{Finding, Profile, Summary, run};
use crate::ids::StreamId;
use crate::op::gates::LIST;
use crate::part::{Config, Setting, SimulatorPart, Value};
use crate::sim::{
    ClassicalReplayPart, CoinflipPart, DensityMatrixPart, QuantumReplayPart, StabilizerPart,
    StateVectorPart,
};
use std::string::{String, ToString};
use std::vec::Vec;

fn passes<P: SimulatorPart>(
    qubit_count: u32,
    profile: &Profile,
    settings: &[Setting<'_>],
) -> Summary {
    let config = Config::new(qubit_count, StreamId::of(P::SPEC.id, 0)).with(settings);
    let storage = std::vec![P::EMPTY; P::cells(&config).unwrap()];
    let mut backend = P::build(&config, storage).unwrap();
    let mut failures = Vec::new();
    let summary = run(&mut backend, profile, &mut |check, finding| {
        if let Finding::Failed(text) = finding {
            failures.push((check.name.to_string(), text.to_string()));
        }
    });
    assert!(failures.is_empty(), "{} of {qubit_count} qubits: {failures:#?}", P::SPEC.id);
    summary
}

#[test]
fn a_simulator_that_takes_no_channels_says_so_at_run_time_too() {
    use crate::backend::{Backend, Caps, Stack};
    use crate::noise::{Ideal, IdealPart};
    use crate::part::LayerPart;
    use crate::real::Complex;
    fn says_so<B: Backend>(backend: &B) -> bool {
        B::takes_no_channels() != backend.info().caps.has(Caps::CHANNELS)
    }
    let config = Config::new(1, StreamId(1));
    let vector = StateVectorPart::<f64>::build(&config, [Complex::ZERO; 2]).unwrap();
    assert!(says_so(&vector) && says_so(&StabilizerPart::build(&config, [0; 9]).unwrap()));
    let matrix = DensityMatrixPart::build(&config, [Complex::ZERO; 4]).unwrap();
    assert!(says_so(&matrix));
    let layer: Ideal = IdealPart::build(&config, [0_u64; 0]).unwrap();
    assert!(says_so(&Stack::new(layer, vector)) && says_so(&Stack::new(layer, matrix)));
}

#[test]
fn state_vectors_pass() {
    for qubit_count in 1..=5 {
        passes::<StateVectorPart<f64>>(qubit_count, &Profile::exact(), &[]);
        passes::<StateVectorPart<f32>>(qubit_count, &Profile::exact_f32(), &[]);
    }
}

#[test]
fn the_density_matrix_passes_on_every_gate() {
    for qubit_count in 1..=4 {
        passes::<DensityMatrixPart>(qubit_count, &Profile::exact(), &[]);
    }
    let summary = passes::<DensityMatrixPart>(3, &Profile::exact(), &[]);
    for gate in LIST {
        assert!(summary.gates_compared >> gate.slot & 1 == 1, "{}", gate.name);
    }
}

#[test]
fn the_stabilizer_simulator_passes_on_every_gate_that_can_be_clifford() {
    for qubit_count in [1, 2, 3, 5, 64, 65, 130, 300] {
        let summary = passes::<StabilizerPart>(qubit_count, &Profile::clifford(), &[]);
        for gate in LIST.iter().filter(|gate| gate.may_be_clifford() && qubit_count > 2) {
            assert!(summary.gates_compared >> gate.slot & 1 == 1, "{}", gate.name);
        }
    }
}

#[test]
fn the_coin_passes_with_any_bias() {
    for bias in [0.0, 0.5, 1.0] {
        let settings = [Setting { key: "bias", value: Value::Real(bias) }];
        passes::<CoinflipPart>(3, &Profile::random(bias), &settings);
    }
}

#[test]
fn replays_keep_to_the_form() {
    // Long enough for whatever the checks measure in one shot.
    let text: String = "01".repeat(5000);
    let settings = [Setting { key: "outcomes", value: Value::Text(&text) }];
    assert!(passes::<ClassicalReplayPart>(3, &Profile::noisy(), &settings).passed > 0);
    let text: String = "0".repeat(10_000);
    let settings = [Setting { key: "outcomes", value: Value::Text(&text) }];
    assert!(passes::<QuantumReplayPart>(3, &Profile::noisy(), &settings).passed > 0);
}
