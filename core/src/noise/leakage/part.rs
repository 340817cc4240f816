//! How the leakage layer is described and built.

use super::{Counts, LEAK, Leakage, SEEP};
use crate::error::{ErrorKind, Result};
use crate::ids::StreamId;
use crate::noise::drift::{self, Drift, Drifting, Steady};
use crate::noise::keys::{self, probabilities, probability};
use crate::noise::layer::Channels;
use crate::noise::prepared::{Of, Reader, Writer};
use crate::noise::rates::Rates;
use crate::noise::sites::Sites;
use crate::part::{Config, LayerPart, ParamKind, ParamSpec, PartKind, PartSpec, Storage, Value};
use crate::units::Probability;

/// How [`Leakage`] is described and built.
#[derive(Clone, Copy, Debug)]
pub struct LeakagePart;

impl LayerPart for LeakagePart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.leakage",
        kind: PartKind::ErrorModel,
        version: "1.0.0",
        summary: "Qubits leak at gates, spread leakage, read biased, and come back.",
        params: &[
            probability("p_leak_1q", "the operand of a one-qubit gate leaks"),
            probability("p_leak_2q", "each operand of a gate on two or more qubits leaks"),
            probability("p_spread", "the partner of a leaked qubit leaks at their gate"),
            probability("p_seep", "a leaked qubit comes back at a gate on it, fully mixed"),
            ParamSpec {
                name: "leak_measurement_bias",
                kind: ParamKind::Probability,
                unit: "1",
                default: Some(Value::Real(0.5)),
                help: "a measurement of a leaked qubit reads 1",
            },
            ParamSpec {
                name: "leaked_gate",
                kind: ParamKind::Choice(&["skip", "depolarize", "random"]),
                unit: "1",
                default: Some(Value::Text("skip")),
                help: "a gate with a leaked qubit: none, mixes the others, or acts as with 0 or 1 at random",
            },
            probabilities(
                "gate.*",
                "leak rate of each operand: gate.cx, gate.cx.0-1; in place of p_seep: gate.cx.seep",
            ),
            probabilities(
                "qubit.*",
                "leak rate at one-qubit gates on a qubit: qubit.3; and qubit.3.seep",
            ),
            probabilities(
                "pair.*",
                "leak rate of each operand at gates on a pair: pair.0-1; and pair.0-1.seep",
            ),
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
    type Layer<S: Storage<u64>> = Leakage<S, Drifting>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(flag_words(config) + Rates::<[u64; 0]>::words(config))
    }

    fn build<S: Storage<u64>>(config: &Config<'_>, storage: S) -> Result<Leakage<S, Drifting>> {
        let spec = &Self::SPEC;
        config.check(spec)?;
        let mut rates = Rates::new(config, storage, flag_words(config))?;
        rates.own_mut().fill(0);
        for setting in config.settings {
            if let Some(target) = keys::target(config, spec, setting.key)? {
                let code = match target.leaf {
                    "" => LEAK,
                    "seep" => SEEP,
                    leaf => {
                        let words = format_args!("{leaf} is no place, and not seep");
                        return Err(keys::refused(spec, setting.key, words));
                    }
                };
                let rate = keys::real(spec, setting.key, setting.value)?;
                rates.set(target.subject, target.place, code, rate)?;
            }
        }
        let p = |key| config.probability(spec, key);
        let of_gates = LeakageRates {
            p_leak_1q: p("p_leak_1q")?,
            p_leak_2q: p("p_leak_2q")?,
            p_spread: p("p_spread")?,
            p_seep: p("p_seep")?,
            leak_measurement_bias: p("leak_measurement_bias")?,
            depolarizes_partners: config.text(spec, "leaked_gate")? == "depolarize",
        };
        let drift = Drifting::of(config, spec)?;
        let layer = Leakage::assemble(rates, &of_gates, config.stream, drift)?;
        let acts_at_random = config.text(spec, "leaked_gate")? == "random";
        Ok(Leakage { acts_at_random, ..layer })
    }
}

/// The rates of a leakage layer that has none by gate or place.
#[derive(Clone, Copy, Debug)]
pub struct LeakageRates {
    /// A qubit leaks at a one-qubit gate.
    pub p_leak_1q: Probability,
    /// A qubit leaks at a gate on two or more qubits.
    pub p_leak_2q: Probability,
    /// The partner of a leaked qubit leaks at a gate.
    pub p_spread: Probability,
    /// A leaked qubit comes back at a gate.
    pub p_seep: Probability,
    /// A leaked qubit reads 1.
    pub leak_measurement_bias: Probability,
    /// Whether the partner of a leaked qubit becomes fully mixed at a gate.
    pub depolarizes_partners: bool,
}

impl<S: Storage<u64>> Leakage<S> {
    /// The layer for firmware that knows its rates: no configuration is read and nothing drifts, so the
    /// code for that is not linked. `flags` has a word for each 64 qubits.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if `flags` is too short for `qubit_count` qubits.
    pub fn of_rates(
        qubit_count: u32,
        rates: &LeakageRates,
        stream: StreamId,
        mut flags: S,
    ) -> Result<Self> {
        clear(qubit_count, &mut flags)?;
        Self::assemble(Rates::none(flags), rates, stream, Steady)
    }
}

/// Clears flags for so many qubits.
fn clear(qubit_count: u32, flags: &mut impl Storage<u64>) -> Result<()> {
    let (needed, available) = (qubit_count.div_ceil(64).into(), flags.as_ref().len() as u64);
    if available < needed {
        let what = "storage of an error model, in words";
        return Err(ErrorKind::Capacity { what, needed, available }.into());
    }
    flags.as_mut().fill(0);
    Ok(())
}

/// Words of a prepared leakage layer.
pub const LEAKAGE_WORDS: usize = 18;

impl LeakageRates {
    /// The layer's rates worked out, for [`Leakage::of_prepared`] of the same version.
    ///
    /// # Errors
    /// As [`Leakage::of_rates`].
    pub fn prepare(&self) -> Result<[u64; LEAKAGE_WORDS]> {
        let layer = Leakage::of_rates(0, self, StreamId(0), [0; 0])?;
        let mut words = [0; LEAKAGE_WORDS];
        let mut writer = Writer::new(Of::Leakage, &mut words);
        writer.rate(layer.p_leak_1q);
        writer.rate(layer.p_leak_2q);
        layer.sites.prepare(&mut writer);
        let [of_1q, of_2q] = layer.shares;
        for chance in [of_1q, of_2q, layer.spread, layer.seep, layer.reads_one] {
            writer.chance(chance);
        }
        writer.words([layer.depolarizes_partners.into()]);
        Ok(words)
    }
}

impl<S: Storage<u64>> Leakage<S> {
    /// The same layer as [`Self::of_rates`], of rates that were prepared, say by a build script.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if `flags` is too short for `qubit_count` qubits; [`ErrorKind::Config`] if
    /// another version prepared the rates, or they are damaged.
    pub fn of_prepared(
        qubit_count: u32,
        words: &[u64; LEAKAGE_WORDS],
        stream: StreamId,
        mut flags: S,
    ) -> Result<Self> {
        clear(qubit_count, &mut flags)?;
        let mut words = Reader::new(Of::Leakage, words)?;
        let layer = Self {
            rates: Rates::none(flags),
            p_leak_1q: words.rate(),
            p_leak_2q: words.rate(),
            sites: Sites::prepared(&mut words, stream, Steady),
            shares: [words.chance(), words.chance()],
            spread: words.chance(),
            seep: words.chance(),
            reads_one: words.chance(),
            depolarizes_partners: words.words() != [0],
            acts_at_random: false,
            leaked: 0,
            channels: Channels::default(),
            counts: Counts::default(),
        };
        words.finish()?;
        Ok(layer)
    }
}

impl<S: Storage<u64>, D: Drift> Leakage<S, D> {
    fn assemble(
        rates: Rates<S>,
        of_gates: &LeakageRates,
        stream: StreamId,
        drift: D,
    ) -> Result<Self> {
        let (p_leak_1q, p_leak_2q) = (of_gates.p_leak_1q.get(), of_gates.p_leak_2q.get());
        let floor = p_leak_1q.max(p_leak_2q);
        let rate_max = if D::BY_PLACE { rates.coded_max(LEAK, floor) } else { floor };
        let sites = Sites::new(Probability::new(rate_max)?, stream, drift);
        Ok(Self {
            rates,
            p_leak_1q,
            p_leak_2q,
            shares: [sites.share(p_leak_1q), sites.share(p_leak_2q)],
            spread: of_gates.p_spread.into(),
            seep: of_gates.p_seep.into(),
            reads_one: of_gates.leak_measurement_bias.into(),
            depolarizes_partners: of_gates.depolarizes_partners,
            acts_at_random: false,
            leaked: 0,
            sites,
            channels: Channels::default(),
            counts: Counts::default(),
        })
    }
}

/// One bit a qubit.
const fn flag_words(config: &Config<'_>) -> usize {
    (config.qubit_count as usize).div_ceil(64)
}
