//! Reading a device file: sections, keys, qubits and pairs. Values are the parts' to check.

use core::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{DURATIONS, KEYS, PARTS, SECTIONS, Section, names};
use super::{Device, Entry};
use crate::stack::error::StackError;
use crate::stack::file::File;
use crate::stack::registry::nearest;
use crate::stack::setting::{OwnedSetting, OwnedValue};

type Value<'t> = Spanned<DeValue<'t>>;
type Read<T> = Result<T, StackError>;

/// Keys of `[device]`; those that are text only are for people.
const ABOUT: [&str; 4] = ["name", "qubits", "source", "notes"];
/// Keys of `[drift.PART]`, and the parts' parameters.
const DRIFT: [(&str, &str); 6] = [
    ("law", "drift"),
    ("by", "drift_by"),
    ("from", "drift_from"),
    ("to", "drift_to"),
    ("span", "drift_span"),
    ("steps", ""),
];

/// Reads a device file; what the parts think of it is not asked yet.
pub(super) fn parse(name: &str, text: &str) -> Read<Device> {
    let reader = Reader { file: File { name, text } };
    let table = DeTable::parse(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        reader.file.error(&span, error.message().to_owned(), None)
    })?;
    let table = table.get_ref();
    for key in table.keys() {
        if !SECTIONS.contains(&key.get_ref().as_ref()) {
            return Err(reader.unknown(&key.span(), key.get_ref(), "section", SECTIONS));
        }
    }
    let mut device = reader.about(table.get("device"))?;
    if let Some(value) = table.get("topology") {
        device.couplings = Some(reader.topology(value, device.qubit_count)?);
    }
    if let Some(value) = table.get("durations") {
        device.durations = reader.durations(value)?;
    }
    if let Some(value) = table.get("rates") {
        let place = Place { words: "", qubits: &[], apart: false };
        reader.keys(value, Section::Rates, &place, &mut device.entries)?;
    }
    for (key, section) in
        [("gate", Section::Gate), ("qubit", Section::Qubit), ("pair", Section::Pair)]
    {
        let Some(value) = table.get(key) else { continue };
        for (place, value) in reader.table(value, key)? {
            let qubits = reader.qubits(&place.span(), place.get_ref(), section, &device)?;
            let Device { couplings, entries, .. } = &mut device;
            let apart = couplings.as_ref().is_some_and(|all| !couples(all, &qubits));
            let place = Place { words: place.get_ref(), qubits: &qubits, apart };
            reader.keys(value, section, &place, entries)?;
        }
    }
    if let Some(value) = table.get("drift") {
        for (part, value) in reader.table(value, "drift")? {
            reader.drift(&part.span(), part.get_ref(), value, &mut device.entries)?;
        }
    }
    // In the order of the file, whatever order the tables have.
    device.entries.sort_by_key(|entry| entry.setting.line);
    Ok(device)
}

/// What the keys of a section are about.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// As it stands in the file; nothing for all.
    words: &'a str,
    qubits: &'a [u32],
    /// Whether the device does not couple these.
    apart: bool,
}

/// Whether two qubits are among the couplings; one qubit alone needs none.
fn couples(all: &[([u32; 2], usize)], qubits: &[u32]) -> bool {
    let &[a, b] = qubits else { return true };
    all.iter().any(|(pair, _)| *pair == [a, b] || *pair == [b, a])
}

struct Reader<'a> {
    file: File<'a>,
}

impl Reader<'_> {
    fn refuse<T>(&self, span: &Range<usize>, problem: String, help: &str) -> Read<T> {
        Err(self.file.error(span, problem, Some(help.to_owned())))
    }

    fn unknown<'n>(
        &self,
        span: &Range<usize>,
        found: &str,
        what: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> StackError {
        let known: Vec<&str> = known.into_iter().collect();
        let near = nearest(found, known.iter().copied());
        let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
        let help = format!("{near}there are: {}", known.join(", "));
        self.file.error(span, format!("unknown {what} {found:?}"), Some(help))
    }

    fn table<'v, 't>(&self, value: &'v Value<'t>, name: &str) -> Read<&'v DeTable<'t>> {
        match value.get_ref().as_table() {
            Some(table) => Ok(table),
            None => self.refuse(
                &value.span(),
                format!("{name} is a section, not a value"),
                "write it in brackets, as docs/devices.md shows",
            ),
        }
    }

    fn about(&self, value: Option<&Value<'_>>) -> Read<Device> {
        let help = "write [device] with name = \"NAME\" and qubits = N";
        let Some(value) = value else {
            return self.refuse(&(0..0), "the file does not say which device".to_owned(), help);
        };
        let (mut name, mut qubits) = (None, None);
        for (key, value) in self.table(value, "device")? {
            let (found, span) = (key.get_ref().as_ref(), value.span());
            match (found, value.get_ref()) {
                ("name", DeValue::String(text)) => name = Some(text.to_string()),
                ("source" | "notes", DeValue::String(_)) => {}
                ("qubits", DeValue::Integer(number)) => {
                    qubits = u32::from_str_radix(number.as_str(), number.radix()).ok();
                    if !qubits.is_some_and(|count| (1..=4096).contains(&count)) {
                        let problem = format!("qubits = {} is no size", number.as_str());
                        return self.refuse(&span, problem, "give a number from 1 to 4096");
                    }
                }
                _ if ABOUT.contains(&found) => {
                    return self.refuse(&span, format!("{found} has a wrong type"), help);
                }
                _ => return Err(self.unknown(&key.span(), found, "key", ABOUT)),
            }
        }
        let (Some(name), Some(qubit_count)) = (name, qubits) else {
            let problem = "name or qubits of the device is missing".to_owned();
            return self.refuse(&value.span(), problem, help);
        };
        let (file, entries) = (self.file.name.to_owned(), Vec::new());
        let (couplings, durations) = (None, Vec::new());
        Ok(Device { file, name, qubit_count, entries, couplings, durations })
    }

    fn topology(&self, value: &Value<'_>, qubit_count: u32) -> Read<Vec<([u32; 2], usize)>> {
        let mut all: Vec<([u32; 2], usize)> = Vec::new();
        for (key, value) in self.table(value, "topology")? {
            if key.get_ref() != "pairs" {
                return Err(self.unknown(&key.span(), key.get_ref(), "key", ["pairs"]));
            }
            let help =
                "write pairs = [\"0-1\", \"1-2\"], or leave [topology] out if all are coupled";
            let Some(pairs) = value.get_ref().as_array() else {
                return self.refuse(&value.span(), "pairs is a list".to_owned(), help);
            };
            for pair in pairs {
                let Some(words) = pair.get_ref().as_str() else {
                    return self.refuse(&pair.span(), "a pair is text".to_owned(), help);
                };
                let pair_of = self.pair(&pair.span(), words, qubit_count)?;
                let sorted = |[a, b]: [u32; 2]| [a.min(b), a.max(b)];
                if all.iter().any(|(known, _)| sorted(*known) == sorted(pair_of)) {
                    let problem = format!("pair {words} is listed twice");
                    return self.refuse(&pair.span(), problem, "list each pair once");
                }
                all.push((pair_of, self.file.line(&pair.span())));
            }
        }
        Ok(all)
    }

    fn durations(&self, value: &Value<'_>) -> Read<Vec<OwnedSetting>> {
        let mut durations = Vec::new();
        for (key, value) in self.table(value, "durations")? {
            let found = key.get_ref().as_ref();
            let Some((_, param)) = DURATIONS.iter().find(|(name, _)| *name == found) else {
                let known = DURATIONS.map(|(name, _)| name);
                return Err(self.unknown(&key.span(), found, "duration", known));
            };
            let mut setting = self.setting((*param).to_owned(), value)?;
            setting.value = match setting.value {
                OwnedValue::Whole(ns) => OwnedValue::Whole(ns),
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a whole number in range"
                )]
                OwnedValue::Real(ns) if (0.0..=1e18).contains(&ns) && ns.fract() == 0.0 => {
                    OwnedValue::Whole(ns as u64)
                }
                _ => {
                    let problem = format!("{found} is no duration");
                    return self.refuse(&value.span(), problem, "give a whole number of ns");
                }
            };
            durations.push(setting);
        }
        durations.sort_by_key(|setting| setting.line);
        Ok(durations)
    }

    /// The qubits that a place names, checked against the device.
    fn qubits(
        &self,
        span: &Range<usize>,
        words: &str,
        section: Section,
        device: &Device,
    ) -> Read<Vec<u32>> {
        match section {
            Section::Qubit => Ok(vec![self.qubit(span, words, device.qubit_count)?]),
            Section::Pair => Ok(self.pair(span, words, device.qubit_count)?.into()),
            Section::Rates | Section::Gate => Ok(Vec::new()),
        }
    }

    fn qubit(&self, span: &Range<usize>, word: &str, qubit_count: u32) -> Read<u32> {
        match word.parse::<u32>() {
            Ok(qubit) if qubit < qubit_count => Ok(qubit),
            _ => self.refuse(
                span,
                format!("{word} is no qubit of the device"),
                &format!("they are 0 to {}", qubit_count - 1),
            ),
        }
    }

    fn pair(&self, span: &Range<usize>, words: &str, qubit_count: u32) -> Read<[u32; 2]> {
        let help = "write two different qubits as A-B, for example 0-1";
        let Some((a, b)) = words.split_once('-') else {
            return self.refuse(span, format!("{words:?} is no pair"), help);
        };
        let pair = [self.qubit(span, a, qubit_count)?, self.qubit(span, b, qubit_count)?];
        if pair[0] == pair[1] {
            return self.refuse(span, format!("{words:?} is no pair"), help);
        }
        Ok(pair)
    }

    /// The keys of one section or place.
    fn keys(
        &self,
        value: &Value<'_>,
        section: Section,
        place: &Place<'_>,
        into: &mut Vec<Entry>,
    ) -> Read<()> {
        let Place { words, qubits, apart } = *place;
        for (key, value) in self.table(value, if words.is_empty() { "rates" } else { words })? {
            let found = key.get_ref().as_ref();
            let known = KEYS.iter().find(|key| key.section == section && key.name == found);
            let Some(known) = known else {
                return Err(self.unknown(&key.span(), found, "key", names(section)));
            };
            if apart && known.is_of_coupled() {
                let problem = format!("pair {words} is not coupled, so {found} means nothing");
                let help = "list it in [topology], or leave it out here";
                return self.refuse(&key.span(), problem, help);
            }
            let setting = self.setting(known.param.replace('@', words), value)?;
            into.push(Entry { part: known.part, qubits: qubits.to_vec(), setting });
        }
        Ok(())
    }

    fn drift(
        &self,
        span: &Range<usize>,
        part: &str,
        value: &Value<'_>,
        into: &mut Vec<Entry>,
    ) -> Read<()> {
        let parts = PARTS.iter().copied().filter(|part| *part != "topology");
        let Some(part) = parts.clone().find(|known| *known == part) else {
            return Err(self.unknown(span, part, "error model", parts));
        };
        let mut push = |setting| into.push(Entry { part, qubits: Vec::new(), setting });
        for (key, value) in self.table(value, part)? {
            let found = key.get_ref().as_ref();
            let Some((_, param)) = DRIFT.iter().find(|(name, _)| *name == found) else {
                let known = DRIFT.map(|(name, _)| name);
                return Err(self.unknown(&key.span(), found, "key", known));
            };
            if !param.is_empty() {
                push(self.setting((*param).to_owned(), value)?);
                continue;
            }
            let Some(steps) = value.get_ref().as_array() else {
                let problem = "steps is a list".to_owned();
                return self.refuse(&value.span(), problem, "write steps = [1.0, 0.5]");
            };
            for (step, value) in steps.iter().enumerate() {
                push(self.setting(format!("drift.{step}"), value)?);
            }
        }
        Ok(())
    }

    fn setting(&self, key: String, value: &Value<'_>) -> Read<OwnedSetting> {
        let span = value.span();
        let owned = match value.get_ref() {
            DeValue::String(text) => OwnedValue::Text(text.to_string()),
            DeValue::Integer(number) => {
                match u64::from_str_radix(number.as_str(), number.radix()) {
                    Ok(whole) => OwnedValue::Whole(whole),
                    Err(_) => OwnedValue::Real(number.as_str().parse().unwrap_or(f64::NAN)),
                }
            }
            DeValue::Float(number) => OwnedValue::Real(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {
                let problem = "this is neither a number nor text".to_owned();
                return self.refuse(&span, problem, "give one value, as docs/devices.md shows");
            }
        };
        Ok(OwnedSetting { key, value: owned, line: Some(self.file.line(&span)) })
    }
}
