//! What a trace says of its run: the program, the parts, and which joint lies above which part.

use core::ops::Range;
use std::collections::BTreeMap;

use pandia_core::op::Source;
use pandia_core::part::PartKind;
use serde::{Deserialize, Serialize};

use crate::stack::{OwnedValue, Placed, StackPlan};

/// The name under which the lowering of gates stands among the parts.
const LOWERING: &str = "pandia.lowering";

/// What a trace says of its run. Fields that are not known are passed over, so that later versions
/// may add some.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The program's name as given.
    pub program: String,
    /// How many qubits it uses.
    pub qubits: u32,
    /// The seed.
    pub seed: u64,
    /// Number of the first shot that was asked for.
    pub first_shot: u64,
    /// How many shots were asked for.
    pub shots_asked: u64,
    /// How many joints were watched: joint k lies right above part k.
    pub joints: u8,
    /// The parts from the runtime (0) down to the simulator. Those from the last joint on are seen
    /// as one: in older traces with a board, all that is on it.
    pub parts: Vec<AboutPart>,
    /// Where the lower part of the stack was, if not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub board: Option<String>,
}

/// One part of the stack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AboutPart {
    /// Its id.
    pub part: String,
    /// What it is for: `runtime`, `lowering`, `error model`, `tap`, `simulator`.
    pub kind: String,
    /// Its version.
    pub version: String,
    /// `built in`, or the library's path.
    pub from: String,
    /// How batches that it inserts are signed; `None` if it inserts none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<u32>,
    /// Every parameter with the value it had.
    pub parameters: BTreeMap<String, serde_json::Value>,
}

impl AboutPart {
    fn of(placed: &Placed) -> Self {
        let spec = &placed.part().spec;
        let value = |value: OwnedValue| match value {
            OwnedValue::Real(value) => value.into(),
            OwnedValue::Whole(value) => value.into(),
            OwnedValue::Text(value) => value.into(),
        };
        let parameters = placed.parameters().into_iter();
        // A layer signs with the low half of its stream's number.
        let issuer = u32::try_from(placed.stream().0 & u64::from(u32::MAX)).ok();
        Self {
            part: spec.id.to_owned(),
            kind: spec.kind.name().to_owned(),
            version: spec.version.to_owned(),
            from: placed.part().origin.to_string(),
            issuer: issuer.filter(|_| spec.kind == PartKind::ErrorModel),
            parameters: parameters.map(|(key, of)| (key, value(of))).collect(),
        }
    }

    /// What rewrites gates that a simulator cannot do; it signs nothing, since what it makes of a
    /// gate is the caller's gate in other words.
    fn lowering() -> Self {
        Self {
            part: LOWERING.to_owned(),
            kind: "lowering".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            from: "built in".to_owned(),
            issuer: None,
            parameters: BTreeMap::new(),
        }
    }
}

impl About {
    /// What is to be said of a run of `shots` of a program on `qubits` qubits.
    #[must_use]
    pub fn new(
        program: &str,
        qubits: u32,
        plan: &StackPlan,
        shots: &Range<u64>,
        seed: u64,
    ) -> Self {
        let mut parts: Vec<AboutPart> = plan.parts().map(AboutPart::of).collect();
        parts.insert(1.min(parts.len()), AboutPart::lowering());
        Self {
            program: program.to_owned(),
            qubits,
            seed,
            first_shot: shots.start,
            shots_asked: shots.end.saturating_sub(shots.start),
            joints: u8::try_from(plan.joint_count()).unwrap_or(u8::MAX),
            parts,
            board: plan.board().map(ToString::to_string),
        }
    }

    /// The part right below a joint.
    #[must_use]
    pub fn below(&self, joint: u8) -> Option<&AboutPart> {
        self.parts.get(usize::from(joint))
    }

    /// Whose id stands above a joint: that of a part, or `program`.
    #[must_use]
    pub fn above(&self, joint: u8) -> &str {
        match usize::from(joint).checked_sub(1) {
            None => "program",
            Some(above) => self.parts.get(above).map_or("", |part| &part.part),
        }
    }

    /// Which part inserted a batch, as its place among [`Self::parts`]; `None` if none did, or none
    /// that is known.
    #[must_use]
    pub fn inserter(&self, source: Source) -> Option<usize> {
        if source.depth == 0 {
            return None;
        }
        self.parts.iter().position(|part| part.issuer == Some(source.issuer))
    }
}
