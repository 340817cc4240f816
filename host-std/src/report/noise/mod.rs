//! The noise report: what each layer inserted, beside what its configuration makes expected.

mod binomial;
mod durations;
mod groups;
mod happened;
mod idle;
mod models;
mod moment;
mod page;
mod population;
mod possible;
mod row_words;
mod rows;
mod situations;
mod text;
mod turns;
mod watch;

use std::io::Read;

use pandia_core::trace::{Event, Record};
use serde::Serialize;

use self::durations::{Durations, ends};
pub use self::groups::Group;
use self::groups::Grouping;
use self::idle::Idle;
pub use self::idle::QubitIdle;
use self::models::{answer, simulator_takes_channels};
use self::population::Sampled;
pub use self::population::{Population, PopulationPoint};
pub use self::rows::{ErrorKind, ErrorRow, Tally};
use self::watch::Watch;
use super::error::ReportError;
use crate::trace::{About, TraceReader};
pub use page::noise_page;
pub use text::write_noise;

/// What noise did to a run.
#[derive(Clone, Debug, Serialize)]
pub struct NoiseReport {
    /// `noise`.
    pub report: &'static str,
    /// The version of this form.
    pub version: u32,
    /// The program's name as given.
    pub program: String,
    /// How many qubits it uses.
    pub qubits: u32,
    /// How many shots the trace holds.
    pub shots: u64,
    /// With this probability all intervals hold at once, if every layer does what it is configured
    /// to do.
    pub level: f64,
    /// How many intervals there are.
    pub tests: u64,
    /// How many counts lie outside of theirs.
    pub disagreements: u64,
    /// The error models from the program down.
    pub layers: Vec<LayerReport>,
    /// Mean length of a shot by the schedule, in nanoseconds.
    pub shot_ns: f64,
    /// By qubit; empty if the schedule gives no time to anything.
    pub idle: Vec<QubitIdle>,
}

/// What one layer did.
#[derive(Clone, Debug, Serialize)]
pub struct LayerReport {
    /// Its id.
    pub part: String,
    /// The boundary right above it.
    pub joint: u8,
    /// Whether it says what it may do; if not, nothing is expected.
    pub says_what_it_does: bool,
    /// Why it does not say, in words.
    pub silent_because: Option<&'static str>,
    /// Batches that are not in the numbers: they came back with an error or after one, or the layer
    /// changed them in a way that is not understood.
    pub left_out_batches: u64,
    /// Sums of the rows by kind.
    pub sums: Vec<Group>,
    /// Sums by gate.
    pub by_gate: Vec<Group>,
    /// Sums by qubit.
    pub by_qubit: Vec<Group>,
    /// Sums by Pauli: one that befell two qubits counts once for each of its Paulis.
    pub by_pauli: Vec<Group>,
    /// By gate, place and error.
    pub rows: Vec<ErrorRow>,
    /// Share of leaked qubits over time, for a layer that leaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leakage: Option<Population>,
}

/// One layer while the trace is read.
struct Layer {
    part: String,
    joint: u8,
    watch: Watch,
    sampled: Sampled,
    /// Of the operations of the batch that is on its way.
    durations: Vec<u64>,
}

impl NoiseReport {
    /// Reads a trace to its end. `level` is the probability, below 1, with which all intervals hold at
    /// once.
    ///
    /// # Errors
    /// [`ReportError`] if it cannot be read, has no operations, or does not say which parts there
    /// were.
    pub fn of<R: Read>(trace: &mut TraceReader<R>, level: f64) -> Result<Self, ReportError> {
        let about = trace.about().cloned().ok_or(ReportError::NoRun)?;
        let mut reading = Reading::new(&about)?;
        while let Some(record) = trace.next_record()? {
            reading.add(&record);
        }
        if reading.ops == 0 {
            return Err(ReportError::Empty);
        }
        Ok(reading.report(&about, level))
    }
}

/// A trace while it is read.
struct Reading {
    durations: Option<Durations>,
    layers: Vec<Layer>,
    idle: Idle,
    ops: u64,
    shots: u64,
}

/// The boundary below the runtime, which has decided about time.
const SCHEDULED: u8 = 1;

impl Reading {
    fn new(about: &About) -> Result<Self, ReportError> {
        let mut layers = Vec::new();
        let below = simulator_takes_channels(about);
        for (part, joint) in about.parts.iter().zip(0_u8..) {
            // What lies below the last joint is seen as one, with nothing to hold it against.
            if part.kind == "error model" && joint + 1 < about.joints {
                let watch = Watch::new(answer(part, about, below)?, part.issuer, about.qubits);
                layers.push(Layer {
                    part: part.part.clone(),
                    joint,
                    watch,
                    sampled: Sampled::new(),
                    durations: Vec::new(),
                });
            }
        }
        let durations = Durations::of(about);
        Ok(Self { durations, layers, idle: Idle::new(about.qubits, durations), ops: 0, shots: 0 })
    }

    fn add(&mut self, record: &Record<'_>) {
        let joint = record.at.joint;
        self.ops += u64::from(matches!(record.event, Event::Op(_)));
        if joint == SCHEDULED {
            match record.event {
                Event::Op(down) => self.idle.op(down.op),
                Event::BatchEnd(end) => self.idle.batch_end(end.start.0, end.length.0),
                Event::ShotEnd { .. } => {
                    self.shots += 1;
                    self.idle.end_shot();
                }
                _ => {}
            }
        }
        for layer in &mut self.layers {
            if let Event::Dropped { .. } = record.event {
                layer.watch.lose();
            } else if joint == layer.joint {
                layer.above(record, self.durations.as_ref());
            } else if joint == layer.joint + 1 {
                layer.below(record);
            }
        }
    }

    fn report(mut self, about: &About, level: f64) -> NoiseReport {
        let tests: u64 = self.layers.iter_mut().map(|layer| layer.watch.rows().tests()).sum();
        // Bonferroni: each interval may fail with its share, half of it on either side.
        let tail = (1.0 - level) / crate::report::words::real(tests.max(1)) / 2.0;
        let layers = self.layers.into_iter();
        let layers: Vec<LayerReport> =
            layers.map(|layer| layer.report(tail, about.qubits)).collect();
        let tallies = layers.iter().flat_map(|layer| {
            let groups = [&layer.sums, &layer.by_gate, &layer.by_qubit, &layer.by_pauli];
            let groups = groups.into_iter().flatten().map(|group| group.tally);
            groups.chain(layer.rows.iter().map(|row| row.tally))
        });
        let disagreements = tallies.filter(|tally| tally.agrees == Some(false)).count() as u64;
        let shot_ns = self.idle.shot_ns();
        NoiseReport {
            report: "noise",
            version: 1,
            program: about.program.clone(),
            qubits: about.qubits,
            shots: self.shots,
            level,
            tests,
            disagreements,
            layers,
            shot_ns,
            idle: if shot_ns > 0.0 { self.idle.qubits() } else { Vec::new() },
        }
    }
}

impl Layer {
    fn above(&mut self, record: &Record<'_>, durations: Option<&Durations>) {
        match record.event {
            Event::ShotBegin { .. } => self.watch.begin_shot(record.at.shot.0),
            Event::Op(down) => {
                if down.index == 0 {
                    self.durations.clear();
                }
                let duration = durations.map_or(0, |durations| durations.of_op(down.op));
                self.durations.push(duration);
                self.watch.op_above(&down);
            }
            Event::Outcome(up) => self.watch.outcome_above(&up),
            Event::BatchEnd(end) => {
                self.watch.batch_end_above(&end);
                let window = end.start.0..end.start.0.saturating_add(end.length.0);
                for (at, &leaked) in ends(&self.durations, window).zip(self.watch.trail()) {
                    self.sampled.op_end(at, leaked);
                }
            }
            Event::ShotEnd { .. } => self.sampled.end_shot(),
            _ => {}
        }
    }

    fn below(&mut self, record: &Record<'_>) {
        match record.event {
            Event::Op(down) => self.watch.op_below(&down),
            Event::Outcome(up) => self.watch.outcome_below(&up),
            _ => {}
        }
    }

    fn report(mut self, tail: f64, qubits: u32) -> LayerReport {
        let leaks = self.watch.depends_on_leaks();
        let (left_out_batches, silent_because) = (self.watch.left_out, self.watch.silent_because);
        let rows = self.watch.rows();
        let groups = |by| rows.finish_groups(by, tail);
        LayerReport {
            part: self.part,
            joint: self.joint,
            says_what_it_does: silent_because.is_none(),
            silent_because,
            left_out_batches,
            sums: groups(Grouping::Kind),
            by_gate: groups(Grouping::Gate),
            by_qubit: groups(Grouping::Qubit),
            by_pauli: groups(Grouping::Pauli),
            rows: rows.finish(tail),
            leakage: leaks.then(|| self.sampled.population(qubits)),
        }
    }
}
