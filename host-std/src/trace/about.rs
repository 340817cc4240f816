//! What a trace says of its run: the program, the parts, and which joint lies above which part.

use std::collections::BTreeMap;

use pandia_core::op::Source;
use serde::{Deserialize, Serialize};

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
    /// as one: with a board, all that is on it.
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

impl About {
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
