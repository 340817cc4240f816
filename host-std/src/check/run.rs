//! The run: which checks are made of which plugins, each in its process, and the report of all.

use std::path::PathBuf;
use std::process::Command;

use pandia_core::part::PartKind;

use super::checks::{CHECKS, Check, LOADS, VALGRIND};
use super::child::{Answer, ChildRequest, Described, answer};
use super::error::CheckError;
use super::finding::{CheckResult, Verdict};
use super::isolate;
use super::options::{Expected, Held, Options};
use super::report::{PluginReport, Report};
use super::valgrind;
use crate::stack::nearest;

/// What comes next, for who shows progress.
#[derive(Clone, Debug)]
pub struct Progress<'a> {
    /// The plugin, or empty for the file as a whole.
    pub plugin: &'a str,
    /// The check that is about to be made.
    pub check: &'static str,
    /// How many checks were made so far.
    pub done: usize,
    /// How many there will be.
    pub total: usize,
}

/// Makes the checks that `options` asks for; `each` is told of every one before it is made.
///
/// # Errors
/// [`CheckError`] if they cannot be made: nothing about the plugins, whose faults are in the report.
pub fn run(options: &Options, each: &mut dyn FnMut(&Progress<'_>)) -> Result<Report, CheckError> {
    let file = options.file.display().to_string();
    if let Err(error) = std::fs::metadata(&options.file) {
        return Err(CheckError::File { file, why: error.to_string() });
    }
    for name in &options.only {
        if !CHECKS.iter().any(|check| check.name == name) {
            let near = nearest(name, CHECKS.iter().map(|check| check.name));
            return Err(CheckError::UnknownCheck {
                name: name.clone(),
                near: near.map(str::to_owned),
            });
        }
    }
    each(&Progress { plugin: "", check: LOADS, done: 0, total: 1 });
    let module = one(options, "", LOADS)?;
    let plugins = chosen(options, &module.plugins)?;
    settings_fit(options, &plugins)?;
    let wanted: Vec<(&Described, &'static Check)> =
        plugins.iter().flat_map(|plugin| of(options, plugin).map(move |c| (*plugin, c))).collect();
    let mut reports: Vec<PluginReport> = Vec::new();
    for (done, (plugin, check)) in wanted.iter().enumerate() {
        let (total, name) = (wanted.len(), check.name);
        each(&Progress { plugin: &plugin.id, check: name, done, total });
        let made = one(options, &plugin.id, name)?.result;
        match reports.last_mut().filter(|report| report.id == plugin.id) {
            Some(report) => report.checks.push(made),
            None => reports.push(PluginReport {
                id: plugin.id.clone(),
                kind: plugin.kind.clone(),
                version: plugin.version.clone(),
                checks: vec![made],
            }),
        }
    }
    Ok(Report::new(file, module.interface, module.result, reports))
}

/// The plugins that are asked for.
fn chosen<'d>(
    options: &Options,
    plugins: &'d [Described],
) -> Result<Vec<&'d Described>, CheckError> {
    let Some(id) = &options.plugin else { return Ok(plugins.iter().collect()) };
    let called =
        |plugin: &&Described| plugin.id == *id || plugin.id.rsplit('.').next() == Some(id.as_str());
    let found: Vec<&Described> = plugins.iter().filter(called).collect();
    if found.is_empty() && !plugins.is_empty() {
        let known = plugins.iter().map(|plugin| plugin.id.clone()).collect();
        return Err(CheckError::UnknownPlugin { id: id.clone(), known });
    }
    Ok(found)
}

fn takes(plugin: &Described, key: &str) -> bool {
    plugin.params.iter().any(|name| match name.strip_suffix('*') {
        Some(family) => key.len() > family.len() && key.starts_with(family),
        None => key == name,
    })
}

/// Every setting is some plugin's, and every plugin has what it cannot do without.
fn settings_fit(options: &Options, plugins: &[&Described]) -> Result<(), CheckError> {
    for (key, _) in &options.settings {
        if !plugins.is_empty() && !plugins.iter().any(|plugin| takes(plugin, key)) {
            return Err(CheckError::Setting { why: format!("--set {key}: no plugin takes it") });
        }
    }
    for plugin in plugins {
        for (name, help) in &plugin.required {
            if !options.settings.iter().any(|(key, _)| key == name) {
                let why = format!("{} has no default for {name} ({help})", plugin.id);
                return Err(CheckError::Setting { why });
            }
        }
    }
    Ok(())
}

/// The checks of a plugin.
fn of<'o>(options: &'o Options, plugin: &Described) -> impl Iterator<Item = &'static Check> + 'o {
    let kind: Option<PartKind> = plugin.kind();
    CHECKS.iter().filter(move |check| {
        let asked = options.only.is_empty() || options.only.iter().any(|name| name == check.name);
        asked && check.name != LOADS && kind.is_some_and(|kind| check.applies.to(kind))
    })
}

/// Makes one check.
fn one(options: &Options, plugin: &str, check: &'static str) -> Result<Answer, CheckError> {
    let request = ChildRequest {
        file: options.file.clone(),
        plugin: plugin.to_owned(),
        check: check.to_owned(),
        settings: options.settings.clone(),
        held: options.held,
    };
    let mut made = if check == VALGRIND {
        let result = if options.in_process {
            let why = "valgrind watches a process of its own; leave --in-process out";
            CheckResult::new(check, Verdict::NotRun).because(why)
        } else {
            valgrind::make(options, &request, program(options)?)?
        };
        Answer { result, interface: None, plugins: Vec::new() }
    } else if options.in_process {
        answer(&request, false).0
    } else {
        isolate::make(Command::new(program(options)?), &request, options.timeout)?
    };
    for finding in &mut made.result.findings {
        finding.repeat = repeat(options, plugin, check, finding.stream);
    }
    Ok(made)
}

/// The program that makes the checks.
fn program(options: &Options) -> Result<PathBuf, CheckError> {
    match &options.program {
        Some(program) => Ok(program.clone()),
        None => std::env::current_exe().map_err(|error| CheckError::Program {
            program: "this program".to_owned(),
            why: error.to_string(),
        }),
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/=+,:@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The command that makes this check again.
fn repeat(options: &Options, plugin: &str, check: &str, stream: Option<u64>) -> String {
    let file = options.file.display().to_string();
    let mut words = vec!["pandia".to_owned(), "check".to_owned(), quoted(&file)];
    let mut add = |option: &str, value: String| words.extend([option.to_owned(), quoted(&value)]);
    if !plugin.is_empty() {
        add("--plugin", plugin.to_owned());
        add("--only", check.to_owned());
    }
    for (key, value) in &options.settings {
        add("--set", format!("{key}={value}"));
    }
    let Held { profile, seed, ops, .. } = options.held;
    if profile != Expected::Auto {
        add("--profile", profile.name().to_owned());
    }
    if seed != Held::default().seed || stream.is_some() {
        add("--seed", seed.to_string());
    }
    if ops != Held::default().ops {
        add("--ops", ops.to_string());
    }
    if let Some(stream) = stream {
        add("--stream", stream.to_string());
    }
    words.join(" ")
}
