//! The stabilizer simulator: Clifford gates only, thousands of qubits.

mod sequences;

use self::sequences::{Sequences, refuse_gate};
use crate::backend::precheck::{OP_KINDS, check_foreign, check_postselect, wrong_counts};
use crate::backend::{Backend, Caps, GateSet, Info, Metric, StateQuery, Threading, Verdict};
use crate::error::{Case, Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId, StreamId};
use crate::kernel::stabilizer as st;
use crate::op::check::{check_gate_operands, check_operands};
use crate::op::gates::{Primitive, clifford_counts, facts, slot};
use crate::op::{Batch, Op, OpKind, Outcomes};
use crate::part::{
    Config, ParamKind, ParamSpec, PartKind, PartSpec, SimulatorPart, Storage, Value,
};
use crate::rng::Stream;
use crate::sim::answer::{check_query, outcome};
use crate::sim::counts::Counts;
use crate::sim::life::Life;

/// Most qubits: the tableau then takes 2 GiB.
const QUBITS_MAX: u32 = 65_536;
/// How far an angle may be from the Clifford angle it stands for, unless configured, in radians.
const THRESHOLD: f64 = 1e-9;

/// An inverse tableau over storage of the caller's choice.
///
/// Takes every gate that is Clifford at the angles given: an angle counts as a multiple of pi/2 (or
/// pi, or pi/4, where the gate needs it) if it is at most `threshold` radians away. Anything else
/// is refused by name and angle before the batch begins. Global phases are not kept.
/// A measurement is one pass over one row when its value is certain, and draws once in any case.
#[derive(Clone, Debug)]
pub struct Stabilizer<S> {
    storage: S,
    qubit_count: u32,
    /// Words of a bit plane of one row, and of all rows.
    words: usize,
    tableau_words: usize,
    stream_id: StreamId,
    stream: Stream,
    life: Life,
    counts: Counts,
    sequences: Sequences,
}

impl<S: Storage<u64>> Stabilizer<S> {
    /// The simulator of `qubit_count` qubits; `threshold` in radians.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if the storage is too small or the tableau too large for memory.
    pub fn new(qubit_count: u32, threshold: f64, stream_id: StreamId, storage: S) -> Result<Self> {
        let needed = cells(qubit_count)?;
        let available = storage.as_ref().len();
        if available < needed {
            let (needed, available) = (needed as u64, available as u64);
            return Err(ErrorKind::Capacity { what: "tableau words", needed, available }.into());
        }
        let words = st::words_for(qubit_count as usize);
        let mut new = Self {
            storage,
            qubit_count,
            words,
            tableau_words: needed - st::row_words(words),
            stream_id,
            stream: Stream::of(Seed(0), ShotId(0), stream_id),
            life: Life::default(),
            counts: Counts::default(),
            sequences: Sequences::new(threshold),
        };
        let (tableau, _) = new.planes();
        st::reset_all(tableau, words);
        Ok(new)
    }

    /// The tableau and memory for one more row.
    fn planes(&mut self) -> (&mut [u64], &mut [u64]) {
        self.storage.as_mut().split_at_mut_checked(self.tableau_words).unwrap_or_default()
    }

    #[inline]
    fn check(&mut self, batch: &Batch<'_>, outcomes: &Outcomes<'_>) -> Result<()> {
        self.life.check_running()?;
        if !batch.bounds().fit_cliffords(self.qubit_count) {
            self.check_ops(batch)?;
        }
        outcomes.reserve(batch.result_count())
    }

    #[inline(never)]
    fn check_ops(&mut self, batch: &Batch<'_>) -> Result<()> {
        for (index, op) in (0..).zip(batch.ops()) {
            let mut checked = self.check_op(op);
            if let Err(e) = &mut checked {
                e.place_at(index);
                return checked;
            }
        }
        Ok(())
    }

    #[inline]
    fn check_op(&mut self, op: Op<'_>) -> Result<()> {
        match op.kind() {
            OpKind::Gate => self.check_gate(op),
            OpKind::Postselect => check_postselect(op, self.qubit_count),
            OpKind::Measure
            | OpKind::MeasureLeaked
            | OpKind::Reset
            | OpKind::Idle
            | OpKind::Barrier => check_operands(op, self.qubit_count),
            OpKind::Custom | OpKind::Channel => check_foreign(op),
        }
    }

    #[inline]
    fn check_gate(&mut self, op: Op<'_>) -> Result<()> {
        let counts = clifford_counts(op.gate());
        if counts != op.counts() {
            return if counts == 0 { refuse_gate(op) } else { Err(wrong_counts(op, counts)) };
        }
        check_gate_operands(op, self.qubit_count)?;
        if op.param_count() == 0 { Ok(()) } else { self.sequences.of(op).map(|_| ()) }
    }

    fn run(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let Self { storage, words, tableau_words, stream, sequences, .. } = self;
        let words = *words;
        let (tableau, mask) =
            storage.as_mut().split_at_mut_checked(*tableau_words).unwrap_or_default();
        for (index, op) in (0..).zip(batch.ops()) {
            let q = op.qubit(0) as usize;
            let mut done = match op.kind() {
                OpKind::Gate => {
                    gate(tableau, words, sequences, op);
                    Ok(())
                }
                OpKind::Measure | OpKind::MeasureLeaked => {
                    let value = measure(tableau, words, q, stream, mask);
                    outcomes.push(outcome(op, value, index))
                }
                OpKind::Reset => {
                    if measure(tableau, words, q, stream, mask) {
                        st::x(tableau, words, q);
                    }
                    Ok(())
                }
                OpKind::Postselect => {
                    postselect(tableau, words, op.qubit(0), op.param_u64(0) == 1, mask)
                }
                OpKind::Idle | OpKind::Barrier | OpKind::Custom | OpKind::Channel => Ok(()),
            };
            if let Err(e) = &mut done {
                e.place_at(index);
                e.pass_on(0, true);
                return done;
            }
        }
        Ok(())
    }
}

/// Measures: one draw in any case, so that the draws of later measurements do not depend on the
/// state.
#[inline]
fn measure(
    tableau: &mut [u64],
    words: usize,
    qubit: usize,
    stream: &mut Stream,
    mask: &mut [u64],
) -> bool {
    // Below one half: the highest bit says it.
    let drawn = stream.next_u64() >> 63 == 0;
    if let Some(value) = st::deterministic(tableau, words, qubit) {
        return value;
    }
    st::collapse(tableau, words, qubit, drawn, mask);
    drawn
}

fn postselect(
    tableau: &mut [u64],
    words: usize,
    qubit: u32,
    value: bool,
    mask: &mut [u64],
) -> Result<()> {
    match st::deterministic(tableau, words, qubit as usize) {
        None => st::collapse(tableau, words, qubit as usize, value, mask),
        Some(certain) if certain == value => {}
        Some(_) => {
            return Err(ErrorKind::Impossible { qubit, value: u8::from(value) }.into());
        }
    }
    Ok(())
}

/// Whether code is dear.
const BRIEF: bool = cfg!(not(target_pointer_width = "64"));

/// Carries out a gate that was checked: the common ones at once, the others as primitives.
#[inline]
fn gate(tableau: &mut [u64], words: usize, sequences: &mut Sequences, op: Op<'_>) {
    let (a, b) = (op.qubit(0) as usize, op.qubit(1) as usize);
    match op.gate() {
        slot::I => {}
        slot::X => st::x(tableau, words, a),
        slot::Y => st::y(tableau, words, a),
        slot::Z => st::z(tableau, words, a),
        slot::H => st::h(tableau, words, a),
        slot::CX => st::cx(tableau, words, a, b),
        // The rarer ones stand once where code is dear.
        slot::S if BRIEF => apply_primitive(tableau, words, Primitive::S(0), [a, b]),
        slot::SDG if BRIEF => apply_primitive(tableau, words, Primitive::Sdg(0), [a, b]),
        slot::SX if BRIEF => apply_primitive(tableau, words, Primitive::SqrtX(0), [a, b]),
        slot::SXDG if BRIEF => apply_primitive(tableau, words, Primitive::SqrtXdg(0), [a, b]),
        slot::CY if BRIEF => apply_primitive(tableau, words, Primitive::Cy(0, 1), [a, b]),
        slot::CZ if BRIEF => apply_primitive(tableau, words, Primitive::Cz(0, 1), [a, b]),
        slot::SWAP if BRIEF => apply_primitive(tableau, words, Primitive::Swap(0, 1), [a, b]),
        slot::S => st::s(tableau, words, a),
        slot::SDG => st::sdg(tableau, words, a),
        slot::SX => st::sqrt_x(tableau, words, a),
        slot::SXDG => st::sqrt_xdg(tableau, words, a),
        slot::CY => st::cy(tableau, words, a, b),
        slot::CZ => st::cz(tableau, words, a, b),
        slot::SWAP => st::swap(tableau, words, a, b),
        _ => {
            // What fails here is a hint that was let through to be skipped.
            if let Ok(sequence) = sequences.of(op) {
                for &primitive in sequence.as_slice() {
                    apply_primitive(tableau, words, primitive, [a, b]);
                }
            }
        }
    }
}

#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn apply_primitive(tableau: &mut [u64], words: usize, primitive: Primitive, qubits: [usize; 2]) {
    let at = |operand: u8| if operand == 0 { qubits[0] } else { qubits[1] };
    match primitive {
        Primitive::X(q) => st::x(tableau, words, at(q)),
        Primitive::Y(q) => st::y(tableau, words, at(q)),
        Primitive::Z(q) => st::z(tableau, words, at(q)),
        Primitive::H(q) => st::h(tableau, words, at(q)),
        Primitive::S(q) => st::s(tableau, words, at(q)),
        Primitive::Sdg(q) => st::sdg(tableau, words, at(q)),
        Primitive::SqrtX(q) => st::sqrt_x(tableau, words, at(q)),
        Primitive::SqrtXdg(q) => st::sqrt_xdg(tableau, words, at(q)),
        Primitive::SqrtY(q) => st::sqrt_y(tableau, words, at(q)),
        Primitive::SqrtYdg(q) => st::sqrt_ydg(tableau, words, at(q)),
        Primitive::Cx(a, b) => st::cx(tableau, words, at(a), at(b)),
        Primitive::Cy(a, b) => st::cy(tableau, words, at(a), at(b)),
        Primitive::Cz(a, b) => st::cz(tableau, words, at(a), at(b)),
        Primitive::Swap(a, b) => st::swap(tableau, words, at(a), at(b)),
    }
}

/// Words of storage: the tableau and one row.
fn cells(qubit_count: u32) -> Result<usize> {
    let count = usize::try_from(qubit_count).ok().filter(|_| qubit_count <= QUBITS_MAX);
    let tableau = count.and_then(st::tableau_words);
    let cells = count
        .zip(tableau)
        .and_then(|(count, tableau)| tableau.checked_add(st::row_words(st::words_for(count))));
    match cells {
        Some(cells) if cells <= isize::MAX.unsigned_abs() / size_of::<u64>() => Ok(cells),
        _ => Err(too_large(qubit_count)),
    }
}

#[cold]
fn too_large(qubit_count: u32) -> Error {
    let (needed, available) = (u64::from(qubit_count), u64::from(QUBITS_MAX));
    Error::from(ErrorKind::Capacity { what: "qubits", needed, available })
        .of_case(Case::TableauTooLarge { qubit_count, qubits_max: QUBITS_MAX })
}

impl<S: Storage<u64>> Backend for Stabilizer<S> {
    fn id(&self) -> &str {
        StabilizerPart::SPEC.id
    }

    fn info(&self) -> Info {
        Info {
            qubit_count: self.qubit_count,
            op_kinds: OP_KINDS,
            caps: Caps::STATE,
            threading: Threading::Sendable,
        }
    }

    fn takes_no_channels() -> bool {
        true
    }

    /// Native are the gates that are Clifford at some angle at least.
    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.life.check_between_shots().map_err(|e| e.in_layer(self.id()))?;
        if gates.gates.len() != verdicts.len() {
            let e = Error::from(ErrorKind::Argument("one verdict per gate is needed"));
            return Err(e.in_layer(self.id()));
        }
        for (gate, verdict) in gates.gates.iter().zip(verdicts) {
            let known = facts(gate.slot)
                .is_some_and(|built_in| built_in.id == gate.id && built_in.may_be_clifford());
            *verdict = if known { Verdict::Native } else { Verdict::Reject };
        }
        Ok(())
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.life.begin().map_err(|e| e.in_layer(self.id()))?;
        self.counts.begin();
        self.stream = Stream::of(seed, shot, self.stream_id);
        let words = self.words;
        st::reset_all(self.planes().0, words);
        Ok(())
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let had = outcomes.len();
        let mut done = match self.check(batch, outcomes) {
            Ok(()) => self.run(batch, outcomes),
            Err(e) => Err(e),
        };
        if let Err(e) = &mut done {
            outcomes.truncate(had);
            self.life.note(e);
            e.sign(StabilizerPart::SPEC.id);
            return done;
        }
        self.counts.add(batch);
        Ok(())
    }

    fn shot_end(&mut self) -> Result<()> {
        self.life.end().map_err(|e| e.in_layer(self.id()))
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.counts.metric(self.id(), index, self.tableau_words * size_of::<u64>())
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        let StateQuery::Probabilities(qubits) = query else {
            let e = ErrorKind::Unsupported(
                "a stabilizer simulator keeps no amplitudes; ask for probabilities, or use a \
                 state-vector simulator",
            );
            return Err(Error::from(e).in_layer(self.id()));
        };
        check_query(qubits, self.qubit_count, 1, out.len()).map_err(|e| e.in_layer(self.id()))?;
        let words = self.words;
        let (tableau, product) = self.planes();
        st::marginals(tableau, words, qubits, product, out);
        Ok(())
    }

    /// The hash of the tableau's bits: equal for equal runs; equal states that were reached in
    /// different ways may have different ones.
    fn state_digest(&mut self) -> Result<u64> {
        let words = self.words;
        Ok(st::digest(self.planes().0, words))
    }
}

/// The stabilizer simulator as a part.
#[derive(Clone, Copy, Debug)]
pub struct StabilizerPart;

impl SimulatorPart for StabilizerPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.stabilizer",
        kind: PartKind::Simulator,
        version: env!("CARGO_PKG_VERSION"),
        summary: "Clifford gates only, thousands of qubits; other gates and angles are refused.",
        params: &[ParamSpec {
            name: "threshold",
            kind: ParamKind::Real { min: 0.0, max: 0.1 },
            unit: "rad",
            default: Some(Value::Real(THRESHOLD)),
            help: "how far an angle may be from the Clifford angle that it is taken for",
        }],
    };
    type Cell = u64;
    const EMPTY: u64 = 0;
    type Simulator<S: Storage<u64>> = Stabilizer<S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        cells(config.qubit_count).map_err(|e| e.in_layer(Self::SPEC.id))
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, storage: S) -> Result<Stabilizer<S>> {
        config.check(&Self::SPEC)?;
        let threshold = config.real(&Self::SPEC, "threshold")?;
        Stabilizer::new(config.qubit_count, threshold, config.stream, storage)
            .map_err(|e| e.in_layer(Self::SPEC.id))
    }
}

#[cfg(test)]
mod tests;
