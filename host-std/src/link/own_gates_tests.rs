//! Gates of a program's own over sockets: the states that they leave are those that they leave here.

use pandia_core::backend::{Backend, GateDef, GateSet, UserMatrix, Verdict};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::link::message::{PartChoice, write};
use pandia_core::link::{BELOW_ID, Options};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::{FIRST_USER_SLOT, slot};
use pandia_core::op::{OpSink, Outcomes};
use pandia_core::part::{Config, SimulatorPart};
use pandia_core::sim::StateVectorPart;

use super::tests::desktop;
use super::*;
use crate::stack::BoxedBackend;

const QUBITS: u32 = 3;
const SLOT: u16 = FIRST_USER_SLOT + 7;
const SIMULATOR: &str = "pandia.state_vector";

/// Turns by the angle whose half has this tangent.
fn turn(params: &[f64], re_im: &mut [f64]) -> Result<()> {
    let scale = 1.0 + params[0] * params[0];
    let (cos, sin) = ((1.0 - params[0] * params[0]) / scale, 2.0 * params[0] / scale);
    re_im.copy_from_slice(&[cos, 0.0, -sin, 0.0, sin, 0.0, cos, 0.0]);
    Ok(())
}

fn parts(ids: &[&str]) -> Vec<u8> {
    let mut all = Vec::new();
    for id in ids {
        let part = PartChoice { id, stream: StreamId::of(id, 0).0, settings: &[] };
        all.extend_from_slice(write(&part, &mut [0; 64]).unwrap());
    }
    all
}

fn simulator() -> BoxedBackend {
    type Part = StateVectorPart<f64>;
    let config = Config::new(QUBITS, StreamId::of(SIMULATOR, 0));
    let cells = vec![Part::EMPTY; Part::cells(&config).unwrap()];
    Box::new(Part::build(&config, cells).unwrap())
}

/// The digest of the state after more turns than are kept at a time.
fn digest(backend: &mut dyn Backend) -> u64 {
    let own = GateDef {
        slot: SLOT,
        id: "test.turn/1",
        qubit_count: 1,
        param_count: 1,
        matrix: Some(UserMatrix::new(turn)),
    };
    let gates = [own, GateDef::built_in(slot::H).unwrap(), GateDef::built_in(slot::CX).unwrap()];
    let mut verdicts = [Verdict::Reject; 3];
    backend.negotiate(&GateSet { gates: &gates }, &mut verdicts).unwrap();
    assert_eq!(verdicts, [Verdict::Matrix, Verdict::Native, Verdict::Native]);
    backend.shot_begin(ShotId(3), Seed(7)).unwrap();
    let mut ops = OpVec::new();
    for step in 0..40_u32 {
        ops.gate(slot::H, &[step % QUBITS], &[]).unwrap();
        ops.gate(SLOT, &[(step + 1) % QUBITS], &[f64::from(step % 13) * 0.25]).unwrap();
        ops.gate(slot::CX, &[step % QUBITS, (step + 1) % QUBITS], &[]).unwrap();
        if step % 4 == 0 {
            backend.apply(&ops.batch(), &mut Outcomes::new(&mut [])).unwrap();
            ops.clear();
        }
    }
    backend.apply(&ops.batch(), &mut Outcomes::new(&mut [])).unwrap();
    let digest = backend.state_digest().unwrap();
    backend.shot_end().unwrap();
    digest
}

#[test]
fn matrices_travel_to_the_board_and_from_it() {
    let here = digest(&mut *simulator());
    let address = desktop(2);
    let board = || Board::connect(&address, Waiting::seconds(5.0).unwrap()).unwrap();
    let mut there = board().into_backend(QUBITS, parts(&[SIMULATOR]), Options::default()).unwrap();
    assert_eq!(digest(&mut there), here);
    drop(there);
    // Through an error model that does nothing, back to the simulator here.
    let over = parts(&[BELOW_ID, "pandia.ideal"]);
    let mut there = board().into_backend_over(QUBITS, over, simulator()).unwrap();
    assert_eq!(digest(&mut there), here);
}
