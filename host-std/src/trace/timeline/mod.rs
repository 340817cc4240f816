//! Timelines for Chrome (`chrome://tracing`) and Perfetto: JSON of the Trace Event Format.
//!
//! Each shot is a process of its own, so that times are those of the schedule and shots can be held
//! against each other. It has a track for each part, with what that part put in, and a track for each
//! qubit, with what was asked of it, as the lowest joint saw it.
//! Source of the format: "Trace Event Format" of the Catapult project.

mod event;
mod layout;
mod tracks;

use std::collections::BTreeMap;
use std::io::{self, Write};

use pandia_core::op::OpKind;
use pandia_core::trace::{BatchEnd, Event, Header, OpDown, OutcomeUp};
use serde_json::{Map, Value, json};

use self::event::{TraceEvent, object, us};
use self::layout::{SCHEDULED_JOINT, Slot, is_inserted, place};
use self::tracks::{Chosen, Owner, Tracks};
use super::about::About;
use super::format::{ByShot, ShotWriter, TraceWriter};
use super::name::{op_name, outcome_name};
use super::shot::ShotTrace;

/// Writes a timeline.
pub(super) struct Timeline {
    out: Box<dyn Write>,
    about: About,
    unit: &'static str,
    /// How many shots were written: the number of the last process.
    pid: u64,
    tracks: Tracks,
    events: u64,
}

impl Timeline {
    pub(super) fn make(
        mut out: Box<dyn Write>,
        header: &Header,
        about: &About,
    ) -> io::Result<Box<dyn TraceWriter>> {
        let other = json!({
            "program": about.program,
            "seed": about.seed.to_string(),
            "parts": about.parts.iter().map(|part| part.part.as_str()).collect::<Vec<_>>(),
        });
        write!(out, "{{\"displayTimeUnit\":\"ns\",\"otherData\":{other},\"traceEvents\":[")?;
        let (about, unit) = (about.clone(), header.unit.name());
        let timeline = Self { out, about, unit, pid: 0, tracks: Tracks::default(), events: 0 };
        Ok(Box::new(ByShot::new(timeline)))
    }

    fn put(&mut self, event: &TraceEvent<'_>) -> io::Result<()> {
        self.out.write_all(if self.events == 0 { b"\n" } else { b",\n" })?;
        self.events += 1;
        Ok(serde_json::to_writer(&mut self.out, event)?)
    }

    fn metadata(
        &mut self,
        tid: u64,
        name: &'static str,
        key: &str,
        value: Value,
    ) -> io::Result<()> {
        self.put(&TraceEvent::Metadata { name, pid: self.pid, tid, args: object([(key, value)]) })
    }

    /// The number of the track, which is announced if it is new.
    fn announced(&mut self, owner: Owner, chosen: Chosen) -> io::Result<u64> {
        let Chosen { tid, lane, is_new } = chosen;
        if is_new {
            let mut name = match owner {
                Owner::Part(place) => {
                    self.about.parts.get(place).map_or("", |part| &part.part).to_owned()
                }
                Owner::Unknown => "inserted by who is not known".to_owned(),
                Owner::Qubit(qubit) => format!("qubit {qubit}"),
            };
            if lane > 0 {
                name = format!("{name} ({})", lane + 1);
            }
            self.metadata(tid, "thread_name", "name", name.into())?;
            // Parts from above, then qubits.
            let place = match owner {
                Owner::Part(place) => place as u64,
                Owner::Unknown => PARTS_MAX,
                Owner::Qubit(qubit) => PARTS_MAX + 1 + u64::from(qubit),
            };
            self.metadata(tid, "thread_sort_index", "sort_index", place.into())?;
        }
        Ok(tid)
    }

    /// Something that takes its time; at one moment if that is none.
    fn span(&mut self, owner: Owner, slot: Slot, what: &What<'_>) -> io::Result<()> {
        if slot.length_ns == 0 {
            return self.instant(owner, slot.start_ns, what);
        }
        let chosen = self.tracks.free(owner, slot);
        let tid = self.announced(owner, chosen)?;
        let (ts, dur) = (us(slot.start_ns), us(slot.length_ns));
        let (name, cat, args) = (what.name, what.category, what.args.clone());
        self.put(&TraceEvent::Complete { name, cat, ts, dur, pid: self.pid, tid, args })
    }

    fn instant(&mut self, owner: Owner, at_ns: u64, what: &What<'_>) -> io::Result<()> {
        let chosen = self.tracks.first(owner);
        let tid = self.announced(owner, chosen)?;
        let (name, cat, args) = (what.name, what.category, what.args.clone());
        let (ts, s, pid) = (us(at_ns), "t", self.pid);
        self.put(&TraceEvent::Instant { name, cat, ts, s, pid, tid, args })
    }

    /// The process, a track for each part and for each qubit.
    fn begin(&mut self, shot: &ShotTrace, scheduled: bool) -> io::Result<()> {
        self.pid += 1;
        self.tracks = Tracks::default();
        let time = if scheduled { "" } else { " (not scheduled: 1 us a step)" };
        let name = format!("shot {}{time}", shot.shot().0);
        self.metadata(0, "process_name", "name", name.into())?;
        self.metadata(0, "process_sort_index", "sort_index", self.pid.into())?;
        for place in 0..self.about.parts.len() {
            let chosen = self.tracks.first(Owner::Part(place));
            self.announced(Owner::Part(place), chosen)?;
        }
        for qubit in 0..self.about.qubits {
            let chosen = self.tracks.first(Owner::Qubit(qubit));
            self.announced(Owner::Qubit(qubit), chosen)?;
        }
        Ok(())
    }

    fn op(&mut self, down: &OpDown<'_>, slot: Slot) -> io::Result<()> {
        let op = down.op;
        let inserted = is_inserted(down);
        let name = op_name(op);
        let args = op_args(down);
        let category = if inserted { "inserted" } else { op.kind().name() };
        let what = What { name: &name, category, args };
        if inserted {
            let owner = self.about.inserter(down.source).map_or(Owner::Unknown, Owner::Part);
            return self.span(owner, slot, &what);
        }
        op.qubits().try_for_each(|qubit| self.span(Owner::Qubit(qubit), slot, &what))
    }

    /// A batch that the runtime scheduled.
    fn batch(&mut self, end: &BatchEnd) -> io::Result<()> {
        let slot = Slot { start_ns: end.start.0, length_ns: end.length.0 };
        let mut args = object([
            ("ops", end.op_count.into()),
            ("results", end.result_count.into()),
            ("status", end.status.into()),
        ]);
        if let Some(duration) = end.duration {
            args.insert(format!("measured_{}", self.unit), duration.into());
        }
        let name = format!("batch {}", end.batch);
        self.span(Owner::Part(0), slot, &What { name: &name, category: "batch", args })
    }
}

/// Where the tracks of qubits begin.
const PARTS_MAX: u64 = 256;

/// What an event shows.
struct What<'a> {
    name: &'a str,
    category: &'static str,
    args: Map<String, Value>,
}

fn op_args(down: &OpDown<'_>) -> Map<String, Value> {
    let op = down.op;
    let mut args = object([
        ("qubits", op.qubits().collect::<Vec<_>>().into()),
        ("batch", down.batch.into()),
        ("index", down.index.into()),
    ]);
    let reals = matches!(op.kind(), OpKind::Gate | OpKind::Channel);
    if op.param_count() > 0 {
        let real = |&bits: &u64| Value::from(f64::from_bits(bits));
        let params = op.params().iter();
        let params: Vec<Value> = if reals {
            params.map(real).collect()
        } else {
            params.copied().map(Value::from).collect()
        };
        args.insert("params".to_owned(), params.into());
    }
    args
}

/// Outcomes of a shot on their way up.
#[derive(Default)]
struct Rising {
    /// Where and when the measurement of a result id was shown.
    measured: BTreeMap<u64, (u32, u64)>,
    /// By joint and result id, what came last.
    values: BTreeMap<(u8, u64), u64>,
}

impl Timeline {
    /// An outcome: at the lowest joint on its qubit's track; further up only on the track of the part
    /// that changed it.
    fn outcome(
        &mut self,
        rising: &mut Rising,
        joint: u8,
        lowest: u8,
        up: OutcomeUp,
    ) -> io::Result<()> {
        rising.values.insert((joint, up.id), up.value);
        let Some(&(qubit, at_ns)) = rising.measured.get(&up.id) else { return Ok(()) };
        let value = outcome_name(up.value);
        let args = object([("result", up.id.into()), ("qubit", qubit.into())]);
        if joint == lowest {
            let what = What { name: &value, category: "outcome", args };
            return self.instant(Owner::Qubit(qubit), at_ns, &what);
        }
        let below = rising.values.get(&(joint + 1, up.id));
        match below {
            // Joint 0 passes on what was read, perhaps of an earlier measurement.
            Some(&below) if below != up.value && joint > 0 => {
                let name = format!("{} becomes {value}", outcome_name(below));
                let what = What { name: &name, category: "changed outcome", args };
                self.instant(Owner::Part(usize::from(joint)), at_ns, &what)
            }
            _ => Ok(()),
        }
    }
}

impl ShotWriter for Timeline {
    fn shot(&mut self, shot: &ShotTrace) -> io::Result<()> {
        let lowest = shot.records().map(|record| record.at.joint).max().unwrap_or(0);
        let layout = place(shot, lowest);
        self.begin(shot, layout.scheduled)?;
        let mut slots: BTreeMap<usize, Slot> = layout.ops.into_iter().collect();
        let mut rising = Rising::default();
        for (index, record) in shot.records().enumerate() {
            let joint = record.at.joint;
            match record.event {
                Event::Op(down) if joint == lowest => {
                    let Some(slot) = slots.remove(&index) else { continue };
                    if down.op.kind().bears_result() && down.source.depth == 0 {
                        let qubit = down.op.qubit(0);
                        rising.measured.insert(down.op.result_id(), (qubit, slot.end_ns()));
                    }
                    self.op(&down, slot)?;
                }
                Event::Outcome(up) => self.outcome(&mut rising, joint, lowest, up)?,
                Event::BatchEnd(end) if joint == SCHEDULED_JOINT && layout.scheduled => {
                    self.batch(&end)?
                }
                Event::Dropped { count } => {
                    let name = format!("{count} records are missing");
                    let (ts, s, pid, args) = (0.0, "p", self.pid, Map::new());
                    let cat = "missing";
                    self.put(&TraceEvent::Instant { name: &name, cat, ts, s, pid, tid: 0, args })?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests;
