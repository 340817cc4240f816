//! A child that writes down what it sees, and circuits to send through a stack.

use crate::backend::{Backend, Caps, GateSet, Info, Threading, Verdict};
use crate::error::{ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::op::record::FLAG_INSERTED;
use crate::op::{Batch, OpKind, Outcome, Outcomes};
use std::vec::Vec;

/// One operation as the child saw it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) kind: OpKind,
    pub(crate) gate: u16,
    pub(crate) inserted: bool,
    pub(crate) depth: u32,
    pub(crate) issuer: u32,
    pub(crate) qubits: Vec<u32>,
    pub(crate) params: Vec<u64>,
}

/// Writes operations down and answers measurements with `outcome`.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    pub(crate) info: Info,
    pub(crate) outcome: u64,
    pub(crate) rejected: Vec<u16>,
    pub(crate) announced: Vec<u16>,
    pub(crate) seen: Vec<Seen>,
    pub(crate) calls: usize,
    /// Refuses the call with this number, counted from 0.
    pub(crate) refuse_call: Option<usize>,
}

impl Recorder {
    pub(crate) fn new(qubit_count: u32) -> Self {
        let op_kinds = OpKind::ALL.iter().map(|kind| kind.bit()).sum();
        let (caps, threading) = (Caps::NONE, Threading::Sendable);
        Self {
            info: Info { qubit_count, op_kinds, caps, threading },
            outcome: 0,
            rejected: Vec::new(),
            announced: Vec::new(),
            seen: Vec::new(),
            calls: 0,
            refuse_call: None,
        }
    }

    pub(crate) fn with_channels(mut self) -> Self {
        self.info.caps = Caps::CHANNELS;
        self
    }

    pub(crate) fn inserted(&self) -> impl Iterator<Item = &Seen> {
        self.seen.iter().filter(|op| op.inserted)
    }
}

impl Backend for Recorder {
    fn id(&self) -> &str {
        "test.recorder"
    }
    fn info(&self) -> Info {
        self.info
    }
    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        for (gate, verdict) in gates.gates.iter().zip(verdicts) {
            self.announced.push(gate.slot);
            let rejected = self.rejected.contains(&gate.slot);
            *verdict = if rejected { Verdict::Reject } else { Verdict::Native };
        }
        Ok(())
    }
    fn shot_begin(&mut self, _shot: ShotId, _seed: Seed) -> Result<()> {
        self.seen.clear();
        self.calls = 0;
        Ok(())
    }
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        outcomes.reserve(batch.result_count())?;
        self.calls += 1;
        if self.refuse_call == Some(self.calls - 1) {
            return Err(ErrorKind::Unsupported("this call").into());
        }
        assert!(batch.op_count() > 0, "an empty batch");
        let (mut ops, mut results) = (0, 0);
        for (op, index) in batch.ops().into_iter().zip(0..) {
            ops += 1;
            self.seen.push(Seen {
                kind: op.kind(),
                gate: op.gate(),
                inserted: op.flags() & FLAG_INSERTED != 0,
                depth: batch.source().depth,
                issuer: batch.source().issuer,
                qubits: op.qubits().collect(),
                params: op.params().to_vec(),
            });
            if op.kind().bears_result() {
                results += 1;
                outcomes.push(Outcome {
                    id: op.result_id(),
                    value: self.outcome,
                    kind: op.kind() as u8,
                    op_index: index,
                    ..Outcome::default()
                })?;
            }
        }
        assert_eq!((ops, results), (batch.op_count(), batch.result_count()));
        Ok(())
    }
    fn shot_end(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Running circuits.
pub(crate) mod run {
    use super::Recorder;
    use crate::backend::{Backend, Layer, MetricValue, Stack};
    use crate::error::Result;
    use crate::ids::{Seed, ShotId, StreamId};
    use crate::op::builder::OpVec;
    use crate::op::gates::slot;
    use crate::op::record::FLAG_HINT;
    use crate::op::{OpKind, OpSink, Outcome, Outcomes, Params, Parts};
    use crate::part::{Config, LayerPart, Setting, Value};
    use crate::units::DurationNs;
    use std::string::String;
    use std::vec::Vec;

    /// A circuit on four qubits with an operation of every kind.
    pub(crate) fn all_kinds() -> OpVec {
        let mut ops = OpVec::new();
        ops.reset(0).unwrap();
        ops.gate(slot::H, &[0], &[]).unwrap();
        ops.gate(slot::RZ, &[1], &[0.25]).unwrap();
        ops.gate(slot::CX, &[0, 1], &[]).unwrap();
        ops.gate(slot::CCX, &[2, 0, 1], &[]).unwrap();
        ops.barrier(&[]).unwrap();
        ops.idle(&[0, 1], DurationNs(100)).unwrap();
        let (qubits, params) = (&[3][..], Params::NONE);
        ops.push(Parts { kind: OpKind::Custom, flags: FLAG_HINT, gate: 77, qubits, params })
            .unwrap();
        ops.postselect(2, false).unwrap();
        ops.measure(0, 10).unwrap();
        ops.measure_leaked(1, 11).unwrap();
        ops
    }

    /// `count` times the same gate.
    pub(crate) fn repeated(slot: u16, qubits: &[u32], params: &[f64], count: usize) -> OpVec {
        let mut ops = OpVec::new();
        for _ in 0..count {
            ops.gate(slot, qubits, params).unwrap();
        }
        ops
    }

    pub(crate) fn stack<L: Layer>(layer: L) -> Stack<L, Recorder> {
        Stack::new(layer, Recorder::new(4))
    }

    /// A layer of four qubits with real-number settings, and words.
    pub(crate) fn built<P: LayerPart>(
        settings: &[(&str, f64)],
        words: &[(&str, &str)],
    ) -> Result<P::Layer<Vec<P::Cell>>> {
        let reals = settings.iter().map(|&(key, value)| Setting { key, value: Value::Real(value) });
        let words = words.iter().map(|&(key, value)| Setting { key, value: Value::Text(value) });
        let settings: Vec<_> = reals.chain(words).collect();
        let config = Config::new(4, StreamId::of(P::SPEC.id, 0)).with(&settings);
        let cells = P::cells(&config)?;
        P::build(&config, std::vec![P::EMPTY; cells])
    }

    /// The words of the refusal that these settings meet.
    pub(crate) fn refusal<P: LayerPart>(settings: &[(&str, f64)]) -> String {
        let refused = built::<P>(settings, &[]);
        assert!(refused.is_err(), "{settings:?} should be refused");
        refused.err().map(|e| std::format!("{e}")).unwrap_or_default()
    }

    /// Applies the circuit as one batch in a shot of its own; gives the outcomes.
    pub(crate) fn shot<B: Backend>(stack: &mut B, circuit: &OpVec, shot: u64) -> Vec<Outcome> {
        try_shot(stack, circuit, shot).unwrap()
    }

    pub(crate) fn try_shot<B: Backend>(
        stack: &mut B,
        circuit: &OpVec,
        shot: u64,
    ) -> Result<Vec<Outcome>> {
        let mut memory = std::vec![Outcome::default(); circuit.result_count() as usize];
        let mut outcomes = Outcomes::new(&mut memory);
        stack.shot_begin(ShotId(shot), Seed(99))?;
        let done = stack.apply(&circuit.batch(), &mut outcomes);
        stack.shot_end()?;
        done?;
        let length = outcomes.len();
        memory.truncate(length);
        Ok(memory)
    }

    pub(crate) fn counter<B: Backend>(stack: &B, name: &str) -> u64 {
        let found = (0..).map_while(|i| stack.metric(i)).find(|metric| metric.name == name);
        match found.map(|metric| metric.value) {
            Some(MetricValue::Counter(value)) => value,
            _ => u64::MAX,
        }
    }

    /// Whether `hits` of `trials` may have probability `p`: within five sigma.
    #[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
    pub(crate) fn within_five_sigma(hits: u64, trials: u64, p: f64) {
        let (hits, trials) = (hits as f64, trials as f64);
        let sigma = libm::sqrt(trials * p * (1.0 - p));
        assert!((hits - trials * p).abs() <= 5.0 * sigma + 1.0, "{hits} of {trials} at {p}");
    }
}
