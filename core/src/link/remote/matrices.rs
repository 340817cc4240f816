//! Gates of the program's own over the line: their announcement, and their matrices before the batches
//! that need them.

use super::own::{ID_BYTES, Need, OWN_MAX, OwnGate, Sending, State};
use super::session::Remote;
use super::set_up::SetUp;
use crate::backend::{GateDef, RE_IM_MAX, Verdict, unitary_from_re_im};
use crate::error::{ErrorKind, Result};
use crate::link::errors::LinkError;
use crate::link::gate_room::{PARAMS_MAX, Shape, WORDS_MAX};
use crate::link::message::{GateLine, MatrixLine, Reply, Request, write};
use crate::link::pieces::Piece;
use crate::op::gates::MATRIX_MAX;
use crate::real::Complex;
use embedded_io::{Read, Write};
use heapless::Vec;

/// Bytes of a message that carries words of a matrix, beside them.
const HEAD_BYTES: usize = 32;
/// Most bytes of words in one frame.
const CHUNK_BYTES: usize = 512;

impl<IO: Read + Write, S: SetUp, const FRAME: usize, const WINDOW: usize>
    Remote<IO, S, FRAME, WINDOW>
{
    /// Announces a gate of the program's own.
    #[inline(never)]
    pub(super) fn announce_own(&mut self, def: &GateDef<'_>) -> Result<Verdict> {
        let Some(mut gate) = OwnGate::new(def) else {
            let (what, needed) = ("bytes of a gate's id over a link", def.id.len() as u64);
            return Err(ErrorKind::Capacity { what, needed, available: ID_BYTES as u64 }.into());
        };
        if !self.own.has_room_for(def.slot) {
            let (what, available) = ("gates of the program's own over a link", OWN_MAX as u64);
            return Err(ErrorKind::Capacity { what, needed: available + 1, available }.into());
        }
        let verdict = match def.matrix {
            None => self.announce_opaque(def)?,
            Some(_) if Shape::of(def.qubit_count, def.param_count).is_none() => Verdict::Reject,
            Some(_) => self.announce_with_matrix(&mut gate)?,
        };
        if verdict != Verdict::Reject {
            self.own.put(gate);
        }
        Ok(verdict)
    }

    /// Without a matrix: the other end knows it by its id, if it does.
    fn announce_opaque(&mut self, def: &GateDef<'_>) -> Result<Verdict> {
        let mut bytes = [0; ID_BYTES + 16];
        let line = line_of(def);
        let written = write(&line, &mut bytes).ok_or(LinkError::Nonsense)?;
        let reply = self.call(&Request::Negotiate(written))?;
        verdict_of(reply)
    }

    fn announce_with_matrix(&mut self, gate: &mut OwnGate) -> Result<Verdict> {
        let OwnGate { slot, qubit_count, param_count, .. } = *gate;
        // Whatever comes of it, the other end forgets these.
        self.own.forget(slot);
        let asked = Request::GateRoom { slot, qubit_count, param_count };
        let Reply::GateRoom { places } = self.call(&asked)? else {
            return Err(LinkError::Nonsense.into());
        };
        if places == 0 {
            return Ok(Verdict::Reject);
        }
        let most = Shape::of(qubit_count, param_count).map_or(0, Shape::places);
        gate.places = places.min(u32::try_from(most).unwrap_or(u32::MAX));
        if param_count == 0
            && let Some(sending) = gate.sending(0)
        {
            // The stack may want to see it at once.
            let state = self.send_matrix(sending, &[])?;
            gate.has_come(0, &[], state, self.own.piece());
        }
        let reply = self.call(&Request::OwnGate(line_of(&gate.def())))?;
        verdict_of(reply)
    }

    /// At the beginning of a session: the other end may be another one.
    pub(super) fn announce_own_again(&mut self) -> Result<()> {
        for at in 0..self.own.len() {
            let Some(gate) = self.own.get(at).cloned() else { break };
            if self.announce_own(&gate.def())? == Verdict::Reject {
                let other = "the board came back and takes a gate of the program's own no more";
                return Err(self.came_back(other));
            }
        }
        Ok(())
    }

    /// Sends the matrices that a piece of a batch needs, as far as there is room for them at a time:
    /// how many of its operations can be sent then. At least one.
    pub(super) fn send_matrices(&mut self, piece: &Piece<'_>) -> Result<u32> {
        let all = piece.batch.op_count();
        if self.own.is_empty() {
            return Ok(all);
        }
        self.own.next_piece();
        for (index, op) in (0..).zip(piece.batch.ops()) {
            match self.own.need(op) {
                Need::Nothing => {}
                Need::Matrix(sending) => {
                    let state = self.send_matrix(sending, op.params())?;
                    let piece = self.own.piece();
                    if let Some(gate) = self.own.find(sending.slot) {
                        gate.has_come(sending.place, op.params(), state, piece);
                    }
                }
                Need::Room => return Ok(index),
            }
        }
        Ok(all)
    }

    /// Works a matrix out and sends it.
    #[inline(never)]
    fn send_matrix(&mut self, sending: Sending, params: &[u64]) -> Result<State> {
        let mut words = Vec::<u64, WORDS_MAX>::new();
        let state = words_of(&sending, params, &mut words);
        let Sending { slot, qubit_count, param_count, place, .. } = sending;
        let most = self.payload_bytes().saturating_sub(HEAD_BYTES).clamp(8, CHUNK_BYTES) / 8;
        let mut from = 0;
        for chunk in words.chunks(most) {
            let mut bytes = [0; CHUNK_BYTES];
            for (place, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(chunk) {
                *place = word.to_le_bytes();
            }
            // One more must find room, as with batches.
            let wait = self.options.answers_only && self.client.get_mut().room() < 3;
            let line = MatrixLine { slot, qubit_count, param_count, place, from, wait };
            let request = Request::Matrix(line, bytes.get(..chunk.len() * 8).unwrap_or(&[]));
            if !wait {
                self.post(&request)?;
            } else if self.call(&request)? != Reply::Done {
                return Err(self.nonsense());
            }
            from += u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        }
        Ok(state)
    }
}

/// What is sent of the matrix for these parameters, and what is to be thought of it.
fn words_of(sending: &Sending, params: &[u64], words: &mut Vec<u64, WORDS_MAX>) -> State {
    let Some(shape) = Shape::of(sending.qubit_count, sending.param_count) else {
        return State::Bad;
    };
    let (mut values, mut re_im) = ([0.0; PARAMS_MAX], [0.0; RE_IM_MAX]);
    for (value, word) in values.iter_mut().zip(params) {
        *value = f64::from_bits(*word);
    }
    let values = values.get(..shape.params).unwrap_or(&[]);
    let re_im = re_im.get_mut(..shape.numbers).unwrap_or(&mut []);
    let evaluated = sending.matrix.evaluate(values, re_im);
    words.extend(params.iter().copied());
    match evaluated {
        Ok(()) => {
            words.extend(core::iter::once(0).chain(re_im.iter().map(|number| number.to_bits())));
            let mut matrix = [Complex::ZERO; MATRIX_MAX];
            match unitary_from_re_im(sending.qubit_count, re_im, &mut matrix) {
                Ok(()) => State::Good,
                Err(_) => State::Bad,
            }
        }
        Err(error) => {
            // There is room: it is shorter than a matrix.
            let _ = words.push(u64::from(error.code().cast_unsigned()));
            State::Bad
        }
    }
}

fn line_of<'a>(def: &GateDef<'a>) -> GateLine<'a> {
    let GateDef { slot, id, qubit_count, param_count, .. } = *def;
    GateLine { slot, qubit_count, param_count, id }
}

fn verdict_of(reply: Reply<'_>) -> Result<Verdict> {
    let Reply::Verdicts(&[number]) = reply else { return Err(LinkError::Nonsense.into()) };
    Ok(Verdict::from_number(number).ok_or(LinkError::Nonsense)?)
}
