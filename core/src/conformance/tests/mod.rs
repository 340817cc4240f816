//! The checks pass on right backends, and each kind of defect is found by the check meant for it.

mod wrapped;

use std::collections::BTreeSet;
use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

use super::*;
use crate::backend::{Lowering, Stack};
use crate::ids::StreamId;
use crate::noise::{DepolarizingPart, Ideal};
use crate::op::gates::{LIST, slot};
use crate::part::{Config, LayerPart, Setting, SimulatorPart, Value};
use crate::real::{Complex, Real};
use crate::sim::{DensityMatrixPart, StabilizerPart, StateVector};
use wrapped::{Defect, Wrapped};

type Boxed<R> = StateVector<R, Vec<Complex<R>>>;

fn state_vector<R: Real>(qubit_count: u32) -> Boxed<R> {
    let storage = vec![Complex::ZERO; 1 << qubit_count];
    StateVector::new(qubit_count, StreamId::of("pandia.state_vector", 0), storage).unwrap()
}

/// Runs all checks; gives names and texts of those that failed.
fn failures(backend: &mut dyn Backend, profile: &Profile) -> (Summary, Vec<(String, String)>) {
    let mut failures = Vec::new();
    let summary = run(backend, profile, &mut |check, finding| {
        if let Finding::Failed(text) = finding {
            failures.push((check.name.to_string(), text.to_string()));
        }
    });
    assert_eq!(summary.failed as usize, failures.len());
    (summary, failures)
}

fn passes(backend: &mut dyn Backend, profile: &Profile) -> Summary {
    let (summary, failures) = failures(backend, profile);
    assert!(failures.is_empty(), "{failures:#?}");
    summary
}

#[test]
fn names_of_checks_are_unique() {
    let names: BTreeSet<_> = CHECKS.iter().copied().flatten().map(|check| check.name).collect();
    assert_eq!(names.len(), CHECKS.iter().map(|checks| checks.len()).sum::<usize>());
}

#[test]
fn every_gate_of_the_list_is_compared_with_its_matrix_on_the_state_vector() {
    let summary = passes(&mut state_vector::<f64>(4), &Profile::exact());
    for gate in LIST {
        assert!(
            summary.gates_compared >> gate.slot & 1 == 1,
            "{} has no conformance coverage: give it cases in gate_cases.rs",
            gate.name
        );
    }
}

#[test]
fn state_vectors_of_either_precision_and_of_small_widths_pass() {
    passes(&mut state_vector::<f32>(3), &Profile::exact_f32());
    passes(&mut state_vector::<f64>(1), &Profile::exact());
    passes(&mut state_vector::<f64>(2), &Profile::exact());
    passes(&mut state_vector::<f64>(7), &Profile::exact().quick());
}

fn simulator<P: SimulatorPart>(qubit_count: u32) -> P::Simulator<Vec<P::Cell>> {
    let config = Config::new(qubit_count, StreamId::of(P::SPEC.id, 0));
    let cells = P::cells(&config).unwrap();
    P::build(&config, vec![P::EMPTY; cells]).unwrap()
}

#[test]
fn the_stabilizer_passes_from_one_qubit_to_beyond_a_word() {
    for width in [1, 2, 3, 70] {
        let summary = passes(&mut simulator::<StabilizerPart>(width), &Profile::clifford());
        if width > 2 {
            for gate in LIST.iter().filter(|gate| gate.may_be_clifford()) {
                assert!(summary.gates_compared >> gate.slot & 1 == 1, "{}", gate.name);
            }
        }
    }
}

#[test]
fn the_density_matrix_passes() {
    let summary = passes(&mut simulator::<DensityMatrixPart>(3), &Profile::exact());
    assert_eq!(summary.gates_compared.count_ones() as usize, LIST.len());
}

fn skipped(backend: &mut dyn Backend, profile: &Profile) -> Vec<&'static str> {
    let mut skipped = Vec::new();
    run(backend, profile, &mut |check, finding| {
        if let Finding::Skipped(_) = finding {
            skipped.push(check.name);
        }
    });
    skipped
}

#[test]
fn a_check_is_skipped_only_where_it_cannot_apply() {
    let bias = "a_random_backend_keeps_its_bias";
    let rejected = "rejected_gates_are_refused_by_name";
    let matrix = "a_matrix_that_is_not_unitary_is_refused";
    let channel = "a_channel_that_is_none_is_refused";
    let angles = "angles_other_than_clifford_are_refused_by_name";
    let found = skipped(&mut state_vector::<f64>(3), &Profile::exact());
    assert_eq!(found, [bias, rejected, angles]);
    let found = skipped(&mut simulator::<DensityMatrixPart>(3), &Profile::exact());
    assert_eq!(found, [bias, rejected, angles]);
    let found = skipped(&mut simulator::<StabilizerPart>(3), &Profile::clifford());
    assert_eq!(found, [bias, "a_user_gate_acts_as_its_matrix", matrix, channel]);
}

#[test]
fn an_ideal_layer_is_no_layer() {
    passes(&mut Stack::new(Ideal, state_vector::<f64>(3)), &Profile::exact());
}

fn layer<P: LayerPart>(key: &str, value: f64) -> P::Layer<Vec<P::Cell>> {
    let settings = [Setting { key, value: Value::Real(value) }];
    let config = Config::new(3, StreamId::of(P::SPEC.id, 0)).with(&settings);
    let cells = P::cells(&config).unwrap();
    P::build(&config, vec![P::EMPTY; cells]).unwrap()
}

#[test]
fn noise_keeps_to_the_form_whatever_it_does_to_the_outcomes() {
    let mut stack = Stack::new(layer::<DepolarizingPart>("p_1q", 0.3), state_vector::<f64>(3));
    passes(&mut stack, &Profile::noisy());
    let (_, failures) = failures(&mut stack, &Profile::exact().in_pieces());
    assert!(failures.iter().any(|(name, _)| name == "x_flips_its_qubit_and_no_other"));
    // Without a chance of error it is exact, several deep.
    let none = || layer::<DepolarizingPart>("p_1q", 0.0);
    let mut stack = Stack::new(none(), Stack::new(none(), state_vector::<f64>(3)));
    passes(&mut stack, &Profile::exact().in_pieces());
}

#[test]
fn natives_alone_are_enough_below_the_lowering_layer() {
    let natives = Wrapped::new(Defect::NativesOnly);
    let mut stack = Stack::new(Lowering::new(), natives);
    let summary = passes(&mut stack, &Profile::exact().in_pieces());
    let large = 1 << slot::UNITARY_2Q | 1 << slot::UNITARY_3Q;
    let all = LIST.iter().fold(0_u64, |bits, gate| bits | 1 << gate.slot);
    assert_eq!(summary.gates_compared, all & !large);
}

#[test]
fn natives_alone_are_checked_without_the_lowering_layer_too() {
    let summary = passes(&mut Wrapped::new(Defect::NativesOnly), &Profile::exact());
    assert_eq!(summary.gates_compared.count_ones(), 3);
}

#[test]
fn a_backend_without_a_state_to_show_is_judged_by_counts() {
    passes(&mut Wrapped::new(Defect::HidesState), &Profile::exact().quick());
}

#[test]
fn each_defect_is_found_by_the_check_that_is_meant_for_it() {
    let found_by = [
        (Defect::FlipsSecondOutcome, "measuring_again_gives_the_same"),
        (Defect::WrongOpIndex, "outcomes_carry_id_kind_and_index"),
        (Defect::ForgetsOutcomesBefore, "outcomes_are_added_to_what_is_there"),
        (Defect::WrongKind, "outcomes_carry_id_kind_and_index"),
        (Defect::SkipsReset, "reset_gives_0_whatever_was_before"),
        (Defect::SkipsPostselect, "an_impossible_postselection_costs_the_shot_and_no_more"),
        (Defect::TakesNan, "an_angle_that_is_no_number_is_refused"),
        (Defect::TakesUnknownCustom, "an_unknown_custom_operation_is_refused"),
        (Defect::ReversesCx, "every_gate_acts_as_its_matrix"),
        (Defect::TurnsRzBackwards, "every_gate_acts_as_its_matrix"),
        (Defect::ForgetsPhiOfPhasedX, "every_gate_acts_as_its_matrix"),
        (Defect::ForgetsSign, "every_gate_acts_as_its_matrix"),
        (Defect::IgnoresShot, "shots_and_seeds_differ"),
        (Defect::IgnoresSeed, "shots_and_seeds_differ"),
        (Defect::RemembersShots, "the_same_shot_twice_gives_the_same_outcomes"),
        (Defect::RemembersShots, "a_shot_alone_is_the_shot_among_others"),
        (Defect::NotWhole, "a_qubit_out_of_range_is_refused"),
        (Defect::BlamesNobody, "an_unknown_gate_is_refused"),
        (Defect::ClaimsChannels, "a_channel_that_is_none_is_refused"),
    ];
    for (defect, check) in found_by {
        let (_, failures) = failures(&mut Wrapped::new(defect), &Profile::exact().quick());
        let names: Vec<_> = failures.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.contains(&check), "{defect:?} is found by {names:?} only");
        assert!(failures.iter().all(|(_, text)| !text.is_empty()));
    }
}

#[test]
fn all_checks_and_a_simulator_fit_a_stack_of_64_kib() {
    let checks = || passes(&mut state_vector::<f32>(3), &Profile::exact_f32().quick()).passed;
    let thread = std::thread::Builder::new().stack_size(64 * 1024);
    assert!(thread.spawn(checks).unwrap().join().unwrap() > 40);
}
