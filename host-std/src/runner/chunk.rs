//! Shots travel from a thread to the merger in chunks: memory that goes back and forth.

use pandia_core::backend::Metric;
use pandia_core::emulator::ShotError;
use pandia_core::ids::ShotId;

use super::metrics::{CollectMetrics, MetricTotals};
use crate::trace::{Capture, Spool, TracePiece};

/// Some shots in a row with what they gave.
#[derive(Debug)]
pub(super) struct Chunk {
    /// Which thread's it is.
    pub(super) owner: usize,
    /// Its place among all chunks.
    pub(super) index: u64,
    /// Number of its first shot.
    first: u64,
    /// How many shots it is for.
    wanted: u64,
    /// How many were run.
    done: u64,
    /// Whether none comes after it.
    last: bool,
    bit_count: usize,
    /// The bits of the good shots, one after the other.
    bits: Vec<u8>,
    /// The shots that failed, in order, counted from the first of the chunk.
    failures: Vec<(u64, ShotError)>,
    /// What was traced of the shots that were run, if anything is.
    trace: Option<Spool>,
    /// What parts counted in the good shots, if somebody asks.
    pub(super) metrics: Box<Collected>,
}

/// What parts counted in good shots.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) totals: MetricTotals,
    /// Of each shot, in order, if somebody asks for that.
    pub(super) by_shot: Vec<MetricTotals>,
}

/// What became of a shot.
pub(super) enum Outcome<'a> {
    Bits(&'a [u8]),
    Failed(&'a ShotError),
}

impl Chunk {
    pub(super) fn new(owner: usize, shots: usize, bit_count: usize, traced: bool) -> Self {
        let bits = Vec::with_capacity(shots.saturating_mul(bit_count));
        Self {
            owner,
            index: 0,
            first: 0,
            wanted: 0,
            done: 0,
            last: false,
            bit_count,
            bits,
            failures: Vec::new(),
            trace: traced.then(Spool::new),
            metrics: Box::default(),
        }
    }

    /// Empties it, to be filled with `wanted` shots from `first` on.
    pub(super) fn start(&mut self, index: u64, first: u64, wanted: u64) {
        self.index = index;
        self.first = first;
        self.wanted = wanted;
        self.done = 0;
        self.last = false;
        self.bits.clear();
        self.failures.clear();
        if let Some(trace) = &mut self.trace {
            trace.clear();
        }
        self.metrics.totals.clear();
        self.metrics.by_shot.clear();
    }

    /// The shot to run next.
    pub(super) const fn next_shot(&self) -> Option<ShotId> {
        if self.done < self.wanted { Some(ShotId(self.first + self.done)) } else { None }
    }

    /// How many shots are still to be run.
    pub(super) const fn remaining(&self) -> u64 {
        self.wanted - self.done
    }

    pub(super) fn push_bits(&mut self, bits: &[u8]) {
        self.bits.extend_from_slice(bits);
        self.done += 1;
    }

    pub(super) fn push_failure(&mut self, failure: ShotError) {
        self.failures.push((self.done, failure));
        self.done += 1;
    }

    /// Takes over what parts counted in the good shot that was pushed last.
    pub(super) fn push_metrics<'n>(
        &mut self,
        collect: CollectMetrics,
        numbers: impl Iterator<Item = Metric<'n>>,
    ) {
        match collect {
            CollectMetrics::Nothing => {}
            CollectMetrics::Totals => self.metrics.totals.add_shot(numbers),
            CollectMetrics::EachShot => {
                let one = MetricTotals::of_shot(numbers);
                self.metrics.totals.add_all(&one);
                self.metrics.by_shot.push(one);
            }
        }
    }

    /// Takes over what was traced of the shot that was pushed last.
    pub(super) fn push_trace(&mut self, capture: Option<&Capture>) {
        if let (Some(trace), Some(capture)) = (&mut self.trace, capture) {
            capture.take_shot(trace);
        }
    }

    /// What was traced of the shots that were run.
    pub(super) fn trace(&mut self) -> Option<TracePiece<'_>> {
        self.trace.as_mut().map(TracePiece::new)
    }

    /// Ends the run with this chunk.
    pub(super) const fn make_last(&mut self) {
        self.last = true;
    }

    pub(super) const fn is_last(&self) -> bool {
        self.last
    }

    pub(super) const fn is_complete(&self) -> bool {
        self.done == self.wanted
    }

    /// What became of each shot that was run, in order.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = (ShotId, Outcome<'_>)> {
        let mut failures = self.failures.iter().peekable();
        let mut at = 0;
        (0..self.done).map(move |offset| {
            let shot = ShotId(self.first + offset);
            if let Some((_, failure)) = failures.next_if(|(failed, _)| *failed == offset) {
                return (shot, Outcome::Failed(failure));
            }
            let bits = self.bits.get(at..at + self.bit_count).unwrap_or(&[]);
            at += self.bit_count;
            (shot, Outcome::Bits(bits))
        })
    }
}
