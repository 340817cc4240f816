//! Stack files: a stack in TOML.
//!
//! ```toml
//! [runtime]                 # left out: simple
//! part = "simple"
//!
//! [[noise]]                 # any number; the first is nearest to the program
//! part = "depolarizing"
//! p_1q = 1e-3
//! gate.cx = 5e-3
//!
//! [simulator]               # left out: state_vector
//! part = "state_vector"
//! ```

use core::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::StackError;
use super::registry::nearest;
use super::setting::{OwnedSetting, OwnedValue};
use super::spec::{PartUse, StackSpec};

/// Keys at the top of a stack file.
const SECTIONS: [&str; 3] = ["runtime", "noise", "simulator"];

/// Reads a stack file.
///
/// # Errors
/// [`StackError::File`] if it cannot be read, and as [`parse_stack_file`].
pub fn read_stack_file(path: &Path) -> Result<StackSpec, StackError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| StackError::File {
        place: name.clone(),
        problem: format!("the stack file cannot be read: {error}"),
        help: None,
    })?;
    parse_stack_file(&name, &text)
}

/// The stack that a file of this name and text describes.
///
/// # Errors
/// [`StackError::File`] with file and line for whatever is no TOML, an unknown key, or a value of
/// the wrong form.
pub fn parse_stack_file(name: &str, text: &str) -> Result<StackSpec, StackError> {
    let file = File { name, text };
    let table = DeTable::parse(text).map_err(|error| {
        let place = error.span().map_or(0..0, |span| span);
        file.error(&place, error.message().to_owned(), None)
    })?;
    let mut spec = StackSpec::new();
    for (key, value) in table.get_ref() {
        match key.get_ref().as_ref() {
            "runtime" => spec.runtime = file.part(value, "runtime")?,
            "simulator" => spec.simulator = file.part(value, "simulator")?,
            "noise" => spec.noise = file.noise(value)?,
            other => {
                let near = nearest(other, SECTIONS).map(|near| format!("; did you mean {near}?"));
                let help = format!(
                    "a stack file has [runtime], [[noise]] and [simulator]{}",
                    near.unwrap_or_default()
                );
                return Err(file.error(&key.span(), format!("unknown key {other:?}"), Some(help)));
            }
        }
    }
    Ok(spec)
}

/// A TOML file under its name, which knows lines.
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
}

impl File<'_> {
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.as_bytes().iter().take(span.start);
        1 + before.filter(|&&byte| byte == b'\n').count()
    }

    fn place(&self, span: &Range<usize>) -> String {
        format!("{}:{}", self.name, self.line(span))
    }

    pub(super) fn error(
        &self,
        span: &Range<usize>,
        problem: String,
        help: Option<String>,
    ) -> StackError {
        StackError::File { place: self.place(span), problem, help }
    }

    fn noise(&self, value: &Spanned<DeValue<'_>>) -> Result<Vec<PartUse>, StackError> {
        let Some(entries) = value.get_ref().as_array() else {
            let help = "write [[noise]], once for each error model".to_owned();
            return Err(self.error(
                &value.span(),
                "noise is a list of error models".to_owned(),
                Some(help),
            ));
        };
        entries.iter().map(|entry| self.part(entry, "noise")).collect()
    }

    fn part(&self, value: &Spanned<DeValue<'_>>, section: &str) -> Result<PartUse, StackError> {
        let Some(table) = value.get_ref().as_table() else {
            let problem = format!("{section} is a table with the key part");
            let help = Some("write part = \"NAME\" and the part's parameters".to_owned());
            return Err(self.error(&value.span(), problem, help));
        };
        let mut part = None;
        let mut settings = Vec::new();
        for (key, value) in table {
            if key.get_ref() == "part" {
                let Some(name) = value.get_ref().as_str() else {
                    return Err(self.error(&value.span(), "part is a name".to_owned(), None));
                };
                part = Some(name.to_owned());
            } else {
                self.setting(key.get_ref().to_string(), value, &mut settings)?;
            }
        }
        let Some(name) = part else {
            let problem = format!("{section} does not say which part");
            let help = Some("add part = \"NAME\"".to_owned());
            return Err(self.error(&value.span(), problem, help));
        };
        // In the order of the file, whatever order the table has.
        settings.sort_by_key(|setting: &OwnedSetting| setting.line);
        Ok(PartUse { name, settings, place: Some(self.place(&value.span())) })
    }

    /// A table stands for a family: `gate.cx = 0.1` is the setting `gate.cx`.
    fn setting(
        &self,
        key: String,
        value: &Spanned<DeValue<'_>>,
        into: &mut Vec<OwnedSetting>,
    ) -> Result<(), StackError> {
        let span = value.span();
        let owned = match value.get_ref() {
            DeValue::Table(table) => {
                for (rest, value) in table {
                    self.setting(format!("{key}.{}", rest.get_ref()), value, into)?;
                }
                return Ok(());
            }
            DeValue::String(text) => OwnedValue::Text(text.to_string()),
            DeValue::Integer(number) => {
                let digits = number.as_str();
                match u64::from_str_radix(digits, number.radix()) {
                    Ok(whole) => OwnedValue::Whole(whole),
                    Err(_) => OwnedValue::Real(digits.parse().unwrap_or(f64::NAN)),
                }
            }
            DeValue::Float(number) => OwnedValue::Real(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) => {
                let problem = format!("{key} is neither a number nor text");
                return Err(self.error(&span, problem, None));
            }
        };
        into.push(OwnedSetting { key, value: owned, line: Some(self.line(&span)) });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        parse_stack_file("s.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn a_file_says_parts_and_settings_in_order() {
        let text = "[[noise]]\npart = 'a'\np = 1e-3\ngate.cx = 0.5\n[[noise]]\npart='b'\nn = 0x10\n\
                    [simulator]\npart = 'c'\nword = 'x'\n";
        let spec = parse_stack_file("s.toml", text).unwrap();
        assert_eq!(spec.runtime, PartUse::named("simple"));
        let names: Vec<&str> = spec.noise.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        let first = &spec.noise[0].settings;
        assert_eq!((first[0].key.as_str(), &first[0].value), ("p", &OwnedValue::Real(1e-3)));
        assert_eq!((first[1].key.as_str(), first[1].line), ("gate.cx", Some(4)));
        assert_eq!(spec.noise[1].settings[0].value, OwnedValue::Whole(16));
        assert_eq!(spec.simulator.settings[0].value, OwnedValue::Text("x".to_owned()));
        assert_eq!(spec.noise[1].place.as_deref(), Some("s.toml:5"));
    }

    #[test]
    fn what_is_no_stack_is_refused_with_its_line() {
        for (text, expected) in [
            ("[simulater]\npart='a'", "s.toml:1: unknown key \"simulater\""),
            ("\n[simulator]\np = 1", "s.toml:2: simulator does not say which part"),
            ("[noise]\npart='a'", "s.toml:1: noise is a list"),
            ("simulator = 'a'", "s.toml:1: simulator is a table"),
            ("[simulator]\npart='a'\nx = true", "s.toml:3: x is neither"),
            ("[simulator]\npart = 3", "s.toml:2: part is a name"),
            ("[simulator\n", "s.toml:1: "),
        ] {
            let error = refused(text);
            assert!(error.starts_with(expected), "{error}");
        }
        let help = parse_stack_file("s", "[simulater]").unwrap_err().help().unwrap();
        assert!(help.contains("did you mean simulator?"), "{help}");
    }
}
