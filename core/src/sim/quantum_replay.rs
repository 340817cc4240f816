//! The state vector that is made to follow recorded outcomes.

use super::classical_replay::OUTCOMES;
use crate::backend::{Backend, GateSet, Info, Metric, StateQuery, Verdict};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId, StreamId};
use crate::op::{Batch, Op, Outcomes};
use crate::part::{Config, PartKind, PartSpec, SimulatorPart, Storage};
use crate::real::Complex;
use crate::sim::recording::{Recording, symbol_count};
use crate::sim::state_vector::{self, StateVector};

/// A state vector in double precision in which every measurement gives the recorded outcome: the
/// state is projected onto it, so it is the state that the recorded run had.
///
/// The shot is lost if a recorded outcome has probability 0 here or the recording runs out. Resets
/// draw from the part's own stream, as in the state vector.
/// Storage: the amplitudes, and one place for every two recorded outcomes.
#[derive(Clone, Debug)]
pub struct QuantumReplay<S> {
    inner: StateVector<f64, S>,
    recording: Recording,
}

impl<S: Storage<Complex<f64>>> QuantumReplay<S> {
    /// The simulator of `qubit_count` qubits that follows `text`: digits 0 and 1 in the order of
    /// measurement, shots separated by `;`.
    ///
    /// # Errors
    /// As [`StateVector::new`], and [`ErrorKind::Config`] for a text that is no recording.
    pub fn new(qubit_count: u32, text: &str, stream_id: StreamId, storage: S) -> Result<Self> {
        symbol_count(text, '1')?;
        let mut inner = StateVector::new(qubit_count, stream_id, storage)?.named(SPEC.id);
        let recording = Recording::write(text, inner.beyond_amps())?;
        Ok(Self { inner, recording })
    }

    /// The amplitudes; bit `k` of an index is qubit `k`.
    pub fn amps(&self) -> &[Complex<f64>] {
        self.inner.amps()
    }
}

fn follow(
    recording: &mut Recording,
    amps: &mut [Complex<f64>],
    symbols: &[Complex<f64>],
    op: Op<'_>,
) -> Result<bool> {
    let value = recording.next(symbols)? == 1;
    match state_vector::postselect(amps, op.qubit(0), value) {
        Ok(()) => Ok(value),
        Err(_) => Err(parted(op.qubit(0), value)),
    }
}

#[cold]
fn parted(qubit: u32, value: bool) -> Error {
    Error::from(ErrorKind::Diverged("a recorded outcome has probability 0")).with_text(
        format_args!(
            "the recording says {} for qubit {qubit}, which has probability 0 here: program and \
         recording do not belong together",
            u8::from(value)
        ),
    )
}

impl<S: Storage<Complex<f64>>> Backend for QuantumReplay<S> {
    fn id(&self) -> &str {
        self.inner.id()
    }

    fn info(&self) -> Info {
        self.inner.info()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.inner.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.inner.shot_begin(shot, seed)?;
        self.recording.seek(self.inner.beyond_amps(), shot);
        Ok(())
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let Self { inner, recording } = self;
        inner.apply_with(batch, outcomes, |amps, symbols, op, _| {
            follow(recording, amps, symbols, op)
        })
    }

    fn shot_end(&mut self) -> Result<()> {
        self.inner.shot_end()
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.inner.metric(index)
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        self.inner.state(query, out)
    }

    fn state_digest(&mut self) -> Result<u64> {
        self.inner.state_digest()
    }
}

/// The quantum replay as a part.
#[derive(Clone, Copy, Debug)]
pub struct QuantumReplayPart;

const SPEC: PartSpec = PartSpec {
    id: "pandia.quantum_replay",
    kind: PartKind::Simulator,
    version: env!("CARGO_PKG_VERSION"),
    summary: "A state vector that is projected onto recorded outcomes, shot by shot.",
    params: &[OUTCOMES],
};

impl SimulatorPart for QuantumReplayPart {
    const SPEC: PartSpec = SPEC;
    type Cell = Complex<f64>;
    const EMPTY: Complex<f64> = Complex::ZERO;
    type Simulator<S: Storage<Complex<f64>>> = QuantumReplay<S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&SPEC)?;
        let cells = || {
            let symbols = symbol_count(config.text(&SPEC, OUTCOMES.name)?, '1')?;
            let amps = state_vector::cells::<f64>(config.qubit_count)?;
            Ok(amps.saturating_add(symbols.div_ceil(2)))
        };
        cells().map_err(|e: Error| e.in_layer(SPEC.id))
    }

    fn build<S: Storage<Complex<f64>>>(
        config: &Config<'_>,
        storage: S,
    ) -> Result<QuantumReplay<S>> {
        config.check(&SPEC)?;
        let text = config.text(&SPEC, OUTCOMES.name)?;
        QuantumReplay::new(config.qubit_count, text, config.stream, storage)
            .map_err(|e| e.in_layer(SPEC.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Class;
    use crate::op::builder::OpVec;
    use crate::op::gates::slot;
    use crate::op::{OpSink, Outcome};
    use crate::part::{Setting, Value};
    use std::string::{String, ToString};
    use std::vec::Vec;

    const STREAM: StreamId = StreamId::of("test", 0);

    fn circuit() -> OpVec {
        let mut ops = OpVec::new();
        for q in 0..3 {
            ops.gate(slot::H, &[q], &[]).unwrap();
        }
        ops.measure(0, 0).unwrap();
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
        ops.gate(slot::RY, &[1], &[0.7]).unwrap();
        ops.measure(1, 1).unwrap();
        ops.gate(slot::CX, &[1, 2], &[]).unwrap();
        ops.gate(slot::RX, &[2], &[0.7]).unwrap();
        ops.measure(2, 2).unwrap();
        ops
    }

    fn run(backend: &mut dyn Backend, shot: u64) -> Result<(Vec<u64>, u64)> {
        backend.shot_begin(ShotId(shot), Seed(4)).unwrap();
        let mut memory = [Outcome::default(); 3];
        let mut outcomes = Outcomes::new(&mut memory);
        let done = backend.apply(&circuit().batch(), &mut outcomes);
        let digest = backend.state_digest().unwrap();
        backend.shot_end().unwrap();
        done.map(|()| (outcomes.as_slice().iter().map(|o| o.value).collect(), digest))
    }

    fn replay(text: &str) -> Result<QuantumReplay<Vec<Complex<f64>>>> {
        let settings = [Setting { key: "outcomes", value: Value::Text(text) }];
        let config = Config::new(3, STREAM).with(&settings);
        let storage = std::vec![Complex::ZERO; QuantumReplayPart::cells(&config)?];
        QuantumReplayPart::build(&config, storage)
    }

    #[test]
    fn a_recorded_run_replays_to_the_same_states() {
        let mut vector = StateVector::new(3, STREAM, [Complex::<f64>::ZERO; 8]).unwrap();
        let recorded: Vec<_> = (0..20).map(|shot| run(&mut vector, shot).unwrap()).collect();
        let text: Vec<String> = recorded
            .iter()
            .map(|(values, _)| values.iter().map(ToString::to_string).collect())
            .collect();
        let mut replay = replay(&text.join(";")).unwrap();
        for shot in [3, 4, 0, 19, 7, 8] {
            assert_eq!(run(&mut replay, shot).unwrap(), recorded[usize::try_from(shot).unwrap()]);
        }
    }

    #[test]
    fn recordings_of_another_program_cost_the_shot() {
        let mut short = replay("01").unwrap();
        let error = run(&mut short, 0).unwrap_err();
        assert_eq!((error.class(), error.op_index()), (Class::ShotLost, Some(9)));
        assert!(matches!(error.kind(), ErrorKind::Diverged(_)), "{error}");
        assert_eq!(error.layer(), "pandia.quantum_replay");
        let mut other = replay("11").unwrap();
        other.shot_begin(ShotId(0), Seed(0)).unwrap();
        let mut ops = OpVec::new();
        ops.gate(slot::X, &[2], &[]).unwrap();
        ops.measure(2, 0).unwrap();
        ops.measure(1, 1).unwrap();
        let mut memory = [Outcome::default(); 2];
        let mut outcomes = Outcomes::new(&mut memory);
        let error = other.apply(&ops.batch(), &mut outcomes).unwrap_err();
        assert!(error.to_string().contains("says 1 for qubit 1"), "{error}");
        assert!(outcomes.is_empty());
        assert!(replay("012").is_err());
    }
}
