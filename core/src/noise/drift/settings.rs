//! The settings of a drift, and how they are read.
//!
//! Not here: what they mean ([`super::Drifting`]).

use super::{Drifting, Law, TABLE_MAX};
use crate::error::Result;
use crate::noise::keys;
use crate::part::{Config, ParamKind, ParamSpec, PartSpec, Value};

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

impl Drifting {
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
}
