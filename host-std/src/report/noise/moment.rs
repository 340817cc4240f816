//! What probabilities depend on beside the operation itself, as far as the model says that they do.

use pandia_core::ids::ShotId;
use pandia_core::noise::expected::{BatchOutcome, Facts, Known};
use pandia_core::op::record::FLAG_INSERTED;
use pandia_core::op::{Op, OpKind};
use pandia_core::trace::BatchEnd;
use pandia_core::units::{DurationNs, TimeNs};

/// Everything of this that does not matter to the model is 0 or empty, so equal moments are one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Moment {
    shot: u64,
    start: u64,
    length: u64,
    /// In ns, by operand.
    waited: Vec<u64>,
    /// All of the batch.
    pub(super) outcomes: Vec<BatchOutcome>,
}

impl Moment {
    /// That of a batch that came back, without what single operations have of their own.
    pub(super) fn of_batch(facts: Facts, shot: u64, end: &BatchEnd) -> Self {
        let known = |fact, value| if facts.has(fact) { value } else { 0 };
        Self {
            shot: known(Facts::SHOT, shot),
            start: known(Facts::START, end.start.0),
            length: known(Facts::LENGTH, end.length.0),
            waited: Vec::new(),
            outcomes: Vec::new(),
        }
    }

    /// The words that tell it from others of the same operation.
    pub(super) fn push_words(&self, words: &mut Vec<u64>) {
        words.extend([self.shot, self.start, self.length]);
        words.extend(&self.waited);
        for one in &self.outcomes {
            words.extend([u64::from(one.qubit), one.value, u64::from(one.inserted)]);
        }
    }

    /// Gives all that is known when `op` comes to `then`.
    pub(super) fn known<T>(
        &self,
        op: Op<'_>,
        leaked: &dyn Fn(u32) -> bool,
        measured: Option<u64>,
        then: impl FnOnce(&Known<'_>) -> T,
    ) -> T {
        let waited = |qubit| {
            let mut operands = op.qubits().zip(&self.waited);
            operands.find(|(operand, _)| *operand == qubit).map_or(0, |(_, &waited)| waited)
        };
        then(&Known {
            leaked,
            measured,
            shot: ShotId(self.shot),
            start: TimeNs(self.start),
            length: DurationNs(self.length),
            waited: &waited,
        })
    }
}

/// Until when each qubit has taken part in something, by the schedule.
#[derive(Debug)]
pub(super) struct Clocks(Vec<u64>);

impl Clocks {
    pub(super) fn new(qubits: u32) -> Self {
        Self(vec![0; qubits as usize])
    }

    pub(super) fn begin_shot(&mut self) {
        self.0.fill(0);
    }

    /// Notes in `moment` how long each qubit of `op` has waited, and moves on to the end of its window.
    pub(super) fn pass(&mut self, op: Op<'_>, end: &BatchEnd, moment: &mut Moment) {
        moment.waited.clear();
        if matches!(op.kind(), OpKind::Barrier | OpKind::Channel) || op.flags() & FLAG_INSERTED != 0
        {
            return; // Nobody takes part in these.
        }
        let length = if op.kind() == OpKind::Idle { op.param_u64(0) } else { end.length.0 };
        for qubit in op.qubits() {
            let Some(since) = self.0.get_mut(qubit as usize) else { continue };
            moment.waited.push(end.start.0.saturating_sub(*since));
            *since = (*since).max(end.start.0.saturating_add(length));
        }
    }
}

/// The outcomes of a batch as they came from below; `None` if some are missing.
pub(super) fn outcomes(coming: &[Op<'_>], measured: &[u64]) -> Option<Vec<BatchOutcome>> {
    let bearing = coming.iter().filter(|op| op.kind().bears_result());
    let mut values = measured.iter();
    let of = |op: &Op<'_>| {
        let inserted = op.flags() & FLAG_INSERTED != 0;
        Some(BatchOutcome { qubit: op.qubit(0), value: *values.next()?, inserted })
    };
    bearing.map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pandia_core::op::gates::slot;
    use pandia_core::op::{OpBuffer, OpSink, Source};

    fn end(start: u64, length: u64) -> BatchEnd {
        BatchEnd {
            batch: 0,
            op_count: 1,
            result_count: 0,
            start: TimeNs(start),
            length: DurationNs(length),
            source: Source::default(),
            status: 0,
            duration: None,
        }
    }

    #[test]
    fn a_qubit_waits_from_window_to_window_and_through_its_idles() {
        let mut clocks = Clocks::new(2);
        let mut waited = |end: &BatchEnd, fill: &dyn Fn(&mut OpBuffer<16>)| {
            let mut ops = OpBuffer::<16>::new();
            fill(&mut ops);
            let batch = ops.batch();
            let mut moment = Moment::default();
            clocks.pass(batch.ops().iter().next().unwrap(), end, &mut moment);
            moment.waited
        };
        let h = |ops: &mut OpBuffer<16>| ops.gate(slot::H, &[0], &[]).unwrap();
        let cx = |ops: &mut OpBuffer<16>| ops.gate(slot::CX, &[1, 0], &[]).unwrap();
        let idle = |ops: &mut OpBuffer<16>| ops.idle(&[0], DurationNs(30)).unwrap();
        let barrier = |ops: &mut OpBuffer<16>| ops.barrier(&[0]).unwrap();
        assert_eq!(waited(&end(5, 10), &h), [5]);
        assert_eq!(waited(&end(20, 10), &idle), [5]);
        assert_eq!(waited(&end(45, 10), &barrier), [0; 0]);
        // The idle ended at 50, whatever its window was.
        assert_eq!(waited(&end(60, 10), &cx), [60, 10]);
        clocks.begin_shot();
        let mut moment = Moment::default();
        let mut ops = OpBuffer::<16>::new();
        h(&mut ops);
        clocks.pass(ops.batch().ops().iter().next().unwrap(), &end(7, 1), &mut moment);
        assert_eq!(moment.waited, [7]);
    }
}
