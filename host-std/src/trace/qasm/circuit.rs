//! From the records of a shot to the text of its circuit.

use core::fmt::Write as _;
use std::collections::{BTreeMap, BTreeSet};

use pandia_core::op::{Op, OpKind, gates};
use pandia_core::trace::{Event, OpDown, OutcomeUp};

use super::super::about::About;
use super::super::name::{op_name, outcome_name};
use super::super::shot::ShotTrace;
use super::error::{QasmError, QasmProblem};
use super::gates::{DEFINITIONS, QasmVersion, definition};

/// The circuit that `shot` ran, as the lowest joint saw it.
///
/// # Errors
/// [`QasmError`] if the shot failed or is not whole, and for the first operation that OpenQASM has no
/// form for: a channel, a projection, a matrix on two or three qubits, an operation of somebody's own
/// that is no hint.
pub fn circuit(about: &About, shot: &ShotTrace, version: QasmVersion) -> Result<String, QasmError> {
    let problem = |problem| QasmError { shot: shot.shot(), op: None, problem };
    let seen = shot.records().map(|record| record.at.joint).max().unwrap_or(0);
    let lowest = about.joints.checked_sub(1).unwrap_or(seen);
    let below = about.parts.get(usize::from(lowest)..).unwrap_or(&[]);
    if let Some(noise) = below.iter().find(|part| part.kind == "error model") {
        return Err(problem(QasmProblem::NoiseBelow(noise.part.clone())));
    }
    check_whole(shot, lowest).map_err(problem)?;
    let mut text = Text::new(about, shot, lowest, version);
    for record in shot.records().filter(|record| record.at.joint == lowest) {
        if let Event::Op(down) = record.event {
            let op = Some((down.batch, down.index));
            text.op(&down).map_err(|problem| QasmError { shot: shot.shot(), op, problem })?;
        }
    }
    Ok(text.finish(shot))
}

/// Whether the shot ended well and no record is missing.
fn check_whole(shot: &ShotTrace, lowest: u8) -> Result<(), QasmProblem> {
    let mut ended = false;
    // A trace that was filtered is no evidence of what ran: every batch must be there, and whole.
    let (mut next_batch, mut ops) = (0, 0);
    for record in shot.records() {
        let here = record.at.joint == lowest;
        match record.event {
            Event::Dropped { count } => return Err(QasmProblem::Missing(count)),
            Event::BatchEnd(end) if here && end.status != 0 => {
                return Err(QasmProblem::Failed(end.status));
            }
            Event::Op(_) if here => ops += 1,
            Event::BatchEnd(end) if here => {
                if (end.batch, end.op_count) != (next_batch, ops) {
                    return Err(QasmProblem::NotWhole);
                }
                (next_batch, ops) = (next_batch.wrapping_add(1), 0);
            }
            Event::ShotEnd { status, .. } if here => {
                if status != 0 {
                    return Err(QasmProblem::Failed(status));
                }
                ended = true;
            }
            _ => {}
        }
    }
    match (ended, ops) {
        (true, 0) => Ok(()),
        (true, _) => Err(QasmProblem::NotWhole),
        (false, _) => Err(QasmProblem::Unfinished),
    }
}

/// A circuit in the making.
struct Text<'a> {
    about: &'a About,
    version: QasmVersion,
    /// Outcomes by batch and index in it.
    outcomes: BTreeMap<(u32, u32), u64>,
    /// Slots of the gates that are used.
    used: BTreeSet<u16>,
    /// One more than the highest qubit.
    qubits: u32,
    /// Measurements so far.
    measured: u32,
    body: String,
}

impl<'a> Text<'a> {
    fn new(about: &'a About, shot: &ShotTrace, lowest: u8, version: QasmVersion) -> Self {
        let outcomes = shot.records().filter_map(|record| match record.event {
            Event::Outcome(OutcomeUp { batch, op_index, value, .. })
                if record.at.joint == lowest =>
            {
                Some(((batch, op_index), value))
            }
            _ => None,
        });
        Self {
            about,
            version,
            outcomes: outcomes.collect(),
            used: BTreeSet::new(),
            qubits: about.qubits,
            measured: 0,
            body: String::new(),
        }
    }

    fn op(&mut self, down: &OpDown<'_>) -> Result<(), QasmProblem> {
        let op = down.op;
        let highest = op.qubits().max().map_or(0, |qubit| qubit.saturating_add(1));
        self.qubits = self.qubits.max(highest);
        let no_form = || QasmProblem::NoForm(op_name(op).into_owned());
        let (statement, remark) = match op.kind() {
            OpKind::Gate => (self.gate(op)?, String::new()),
            OpKind::Measure | OpKind::MeasureLeaked => self.measure(down),
            OpKind::Reset => (format!("reset {};", operands(op)), String::new()),
            OpKind::Barrier if op.qubit_count() > 0 => {
                (format!("barrier {};", operands(op)), String::new())
            }
            OpKind::Barrier => ("barrier q;".to_owned(), String::new()),
            OpKind::Idle => self.idle(op),
            OpKind::Custom | OpKind::Channel | OpKind::Postselect if op.is_hint() => {
                (String::new(), format!("{} {}, which may be skipped", op_name(op), operands(op)))
            }
            OpKind::Custom | OpKind::Channel | OpKind::Postselect => return Err(no_form()),
        };
        let by = (down.source.depth > 0).then(|| match self.about.inserter(down.source) {
            Some(layer) => {
                let part = self.about.parts.get(layer).map_or("", |part| &part.part);
                format!("inserted by {part}")
            }
            None => "inserted".to_owned(),
        });
        let remarks =
            [remark, by.unwrap_or_default()].into_iter().filter(|words| !words.is_empty());
        let remarks: Vec<String> = remarks.collect();
        self.line(&statement, &remarks.join("; "));
        Ok(())
    }

    fn line(&mut self, statement: &str, remark: &str) {
        let space = if statement.is_empty() || remark.is_empty() { "" } else { " " };
        let mark = if remark.is_empty() { "" } else { "// " };
        // Writing to a string does not fail.
        let _ = writeln!(self.body, "{statement}{space}{mark}{remark}");
    }

    fn gate(&mut self, op: Op<'_>) -> Result<String, QasmProblem> {
        let no_form = || QasmProblem::NoForm(op_name(op).into_owned());
        let gate = gates::by_slot(op.gate()).ok_or_else(no_form)?;
        let params: Vec<f64> = op.params().iter().map(|&bits| f64::from_bits(bits)).collect();
        let malformed = |error: &dyn core::fmt::Display| QasmProblem::Malformed(error.to_string());
        gate.check_params(&params).map_err(|error| malformed(&pandia_core::Error::from(error)))?;
        if op.qubit_count() != usize::from(gate.qubit_count) {
            return Err(QasmProblem::Malformed(
                "the gate takes another number of qubits".to_owned(),
            ));
        }
        if definition(gate.slot).is_some() {
            return Ok(self.call(gate.slot, &params, op));
        }
        // A matrix on one qubit has angles.
        let mut said = None;
        let is_u3 = |slot| slot == gates::slot::U3;
        if gate.qubit_count == 1 {
            let mut emit = |slot: u16, _: &[u8], params: &[f64]| {
                said = Some(self.call(slot, params, op));
                Ok(())
            };
            gates::expand(gate, &params, &is_u3, &mut emit).map_err(|error| malformed(&error))?;
        }
        said.ok_or_else(no_form)
    }

    fn call(&mut self, slot: u16, params: &[f64], op: Op<'_>) -> String {
        let name = definition(slot).map_or("", |definition| definition.name);
        self.used.insert(slot);
        let params: Vec<String> = params.iter().map(|&param| number(param)).collect();
        let params =
            if params.is_empty() { String::new() } else { format!("({})", params.join(", ")) };
        format!("{name}{params} {};", operands(op))
    }

    fn measure(&mut self, down: &OpDown<'_>) -> (String, String) {
        let (op, bit) = (down.op, self.measured);
        self.measured += 1;
        let statement = match self.version {
            QasmVersion::V2 => format!("measure {} -> r[{bit}];", operands(op)),
            QasmVersion::V3 => format!("r[{bit}] = measure {};", operands(op)),
        };
        let value = self.outcomes.get(&(down.batch, down.index));
        let mut remark = match value {
            Some(&value) => format!("gave {}", outcome_name(value)),
            None => String::new(),
        };
        if op.kind() == OpKind::MeasureLeaked {
            remark.push_str(", and asked for leakage");
        }
        (statement, remark)
    }

    fn idle(&self, op: Op<'_>) -> (String, String) {
        let ns = op.param_u64(0);
        match self.version {
            QasmVersion::V2 => (String::new(), format!("{} idle for {ns} ns", operands(op))),
            QasmVersion::V3 => (format!("delay[{ns}ns] {};", operands(op)), String::new()),
        }
    }

    fn finish(self, shot: &ShotTrace) -> String {
        let mut needed = self.used;
        // Each gate stands after those that it is made of.
        for definition in DEFINITIONS.iter().rev() {
            let is_built_in = definition.is_standard && self.version == QasmVersion::V3;
            if needed.contains(&definition.slot) && !is_built_in {
                needed.extend(definition.uses);
            }
        }
        let mut text = match self.version {
            QasmVersion::V2 => "OPENQASM 2.0;\n".to_owned(),
            QasmVersion::V3 => "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n".to_owned(),
        };
        let About { program, seed, .. } = self.about;
        let program: String =
            program.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
        let simulator = self.about.parts.last().map_or("the simulator", |part| &part.part);
        let shot = shot.shot().0;
        let _ = writeln!(text, "// Shot {shot} of {program}, seed {seed}: what {simulator} got.");
        for definition in DEFINITIONS {
            let is_built_in = definition.is_standard && self.version == QasmVersion::V3;
            if needed.contains(&definition.slot) && !is_built_in {
                let _ = writeln!(text, "{}", definition.text());
            }
        }
        let (qubits, bits) = (self.qubits.max(1), self.measured);
        let (quantum, classical) = match self.version {
            QasmVersion::V2 => (format!("qreg q[{qubits}];"), format!("creg r[{bits}];")),
            QasmVersion::V3 => (format!("qubit[{qubits}] q;"), format!("bit[{bits}] r;")),
        };
        let _ = writeln!(text, "{quantum}");
        if bits > 0 {
            let _ = writeln!(text, "{classical}");
        }
        text + &self.body
    }
}

fn operands(op: Op<'_>) -> String {
    let all: Vec<String> = op.qubits().map(|qubit| format!("q[{qubit}]")).collect();
    all.join(", ")
}

/// A number that reads back as the same bits, with the dot that OpenQASM 2 wants.
fn number(value: f64) -> String {
    let text = format!("{value:?}");
    match text.split_once('e') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0e{exponent}"),
        _ => text,
    }
}
