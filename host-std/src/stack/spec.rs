//! A stack as the user describes it: names and settings, nothing looked up yet.

use super::error::StackError;
use super::setting::{OwnedSetting, OwnedValue};

/// One part of a stack, by name, with settings.
#[derive(Clone, Debug, PartialEq)]
pub struct PartUse {
    /// The part: `depolarizing`, `pandia.depolarizing`, `path/to/lib.so` or `path/to/lib.so#id`.
    pub name: String,
    /// The settings in the order given; of equal keys the last counts.
    pub settings: Vec<OwnedSetting>,
    /// Where this stands, for messages: `stack.toml:7`.
    pub place: Option<String>,
}

/// A stack from the runtime at the top to the simulator at the bottom.
#[derive(Clone, Debug, PartialEq)]
pub struct StackSpec {
    /// The runtime.
    pub runtime: PartUse,
    /// The error models, the first nearest to the program and the last nearest to the simulator.
    pub noise: Vec<PartUse>,
    /// The simulator.
    pub simulator: PartUse,
}

/// The runtime where none is named.
const DEFAULT_RUNTIME: &str = "simple";
/// The simulator where none is named.
const DEFAULT_SIMULATOR: &str = "state_vector";

impl PartUse {
    /// The part with all its defaults.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), settings: Vec::new(), place: None }
    }

    /// The same with one more setting.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: OwnedValue) -> Self {
        self.settings.push(OwnedSetting::new(key, value));
        self
    }

    /// Reads `NAME` or `NAME:KEY=VALUE,KEY=VALUE`. A value with a comma stands in double quotes.
    ///
    /// # Errors
    /// [`StackError::Grammar`] saying which piece is wrong and how to write it.
    pub fn parse(text: &str) -> Result<Self, StackError> {
        let grammar = |problem: String| StackError::Grammar { text: text.to_owned(), problem };
        let (name, rest) = match split_name(text) {
            (name, Some(rest)) => (name, rest),
            (name, None) => (name, ""),
        };
        if name.is_empty() {
            return Err(grammar("it does not begin with the name of a part".to_owned()));
        }
        let mut part = Self::named(name);
        for piece in split_pieces(rest).map_err(|problem| grammar(problem.to_owned()))? {
            let Some((key, value)) = piece.split_once('=') else {
                return Err(grammar(format!("{piece:?} has no value: write {piece}=VALUE")));
            };
            let (key, value) = (key.trim(), value.trim());
            if key.is_empty() || value.is_empty() {
                return Err(grammar(format!("{piece:?} lacks a name or a value")));
            }
            let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
            part = part.with(key, OwnedValue::Text(value.to_owned()));
        }
        Ok(part)
    }
}

/// The name and what follows the colon. The colon of a Windows drive does not end the name.
fn split_name(text: &str) -> (&str, Option<&str>) {
    let drive = text.len() > 2
        && text.as_bytes()[0].is_ascii_alphabetic()
        && text.as_bytes()[1] == b':'
        && matches!(text.as_bytes()[2], b'\\' | b'/');
    let from = if drive { 2 } else { 0 };
    match text[from..].find(':') {
        Some(at) => (text[..from + at].trim(), Some(&text[from + at + 1..])),
        None => (text.trim(), None),
    }
}

/// The pieces between commas that are not inside double quotes; empty ones are dropped.
fn split_pieces(text: &str) -> Result<Vec<&str>, &'static str> {
    let mut pieces = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if quoted {
        return Err("a double quote is not closed");
    }
    pieces.push(&text[start..]);
    Ok(pieces.into_iter().map(str::trim).filter(|piece| !piece.is_empty()).collect())
}

impl Default for StackSpec {
    fn default() -> Self {
        Self::new()
    }
}

impl StackSpec {
    /// The simple runtime over the state vector, without noise.
    #[must_use]
    pub fn new() -> Self {
        Self {
            runtime: PartUse::named(DEFAULT_RUNTIME),
            noise: Vec::new(),
            simulator: PartUse::named(DEFAULT_SIMULATOR),
        }
    }

    /// The same with one more error model, nearest to the simulator.
    #[must_use]
    pub fn with_noise(mut self, part: PartUse) -> Self {
        self.noise.push(part);
        self
    }

    /// The same with another simulator.
    #[must_use]
    pub fn with_simulator(mut self, part: PartUse) -> Self {
        self.simulator = part;
        self
    }

    /// The parts from the runtime down to the simulator.
    pub fn parts(&self) -> impl Iterator<Item = &PartUse> {
        [&self.runtime].into_iter().chain(&self.noise).chain([&self.simulator])
    }

    /// The same with another runtime.
    #[must_use]
    pub fn with_runtime(mut self, part: PartUse) -> Self {
        self.runtime = part;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (String, Vec<(String, String)>) {
        let part = PartUse::parse(text).unwrap();
        let settings = part.settings.iter().map(|s| (s.key.clone(), s.value.to_string())).collect();
        (part.name, settings)
    }

    #[test]
    fn a_name_and_settings_are_told_apart() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(parsed("ideal"), ("ideal".to_owned(), vec![]));
        assert_eq!(parsed("ideal:"), ("ideal".to_owned(), vec![]));
        let with = vec![pair("p_1q", "1e-3"), pair("gate.cx", "0.01")];
        assert_eq!(
            parsed("depolarizing: p_1q=1e-3, gate.cx = 0.01"),
            ("depolarizing".into(), with)
        );
        let text = vec![pair("bits", "0,1,1")];
        assert_eq!(parsed("replay:bits=\"0,1,1\""), ("replay".to_owned(), text));
        let library = ("a/lib.so#x.y".to_owned(), vec![pair("p", "1")]);
        assert_eq!(parsed("a/lib.so#x.y:p=1"), library);
        assert_eq!(parsed("C:\\a.dll:p=1").0, "C:\\a.dll");
        assert_eq!(parsed("état:p=1").0, "état");
    }

    #[test]
    fn what_is_no_setting_is_named() {
        let refused = |text: &str| PartUse::parse(text).unwrap_err().to_string();
        assert!(refused("").contains("name of a part"));
        assert!(refused(":p=1").contains("name of a part"));
        assert!(refused("a:p").contains("p=VALUE"));
        assert!(refused("a:=1").contains("lacks"));
        assert!(refused("a:p=").contains("lacks"));
        assert!(refused("a:p=\"1").contains("quote"));
    }
}
