//! The life of a shot, and that a run can be repeated.

use super::circuit::Ops;
use super::harness::{Harness, OUTCOMES_MAX, SEED, build, ensure, went_well};
use super::{Check, Checked, Expects};
use crate::error::{Error, ErrorKind};
use crate::ids::{Seed, ShotId};
use crate::op::gates::slot;
use crate::op::{OpSink, Outcome, Outcomes};

pub(super) const CHECKS: &[Check] = &[
    Check { name: "operations_outside_a_shot_are_refused", run: outside },
    Check { name: "a_shot_within_a_shot_is_refused", run: within },
    Check { name: "ending_no_shot_is_refused", run: end_of_nothing },
    Check { name: "an_empty_batch_and_an_empty_shot_are_fine", run: nothing },
    Check { name: "the_same_shot_twice_gives_the_same_outcomes", run: same_twice },
    Check { name: "a_shot_alone_is_the_shot_among_others", run: alone },
    Check { name: "shots_and_seeds_differ", run: differ },
    Check { name: "cutting_a_batch_in_pieces_changes_nothing", run: pieces },
];

const SHOTS: usize = 12;
type Row = [u64; OUTCOMES_MAX];

fn state_error(what: &str, done: Result<(), Error>) -> Checked {
    let code = done.err().map_or(0, |e| e.code());
    ensure(
        code == ErrorKind::State("").code(),
        format_args!("{what}: answered with {code}, not with the error of state"),
    )
}

fn outside(h: &mut Harness<'_>) -> Checked {
    let ops = build(|ops| ops.measure(0, 0))?;
    let before = h.try_apply(&ops, OUTCOMES_MAX);
    state_error("apply before any shot", before)?;
    h.shot(&ops)?;
    let after = h.try_apply(&ops, OUTCOMES_MAX);
    state_error("apply between shots", after)?;
    ensure(h.outcomes().is_empty(), format_args!("apply between shots gave outcomes"))?;
    h.shot(&ops)
}

fn within(h: &mut Harness<'_>) -> Checked {
    h.begin()?;
    let mut circuit = h.circuit();
    let quantum = h.profile.is_quantum() && circuit.gate(h, slot::X, &[0], &[]).is_ok();
    h.apply(&circuit.ops)?;
    state_error("shot_begin within a shot", h.backend.shot_begin(ShotId(1), SEED))?;
    let ops = build(|ops| ops.measure(0, 0))?;
    h.apply(&ops)?;
    ensure(
        !quantum || h.value(0) == 1,
        format_args!("a refused shot_begin changed the state of the running shot"),
    )?;
    h.end()
}

fn end_of_nothing(h: &mut Harness<'_>) -> Checked {
    state_error("shot_end without a shot", h.backend.shot_end())?;
    let ops = build(|ops| ops.measure(0, 0))?;
    h.shot(&ops)?;
    state_error("shot_end twice", h.backend.shot_end())
}

fn nothing(h: &mut Harness<'_>) -> Checked {
    h.begin()?;
    h.end()?;
    h.shot(&Ops::new())
}

/// Something random with everything in it: a coin on every qubit, pairs entangled, a reset, coins
/// again.
fn random_ops(h: &Harness<'_>) -> Checked<Ops> {
    let width = h.info.qubit_count.min(4);
    let mut circuit = super::circuit::Circuit::new([0, 1, 2]);
    let mut id = 0;
    for round in 0..4_u64 {
        for local in 0..3.min(u8::try_from(width).unwrap_or(3)) {
            // Where there is no Hadamard, the outcomes are what they are.
            let _ = circuit.gate(h, slot::H, &[local], &[]);
            if local > 0 {
                let _ = circuit.gate(h, slot::CX, &[local - 1, local], &[]);
            }
        }
        let ops = &mut circuit.ops;
        for qubit in 0..width {
            went_well("building a circuit", ops.measure(qubit, id))?;
            id += 1;
        }
        if round == 1 {
            went_well("building a circuit", ops.reset(0))?;
        }
    }
    Ok(circuit.ops)
}

fn row(h: &Harness<'_>) -> Row {
    let mut row = [0; OUTCOMES_MAX];
    for (place, outcome) in row.iter_mut().zip(h.outcomes()) {
        *place = outcome.value;
    }
    row
}

fn run(h: &mut Harness<'_>, ops: &Ops, shot: u64, seed: Seed) -> Checked<Row> {
    h.begin_shot(ShotId(shot), seed)?;
    h.apply(ops)?;
    h.end()?;
    Ok(row(h))
}

fn run_many(h: &mut Harness<'_>, ops: &Ops, seed: Seed) -> Checked<[Row; SHOTS]> {
    let mut rows = [[0; OUTCOMES_MAX]; SHOTS];
    for (shot, row) in (0..).zip(&mut rows) {
        *row = run(h, ops, shot, seed)?;
    }
    Ok(rows)
}

fn same_twice(h: &mut Harness<'_>) -> Checked {
    let ops = random_ops(h)?;
    let first = run_many(h, &ops, SEED)?;
    let second = run_many(h, &ops, SEED)?;
    ensure(first == second, format_args!("shots 0 to {SHOTS} differ when run again"))
}

fn alone(h: &mut Harness<'_>) -> Checked {
    let ops = random_ops(h)?;
    let rows = run_many(h, &ops, SEED)?;
    for shot in [7_u64, 2, 11, 2] {
        let found = run(h, &ops, shot, SEED)?;
        let expected = usize::try_from(shot).ok().and_then(|shot| rows.get(shot));
        ensure(
            expected == Some(&found),
            format_args!("shot {shot} alone gives {found:?}, among others {expected:?}"),
        )?;
    }
    Ok(())
}

fn differ(h: &mut Harness<'_>) -> Checked {
    match h.profile.expects {
        Expects::Random { one } if one <= 0.0 || one >= 1.0 => {
            return super::harness::needs(false, "a backend that always gives the same");
        }
        Expects::Noisy => return super::harness::needs(false, "noise may hide what is drawn"),
        Expects::Exact | Expects::Clifford | Expects::Random { .. } => {}
    }
    let ops = random_ops(h)?;
    let rows = run_many(h, &ops, SEED)?;
    ensure(
        rows.iter().any(|row| *row != rows[0]),
        format_args!("all of {SHOTS} shots of coins are alike"),
    )?;
    let other = run_many(h, &ops, Seed(SEED.0 + 1))?;
    ensure(rows != other, format_args!("another seed gives the same {SHOTS} shots of coins"))
}

fn pieces(h: &mut Harness<'_>) -> Checked {
    let ops = random_ops(h)?;
    for shot in 0..4_u64 {
        let whole = run(h, &ops, shot, SEED)?;
        h.begin_shot(ShotId(shot), SEED)?;
        let mut cut: Row = [0; OUTCOMES_MAX];
        let mut places = cut.iter_mut();
        let batch = ops.batch();
        for op in batch.ops() {
            let one = went_well("cutting a batch", crate::op::Batch::new(op.words()))?;
            let mut room = [Outcome::default(); 1];
            let mut outcomes = Outcomes::new(&mut room);
            went_well("apply of one operation", h.backend.apply(&one, &mut outcomes))?;
            for (outcome, place) in outcomes.as_slice().iter().zip(&mut places) {
                ensure(
                    outcome.op_index == 0,
                    format_args!("the only operation's outcome names {}", outcome.op_index),
                )?;
                *place = outcome.value;
            }
        }
        h.end()?;
        ensure(
            whole == cut,
            format_args!("shot {shot} in one batch gives {whole:?}, in pieces {cut:?}"),
        )?;
    }
    Ok(())
}
