//! What every check stands on: the part, how it is set, and ways to build and drive it.

use std::io::Write;

use pandia_core::backend::{Backend, GateDef, GateSet, Verdict as GateVerdict};
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::{Gate, LIST};
use pandia_core::op::{Outcome, Outcomes};
use pandia_core::part::{Config, ParamKind, PartKind};

use super::config::Shape;
use super::finding::{Checked, Finding, Stop, failed, went_well};
use super::made::{Made, Site};
use super::memory::DIRT;
use super::options::Held;
use crate::dylib::DylibPart;
use crate::stack::{BoxedBackend, Factory, OwnedSetting, OwnedValue, Registry};

/// Qubits of an ordinary instance.
pub(super) const QUBITS: u32 = 3;
/// Result ids of an ordinary instance.
pub(super) const RESULTS: u32 = 64;
/// A rate at which an error model shows, and of which fifteen still are a probability.
const BUSY_RATE: f64 = 0.03;

/// One check's view of the part under test.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) part: DylibPart,
    pub(super) settings: Vec<OwnedSetting>,
    pub(super) held: Held,
    pub(super) findings: Vec<Finding>,
    pub(super) notes: Vec<String>,
    /// Whether somebody reads what is being done, to know where a crash was.
    pub(super) tells: bool,
}

impl Bench {
    /// Says what comes next, so that a crash has a place.
    pub(super) fn step(&self, what: &str) {
        if self.tells {
            let line = serde_json::json!({ "step": what });
            // Who is not read any more will be told so by the last line.
            let mut out = std::io::stdout().lock();
            let _ = writeln!(out, "{line}").and_then(|()| out.flush());
        }
    }

    /// Adds a finding and goes on.
    pub(super) fn find(&mut self, text: impl Into<String>) {
        self.findings.push(Finding { text: text.into(), repeat: String::new(), stream: None });
    }

    /// Keeps what a part of a check found, and goes on.
    pub(super) fn keep(&mut self, done: Checked) {
        match done {
            Ok(()) => {}
            Err(Stop::Failed(text)) => self.find(text),
            Err(Stop::Skipped(why)) => self.note(why),
        }
    }

    /// Adds something good to know.
    pub(super) fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }

    /// What the part is for.
    pub(super) const fn kind(&self) -> PartKind {
        self.part.spec().kind
    }

    /// Whether it stands on a child.
    pub(super) const fn is_layer(&self) -> bool {
        matches!(self.kind(), PartKind::ErrorModel | PartKind::Tap)
    }

    /// The ordinary configuration.
    pub(super) fn shape(&self) -> Shape {
        Shape {
            qubits: QUBITS,
            results: RESULTS,
            stream: StreamId::of(self.part.spec().id, 0).0,
            settings: self.settings.clone(),
        }
    }

    /// The ordinary configuration with every probability that is not set given a value, so that an
    /// error model draws; plain where the part does not take that.
    pub(super) fn busy(&self) -> Shape {
        let mut shape = self.shape();
        for param in self.part.spec().params {
            let is_set = self.settings.iter().any(|setting| param.takes(&setting.key));
            if param.kind == ParamKind::Probability && !param.is_family() && !is_set {
                shape.settings.push(OwnedSetting::new(param.name, OwnedValue::Real(BUSY_RATE)));
            }
        }
        let raw = shape.raw();
        match super::made::layout(&self.part, &raw.config) {
            Ok((answer, _)) if answer.status == 0 => shape,
            _ => self.shape(),
        }
    }

    /// The simulator that layers and runtimes are put over.
    pub(super) fn child(&self, qubits: u32) -> Checked<BoxedBackend> {
        let registry = Registry::new();
        let config = Config::new(qubits, StreamId::of("pandia.state_vector", 0));
        match registry.find("state_vector").map(|part| &part.factory) {
            Some(Factory::Simulator(factory)) => {
                went_well("building the state vector", factory.build(&config))
            }
            _ => failed("this program has no state vector to build over"),
        }
    }

    /// Memory for an instance of this shape, over a state vector where it takes a child.
    pub(super) fn site(&self, shape: Shape) -> Checked<Site> {
        let child = self.below(shape.qubits)?;
        Site::new(&self.part, shape, DIRT, child)
    }

    /// The state vector below it, where it takes a child or a stack.
    pub(super) fn below(&self, qubits: u32) -> Checked<Option<BoxedBackend>> {
        match self.kind() {
            PartKind::Simulator => Ok(None),
            PartKind::ErrorModel | PartKind::Tap | PartKind::Runtime => {
                self.child(qubits).map(Some)
            }
        }
    }

    /// Memory for an instance over this child.
    pub(super) fn site_over(&self, shape: Shape, child: BoxedBackend) -> Checked<Site> {
        Site::new(&self.part, shape, DIRT, Some(child))
    }

    /// An instance of the ordinary configuration.
    pub(super) fn make(&self) -> Checked<Made> {
        self.site(self.shape())?.build()
    }

    /// An instance of the busy configuration.
    pub(super) fn make_busy(&self) -> Checked<Made> {
        self.site(self.busy())?.build()
    }

    /// The built-in gates that the instance takes.
    pub(super) fn gates(&self, face: &mut dyn Backend) -> Checked<Vec<&'static Gate>> {
        let mut taken = Vec::new();
        for gate in LIST {
            let def = [went_well("the gate list", GateDef::built_in(gate.slot))?];
            let mut verdict = [GateVerdict::Reject];
            let asked = face.negotiate(&GateSet { gates: &def }, &mut verdict);
            went_well(&format!("negotiate about {}", gate.id), asked)?;
            if verdict[0] != GateVerdict::Reject {
                taken.push(gate);
            }
        }
        Ok(taken)
    }
}

/// Runs operations as one batch and gives the outcomes.
pub(super) fn apply(face: &mut dyn Backend, ops: &OpVec) -> pandia_core::Result<Vec<Outcome>> {
    let mut room = vec![Outcome::default(); ops.result_count() as usize];
    let mut outcomes = Outcomes::new(&mut room);
    face.apply(&ops.batch(), &mut outcomes)?;
    Ok(outcomes.as_slice().to_vec())
}

/// Runs one whole shot and gives the values measured.
pub(super) fn shot(face: &mut dyn Backend, ops: &OpVec, shot: u64, seed: u64) -> Checked<Vec<u64>> {
    went_well("shot_begin", face.shot_begin(ShotId(shot), Seed(seed)))?;
    let outcomes = went_well("apply", apply(face, ops))?;
    went_well("shot_end", face.shot_end())?;
    Ok(outcomes.iter().map(|outcome| outcome.value).collect())
}

/// Runs so many shots in a row.
pub(super) fn shots(
    face: &mut dyn Backend,
    ops: &OpVec,
    count: u64,
    seed: u64,
) -> Checked<Vec<Vec<u64>>> {
    (0..count).map(|k| shot(face, ops, k, seed)).collect()
}
