//! How the idle layer is described and built.

use super::decay::Decay;
use super::wait::CLOCK_WORDS;
use super::{Counts, Idle, T1, T2, Wanted};
use crate::error::Result;
use crate::ids::{Seed, ShotId};
use crate::noise::drift::{self, Drifting};
use crate::noise::keys;
use crate::noise::rates::{Place, Rates, Subject};
use crate::part::{Config, LayerPart, ParamKind, ParamSpec, PartKind, PartSpec, Storage, Value};
use crate::rng::Stream;

/// How [`Idle`] is described and built.
#[derive(Clone, Copy, Debug)]
pub struct IdlePart;

/// Thirty years, which is more than any qubit has.
const TIME: ParamKind = ParamKind::Real { min: 0.0, max: 1e18 };

const fn time(name: &'static str, help: &'static str) -> ParamSpec {
    ParamSpec { name, kind: TIME, unit: "ns", default: Some(Value::Real(0.0)), help }
}

const fn times(name: &'static str, help: &'static str) -> ParamSpec {
    ParamSpec { name, kind: TIME, unit: "ns", default: None, help }
}

impl LayerPart for IdlePart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.idle",
        kind: PartKind::ErrorModel,
        version: "1.0.0",
        summary: "Waiting qubits decay by T1 and T2: exact, a trajectory, or twirled.",
        params: &[
            time("t1_ns", "relaxation time of 1 to 0; 0 for none"),
            time("t2_ns", "decay time of coherences, at most 2 T1; 0 for what T1 alone does"),
            ParamSpec {
                name: "method",
                kind: ParamKind::Choice(&["auto", "channel", "twirl"]),
                unit: "1",
                default: Some(Value::Text("auto")),
                help: "auto: the channel (exact, or a trajectory) if the simulator takes it",
            },
            times("t1_ns.*", "t1_ns of one qubit: t1_ns.3"),
            times("t2_ns.*", "t2_ns of one qubit: t2_ns.3"),
            drift::LAW,
            drift::BY,
            drift::FROM,
            drift::TO,
            drift::SPAN,
            drift::TABLE,
        ],
    };
    type Cell = u64;
    const EMPTY: u64 = 0;
    type Layer<S: Storage<u64>> = Idle<S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(clock_words(config) + Rates::<[u64; 0]>::words(config))
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, storage: S) -> Result<Idle<S>> {
        let spec = &Self::SPEC;
        config.check(spec)?;
        let mut rates = Rates::new(config, storage, clock_words(config))?;
        rates.own_mut().fill(0);
        for (family, code) in [("t1_ns.", T1), ("t2_ns.", T2)] {
            for setting in config.settings {
                let Some(word) = setting.key.strip_prefix(family) else { continue };
                let place = Place::qubit(keys::qubit(config, spec, setting.key, word)?);
                let value = keys::real(spec, setting.key, setting.value)?;
                rates.set(Subject::Idle, place, code, value)?;
            }
        }
        let decay =
            Decay { t1_ns: config.real(spec, "t1_ns")?, t2_ns: config.real(spec, "t2_ns")? };
        let wanted = match config.text(spec, "method")? {
            "channel" => Wanted::Channel,
            "twirl" => Wanted::Twirl,
            _ => Wanted::Auto,
        };
        let layer = Idle {
            rates,
            decay,
            drift: Drifting::of(config, spec)?,
            wanted,
            way: None,
            stream_id: config.stream,
            stream: Stream::of(Seed(0), ShotId(0), config.stream),
            serial: 0,
            counts: Counts::default(),
        };
        check(spec, "t2_ns", &decay)?;
        for setting in config.settings {
            if let Some((family, word)) = setting.key.split_once('.')
                && family != "drift"
            {
                let qubit = keys::qubit(config, spec, setting.key, word)?;
                check(spec, setting.key, &layer.decay_of(qubit))?;
            }
        }
        Ok(layer)
    }
}

/// No qubit dephases slower than its relaxation makes it.
fn check(spec: &PartSpec, key: &str, decay: &Decay) -> Result<()> {
    if decay.is_possible() {
        return Ok(());
    }
    let Decay { t1_ns, t2_ns } = decay;
    let words = format_args!("T2 = {t2_ns} ns is more than 2 T1 = 2 * {t1_ns} ns; give less, or 0");
    Err(keys::refused(spec, key, words))
}

const fn clock_words(config: &Config<'_>) -> usize {
    config.qubit_count as usize * CLOCK_WORDS
}
