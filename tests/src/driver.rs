//! Drives parts of core with the tests' circuits: builds parts, encodes operations, runs shots.
//! Not here: what should come out.

use pandia_core::{
    ErrorKind, Result,
    backend::{Backend, Stack, StateQuery},
    ids::{Seed, ShotId, StreamId},
    op::{OpKind, OpSink, Outcome, Outcomes, Params, Parts, builder::OpVec, channel, gates},
    part::{Config, LayerPart, Setting, SimulatorPart, Value},
    units::DurationNs,
};

use crate::{
    circuit::{Circuit, Op},
    oracle::C64,
};

/// Any stack.
pub type AnyBackend = Box<dyn Backend>;

/// Settings by key: numbers as they are.
pub type Numbers<'a> = &'a [(&'a str, f64)];

/// The simulator `P` over boxed memory.
///
/// # Errors
/// As the part's own `cells` and `build`.
pub fn simulator<P>(qubit_count: u32) -> Result<P::Simulator<Box<[P::Cell]>>>
where
    P: SimulatorPart,
{
    let config = Config::new(qubit_count, StreamId::of(P::SPEC.id, 0));
    config.check(&P::SPEC)?;
    let storage = vec![P::EMPTY; P::cells(&config)?].into_boxed_slice();
    P::build(&config, storage)
}

/// The layer `P` over boxed memory; `ordinal` tells equal layers of a stack apart.
///
/// # Errors
/// As the part's own `cells` and `build`.
pub fn layer<P: LayerPart>(
    qubit_count: u32,
    ordinal: u64,
    settings: &[Setting<'_>],
) -> Result<P::Layer<Box<[P::Cell]>>> {
    let config = Config::new(qubit_count, StreamId::of(P::SPEC.id, ordinal)).with(settings);
    config.check(&P::SPEC)?;
    let storage = vec![P::EMPTY; P::cells(&config)?].into_boxed_slice();
    P::build(&config, storage)
}

/// `child` under the layer `P` with these numbers and words.
///
/// # Errors
/// As [`layer`].
pub fn under<P>(
    child: AnyBackend,
    ordinal: u64,
    numbers: Numbers<'_>,
    words: &[(&str, &str)],
) -> Result<AnyBackend>
where
    P: LayerPart,
    P::Layer<Box<[P::Cell]>>: 'static,
{
    let mut settings: Vec<Setting<'_>> =
        numbers.iter().map(|&(key, value)| Setting { key, value: Value::Real(value) }).collect();
    settings.extend(words.iter().map(|&(key, word)| Setting { key, value: Value::Text(word) }));
    let layer = layer::<P>(child.info().qubit_count, ordinal, &settings)?;
    Ok(Box::new(Stack::new(layer, child)))
}

/// Writes one operation that is no feed-forward.
///
/// # Errors
/// For a gate that core does not list.
pub fn encode(op: &Op, sink: &mut impl OpSink) -> Result<()> {
    match op {
        Op::Gate { name, qubits, params } => {
            let gate = gates::by_name(name);
            let gate = gate.ok_or(ErrorKind::Argument("a gate that core does not list"))?;
            sink.gate(gate.slot, qubits, params)
        }
        Op::Measure { qubit, bit } => sink.measure(*qubit, u64::from(*bit)),
        Op::MeasureLeaked { qubit, bit } => sink.measure_leaked(*qubit, u64::from(*bit)),
        Op::Reset { qubit } => sink.reset(*qubit),
        Op::Idle { qubits } => sink.idle(qubits, DurationNs(100)),
        Op::Postselect { qubit, value } => sink.postselect(*qubit, *value == 1),
        Op::Channel { name, qubits, params } => {
            let gate = match *name {
                "pauli_1q" => channel::PAULI_1Q,
                "pauli_2q" => channel::PAULI_2Q,
                "kraus_1q" => channel::KRAUS_1Q,
                "kraus_2q" => channel::KRAUS_2Q,
                "depolarizing" => channel::DEPOLARIZING,
                "amplitude_damping" => channel::AMPLITUDE_DAMPING,
                _ => return Err(ErrorKind::Argument("a channel that core does not list").into()),
            };
            let params = Params::Reals(params);
            sink.push(Parts { kind: OpKind::Channel, flags: 0, gate, qubits, params })
        }
        Op::If { .. } => Err(ErrorKind::Argument("feed-forward is the driver's business").into()),
    }
}

/// Runs shots of one circuit on one backend, handing over at most `batch_max` operations at once.
#[derive(Debug)]
pub struct Driver<'c> {
    circuit: &'c Circuit,
    batch_max: u32,
    waiting: OpVec,
    bits: Vec<u8>,
    memory: Vec<Outcome>,
}

impl<'c> Driver<'c> {
    /// A driver that makes batches as large as feed-forward allows.
    #[must_use]
    pub fn new(circuit: &'c Circuit) -> Self {
        Self::with_batches(circuit, u32::MAX)
    }

    /// A driver that makes batches of at most `batch_max` operations.
    #[must_use]
    pub fn with_batches(circuit: &'c Circuit, batch_max: u32) -> Self {
        let bits = vec![0; circuit.bit_count as usize];
        Self { circuit, batch_max, waiting: OpVec::new(), bits, memory: Vec::new() }
    }

    /// One whole shot: the classical record.
    ///
    /// # Errors
    /// The backend's, after ending the shot.
    pub fn shot(&mut self, backend: &mut dyn Backend, shot: u64, seed: u64) -> Result<Vec<u8>> {
        let done = self.begin(backend, shot, seed);
        let ended = backend.shot_end();
        done.and(ended).map(|()| self.bits.clone())
    }

    /// A shot up to its end, which the caller brings about by `shot_end`: until then the state can
    /// be looked at.
    ///
    /// # Errors
    /// The backend's.
    pub fn begin(&mut self, backend: &mut dyn Backend, shot: u64, seed: u64) -> Result<()> {
        self.bits.fill(0);
        self.waiting.clear();
        backend.shot_begin(ShotId(shot), Seed(seed))?;
        let circuit = self.circuit;
        self.ops(backend, &circuit.ops)?;
        self.flush(backend)
    }

    /// The classical record so far.
    #[must_use]
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// The records of shots `0..shots`.
    ///
    /// # Errors
    /// The first shot's that fails.
    pub fn shots(
        &mut self,
        backend: &mut dyn Backend,
        shots: u64,
        seed: u64,
    ) -> Result<Vec<Vec<u8>>> {
        (0..shots).map(|shot| self.shot(backend, shot, seed)).collect()
    }

    fn ops(&mut self, backend: &mut dyn Backend, ops: &[Op]) -> Result<()> {
        for op in ops {
            if let Op::If { bit, value, then } = op {
                self.flush(backend)?;
                if self.bits[*bit as usize] == *value {
                    self.ops(backend, then)?;
                }
                continue;
            }
            encode(op, &mut self.waiting)?;
            if self.waiting.op_count() >= self.batch_max {
                self.flush(backend)?;
            }
        }
        Ok(())
    }

    fn flush(&mut self, backend: &mut dyn Backend) -> Result<()> {
        let batch = self.waiting.batch();
        if batch.op_count() == 0 {
            return Ok(());
        }
        self.memory.resize(batch.result_count() as usize, Outcome::default());
        let mut outcomes = Outcomes::new(&mut self.memory);
        backend.apply(&batch, &mut outcomes)?;
        for outcome in outcomes.as_slice() {
            let wrong =
                ErrorKind::Argument("an outcome with an id or a value that nobody asked for");
            let bit = usize::try_from(outcome.id).ok().and_then(|id| self.bits.get_mut(id));
            match (bit, u8::try_from(outcome.value)) {
                (Some(bit), Ok(value)) => *bit = value,
                _ => return Err(wrong.into()),
            }
        }
        if outcomes.len() != batch.result_count() as usize {
            return Err(ErrorKind::Argument("not one outcome for each measurement").into());
        }
        self.waiting.clear();
        Ok(())
    }
}

/// The amplitudes of all qubits.
///
/// # Errors
/// The backend's.
pub fn amplitudes(backend: &mut dyn Backend) -> Result<Vec<C64>> {
    let qubits: Vec<u32> = (0..backend.info().qubit_count).collect();
    let mut numbers = vec![0.0; 2 << qubits.len()];
    backend.state(StateQuery::Amplitudes(&qubits), &mut numbers)?;
    Ok(numbers.chunks(2).map(|pair| C64::new(pair[0], pair[1])).collect())
}

/// The probabilities of all values of `qubits`.
///
/// # Errors
/// The backend's.
pub fn probabilities(backend: &mut dyn Backend, qubits: &[u32]) -> Result<Vec<f64>> {
    let mut numbers = vec![0.0; 1 << qubits.len()];
    backend.state(StateQuery::Probabilities(qubits), &mut numbers)?;
    Ok(numbers)
}
