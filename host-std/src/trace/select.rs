//! Choosing records of a trace.

use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};

use pandia_core::ids::ShotId;
use pandia_core::op::OpKind;
use pandia_core::trace::{BATCH_NONE, Event, OpDown, Record};

use super::about::About;
use super::name::op_name;

/// Which records are wanted. An empty list means all.
///
/// Conditions on operations (layer, qubit, kind, gate) choose operations and the outcomes that came
/// from them; batches as a whole then have no end in what is left. Where a shot begins and ends, and
/// where records are missing, stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The shots.
    pub shots: Option<Range<u64>>,
    /// The joints.
    pub joints: BTreeSet<u8>,
    /// Places, among the trace's parts, of layers; what they inserted is wanted.
    pub layers: BTreeSet<usize>,
    /// The qubits: one of an operation's qubits is enough.
    pub qubits: BTreeSet<u32>,
    /// The kinds of operations.
    pub kinds: BTreeSet<u8>,
    /// The names of gates and channels.
    pub gates: BTreeSet<String>,
}

fn is_any<T: Ord>(wanted: &BTreeSet<T>, value: &T) -> bool {
    wanted.is_empty() || wanted.contains(value)
}

impl Selection {
    /// Whether there are conditions on operations.
    fn chooses_ops(&self) -> bool {
        !(self.layers.is_empty()
            && self.qubits.is_empty()
            && self.kinds.is_empty()
            && self.gates.is_empty())
    }

    fn takes_op(&self, about: &About, down: &OpDown<'_>) -> bool {
        let op = down.op;
        let layer = || about.inserter(down.source).is_some_and(|at| self.layers.contains(&at));
        is_any(&self.kinds, &(op.kind() as u8))
            && (self.qubits.is_empty() || op.qubits().any(|qubit| self.qubits.contains(&qubit)))
            && (self.layers.is_empty() || layer())
            && (self.gates.is_empty() || self.gates.contains(op_name(op).as_ref()))
    }

    /// What the trace that is left says of its run: the shots are those that were chosen of it.
    #[must_use]
    pub fn about(&self, about: &About) -> About {
        let mut about = about.clone();
        if let Some(shots) = &self.shots {
            let end = about.first_shot.saturating_add(about.shots_asked).min(shots.end);
            about.first_shot = about.first_shot.max(shots.start);
            about.shots_asked = end.saturating_sub(about.first_shot);
        }
        about
    }
}

/// Chooses records one by one, in the order of the trace.
#[derive(Clone, Debug, Default)]
pub struct Selector {
    shot: Option<ShotId>,
    /// Measurements of this shot that were chosen, by joint, batch and index.
    measured: BTreeSet<(u8, u32, u32)>,
    /// By result id, whether the program's last measurement into it was chosen.
    results: BTreeMap<u64, bool>,
}

impl Selector {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the record is wanted.
    pub fn takes(&mut self, about: &About, selection: &Selection, record: &Record<'_>) -> bool {
        let at = record.at;
        if self.shot != Some(at.shot) {
            self.shot = Some(at.shot);
            self.measured.clear();
            self.results.clear();
        }
        let Selection { shots, joints, .. } = selection;
        if shots.as_ref().is_some_and(|shots| !shots.contains(&at.shot.0))
            || !is_any(joints, &at.joint)
        {
            return false;
        }
        if !selection.chooses_ops() {
            return true;
        }
        match record.event {
            Event::Op(down) => {
                let taken = selection.takes_op(about, &down);
                if down.op.kind().bears_result() {
                    if taken {
                        self.measured.insert((at.joint, down.batch, down.index));
                    }
                    if at.joint == 0 {
                        self.results.insert(down.op.result_id(), taken);
                    }
                }
                taken
            }
            Event::Outcome(up) if up.batch == BATCH_NONE => {
                self.results.get(&up.id).copied().unwrap_or(false)
            }
            Event::Outcome(up) => self.measured.contains(&(at.joint, up.batch, up.op_index)),
            Event::BatchEnd(_) => false,
            _ => true,
        }
    }
}

/// The kind of this name, as `pandia trace --kind` takes it.
#[must_use]
pub fn kind_by_name(name: &str) -> Option<OpKind> {
    OpKind::ALL.into_iter().find(|kind| kind.name() == name)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, Sample};
    use super::*;

    const SOURCE: &str = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; bit[3] c;
        h q[0]; cx q[0], q[1]; t q[2]; reset q[1]; c = measure q;";

    fn sample() -> Sample {
        let noise = "depolarizing:p_1q=1,p_2q=1";
        sample::run(SOURCE, &["simple", noise, "readout", "state_vector"], 5..9)
    }

    /// How many records are chosen: operations, outcomes, ends of batches, others.
    fn chosen(sample: &Sample, selection: &Selection) -> [usize; 4] {
        let mut selector = Selector::new();
        let mut counts = [0; 4];
        for record in sample.shots.iter().flat_map(crate::trace::ShotTrace::records) {
            if selector.takes(&sample.about, selection, &record) {
                counts[match record.event {
                    Event::Op(_) => 0,
                    Event::Outcome(_) => 1,
                    Event::BatchEnd(_) => 2,
                    _ => 3,
                }] += 1;
            }
        }
        counts
    }

    #[test]
    fn an_outcome_goes_with_its_measurement_and_begins_and_ends_stay() {
        let sample = sample();
        // Five joints, four shots, one measurement of the qubit: a begin and an end each.
        let kinds = BTreeSet::from([OpKind::Measure as u8]);
        let one = Selection { qubits: BTreeSet::from([2]), kinds, ..Selection::default() };
        assert_eq!(chosen(&sample, &one), [20, 20, 0, 40]);
        let joints = BTreeSet::from([0]);
        assert_eq!(chosen(&sample, &Selection { joints, ..one.clone() }), [4, 4, 0, 8]);
        assert_eq!(chosen(&sample, &Selection { shots: Some(6..8), ..one }), [10, 10, 0, 20]);
    }

    #[test]
    fn gates_and_layers_are_chosen_by_name_and_place() {
        let sample = sample();
        let gates = BTreeSet::from(["cx".to_owned()]);
        let only = Selection { gates, ..Selection::default() };
        assert_eq!(chosen(&sample, &only)[..2], [20, 0]);
        let layers = BTreeSet::from([2]);
        let inserted = Selection { layers, ..Selection::default() };
        let by_noise = chosen(&sample, &inserted);
        // An error with each of three gates at least, seen at two joints, in four shots.
        assert!(by_noise[0] >= 24 && by_noise[1] == 0, "{by_noise:?}");
        let layers = BTreeSet::from([3]);
        assert_eq!(chosen(&sample, &Selection { layers, ..Selection::default() })[0], 0);
    }

    #[test]
    fn nothing_asked_takes_everything_and_the_shots_that_are_left_are_said() {
        let sample = sample();
        let all: usize = sample.shots.iter().map(crate::trace::ShotTrace::len).sum();
        let everything = Selection::default();
        assert_eq!(chosen(&sample, &everything).iter().sum::<usize>(), all);
        assert_eq!(everything.about(&sample.about), sample.about);
        for (shots, first, asked) in [(6..7, 6, 1), (0..6, 5, 1), (7..99, 7, 2), (0..3, 5, 0)] {
            let left = Selection { shots: Some(shots), ..Selection::default() };
            let about = left.about(&sample.about);
            assert_eq!((about.first_shot, about.shots_asked), (first, asked));
        }
    }
}
