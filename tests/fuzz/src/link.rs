//! The board link's server: whatever comes over the line, it stays in order, and a good client is
//! served afterwards.

use core::convert::Infallible;

use embedded_io::{ErrorType, Write};
use pandia_core::backend::Backend;
use pandia_core::ids::StreamId;
use pandia_core::link::frame::{END, Header, Kind, Lane, decode, encode, encode_version};
use pandia_core::link::message::{Reply, Request, read, write};
use pandia_core::link::{Decoder, GateRoom, NoHouse, PROTOCOL, Received, Server, Window};
use pandia_core::real::Complex;
use pandia_core::sim::StateVector;

use crate::input::Input;

const SESSION: u32 = 3;

/// What the server sends.
struct Sent(Vec<u8>);

impl ErrorType for Sent {
    type Error = Infallible;
}

impl Write for Sent {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// For the matrices of gates that an input brings.
static ROOMS: [GateRoom; 2] = [const { GateRoom::new() }; 2];

/// One input: bytes as they come, or frames whose heads and payloads it chooses.
pub fn run(data: &[u8]) {
    let mut amplitudes = [Complex::<f64>::ZERO; 16];
    let mut stack = StateVector::new(4, StreamId(0), &mut amplitudes[..]).expect("it fits");
    let mut server = Server::<256, 64, 8>::new(Window(4)).with_gate_rooms(&ROOMS);
    let mut sent = Sent(Vec::new());
    let mut take = |bytes: &[u8], sent: &mut Sent| {
        for byte in bytes {
            let stack: &mut dyn Backend = &mut stack;
            let _ = server.take(*byte, sent, Some(stack), &mut NoHouse);
        }
    };
    let mut input = Input(data);
    let hello = payload(&Request::Hello);
    take(&frame(PROTOCOL, request(SESSION, 0), &hello), &mut sent);
    let mut seq = 1;
    while !input.is_empty() {
        if input.one_in(4) {
            let len = usize::from(input.byte() % 40);
            let noise: Vec<u8> = (0..len).map(|_| input.byte()).collect();
            take(&noise, &mut sent);
            take(&[END], &mut sent);
            continue;
        }
        let version = if input.one_in(16) { input.byte() } else { PROTOCOL };
        let kind = Kind::from_number(input.byte() % 8).unwrap_or(Kind::Request);
        let lane = if input.one_in(16) { Lane::Up } else { Lane::Down };
        let session = if input.one_in(16) { u32::from(input.byte()) } else { SESSION };
        let number = if input.one_in(8) { input.half() } else { seq };
        let ack = u32::from(input.byte());
        let len = usize::from(input.byte());
        let bytes: Vec<u8> = (0..len).map(|_| input.byte()).collect();
        let bytes = &bytes[..bytes.len().min(200)];
        take(&frame(version, Header { kind, lane, session, seq: number, ack }, bytes), &mut sent);
        let counts = kind == Kind::Request
            && (version, session, number) == (PROTOCOL, SESSION, seq)
            && lane == Lane::Down;
        seq += u32::from(counts);
    }
    // All that it sends is frames.
    let mut decoder = Decoder::<256>::new();
    for byte in &sent.0 {
        assert!(!matches!(decoder.push(*byte), Received::Damage(_)), "a damaged frame was sent");
    }
    // A good client is served, whatever has come before.
    sent.0.clear();
    take(&[END], &mut sent);
    take(&frame(PROTOCOL, request(1 << 20, 0), &hello), &mut sent);
    assert!(matches!(reply(&mut sent), Some(0)), "no session can be had any more");
    take(&frame(PROTOCOL, request(1 << 20, 1), &payload(&Request::Ping(9))), &mut sent);
    assert!(matches!(reply(&mut sent), Some(1)), "no sign of life");
}

const fn request(session: u32, seq: u32) -> Header {
    Header { kind: Kind::Request, lane: Lane::Down, session, seq, ack: 0 }
}

fn payload(request: &Request<'_>) -> Vec<u8> {
    let mut room = [0; 64];
    write(request, &mut room).expect("it is short").to_vec()
}

fn frame(version: u8, header: Header, payload: &[u8]) -> Vec<u8> {
    let mut room = [0; 512];
    let len = encode_version(version, header, payload, &mut room).expect("it fits");
    if version == 1 {
        let mut again = [0; 512];
        assert_eq!(encode(header, payload, &mut again), Some(len));
        assert_eq!(decode(&mut again[..len - 1]), Ok((header, payload)));
    }
    room[..len].to_vec()
}

/// The number of the request that the last frame answers.
fn reply(sent: &mut Sent) -> Option<u32> {
    let mut bytes = std::mem::take(&mut sent.0);
    assert_eq!(bytes.pop(), Some(END));
    let (header, payload) = decode(&mut bytes).ok()?;
    let reply: Reply<'_> = read(payload)?;
    (header.kind == Kind::Reply && !matches!(reply, Reply::Failed(_))).then_some(header.seq)
}
