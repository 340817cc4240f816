//! What a backend says of itself.

use super::harness::{Harness, build, ensure, failed, needs, went_well};
use super::{Check, Checked, Expects, tolerance};
use crate::backend::{Caps, StateQuery};
use crate::error::ErrorKind;
use crate::op::gates::slot;
use crate::op::record::FLAG_HINT;
use crate::op::{OpKind, OpSink, Params, Parts};

pub(super) const CHECKS: &[Check] = &[
    Check { name: "info_makes_sense_and_stays", run: info_stays },
    Check { name: "op_kinds_not_claimed_are_refused", run: unclaimed_kinds },
    Check { name: "metrics_end", run: metrics_end },
    Check { name: "state_queries_answer_or_are_refused", run: state_queries },
    Check { name: "equal_runs_have_equal_state_digests", run: state_digests },
    Check { name: "a_random_backend_keeps_its_bias", run: bias },
];

fn info_stays(h: &mut Harness<'_>) -> Checked {
    let before = h.info;
    ensure(before.qubit_count > 0, format_args!("it has no qubits"))?;
    ensure(!h.backend.id().is_empty(), format_args!("it has no id"))?;
    for kind in [OpKind::Gate, OpKind::Measure, OpKind::Reset] {
        ensure(
            before.op_kinds & kind.bit() != 0,
            format_args!("op_kinds does not claim {}", kind.name()),
        )?;
    }
    let known = OpKind::ALL.iter().fold(0, |bits, kind| bits | kind.bit());
    ensure(
        before.op_kinds & !known == 0,
        format_args!("op_kinds claims kinds that do not exist: {:#x}", before.op_kinds & !known),
    )?;
    let ops = build(|ops| ops.measure(0, 0))?;
    h.begin()?;
    ensure(h.backend.info() == before, format_args!("info changes with a shot"))?;
    h.apply(&ops)?;
    h.end()?;
    ensure(h.backend.info() == before, format_args!("info changes with a shot"))
}

/// A well-formed operation of this kind that means no harm.
fn sample(ops: &mut super::circuit::Ops, kind: OpKind, flags: u8) -> crate::Result<()> {
    let (gate, params): (u16, Params<'_>) = match kind {
        OpKind::Gate => (slot::I, Params::NONE),
        OpKind::Channel => (crate::op::channel::PAULI_1Q, Params::Reals(&[0.0; 3])),
        OpKind::Custom => (0xbeef, Params::NONE),
        OpKind::Reset | OpKind::Barrier => (0, Params::NONE),
        OpKind::Measure | OpKind::Postselect | OpKind::MeasureLeaked | OpKind::Idle => {
            (0, Params::Words(&[0]))
        }
    };
    ops.push(Parts { kind, flags, gate, qubits: &[0], params })
}

fn unclaimed_kinds(h: &mut Harness<'_>) -> Checked {
    for kind in OpKind::ALL {
        if h.info.op_kinds & kind.bit() != 0 || kind == OpKind::Custom {
            continue;
        }
        let code = ErrorKind::Unsupported("").code();
        h.refuses(kind.name(), code, |ops| sample(ops, kind, 0))?;
        if !kind.bears_result() {
            let hint = build(|ops| sample(ops, kind, FLAG_HINT))?;
            h.shot(&hint)?;
        }
    }
    for kind in OpKind::ALL {
        if h.info.op_kinds & kind.bit() == 0 || matches!(kind, OpKind::Custom | OpKind::Gate) {
            continue;
        }
        let ops = build(|ops| sample(ops, kind, 0))?;
        h.shot(&ops)?;
    }
    Ok(())
}

/// More metrics than any stack should have.
const METRICS_MAX: u32 = 1000;

fn metrics_end(h: &mut Harness<'_>) -> Checked {
    for index in 0..METRICS_MAX {
        match h.backend.metric(index) {
            None => return Ok(()),
            Some(metric) => ensure(
                !metric.name.is_empty() && !metric.part.is_empty(),
                format_args!("metric {index} has no name or no part"),
            )?,
        }
    }
    Err(failed(format_args!("there are more than {METRICS_MAX} metrics")))
}

fn state_queries(h: &mut Harness<'_>) -> Checked {
    let mut out = [0.0; 2];
    h.begin()?;
    if !h.info.caps.has(Caps::STATE) {
        let answers = [
            h.backend.state(StateQuery::Probabilities(&[0]), &mut out).err(),
            h.backend.state_digest().err(),
        ];
        for answer in answers {
            let code = answer.map_or(0, |e| e.code());
            ensure(
                code == ErrorKind::Unsupported("").code(),
                format_args!("a state that is not claimed is shown, or refused with {code}"),
            )?;
        }
        return h.end();
    }
    let width = h.info.qubit_count;
    let bad: [(&str, &[u32], usize); 4] = [
        ("a qubit out of range", &[width], 2),
        ("a qubit named twice", &[0, 0], 4),
        ("too little room", &[0], 1),
        ("too much room", &[0], 3),
    ];
    for (what, qubits, len) in bad {
        let mut out = [0.0; 4];
        let out = out.get_mut(..len).unwrap_or(&mut []);
        let answer = h.backend.state(StateQuery::Probabilities(qubits), out);
        ensure(answer.is_err(), format_args!("a query with {what} was answered"))?;
    }
    let done = h.backend.state(StateQuery::Probabilities(&[h.info.qubit_count - 1]), &mut out);
    went_well("asking for probabilities", done)?;
    let sum = out[0] + out[1];
    ensure(
        libm::fabs(sum - 1.0) <= h.profile.tolerance,
        format_args!("probabilities add up to {sum}"),
    )?;
    h.end()
}

fn state_digests(h: &mut Harness<'_>) -> Checked {
    needs(h.info.caps.has(Caps::STATE), "the backend shows no state")?;
    let mut circuit = h.circuit();
    circuit.gate(h, slot::H, &[0], &[])?;
    circuit.measure(0)?;
    circuit.gate(h, slot::H, &[0], &[])?;
    let mut digests = [0; 2];
    for digest in &mut digests {
        h.begin_shot(crate::ids::ShotId(3), super::harness::SEED)?;
        h.apply(&circuit.ops)?;
        *digest = went_well("state_digest", h.backend.state_digest())?;
        h.end()?;
    }
    ensure(
        digests[0] == digests[1],
        format_args!("the same shot twice has digests {:#x} and {:#x}", digests[0], digests[1]),
    )
}

fn bias(h: &mut Harness<'_>) -> Checked {
    let Expects::Random { one } = h.profile.expects else {
        return needs(false, "not a random backend");
    };
    let each = 8;
    let ops = build(|ops| (0..each).try_for_each(|id| ops.measure(0, id)))?;
    let mut ones = 0;
    for _ in 0..tolerance::RANDOM_DRAWS / each {
        h.shot(&ops)?;
        ones += h.outcomes().iter().map(|outcome| outcome.value).sum::<u64>();
    }
    ensure(
        super::harness::likely(ones, tolerance::RANDOM_DRAWS, one, tolerance::SIGMAS_ONE),
        format_args!("{ones} of {} outcomes are 1, p = {one}", tolerance::RANDOM_DRAWS),
    )
}
