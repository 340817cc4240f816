//! Traces of stacks on boards: record by record those of the same stack here.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use pandia_core::emulator::ShotError;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::trace::Header;

use super::tests::{desktop, on, plan, with_noise_on};
use crate::runner::{ProgramFile, RunOptions, Runner, ShotSink};
use crate::stack::StackPlan;
use crate::trace::{About, TraceOptions, TracePiece, TraceReader, TraceWriter, by_name};

/// Feed-forward, an idle time, and a gate that the stabilizer has not.
const PROGRAM: &str = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; bit[3] c;
    h q[0]; cx q[0], q[1]; rz(0.3) q[1]; ccx q[0], q[1], q[2]; delay[40ns] q[2];
    c[0] = measure q[0]; if (c[0] == 1) { x q[1]; }
    h q[1]; c[1] = measure q[1]; reset q[0]; c[2] = measure q[2];";

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Sink(Box<dyn TraceWriter>);

impl ShotSink for Sink {
    fn shot(&mut self, _: ShotId, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn failed(&mut self, failure: &ShotError) -> io::Result<()> {
        Err(io::Error::other(failure.to_string()))
    }

    fn trace(&mut self, piece: &mut TracePiece<'_>) -> io::Result<()> {
        piece.write_to(&mut *self.0)
    }
}

/// The digest, what the trace says of the run, and its records.
fn traced(plan: &StackPlan) -> (u128, About, Vec<u8>) {
    let file = ProgramFile::from_source("p", PROGRAM).unwrap();
    let program = file.program().unwrap();
    let options = RunOptions { shots: 0..30, threads: 1, seed: Seed(3), ..RunOptions::default() };
    let about = About::new("p", program.qubit_count(), plan, &options.shots, 3);
    let out = Shared::default();
    let make = by_name("native").unwrap().make;
    let mut sink = Sink(make(Box::new(out.clone()), &Header::default(), &about).unwrap());
    let runner = Runner::new(&program, plan, options).unwrap();
    let summary = runner.traced(TraceOptions::default()).unwrap().run(&mut sink).unwrap();
    sink.0.finish().unwrap();
    let bytes = out.0.lock().unwrap().clone();
    let about = TraceReader::new(bytes.as_slice()).unwrap().about().unwrap().clone();
    let text = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    (summary.digest, about, bytes[32 + text.next_multiple_of(8)..].to_vec())
}

#[test]
fn a_trace_with_a_board_has_the_records_of_the_trace_without() {
    let (digest, about_here, records) = traced(&plan("state_vector"));
    assert_eq!(about_here.joints, 5);
    let address = desktop(6);
    for noise_count in 0..3 {
        for place in [on, with_noise_on] {
            let there = place(&address, plan("state_vector"), noise_count);
            let (digest_there, about, records_there) = traced(&there);
            assert_eq!(digest_there, digest);
            assert_eq!((about.joints, &about.parts), (5, &about_here.parts));
            assert!(about.board.is_some());
            let first = records.iter().zip(&records_there).position(|(a, b)| a != b);
            assert_eq!(first, None, "{noise_count} error models there");
            assert_eq!(records_there.len(), records.len());
        }
    }
}
