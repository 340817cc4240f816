//! One piece of a batch: over the line, and its outcomes back.

use super::session::Remote;
use super::set_up::SetUp;
use crate::error::{Error, ErrorKind, Result};
use crate::link::message::{Head, Reply, Request};
use crate::link::pieces::Piece;
use crate::op::check::check_operands;
use crate::op::gates::{FIRST_USER_SLOT, by_slot};
use crate::op::outcome::LEAKED;
use crate::op::{Batch, Op, OpKind, Outcome, Outcomes};
use embedded_io::{Read, Write};

/// Most bytes of records in one frame.
const CHUNK_BYTES: usize = 1024;
/// Bytes of a message that carries records, beside them.
const HEAD_BYTES: usize = 64;
/// Gates with so many parameters are matrices, which must be unitary.
const MATRIX_PARAMS_MIN: usize = 8;

impl<IO: Read + Write, S: SetUp, const FRAME: usize, const WINDOW: usize>
    Remote<IO, S, FRAME, WINDOW>
{
    /// Sends one piece, waits for it if need be, and adds its outcomes.
    pub(super) fn apply_piece(
        &mut self,
        piece: &Piece<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        let batch = &piece.batch;
        let wait = self.options.wait_for_each
            || batch.result_count() > 0
            || batch.ops().iter().any(|op| self.may_be_refused(op));
        let words = batch.ops().words();
        let most = (self.payload_bytes().saturating_sub(HEAD_BYTES) / 8).clamp(1, CHUNK_BYTES / 8);
        let chunks = words.len().div_ceil(most).max(1);
        // One more must find room, so that it can be what is waited for.
        let left = (self.client.get_mut().room() as usize).saturating_sub(chunks);
        let wait = wait || (self.options.answers_only && left < 2);
        let head = Head {
            words: u32::try_from(words.len()).unwrap_or(u32::MAX),
            op_count: batch.op_count(),
            result_count: batch.result_count(),
            start_ns: batch.start().0,
            length_ns: batch.length().0,
            issuer: batch.source().issuer,
            depth: batch.source().depth,
            wait,
        };
        let mut bytes = [0; CHUNK_BYTES];
        for chunk in 0..chunks {
            let chunk_words = words.get(chunk * most..).unwrap_or(&[]);
            let chunk_words = chunk_words.get(..most).unwrap_or(chunk_words);
            for (place, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(chunk_words) {
                *place = word.to_le_bytes();
            }
            let bytes = bytes.get(..chunk_words.len() * 8).unwrap_or(&[]);
            let request =
                if chunk == 0 { Request::Apply(head, bytes) } else { Request::More(bytes) };
            if !wait || chunk + 1 < chunks {
                self.post(&request)?;
                continue;
            }
            return match self.call(&request)? {
                Reply::Outcomes { total, values } => {
                    let mut filling = Filling::new(batch);
                    filling.add(total, values, outcomes)?;
                    self.rest_of_outcomes(filling, total, outcomes)
                }
                _ => Err(self.nonsense()),
            };
        }
        Ok(())
    }

    fn rest_of_outcomes(
        &mut self,
        mut filling: Filling<'_>,
        total: u32,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        while filling.count < total {
            let before = filling.count;
            match self.call(&Request::Outcomes(before))? {
                Reply::Outcomes { total: again, values } if again == total => {
                    filling.add(total, values, outcomes)?;
                }
                _ => return Err(self.nonsense()),
            }
            if filling.count == before {
                return Err(self.nonsense());
            }
        }
        Ok(())
    }

    /// Whether the other end may refuse an operation, as far as can be seen from here.
    fn may_be_refused(&self, op: Op<'_>) -> bool {
        if self.info.op_kinds & op.kind().bit() == 0
            || check_operands(op, self.info.qubit_count).is_err()
        {
            return true;
        }
        match op.kind() {
            OpKind::Gate if op.gate() >= FIRST_USER_SLOT => !self.own.is_good(op),
            OpKind::Gate => by_slot(op.gate()).is_none_or(|gate| {
                self.accepted >> gate.slot & 1 == 0
                    || usize::from(gate.qubit_count) != op.qubit_count()
                    || gate.params.len() != op.param_count()
                    || op.param_count() >= MATRIX_PARAMS_MIN
            }),
            // An impossible value is told at its own operation.
            OpKind::Postselect | OpKind::Custom | OpKind::Channel => true,
            OpKind::Measure
            | OpKind::MeasureLeaked
            | OpKind::Reset
            | OpKind::Idle
            | OpKind::Barrier => false,
        }
    }
}

/// Outcomes of a batch on their way from values back to entries.
struct Filling<'a> {
    ops: crate::op::record::OpsIter<'a>,
    next_op: u32,
    result_count: u32,
    count: u32,
}

impl<'a> Filling<'a> {
    fn new(batch: &Batch<'a>) -> Self {
        let ops = batch.ops().iter();
        Self { ops, next_op: 0, result_count: batch.result_count(), count: 0 }
    }

    fn add(&mut self, total: u32, values: &[u8], outcomes: &mut Outcomes<'_>) -> Result<()> {
        let wrong = ErrorKind::Outcomes("outcomes of the board that nobody asked for");
        if total != self.result_count {
            return Err(wrong.into());
        }
        for value in values {
            let (op_index, op) = loop {
                let op = self.ops.next().ok_or(wrong)?;
                self.next_op += 1;
                if op.kind().bears_result() {
                    break (self.next_op - 1, op);
                }
            };
            let value = u64::from(*value);
            if value > LEAKED {
                return Err(Error::from(wrong).at_op(op_index));
            }
            let (id, kind) = (op.result_id(), op.kind() as u8);
            outcomes.push(Outcome { id, value, kind, flags: 0, reserved0: 0, op_index })?;
            self.count += 1;
        }
        Ok(())
    }
}
