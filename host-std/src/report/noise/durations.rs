//! How long single operations take, as the runtime is told.
//!
//! The schedule gives a start and a length to whole batches. Every built-in runtime takes the same
//! settings for single operations, so within a batch they say more.

use std::ops::Range;

use pandia_core::op::{Op, OpKind};

use crate::trace::About;

/// The settings of a runtime.
#[derive(Clone, Copy, Debug)]
pub(super) struct Durations {
    gate_1q: u64,
    gate_2q: u64,
    measure: u64,
    reset: u64,
}

impl Durations {
    /// Those of the run's runtime; `None` if it does not have all of them.
    pub(super) fn of(about: &About) -> Option<Self> {
        let runtime = about.parts.iter().find(|part| part.kind == "runtime")?;
        let setting = |key: &str| runtime.parameters.get(key)?.as_u64();
        Some(Self {
            gate_1q: setting("duration_1q_ns")?,
            gate_2q: setting("duration_2q_ns")?,
            measure: setting("duration_measure_ns")?,
            reset: setting("duration_reset_ns")?,
        })
    }

    /// How long one operation takes, in nanoseconds.
    pub(super) fn of_op(&self, op: Op<'_>) -> u64 {
        match op.kind() {
            OpKind::Gate if op.qubit_count() == 1 => self.gate_1q,
            OpKind::Gate => self.gate_2q,
            OpKind::Measure | OpKind::MeasureLeaked => self.measure,
            OpKind::Reset => self.reset,
            OpKind::Idle => op.param_u64(0),
            OpKind::Postselect | OpKind::Custom | OpKind::Channel | OpKind::Barrier => 0,
        }
    }
}

/// When each operation of a batch ends: one after the other if their durations add up to the batch's
/// length, and all at its end if not, as in a batch of operations side by side.
pub(super) fn ends(durations: &[u64], window: Range<u64>) -> impl Iterator<Item = u64> {
    let sum = durations.iter().fold(0_u64, |sum, &one| sum.saturating_add(one));
    let in_turn = sum == window.end - window.start;
    let mut now = window.start;
    durations.iter().map(move |&duration| {
        now = now.saturating_add(duration);
        if in_turn { now } else { window.end }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_end_in_turn_if_their_durations_say_so() {
        let all = |durations: &[u64], window| ends(durations, window).collect::<Vec<_>>();
        assert_eq!(all(&[10, 5, 0], 100..115), [110, 115, 115]);
        assert_eq!(all(&[10, 10], 100..110), [110, 110]);
        assert_eq!(all(&[], 3..3), Vec::<u64>::new());
    }
}
