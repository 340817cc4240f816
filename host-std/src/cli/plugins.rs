//! `pandia plugins`.

use std::io::Write;
use std::path::Path;

use anstyle::Style;
use pandia_core::part::{ParamKind, ParamSpec, PartKind};
use serde::Serialize;

use super::console::{Console, columns, stdout};
use super::error::Failure;
use super::raw::{ListFormat, RawPlugins};
use crate::dylib::chosen_folders;
use crate::output::Parameter;
use crate::stack::{
    Origin, Part, Registry, StackError, hides, is_path, nearest, open_library, parts_hidden_by,
    parts_in_search_path,
};

const HEADING: Style = Style::new().bold();
/// Lists are no wider than this, also in a wide terminal.
const LINE_WIDTH: usize = 100;

pub(super) fn plugins(raw: &RawPlugins, console: &Console) -> Result<(), Failure> {
    let parts = match &raw.name {
        None => all(console),
        Some(name) => named(name)?,
    };
    let mut out = stdout();
    match raw.format {
        ListFormat::Json => {
            let registry = Registry::new();
            let list: Vec<PartJson<'_>> =
                parts.iter().map(|part| PartJson::new(&registry, part)).collect();
            match (&raw.name, list.first()) {
                (Some(_), Some(part)) if list.len() == 1 => {
                    serde_json::to_writer_pretty(&mut out, part)
                }
                _ => serde_json::to_writer_pretty(&mut out, &list),
            }
            .map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        ListFormat::Table if raw.name.is_some() => {
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    writeln!(out)?;
                }
                write_part(part, &mut out)?;
            }
        }
        ListFormat::Table => write_list(&parts, &mut out)?,
    }
    Ok(out.flush()?)
}

/// The parts that are linked in, and those of the libraries in the search path.
fn all(console: &Console) -> Vec<Part> {
    let (found, problems) = parts_in_search_path();
    for problem in problems {
        console.warning(&problem.to_string());
    }
    let mut parts = Registry::new().parts().to_vec();
    parts.extend(found);
    // By kind, in the order in which the kinds first came; a part keeps its place in its kind.
    let kinds: Vec<PartKind> = parts.iter().map(Part::kind).collect();
    parts.sort_by_key(|part| kinds.iter().position(|&kind| kind == part.kind()));
    parts
}

/// The part called so, or all parts of the library at this path.
fn named(name: &str) -> Result<Vec<Part>, Failure> {
    let registry = Registry::new();
    if let Some(part) = registry.find(name) {
        return Ok(vec![part.clone()]);
    }
    if is_path(name) {
        return Ok(open_library(Path::new(name))?);
    }
    let (found, _) = parts_in_search_path();
    let mut called = found.into_iter().filter(|part| part.is_called(name));
    let first = called.next();
    if let Some(first) = &first
        && let Some(other) = called.find(|other| is_rival(first, other))
    {
        let from = [first, &other].map(|part| part.origin.to_string());
        let name = name.to_owned();
        return Err(StackError::Ambiguous { name, from, both: false }.into());
    }
    first.map(|part| vec![part]).ok_or_else(|| {
        let names: Vec<&str> = registry.parts().iter().map(|part| part.spec.short_name()).collect();
        let near = nearest(name, names.iter().copied())
            .map_or(String::new(), |near| format!("did you mean {near}? "));
        let help = format!("{near}there are: {}", names.join(", "));
        Failure::host(format!("there is no part called {name:?}"), help)
    })
}

/// Whether it cannot be known which of the two is meant. As for a run, that is so only of libraries in
/// the folders of `PANDIA_PLUGIN_PATH`; after those the first counts.
fn is_rival(first: &Part, other: &Part) -> bool {
    let chosen = chosen_folders();
    let is_chosen = |part: &Part| match &part.origin {
        Origin::Library(path) => chosen.iter().any(|folder| path.starts_with(folder)),
        Origin::BuiltIn => false,
    };
    is_chosen(first) && is_chosen(other) && !other.origin.is_same(&first.origin)
}

/// All parts by kind, one line each with its parameters' names.
fn write_list(parts: &[Part], out: &mut dyn Write) -> std::io::Result<()> {
    let width = parts.iter().map(|part| part.spec.short_name().len()).max().unwrap_or(0);
    let registry = Registry::new();
    let mut kind = "";
    for part in parts {
        if part.spec.kind.name() != kind {
            if !kind.is_empty() {
                writeln!(out)?;
            }
            kind = part.spec.kind.name();
            writeln!(out, "{HEADING}{kind}s{HEADING:#}")?;
        }
        writeln!(out, "  {:<width$}  {}", part.spec.short_name(), part.spec.summary)?;
        if part.origin != Origin::BuiltIn {
            writeln!(out, "  {:<width$}    from {}", "", part.origin)?;
            if hides(&registry, part).is_some() {
                let way_out = "hidden by the built-in part; give its path to use it";
                writeln!(out, "  {:<width$}    {way_out}", "")?;
            }
        }
        if !part.spec.params.is_empty() {
            let indent = 2 + width + 4;
            let room = columns().min(LINE_WIDTH).saturating_sub(indent).max(LINE_WIDTH / 3);
            let names = part.spec.params.iter().map(|param| param.name);
            for line in wrapped(names, room) {
                writeln!(out, "{:indent$}{line}", "")?;
            }
        }
    }
    writeln!(out, "\npandia plugins NAME explains a part's parameters.")
}

/// The names in lines of at most `room` characters.
fn wrapped<'n>(names: impl IntoIterator<Item = &'n str>, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for name in names {
        match lines.last_mut() {
            Some(line) if line.len() + 2 + name.len() < room => {
                line.push_str(", ");
                line.push_str(name);
            }
            last => {
                if let Some(line) = last {
                    line.push(',');
                }
                lines.push(name.to_owned());
            }
        }
    }
    lines
}

/// The libraries whose parts are not meant by this one's names, if it is built in.
fn hidden_files(part: &Part) -> Vec<String> {
    match part.origin {
        Origin::BuiltIn => {
            parts_hidden_by(part).iter().map(|hidden| hidden.origin.to_string()).collect()
        }
        Origin::Library(_) => Vec::new(),
    }
}

fn write_part(part: &Part, out: &mut dyn Write) -> std::io::Result<()> {
    let spec = &part.spec;
    writeln!(out, "{HEADING}{}{HEADING:#}  {}", spec.short_name(), spec.summary)?;
    writeln!(out, "  id       {}", spec.id)?;
    writeln!(out, "  kind     {}", spec.kind.name())?;
    writeln!(out, "  version  {}", spec.version)?;
    writeln!(out, "  from     {}", part.origin)?;
    for file in hidden_files(part) {
        writeln!(out, "  hides    {file}: give its path to use it")?;
    }
    if spec.params.is_empty() {
        return writeln!(out, "  It takes no parameters.");
    }
    writeln!(out, "\n{HEADING}parameters{HEADING:#}")?;
    for param in spec.params {
        writeln!(out, "  {}", param.name)?;
        writeln!(out, "      {}", param.help)?;
        writeln!(out, "      {}, {}", values(param), default(param))?;
    }
    Ok(())
}

/// What values a parameter takes, in words.
fn values(param: &ParamSpec) -> String {
    let unit = if param.unit == "1" { String::new() } else { format!(" {}", param.unit) };
    let number = |value: f64| {
        // f64's own limits stand for "any".
        if value.abs() >= f64::MAX { "any".to_owned() } else { value.to_string() }
    };
    match param.kind {
        ParamKind::Real { min, max } => {
            format!("number from {} to {}{unit}", number(min), number(max))
        }
        ParamKind::Probability => "probability from 0 to 1".to_owned(),
        ParamKind::Whole { min, max } => format!("whole number from {min} to {max}{unit}"),
        ParamKind::Choice(words) => format!("one of {}", words.join(", ")),
        ParamKind::Text => "text".to_owned(),
    }
}

fn default(param: &ParamSpec) -> String {
    match param.default {
        Some(value) => format!("default {}", crate::stack::OwnedValue::from(value)),
        None if param.is_family() => "any number of them".to_owned(),
        None => "required".to_owned(),
    }
}

#[derive(Serialize)]
struct PartJson<'a> {
    id: &'a str,
    name: &'a str,
    kind: &'a str,
    version: &'a str,
    from: String,
    /// For a part out of a library: whether its names mean a built-in part instead.
    hidden: bool,
    /// For a built-in part: the libraries whose parts its names do not mean.
    hides: Vec<String>,
    summary: &'a str,
    parameters: Vec<ParamJson<'a>>,
}

#[derive(Serialize)]
struct ParamJson<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    unit: &'a str,
    required: bool,
    default: Option<Parameter>,
    min: Option<f64>,
    max: Option<f64>,
    choices: Option<&'a [&'a str]>,
    help: &'a str,
}

impl<'a> PartJson<'a> {
    fn new(registry: &Registry, part: &'a Part) -> Self {
        let spec = &part.spec;
        Self {
            id: spec.id,
            name: spec.short_name(),
            kind: spec.kind.name(),
            version: spec.version,
            from: part.origin.to_string(),
            hidden: part.origin != Origin::BuiltIn && hides(registry, part).is_some(),
            hides: hidden_files(part),
            summary: spec.summary,
            parameters: spec.params.iter().map(ParamJson::new).collect(),
        }
    }
}

impl<'a> ParamJson<'a> {
    fn new(param: &'a ParamSpec) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a bound that people read")]
        let (kind, min, max, choices) = match param.kind {
            ParamKind::Real { min, max } => ("real", Some(min), Some(max), None),
            ParamKind::Probability => ("probability", Some(0.0), Some(1.0), None),
            ParamKind::Whole { min, max } => ("whole", Some(min as f64), Some(max as f64), None),
            ParamKind::Choice(words) => ("choice", None, None, Some(words)),
            ParamKind::Text => ("text", None, None, None),
        };
        Self {
            name: param.name,
            kind,
            unit: param.unit,
            required: param.default.is_none() && !param.is_family(),
            default: param.default.map(|value| Parameter(value.into())),
            min,
            max,
            choices,
            help: param.help,
        }
    }
}
