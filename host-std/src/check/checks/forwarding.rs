//! Layers pass on what is not their own, claim no more than their child, and leave its words alone.

use pandia_core::abi::raw;
use pandia_core::backend::{Backend, Caps, GateDef, GateSet, StateQuery, Threading, Verdict};
use pandia_core::error::Class;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::batch::Source;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpKind, OpSink, Outcome, Outcomes, Params, Parts};
use pandia_core::part::PartKind;
use pandia_core::units::{DurationNs, TimeNs};

use crate::check::bench::{Bench, QUBITS, apply, shots};
use crate::check::circuits::{STRANGE_TAG, build, coins};
use crate::check::finding::{Checked, ensure, failed, went_well};
use crate::check::made::Made;
use crate::check::raw_face::RawFace;
use crate::check::spy::{REFUSED_TAG, REJECTED, SPY, SPY_CODE, SPY_TEXT, Shared, Spy};

pub(super) fn run(bench: &mut Bench) -> Checked {
    for busy in [false, true] {
        let shape = || if busy { bench.busy() } else { bench.shape() };
        let shared = Shared::default();
        bench.step("a layer over a child that keeps a record");
        let mut made = bench.site_over(shape(), Box::new(Spy::new(&shared)))?.build()?;
        let done =
            [passes_on(&mut made, &shared), keeps_words(&mut made), passes_on_rejection(&mut made)];
        made.destroy()?;
        done.into_iter().for_each(|done| bench.keep(done));
    }
    bench.step("a layer over a child that can do little");
    let shared = Shared::default();
    let spy = Box::new(Spy::new(&shared).narrow());
    let mut made = bench.site_over(bench.shape(), spy)?.build()?;
    let done = narrow(bench, &mut made);
    bench.keep(done);
    made.destroy()?;
    bench.step("a layer over a child with an extension of its own");
    let done = extension(bench);
    bench.keep(done);
    Ok(())
}

fn custom(tag: u16, words: &[u64]) -> Parts<'_> {
    let params = Params::Words(words);
    Parts { kind: OpKind::Custom, flags: 0, gate: tag, qubits: &[1], params }
}

fn passes_on(made: &mut Made, shared: &Shared) -> Checked {
    let face = made.face();
    went_well("shot_begin", face.shot_begin(ShotId(7), Seed(99)))?;
    let last = shared.log().shots.last().copied();
    ensure(last == Some((7, 99)), || {
        format!("shot 7 of seed 99 reaches the child as {last:?} (shot, seed)")
    })?;
    let ops = build(|ops| {
        ops.gate(slot::X, &[0], &[])?;
        ops.push(custom(STRANGE_TAG, &[42, 43]))?;
        ops.gate(slot::H, &[1], &[])?;
        ops.measure(1, 0)
    })?;
    let source = Source { issuer: 0, depth: 0 };
    let batch = ops.batch().at(TimeNs(1234), DurationNs(55)).from_source(source);
    let mut room = [Outcome::default(); 1];
    let done = face.apply(&batch, &mut Outcomes::new(&mut room));
    let ended = face.shot_end();
    let log = shared.log();
    let strange = |seen: &&crate::check::spy::Seen| {
        seen.ops.iter().any(|(kind, tag, params, _)| {
            (*kind, *tag, params.as_slice()) == (OpKind::Custom, STRANGE_TAG, &[42, 43][..])
        })
    };
    let Some(seen) = log.batches.iter().find(strange) else {
        return failed(match done {
            Ok(()) => "swallows a custom operation that it does not know instead of passing it on",
            Err(_) => "refuses a custom operation that its child takes; pass on what is unknown",
        });
    };
    went_well("apply", done)?;
    went_well("shot_end", ended)?;
    let (start, length) = (seen.start_ns, seen.length_ns);
    ensure((start, length) == (1234, 55), || {
        format!("a batch at 1234 ns, 55 ns long, reaches the child at {start} ns, {length} ns long")
    })?;
    let from = (seen.issuer, seen.depth);
    ensure(from == (0, 0), || {
        format!("a batch of the program reaches the child from issuer {}, depth {}", from.0, from.1)
    })?;
    let gates: Vec<u16> = log.batches.iter().flat_map(|seen| &seen.ops).map(|op| op.1).collect();
    ensure(gates.contains(&slot::X) && gates.contains(&slot::H), || {
        format!("of the gates x and h only {gates:?} (slots) reach the child")
    })
}

/// An error of the child: its code, its words, its signature, the operation by the caller's number.
fn keeps_words(made: &mut Made) -> Checked {
    let face = made.face();
    let ops = build(|ops| {
        for _ in 0..3 {
            ops.gate(slot::X, &[0], &[])?;
        }
        ops.push(custom(REFUSED_TAG, &[]))?;
        ops.gate(slot::X, &[1], &[])
    })?;
    for shot in 0..30 {
        went_well("shot_begin", face.shot_begin(ShotId(shot), Seed(3)))?;
        let done = apply(face, &ops);
        went_well("shot_end after an error of the child", face.shot_end())?;
        let Err(e) = done else {
            return failed("an operation that the child refuses is reported as done");
        };
        let code = e.code();
        ensure(code == SPY_CODE || e.class() == Class::ShotLost, || {
            format!("the child refuses with {SPY_CODE}; the layer gives back {code}")
        })?;
        ensure(e.layer() == SPY, || {
            format!("an error of the child {SPY} is signed {:?}", e.layer())
        })?;
        let words = e.to_string();
        ensure(words.contains(SPY_TEXT), || {
            format!("the words of the child's error are lost: {words:?} instead of {SPY_TEXT:?}")
        })?;
        ensure(e.op_index() == Some(3), || {
            format!(
                "the child refuses operation 3 of the batch; the layer names {:?}",
                e.op_index()
            )
        })?;
    }
    Ok(())
}

fn verdict_on(face: &mut dyn Backend, slot: u16) -> Checked<Verdict> {
    let def = [went_well("the gate list", GateDef::built_in(slot))?];
    let mut verdict = [Verdict::Reject];
    went_well("negotiate", face.negotiate(&GateSet { gates: &def }, &mut verdict))?;
    Ok(verdict[0])
}

fn passes_on_rejection(made: &mut Made) -> Checked {
    let verdict = verdict_on(made.face(), REJECTED)?;
    ensure(matches!(verdict, Verdict::Reject | Verdict::Lowered), || {
        format!("says {verdict:?} to a gate that its child rejects")
    })
}

fn narrow(bench: &mut Bench, made: &mut Made) -> Checked {
    let info = made.face().info();
    let child = Spy::new(&Shared::default()).narrow().info();
    let mut added = info.op_kinds & !child.op_kinds;
    // An error model that tells leaked qubits apart can answer that question by itself.
    if info.caps.has(Caps::LEAKAGE) && bench.kind() == PartKind::ErrorModel {
        added &= !OpKind::MeasureLeaked.bit();
        bench.note("adds the ability to tell leaked qubits apart");
    }
    let names: Vec<&str> =
        OpKind::ALL.iter().filter(|kind| added & kind.bit() != 0).map(|kind| kind.name()).collect();
    ensure(added == 0, || {
        format!("claims operations that its child does not take: {}", names.join(", "))
    })?;
    let caps = info.caps.without(Caps::LEAKAGE);
    ensure(caps == Caps::NONE, || {
        format!("claims abilities that its child does not have: {:#x}", caps.0)
    })?;
    ensure(info.threading == Threading::Pinned, || {
        "says that it may be called from any thread, over a child that is pinned".to_owned()
    })?;
    ensure(info.qubit_count <= child.qubit_count, || {
        format!("has {} qubits over a child with {}", info.qubit_count, child.qubit_count)
    })?;
    ensure(made.face().state_digest().is_err(), || {
        "gives a digest of the state of a child that shows none".to_owned()
    })
}

unsafe extern "C" fn any_extension(
    _: *mut core::ffi::c_void,
    _: *const raw::Text,
    out: *mut *const core::ffi::c_void,
) -> raw::Status {
    static TABLE: [u32; 2] = [8, 0];
    // SAFETY: the caller's own memory, as the interface says.
    unsafe { out.write(TABLE.as_ptr().cast()) };
    raw::OK
}

/// An extension of the child is not the layer's to hand out.
fn extension(bench: &Bench) -> Checked {
    let mut site = bench.site_over(bench.shape(), Box::new(Spy::new(&Shared::default())))?;
    site.extend_child(any_extension);
    let made = site.build()?;
    let given = RawFace::of(made.pair).extension("pandia.check_strange/1");
    made.destroy()?;
    ensure(given.is_none_or(|(_, table)| table.is_null()), || {
        "passes on an extension of its child that it does not know: calls to it would go past the \
         layer"
            .to_owned()
    })
}

/// A tap gives what lies below it gives.
pub(super) fn transparent(bench: &mut Bench) -> Checked {
    let mut tapped = bench.make()?;
    let mut bare = bench.child(QUBITS)?;
    let gates = bench.gates(tapped.face())?;
    let here = bench.gates(&mut *bare)?;
    ensure(gates.len() == here.len(), || {
        format!("takes {} built-in gates over a child that takes {}", gates.len(), here.len())
    })?;
    ensure(tapped.face().info() == bare.info(), || {
        format!("says {:?} over a child that says {:?}", tapped.face().info(), bare.info())
    })?;
    let ops = coins(&gates, QUBITS)?;
    let seed = bench.held.seed;
    let (with, without) =
        (shots(tapped.face(), &ops, 24, seed)?, shots(&mut *bare, &ops, 24, seed)?);
    ensure(with == without, || "outcomes are others with the tap than without it".to_owned())?;
    let ask = |face: &mut dyn Backend| -> Checked<(Option<u64>, [u64; 8])> {
        went_well("shot_begin", face.shot_begin(ShotId(3), Seed(seed)))?;
        went_well("apply", apply(face, &ops))?;
        let mut out = [0.0; 8];
        let digest = face.state_digest().ok();
        let done = face.state(StateQuery::Probabilities(&[0, 1, 2]), &mut out);
        went_well("shot_end", face.shot_end())?;
        went_well("a state query", done)?;
        Ok((digest, out.map(f64::to_bits)))
    };
    let (with, without) = (ask(tapped.face())?, ask(&mut *bare)?);
    ensure(with == without, || "the state is another with the tap than without it".to_owned())?;
    tapped.destroy()?;
    Ok(())
}
