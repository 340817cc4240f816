//! The checks pass on right backends, and each kind of defect is found by the check meant for it.

use std::collections::BTreeSet;
use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

use super::*;
use crate::backend::{GateSet, Info, Lowering, Stack, StateQuery, Verdict};
use crate::error::Result;
use crate::ids::{Seed, ShotId, StreamId};
use crate::noise::{DepolarizingPart, Ideal};
use crate::op::builder::OpVec;
use crate::op::gates::{LIST, NATIVE, slot};
use crate::op::{Batch, OpKind, OpSink, Outcomes, Params, Parts};
use crate::part::{Config, LayerPart, Setting, Value};
use crate::real::{Complex, Real};
use crate::sim::StateVector;

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

/// What a wrapped state vector does wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Defect {
    /// None, but it takes natives only.
    NativesOnly,
    /// None, but it shows no state.
    HidesState,
    FlipsSecondOutcome,
    WrongOpIndex,
    ForgetsOutcomesBefore,
    WrongKind,
    SkipsReset,
    SkipsPostselect,
    TakesNan,
    TakesUnknownCustom,
    ReversesCx,
    TurnsRzBackwards,
    ForgetsPhiOfPhasedX,
    ForgetsSign,
    IgnoresShot,
    IgnoresSeed,
    RemembersShots,
    NotWhole,
    BlamesNobody,
    ClaimsChannels,
}

/// A state vector with a defect.
struct Wrapped {
    defect: Defect,
    inner: Boxed<f64>,
    shots: u64,
}

impl Wrapped {
    fn new(defect: Defect) -> Self {
        Self { defect, inner: state_vector(3), shots: 0 }
    }

    /// The batch as the defect has it.
    fn rewrite(&self, batch: &Batch<'_>) -> OpVec {
        let mut out = OpVec::new();
        for op in batch.ops() {
            let mut qubits: Vec<u32> = op.qubits().collect();
            let mut params = op.params().to_vec();
            let mut flags = op.flags();
            let is = |slot| op.kind() == OpKind::Gate && op.gate() == slot;
            match self.defect {
                Defect::SkipsReset if op.kind() == OpKind::Reset => continue,
                Defect::SkipsPostselect if op.kind() == OpKind::Postselect => continue,
                Defect::ReversesCx if is(slot::CX) => qubits.reverse(),
                Defect::TurnsRzBackwards if is(slot::RZ) && params.len() == 1 => {
                    params[0] ^= 1 << 63;
                }
                Defect::ForgetsPhiOfPhasedX if is(slot::PHASED_X) && params.len() == 2 => {
                    params[1] = if f64::from_bits(params[1]).is_finite() { 0 } else { params[1] };
                }
                Defect::ForgetsSign if is(slot::RX) && params.len() == 1 => {
                    params[0] &= !(1 << 63);
                }
                Defect::TakesNan if op.kind() == OpKind::Gate => {
                    for word in &mut params {
                        *word = if f64::from_bits(*word).is_nan() { 0 } else { *word };
                    }
                }
                Defect::TakesUnknownCustom if op.kind() == OpKind::Custom => flags |= 1,
                _ => {}
            }
            let params = Params::Words(&params);
            let (kind, gate) = (op.kind(), op.gate());
            out.push(Parts { kind, flags, gate, qubits: &qubits, params }).unwrap();
        }
        out
    }
}

impl Backend for Wrapped {
    fn id(&self) -> &'static str {
        "test.wrapped"
    }

    fn info(&self) -> Info {
        let mut info = self.inner.info();
        if self.defect == Defect::HidesState {
            info.caps = info.caps.without(crate::backend::Caps::STATE);
        }
        if self.defect == Defect::ClaimsChannels {
            info.caps = info.caps.with(crate::backend::Caps::CHANNELS);
            info.op_kinds |= OpKind::Channel.bit();
        }
        info
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.inner.negotiate(gates, verdicts)?;
        if self.defect == Defect::NativesOnly {
            for (def, verdict) in gates.gates.iter().zip(verdicts) {
                if !NATIVE.contains(&def.slot) {
                    *verdict = Verdict::Reject;
                }
            }
        }
        Ok(())
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.shots += 1;
        match self.defect {
            Defect::IgnoresShot => self.inner.shot_begin(ShotId(0), seed),
            Defect::IgnoresSeed => self.inner.shot_begin(shot, Seed(0)),
            Defect::RemembersShots => self.inner.shot_begin(ShotId(self.shots), seed),
            _ => self.inner.shot_begin(shot, seed),
        }
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        if self.defect == Defect::NativesOnly {
            for (index, op) in (0..).zip(batch.ops()) {
                let slot = op.gate();
                if op.kind() == OpKind::Gate && !NATIVE.contains(&slot) {
                    let refused = crate::ErrorKind::GateRefused { gate: "not native", slot };
                    return Err(crate::Error::from(refused).at_op(index).in_layer(self.id()));
                }
            }
        }
        let had = outcomes.len();
        if self.defect == Defect::ForgetsOutcomesBefore {
            outcomes.clear();
        }
        let rewritten = self.rewrite(batch);
        if self.defect == Defect::NotWhole {
            for op in rewritten.batch().ops() {
                self.inner.apply(&Batch::new(op.words())?, outcomes)?;
            }
            return Ok(());
        }
        let done = self.inner.apply(&rewritten.batch(), outcomes);
        for (index, outcome) in outcomes.as_mut_slice().iter_mut().enumerate() {
            match self.defect {
                Defect::FlipsSecondOutcome if index == 1 => outcome.value ^= 1,
                Defect::WrongOpIndex if index >= had => outcome.op_index += 1,
                Defect::WrongKind => outcome.kind = 1,
                _ => {}
            }
        }
        if self.defect == Defect::BlamesNobody {
            return done.map_err(|e| crate::Error::from(e.kind()));
        }
        done
    }

    fn shot_end(&mut self) -> Result<()> {
        self.inner.shot_end()
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        if self.defect == Defect::HidesState {
            return Err(crate::ErrorKind::Unsupported("hidden").into());
        }
        self.inner.state(query, out)
    }

    fn state_digest(&mut self) -> Result<u64> {
        if self.defect == Defect::HidesState {
            return Err(crate::ErrorKind::Unsupported("hidden").into());
        }
        self.inner.state_digest()
    }
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
