//! Error models and stacks of them, each with the oracle's idea of it.
//! Not here: circuits and simulators.

use pandia_core::{
    Result,
    noise::{
        CoherentPart, CrosstalkPart, DephasingPart, DepolarizingPart, IdealPart, IdlePart,
        JointReadoutPart, LeakagePart, PauliPart, ReadoutPart, TopologyPart,
    },
};
use pandia_tests::{
    driver::{AnyBackend, under},
    oracle::Step,
    oracle::noise::{
        Excess, Leakage, Model, PauliRates, Place, Rates, coherent_model, depolarizing_by,
        depolarizing_model, leakage_model, pauli_by, pauli_model, readout_model,
    },
};

/// Puts layers over a simulator.
pub(crate) type Build = fn(AnyBackend) -> Result<AnyBackend>;

/// One stack and its models, the top one first.
pub(crate) struct Case {
    /// The name.
    pub(crate) name: &'static str,
    /// The stack.
    pub(crate) build: Build,
    /// The models, the top one first; several alternatives with their probabilities if a choice is
    /// made once a shot.
    pub(crate) futures: Vec<(f64, Vec<Model>)>,
}

impl Case {
    /// Whether a qubit may leak.
    pub(crate) fn leaks(&self) -> bool {
        self.name.contains("leakage")
    }
}

const RATES: Rates = Rates { p_1q: 0.05, p_2q: 0.12, p_meas: 0.08, p_init: 0.1 };
const NUMBERS: &[(&str, f64)] =
    &[("p_1q", 0.05), ("p_2q", 0.12), ("p_meas", 0.08), ("p_init", 0.1)];

fn depolarizing(child: AnyBackend) -> Result<AnyBackend> {
    under::<DepolarizingPart>(child, 0, NUMBERS, &[])
}

fn depolarizing_after(child: AnyBackend) -> Result<AnyBackend> {
    under::<DepolarizingPart>(child, 1, NUMBERS, &[("when", "after")])
}

/// Rates by gate and place; the most particular one counts.
fn by_place(child: AnyBackend) -> Result<AnyBackend> {
    let numbers = [
        ("p_1q", 0.02),
        ("p_2q", 0.05),
        ("gate.h", 0.3),
        ("gate.h.1", 0.0),
        ("gate.cx", 0.2),
        ("gate.cx.1-0", 0.6),
        ("qubit.2", 0.15),
        ("pair.1-2", 0.25),
    ];
    under::<DepolarizingPart>(child, 0, &numbers, &[("when", "after")])
}

fn by_place_model() -> Model {
    let rate = |name: &str, qubits: &[u32]| match (name, qubits) {
        ("h", [1]) => 0.0,
        ("h", _) => 0.3,
        ("cx", [0, 1] | [1, 0]) => 0.6,
        ("cx", _) => 0.2,
        (_, [2]) => 0.15,
        (_, [1, 2] | [2, 1]) => 0.25,
        (_, [_]) => 0.02,
        _ => 0.05,
    };
    let none = Rates { p_1q: 0.0, p_2q: 0.0, p_meas: 0.0, p_init: 0.0 };
    depolarizing_by(rate, none, Place::After)
}

fn pauli(child: AnyBackend) -> Result<AnyBackend> {
    let numbers = [
        ("px", 0.03),
        ("pz", 0.07),
        ("xz", 0.05),
        ("iy", 0.1),
        ("zi", 0.02),
        ("reset.x", 0.1),
        ("meas.y", 0.06),
        ("idle.x", 0.2),
    ];
    under::<PauliPart>(child, 0, &numbers, &[])
}

fn pauli_after(child: AnyBackend) -> Result<AnyBackend> {
    under::<PauliPart>(child, 1, &[("py", 0.2), ("xy", 0.1), ("zz", 0.3)], &[("when", "after")])
}

fn pauli_rates() -> PauliRates {
    PauliRates {
        one: vec![("X", 0.03), ("Z", 0.07)],
        two: vec![("XZ", 0.05), ("IY", 0.1), ("ZI", 0.02)],
        reset: vec![("X", 0.1)],
        measure: vec![("Y", 0.06)],
        idle: vec![("X", 0.2)],
    }
}

fn pauli_after_model() -> Model {
    let (one, two) = (vec![("Y", 0.2)], vec![("XY", 0.1), ("ZZ", 0.3)]);
    pauli_model(PauliRates { one, two, ..PauliRates::default() }, Place::After)
}

/// Probabilities by gate and place. Letters of a place follow the qubits as the key names them.
fn pauli_by_place(child: AnyBackend) -> Result<AnyBackend> {
    let numbers = [
        ("pz", 0.05),
        ("yi", 0.1),
        ("gate.h.x", 0.25),
        ("qubit.2.y", 0.3),
        ("gate.cx.zx", 0.4),
        ("gate.cz.2-0.xy", 0.5),
        ("pair.1-0.xi", 0.6),
        ("reset.x", 0.1),
        ("reset.1.x", 0.5),
        ("meas.0.y", 0.3),
        ("idle.0.x", 0.7),
    ];
    under::<PauliPart>(child, 0, &numbers, &[("when", "after")])
}

fn pauli_by_place_model() -> Model {
    let strings = |step: &Step, qubits: &[u32]| {
        let as_named = qubits.to_vec();
        match (step, qubits) {
            (Step::Gate { name: "h", .. }, _) => (vec![("X", 0.25)], as_named),
            (Step::Gate { .. }, [2]) => (vec![("Y", 0.3)], as_named),
            (Step::Gate { .. }, [_]) => (vec![("Z", 0.05)], as_named),
            (Step::Gate { name: "cx", .. }, _) => (vec![("ZX", 0.4)], as_named),
            (Step::Gate { name: "cz", .. }, [0, 2] | [2, 0]) => (vec![("XY", 0.5)], vec![2, 0]),
            (Step::Gate { .. }, [0, 1] | [1, 0]) => (vec![("XI", 0.6)], vec![1, 0]),
            (Step::Gate { .. }, _) => (vec![("YI", 0.1)], as_named),
            (Step::Reset { .. }, [1]) => (vec![("X", 0.5)], as_named),
            (Step::Reset { .. }, _) => (vec![("X", 0.1)], as_named),
            (Step::Idle { .. }, [0]) => (vec![("X", 0.7)], as_named),
            (Step::Measure { .. } | Step::MeasureLeaked { .. }, [0]) => {
                (vec![("Y", 0.3)], as_named)
            }
            _ => (Vec::new(), as_named),
        }
    };
    pauli_by(strings, Place::After)
}

fn readout(child: AnyBackend) -> Result<AnyBackend> {
    under::<ReadoutPart>(child, 0, &[("p_1_given_0", 0.1), ("p_0_given_1", 0.25)], &[])
}

fn readout_confusion() -> Model {
    readout_model([[0.9, 0.1, 0.0], [0.25, 0.75, 0.0], [0.0, 0.0, 1.0]])
}

const CONFUSED: &[(&str, f64)] = &[
    ("p_1_given_0", 0.1),
    ("p_0_given_1", 0.25),
    ("p_2_given_0", 0.05),
    ("p_2_given_1", 0.15),
    ("p_0_given_2", 0.3),
    ("p_1_given_2", 0.2),
];

fn confused(child: AnyBackend) -> Result<AnyBackend> {
    under::<ReadoutPart>(child, 1, CONFUSED, &[])
}

fn confused_model() -> Model {
    readout_model([[0.85, 0.1, 0.05], [0.25, 0.6, 0.15], [0.3, 0.2, 0.5]])
}

fn leakage(child: AnyBackend) -> Result<AnyBackend> {
    let numbers = [
        ("p_leak_1q", 0.04),
        ("p_leak_2q", 0.1),
        ("p_spread", 0.3),
        ("leak_measurement_bias", 0.8),
    ];
    under::<LeakagePart>(child, 0, &numbers, &[])
}

const LEAKAGE: Leakage = Leakage {
    p_leak_1q: 0.04,
    p_leak_2q: 0.1,
    p_spread: 0.3,
    p_seep: 0.0,
    reads_one: 0.8,
    depolarizes_partners: false,
};

fn leakage_and_back(child: AnyBackend) -> Result<AnyBackend> {
    let numbers = [("p_leak_1q", 0.1), ("p_leak_2q", 0.15), ("p_spread", 0.2), ("p_seep", 0.4)];
    under::<LeakagePart>(child, 1, &numbers, &[("leaked_gate", "depolarize")])
}

const LEAKAGE_AND_BACK: Leakage = Leakage {
    p_leak_1q: 0.1,
    p_leak_2q: 0.15,
    p_spread: 0.2,
    p_seep: 0.4,
    reads_one: 0.5,
    depolarizes_partners: true,
};

const EXCESS: &[(&str, f64)] =
    &[("offset_1q", 0.1), ("fraction_1q", 0.05), ("offset_2q", -0.2), ("fraction_2q", 0.3)];

fn coherent(child: AnyBackend) -> Result<AnyBackend> {
    under::<CoherentPart>(child, 0, EXCESS, &[])
}

fn coherent_random(child: AnyBackend) -> Result<AnyBackend> {
    under::<CoherentPart>(child, 1, EXCESS, &[("sign", "random")])
}

fn coherent_signed(sign: f64) -> Model {
    coherent_model(move |_, qubits| match qubits.len() {
        1 => Excess { offset: sign * 0.1, fraction: sign * 0.05 },
        _ => Excess { offset: sign * -0.2, fraction: sign * 0.3 },
    })
}

fn coherent_by_place(child: AnyBackend) -> Result<AnyBackend> {
    let numbers = [
        ("offset_2q", 0.4),
        ("gate.rz.fraction", 0.2),
        ("gate.cx.0-1.offset", 1.0),
        ("gate.cx.fraction", 0.5),
        ("qubit.1.offset", 0.3),
    ];
    under::<CoherentPart>(child, 0, &numbers, &[])
}

fn coherent_by_place_model() -> Model {
    coherent_model(|name, qubits| {
        let (offset, fraction) = match (name, qubits) {
            ("rz", _) => (0.0, 0.2),
            ("cx", [0, 1] | [1, 0]) => (1.0, 0.0),
            ("cx", _) => (0.0, 0.5),
            (_, [1]) => (0.3, 0.0),
            (_, [_]) => (0.0, 0.0),
            _ => (0.4, 0.0),
        };
        Excess { offset, fraction }
    })
}

/// Models by themselves.
fn single() -> Vec<Case> {
    let case = |name, build: Build, model| case(name, build, vec![model]);
    vec![
        case("depolarizing", depolarizing, depolarizing_model(RATES, Place::Before)),
        case("depolarizing after", depolarizing_after, depolarizing_model(RATES, Place::After)),
        case("depolarizing by place", by_place, by_place_model()),
        case("pauli", pauli, pauli_model(pauli_rates(), Place::Before)),
        case("pauli after", pauli_after, pauli_after_model()),
        case("pauli by place", pauli_by_place, pauli_by_place_model()),
        case("readout", readout, readout_confusion()),
        case("readout with leaked reports", confused, confused_model()),
        case("leakage", leakage, leakage_model(LEAKAGE)),
        case("leakage and back", leakage_and_back, leakage_model(LEAKAGE_AND_BACK)),
        case("coherent", coherent, coherent_signed(1.0)),
        case("coherent by place", coherent_by_place, coherent_by_place_model()),
    ]
}

fn case(name: &'static str, build: Build, models: Vec<Model>) -> Case {
    Case { name, build, futures: vec![(1.0, models)] }
}

/// Stacks in several orders and several deep.
fn stacked() -> Vec<Case> {
    let before = || depolarizing_model(RATES, Place::Before);
    let after = || depolarizing_model(RATES, Place::After);
    let paulis = || pauli_model(pauli_rates(), Place::Before);
    let leaks = || leakage_model(LEAKAGE);
    vec![
        case(
            "readout over depolarizing",
            |child| readout(depolarizing(child)?),
            vec![readout_confusion(), before()],
        ),
        case(
            "depolarizing over readout",
            |child| depolarizing(readout(child)?),
            vec![before(), readout_confusion()],
        ),
        case(
            "pauli over depolarizing",
            |child| pauli(depolarizing(child)?),
            vec![paulis(), before()],
        ),
        case(
            "depolarizing twice",
            |child| depolarizing(depolarizing_after(child)?),
            vec![before(), after()],
        ),
        case(
            "leakage over depolarizing",
            |child| leakage(depolarizing(child)?),
            vec![leaks(), before()],
        ),
        case(
            "depolarizing over leakage",
            |child| depolarizing(leakage(child)?),
            vec![before(), leaks()],
        ),
        case(
            "coherent over leakage",
            |child| coherent(leakage_and_back(child)?),
            vec![coherent_signed(1.0), leakage_model(LEAKAGE_AND_BACK)],
        ),
        case(
            "confused readout over leakage over readout",
            |child| confused(leakage(readout(child)?)?),
            vec![confused_model(), leaks(), readout_confusion()],
        ),
        case(
            "ideal, readout, pauli, coherent, pauli after, depolarizing",
            |child| {
                let child = coherent(pauli_after(depolarizing(child)?)?)?;
                under::<IdealPart>(readout(pauli(child)?)?, 0, &[], &[])
            },
            vec![
                readout_confusion(),
                paulis(),
                coherent_signed(1.0),
                pauli_after_model(),
                before(),
            ],
        ),
        Case {
            name: "coherent, sign by shot",
            build: coherent_random,
            futures: [1.0, -1.0].map(|sign| (0.5, vec![coherent_signed(sign)])).to_vec(),
        },
    ]
}

/// All cases.
pub(crate) fn cases() -> Vec<Case> {
    single().into_iter().chain(stacked()).collect()
}

/// Models that have nothing to do.
pub(crate) fn quiet() -> Vec<(&'static str, Build)> {
    vec![
        ("ideal", |child| under::<IdealPart>(child, 0, &[], &[])),
        ("depolarizing", |child| under::<DepolarizingPart>(child, 0, &[], &[])),
        ("pauli", |child| under::<PauliPart>(child, 0, &[], &[])),
        ("readout", |child| under::<ReadoutPart>(child, 0, &[], &[])),
        ("leakage", |child| under::<LeakagePart>(child, 0, &[], &[])),
        ("coherent", |child| under::<CoherentPart>(child, 0, &[], &[])),
        ("idle", |child| under::<IdlePart>(child, 0, &[], &[])),
        ("dephasing", |child| under::<DephasingPart>(child, 0, &[], &[])),
        ("crosstalk", |child| under::<CrosstalkPart>(child, 0, &[], &[])),
        ("joint readout", |child| under::<JointReadoutPart>(child, 0, &[], &[])),
        ("topology", |child| under::<TopologyPart>(child, 0, &[], &[])),
    ]
}
