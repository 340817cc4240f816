//! `pandia gates`.

use std::io::Write;

use anstyle::Style;
use pandia_core::op::gates::{Gate, LIST, by_name};
use serde::Serialize;

use super::console::stdout;
use super::error::Failure;
use super::raw::{ListFormat, RawGates};
use crate::stack::nearest;

const HEADING: Style = Style::new().bold();

pub(super) fn gates(raw: &RawGates) -> Result<(), Failure> {
    let mut out = stdout();
    let one = raw.name.as_deref().map(find).transpose()?;
    match (raw.format, one) {
        (ListFormat::Json, Some(gate)) => {
            serde_json::to_writer_pretty(&mut out, &GateJson::new(gate))
                .map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        (ListFormat::Json, None) => {
            let list: Vec<GateJson<'_>> = LIST.iter().map(GateJson::new).collect();
            serde_json::to_writer_pretty(&mut out, &list).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        (ListFormat::Table, Some(gate)) => write_gate(gate, &mut out)?,
        (ListFormat::Table, None) => write_list(&mut out)?,
    }
    Ok(out.flush()?)
}

fn find(name: &str) -> Result<&'static Gate, Failure> {
    let lower = name.to_lowercase();
    if let Some(gate) = by_name(name).or_else(|| by_name(&lower)) {
        return Ok(gate);
    }
    if let Some(gate) = LIST.iter().find(|gate| gate.id == name) {
        return Ok(gate);
    }
    let names = LIST
        .iter()
        .flat_map(|gate| core::iter::once(gate.name).chain(gate.aliases.iter().copied()));
    let near = nearest(name, names).map_or(String::new(), |near| format!("did you mean {near}? "));
    let known: Vec<&str> = LIST.iter().map(|gate| gate.name).collect();
    let help = format!("{near}there are: {}", known.join(", "));
    Err(Failure::host(format!("there is no gate called {name:?}"), help))
}

fn write_list(out: &mut dyn Write) -> std::io::Result<()> {
    let call = |gate: &Gate| match gate.params {
        [] => gate.name.to_owned(),
        params => format!("{}({})", gate.name, shown_params(params)),
    };
    let calls: Vec<String> = LIST.iter().map(call).collect();
    let call_width = calls.iter().map(String::len).max().unwrap_or(0).max(4);
    let aliases: Vec<String> = LIST.iter().map(|gate| gate.aliases.join(" ")).collect();
    let alias_width = aliases.iter().map(String::len).max().unwrap_or(0).max(10);
    let titles =
        format!("{:<call_width$}  qubits  {:<alias_width$}  meaning", "gate", "also called");
    writeln!(out, "{HEADING}{titles}{HEADING:#}")?;
    for ((gate, call), aliases) in LIST.iter().zip(&calls).zip(&aliases) {
        writeln!(
            out,
            "{call:<call_width$}  {:>6}  {aliases:<alias_width$}  {}",
            gate.qubit_count, gate.help
        )?;
    }
    Ok(())
}

/// The names of the parameters; many of a kind are counted instead.
fn shown_params(params: &[&str]) -> String {
    if params.len() > 4 { format!("{} numbers", params.len()) } else { params.join(", ") }
}

fn write_gate(gate: &Gate, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{HEADING}{}{HEADING:#}  {}", gate.name, gate.help)?;
    writeln!(out, "  id           {}", gate.id)?;
    writeln!(out, "  slot         {}", gate.slot)?;
    writeln!(out, "  qubits       {}", gate.qubit_count)?;
    let none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
    writeln!(out, "  parameters   {}", none(shown_params(gate.params)))?;
    writeln!(out, "  also called  {}", none(gate.aliases.join(", ")))
}

#[derive(Serialize)]
struct GateJson<'a> {
    name: &'a str,
    id: &'a str,
    slot: u16,
    aliases: &'a [&'a str],
    qubits: u8,
    parameters: &'a [&'a str],
    help: &'a str,
}

impl GateJson<'static> {
    const fn new(gate: &'static Gate) -> Self {
        Self {
            name: gate.name,
            id: gate.id,
            slot: gate.slot,
            aliases: gate.aliases,
            qubits: gate.qubit_count,
            parameters: gate.params,
            help: gate.help,
        }
    }
}
