//! What a part writes stays within what the caller gave.

use core::ffi::c_void;

use pandia_core::abi::raw;

use crate::check::bench::{Bench, QUBITS};
use crate::check::call::call;
use crate::check::config::{Grown, bytes_of};
use crate::check::finding::{Checked, ensure, failed};
use crate::check::memory::GUARD;
use crate::check::raw_face::{RawFace, batch_of, built_in_gates, list_over, set_of};

/// Room for words in an ordinary call.
pub(super) const CAPS: (u32, u32) = (200, 48);

pub(super) fn run(bench: &mut Bench) -> Checked {
    let made = bench.make()?;
    let face = RawFace::of(made.pair);
    info(bench, &face)?;
    bench.keep(verdicts(&face));
    if let Some(vt) = face.backend() {
        bench.step("the list of metrics");
        bench.keep(metrics(vt, face.me));
        bench.step("outcomes behind others, in more room than is needed");
        let done = results(bench, &face);
        bench.keep(done);
        bench.step("state");
        bench.keep(state(vt, &face));
    }
    made.destroy()?;
    Ok(())
}

fn info(bench: &Bench, face: &RawFace) -> Checked {
    let blank = raw::Info {
        size: bytes_of::<raw::Info>(),
        qubit_count: 0,
        op_kinds: 0,
        caps: 0,
        threading: 0,
        reserved0: 0,
    };
    bench.step("query of a caller that knows version 1.0");
    let mut exact = Grown::new(blank, GUARD);
    face.query(&mut exact.inner)?.done("query")?;
    ensure(exact.tail.iter().all(|&byte| byte == GUARD), || {
        "query wrote behind the caller's structure, whose size says where it ends".to_owned()
    })?;
    ensure(exact.inner.size == bytes_of::<raw::Info>(), || {
        "query changed the size of the caller's structure".to_owned()
    })?;
    bench.step("query of a caller that knows a later version");
    let mut grown = Grown::new(blank, 0);
    grown.inner.size = Grown::<raw::Info>::bytes();
    face.query(&mut grown.inner)?.done("query of a caller that knows a later version")?;
    ensure(grown.guards_are_whole(), || "query wrote behind a grown structure".to_owned())?;
    ensure(grown.tail[..16] == [0; 16], || {
        "query wrote to fields that are not known in its version".to_owned()
    })
}

fn metrics(vt: &raw::BackendVt, me: *mut c_void) -> Checked {
    let Some(metric) = vt.metric else { return Ok(()) };
    for index in 0..=4096_u32 {
        let blank = raw::Metric {
            size: bytes_of::<raw::Metric>(),
            kind: 0,
            value: 0,
            part: raw::Text::EMPTY,
            name: raw::Text::EMPTY,
        };
        let mut out = Grown::new(blank, GUARD);
        // SAFETY: table and instance belong together; the structure is live.
        let status = unsafe { metric(me, index, &raw mut out.inner) };
        ensure(status <= 0, || format!("metric gave back the status {status}"))?;
        ensure(status > -200, || format!("metric {index} lost the instance (status {status})"))?;
        ensure(out.tail.iter().all(|&byte| byte == GUARD), || {
            "metric wrote behind the caller's structure".to_owned()
        })?;
        match out.inner.kind {
            raw::METRIC_END => return Ok(()),
            raw::METRIC_COUNTER | raw::METRIC_GAUGE => {}
            other => return failed(format!("metric {index} is of the unknown kind {other}")),
        }
        ensure(out.inner.name.len > 0, || format!("metric {index} has no name"))?;
    }
    failed("the list of metrics has no end: index 4096 still is one")
}

fn verdicts(face: &RawFace) -> Checked {
    let gates: Vec<raw::Gate> = built_in_gates();
    let mut numbers = vec![GUARD; gates.len() + 64];
    let answer = face.negotiate(&set_of(&gates), &mut numbers)?;
    answer.done("negotiate about the built-in gates")?;
    let (given, behind) = numbers.split_at(gates.len());
    ensure(behind.iter().all(|&byte| byte == GUARD), || {
        "negotiate wrote more verdicts than there is place for".to_owned()
    })?;
    for (gate, &verdict) in pandia_core::op::gates::LIST.iter().zip(given) {
        ensure(verdict <= 3, || {
            format!("negotiate gave the verdict {verdict} on {}; 0 to 3 are right", gate.id)
        })?;
    }
    Ok(())
}

fn results(bench: &Bench, face: &RawFace) -> Checked {
    let ops = crate::check::circuits::build(|ops| {
        use pandia_core::op::OpSink;
        (0..QUBITS).try_for_each(|qubit| ops.measure(qubit, 40 + u64::from(qubit)))
    })?;
    let guard = pandia_core::op::Outcome {
        id: u64::MAX - 6,
        value: 77,
        kind: 99,
        flags: 9,
        reserved0: 7,
        op_index: 12345,
    };
    let mut items = [guard; 12];
    let mut list = list_over(&mut items[..8]);
    list.len = 2;
    face.shot_begin(0, bench.held.seed)?.done("shot_begin")?;
    let done = face.apply(&batch_of(&ops), &mut list, CAPS);
    let ended = face.shot_end()?;
    done?.done("apply of three measurements with two outcomes in the list already")?;
    ended.done("shot_end")?;
    let len = list.len;
    ensure(len == 2 + QUBITS, || {
        format!("apply of {QUBITS} measurements moved the list from 2 to {len} outcomes")
    })?;
    ensure(items[..2] == [guard; 2], || {
        "apply changed outcomes that were in the list before the call".to_owned()
    })?;
    ensure(items[5..] == [guard; 7], || {
        "apply wrote outcomes behind those that the batch bears".to_owned()
    })
}

fn state(vt: &raw::BackendVt, face: &RawFace) -> Checked {
    let Some(state) = vt.state else { return Ok(()) };
    face.shot_begin(0, 0)?.done("shot_begin")?;
    let qubits = [0_u32, 1];
    let query = raw::StateQuery {
        size: bytes_of::<raw::StateQuery>(),
        kind: raw::STATE_PROBABILITIES,
        qubit_count: 2,
        reserved0: 0,
        qubits: qubits.as_ptr(),
    };
    let guard = f64::from_bits(0xc5c5_c5c5_c5c5_c5c5);
    let mut out = [guard; 12];
    let answer = call("state", |err| {
        // SAFETY: table and instance belong together; four numbers are asked for, and there is
        // place for more.
        unsafe { state(face.me, &raw const query, out.as_mut_ptr(), 4, err) }
    })?;
    face.shot_end()?.done("shot_end")?;
    let whole = out.iter().skip(4).all(|number| number.to_bits() == guard.to_bits());
    ensure(whole, || "state wrote more numbers than were asked for".to_owned())?;
    let sum: f64 = out.iter().take(4).sum();
    ensure(answer.status != 0 || (sum - 1.0).abs() < 1e-4, || {
        format!("the probabilities of two fresh qubits add up to {sum}, not to 1")
    })
}
