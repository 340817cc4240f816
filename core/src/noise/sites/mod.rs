//! Where errors fall: the sites of a shot are numbered in order, and the next one that may go wrong
//! is found by skipping, not by a draw for each.
//!
//! All sites are taken to fail at the largest rate that the model has; a site that is hit and whose
//! own rate is smaller is then kept with the ratio of the two (thinning). So a site that stays clean
//! costs the decrement of a counter, whatever its rate.
//! Not here: which rate a site has ([`super::rates`]) and what the error is.

use super::drift::{Drift, Drifting};
use super::prepared::{Reader, Writer};
use super::skip::Skip;
use crate::backend::Backend;
use crate::error::{Class, Error, Result};
use crate::ids::{Seed, ShotId, StreamId};
use crate::op::{Batch, Outcomes};
use crate::rng::{Chance, Stream};
use crate::units::Probability;

/// Below this rate the distance to the next hit is drawn at once, from one logarithm; from here on
/// by one draw a site, which is cheaper by then.
const SKIP_BELOW: f64 = 1.0 / 16.0;
/// What a draw of 53 bits counts.
const UNIT: f64 = 1.0 / 9_007_199_254_740_992.0;

/// How the distance to the next hit is drawn.
#[derive(Clone, Copy, Debug, Default)]
enum Law {
    /// The rate is 0.
    #[default]
    Never,
    /// The rate is 1.
    Always,
    /// One draw a site.
    Trials(Chance),
    /// The whole distance at once.
    Skips(Skip),
}

impl Law {
    fn of(rate_max: Probability) -> Self {
        let rate = rate_max.get();
        if rate <= 0.0 {
            Self::Never
        } else if rate >= 1.0 {
            Self::Always
        } else if rate >= SKIP_BELOW {
            Self::Trials(rate_max.into())
        } else {
            Self::Skips(Skip::new(rate))
        }
    }
}

/// As words, of which the first says which law it is.
impl Law {
    fn words(self) -> [u64; 3] {
        match self {
            Self::Never => [0, 0, 0],
            Self::Always => [1, 0, 0],
            Self::Trials(chance) => {
                let [tag, threshold] = chance.words();
                [2, tag, threshold]
            }
            Self::Skips(skip) => {
                let [mantissa, exponent] = skip.words();
                [3, mantissa, exponent]
            }
        }
    }

    fn of_words([tag, a, b]: [u64; 3]) -> Option<Self> {
        Some(match tag {
            0 => Self::Never,
            1 => Self::Always,
            2 => Self::Trials(Chance::of_words([a, b])?),
            3 => Self::Skips(Skip::of_words([a, b])?),
            _ => return None,
        })
    }
}

/// Finds the sites at which errors fall, and gives the draws that decide what they are.
#[derive(Clone, Debug)]
pub(crate) struct Sites<D = Drifting> {
    /// How many sites stay clean before the next hit.
    clean: u64,
    rate_max: f64,
    law: Law,
    stream_id: StreamId,
    stream: Stream,
    drift: D,
}

/// Where sites stood before a batch.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    clean: u64,
    stream: Stream,
}

impl<D: Drift> Sites<D> {
    /// Sites whose largest rate is `rate_max`, drawn from `stream_id`.
    pub(crate) fn new(rate_max: Probability, stream_id: StreamId, drift: D) -> Self {
        let (law, rate_max) = (Law::of(rate_max), rate_max.get());
        let stream = Stream::of(Seed(0), ShotId(0), stream_id);
        Self { clean: u64::MAX, rate_max, law, stream_id, stream, drift }
    }

    /// The largest rate and its law, for [`Self::prepared`].
    pub(super) fn prepare(&self, words: &mut Writer<'_>) {
        words.rate(self.rate_max);
        words.words(self.law.words());
    }

    /// Sites of what [`Self::prepare`] wrote, drawn from `stream_id`.
    pub(super) fn prepared(words: &mut Reader<'_>, stream_id: StreamId, drift: D) -> Self {
        let (rate_max, law) = (words.rate(), words.words());
        let law = words.known(Law::of_words(law));
        let stream = Stream::of(Seed(0), ShotId(0), stream_id);
        Self { clean: u64::MAX, rate_max, law, stream_id, stream, drift }
    }

    /// Sets the largest rate, before the first shot.
    pub(crate) fn set_rate_max(&mut self, rate_max: Probability) {
        (self.law, self.rate_max) = (Law::of(rate_max), rate_max.get());
    }

    /// Stands at the first site of a shot.
    pub(crate) fn begin(&mut self, seed: Seed, shot: ShotId) {
        self.drift.begin(shot);
        self.stream = Stream::of(seed, shot, self.stream_id);
        self.clean = self.draw_clean();
    }

    /// Passes the next `count` sites if none of them is hit; otherwise passes none.
    #[inline]
    pub(crate) const fn pass(&mut self, count: u64) -> bool {
        let clean = count <= self.clean;
        if clean {
            self.clean -= count;
        }
        clean
    }

    /// Takes back a [`Self::pass`] of `count` sites.
    #[inline]
    pub(crate) const fn unpass(&mut self, count: u64) {
        self.clean = self.clean.saturating_add(count);
    }

    /// Forwards a batch whose `count` sites were just [`Self::pass`]ed.
    ///
    /// An `Ok` is made anew: where an error lies in the result (the Cortex-M0), to hand on the whole costs
    /// 250 instructions an operation.
    #[inline]
    pub(crate) fn forward<B: Backend>(
        &mut self,
        count: u64,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let done = child.apply(batch, outcomes);
        if let Err(error) = &done {
            self.refused(count, error);
            return done;
        }
        Ok(())
    }

    /// Takes back a [`Self::pass`] of `count` sites if the batch was refused for `error`, which then
    /// has changed nothing.
    #[cold]
    fn refused(&mut self, count: u64, error: &Error) {
        if error.class() == Class::Refused {
            self.unpass(count);
        }
    }

    /// Stands at a batch that starts then: rates that drift by time follow.
    #[inline]
    pub(crate) fn at(&mut self, batch: &Batch<'_>) {
        self.drift.at(batch.start());
    }

    /// How the rates drift.
    pub(crate) const fn drift(&self) -> &D {
        &self.drift
    }

    /// Where this stands, to be put back to if the batch that comes is refused.
    pub(crate) fn mark(&self) -> Mark {
        Mark { clean: self.clean, stream: self.stream.clone() }
    }

    /// Stands there again.
    #[cold]
    pub(crate) fn put_back(&mut self, mark: Mark) {
        (self.clean, self.stream) = (mark.clean, mark.stream);
    }

    /// Passes one site and says whether it is hit.
    #[inline]
    pub(crate) fn hit(&mut self) -> bool {
        if self.pass(1) {
            return false;
        }
        self.clean = self.draw_clean();
        self.drift.keeps(&mut self.stream)
    }

    /// The share of hits that a site with this rate keeps, prepared for drawing.
    #[inline(never)]
    pub(crate) fn share(&self, rate: f64) -> Chance {
        if rate <= 0.0 {
            return Chance::Never;
        }
        if rate >= self.rate_max {
            return Chance::Always;
        }
        // The least of 2^53 draws that gives the rate or more when it is scaled to the largest one.
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
        let reaches = |draw: u64| draw as f64 * UNIT * self.rate_max >= rate;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of 2^53, not negative"
        )]
        let mut least = (rate / self.rate_max / UNIT) as u64;
        while reaches(least) {
            least -= 1;
        }
        while !reaches(least) {
            least += 1;
        }
        Chance::Below(least.saturating_mul(1 << 11))
    }

    /// Whether a site that was hit goes wrong, where it keeps this [`Self::share`] of its hits.
    #[inline]
    pub(crate) fn accept(&mut self, share: Chance) -> bool {
        self.stream.happens(share)
    }

    /// What happens at a site that was hit, where `chances[k]` is the probability of `k` and the
    /// rest is nothing. One draw decides both.
    pub(crate) fn choose(&mut self, chances: &[f64]) -> Option<usize> {
        let draw = self.stream.unit_f64() * self.rate_max;
        let mut sum = 0.0;
        chances.iter().position(|chance| {
            sum += chance;
            draw < sum
        })
    }

    /// The model's other draws.
    pub(crate) const fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// The stream's name, which is also what inserted batches are signed with.
    pub(crate) const fn stream_id(&self) -> StreamId {
        self.stream_id
    }

    fn draw_clean(&mut self) -> u64 {
        match self.law {
            Law::Never => u64::MAX,
            Law::Always => 0,
            Law::Trials(chance) => {
                let mut clean = 0;
                while !self.stream.happens(chance) {
                    clean += 1;
                }
                clean
            }
            Law::Skips(skip) => skip.clean(self.stream.next_u64() >> 11),
        }
    }
}

#[cfg(test)]
mod tests;
