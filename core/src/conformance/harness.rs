//! What every check stands on: the backend between calls, its verdicts, and comparisons that say
//! what was expected.

use core::fmt::{self, Write};

use super::circuit::{Circuit, Ops};
use super::reference::STATES;
use super::{Checked, FAILURE_BYTES, Profile, Stop, tolerance};
use crate::backend::{Backend, Caps, GateDef, GateSet, Info, StateQuery, Threading, Verdict};
use crate::error::{Class, Error, Result};
use crate::ids::{Seed, ShotId};
use crate::op::gates::{GATE_QUBITS_MAX, LIST};
use crate::op::{Outcome, Outcomes};
use crate::real::Real;
use heapless::String;

/// Most outcomes of one call.
pub(super) const OUTCOMES_MAX: usize = 16;
/// The seed of every run here.
pub(super) const SEED: Seed = Seed(0x5eed);

/// The backend under test and what is known of it.
pub(super) struct Harness<'b> {
    pub(super) backend: &'b mut dyn Backend,
    pub(super) profile: Profile,
    pub(super) info: Info,
    verdicts: [Verdict; LIST.len()],
    in_shot: bool,
    /// The shot that comes next, so that statistics never use one twice.
    next_shot: u64,
    outcomes: [Outcome; OUTCOMES_MAX],
    outcome_count: usize,
    /// Bit `slot` is set if that gate was compared with its matrix.
    pub(super) gates_compared: u64,
}

struct Cutter<'a>(&'a mut String<FAILURE_BYTES>);

impl Write for Cutter<'_> {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        // A full text is no failure: it is cut.
        s.chars().try_for_each(|c| self.0.push(c)).or(Ok(()))
    }
}

/// A failure in words.
#[cold]
pub(super) fn failed(text: fmt::Arguments<'_>) -> Stop {
    let mut words = String::new();
    let _ = Cutter(&mut words).write_fmt(text);
    Stop::Failed(words)
}

/// Fails with `text` unless `right`.
pub(super) fn ensure(right: bool, text: fmt::Arguments<'_>) -> Checked {
    if right { Ok(()) } else { Err(failed(text)) }
}

/// Skips the check unless `applies`.
pub(super) const fn needs(applies: bool, why: &'static str) -> Checked {
    if applies { Ok(()) } else { Err(Stop::Skipped(why)) }
}

/// Turns an error of a call that should have gone well into a failure.
pub(super) fn went_well<T>(what: &str, done: Result<T>) -> Checked<T> {
    done.map_err(|e| failed(format_args!("{what} failed: {e}")))
}

/// Builds operations; a full buffer is a failure of this module.
pub(super) fn build(fill: impl FnOnce(&mut Ops) -> Result<()>) -> Checked<Ops> {
    let mut ops = Ops::new();
    went_well("building a circuit", fill(&mut ops))?;
    Ok(ops)
}

/// What comes more rarely than this does not come in a test.
const RARE: f64 = 1e-6;

/// Whether `seen` of `shots` is a likely count for probability `p`.
pub(super) fn likely(seen: u64, shots: u64, p: f64, sigmas: f64) -> bool {
    if p < tolerance::IMPOSSIBLE {
        return seen == 0;
    }
    if p > 1.0 - tolerance::IMPOSSIBLE {
        return seen == shots;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    let (seen, shots) = (seen as f64, shots as f64);
    if libm::fabs(seen - shots * p) <= sigmas * Real::sqrt(shots * p * (1.0 - p)) {
        return true;
    }
    // Where hardly one is expected, the tail is longer than a bell's: P(n or more) < mean^n / n!.
    let (mean, mut tail, mut n) = (shots * p, 1.0, 1.0);
    while n <= seen && mean < 1.0 {
        tail *= mean / n;
        n += 1.0;
    }
    mean < 1.0 && seen > mean && tail > RARE
}

impl<'b> Harness<'b> {
    pub(super) fn new(backend: &'b mut dyn Backend, profile: Profile) -> Self {
        let threading = Threading::Pinned;
        Self {
            backend,
            profile,
            info: Info { qubit_count: 0, op_kinds: 0, caps: Caps::NONE, threading },
            verdicts: [Verdict::Reject; LIST.len()],
            in_shot: false,
            next_shot: 1 << 32,
            outcomes: [Outcome::default(); OUTCOMES_MAX],
            outcome_count: 0,
            gates_compared: 0,
        }
    }

    /// Asks again what the backend is and does: what one check announced is no other's business.
    pub(super) fn prepare(&mut self) -> Checked {
        self.info = self.backend.info();
        for (gate, verdict) in LIST.iter().zip(&mut self.verdicts) {
            let def = [went_well("the gate list", GateDef::built_in(gate.slot))?];
            let mut answer = [Verdict::Reject];
            let set = GateSet { gates: &def };
            went_well("announcing a gate", self.backend.negotiate(&set, &mut answer))?;
            *verdict = answer[0];
        }
        Ok(())
    }

    /// Leaves the backend between shots, whatever happened.
    pub(super) fn clean_up(&mut self) {
        if self.in_shot {
            self.in_shot = false;
            // A failure here was the check's to find; the next check starts with a new shot.
            let _ = self.backend.shot_end();
        }
    }

    /// Whether the backend takes this built-in gate.
    pub(super) fn accepts(&self, slot: u16) -> bool {
        self.verdict(slot) != Verdict::Reject
    }

    /// The backend's verdict on this built-in gate.
    pub(super) fn verdict(&self, slot: u16) -> Verdict {
        let index = usize::from(slot).wrapping_sub(1);
        self.verdicts.get(index).copied().unwrap_or_default()
    }

    /// Skips the check unless outcomes follow from operations and there are so many qubits.
    pub(super) fn needs_quantum(&self, qubits: u32) -> Checked {
        needs(self.profile.is_quantum(), "outcomes do not follow from the operations here")?;
        self.needs_qubits(qubits)
    }

    /// Skips the check unless there are so many qubits.
    pub(super) const fn needs_qubits(&self, qubits: u32) -> Checked {
        needs(self.info.qubit_count >= qubits, "the backend has too few qubits for it")
    }

    /// The backend's highest qubit.
    pub(super) const fn last_qubit(&self) -> u32 {
        self.info.qubit_count.saturating_sub(1)
    }

    /// Three qubits to work on, at the low end of the register or, the other way round, at both
    /// ends. Where there are fewer, only the first so many count.
    pub(super) const fn place(&self, spread: bool) -> [u32; GATE_QUBITS_MAX] {
        let last = self.last_qubit();
        match (spread, self.info.qubit_count) {
            (true, 3..) => [last, 0, last / 2],
            (true, 2) => [1, 0, 0],
            _ => [0, 1, 2],
        }
    }

    /// An empty circuit at the low end of the register.
    pub(super) fn circuit(&self) -> Circuit {
        Circuit::new(self.place(false))
    }

    /// Begins a shot that no other check has used.
    pub(super) fn begin(&mut self) -> Checked {
        self.next_shot += 1;
        self.begin_shot(ShotId(self.next_shot), SEED)
    }

    /// Begins this shot.
    pub(super) fn begin_shot(&mut self, shot: ShotId, seed: Seed) -> Checked {
        went_well("shot_begin", self.backend.shot_begin(shot, seed))?;
        self.in_shot = true;
        Ok(())
    }

    /// Ends the shot.
    pub(super) fn end(&mut self) -> Checked {
        self.in_shot = false;
        went_well("shot_end", self.backend.shot_end())
    }

    /// Applies operations whose failure is none of the backend.
    pub(super) fn try_apply(&mut self, ops: &Ops, room: usize) -> Result<()> {
        let room = room.min(OUTCOMES_MAX);
        let mut outcomes = Outcomes::new(self.outcomes.get_mut(..room).unwrap_or(&mut []));
        let done = self.backend.apply(&ops.batch(), &mut outcomes);
        self.outcome_count = outcomes.len();
        done
    }

    /// Applies operations of which one cannot be done, and gives the error: that of the call or, where
    /// it may be told late, that of the end of the shot, which then has ended.
    pub(super) fn failure_of(&mut self, ops: &Ops) -> Option<Error> {
        let told = self.try_apply(ops, OUTCOMES_MAX).err();
        if told.is_some() || !self.profile.tells_late {
            return told;
        }
        self.in_shot = false;
        self.backend.shot_end().err()
    }

    /// Whether the shot goes on after such an error. One that was told late must have cost it.
    pub(super) fn goes_on(&self, what: &str, error: &Error) -> Checked<bool> {
        ensure(
            self.in_shot || error.class() != Class::Refused,
            format_args!(
                "{what}: refused at the end of the shot, when it was taken long ago: {error}"
            ),
        )?;
        Ok(self.in_shot)
    }

    /// Applies operations and checks that every measurement got an outcome of the right form.
    pub(super) fn apply(&mut self, ops: &Ops) -> Checked<&[Outcome]> {
        let done = self.try_apply(ops, OUTCOMES_MAX);
        went_well("apply", done)?;
        self.check_outcomes(ops)?;
        Ok(self.outcomes.get(..self.outcome_count).unwrap_or(&[]))
    }

    /// What the last call yielded.
    pub(super) fn outcomes(&self) -> &[Outcome] {
        self.outcomes.get(..self.outcome_count).unwrap_or(&[])
    }

    /// The value of the last call's outcome number `index`; 99 if there is none.
    pub(super) fn value(&self, index: usize) -> u64 {
        self.outcomes().get(index).map_or(99, |outcome| outcome.value)
    }

    fn check_outcomes(&self, ops: &Ops) -> Checked {
        let outcomes = self.outcomes();
        let bearing = (0..).zip(ops.batch().ops()).filter(|(_, op)| op.kind().bears_result());
        let mut count = 0;
        for ((op_index, op), outcome) in bearing.zip(outcomes) {
            count += 1;
            let leaked = op.kind() == crate::op::OpKind::MeasureLeaked;
            let expected = Outcome {
                id: op.result_id(),
                kind: op.kind() as u8,
                op_index,
                value: outcome.value.min(if leaked { 2 } else { 1 }),
                ..Outcome::default()
            };
            ensure(
                *outcome == expected,
                format_args!("operation {op_index} gave {outcome:?}, not {expected:?}"),
            )?;
        }
        ensure(
            count == outcomes.len() && outcomes.len() == ops.batch().result_count() as usize,
            format_args!(
                "{} outcomes came of {} measurements",
                outcomes.len(),
                ops.batch().result_count()
            ),
        )
    }

    /// Runs the circuit in a shot of its own; its outcomes are then [`Self::outcomes`].
    pub(super) fn shot(&mut self, ops: &Ops) -> Checked {
        self.begin()?;
        self.apply(ops)?;
        self.end()
    }

    /// Compares the probabilities of the first `qubit_count` qubits after `circuit` with the
    /// reference: by a state query where there is one, by counting otherwise.
    pub(super) fn compare(
        &mut self,
        mut circuit: Circuit,
        qubit_count: usize,
        what: fmt::Arguments<'_>,
    ) -> Checked {
        let expected = circuit.reference.probabilities(qubit_count);
        let expected = expected.get(..1 << qubit_count).unwrap_or(&expected);
        if self.info.caps.has(Caps::STATE) {
            return self.compare_state(&circuit, qubit_count, expected, what);
        }
        (0..).zip(0..qubit_count).try_for_each(|(local, _)| circuit.measure(local))?;
        let shots =
            if self.profile.quick { tolerance::SHOTS_SWEEP / 3 } else { tolerance::SHOTS_SWEEP };
        let mut counts = [0_u64; STATES];
        for _ in 0..shots {
            self.shot(&circuit.ops)?;
            let index = self
                .outcomes()
                .iter()
                .rev()
                .fold(0, |bits, outcome| bits << 1 | usize::from(outcome.value == 1));
            if let Some(count) = counts.get_mut(index) {
                *count += 1;
            }
        }
        for (index, (&p, &seen)) in expected.iter().zip(&counts).enumerate() {
            ensure(
                likely(seen, shots, p, tolerance::SIGMAS_SWEEP),
                format_args!("{what}: value {index} came {seen} times in {shots}, p = {p}"),
            )?;
        }
        Ok(())
    }

    fn compare_state(
        &mut self,
        circuit: &Circuit,
        qubit_count: usize,
        expected: &[f64],
        what: fmt::Arguments<'_>,
    ) -> Checked {
        self.begin()?;
        self.apply(&circuit.ops)?;
        let mut seen = [0.0; STATES];
        let seen = seen.get_mut(..expected.len()).unwrap_or(&mut []);
        let query = StateQuery::Probabilities(circuit.qubits(qubit_count));
        went_well("asking for probabilities", self.backend.state(query, seen))?;
        for (index, (p, q)) in expected.iter().zip(seen.iter()).enumerate() {
            ensure(
                libm::fabs(p - q) <= self.profile.tolerance,
                format_args!("{what}: value {index} has probability {q}, not {p}"),
            )?;
        }
        self.end()
    }

    /// Applies `good` and after it, in the same batch, what `bad` adds: it must be refused with
    /// this code, naming the operation and saying why, and must have changed nothing.
    pub(super) fn refuses(
        &mut self,
        what: &str,
        code: i32,
        bad: impl FnOnce(&mut Ops) -> Result<()>,
    ) -> Checked {
        self.begin()?;
        let mut good = self.circuit();
        // A backend that has no X gets no gate before the bad one.
        let has_good = self.profile.is_quantum()
            && good.gate(self, crate::op::gates::slot::X, &[0], &[]).is_ok();
        let mut ops = good.ops.clone();
        let bad_index = ops.op_count();
        went_well("building a circuit", bad(&mut ops))?;
        let Some(error) = self.failure_of(&ops) else {
            return Err(failed(format_args!("{what}: was not refused")));
        };
        self.check_refusal(what, &error, code, Some(bad_index))?;
        if !self.goes_on(what, &error)? {
            return Ok(());
        }
        if error.class() == Class::Refused && has_good {
            let (qubit, x) = (good.qubit(0), &mut good.ops);
            went_well("building a circuit", crate::op::OpSink::measure(x, qubit, 0))?;
            self.apply(&good.ops)?;
            ensure(
                self.value(0) == 1,
                format_args!("{what}: the refused batch changed the state"),
            )?;
        }
        self.end()
    }

    /// Whether the error names this operation, or none where it may be told by another call.
    pub(super) fn names(&self, error: &Error, op_index: Option<u32>) -> bool {
        error.op_index() == op_index || (self.profile.tells_late && error.op_index().is_none())
    }

    /// Checks code, class, operation and words of a refusal.
    pub(super) fn check_refusal(
        &self,
        what: &str,
        error: &Error,
        code: i32,
        op_index: Option<u32>,
    ) -> Checked {
        let right_class = match error.class() {
            Class::Refused => error.code() == code,
            Class::ShotLost => !self.profile.whole_batches,
            Class::InstanceLost => false,
        };
        ensure(
            right_class,
            format_args!("{what}: refused with {}, not {code}: {error}", error.code()),
        )?;
        ensure(
            op_index.is_none() || self.names(error, op_index),
            format_args!("{what}: names operation {:?}, not {op_index:?}", error.op_index()),
        )?;
        ensure(
            error.op_index().is_none_or(|index| index < u32::MAX) && !error.layer().is_empty(),
            format_args!("{what}: no layer has signed the error: {error}"),
        )?;
        let mut words = String::<FAILURE_BYTES>::new();
        let _ = error.write_text(&mut Cutter(&mut words));
        ensure(words.len() > 4, format_args!("{what}: refused without a word"))?;
        ensure(self.outcome_count == 0, format_args!("{what}: a refused batch gave outcomes"))
    }
}
