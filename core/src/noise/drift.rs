//! Drift: rates that change from shot to shot or with the time in a shot, always in the same way.
//!
//! A layer's rates are the largest that it ever has; the drift multiplies all of them by one factor
//! from 0 to 1, a function of the shot's number or of the batch's scheduled start. A layer without
//! drift draws as if there were no such thing. Rates that drift apart go into layers of their own.
//! Not here: what a model multiplies (its own section of `docs/noise.md`).

use super::keys;
use crate::error::Result;
use crate::ids::ShotId;
use crate::part::{Config, ParamKind, ParamSpec, PartSpec, Value};
use crate::real::Real;
use crate::rng::Chance;
use crate::units::{Probability, TimeNs};
use core::f64::consts::TAU;

/// Most points of a table.
const TABLE_MAX: usize = 16;

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

/// One layer's drift and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drift {
    law: Law,
    by_time: bool,
    from: f64,
    to: f64,
    span: f64,
    table: [f64; TABLE_MAX],
    table_len: usize,
    factor: f64,
}

const fn factor(name: &'static str, help: &'static str) -> ParamSpec {
    let default = Some(Value::Real(1.0));
    ParamSpec { name, kind: ParamKind::Probability, unit: "1", default, help }
}

/// Whether there is a drift, and which.
pub(crate) const LAW: ParamSpec = ParamSpec {
    name: "drift",
    kind: ParamKind::Choice(&["none", "linear", "sine", "table"]),
    unit: "1",
    default: Some(Value::Text("none")),
    help: "how all rates change: times a factor that is linear, a sine or given (drift.K)",
};
/// What the drift follows.
pub(crate) const BY: ParamSpec = ParamSpec {
    name: "drift_by",
    kind: ParamKind::Choice(&["shot", "time"]),
    unit: "1",
    default: Some(Value::Text("shot")),
    help: "whether the drift follows the shot's number or the time in the shot",
};
/// The factor at the beginning.
pub(crate) const FROM: ParamSpec = factor("drift_from", "factor at the beginning");
/// The factor that it goes to.
pub(crate) const TO: ParamSpec =
    factor("drift_to", "factor after the span; of a sine, in mid-span");
/// How long that takes.
pub(crate) const SPAN: ParamSpec = ParamSpec {
    name: "drift_span",
    kind: ParamKind::Real { min: 1e-3, max: 1e18 },
    unit: "shots or ns",
    default: Some(Value::Real(1.0)),
    help: "length of the way, of a sine's period, or of a table's step",
};
/// The points of a table.
pub(crate) const TABLE: ParamSpec =
    keys::probabilities("drift.*", "factor in step K of a table, 0 to 15: drift.0");

impl Drift {
    /// None.
    pub(crate) const NONE: Self = Self {
        law: Law::None,
        by_time: false,
        from: 1.0,
        to: 1.0,
        span: 1.0,
        table: [1.0; TABLE_MAX],
        table_len: 0,
        factor: 1.0,
    };

    /// The drift that a checked configuration says.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Config`] for a table with gaps, without points, or without `drift=table`.
    pub(crate) fn of(config: &Config<'_>, spec: &PartSpec) -> Result<Self> {
        let law = match config.text(spec, LAW.name)? {
            "linear" => Law::Linear,
            "sine" => Law::Sine,
            "table" => Law::Table,
            _ => Law::None,
        };
        let mut drift = Self {
            law,
            by_time: config.text(spec, BY.name)? == "time",
            from: config.real(spec, FROM.name)?,
            to: config.real(spec, TO.name)?,
            span: config.real(spec, SPAN.name)?,
            ..Self::NONE
        };
        drift.read_table(config, spec)?;
        Ok(drift)
    }

    fn read_table(&mut self, config: &Config<'_>, spec: &PartSpec) -> Result<()> {
        let mut given = [false; TABLE_MAX];
        for setting in config.settings {
            let Some(word) = setting.key.strip_prefix("drift.") else { continue };
            let step = word.parse::<usize>().ok().filter(|&step| step < TABLE_MAX);
            let Some(step) = step else {
                let words = format_args!("{word} is no step of a table: they are 0 to 15");
                return Err(keys::refused(spec, setting.key, words));
            };
            if self.law != Law::Table {
                let words = format_args!("a table's step needs drift=table");
                return Err(keys::refused(spec, setting.key, words));
            }
            self.table[step] = keys::real(spec, setting.key, setting.value)?;
            given[step] = true;
        }
        self.table_len = given.iter().take_while(|&&given| given).count();
        if given.iter().skip(self.table_len).any(|&given| given) {
            let words = format_args!("step {} is missing: give all from 0 on", self.table_len);
            return Err(keys::refused(spec, TABLE.name, words));
        }
        if self.law == Law::Table && self.table_len == 0 {
            let words = format_args!("a table needs its steps: drift.0=1,drift.1=0.5");
            return Err(keys::refused(spec, LAW.name, words));
        }
        Ok(())
    }

    /// Stands at the beginning of a shot.
    #[expect(clippy::cast_precision_loss, reason = "a shot's number, as a place on a curve")]
    pub(crate) fn begin(&mut self, shot: ShotId) {
        self.factor = self.factor_at(if self.by_time { 0.0 } else { shot.0 as f64 });
    }

    /// Whether the factor changes within a shot.
    #[inline]
    pub(crate) const fn follows_time(&self) -> bool {
        self.by_time
    }

    /// Stands at a moment of the shot.
    #[expect(clippy::cast_precision_loss, reason = "a time as a place on a curve")]
    pub(crate) fn at(&mut self, time: TimeNs) {
        if self.by_time {
            self.factor = self.factor_at(time.0 as f64);
        }
    }

    /// What all rates are multiplied by, from 0 to 1.
    pub(crate) const fn factor(&self) -> f64 {
        self.factor
    }

    /// The factor as the share of errors that still happens.
    pub(crate) fn share(&self) -> Chance {
        Probability::new(self.factor).unwrap_or(Probability::ONE).into()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::StreamId;
    use crate::part::{PartKind, Setting};
    use std::string::{String, ToString};
    use std::vec::Vec;

    const SPEC: PartSpec = PartSpec {
        id: "test.drifts",
        kind: PartKind::ErrorModel,
        version: "1",
        summary: "for the test",
        params: &[LAW, BY, FROM, TO, SPAN, TABLE],
    };

    fn drift(words: &[(&str, &str)], numbers: &[(&str, f64)]) -> Result<Drift> {
        let words = words.iter().map(|&(key, word)| Setting { key, value: Value::Text(word) });
        let numbers = numbers.iter().map(|&(key, x)| Setting { key, value: Value::Real(x) });
        let settings: Vec<_> = words.chain(numbers).collect();
        let config = Config::new(1, StreamId(0)).with(&settings);
        config.check(&SPEC)?;
        Drift::of(&config, &SPEC)
    }

    fn at_shots(drift: &mut Drift, shots: &[u64]) -> Vec<f64> {
        let factor = |&shot: &u64| {
            drift.begin(ShotId(shot));
            drift.factor()
        };
        shots.iter().map(factor).collect()
    }

    fn close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12;
        assert!(found.iter().zip(expected).all(near), "{found:?} {expected:?}");
    }

    #[test]
    fn each_law_is_its_formula() {
        let ends = [("drift_from", 0.2), ("drift_to", 1.0), ("drift_span", 100.0)];
        let mut none = drift(&[], &[]).unwrap();
        close(&at_shots(&mut none, &[0, 50, 1000]), &[1.0; 3]);
        assert_eq!(none.share(), Chance::Always);
        let mut linear = drift(&[("drift", "linear")], &ends).unwrap();
        close(&at_shots(&mut linear, &[0, 50, 100, u64::MAX]), &[0.2, 0.6, 1.0, 1.0]);
        let mut sine = drift(&[("drift", "sine")], &ends).unwrap();
        let quarter = 0.6 - 0.4 * core::f64::consts::FRAC_1_SQRT_2;
        let found = at_shots(&mut sine, &[0, 25, 50, 75, 100, 1_000_050]);
        close(&found, &[0.2, 0.6, 1.0, 0.6, 0.2, 1.0]);
        sine.begin(ShotId(0));
        let eighth = drift(&[("drift", "sine")], &[ends[0], ends[1], ("drift_span", 8.0)]);
        close(&at_shots(&mut eighth.unwrap(), &[1, 9]), &[quarter; 2]);
        let points = [("drift.1", 0.5), ("drift.0", 1.0), ("drift.2", 0.0), ("drift_span", 10.0)];
        let mut table = drift(&[("drift", "table")], &points).unwrap();
        close(&at_shots(&mut table, &[0, 9, 10, 19, 20, 1000]), &[1.0, 1.0, 0.5, 0.5, 0.0, 0.0]);
    }

    #[test]
    fn a_drift_by_time_begins_anew_with_every_shot() {
        let words = [("drift", "linear"), ("drift_by", "time")];
        let mut drift = drift(&words, &[("drift_from", 0.0), ("drift_span", 10.0)]).unwrap();
        assert!(drift.follows_time());
        drift.begin(ShotId(9));
        close(&[drift.factor()], &[0.0]);
        drift.at(TimeNs(5));
        close(&[drift.factor()], &[0.5]);
        drift.begin(ShotId(10));
        close(&[drift.factor()], &[0.0]);
        assert_eq!(drift.share(), Chance::Never);
    }

    #[test]
    fn a_table_with_gaps_or_without_its_law_is_refused() {
        let refused = |words: &[(&str, &str)], numbers: &[(&str, f64)]| -> String {
            drift(words, numbers).unwrap_err().to_string()
        };
        let table = [("drift", "table")];
        for (text, expected) in [
            (refused(&table, &[]), "needs its steps"),
            (refused(&table, &[("drift.0", 1.0), ("drift.2", 0.5)]), "step 1 is missing"),
            (refused(&table, &[("drift.16", 1.0)]), "they are 0 to 15"),
            (refused(&[], &[("drift.0", 1.0)]), "needs drift=table"),
            (refused(&[("drift", "linear")], &[("drift_to", 1.5)]), "a probability"),
        ] {
            assert!(text.contains(expected), "{text}");
        }
    }
}
