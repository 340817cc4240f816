//! The contract of a backend, over a line.

use super::session::{Remote, Shot, note};
use super::set_up::SetUp;
use crate::backend::{Backend, GateSet, Info, Metric, StateQuery, Verdict};
use crate::error::{Class, Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::link::LINK_ID;
use crate::link::message::{Reply, Request};
use crate::link::pieces::{Pieces, Room};
use crate::op::{Batch, Outcomes};
use embedded_io::{Read, Write};
use heapless::Vec;

impl<IO: Read + Write, S: SetUp, const FRAME: usize, const WINDOW: usize> Backend
    for Remote<IO, S, FRAME, WINDOW>
{
    fn id(&self) -> &str {
        &self.id
    }

    fn info(&self) -> Info {
        self.info
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        if gates.gates.len() != verdicts.len() {
            return Err(ErrorKind::Argument("one verdict for each gate is needed").into());
        }
        if let Some(error) = &self.lost {
            return Err(error.clone());
        }
        if !self.client.get_mut().is_open() {
            self.begin_session()?;
        }
        self.announce(gates.gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        if let Some(error) = &self.lost {
            return Err(error.clone());
        }
        if self.shot != Shot::None {
            let wrong = ErrorKind::State("a shot is running already; end it first");
            return Err(Error::from(wrong).in_layer(LINK_ID));
        }
        if !self.client.get_mut().is_open() {
            self.begin_session()?;
        }
        self.post(&Request::ShotBegin { shot: shot.0, seed: seed.0 })?;
        self.shot = Shot::Running;
        Ok(())
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.check_running()?;
        outcomes.reserve(batch.result_count())?;
        let limits = self.client.get_mut().limits();
        let room = Room { words: limits.batch_words as usize, results: limits.batch_results };
        for piece in Pieces::new(batch, room)? {
            let mut left = Some(piece);
            while let Some(piece) = left.take() {
                let had = outcomes.len();
                let done = self.send_matrices(&piece).and_then(|op_count| {
                    let (first, rest) = piece.split(op_count);
                    left = rest;
                    self.apply_piece(&first, outcomes)
                });
                for outcome in outcomes.as_mut_slice().iter_mut().skip(had) {
                    outcome.op_index += piece.first_op;
                }
                done.map_err(|error| {
                    let error = error.shift_op(piece.first_op);
                    let error = if piece.first_op > 0 { error.after_partial_work() } else { error };
                    note(&error, &mut self.shot, &mut self.lost);
                    error
                })?;
            }
        }
        Ok(())
    }

    fn shot_end(&mut self) -> Result<()> {
        if let Some(error) = &self.lost {
            return Err(error.clone());
        }
        let shot = core::mem::replace(&mut self.shot, Shot::None);
        if shot == Shot::None {
            let wrong = ErrorKind::State("no shot is running; begin one first");
            return Err(Error::from(wrong).in_layer(LINK_ID));
        }
        if !self.client.get_mut().is_open() {
            // The shot went with its session, which has been reported.
            return Ok(());
        }
        if shot == Shot::Running && !self.is_unconfirmed && !self.options.wait_for_each {
            return self.post(&Request::ShotEnd { wait: false });
        }
        match self.call(&Request::ShotEnd { wait: true }) {
            Ok(Reply::Done) => Ok(()),
            Ok(_) => Err(self.nonsense()),
            // It is the error that was reported already.
            Err(error) if shot == Shot::Lost && error.class() != Class::InstanceLost => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let (metric, last) = self.metrics.get(index)?;
        if self.lost.is_none()
            && let Ok(mut client) = self.client.try_borrow_mut()
            && client.is_open()
            && let Ok(Reply::Metric(Some(line))) = client.call(&Request::Metric(index))
        {
            last.set(line.value.into());
        }
        Some(Metric { value: last.get(), ..metric })
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        let (amplitudes, qubits) = match query {
            StateQuery::Probabilities(qubits) => (false, qubits),
            StateQuery::Amplitudes(qubits) => (true, qubits),
        };
        let mut bytes = Vec::<u8, 128>::new();
        for qubit in qubits {
            bytes.extend_from_slice(&qubit.to_le_bytes()).map_err(|_| ErrorKind::Capacity {
                what: "qubits of one state query to a board",
                needed: qubits.len() as u64,
                available: 32,
            })?;
        }
        self.check_queryable()?;
        let mut reply = self.call(&Request::State { amplitudes, qubits: &bytes })?;
        let mut filled = 0;
        loop {
            let Reply::Numbers { total, bytes } = reply else { return Err(self.nonsense()) };
            if total as usize != out.len() {
                return Err(ErrorKind::Argument("room for another number of numbers").into());
            }
            let (numbers, _) = bytes.as_chunks::<8>();
            for (place, number) in out.iter_mut().skip(filled).zip(numbers) {
                *place = f64::from_bits(u64::from_le_bytes(*number));
                if !place.is_finite() {
                    return Err(ErrorKind::Outcomes("a number of the state that cannot be").into());
                }
            }
            let before = filled;
            filled += numbers.len();
            if filled >= out.len() {
                return Ok(());
            }
            if filled == before {
                return Err(self.nonsense());
            }
            reply = self.call(&Request::Numbers(u32::try_from(filled).unwrap_or(u32::MAX)))?;
        }
    }

    fn state_digest(&mut self) -> Result<u64> {
        self.check_queryable()?;
        match self.call(&Request::StateDigest)? {
            Reply::Digest(digest) => Ok(digest),
            _ => Err(self.nonsense()),
        }
    }

    fn cancel(&self) {
        if let Ok(mut client) = self.client.try_borrow_mut()
            && client.is_open()
        {
            // A request, not a promise.
            let _ = client.cancel();
        }
    }
}
