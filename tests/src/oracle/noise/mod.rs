//! Noise models as rewriting of steps: what each model puts before, after or in place of a step.
//!
//! A stack of models is rewriting done from the top down. Errors that a model inserts are channels
//! and so pass models below untouched: noise acts on the program's own operations.
//!
//! Not here: drawing anything. Chance is [`Step::Mix`] or a channel, and stays exact.

mod coherent;
mod leakage;

use std::rc::Rc;

use super::{
    Step,
    channel::{depolarizing, pauli},
};

pub use coherent::{Excess, coherent_model};
pub use leakage::{Leakage, leakage_model};

/// A noise model: the steps that take the place of one step of the program.
pub type Model = Rc<dyn Fn(&Step) -> Vec<Step>>;

/// Rewrites `steps` by every model in turn, the first one being the top of the stack.
#[must_use]
pub fn rewritten(steps: &[Step], models: &[Model]) -> Vec<Step> {
    models.iter().fold(steps.to_vec(), |steps, model| apply(&steps, model))
}

fn apply(steps: &[Step], model: &Model) -> Vec<Step> {
    steps
        .iter()
        .flat_map(|step| match step {
            Step::Mix(futures) => {
                let futures = futures.iter().map(|(p, steps)| (*p, apply(steps, model)));
                vec![Step::Mix(futures.collect())]
            }
            Step::Depends(choice) => {
                let (choice, model) = (Rc::clone(choice), Rc::clone(model));
                vec![Step::depends(move |known| apply(&choice(known), &model))]
            }
            leaf => model(leaf),
        })
        .collect()
}

/// Whether a gate's error comes before it or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The error, then the gate.
    Before,
    /// The gate, then the error.
    After,
}

impl Place {
    fn put(self, error: Vec<Step>, gate: &Step) -> Vec<Step> {
        match self {
            Self::Before => [error, vec![gate.clone()]].concat(),
            Self::After => [vec![gate.clone()], error].concat(),
        }
    }
}

/// The rates of [`depolarizing_model`].
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// A one-qubit gate goes wrong: X, Y, Z alike.
    pub p_1q: f64,
    /// A wider gate goes wrong: all Pauli strings that are not the identity alike.
    pub p_2q: f64,
    /// The reported bit is flipped.
    pub p_meas: f64,
    /// A reset leaves 1.
    pub p_init: f64,
}

/// Depolarizing gates, flipped reports, failed resets.
#[must_use]
pub fn depolarizing_model(rates: Rates, place: Place) -> Model {
    let by_width = move |_: &str, qubits: &[u32]| {
        if qubits.len() == 1 { rates.p_1q } else { rates.p_2q }
    };
    depolarizing_by(by_width, rates, place)
}

/// The same with a rate for each gate and its operands.
pub fn depolarizing_by(
    rate: impl Fn(&str, &[u32]) -> f64 + 'static,
    rates: Rates,
    place: Place,
) -> Model {
    Rc::new(move |step| match step {
        Step::Gate { name, qubits, .. } => {
            let width = qubits.iter().map(|_| 1).sum();
            let operators = depolarizing(width, rate(name, qubits));
            place.put(vec![Step::Kraus { operators, qubits: qubits.clone() }], step)
        }
        Step::Reset { qubit } => vec![step.clone(), flip(*qubit, rates.p_init)],
        Step::Measure { bit, .. } | Step::MeasureLeaked { bit, .. } => {
            vec![step.clone(), misread(*bit, rates.p_meas, rates.p_meas)]
        }
        other => vec![other.clone()],
    })
}

/// Probabilities of Pauli strings by kind of operation; letter j of a string acts on operand j.
pub type Strings = Vec<(&'static str, f64)>;

/// What [`pauli_model`] puts where.
#[derive(Clone, Debug, Default)]
pub struct PauliRates {
    /// At each one-qubit gate.
    pub one: Strings,
    /// At each two-qubit gate, and on each pair of neighbouring operands of a wider one.
    pub two: Strings,
    /// After each reset.
    pub reset: Strings,
    /// Before each measurement.
    pub measure: Strings,
    /// After each idle, on each of its qubits.
    pub idle: Strings,
}

/// Pauli strings with their own probabilities.
#[must_use]
pub fn pauli_model(rates: PauliRates, place: Place) -> Model {
    let strings = move |step: &Step, qubits: &[u32]| {
        let strings = match step {
            Step::Gate { .. } if qubits.len() == 1 => &rates.one,
            Step::Gate { .. } => &rates.two,
            Step::Reset { .. } => &rates.reset,
            Step::Idle { .. } => &rates.idle,
            _ => &rates.measure,
        };
        (strings.clone(), qubits.to_vec())
    };
    pauli_by(strings, place)
}

/// The same with strings, and the qubits that their letters are for, by step and site: the operands
/// of a gate on one or two qubits, each pair of neighbouring operands of a wider one, and each qubit
/// of anything else.
pub fn pauli_by(
    strings: impl Fn(&Step, &[u32]) -> (Strings, Vec<u32>) + 'static,
    place: Place,
) -> Model {
    let on = move |step: &Step, qubits: &[u32]| {
        let (strings, qubits) = strings(step, qubits);
        Step::Kraus { operators: pauli(qubits.iter().map(|_| 1).sum(), &strings), qubits }
    };
    Rc::new(move |step| match step {
        Step::Gate { qubits, .. } => {
            let sites = qubits.windows(qubits.len().min(2)).map(|site| on(step, site));
            place.put(sites.collect(), step)
        }
        Step::Reset { qubit } => vec![step.clone(), on(step, &[*qubit])],
        Step::Idle { qubits } => core::iter::once(step.clone())
            .chain(qubits.iter().map(|&qubit| on(step, &[qubit])))
            .collect(),
        Step::Measure { qubit, .. } | Step::MeasureLeaked { qubit, .. } => {
            vec![on(step, &[*qubit]), step.clone()]
        }
        other => vec![other.clone()],
    })
}

/// Probabilities of a report, given what was measured: `[measured][reported]`, rows summing to 1.
pub type Confusion = [[f64; 3]; 3];

/// Readout confusion; a plain measurement has no 2 to report and keeps its value instead. The state
/// is what was measured.
#[must_use]
pub fn readout_model(confusion: Confusion) -> Model {
    Rc::new(move |step| {
        let (bit, says_leaked) = match step {
            Step::Measure { bit, .. } => (*bit, false),
            Step::MeasureLeaked { bit, .. } => (*bit, true),
            other => return vec![other.clone()],
        };
        let report = Step::depends(move |known| {
            let measured = known.bits[bit as usize];
            let mut row = confusion[usize::from(measured)];
            if !says_leaked && measured != 2 {
                row[usize::from(measured)] += row[2];
                row[2] = 0.0;
            }
            let futures = (0..3).zip(row).map(|(value, p)| (p, vec![Step::SetBit { bit, value }]));
            vec![Step::Mix(futures.collect())]
        });
        vec![step.clone(), report]
    })
}

/// With probability `p` an X, as a channel.
#[must_use]
pub fn flip(qubit: u32, p: f64) -> Step {
    Step::Kraus { operators: pauli(1, &[("X", p)]), qubits: vec![qubit] }
}

/// Replaces a reported 0 or 1 by the other value; a 2 stays.
#[must_use]
pub fn misread(bit: u32, p_0_as_1: f64, p_1_as_0: f64) -> Step {
    Step::depends(move |known| match known.bits[bit as usize] {
        0 => vec![Step::maybe(p_0_as_1, vec![Step::SetBit { bit, value: 1 }])],
        1 => vec![Step::maybe(p_1_as_0, vec![Step::SetBit { bit, value: 0 }])],
        _ => Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        circuit::Circuit,
        oracle::{density, pure, step::steps},
    };

    const RATES: Rates = Rates { p_1q: 0.1, p_2q: 0.2, p_meas: 0.05, p_init: 0.03 };

    fn exact(circuit: &Circuit, models: &[Model]) -> crate::oracle::Distribution {
        let noisy = rewritten(&steps(circuit), models);
        let density = density::distribution(&density::run_steps(
            circuit.qubit_count,
            circuit.bit_count,
            &noisy,
        ));
        let pure =
            pure::distribution(&pure::run_steps(circuit.qubit_count, circuit.bit_count, &noisy));
        assert_eq!(density.len(), pure.len());
        for (record, p) in &density {
            assert!((p - pure[record]).abs() < 1e-12, "{record:?}");
        }
        density
    }

    #[test]
    fn a_flip_is_seen_with_the_probability_worked_out_by_hand() {
        // One x, then a measurement: X or Y (2/3 of p_1q) undo it, then p_meas misreads.
        let circuit = Circuit::new(1, 1).gate("x", &[0]).measure(0, 0);
        let p = exact(&circuit, &[depolarizing_model(RATES, Place::After)])[&vec![1]];
        let undone = 0.1 * 2.0 / 3.0;
        assert!((p - ((1.0 - undone) * 0.95 + undone * 0.05)).abs() < 1e-12);
    }

    #[test]
    fn a_misread_changes_the_report_and_not_the_state() {
        let circuit = Circuit::new(1, 2).measure(0, 0).measure(0, 1);
        let exact =
            exact(&circuit, &[readout_model([[0.75, 0.25, 0.0], [0.5, 0.5, 0.0], [0.0; 3]])]);
        for (record, expected) in
            [([0, 0], 0.5625), ([0, 1], 0.1875), ([1, 0], 0.1875), ([1, 1], 0.0625)]
        {
            assert!((exact[&record.to_vec()] - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn a_failed_reset_leaves_one() {
        let circuit = Circuit::new(1, 1).gate("h", &[0]).reset(0).measure(0, 0);
        let rates = Rates { p_meas: 0.0, ..RATES };
        let exact = exact(&circuit, &[depolarizing_model(rates, Place::Before)]);
        assert!((exact[&vec![1]] - 0.03).abs() < 1e-12);
    }

    #[test]
    fn before_and_after_differ_where_they_should() {
        // H: X before is Z after, so place matters; 2/3 of the errors flip |+> or |0>.
        let circuit = Circuit::new(2, 2).gate("h", &[0]).gate("cx", &[0, 1]).measure_all();
        let before = exact(&circuit, &[depolarizing_model(RATES, Place::Before)]);
        let after = exact(&circuit, &[depolarizing_model(RATES, Place::After)]);
        let sum: f64 = before.values().sum();
        assert!((sum - 1.0).abs() < 1e-12);
        assert_eq!(before.len(), 4);
        assert_eq!(after.len(), 4);
    }

    #[test]
    fn feed_forward_is_noisy_too() {
        let circuit = Circuit::new(2, 2).gate("x", &[0]).measure(0, 0).gate_if(0, "x", &[1]);
        let circuit = circuit.measure(1, 1);
        let half_turn = Excess { offset: core::f64::consts::PI, fraction: 0.0 };
        let model = coherent_model(move |_, _| half_turn);
        // x and then another full turn: bit 0 reads 0, so nothing is done to qubit 1.
        assert!((exact(&circuit, &[model])[&vec![0, 0]] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn two_models_do_not_see_each_other() {
        let circuit = Circuit::new(2, 2).gate("h", &[0]).gate("cx", &[0, 1]).measure_all();
        let a = depolarizing_model(Rates { p_meas: 0.0, p_init: 0.0, ..RATES }, Place::After);
        let b = pauli_model(
            PauliRates {
                one: vec![("X", 0.1)],
                two: vec![("XZ", 0.2), ("IY", 0.1)],
                ..PauliRates::default()
            },
            Place::After,
        );
        // Pauli channels commute, so the order of the two does not matter.
        let ab = exact(&circuit, &[Rc::clone(&a), Rc::clone(&b)]);
        let ba = exact(&circuit, &[b, a]);
        for (record, p) in &ab {
            assert!((p - ba[record]).abs() < 1e-12);
        }
    }
}
