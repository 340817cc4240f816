//! Drift: rates that change from shot to shot or with the time in a shot, always in the same way.
//!
//! A layer's rates are the largest that it ever has; the drift multiplies all of them by one factor
//! from 0 to 1, a function of the shot's number or of the batch's scheduled start. A layer without
//! drift draws as if there were no such thing. Rates that drift apart go into layers of their own.
//!
//! Which it is may be part of a layer's type: [`Steady`] takes no memory, and firmware whose layers
//! are steady links none of the laws, nor of what looks up rates by gate and place, which steady layers
//! have none of. Parts that are built from settings are [`Drifting`].
//! Not here: settings ([`settings`]), and what a model multiplies (its own section of
//! `docs/noise.md`).

mod settings;
#[cfg(test)]
mod tests;

pub(crate) use settings::{BY, FROM, LAW, SPAN, TABLE, TO};

use super::expected::Facts;
use crate::ids::ShotId;
use crate::real::Real;
use crate::rng::{Chance, Stream};
use crate::units::{Probability, TimeNs};
use core::f64::consts::TAU;
use core::fmt::Debug;

/// Most points of a table.
const TABLE_MAX: usize = 16;

mod sealed {
    pub trait Sealed {}
}

/// How the rates of a layer change: not at all ([`Steady`]), or as its settings say ([`Drifting`]).
pub trait Drift: Clone + Debug + sealed::Sealed {
    /// Whether a layer may have rates by gate and place besides.
    const BY_PLACE: bool;

    /// Stands at the beginning of a shot.
    fn begin(&mut self, shot: ShotId);

    /// Stands at a moment of the shot.
    fn at(&mut self, start: TimeNs);

    /// What all rates are multiplied by here, from 0 to 1.
    fn factor(&self) -> f64;

    /// What they are multiplied by in a batch of that shot that starts then, wherever this stands.
    fn factor_in(&self, shot: ShotId, start: TimeNs) -> f64;

    /// What [`Self::factor_in`] depends on: the shot, the start, or neither.
    fn depends_on(&self) -> Facts;

    /// Whether an error that falls at the largest rate is kept here: drawn with the factor as its
    /// probability, and without a draw for 0 and 1.
    fn keeps(&self, stream: &mut Stream) -> bool;
}

/// Rates that are the same everywhere and stay as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steady;

impl sealed::Sealed for Steady {}

impl Drift for Steady {
    const BY_PLACE: bool = false;

    #[inline]
    fn begin(&mut self, _shot: ShotId) {}

    #[inline]
    fn at(&mut self, _start: TimeNs) {}

    #[inline]
    fn factor(&self) -> f64 {
        1.0
    }

    #[inline]
    fn factor_in(&self, _shot: ShotId, _start: TimeNs) -> f64 {
        1.0
    }

    fn depends_on(&self) -> Facts {
        Facts::NONE
    }

    #[inline]
    fn keeps(&self, _stream: &mut Stream) -> bool {
        true
    }
}

/// How the factor follows the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Law {
    /// Always 1.
    None,
    /// From one value to the other within the span, then it stays.
    Linear,
    /// From one value to the other and back within the span, again and again, as a cosine.
    Sine,
    /// Given values, one for each span; the last one stays.
    Table,
}

/// Rates that change as settings say, and where they stand.
#[derive(Clone, Copy, Debug)]
pub struct Drifting {
    law: Law,
    by_time: bool,
    from: f64,
    to: f64,
    span: f64,
    table: [f64; TABLE_MAX],
    table_len: usize,
    factor: f64,
    /// The factor as the share of errors that still falls.
    kept: Chance,
}

impl Drifting {
    /// No change.
    const NONE: Self = Self {
        law: Law::None,
        by_time: false,
        from: 1.0,
        to: 1.0,
        span: 1.0,
        table: [1.0; TABLE_MAX],
        table_len: 0,
        factor: 1.0,
        kept: Chance::Always,
    };

    fn stand(&mut self, place: f64) {
        self.factor = self.factor_at(place);
        self.kept = Probability::new(self.factor).unwrap_or(Probability::ONE).into();
    }

    fn factor_at(&self, place: f64) -> f64 {
        let steps = place / self.span;
        let (from, to) = (self.from, self.to);
        let factor = match self.law {
            Law::None => 1.0,
            Law::Linear if steps >= 1.0 => to,
            Law::Linear => from + (to - from) * steps,
            Law::Sine => {
                // Whole turns off first: a large angle loses its last digits.
                let (_, cos) = Real::sin_cos(TAU * (steps - libm::floor(steps)));
                (from + to) * 0.5 + (from - to) * 0.5 * cos
            }
            Law::Table => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "not negative, and saturating is right"
                )]
                let step = (steps as usize).min(self.table_len.saturating_sub(1));
                self.table.get(step).copied().unwrap_or(1.0)
            }
        };
        factor.clamp(0.0, 1.0)
    }
}

impl sealed::Sealed for Drifting {}

#[expect(clippy::cast_precision_loss, reason = "a shot's number or a time, as a place on a curve")]
impl Drift for Drifting {
    const BY_PLACE: bool = true;

    fn begin(&mut self, shot: ShotId) {
        self.stand(if self.by_time { 0.0 } else { shot.0 as f64 });
    }

    #[inline]
    fn at(&mut self, start: TimeNs) {
        if self.by_time {
            self.stand(start.0 as f64);
        }
    }

    fn factor(&self) -> f64 {
        self.factor
    }

    fn factor_in(&self, shot: ShotId, start: TimeNs) -> f64 {
        self.factor_at(if self.by_time { start.0 as f64 } else { shot.0 as f64 })
    }

    fn depends_on(&self) -> Facts {
        match self.law {
            Law::None => Facts::NONE,
            _ if self.by_time => Facts::START,
            _ => Facts::SHOT,
        }
    }

    #[inline]
    fn keeps(&self, stream: &mut Stream) -> bool {
        self.kept == Chance::Always || stream.happens(self.kept)
    }
}
