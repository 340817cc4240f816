//! What nobody knows is not taken: never accepted in silence.

use pandia_core::abi::raw;
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::record::FLAG_HINT;
use pandia_core::op::{OpKind, OpSink, Params, Parts};

use crate::check::bench::{Bench, apply};
use crate::check::call::{Answer, call};
use crate::check::circuits::{STRANGE_TAG, build};
use crate::check::config::bytes_of;
use crate::check::finding::{Checked, ensure, failed, went_well};
use crate::check::made::layout;
use crate::check::raw_face::{RawFace, set_of};
use crate::stack::{OwnedSetting, OwnedValue};
use pandia_core::backend::Backend;
use pandia_core::ids::{Seed, ShotId};

const CONFIG: i32 = -15;

pub(super) fn run(bench: &mut Bench) -> Checked {
    bench.step("unknown settings");
    let done = settings(bench);
    bench.keep(done);
    let mut made = bench.make()?;
    let face = RawFace::of(made.pair);
    bench.step("unknown gates");
    bench.keep(gates(&face));
    bench.step("unknown extensions");
    bench.keep(extensions(&face));
    bench.step("unknown state queries");
    if let Some(vt) = face.backend().copied() {
        bench.keep(queries(&vt, &face));
    }
    bench.step("unknown operations");
    let late = made.tells_late();
    bench.keep(operations(made.face(), late));
    bench.keep(kinds(made.face(), late));
    made.destroy()?;
    Ok(())
}

fn settings(bench: &Bench) -> Checked {
    for value in [OwnedValue::Whole(1), OwnedValue::Real(0.5), OwnedValue::Text("yes".into())] {
        let mut shape = bench.shape();
        shape.settings.push(OwnedSetting::new("pandia_check_no_such_key", value));
        let raw = shape.raw();
        let (answer, _) = layout(&bench.part, &raw.config)?;
        answer.refused_with("an unknown setting", CONFIG)?;
        let site = bench.site(bench.shape())?;
        let (at, bytes) = (site.memory.at(), site.memory.bytes() as u64);
        let (answer, _) = site.create(at, bytes, &raw.config, core::ptr::null())?;
        answer.refused_with("create with an unknown setting", CONFIG)?;
        site.untouched("a refused create")?;
    }
    for param in bench.part.spec().params {
        let mut shape = bench.shape();
        shape.settings.push(OwnedSetting::new(param.name, OwnedValue::Whole(1)));
        let mut raw = shape.raw();
        if let Some(last) = raw.settings.last_mut() {
            last.kind = 99;
        }
        let (answer, _) = layout(&bench.part, &raw.config)?;
        answer.refused(&format!("a value of the unknown kind 99 for {}", param.name))?;
    }
    Ok(())
}

/// A matrix that nobody may ask for.
unsafe extern "C" fn no_matrix(
    _: *const core::ffi::c_void,
    _: *const f64,
    _: u32,
    _: *mut f64,
    _: u32,
) -> raw::Status {
    -1
}

fn gates(face: &RawFace) -> Checked {
    let gate = |slot, id: &'static str, qubit_count, param_count, matrix| raw::Gate {
        slot,
        qubit_count,
        param_count,
        flags: 0,
        id: raw::Text::of(id),
        matrix,
        matrix_context: core::ptr::null(),
    };
    let strangers = [
        ("a built-in slot that no gate has", gate(999, "pandia.no_such_gate/1", 1, 0, None)),
        ("slot 0", gate(0, "pandia.no_such_gate/1", 1, 0, None)),
        ("a built-in slot with a foreign id", gate(slot::RZ, "pandia.rz/999", 1, 1, None)),
        ("a gate without a meaning", gate(1024 + 77, "pandia.check_opaque/1", 1, 0, None)),
        ("a gate on 200 qubits", gate(1024 + 78, "pandia.check_wide/1", 200, 0, Some(no_matrix))),
    ];
    for (what, stranger) in strangers {
        let mut verdict = [0xc5];
        let answer = face.negotiate(&set_of(&[stranger]), &mut verdict)?;
        let refused = answer.status < 0 || verdict == [0];
        ensure(refused, || {
            format!("negotiate about {what} must say 0 (refused); the verdict is {}", verdict[0])
        })?;
    }
    Ok(())
}

fn extensions(face: &RawFace) -> Checked {
    let Some((status, table)) = face.extension("pandia.check_no_such_extension/1") else {
        return Ok(());
    };
    ensure(status <= 0, || format!("extension gave back the status {status}"))?;
    ensure(table.is_null(), || "gives a table for an extension that does not exist".to_owned())
}

fn queries(vt: &raw::BackendVt, face: &RawFace) -> Checked {
    let Some(state) = vt.state else { return Ok(()) };
    let qubits = [0_u32];
    let query = raw::StateQuery {
        size: bytes_of::<raw::StateQuery>(),
        kind: 99,
        qubit_count: 1,
        reserved0: 0,
        qubits: qubits.as_ptr(),
    };
    let mut out = [0.0; 4];
    face.shot_begin(0, 0)?.done("shot_begin")?;
    let answer: Checked<Answer> = call("state", |err| {
        // SAFETY: table and instance belong together; the structures are live.
        unsafe { state(face.me, &raw const query, out.as_mut_ptr(), 2, err) }
    });
    face.shot_end()?.done("shot_end")?;
    answer?.refused("a state query of the unknown kind 99")?;
    Ok(())
}

/// Runs one batch in a shot of its own. What is told `late` is told at the end of it.
fn alone(face: &mut dyn Backend, ops: &OpVec, late: bool) -> Checked<pandia_core::Result<()>> {
    went_well("shot_begin", face.shot_begin(ShotId(0), Seed(0)))?;
    let done = apply(face, ops).map(drop);
    let ended = face.shot_end();
    if late && done.is_ok() {
        return Ok(ended);
    }
    went_well("shot_end", ended)?;
    Ok(done)
}

fn operations(face: &mut dyn Backend, late: bool) -> Checked {
    for slot in [0, 999, 1024 + 900, u16::MAX] {
        let ops = build(|ops| ops.gate(slot, &[0], &[]))?;
        if alone(face, &ops, late)?.is_ok() {
            return failed(format!("carries out a gate with the unknown slot {slot}"));
        }
    }
    let custom = |flags| {
        build(|ops| {
            let (kind, params) = (OpKind::Custom, Params::Words(&[7]));
            ops.push(Parts { kind, flags, gate: STRANGE_TAG, qubits: &[0], params })
        })
    };
    if alone(face, &custom(0)?, late)?.is_ok() {
        return failed("takes a custom operation that it cannot know, without a hint flag");
    }
    let hint = alone(face, &custom(FLAG_HINT)?, late)?;
    went_well("a custom operation flagged as a hint, which may be skipped,", hint)
}

/// What `query` does not claim is not taken.
fn kinds(face: &mut dyn Backend, late: bool) -> Checked {
    let claimed = face.info().op_kinds;
    for kind in OpKind::ALL {
        if claimed & kind.bit() != 0 || kind == OpKind::Custom || kind == OpKind::Gate {
            continue;
        }
        let (gate, params): (u16, Params<'_>) = match kind {
            OpKind::Channel => (1, Params::Reals(&[0.0; 3])),
            OpKind::Measure | OpKind::MeasureLeaked | OpKind::Idle | OpKind::Postselect => {
                (0, Params::Words(&[0]))
            }
            OpKind::Gate | OpKind::Reset | OpKind::Custom | OpKind::Barrier => (0, Params::NONE),
        };
        let ops = build(|ops| ops.push(Parts { kind, flags: 0, gate, qubits: &[0], params }))?;
        ensure(alone(face, &ops, late)?.is_err(), || {
            format!("takes the operation {} although query does not claim it", kind.name())
        })?;
    }
    for kind in OpKind::ALL.iter().filter(|kind| claimed & kind.bit() != 0) {
        if *kind == OpKind::Barrier {
            let ops = build(|ops| ops.barrier(&[0]))?;
            went_well("a barrier, which query claims,", alone(face, &ops, late)?)?;
        } else if *kind == OpKind::Idle {
            let ops = build(|ops| ops.idle(&[0], pandia_core::units::DurationNs(10)))?;
            went_well("an idle time, which query claims,", alone(face, &ops, late)?)?;
        } else if *kind == OpKind::Reset {
            went_well(
                "a reset, which query claims,",
                alone(face, &build(|ops| ops.reset(0))?, late)?,
            )?;
        } else if *kind == OpKind::MeasureLeaked {
            let ops = build(|ops| ops.measure_leaked(0, 0))?;
            went_well("measure_leaked, which query claims,", alone(face, &ops, late)?)?;
        } else if *kind == OpKind::Postselect {
            let ops = build(|ops| ops.postselect(0, false))?;
            went_well("postselecting 0 of |0>, which query claims,", alone(face, &ops, late)?)?;
        }
    }
    Ok(())
}
