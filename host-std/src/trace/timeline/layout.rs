//! When each operation of a shot is shown: inside its scheduled window, or, where nobody scheduled,
//! in slots of one microsecond.

use std::collections::BTreeMap;

use pandia_core::op::record::FLAG_INSERTED;
use pandia_core::op::{Op, OpKind};
use pandia_core::trace::{Event, OpDown};

use super::super::shot::ShotTrace;

/// The joint below the runtime, which schedules.
pub(super) const SCHEDULED_JOINT: u8 = 1;
/// The length of a slot where nobody scheduled.
const UNIT_NS: u64 = 1000;

/// A piece of time, in nanoseconds from the start of the shot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) start_ns: u64,
    pub(super) length_ns: u64,
}

impl Slot {
    pub(super) const fn end_ns(self) -> u64 {
        self.start_ns.saturating_add(self.length_ns)
    }
}

/// The operations that one joint saw, each with its slot.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// Whether somebody scheduled.
    pub(super) scheduled: bool,
    /// Number of the record of each operation but barriers, and when it is shown; in the order of the
    /// records.
    pub(super) ops: Vec<(usize, Slot)>,
}

/// Whether a layer inserted the operation.
pub(super) fn is_inserted(down: &OpDown<'_>) -> bool {
    down.source.depth > 0 || down.op.flags() & FLAG_INSERTED != 0
}

/// Operations that share a window. Those on the same qubit follow one another in it, the others are
/// side by side: a layer of slots for each step.
#[derive(Default)]
struct Window {
    /// The window as it was scheduled.
    whole: Slot,
    /// Which steps are taken on each qubit.
    taken: BTreeMap<u32, usize>,
    /// Steps before this one are closed by a barrier on all qubits.
    closed: usize,
    /// Record and step of each operation.
    ops: Vec<(usize, usize)>,
}

impl Window {
    fn reach(&self, op: Op<'_>) -> usize {
        let taken = op.qubits().map(|qubit| self.taken.get(&qubit).copied().unwrap_or(0));
        taken.max().unwrap_or(0).max(self.closed)
    }

    fn add(&mut self, record: usize, down: &OpDown<'_>) {
        let op = down.op;
        let reach = self.reach(op);
        if is_inserted(down) {
            // Shown with the operation that it follows.
            self.ops.push((record, reach.saturating_sub(1)));
            return;
        }
        let mut next = reach;
        if op.kind() != OpKind::Barrier {
            // A barrier takes no time and is not shown.
            self.ops.push((record, reach));
            next += 1;
        } else if op.qubit_count() == 0 {
            let all = self.taken.values().copied().max().unwrap_or(0);
            self.closed = self.closed.max(all);
        }
        for qubit in op.qubits() {
            self.taken.insert(qubit, next);
        }
    }

    /// Moves the operations to `layout`.
    fn close(&mut self, layout: &mut Layout) {
        let steps = self.ops.iter().map(|&(_, step)| step + 1).max().unwrap_or(0) as u64;
        let whole = if layout.scheduled {
            self.whole
        } else {
            Slot { start_ns: 0, length_ns: steps * UNIT_NS }
        };
        // In 128 bits: a length times a count of steps.
        let border = |step: u64| {
            let part = u128::from(whole.length_ns) * u128::from(step) / u128::from(steps.max(1));
            whole.start_ns.saturating_add(u64::try_from(part).unwrap_or(u64::MAX))
        };
        for (record, step) in self.ops.drain(..) {
            let (start_ns, end_ns) = (border(step as u64), border(step as u64 + 1));
            layout.ops.push((record, Slot { start_ns, length_ns: end_ns - start_ns }));
        }
        self.taken.clear();
        self.closed = 0;
    }
}

/// Whether the runtime gave anything but waits a length. Without that, all but waits would happen at
/// one moment.
fn is_scheduled(shot: &ShotTrace) -> bool {
    // By batch: its length, and how much of it are waits.
    let mut batches: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for record in shot.records().filter(|record| record.at.joint == SCHEDULED_JOINT) {
        if let Event::Op(down) = record.event {
            let (length, waits) = batches.entry(down.batch).or_default();
            *length = down.length.0;
            if down.op.kind() == OpKind::Idle {
                *waits = waits.saturating_add(down.op.param_u64(0));
            }
        }
    }
    batches.values().any(|(length, waits)| length > waits)
}

/// Places what `joint` saw.
pub(super) fn place(shot: &ShotTrace, joint: u8) -> Layout {
    let ops = || {
        shot.records().enumerate().filter_map(|(index, record)| match record.event {
            Event::Op(down) if record.at.joint == joint => Some((index, down)),
            _ => None,
        })
    };
    let scheduled = is_scheduled(shot);
    let mut layout = Layout { scheduled, ops: Vec::new() };
    let mut window = Window::default();
    for (index, down) in ops() {
        let whole = Slot { start_ns: down.start.0, length_ns: down.length.0 };
        if whole != window.whole {
            if scheduled {
                window.close(&mut layout);
            }
            window.whole = whole;
        }
        window.add(index, &down);
    }
    window.close(&mut layout);
    layout
}
