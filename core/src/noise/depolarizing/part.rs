//! How the depolarizing layer is described and built.

use super::{Counts, Depolarizing, Shares};
use crate::error::Result;
use crate::ids::StreamId;
use crate::noise::drift::{self, Drift, Drifting, Steady};
use crate::noise::keys::{self, probabilities, probability};
use crate::noise::layer::Channels;
use crate::noise::prepared::{Of, Reader, Writer};
use crate::noise::rates::{Place, Rates, Subject};
use crate::noise::sites::Sites;
use crate::noise::when::{WHEN, When};
use crate::part::{Config, LayerPart, PartKind, PartSpec, Storage};
use crate::units::Probability;

/// How [`Depolarizing`] is described and built.
#[derive(Clone, Copy, Debug)]
pub struct DepolarizingPart;

impl LayerPart for DepolarizingPart {
    const SPEC: PartSpec = PartSpec {
        id: "pandia.depolarizing",
        kind: PartKind::ErrorModel,
        version: "1.0.0",
        summary: "Uniform Pauli errors at gates, flipped measurement reports, failed resets.",
        params: &[
            probability("p_1q", "a one-qubit gate fails: X, Y or Z, p/3 each"),
            probability("p_2q", "a gate on two or more qubits fails: any Pauli string, all alike"),
            probability("p_meas", "the reported bit of a measurement is flipped"),
            probability("p_init", "a reset is followed by an X"),
            WHEN,
            probabilities(
                "gate.*",
                "rate of a gate, or of a gate at a place: gate.cx, gate.cx.0-1",
            ),
            probabilities("qubit.*", "rate of one-qubit gates on a qubit: qubit.3"),
            probabilities("pair.*", "rate of two-qubit gates on a pair, in either order: pair.0-1"),
            probabilities("p_meas.*", "p_meas of one qubit: p_meas.3"),
            probabilities("p_init.*", "p_init of one qubit: p_init.3"),
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
    type Layer<S: Storage<u64>> = Depolarizing<S, Drifting>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&Self::SPEC)?;
        Ok(Rates::<[u64; 0]>::words(config))
    }

    fn build<S: Storage<u64>>(
        config: &Config<'_>,
        storage: S,
    ) -> Result<Depolarizing<S, Drifting>> {
        let spec = &Self::SPEC;
        config.check(spec)?;
        let mut rates = Rates::new(config, storage, 0)?;
        for setting in config.settings {
            let key = setting.key;
            let (subject, place) = if let Some(qubit) = key.strip_prefix("p_meas.") {
                (Subject::Measure, Place::qubit(keys::qubit(config, spec, key, qubit)?))
            } else if let Some(qubit) = key.strip_prefix("p_init.") {
                (Subject::Reset, Place::qubit(keys::qubit(config, spec, key, qubit)?))
            } else if let Some(target) = keys::target(config, spec, key)? {
                target.without_leaf(spec, key)?;
                (target.subject, target.place)
            } else {
                continue;
            };
            rates.set(subject, place, 0, keys::real(spec, key, setting.value)?)?;
        }
        let p = |key| config.probability(spec, key);
        let of_gates = DepolarizingRates {
            p_1q: p("p_1q")?,
            p_2q: p("p_2q")?,
            p_meas: p("p_meas")?,
            p_init: p("p_init")?,
        };
        let (when, drift) = (When::of(config, spec)?, Drifting::of(config, spec)?);
        Depolarizing::assemble(rates, &of_gates, when, config.stream, drift)
    }
}

/// The rates of a depolarizing layer that has none by gate or place.
#[derive(Clone, Copy, Debug)]
pub struct DepolarizingRates {
    /// A one-qubit gate fails.
    pub p_1q: Probability,
    /// A gate on two or more qubits fails.
    pub p_2q: Probability,
    /// The reported bit of a measurement is flipped.
    pub p_meas: Probability,
    /// A reset is followed by an X.
    pub p_init: Probability,
}

impl Depolarizing {
    /// The layer for firmware that knows its rates: no configuration is read and nothing drifts, so the
    /// code for that is not linked. Errors come before gates.
    ///
    /// # Errors
    /// None for probabilities; the type is that of all constructors.
    pub fn of_rates(rates: &DepolarizingRates, stream: StreamId) -> Result<Self> {
        Self::assemble(Rates::none([]), rates, When::Before, stream, Steady)
    }
}

/// Words of a prepared depolarizing layer.
pub const DEPOLARIZING_WORDS: usize = 17;

impl DepolarizingRates {
    /// The layer's rates worked out, for [`Depolarizing::of_prepared`] of the same version.
    ///
    /// # Errors
    /// As [`Depolarizing::of_rates`].
    pub fn prepare(&self) -> Result<[u64; DEPOLARIZING_WORDS]> {
        let layer = Depolarizing::of_rates(self, StreamId(0))?;
        let mut words = [0; DEPOLARIZING_WORDS];
        let mut writer = Writer::new(Of::Depolarizing, &mut words);
        for rate in [layer.p_1q, layer.p_2q, layer.p_meas, layer.p_init] {
            writer.rate(rate);
        }
        layer.sites.prepare(&mut writer);
        let Shares { of_1q, of_2q, of_meas, of_init } = layer.shares;
        for share in [of_1q, of_2q, of_meas, of_init] {
            writer.chance(share);
        }
        Ok(words)
    }
}

impl Depolarizing {
    /// The same layer as [`Self::of_rates`], of rates that were prepared, say by a build script.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Config`] if another version prepared them, or they are damaged.
    pub fn of_prepared(words: &[u64; DEPOLARIZING_WORDS], stream: StreamId) -> Result<Self> {
        let mut words = Reader::new(Of::Depolarizing, words)?;
        let layer = Self {
            rates: Rates::none([]),
            p_1q: words.rate(),
            p_2q: words.rate(),
            p_meas: words.rate(),
            p_init: words.rate(),
            sites: Sites::prepared(&mut words, stream, Steady),
            shares: Shares {
                of_1q: words.chance(),
                of_2q: words.chance(),
                of_meas: words.chance(),
                of_init: words.chance(),
            },
            when: When::Before,
            channels: Channels::default(),
            counts: Counts::default(),
        };
        words.finish()?;
        Ok(layer)
    }
}

impl<S: Storage<u64>, D: Drift> Depolarizing<S, D> {
    fn assemble(
        rates: Rates<S>,
        of_gates: &DepolarizingRates,
        when: When,
        stream: StreamId,
        drift: D,
    ) -> Result<Self> {
        let DepolarizingRates { p_1q, p_2q, p_meas, p_init } = *of_gates;
        let [p_1q, p_2q, p_meas, p_init] = [p_1q, p_2q, p_meas, p_init].map(Probability::get);
        let floor = p_1q.max(p_2q).max(p_meas).max(p_init);
        let rate_max = if D::BY_PLACE { rates.max(floor) } else { floor };
        let sites = Sites::new(Probability::new(rate_max)?, stream, drift);
        let shares = Shares {
            of_1q: sites.share(p_1q),
            of_2q: sites.share(p_2q),
            of_meas: sites.share(p_meas),
            of_init: sites.share(p_init),
        };
        let (channels, counts) = (Channels::default(), Counts::default());
        Ok(Self { rates, p_1q, p_2q, p_meas, p_init, shares, when, sites, channels, counts })
    }
}
