//! A runtime on a thread of its own: all that is asked of it on the caller's thread, as far as the
//! interface lets it be the same. Outcomes and operations are equal, shot k alone is shot k; the stack
//! is called by the rules; what fails is told in the stack's words, though later.

use pandia_core::abi::raw;
use pandia_core::error::NO_OP;
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpKind, OpSink, Params, Parts};
use pandia_core::units::DurationNs;

use super::runtimes::Loose;
use super::threads::tell;
use super::writes::CAPS;
use crate::check::bench::{Bench, QUBITS, apply, shot, shots};
use crate::check::call::Answer;
use crate::check::circuits::{STRANGE_TAG, build, coins};
use crate::check::finding::{Checked, ensure, failed, went_well};
use crate::check::made::{Lent, Made};
use crate::check::raw_face::{RawFace, batch_of, list_over};
use crate::check::spy::{REFUSED_TAG, SPY, SPY_CODE, SPY_TEXT, Shared, Spy};
use crate::dylib::CallProxy;
use pandia_core::backend::Backend;
use pandia_core::ids::{Seed, ShotId};

const SHOTS: u64 = 12;
/// How often something that may depend on who is faster is tried.
const TRIES: u64 = 10;

pub(super) fn run(bench: &mut Bench) -> Checked {
    pinned(bench)?;
    let takes = |own_thread| -> Checked<bool> {
        Ok(bench.site(bench.shape())?.build_for(Some(own_thread)).is_ok())
    };
    let (without, with) = (takes(false)?, takes(true)?);
    if !with {
        bench.note("takes no stack with own_thread = 1");
        return Ok(());
    }
    if !without {
        bench.note("takes no stack without a thread of its own, so it is compared with itself");
    }
    // First under watch: who breaks a rule here may well crash without it.
    watched(bench)?;
    leaves_in_time(bench)?;
    if !bench.findings.is_empty() {
        return Ok(());
    }
    let done = outcomes(bench, !without);
    bench.keep(done);
    let done = operations(bench, !without);
    bench.keep(done);
    let done = words(bench);
    bench.keep(done);
    Ok(())
}

fn pinned(bench: &mut Bench) -> Checked {
    let shared = Shared::default();
    let pinned = Lent::new(Box::new(Spy::new(&shared).narrow()));
    let loose = Loose::new(bench)?;
    bench.step("attach of a pinned stack with own_thread = 1");
    let answer = loose.attach(pinned.pair(), 1)?;
    if answer.status == 0 {
        bench.find(
            "takes a pinned stack with own_thread = 1: it must be refused, since a pinned stack \
             may only be called from the thread that created it",
        );
        loose.detach()?.done("detach")?;
    } else {
        let refused = answer.refused("a pinned stack with own_thread = 1")?;
        if refused.text.is_empty() {
            bench.find("refuses a pinned stack with own_thread = 1 without a word");
        }
    }
    loose.destroy()
}

/// The calls that reach the stack while shots run.
fn watched(bench: &mut Bench) -> Checked {
    bench.step("shots over a watched stack with a thread of its own");
    let proxy = CallProxy::new(bench.child(QUBITS)?);
    let watch = proxy.watch();
    watch.lend(true);
    let site = bench.site(bench.shape())?.watched(proxy);
    let ran = site.build_for(Some(true)).and_then(|mut made| {
        let gates = bench.gates(made.face())?;
        let ops = coins(&gates, QUBITS)?;
        shots(made.face(), &ops, SHOTS, bench.held.seed)?;
        let _ = (0..16).map_while(|index| made.face().metric(index).map(drop)).count();
        made.destroy().map(drop)
    });
    if tell(bench, &watch, "with a thread of its own, below this part") {
        return Ok(());
    }
    ran
}

/// The calls that reach the stack around a `detach` in the middle of a shot.
fn leaves_in_time(bench: &mut Bench) -> Checked {
    bench.step("detach in the middle of a shot with a thread of its own");
    let ops = build(|ops| {
        ops.gate(slot::X, &[0], &[])?;
        ops.measure(0, 0)
    })?;
    for batches in [0, 1, 20] {
        let proxy = CallProxy::new(Box::new(Spy::new(&Shared::default())));
        let watch = proxy.watch();
        watch.lend(true);
        let loose = Loose::new(bench)?;
        loose.attach(proxy.raw(), 1)?.done("attach with own_thread = 1")?;
        loose.face.shot_begin(1, 2)?.done("shot_begin")?;
        for _ in 0..batches {
            submit(&loose.face, &ops)?.done("submit of a measurement")?;
        }
        loose.detach()?.done("detach")?;
        watch.take_back();
        // What comes later than this is not found; nothing right comes later at all.
        std::thread::sleep(core::time::Duration::from_millis(5));
        loose.destroy()?;
        if tell(bench, &watch, "around detach, with a thread of its own") {
            return Ok(());
        }
    }
    Ok(())
}

/// Equal outcomes, in a row, again, and alone.
fn outcomes(bench: &Bench, own_thread: bool) -> Checked {
    let seed = bench.held.seed;
    let made = |own_thread| -> Checked<(Made, OpVec)> {
        let mut made = bench.site(bench.shape())?.build_for(Some(own_thread))?;
        let gates = bench.gates(made.face())?;
        let ops = coins(&gates, QUBITS)?;
        Ok((made, ops))
    };
    bench.step("shots with and without the permission of a thread of its own");
    let (mut first, ops) = made(own_thread)?;
    let expected = shots(first.face(), &ops, SHOTS, seed)?;
    let (mut with, _) = made(true)?;
    for how in ["than without it", "when they are run again"] {
        ensure(expected == shots(with.face(), &ops, SHOTS, seed)?, || {
            format!("outcomes are others with a thread of its own {how}")
        })?;
    }
    for k in [SHOTS - 1, 2, 7, 2] {
        bench.step(&format!("shot {k} alone, with a thread of its own"));
        let (mut fresh, _) = made(true)?;
        let values = shot(fresh.face(), &ops, k, seed)?;
        let row = usize::try_from(k).ok().and_then(|k| expected.get(k));
        ensure(row == Some(&values), || {
            format!(
                "with a thread of its own shot {k} alone gives {values:?}, and {row:?} in a row"
            )
        })?;
        fresh.destroy()?;
    }
    first.destroy()?;
    with.destroy()?;
    Ok(())
}

/// An operation as it reaches the stack, with its shot.
type Reached = (u64, OpKind, u16, Vec<u64>, Vec<u32>);

/// What the stack has seen: shots with their seeds, and operations.
struct Record {
    shots: Vec<(u64, u64)>,
    ops: Vec<Reached>,
}

/// What reaches the stack of some shots of several batches, in order.
fn reached(bench: &Bench, own_thread: bool) -> Checked<Record> {
    let shared = Shared::default();
    let site = bench.site_over(bench.shape(), Box::new(Spy::new(&shared)))?;
    let mut made = site.build_for(Some(own_thread))?;
    let face = made.face();
    for shot in 0..3 {
        went_well("shot_begin", face.shot_begin(ShotId(shot), Seed(9)))?;
        for batch in 0..6_u16 {
            let ops = build(|ops| {
                ops.gate(slot::X, &[0], &[])?;
                ops.gate(slot::RZ, &[1], &[f64::from(batch)])?;
                ops.gate(slot::CX, &[1, 2], &[])?;
                ops.push(Parts {
                    kind: OpKind::Custom,
                    flags: 0,
                    gate: STRANGE_TAG,
                    qubits: &[2],
                    params: Params::Words(&[shot, u64::from(batch)]),
                })?;
                ops.idle(&[0], DurationNs(7))?;
                // Some are read at once, and some batches have nothing to wait for.
                if batch % 3 == 2 { ops.measure(0, 0) } else { ops.reset(1) }
            })?;
            went_well("submit", apply(face, &ops))?;
        }
        went_well("shot_end", face.shot_end())?;
    }
    made.destroy()?;
    let log = shared.log();
    let ops = log.batches.iter().flat_map(|seen| seen.ops.iter().map(|op| (seen.shot, op.clone())));
    let ops = ops.map(|(shot, (kind, gate, params, qubits))| (shot, kind, gate, params, qubits));
    Ok(Record { shots: log.shots.clone(), ops: ops.collect() })
}

/// The same operations in the same order. Batches may be others: who runs ahead may gather.
fn operations(bench: &Bench, own_thread: bool) -> Checked {
    bench.step("what reaches the stack with and without a thread of its own");
    let expected = reached(bench, own_thread)?;
    for _ in 0..TRIES {
        let seen = reached(bench, true)?;
        ensure(seen.shots == expected.shots, || {
            format!(
                "with a thread of its own the shots (number, seed) {:?} reach the stack, and {:?} \
                 without",
                seen.shots, expected.shots
            )
        })?;
        let parted = expected.ops.iter().zip(&seen.ops).position(|(one, other)| one != other);
        let parted = parted
            .or((expected.ops.len() != seen.ops.len())
                .then(|| expected.ops.len().min(seen.ops.len())));
        if let Some(at) = parted {
            let (one, other) = (expected.ops.get(at), seen.ops.get(at));
            return failed(format!(
                "operation {at} that reaches the stack is {other:?} with a thread of its own, and \
                 {one:?} without (shot, kind, gate, parameters, qubits)"
            ));
        }
    }
    Ok(())
}

fn submit(face: &RawFace, ops: &OpVec) -> Checked<Answer> {
    let mut none = list_over(&mut []);
    let batch: raw::Batch = batch_of(ops);
    face.apply(&batch, &mut none, CAPS)
}

/// An error of the stack: told in its words, by a call that may, and in the same place every time.
fn words(bench: &Bench) -> Checked {
    let shared = Shared::default();
    let bad = build(|ops| {
        for _ in 0..3 {
            ops.gate(slot::X, &[0], &[])?;
        }
        let (kind, params) = (OpKind::Custom, Params::NONE);
        ops.push(Parts { kind, flags: 0, gate: REFUSED_TAG, qubits: &[1], params })
    })?;
    let good = build(|ops| {
        ops.gate(slot::X, &[1], &[])?;
        ops.measure(1, 0)
    })?;
    let site = bench.site_over(bench.shape(), Box::new(Spy::new(&shared)))?;
    let made = site.build_for(Some(true))?;
    let face = RawFace::of(made.pair);
    for reads in [true, false] {
        bench.step("an error of the stack, with a thread of its own");
        let mut place = None;
        for k in 0..TRIES {
            face.shot_begin(k, 3)?.done("shot_begin")?;
            let (told, by) = tells(&face, &bad, &good, reads)?;
            by_the_rules(&told, by)?;
            ensure(*place.get_or_insert(by) == by, || {
                format!("the same error of the stack is told now by {by} and now by another call")
            })?;
        }
    }
    bench.step("a shot after one that failed, with a thread of its own");
    face.shot_begin(TRIES, 3)?.done("shot_begin after a shot that failed")?;
    submit(&face, &good)?.done("submit after a shot that failed")?;
    face.result(0)?.done("result after a shot that failed")?;
    face.shot_end()?.done("shot_end after a shot that failed")?;
    made.destroy()?;
    Ok(())
}

/// Submits a batch that the stack refuses and one that it does not; the error, and which call told it.
fn tells(
    face: &RawFace,
    bad: &OpVec,
    good: &OpVec,
    reads: bool,
) -> Checked<(Answer, &'static str)> {
    let at_once = submit(face, bad)?;
    if at_once.status != 0 {
        face.shot_end()?.done("shot_end after an error")?;
        return Ok((at_once, "submit"));
    }
    let later = submit(face, good)?;
    ensure(later.status == 0, || {
        format!(
            "an error of the stack is told by a later submit ({}): a program would fail at another \
             place each time; tell it at the first result behind it, or at shot_end",
            later.words()
        )
    })?;
    if reads {
        let read = face.result(0)?;
        ensure(read.status != 0, || {
            "a result behind an error of the stack is given as if nothing had happened".to_owned()
        })?;
        face.shot_end()?.done("shot_end after the error was told")?;
        return Ok((read, "result"));
    }
    let ended = face.shot_end()?;
    ensure(ended.status != 0, || "an error of the stack is never told".to_owned())?;
    Ok((ended, "shot_end"))
}

fn by_the_rules(told: &Answer, by: &str) -> Checked {
    let at_once = by == "submit";
    let status = told.status;
    ensure((-199..=-100).contains(&status) || (at_once && status == SPY_CODE), || {
        format!(
            "the stack refuses a batch with {SPY_CODE}, and {by} gives back {status}: what is told \
             after the batch was taken costs the shot (status -100 to -199)"
        )
    })?;
    ensure(told.layer == SPY, || {
        format!("an error of the stack {SPY}, told by {by}, is signed {:?}", told.layer)
    })?;
    ensure(told.text.contains(SPY_TEXT), || {
        format!(
            "the words of the stack's error are lost: {by} says {:?} instead of {SPY_TEXT:?}",
            told.text
        )
    })?;
    let index = told.op_index;
    ensure(index == if at_once { 3 } else { NO_OP }, || {
        format!("the stack refuses operation 3 of an earlier batch; {by} names operation {index}")
    })
}
