//! The functions of a backend's table.

use super::drawn::{Must, Way, draw, pointer};
use super::gates::{Gates, OWN};
use super::made::Made;
use super::words::Words;
use crate::input::Input;
use pandia_core::abi::raw;
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpSink, Outcome};
use std::ffi::c_void;
use std::ptr::null_mut;

pub(super) type Part = Made<raw::Backend>;

/// Asks what must not change when a call is refused.
fn unchanged(part: &Part, must: Must, call: impl FnOnce()) {
    let before = part.digest();
    call();
    assert!(must != Must::Refuse || part.digest() == before, "a refused call changed something");
}

/// The instance, mostly.
fn instance(input: &mut Input<'_>, me: *mut c_void) -> (*mut c_void, Must) {
    if input.one_in(32) { (null_mut(), Must::Refuse) } else { (me, Must::Work) }
}

/// One call, with something wrong or not. `running`: whether a shot is.
pub(super) fn call(input: &mut Input<'_>, part: &Part, running: bool) {
    match input.byte() % 8 {
        0 => negotiate(input, part, running),
        1 => state(input, part),
        2 => look(input, part),
        3 => records(input, part),
        _ => apply(input, part, running),
    }
}

fn negotiate(input: &mut Input<'_>, part: &Part, running: bool) {
    let mut gates = Gates::draw(input);
    if input.one_in(16) {
        // Fewer than there is room for.
        gates.verdict_count = gates.verdict_count.wrapping_sub(1).min(15);
        gates.must = Must::Refuse;
    }
    let (me, wrong) = instance(input, part.pair.me);
    let none = gates.verdict_count == 0;
    let must = gates.must.and(wrong).and(if running { Must::Refuse } else { Must::Work });
    // A set of none asks for nothing, so there is nothing to refuse.
    let must = if none && running && gates.must == Must::Work && wrong == Must::Work {
        Must::ComeBack
    } else {
        must
    };
    let err = Words::draw(input);
    let negotiate = part.vt().negotiate.expect("a table of ours");
    unchanged(part, must, || {
        // SAFETY: what is not to be refused is as the interface says.
        let status = unsafe {
            negotiate(me, gates.set.at(), gates.verdicts_at, gates.verdict_count, err.at())
        };
        gates.check(status);
        err.check(must, status, 0, "negotiate");
    });
}

/// Operations, right for two qubits unless gates of the program's own are among them.
fn operations(input: &mut Input<'_>) -> (OpVec, Must) {
    let mut ops = OpVec::new();
    let mut must = Must::Work;
    for _ in 0..input.byte() % 6 {
        let done = match input.byte() % 8 {
            0..=2 => ops.measure(u32::from(input.byte() % 2), u64::from(input.byte() % 4)),
            3 => ops.measure_leaked(0, 3),
            4 => ops.gate(slot::CX, &[0, 1], &[]),
            5 => {
                must = Must::ComeBack;
                let own = OWN + u16::from(input.byte() % 4);
                let qubits = &[0, 1, 0][..usize::from(input.byte() % 3)];
                ops.gate(own, qubits, &[0.5; 16][..usize::from(input.byte() % 2)])
            }
            6 => ops.reset(1),
            _ => ops.gate(slot::H, &[0], &[]),
        };
        assert!(done.is_ok());
    }
    (ops, must)
}

pub(super) fn batch(ops: &OpVec) -> raw::Batch {
    let batch = ops.batch();
    raw::Batch {
        size: size_of::<raw::Batch>() as u32,
        op_count: batch.op_count(),
        result_count: batch.result_count(),
        word_count: ops.words().len() as u32,
        start_ns: 0,
        length_ns: 5,
        issuer: 0,
        depth: 0,
        words: ops.words().as_ptr(),
    }
}

/// What makes a batch of at least one operation wrong.
pub(super) const BATCH_WRONG: &[fn(&mut raw::Batch)] = &[
    |batch| batch.op_count += 1,
    |batch| batch.op_count = u32::MAX,
    |batch| batch.result_count ^= 1,
    |batch| batch.result_count = u32::MAX,
    |batch| batch.word_count -= 1,
    |batch| batch.word_count = 0,
    |batch| batch.words = std::ptr::null(),
    |batch| batch.words = batch.words.wrapping_byte_add(4),
];

fn apply(input: &mut Input<'_>, part: &Part, running: bool) {
    let (mut ops, mut must) = operations(input);
    if ops.op_count() == 0 {
        assert!(ops.gate(slot::H, &[1], &[]).is_ok());
    }
    let right = batch(&ops);
    let batch = draw(input, Way::In, right, BATCH_WRONG);
    let mut items = [Outcome { id: 99, ..Outcome::default() }; 16];
    let len = u32::from(input.byte() % 3);
    let taken = len + right.result_count;
    // None at NULL would be right.
    let cap = if input.one_in(8) { taken.max(1) } else { 16 };
    let list = raw::Results {
        size: size_of::<raw::Results>() as u32,
        cap,
        len,
        reserved0: 0,
        items: items.as_mut_ptr(),
    };
    let results = draw(
        input,
        Way::In,
        list,
        &[
            |results| results.reserved0 = 1 << 31,
            |results| results.len = results.cap + 1,
            |results| results.len = u32::MAX,
            |results| results.items = null_mut(),
            |results| results.items = results.items.wrapping_byte_add(4),
        ],
    );
    if right.result_count > 0 && input.one_in(16) {
        few(input, part, &right, &mut items);
        return;
    }
    let (me, wrong) = instance(input, part.pair.me);
    must = must.and(batch.must).and(results.must).and(wrong);
    must = must.and(Must::refuse_if(!running));
    let err = Words::draw(input);
    let apply = part.vt().apply.expect("a table of ours");
    unchanged(part, must, || {
        // SAFETY: what is not to be refused is as the interface says.
        let status = unsafe { apply(me, batch.at(), results.at(), err.at()) };
        let ops_there = right.op_count.max(batch.now().op_count);
        err.check(must, status, ops_there, "apply");
        let worked = status == raw::OK;
        assert_eq!(results.now().len, if worked { taken } else { results.now().len });
        for (index, item) in (0..).zip(&items) {
            let given = worked && (len..taken).contains(&index);
            let right = if given { item.value <= 2 && item.id < 4 } else { item.id == 99 };
            assert!(right || status != raw::OK && must != Must::Refuse, "{index}: {item:?}");
        }
    });
}

/// Less room than outcomes.
fn few(input: &mut Input<'_>, part: &Part, batch: &raw::Batch, items: &mut [Outcome]) {
    let list = raw::Results {
        size: size_of::<raw::Results>() as u32,
        cap: batch.result_count - 1,
        len: 0,
        reserved0: 0,
        items: items.as_mut_ptr(),
    };
    let results = draw(input, Way::In, list, &[]);
    let err = Words::draw(input);
    let apply = part.vt().apply.expect("a table of ours");
    unchanged(part, Must::Refuse, || {
        // SAFETY: what is not to be refused is as the interface says.
        let status = unsafe { apply(part.pair.me, batch, results.at(), err.at()) };
        err.check(Must::Refuse, status, batch.op_count, "apply without room");
    });
}

/// Any words as records.
fn records(input: &mut Input<'_>, part: &Part) {
    let words: Vec<u64> = (0..input.byte() % 12).map(|_| input.word()).collect();
    let raw_batch = raw::Batch {
        word_count: words.len() as u32,
        words: words.as_ptr(),
        op_count: u32::from(input.byte() % 4),
        result_count: u32::from(input.byte() % 4),
        ..batch(&OpVec::new())
    };
    let mut items = [Outcome::default(); 16];
    let mut results = raw::Results {
        size: size_of::<raw::Results>() as u32,
        cap: 16,
        len: 0,
        reserved0: 0,
        items: items.as_mut_ptr(),
    };
    let err = Words::draw(input);
    let apply = part.vt().apply.expect("a table of ours");
    // SAFETY: as the interface says, but for the records.
    let status = unsafe { apply(part.pair.me, &raw_batch, &raw mut results, err.at()) };
    err.check(Must::ComeBack, status, u32::MAX, "apply");
}

fn state(input: &mut Input<'_>, part: &Part) {
    let mut qubits = [0_u32; 300];
    (qubits[0], qubits[1]) = (u32::from(input.byte() % 2), 1);
    let mut out = [0.0_f64; 64];
    let (kind, numbers) = input.pick(&[(raw::STATE_PROBABILITIES, 2), (raw::STATE_AMPLITUDES, 4)]);
    let mut query = raw::StateQuery {
        size: size_of::<raw::StateQuery>() as u32,
        kind,
        qubit_count: 1,
        reserved0: 0,
        qubits: qubits.as_ptr(),
    };
    // A density matrix has no amplitudes.
    let asked = if kind == raw::STATE_PROBABILITIES { Must::Work } else { Must::ComeBack };
    let (mut count, mut must) = (numbers, asked);
    if input.one_in(4) {
        // Numbers that do not fit each other, as many as there is memory for.
        query.qubit_count = input.pick(&[0, 1, 2, 31, 32, 62, 63, 64, 65, 255, 300]);
        count = u64::from(input.byte() % 65);
        must = Must::ComeBack;
    }
    let query = draw(
        input,
        Way::In,
        query,
        &[
            |query| query.kind = 0,
            |query| query.kind = 99,
            |query| query.reserved0 = 1,
            |query| query.qubits = std::ptr::null(),
            |query| query.qubits = query.qubits.wrapping_byte_add(2),
            |query| (query.qubit_count, query.qubits) = (u32::MAX, std::ptr::null()),
        ],
    );
    let (to, wrong) = pointer(input, out.as_mut_ptr());
    if query.now().qubit_count == 0 && query.must == Must::Refuse && must == Must::ComeBack {
        // No qubits at a wrong place are no qubits.
        return;
    }
    must = must.and(query.must);
    if count > 0 {
        must = must.and(wrong);
    }
    let (me, wrong) = instance(input, part.pair.me);
    let must = must.and(wrong);
    let err = Words::draw(input);
    let state = part.vt().state.expect("a table of ours");
    unchanged(part, Must::Refuse, || {
        // SAFETY: what is not to be refused is as the interface says.
        let status = unsafe { state(me, query.at(), to, count, err.at()) };
        err.check(must, status, 0, "state");
        assert!(status != raw::OK || out.iter().all(|number| number.is_finite()));
    });
}

/// The functions that only look, and those without a structure.
fn look(input: &mut Input<'_>, part: &Part) {
    let vt = part.vt();
    let (me, nobody) = instance(input, part.pair.me);
    match input.byte() % 4 {
        0 => {
            let mut text = raw::Text::EMPTY;
            let (out, wrong) = pointer(input, &raw mut text);
            // SAFETY: what is not to be refused is as the interface says.
            let status = unsafe { vt.id.expect("a table of ours")(me, out) };
            wrong.and(nobody).check(status, "id");
            assert!(status != raw::OK || text.len > 0 && text.reserved0 == 0);
        }
        1 => {
            let right = raw::Info {
                size: size_of::<raw::Info>() as u32,
                qubit_count: 0,
                op_kinds: 0,
                caps: 0,
                threading: 0,
                reserved0: 0,
            };
            let info = draw(input, Way::Out, right, &[]);
            let err = Words::draw(input);
            let size = info.now().size;
            // SAFETY: as above.
            let status = unsafe { vt.query.expect("a table of ours")(me, info.at(), err.at()) };
            err.check(info.must.and(nobody), status, 0, "query");
            let filled = if status == raw::OK { 2 } else { 0 };
            assert_eq!((info.now().size, info.now().qubit_count), (size, filled));
        }
        2 => {
            let right = raw::Metric {
                size: size_of::<raw::Metric>() as u32,
                kind: 0,
                value: 0,
                part: raw::Text::EMPTY,
                name: raw::Text::EMPTY,
            };
            let metric = draw(input, Way::Out, right, &[]);
            let index = input.pick(&[0, 1, 2, 77, u32::MAX]);
            // SAFETY: as above.
            let status = unsafe { vt.metric.expect("a table of ours")(me, index, metric.at()) };
            metric.must.and(nobody).check(status, "metric");
        }
        _ => {
            let mut digest = 0_u64;
            let (out, wrong) = pointer(input, &raw mut digest);
            let err = Words::draw(input);
            let function = vt.state_digest.expect("a table of ours");
            // SAFETY: as above.
            let status = unsafe { function(me, out, err.at()) };
            err.check(wrong.and(nobody), status, 0, "state_digest");
        }
    }
}
