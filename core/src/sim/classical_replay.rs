//! The simulator that gives back recorded outcomes.

use crate::backend::precheck::{OP_KINDS, check_op};
use crate::backend::{Backend, Caps, GateSet, Info, Metric, Threading, Verdict};
use crate::backend::{OwnGates, UserGates};
use crate::error::{ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::op::{Batch, Op, OpKind, Outcome, Outcomes};
use crate::part::{Config, ParamKind, ParamSpec, PartKind, PartSpec, SimulatorPart, Storage};
use crate::sim::answer::outcome;
use crate::sim::counts::Counts;
use crate::sim::life::Life;
use crate::sim::recording::{Recording, symbol_count};

/// The parameter that both replays take.
pub(crate) const OUTCOMES: ParamSpec = ParamSpec {
    name: "outcomes",
    kind: ParamKind::Text,
    unit: "1",
    default: None,
    help: "recorded outcomes in order, shots separated by ';'; shot k replays group k modulo count",
};

/// Gives the recorded outcomes of a shot in order, whatever is measured, and does nothing else.
///
/// No quantum state; takes what a state vector takes. A program that steers by its outcomes walks the recorded path again. The shot
/// is lost if it measures more often than was recorded; measuring less often is fine.
#[derive(Clone, Debug)]
pub struct ClassicalReplay<S> {
    storage: S,
    recording: Recording,
    leaks: bool,
    qubit_count: u32,
    life: Life,
    counts: Counts,
    gates: UserGates,
}

impl<S: Storage<u8>> ClassicalReplay<S> {
    /// The simulator of `qubit_count` qubits that replays `text`: digits 0, 1 and 2 (leaked) in the
    /// order of measurement, shots separated by `;`, one byte of storage for each and one more.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a text that is no recording, [`ErrorKind::Capacity`] if the storage
    /// is too small.
    pub fn new(qubit_count: u32, text: &str, mut storage: S) -> Result<Self> {
        symbol_count(text, '2')?;
        let recording = Recording::write(text, storage.as_mut())?;
        let leaks = text.contains('2');
        Ok(Self {
            storage,
            recording,
            leaks,
            qubit_count,
            life: Life::default(),
            counts: Counts::default(),
            gates: UserGates::default(),
        })
    }

    fn check(&self, batch: &Batch<'_>, outcomes: &Outcomes<'_>) -> Result<()> {
        self.life.check_running()?;
        for (index, op) in (0..).zip(batch.ops()) {
            if let Err(e) = check_op(op, self.qubit_count, &self.gates) {
                return Err(e.at_op(index));
            }
        }
        outcomes.reserve(batch.result_count())
    }

    fn replay(&mut self, op: Op<'_>, index: u32) -> Result<Outcome> {
        let value = self.recording.next(self.storage.as_ref())?;
        if value == 2 && op.kind() == OpKind::Measure {
            return Err(ErrorKind::Diverged(
                "the recording has a leaked outcome (2) where the program measures without looking \
                 for leakage",
            )
            .into());
        }
        Ok(Outcome { value: u64::from(value), ..outcome(op, false, index) })
    }

    fn run(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        for (index, op) in (0..).zip(batch.ops()) {
            if op.kind().bears_result() {
                let outcome = self.replay(op, index).map_err(|e| e.at_op(index))?;
                outcomes.push(outcome)?;
            }
        }
        Ok(())
    }
}

impl<S: Storage<u8>> Backend for ClassicalReplay<S> {
    fn id(&self) -> &str {
        ClassicalReplayPart::SPEC.id
    }

    fn info(&self) -> Info {
        Info {
            qubit_count: self.qubit_count,
            op_kinds: OP_KINDS,
            caps: if self.leaks { Caps::LEAKAGE } else { Caps::NONE },
            threading: Threading::Sendable,
        }
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        let done = self.life.check_between_shots();
        done.and_then(|()| self.gates.negotiate(gates, verdicts)).map_err(|e| e.in_layer(self.id()))
    }

    fn shot_begin(&mut self, shot: ShotId, _seed: Seed) -> Result<()> {
        self.life.begin().map_err(|e| e.in_layer(self.id()))?;
        self.counts.begin();
        self.recording.seek(self.storage.as_ref(), shot);
        Ok(())
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let had = outcomes.len();
        let done = self.check(batch, outcomes).and_then(|()| self.run(batch, outcomes));
        done.map(|()| self.counts.add(batch)).map_err(|e| {
            outcomes.truncate(had);
            self.life.failed(e).in_layer(self.id())
        })
    }

    fn shot_end(&mut self) -> Result<()> {
        self.life.end().map_err(|e| e.in_layer(self.id()))
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.counts.metric(self.id(), index, 0)
    }
}

/// The classical replay as a part.
#[derive(Clone, Copy, Debug)]
pub struct ClassicalReplayPart;

impl SimulatorPart for ClassicalReplayPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.classical_replay",
        kind: PartKind::Simulator,
        version: env!("CARGO_PKG_VERSION"),
        summary: "No state: gives back recorded outcomes, shot by shot.",
        params: &[OUTCOMES],
    };
    type Cell = u8;
    const EMPTY: u8 = 0;
    type Simulator<S: Storage<u8>> = ClassicalReplay<S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        symbol_count(config.text(&Self::SPEC, OUTCOMES.name)?, '2')
            .map_err(|e| e.in_layer(Self::SPEC.id))
    }

    fn build<S: Storage<u8>>(config: &Config<'_>, storage: S) -> Result<ClassicalReplay<S>> {
        config.check(&Self::SPEC)?;
        ClassicalReplay::new(config.qubit_count, config.text(&Self::SPEC, OUTCOMES.name)?, storage)
            .map_err(|e| e.in_layer(Self::SPEC.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Class;
    use crate::ids::StreamId;
    use crate::op::OpSink;
    use crate::op::builder::OpVec;
    use crate::part::{Setting, Value};
    use std::string::ToString;
    use std::vec::Vec;

    fn run(replay: &mut dyn Backend, shot: u64, measurements: u32) -> Result<Vec<u64>> {
        replay.shot_begin(ShotId(shot), Seed(0))?;
        let mut ops = OpVec::new();
        for id in 0..measurements {
            ops.gate(9, &[0], &[]).unwrap();
            ops.measure_leaked(0, u64::from(id)).unwrap();
        }
        let mut memory = [Outcome::default(); 8];
        let mut outcomes = Outcomes::new(&mut memory);
        let done = replay.apply(&ops.batch(), &mut outcomes);
        replay.shot_end().unwrap();
        done.map(|()| outcomes.as_slice().iter().map(|o| o.value).collect())
    }

    #[test]
    fn shots_give_back_their_group_and_are_lost_where_it_ends() {
        let settings = [Setting { key: "outcomes", value: Value::Text("0121;10") }];
        let config = Config::new(1, StreamId(0)).with(&settings);
        assert_eq!(ClassicalReplayPart::cells(&config).unwrap(), 8);
        let mut replay = ClassicalReplayPart::build(&config, [0; 8]).unwrap();
        assert_eq!(run(&mut replay, 0, 4).unwrap(), [0, 1, 2, 1]);
        assert_eq!(run(&mut replay, 5, 2).unwrap(), [1, 0]);
        assert_eq!(run(&mut replay, 2, 1).unwrap(), [0]);
        let error = run(&mut replay, 1, 3).unwrap_err();
        assert_eq!((error.class(), error.op_index()), (Class::ShotLost, Some(5)));
        assert!(error.to_string().contains("has 2 outcomes"), "{error}");
        assert_eq!(run(&mut replay, 1, 2).unwrap(), [1, 0]);
    }

    #[test]
    fn a_recording_is_required_and_must_be_one() {
        assert!(ClassicalReplayPart::cells(&Config::new(1, StreamId(0))).is_err());
        let settings = [Setting { key: "outcomes", value: Value::Text("01a") }];
        let config = Config::new(1, StreamId(0)).with(&settings);
        let text = ClassicalReplayPart::cells(&config).unwrap_err().to_string();
        assert!(text.contains("'a' at byte 2"), "{text}");
    }
}
