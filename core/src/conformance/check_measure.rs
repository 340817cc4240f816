//! Measurement, reset and postselection follow from the state.

use super::circuit::{Circuit, Ops};
use super::harness::{Harness, OUTCOMES_MAX, build, ensure, failed, likely, needs, went_well};
use super::{Check, Checked, tolerance};
use crate::error::{Class, ErrorKind};
use crate::op::gates::slot;
use crate::op::{OpKind, OpSink};

pub(super) const CHECKS: &[Check] = &[
    Check { name: "a_fresh_state_measures_0", run: fresh },
    Check { name: "x_flips_its_qubit_and_no_other", run: x_flips },
    Check { name: "h_gives_both_values_alike", run: h_statistics },
    Check { name: "measuring_again_gives_the_same", run: again },
    Check { name: "h_z_h_is_a_flip", run: hzh },
    Check { name: "bell_pairs_agree", run: bell },
    Check { name: "ghz_states_agree", run: ghz },
    Check { name: "reset_gives_0_whatever_was_before", run: reset },
    Check { name: "reset_leaves_the_partner_mixed", run: reset_partner },
    Check { name: "postselection_decides_the_partner", run: postselect },
    Check { name: "an_impossible_postselection_costs_the_shot_and_no_more", run: impossible },
    Check { name: "no_qubit_has_leaked_without_a_leak", run: leaked },
    Check { name: "a_result_can_be_fed_back", run: feedback },
];

/// Measures these qubits, at most 16.
fn measure_all(h: &Harness<'_>, ops: &mut Ops) -> Checked<u64> {
    let count = h.info.qubit_count.min(15);
    for qubit in 0..count {
        went_well("building a circuit", ops.measure(qubit, u64::from(qubit)))?;
    }
    went_well("building a circuit", ops.measure(h.last_qubit(), 99))?;
    Ok(u64::from(count))
}

fn fresh(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(1)?;
    let mut ops = Ops::new();
    measure_all(h, &mut ops)?;
    for _ in 0..4 {
        h.shot(&ops)?;
        ensure(
            h.outcomes().iter().all(|outcome| outcome.value == 0),
            format_args!("a fresh state gives {:?}", h.outcomes()),
        )?;
        // The next shot begins afresh, whatever this one leaves behind.
        let mut circuit = h.circuit();
        circuit.gate(h, slot::X, &[0], &[])?;
        h.shot(&circuit.ops)?;
    }
    Ok(())
}

fn x_flips(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(1)?;
    let last = h.last_qubit();
    for qubit in (0..h.info.qubit_count.min(15)).chain([last]) {
        let mut circuit = Circuit::new([qubit, 0, 0]);
        circuit.gate(h, slot::X, &[0], &[])?;
        measure_all(h, &mut circuit.ops)?;
        h.shot(&circuit.ops)?;
        for outcome in h.outcomes() {
            let measured =
                if outcome.id == 99 { last } else { u32::try_from(outcome.id).unwrap_or(0) };
            ensure(
                outcome.value == u64::from(measured == qubit),
                format_args!("after X on {qubit}, qubit {measured} is {}", outcome.value),
            )?;
        }
    }
    Ok(())
}

/// How often the first outcome of `ops` is 1 in so many shots.
fn ones(h: &mut Harness<'_>, ops: &Ops, shots: u64) -> Checked<u64> {
    let mut ones = 0;
    for _ in 0..shots {
        h.shot(ops)?;
        ones += h.value(0);
    }
    Ok(ones)
}

fn half(what: &str, ones: u64) -> Checked {
    ensure(
        likely(ones, tolerance::SHOTS_ONE, 0.5, tolerance::SIGMAS_ONE),
        format_args!("{what}: {ones} ones in {} shots, not a half", tolerance::SHOTS_ONE),
    )
}

fn h_statistics(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(1)?;
    for qubit in [0, h.last_qubit()] {
        let mut circuit = Circuit::new([qubit, 0, 0]);
        circuit.gate(h, slot::H, &[0], &[])?;
        circuit.measure(0)?;
        let seen = ones(h, &circuit.ops, tolerance::SHOTS_ONE)?;
        half("H", seen)?;
    }
    Ok(())
}

fn again(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(1)?;
    let mut circuit = h.circuit();
    circuit.gate(h, slot::H, &[0], &[])?;
    circuit.measure(0)?;
    circuit.measure(0)?;
    let once_more = build(|ops| ops.measure(0, 7))?;
    for _ in 0..tolerance::SHOTS_ALWAYS {
        h.begin()?;
        h.apply(&circuit.ops)?;
        let (first, second) = (h.value(0), h.value(1));
        h.apply(&once_more)?;
        let third = h.value(0);
        h.end()?;
        ensure(
            first == second && second == third,
            format_args!("measuring three times gives {first}, {second}, {third}"),
        )?;
    }
    Ok(())
}

fn hzh(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(1)?;
    for (between, expected) in [(&[][..], 0), (&[slot::Z], 1), (&[slot::S, slot::S], 1)] {
        let mut circuit = h.circuit();
        for &slot in [slot::H].iter().chain(between).chain(&[slot::H]) {
            circuit.gate(h, slot, &[0], &[])?;
        }
        circuit.measure(0)?;
        for _ in 0..tolerance::SHOTS_ALWAYS {
            h.shot(&circuit.ops)?;
            let seen = h.value(0);
            ensure(
                seen == expected,
                format_args!("between two H, slots {between:?} give {seen}, not {expected}"),
            )?;
        }
    }
    Ok(())
}

/// A Bell pair on the backend's first and last qubit.
fn bell_pair(h: &Harness<'_>) -> Checked<Circuit> {
    let mut circuit = Circuit::new(h.place(true));
    circuit.gate(h, slot::H, &[0], &[])?;
    circuit.gate(h, slot::CX, &[0, 1], &[])?;
    Ok(circuit)
}

fn bell(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(2)?;
    let mut circuit = bell_pair(h)?;
    circuit.measure(0)?;
    circuit.measure(1)?;
    let mut ones = 0;
    for _ in 0..tolerance::SHOTS_ONE {
        h.shot(&circuit.ops)?;
        let (a, b) = (h.value(0), h.value(1));
        ensure(a == b, format_args!("a Bell pair gives {a} and {b}"))?;
        ones += a;
    }
    half("one half of a Bell pair", ones)?;
    // In the X basis they agree too, which a mixture of 00 and 11 would not.
    let mut circuit = bell_pair(h)?;
    for local in [0, 1] {
        circuit.gate(h, slot::H, &[local], &[])?;
    }
    circuit.measure(0)?;
    circuit.measure(1)?;
    for _ in 0..tolerance::SHOTS_ALWAYS {
        h.shot(&circuit.ops)?;
        let (a, b) = (h.value(0), h.value(1));
        ensure(a == b, format_args!("a Bell pair along X gives {a} and {b}"))?;
    }
    Ok(())
}

fn ghz(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(3)?;
    let mut circuit = Circuit::new(h.place(true));
    circuit.gate(h, slot::H, &[0], &[])?;
    circuit.gate(h, slot::CX, &[0, 1], &[])?;
    circuit.gate(h, slot::CX, &[1, 2], &[])?;
    (0..3).try_for_each(|local| circuit.measure(local))?;
    let mut seen = [false; 2];
    for _ in 0..tolerance::SHOTS_ALWAYS {
        h.shot(&circuit.ops)?;
        let values = [h.value(0), h.value(1), h.value(2)];
        ensure(
            values[0] == values[1] && values[1] == values[2],
            format_args!("a GHZ state gives {values:?}"),
        )?;
        seen[usize::from(values[0] == 1)] = true;
    }
    ensure(seen == [true; 2], format_args!("a GHZ state always gives the same value"))
}

fn reset(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(1)?;
    for slot in [slot::X, slot::H] {
        let mut circuit = h.circuit();
        circuit.gate(h, slot, &[0], &[])?;
        went_well("building a circuit", circuit.ops.reset(0))?;
        circuit.measure(0)?;
        let seen = ones(h, &circuit.ops, tolerance::SHOTS_ALWAYS)?;
        ensure(seen == 0, format_args!("after a reset, {seen} measurements gave 1"))?;
    }
    Ok(())
}

fn reset_partner(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(2)?;
    let mut circuit = bell_pair(h)?;
    let qubit = circuit.qubit(0);
    went_well("building a circuit", circuit.ops.reset(qubit))?;
    circuit.measure(1)?;
    circuit.measure(0)?;
    let mut ones = 0;
    for _ in 0..tolerance::SHOTS_ONE {
        h.shot(&circuit.ops)?;
        ensure(h.value(1) == 0, format_args!("after a reset, a measurement gave 1"))?;
        ones += h.value(0);
    }
    half("the partner of a qubit that was reset", ones)
}

fn needs_postselect(h: &Harness<'_>) -> Checked {
    needs(h.info.op_kinds & OpKind::Postselect.bit() != 0, "postselection is not taken")
}

fn postselect(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(2)?;
    needs_postselect(h)?;
    for value in [false, true] {
        let mut circuit = bell_pair(h)?;
        let qubit = circuit.qubit(0);
        went_well("building a circuit", circuit.ops.postselect(qubit, value))?;
        circuit.measure(1)?;
        circuit.measure(0)?;
        for _ in 0..tolerance::SHOTS_ALWAYS {
            h.shot(&circuit.ops)?;
            let seen = [h.value(0), h.value(1)];
            ensure(
                seen == [u64::from(value); 2],
                format_args!("half a Bell pair postselected on {value}: {seen:?}"),
            )?;
        }
    }
    Ok(())
}

fn impossible(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(1)?;
    needs_postselect(h)?;
    let ops = build(|ops| {
        ops.barrier(&[])?;
        ops.postselect(0, true)
    })?;
    let measure = build(|ops| ops.measure(0, 0))?;
    for _ in 0..2 {
        h.begin()?;
        let Some(error) = h.failure_of(&ops) else {
            return Err(failed(format_args!("|0> was postselected on 1")));
        };
        let code = ErrorKind::Impossible { qubit: 0, value: 1 }.code();
        ensure(
            error.class() == Class::ShotLost && error.code() == code,
            format_args!("an impossible postselection gave {}: {error}", error.code()),
        )?;
        ensure(
            h.names(&error, Some(1)) && !error.layer().is_empty(),
            format_args!("the error names operation {:?}, not 1", error.op_index()),
        )?;
        if h.goes_on("an impossible postselection", &error)? {
            let later = h.try_apply(&measure, OUTCOMES_MAX);
            ensure(later.is_err(), format_args!("a lost shot goes on"))?;
            h.end()?;
        }
        h.shot(&measure)?;
        ensure(h.value(0) == 0, format_args!("the shot after a lost one is not fresh"))?;
    }
    Ok(())
}

fn leaked(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(1)?;
    needs(h.info.op_kinds & OpKind::MeasureLeaked.bit() != 0, "measure_leaked is not taken")?;
    for (slot, expected) in [(slot::I, 0), (slot::X, 1)] {
        let mut circuit = h.circuit();
        circuit.gate(h, slot, &[0], &[])?;
        went_well("building a circuit", circuit.ops.measure_leaked(0, 0))?;
        circuit.measure(0)?;
        h.shot(&circuit.ops)?;
        let seen = [h.value(0), h.value(1)];
        ensure(
            seen == [expected; 2],
            format_args!("measure_leaked and measure give {seen:?}, not {expected}"),
        )?;
    }
    Ok(())
}

fn feedback(h: &mut Harness<'_>) -> Checked {
    h.needs_quantum(1)?;
    let mut toss = h.circuit();
    toss.gate(h, slot::H, &[0], &[])?;
    toss.measure(0)?;
    let mut flip = h.circuit();
    flip.gate(h, slot::X, &[0], &[])?;
    let measure = build(|ops| ops.measure(0, 0))?;
    for _ in 0..tolerance::SHOTS_ALWAYS {
        h.begin()?;
        h.apply(&toss.ops)?;
        if h.value(0) == 1 {
            h.apply(&flip.ops)?;
        }
        h.apply(&measure)?;
        ensure(h.value(0) == 0, format_args!("X after measuring 1 does not give 0"))?;
        h.end()?;
    }
    Ok(())
}
