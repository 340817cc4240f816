//! What is waited for and what is not, what is refused and when, and which versions fit.

use super::super::frame::{Header, Kind, Lane, encode_version};
use super::super::message::Request;
use super::super::{LinkError, PROTOCOL};
use super::*;
use crate::error::{Class, ErrorKind};
use crate::op::OpKind;
use crate::op::builder::{Params, Parts};
use crate::sim::{CoinflipPart, StabilizerPart, StateVectorPart};
use std::string::ToString;

fn batch(backend: &mut dyn Backend, ops: &OpVec) -> Result<()> {
    apply(backend, ops, &mut Vec::new())
}

fn gates(count: u32) -> OpVec {
    let mut ops = OpVec::new();
    for index in 0..count {
        ops.gate(slot::H, &[index % QUBITS], &[]).unwrap();
    }
    ops
}

#[test]
fn a_shot_of_many_batches_waits_once_for_its_outcomes_and_not_for_its_batches() {
    const BATCHES: u64 = 500;
    const SHOTS: u64 = 10;
    let mut there = remote(Line::to(noisy, 8, 1));
    announce(&mut there);
    let before = there.stats();
    let mut readout = OpVec::new();
    readout.measure(0, 0).unwrap();
    for number in 0..SHOTS {
        there.shot_begin(ShotId(number), Seed(1)).unwrap();
        for _ in 0..BATCHES {
            batch(&mut there, &gates(1)).unwrap();
        }
        batch(&mut there, &readout).unwrap();
        there.shot_end().unwrap();
    }
    let stats = there.stats();
    assert_eq!(stats.requests - before.requests, SHOTS * (BATCHES + 3));
    // Room for eight requests: acknowledgements of four at a time are waited for, never a reply.
    let waits = stats.waits - before.waits;
    assert!(waits <= SHOTS * (1 + BATCHES / 4), "{waits} waits");
    assert_eq!(stats.resent, 0);
}

#[test]
fn with_acknowledgements_on_their_way_one_wait_a_shot_is_left() {
    // Ten batches fit the window, so that nothing but the outcome is waited for.
    let mut there = remote(Line::to(noisy, 8, 1));
    announce(&mut there);
    let before = there.stats().waits;
    let mut readout = OpVec::new();
    readout.measure(0, 0).unwrap();
    for number in 0..20 {
        there.shot_begin(ShotId(number), Seed(1)).unwrap();
        for _ in 0..5 {
            batch(&mut there, &gates(2)).unwrap();
        }
        batch(&mut there, &readout).unwrap();
        there.shot_end().unwrap();
    }
    assert_eq!(there.stats().waits - before, 20);
}

#[test]
fn what_the_other_end_refuses_at_once_costs_nothing() {
    let mut there = remote(Line::to(|| simulator::<StateVectorPart<f32>>(QUBITS), 4, 1));
    announce(&mut there);
    there.shot_begin(ShotId(0), Seed(0)).unwrap();
    let mut ops = gates(2);
    ops.gate(slot::H, &[9], &[]).unwrap();
    let error = batch(&mut there, &ops).unwrap_err();
    assert_eq!((error.class(), error.op_index()), (Class::Refused, Some(2)));
    let code = ErrorKind::QubitOutOfRange { qubit: 9, width: 4 }.code();
    assert_eq!((error.code(), error.layer()), (code, "pandia.state_vector_f32"));
    assert!(error.to_string().contains("there are 4 (0 to 3)"), "{error}");
    batch(&mut there, &gates(3)).unwrap();
    there.shot_end().unwrap();
}

#[test]
fn an_error_that_comes_late_costs_the_shot_once_and_leaves_the_next_one_alone() {
    let mut there = remote(Line::to(|| simulator::<StabilizerPart>(2), 4, 1));
    let mut verdicts = [Verdict::Reject];
    let defs = [GateDef::built_in(slot::RZ).unwrap()];
    there.negotiate(&GateSet { gates: &defs }, &mut verdicts).unwrap();
    let mut tilted = OpVec::new();
    tilted.gate(slot::RZ, &[0], &[0.3]).unwrap();
    let mut readout = OpVec::new();
    readout.measure(0, 0).unwrap();
    for end_only in [false, true] {
        there.shot_begin(ShotId(0), Seed(0)).unwrap();
        // Nothing tells from here that this angle cannot be done there.
        batch(&mut there, &tilted).unwrap();
        if !end_only {
            let error = batch(&mut there, &readout).unwrap_err();
            assert_eq!(error.class(), Class::ShotLost);
            let text = error.to_string();
            assert!(
                text.contains("earlier in the shot") && text.contains("not Clifford"),
                "{text}"
            );
            let after = batch(&mut there, &readout).unwrap_err();
            assert!(matches!(after.kind(), ErrorKind::State(_)), "{after}");
            there.shot_end().unwrap();
        } else {
            let error = there.shot_end().unwrap_err();
            assert!(error.to_string().contains("not Clifford"), "{error}");
        }
        there.shot_begin(ShotId(1), Seed(0)).unwrap();
        batch(&mut there, &readout).unwrap();
        there.shot_end().unwrap();
    }
}

#[test]
fn calls_at_the_wrong_time_are_refused_here() {
    let mut there = remote(Line::to(noisy, 4, 1));
    assert!(matches!(there.shot_end().unwrap_err().kind(), ErrorKind::State(_)));
    assert!(matches!(batch(&mut there, &gates(1)).unwrap_err().kind(), ErrorKind::State(_)));
    there.shot_begin(ShotId(0), Seed(0)).unwrap();
    let again = there.shot_begin(ShotId(0), Seed(0)).unwrap_err();
    assert!(matches!(again.kind(), ErrorKind::State(_)));
    there.shot_end().unwrap();
}

#[test]
fn an_operation_longer_than_the_other_end_has_room_for_is_refused_with_both_numbers() {
    let mut there = remote(Line::to(|| simulator::<CoinflipPart>(200), 4, 1));
    there.shot_begin(ShotId(0), Seed(0)).unwrap();
    let mut ops = gates(1);
    let all: Vec<u32> = (0..200).collect();
    let params = Params::Words(&[0; 50]);
    let kind = OpKind::Custom;
    ops.push(Parts { kind, flags: 0, gate: 1, qubits: &all, params }).unwrap();
    let error = batch(&mut there, &ops).unwrap_err();
    assert_eq!((error.class(), error.op_index()), (Class::Refused, Some(1)));
    assert!(error.to_string().contains("151 needed, 132 available"), "{error}");
    there.shot_end().unwrap();
}

#[test]
fn a_cancelled_shot_is_lost_and_the_next_one_is_not() {
    let mut there = remote(Line::to(noisy, 4, 1));
    announce(&mut there);
    there.shot_begin(ShotId(0), Seed(0)).unwrap();
    batch(&mut there, &gates(1)).unwrap();
    there.cancel();
    let mut readout = OpVec::new();
    readout.measure(0, 0).unwrap();
    let error = batch(&mut there, &readout).unwrap_err();
    assert_eq!(error.class(), Class::ShotLost);
    assert!(error.to_string().contains("cancelled"), "{error}");
    there.shot_end().unwrap();
    shot(&mut there, 0).unwrap();
}

#[test]
fn a_frame_of_another_version_is_refused_with_both_versions() {
    let mut line = Line::to(noisy, 4, 1);
    let lane = Lane::Down;
    let header = Header { kind: Kind::Request, lane, session: 5, seq: 0, ack: 0 };
    let mut bytes = [0; 64];
    let len = encode_version(9, header, &[0], &mut bytes).unwrap();
    embedded_io::Write::write(&mut line, &bytes[..len]).unwrap();
    let mut answer = Vec::new();
    let mut byte = [0];
    while embedded_io::Read::read(&mut line, &mut byte) == Ok(1) {
        answer.push(byte[0]);
    }
    assert_eq!(line.counters().versions, 1);
    // The server's answer is of its own version, and names it.
    answer.pop();
    let (header, payload) = super::super::frame::decode(&mut answer).unwrap();
    assert_eq!((header.kind, payload), (Kind::WrongVersion, &[PROTOCOL][..]));

    let mut client = Client::<_, 256, 8>::new(OfVersion(9), PATIENCE, 1);
    let error = client.open().unwrap_err();
    assert_eq!(error, LinkError::Version { theirs: 9 });
    let text = crate::Error::from(error).to_string();
    assert!(text.contains("version 9") && text.contains(&std::format!("version {PROTOCOL}")));
}

/// Answers everything with a frame of another version.
struct OfVersion(u8);

impl embedded_io::ErrorType for OfVersion {
    type Error = embedded_io::ErrorKind;
}

impl embedded_io::Read for OfVersion {
    fn read(&mut self, out: &mut [u8]) -> core::result::Result<usize, embedded_io::ErrorKind> {
        let lane = Lane::Down;
        let header = Header { kind: Kind::WrongVersion, lane, session: 0, seq: 0, ack: 0 };
        let mut bytes = [0; 64];
        let len = encode_version(self.0, header, &[self.0], &mut bytes).unwrap();
        // One byte at a time, over and over; the frame has as many as there are states.
        let at = POSITION.with(|at| at.replace((at.get() + 1) % len));
        out[0] = bytes[at];
        Ok(1)
    }
}

std::thread_local! {
    static POSITION: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
}

impl embedded_io::Write for OfVersion {
    fn write(&mut self, bytes: &[u8]) -> core::result::Result<usize, embedded_io::ErrorKind> {
        Ok(bytes.len())
    }
    fn flush(&mut self) -> core::result::Result<(), embedded_io::ErrorKind> {
        Ok(())
    }
}

#[test]
fn what_the_server_does_not_know_is_answered_as_such() {
    let mut client = Client::<_, 256, 8>::new(Line::to(noisy, 4, 1), PATIENCE, 1);
    client.open().unwrap();
    let load = Request::Load { offset: 0, total: 4, bytes: &[1, 2, 3, 4] };
    for (request, says) in [
        (Request::Build(super::super::message::Build { qubit_count: 1, parts: &[] }), "fixed"),
        (load, "no region"),
        (Request::Negotiate(&[1, 2, 3]), "cannot be read"),
    ] {
        let reply = client.call(&request).unwrap();
        let super::super::message::Reply::Failed(fault) = reply else { panic!("{reply:?}") };
        assert!(fault.text.contains(says), "{}", fault.text);
    }
    assert_eq!(client.call(&Request::Ping(7)), Ok(super::super::message::Reply::Pong(7)));
}
