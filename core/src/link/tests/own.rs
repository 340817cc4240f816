//! Gates of a program's own: their matrices are there when they are needed, in either direction, and
//! what is wrong with them is told as it is here.

use super::below::{BOTH, open, parts};
use super::cable::Board;
use super::line::ROOMS;
use super::*;
use crate::backend::{Layer, UserMatrix};
use crate::error::{Class, Error, ErrorKind};
use crate::op::gates::FIRST_USER_SLOT;
use crate::real::Real;
use crate::sim::{StabilizerPart, StateVectorPart};
use std::string::ToString;

const ROOT: u16 = FIRST_USER_SLOT + 1;
const TILT: u16 = FIRST_USER_SLOT + 2;
const WEDGE: u16 = FIRST_USER_SLOT + 3;

/// The root of a swap.
fn root(_: &[f64], re_im: &mut [f64]) -> Result<()> {
    re_im.fill(0.0);
    for (at, re, im) in [(0, 1.0, 0.0), (5, 0.5, 0.5), (6, 0.5, -0.5), (9, 0.5, -0.5)] {
        (re_im[2 * at], re_im[2 * at + 1]) = (re, im);
    }
    (re_im[20], re_im[21], re_im[30]) = (0.5, 0.5, 1.0);
    Ok(())
}

/// A rotation of one qubit; refuses a second parameter of 100 and more, and from 50 on it is none.
fn tilt(params: &[f64], re_im: &mut [f64]) -> Result<()> {
    if params[1] >= 100.0 {
        return Err(ErrorKind::Argument("too steep").into());
    }
    let (sin, cos) = Real::sin_cos(params[0] / 2.0);
    let (phase_im, phase_re) = Real::sin_cos(params[1]);
    re_im.copy_from_slice(&[cos, 0.0, -sin, 0.0, sin * phase_re, sin * phase_im, 0.0, 0.0]);
    (re_im[6], re_im[7]) = (cos * phase_re, cos * phase_im);
    if params[1] >= 50.0 {
        re_im[0] = 3.0;
    }
    Ok(())
}

/// A phase for each of eight, and all of them one further.
fn wedge(params: &[f64], re_im: &mut [f64]) -> Result<()> {
    re_im.fill(0.0);
    for from in 0..8_usize {
        let (im, re) = Real::sin_cos(params[0] * f64::from(u8::try_from(from).unwrap()));
        let at = (from + 1) % 8 * 8 + from;
        (re_im[2 * at], re_im[2 * at + 1]) = (re, im);
    }
    Ok(())
}

fn def(slot: u16, id: &str, qubit_count: u8, param_count: u8) -> GateDef<'_> {
    let matrix = match qubit_count {
        1 => tilt,
        2 => root,
        _ => wedge,
    };
    GateDef { slot, id, qubit_count, param_count, matrix: Some(UserMatrix::new(matrix)) }
}

fn ask(backend: &mut dyn Backend, def: GateDef<'_>) -> Result<Verdict> {
    let mut verdict = [Verdict::Reject];
    backend.negotiate(&GateSet { gates: &[def] }, &mut verdict)?;
    Ok(verdict[0])
}

pub(super) fn announce(backend: &mut dyn Backend) {
    for def in [
        def(ROOT, "test.root/1", 2, 0),
        def(TILT, "test.tilt/1", 1, 2),
        def(WEDGE, "test.wedge/1", 3, 1),
    ] {
        assert_eq!(ask(backend, def), Ok(Verdict::Matrix));
    }
}

/// More matrices of a gate than there is room for at a time, some again and again.
pub(super) fn gates(ops: &mut OpVec, shot: u64) -> Result<()> {
    let shot = if shot.is_multiple_of(3) { 0.5 } else { 0.25 };
    for step in 0..12 {
        ops.gate(TILT, &[step % QUBITS], &[f64::from(step % 10) * 0.3, shot])?;
        if step % 4 == 0 {
            ops.gate(ROOT, &[step % QUBITS, (step + 1) % QUBITS], &[])?;
        }
        if step == 3 || step == 6 {
            let qubits = [0, 1, 2].map(|qubit| (qubit + step) % QUBITS);
            ops.gate(WEDGE, &qubits, &[f64::from(step)])?;
        }
    }
    Ok(())
}

/// How many those are.
pub(super) const GATES: u64 = 12 + 3 + 2;

fn one(slot: u16, qubits: &[u32], params: &[f64]) -> OpVec {
    let mut ops = OpVec::new();
    ops.gate(slot, qubits, params).unwrap();
    ops
}

#[test]
fn a_gate_whose_matrix_is_there_is_not_waited_for_and_its_matrix_goes_once() {
    const BATCHES: u64 = 400;
    let mut there = remote(Line::to(noisy, 8, 1));
    super::announce(&mut there);
    there.shot_begin(ShotId(0), Seed(0)).unwrap();
    // Eight choices of parameters are kept for a gate of one qubit.
    let round = |there: &mut Over<Line>| {
        for step in 0..8 {
            apply(there, &one(TILT, &[0], &[f64::from(step), 0.5]), &mut Vec::new()).unwrap();
        }
    };
    round(&mut there);
    let before = there.stats();
    for _ in 0..BATCHES / 8 {
        round(&mut there);
    }
    let now = there.stats();
    assert_eq!(now.requests - before.requests, BATCHES, "nothing but batches");
    assert!(now.waits - before.waits <= BATCHES / 4, "only for acknowledgements");
    apply(&mut there, &one(TILT, &[0], &[99.0, 0.5]), &mut Vec::new()).unwrap();
    assert_eq!(there.stats().requests - now.requests, 2, "a matrix and a batch");
    there.shot_end().unwrap();
}

/// What comes of one operation here and there.
fn both(op: &OpVec, expect: Class) -> [Error; 2] {
    let build = || simulator::<StateVectorPart<f64>>(QUBITS);
    let (mut there, mut here) = (remote(Line::to(build, 8, 1)), build());
    [&mut there as &mut dyn Backend, &mut *here].map(|backend| {
        super::announce(backend);
        backend.shot_begin(ShotId(0), Seed(0)).unwrap();
        let mut ops = one(slot::H, &[0], &[]);
        for op in op.batch().ops() {
            let params: Vec<f64> = (0..op.param_count()).map(|at| op.param_f64(at)).collect();
            let qubits: Vec<u32> = op.qubits().collect();
            ops.gate(op.gate(), &qubits, &params).unwrap();
        }
        let error = apply(backend, &ops, &mut Vec::new()).unwrap_err();
        assert_eq!((error.class(), error.op_index()), (expect, Some(1)), "{error}");
        // It costs nothing.
        apply(backend, &one(TILT, &[0], &[0.1, 0.2]), &mut Vec::new()).unwrap();
        backend.shot_end().unwrap();
        shot(backend, 3).unwrap();
        error
    })
}

#[test]
fn what_is_wrong_with_a_gate_is_told_as_it_is_here() {
    let [there, here] = both(&one(TILT, &[0], &[0.1, 200.0]), Class::Refused);
    assert_eq!((there.code(), there.layer()), (here.code(), here.layer()));
    assert!(there.to_string().contains("refused its parameters"), "{there}");
    for op in [
        one(TILT, &[0], &[0.1, 60.0]),
        one(TILT, &[9], &[0.1, 0.0]),
        one(TILT, &[0, 1], &[0.1, 0.0]),
        one(TILT, &[0], &[0.1]),
        one(FIRST_USER_SLOT + 9, &[0], &[]),
    ] {
        let [there, here] = both(&op, Class::Refused);
        assert_eq!(there.to_string(), here.to_string());
    }
}

#[test]
fn a_slot_belongs_to_one_gate_which_may_be_announced_again() {
    for backend in [&mut remote(Line::to(noisy, 8, 1)) as &mut dyn Backend, &mut *noisy()] {
        super::announce(backend);
        let before = shot(backend, 1).unwrap();
        for (qubit_count, param_count) in [(1, 2), (2, 0)] {
            let other = def(TILT, "test.other/1", qubit_count, param_count);
            let taken = ask(backend, other).unwrap_err();
            assert!(taken.to_string().contains("another gate was announced there"), "{taken}");
            assert_eq!(shot(backend, 1).unwrap(), before);
        }
        // The same gate with another meaning: what was kept of the old one is forgotten.
        let swap = |params: &[f64], re_im: &mut [f64]| tilt(&[params[0] + 1.0, params[1]], re_im);
        let other =
            GateDef { matrix: Some(UserMatrix::new(swap)), ..def(TILT, "test.tilt/1", 1, 2) };
        assert_eq!(ask(backend, other), Ok(Verdict::Matrix));
        assert_ne!(shot(backend, 1).unwrap(), before);
        assert_eq!(ask(backend, def(TILT, "test.tilt/1", 1, 2)), Ok(Verdict::Matrix));
        assert_eq!(shot(backend, 1).unwrap(), before);
    }
}

#[test]
fn what_there_is_no_room_for_is_refused_with_both_numbers_or_rejected() {
    let mut there = remote(Line::to(noisy, 8, 1));
    super::announce(&mut there);
    for more in 0..ROOMS {
        let slot = FIRST_USER_SLOT + 20 + u16::try_from(more).unwrap();
        let done = ask(&mut there, def(slot, "test.more/1", 1, 2));
        match more {
            0 => assert_eq!(done, Ok(Verdict::Matrix)),
            _ => assert!(done.unwrap_err().to_string().contains("5 needed, 4 available")),
        }
    }
    let long = std::format!("test.{}/1", "x".repeat(70));
    let error = ask(&mut there, def(FIRST_USER_SLOT + 40, &long, 1, 2)).unwrap_err();
    assert!(error.to_string().contains("77 needed, 64 available"), "{error}");
    for (qubit_count, param_count) in [(4, 1), (1, 17), (0, 0)] {
        let def = def(FIRST_USER_SLOT + 41, "test.large/1", qubit_count, param_count);
        assert_eq!(ask(&mut there, def), Ok(Verdict::Reject));
    }
    let opaque = GateDef { matrix: None, ..def(FIRST_USER_SLOT + 42, "test.opaque/1", 1, 0) };
    assert_eq!(ask(&mut there, opaque), Ok(Verdict::Reject));
    let mut there = remote(Line::to(|| simulator::<StabilizerPart>(2), 8, 1));
    assert_eq!(ask(&mut there, def(TILT, "test.tilt/1", 1, 2)), Ok(Verdict::Reject));
}

#[test]
fn a_board_without_rooms_rejects_and_one_that_came_back_as_such_is_not_the_same() {
    let mut line = Line::to(noisy, 8, 1);
    line.has_rooms = false;
    line.restart();
    let mut there = remote(line);
    assert_eq!(ask(&mut there, def(TILT, "test.tilt/1", 1, 2)), Ok(Verdict::Reject));

    let mut there = remote(Line::to(|| simulator::<StateVectorPart<f64>>(QUBITS), 8, 1));
    super::announce(&mut there);
    let line = there.client_mut().io_mut();
    line.has_rooms = false;
    line.restart();
    let lost = shot(&mut there, 0).unwrap_err();
    assert_eq!(lost.class(), Class::ShotLost, "{lost}");
    let error = shot(&mut there, 0).unwrap_err();
    assert_eq!(error.class(), Class::InstanceLost, "{error}");
    assert!(error.to_string().contains("takes a gate of the program's own no more"), "{error}");
}

/// Refuses to turn by 7, and turns further than it was asked to where that is 8.
struct Moody;

impl Layer for Moody {
    fn id(&self) -> &'static str {
        "test.moody"
    }
    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        Ok(())
    }
    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        match batch.ops().iter().next() {
            Some(op) if op.gate() == TILT && op.param_f64(0) >= 8.0 => {
                child.apply(&one(TILT, &[0], &[9.0, 0.0]).batch(), outcomes)
            }
            Some(op) if op.gate() == TILT && op.param_f64(0) >= 7.0 => {
                Err(ErrorKind::Unsupported("too far").into())
            }
            _ => child.apply(batch, outcomes),
        }
    }
}

/// A shot of turns of qubit 0 by these angles, each in a batch that is not waited for.
fn turns(there: &mut Over<Line>, angles: &[f64]) -> Result<()> {
    there.shot_begin(ShotId(0), Seed(0)).unwrap();
    for angle in angles {
        apply(there, &one(TILT, &[0], &[*angle, 0.0]), &mut Vec::new()).unwrap();
    }
    there.shot_end()
}

#[test]
fn what_is_sent_in_a_shot_that_has_failed_is_kept_and_made_up_parameters_are_refused() {
    let mut there = remote(Line::to(|| Box::new(Stack::new(Moody, vector())), 8, 1));
    super::announce(&mut there);
    for (angle, says) in [(7.0, "too far"), (8.0, "has not come over the link")] {
        let error = turns(&mut there, &[angle, angle - 5.0]).unwrap_err();
        assert_eq!(error.class(), Class::ShotLost);
        let text = error.to_string();
        assert!(text.contains("earlier in the shot") && text.contains(says), "{text}");
        let before = there.stats().requests;
        turns(&mut there, &[angle - 5.0]).unwrap();
        assert_eq!(there.stats().requests - before, 3, "no matrix went again");
    }
}

#[test]
fn firmware_that_was_built_before_says_so() {
    let board = Board::new(8, 1);
    board.age();
    let mut there = open(&board, Box::new(vector()), parts(BOTH), 1);
    let error = ask(&mut there, def(TILT, "test.tilt/1", 1, 2)).unwrap_err();
    assert!(error.to_string().contains("does not know; use one of the same release"), "{error}");
}
