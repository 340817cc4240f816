//! What is in a trace, counted.

use std::collections::BTreeMap;

use pandia_core::trace::{Event, OpDown, Record};
use serde::Serialize;

use super::about::About;

/// What is in a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TraceSummary {
    /// Records.
    pub records: u64,
    /// Shots with at least one record.
    pub shots: u64,
    /// Shots of which some part reports that they failed.
    pub shots_failed: u64,
    /// Records that are missing.
    pub records_missing: u64,
    /// By joint.
    pub joints: Vec<JointSummary>,
    /// By layer that inserted something; what nobody known inserted comes last.
    pub inserted: Vec<InsertedSummary>,
}

/// What passed a joint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct JointSummary {
    /// Its number.
    pub joint: u8,
    /// Who is above.
    pub above: String,
    /// Who is below.
    pub below: String,
    /// Calls that came back.
    pub batches: u64,
    /// Calls that came back with an error.
    pub batches_failed: u64,
    /// Operations by the name of their kind.
    pub ops: BTreeMap<&'static str, u64>,
    /// Operations that a layer above inserted.
    pub inserted_ops: u64,
    /// Outcomes.
    pub outcomes: u64,
}

/// What a layer inserted, as the joint right below it saw it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct InsertedSummary {
    /// The layer's place among the parts, if it is known.
    pub layer: Option<usize>,
    /// Its id.
    pub part: String,
    /// Operations by the name of their kind.
    pub ops: BTreeMap<&'static str, u64>,
}

/// Counts records.
#[derive(Clone, Debug)]
pub struct Summarizer<'a> {
    about: &'a About,
    summary: TraceSummary,
    shot: Option<u64>,
    shot_failed: bool,
    inserted: BTreeMap<usize, InsertedSummary>,
}

/// Comes after every layer.
const UNKNOWN: usize = usize::MAX;

impl<'a> Summarizer<'a> {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(about: &'a About) -> Self {
        let (summary, inserted) = (TraceSummary::default(), BTreeMap::new());
        Self { about, summary, shot: None, shot_failed: false, inserted }
    }

    /// Counts a record.
    pub fn add(&mut self, record: &Record<'_>) {
        self.summary.records += 1;
        if self.shot != Some(record.at.shot.0) {
            self.shot = Some(record.at.shot.0);
            self.shot_failed = false;
            self.summary.shots += 1;
        }
        let joint = record.at.joint;
        match &record.event {
            Event::Op(down) => self.op(joint, down),
            Event::Outcome(_) => self.joint(joint).outcomes += 1,
            Event::BatchEnd(end) => {
                let seen = self.joint(joint);
                seen.batches += 1;
                if end.status != 0 {
                    seen.batches_failed += 1;
                    self.fail();
                }
            }
            Event::ShotEnd { status, .. } if *status != 0 => self.fail(),
            Event::Dropped { count } => self.summary.records_missing += count,
            _ => {}
        }
    }

    fn fail(&mut self) {
        if !core::mem::replace(&mut self.shot_failed, true) {
            self.summary.shots_failed += 1;
        }
    }

    fn op(&mut self, joint: u8, down: &OpDown<'_>) {
        let kind = down.op.kind().name();
        let inserted = down.source.depth > 0;
        let seen = self.joint(joint);
        *seen.ops.entry(kind).or_default() += 1;
        seen.inserted_ops += u64::from(inserted);
        if !inserted {
            return;
        }
        // Each layer's work is counted once: by the joint right below it. What nobody known inserted
        // is counted where it was seen first from below, at the last joint.
        let layer = self.about.inserter(down.source);
        let counted_at = match layer {
            Some(layer) => layer + 1,
            None => usize::from(self.about.joints.saturating_sub(1)),
        };
        if usize::from(joint) != counted_at {
            return;
        }
        let of = self.inserted.entry(layer.unwrap_or(UNKNOWN)).or_insert_with(|| {
            let part = layer.and_then(|layer| self.about.parts.get(layer));
            let part = part.map_or("who is not known", |part| &part.part).to_owned();
            InsertedSummary { layer, part, ops: BTreeMap::new() }
        });
        *of.ops.entry(kind).or_default() += 1;
    }

    fn joint(&mut self, joint: u8) -> &mut JointSummary {
        let joints = &mut self.summary.joints;
        let place = match joints.binary_search_by_key(&joint, |seen| seen.joint) {
            Ok(place) => place,
            Err(place) => {
                let above = self.about.above(joint).to_owned();
                let below = self.about.below(joint).map_or("", |part| &part.part).to_owned();
                let new = JointSummary { joint, above, below, ..JointSummary::default() };
                joints.insert(place, new);
                place
            }
        };
        &mut joints[place]
    }

    /// What was counted.
    #[must_use]
    pub fn finish(mut self) -> TraceSummary {
        self.summary.inserted = self.inserted.into_values().collect();
        self.summary
    }
}
