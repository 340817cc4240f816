//! A program built, checked and run against a runtime that answers measurements from a list.

use super::format::header;
use super::{Instruction, IntOp, Machine, Memory, OwnedProgram, Patch, ProgramBuilder, RawProgram};
use crate::backend::{Caps, GateSet, Info, Threading, Verdict};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::op::gates::slot;
use crate::op::{Batch, OpKind, OpSink, Params, Parts};
use crate::runtime::Runtime;
use std::vec::Vec;

/// Says each measured result is the next of `answers`, and keeps every record.
#[derive(Default)]
struct Answering {
    answers: Vec<u64>,
    results: Vec<(u64, u64)>,
    seen: Vec<(OpKind, Vec<u32>, Vec<u64>)>,
    batches: usize,
}

impl Runtime for Answering {
    fn id(&self) -> &str {
        "test.answering"
    }
    fn info(&self) -> Info {
        let threading = Threading::Sendable;
        Info { qubit_count: 8, op_kinds: u64::MAX, caps: Caps::NONE, threading }
    }
    fn negotiate(&mut self, _: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        verdicts.fill(Verdict::Native);
        Ok(())
    }
    fn shot_begin(&mut self, _: ShotId, _: Seed) -> Result<()> {
        Ok(())
    }
    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        self.batches += 1;
        for op in batch.ops() {
            if op.kind().bears_result() {
                let value = self.answers.remove(0);
                self.results.push((op.result_id(), value));
            }
            self.seen.push((op.kind(), op.qubits().collect(), op.params().to_vec()));
        }
        Ok(())
    }
    fn result(&mut self, id: u64, _: bool) -> Result<Option<u64>> {
        Ok(self.results.iter().rev().find(|r| r.0 == id).map(|r| r.1))
    }
    fn shot_end(&mut self) -> Result<()> {
        Ok(())
    }
}

fn run(words: &[u64], answers: &[u64]) -> (Result<Vec<u8>>, Answering, Option<u32>) {
    let program = RawProgram { words }.check().unwrap();
    let (mut bits, mut ints, mut reals) = ([9; 16], [9; 16], [9.0; 16]);
    let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
    let mut machine = Machine::new(&program, memory).unwrap();
    let mut runtime = Answering { answers: answers.to_vec(), ..Answering::default() };
    let done = machine.run(&mut runtime);
    let line = done.as_ref().err().and_then(|e| machine.line(e.op_index()));
    let bits = machine.bits().to_vec();
    (done.map(|()| bits), runtime, line)
}

/// for i in 0..3 { rx(i) q[i]; c[i] = measure q[i]; }  if c == 5 { x q[0]; }
fn loop_program() -> Vec<u64> {
    let mut b = ProgramBuilder::new(4);
    b.set_step_limit(10_000);
    let c = b.register("c", 3);
    let (i, one, three, test) = (b.int(), b.int(), b.int(), b.int());
    let angle = b.real();
    let (top, end, done) = (b.label(), b.label(), b.label());
    b.set_line(1);
    b.classical(Instruction::IntSet { dst: one, value: 1 }).unwrap();
    b.classical(Instruction::IntSet { dst: three, value: 3 }).unwrap();
    b.place(top);
    b.classical(Instruction::IntOp { op: IntOp::Lt, dst: test, lhs: i, rhs: three }).unwrap();
    b.jump_unless(end, test);
    b.set_line(2);
    b.classical(Instruction::IntToReal { dst: angle, src: i }).unwrap();
    let patch_qubit = Patch::Qubit { operand: 0, index: i, base: 0, limit: 3 };
    let gate = Parts {
        kind: OpKind::Gate,
        flags: 0,
        gate: slot::RX,
        qubits: &[0],
        params: Params::Reals(&[0.0]),
    };
    b.patched(gate, &[patch_qubit, Patch::Real { param: 0, real: angle }]).unwrap();
    let measure = Parts { kind: OpKind::Measure, params: Params::Words(&[0]), gate: 0, ..gate };
    let into = Patch::Result { param: 0, index: i, base: c, limit: 3 };
    b.patched(measure, &[patch_qubit, into]).unwrap();
    b.classical(Instruction::IntOp { op: IntOp::Add, dst: i, lhs: i, rhs: one }).unwrap();
    b.jump(top);
    b.place(end);
    b.set_line(3);
    b.classical(Instruction::Pack { dst: test, first: c, count: 3 }).unwrap();
    b.classical(Instruction::IntSet { dst: i, value: 5 }).unwrap();
    b.classical(Instruction::IntOp { op: IntOp::Eq, dst: test, lhs: test, rhs: i }).unwrap();
    b.jump_unless(done, test);
    b.set_line(4);
    b.gate(slot::X, &[0], &[]).unwrap();
    b.gate(slot::CX, &[0, 3], &[]).unwrap();
    b.place(done);
    b.finish().unwrap()
}

#[test]
fn loops_fill_operands_in_and_conditions_read_measured_bits() {
    let words = loop_program();
    let (bits, runtime, _) = run(&words, &[1, 0, 1]);
    assert_eq!(bits.unwrap(), [1, 0, 1]);
    let angles: Vec<f64> =
        runtime.seen.iter().take(6).step_by(2).map(|op| f64::from_bits(op.2[0])).collect();
    assert_eq!(angles, [0.0, 1.0, 2.0]);
    let qubits: Vec<_> = runtime.seen.iter().map(|op| op.1.clone()).collect();
    let expected: [&[u32]; 8] = [&[0], &[0], &[1], &[1], &[2], &[2], &[0], &[0, 3]];
    assert_eq!(qubits, expected);
    assert_eq!(runtime.batches, 7, "two neighbouring gates go down together");
    assert_eq!(run(&words, &[1, 1, 1]).1.seen.len(), 6);
}

#[test]
fn the_program_says_its_registers_gates_and_lines() {
    let words = loop_program();
    let program = RawProgram { words: &words }.check().unwrap();
    let registers: Vec<_> = program.registers().collect();
    assert_eq!((registers[0].first_bit, registers[0].bit_count), (0, 3));
    assert_eq!(program.name_of(registers[0]).collect::<Vec<_>>(), b"c");
    assert_eq!(program.gate_slots().collect::<Vec<_>>(), [slot::RX, slot::X, slot::CX]);
    assert_eq!(program.line_at(0), Some(1));
    assert_eq!(program.line_at(program.code().len()), Some(4));
    let owned = OwnedProgram::from_bytes(&OwnedProgram::new(words).unwrap().to_bytes()).unwrap();
    assert_eq!(owned.view().unwrap().qubit_count(), 4);
}

#[test]
fn a_failure_names_the_source_line() {
    let mut b = ProgramBuilder::new(1);
    b.set_line(7);
    b.gate(slot::X, &[0], &[]).unwrap();
    b.set_line(9);
    let (one, zero) = (b.int(), b.int());
    b.classical(Instruction::IntOp { op: IntOp::Div, dst: one, lhs: one, rhs: zero }).unwrap();
    let (result, _, line) = run(&b.finish().unwrap(), &[]);
    assert!(matches!(result.unwrap_err().kind(), ErrorKind::Arithmetic(_)));
    assert_eq!(line, Some(9));
}

#[test]
fn an_endless_loop_ends_at_the_step_limit() {
    let mut b = ProgramBuilder::new(1);
    b.set_step_limit(1000);
    let top = b.label();
    b.place(top);
    b.jump(top);
    let error = run(&b.finish().unwrap(), &[]).0.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StepLimit { limit: 1000 });
}

#[test]
fn a_leaked_bit_can_be_tested_but_not_packed() {
    let mut b = ProgramBuilder::new(1);
    let c = b.register("c", 1);
    b.measure_leaked(0, u64::from(c)).unwrap();
    let value = b.int();
    b.classical(Instruction::BitLoad { dst: value, bit: c }).unwrap();
    let only_load = b.clone();
    assert_eq!(run(&only_load.finish().unwrap(), &[2]).0.unwrap(), [2]);
    b.classical(Instruction::Pack { dst: value, first: c, count: 1 }).unwrap();
    assert!(run(&b.finish().unwrap(), &[2]).0.is_err());
}

#[test]
fn an_outcome_that_is_none_is_refused_not_believed() {
    let mut b = ProgramBuilder::new(1);
    b.register("c", 1);
    b.measure(0, 0).unwrap();
    let error = run(&b.finish().unwrap(), &[7]).0.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Outcomes(_)));
}

#[test]
fn every_damaged_bit_and_every_cut_is_refused() {
    let words = loop_program();
    for end in 0..words.len() {
        assert!(RawProgram { words: &words[..end] }.check().is_err(), "cut at {end}");
    }
    for word in 0..words.len() {
        for bit in 0..64 {
            let mut damaged = words.clone();
            damaged[word] ^= 1 << bit;
            assert!(RawProgram { words: &damaged }.check().is_err(), "word {word} bit {bit}");
        }
    }
}

#[test]
fn damage_with_a_mended_crc_is_refused_or_still_runs_within_bounds() {
    let words = loop_program();
    for word in 2..words.len() {
        for bit in 0..64 {
            let mut damaged = words.clone();
            damaged[word] ^= 1 << bit;
            let crc = super::format::crc(&damaged);
            damaged[header::VERSION_CRC] = super::format::pair(super::format::VERSION, crc);
            let Ok(program) = (RawProgram { words: &damaged }).check() else { continue };
            let (mut bits, mut ints, mut reals) = ([0; 16], [0; 16], [0.0; 16]);
            let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
            let Ok(mut machine) = Machine::new(&program, memory) else { continue };
            let mut damaged_limit = Answering { answers: [1; 4096].to_vec(), ..<_>::default() };
            if program.step_limit() <= 100_000 {
                let _: core::result::Result<(), Error> =
                    machine.run(&mut Bounded { inner: &mut damaged_limit, left: 1000 });
            }
        }
    }
}

/// Ends a run that loops for long.
struct Bounded<'a> {
    inner: &'a mut Answering,
    left: u32,
}

impl Runtime for Bounded<'_> {
    fn id(&self) -> &str {
        "test.bounded"
    }
    fn info(&self) -> Info {
        self.inner.info()
    }
    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.inner.negotiate(gates, verdicts)
    }
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.inner.shot_begin(shot, seed)
    }
    fn submit(&mut self, batch: &Batch<'_>) -> Result<()> {
        self.left = self.left.checked_sub(1).ok_or(ErrorKind::State("long enough"))?;
        self.inner.submit(batch)
    }
    fn result(&mut self, id: u64, wait: bool) -> Result<Option<u64>> {
        self.left = self.left.checked_sub(1).ok_or(ErrorKind::State("long enough"))?;
        self.inner.result(id, wait)
    }
    fn shot_end(&mut self) -> Result<()> {
        self.inner.shot_end()
    }
}
