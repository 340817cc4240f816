//! What the server does with its stack in a shot: its begin and end, and batches that come in pieces.
//!
//! A batch that nobody waits for and that fails leaves the shot *failed*: what follows in it is
//! skipped, and whoever waits next gets the error, marked as late.

use super::desk::{Served, info_line};
use super::gates::{GateRooms, negotiate, negotiate_own};
use crate::error::{Class, Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::link::message::{Head, Reply, Request};
use crate::op::batch::{RawBatch, Source};
use crate::op::outcome::LEAKED;
use crate::op::{Batch, Outcome, Outcomes};
use crate::units::{DurationNs, TimeNs};

/// Why a request failed, and whether that belongs to something sent before it.
type Failed = (Error, bool);

/// A shot, as far as the client can know.
#[expect(clippy::large_enum_variant, reason = "one exists, and there is no allocator")]
#[derive(Clone, Debug)]
enum Shot {
    None,
    Running,
    /// Nothing more is done in it.
    Failed {
        error: Error,
        is_reported: bool,
    },
}

/// Memory of the shot that runs, and of the batch that comes in.
#[derive(Clone, Debug)]
pub(super) struct ShotRoom<const WORDS: usize, const RESULTS: usize> {
    shot: Shot,
    /// The stack may only be replaced.
    lost: Option<Error>,
    /// What went wrong when the last shot was ended without anybody waiting.
    left_over: Option<Error>,
    head: Option<Head>,
    words: [u64; WORDS],
    word_count: usize,
    outcomes: [Outcome; RESULTS],
    values: [u8; RESULTS],
    value_count: usize,
    pub(super) numbers: [f64; RESULTS],
    pub(super) number_count: usize,
    pub(super) gates: GateRooms,
}

const NO_OUTCOME: Outcome =
    Outcome { id: 0, value: 0, kind: 0, flags: 0, reserved0: 0, op_index: 0 };

impl<const WORDS: usize, const RESULTS: usize> ShotRoom<WORDS, RESULTS> {
    pub(super) const fn new() -> Self {
        Self {
            shot: Shot::None,
            lost: None,
            left_over: None,
            head: None,
            words: [0; WORDS],
            word_count: 0,
            outcomes: [NO_OUTCOME; RESULTS],
            values: [0; RESULTS],
            value_count: 0,
            numbers: [0.0; RESULTS],
            number_count: 0,
            gates: GateRooms { rooms: &[] },
        }
    }

    /// There is another stack, or none.
    pub(super) fn clear(&mut self) {
        (self.shot, self.lost, self.left_over) = (Shot::None, None, None);
        (self.head, self.value_count, self.number_count) = (None, 0, 0);
    }

    /// Ends a shot that nobody wants any more.
    pub(super) fn end_quietly(&mut self, served: &mut Served<'_, '_>) {
        if !matches!(self.shot, Shot::None)
            && self.lost.is_none()
            && let Some(stack) = served.stack.as_deref_mut()
            && let Err(error) = stack.shot_end()
        {
            self.note(&error);
        }
        let lost = self.lost.take();
        self.clear();
        self.lost = lost;
    }

    /// Calls in progress may return early, and the shot is over.
    pub(super) fn cancel(&mut self, served: &mut Served<'_, '_>) {
        if let Some(stack) = served.stack.as_deref_mut() {
            stack.cancel();
        }
        if matches!(self.shot, Shot::Running) {
            let error = ErrorKind::Link("the shot was cancelled").into();
            self.shot = Shot::Failed { error, is_reported: false };
        }
    }

    /// Carries the request out; a reply only if one is waited for. `bulk` has room for what a reply
    /// carries.
    pub(super) fn carry_out<'a>(
        &'a mut self,
        request: Request<'_>,
        served: &'a mut Served<'_, '_>,
        bulk: &'a mut [u8],
    ) -> core::result::Result<Option<Reply<'a>>, Failed> {
        let at_once = |error| (error, false);
        match request {
            Request::ShotBegin { shot, seed } => {
                self.begin(ShotId(shot), Seed(seed), served);
                return Ok(None);
            }
            Request::ShotEnd { wait } => {
                return self.end(wait, served).map(|()| wait.then_some(Reply::Done));
            }
            Request::Apply(head, bytes) => return self.first_piece(head, bytes, served, bulk),
            Request::More(bytes) => return self.piece(bytes, served, bulk),
            // The client takes them for kept from here on, whatever becomes of the shot.
            Request::Matrix(line, bytes) => {
                let kept = self.gates.keep(line, bytes).map(|()| line.wait.then_some(Reply::Done));
                return if line.wait { kept.map_err(at_once) } else { Ok(None) };
            }
            Request::GateRoom { slot, qubit_count, param_count } => {
                let places = self.gates.open(slot, qubit_count, param_count).map_err(at_once)?;
                return Ok(Some(Reply::GateRoom { places }));
            }
            _ => self.check_alive()?,
        }
        match request {
            Request::Info => Ok(Some(Reply::Info(info_line(served.stack().map_err(at_once)?)))),
            Request::Negotiate(gates) => {
                let count = negotiate(gates, served, bulk).map_err(at_once)?;
                Ok(Some(Reply::Verdicts(bulk.get(..count).unwrap_or(&[]))))
            }
            Request::OwnGate(line) => {
                let count = negotiate_own(line, self.gates, served, bulk).map_err(at_once)?;
                Ok(Some(Reply::Verdicts(bulk.get(..count).unwrap_or(&[]))))
            }
            Request::Outcomes(from) => Ok(Some(self.outcomes_from(from, bulk.len()))),
            Request::StateDigest => {
                let digest = served.stack().and_then(|stack| stack.state_digest());
                digest.map(|digest| Some(Reply::Digest(digest))).map_err(at_once)
            }
            Request::State { amplitudes, qubits } => {
                self.state(amplitudes, qubits, served).map_err(at_once)?;
                Ok(Some(self.numbers_from(0, bulk)))
            }
            Request::Numbers(from) => Ok(Some(self.numbers_from(from, bulk))),
            Request::Metric(index) => {
                let metric = served.stack().map_err(at_once)?.metric(index);
                Ok(Some(Reply::Metric(metric.map(Into::into))))
            }
            _ => Err(at_once(ErrorKind::Broken("a request that is not the stack's").into())),
        }
    }

    /// Nothing is asked of a stack that is lost, nor of a shot that has failed.
    fn check_alive(&mut self) -> core::result::Result<(), Failed> {
        if let Some(error) = &self.lost {
            return Err((error.clone(), true));
        }
        if let Shot::Failed { error, is_reported } = &mut self.shot {
            *is_reported = true;
            return Err((error.clone(), true));
        }
        Ok(())
    }

    fn note(&mut self, error: &Error) {
        if error.class() == Class::InstanceLost {
            self.lost = Some(error.clone());
        }
    }

    /// The shot goes no further.
    fn fail(&mut self, error: Error, is_reported: bool) {
        self.note(&error);
        // Whoever caused it has been told that all is well so far.
        let error = error.after_partial_work();
        self.shot = Shot::Failed { error, is_reported };
    }

    fn begin(&mut self, shot: ShotId, seed: Seed, served: &mut Served<'_, '_>) {
        self.end_quietly_if_any(served);
        self.shot = Shot::Running;
        let begun = match self.left_over.take() {
            Some(error) => Err(error),
            None => served.stack().and_then(|stack| stack.shot_begin(shot, seed)),
        };
        if let Err(error) = begun {
            self.fail(error, false);
        }
    }

    /// A client that begins a shot has ended the one before; if it has not, that one is over.
    fn end_quietly_if_any(&mut self, served: &mut Served<'_, '_>) {
        if !matches!(self.shot, Shot::None) {
            self.end_quietly(served);
        }
    }

    fn end(&mut self, wait: bool, served: &mut Served<'_, '_>) -> core::result::Result<(), Failed> {
        let shot = core::mem::replace(&mut self.shot, Shot::None);
        self.head = None;
        let ended = match (&shot, &self.lost) {
            (Shot::None, _) => Err(ErrorKind::State("no shot is running on the board").into()),
            (_, Some(_)) => Ok(()),
            (Shot::Running | Shot::Failed { .. }, None) => {
                served.stack().and_then(|stack| stack.shot_end())
            }
        };
        if let Err(error) = &ended {
            self.note(error);
        }
        match (shot, ended) {
            (Shot::Failed { error, is_reported: false }, _) => Err((error, true)),
            // Its own error is the one that was reported.
            (Shot::Failed { .. }, _) | (_, Ok(())) => Ok(()),
            (_, Err(error)) => Err((error, false)),
        }
        .or_else(|(error, is_late)| {
            if wait {
                return Err((error, is_late));
            }
            self.left_over = Some(error);
            Ok(())
        })
    }

    fn first_piece<'a>(
        &'a mut self,
        head: Head,
        bytes: &[u8],
        served: &'a mut Served<'_, '_>,
        bulk: &'a mut [u8],
    ) -> core::result::Result<Option<Reply<'a>>, Failed> {
        self.head = Some(head);
        self.word_count = 0;
        self.piece(bytes, served, bulk)
    }

    /// Takes in words of the batch, and carries it out after the last one.
    fn piece<'a>(
        &'a mut self,
        bytes: &[u8],
        served: &'a mut Served<'_, '_>,
        bulk: &'a mut [u8],
    ) -> core::result::Result<Option<Reply<'a>>, Failed> {
        let (words, rest) = bytes.as_chunks::<8>();
        let Some(head) = self.head else {
            self.fail(ErrorKind::Interface("words of a batch that has no head").into(), false);
            return Ok(None);
        };
        let total = head.words as usize;
        if !rest.is_empty() || words.len() > total - self.word_count.min(total) {
            self.fail(ErrorKind::Interface("more words than the batch's head says").into(), false);
            self.head = None;
            return if head.wait { self.check_alive().map(|()| None) } else { Ok(None) };
        }
        for (place, word) in self.words.iter_mut().skip(self.word_count).zip(words) {
            *place = u64::from_le_bytes(*word);
        }
        self.word_count += words.len();
        if self.word_count < total {
            return Ok(None);
        }
        self.head = None;
        if head.wait {
            self.check_alive()?;
        } else if self.lost.is_some() || matches!(self.shot, Shot::Failed { .. }) {
            return Ok(None);
        }
        match (self.apply(head, served), head.wait) {
            (Ok(()), true) => Ok(Some(self.outcomes_from(0, bulk.len()))),
            (Ok(()), false) => Ok(None),
            (Err(error), true) => {
                if error.class() == Class::Refused {
                    return Err((error, false));
                }
                self.fail(error.clone(), true);
                Err((error, false))
            }
            (Err(error), false) => {
                self.fail(error, false);
                Ok(None)
            }
        }
    }

    fn apply(&mut self, head: Head, served: &mut Served<'_, '_>) -> Result<()> {
        if matches!(self.shot, Shot::None) {
            return Err(ErrorKind::State("no shot is running on the board; begin one").into());
        }
        let (needed, available) = (u64::from(head.words), WORDS as u64);
        if needed > available {
            let what = "words of a batch on the board";
            return Err(ErrorKind::Capacity { what, needed, available }.into());
        }
        let raw = RawBatch {
            words: self.words.get(..self.word_count).unwrap_or(&[]),
            op_count: head.op_count,
            result_count: head.result_count,
            start: TimeNs(head.start_ns),
            length: DurationNs(head.length_ns),
            source: Source { issuer: head.issuer, depth: head.depth },
        };
        let batch = raw.check()?;
        let mut outcomes = Outcomes::new(&mut self.outcomes);
        outcomes.reserve(head.result_count)?;
        served.stack()?.apply(&batch, &mut outcomes)?;
        self.value_count = values_of(&batch, outcomes.as_slice(), &mut self.values)?;
        Ok(())
    }

    fn outcomes_from(&self, from: u32, most: usize) -> Reply<'_> {
        let total = u32::try_from(self.value_count).unwrap_or(u32::MAX);
        let values = self.values.get(..self.value_count).unwrap_or(&[]);
        let values = values.get(from as usize..).unwrap_or(&[]);
        Reply::Outcomes { total, values: values.get(..most).unwrap_or(values) }
    }
}

/// The values alone: id, kind and index follow from the batch, which both ends have.
fn values_of(batch: &Batch<'_>, outcomes: &[Outcome], values: &mut [u8]) -> Result<usize> {
    let wrong = || ErrorKind::Outcomes("outcomes that are not those of the batch's operations");
    let bearing = (0_u32..).zip(batch.ops()).filter(|(_, op)| op.kind().bears_result());
    if outcomes.len() != batch.result_count() as usize {
        return Err(wrong().into());
    }
    for (((index, op), outcome), place) in bearing.zip(outcomes).zip(values) {
        let is_its = outcome.id == op.result_id()
            && outcome.op_index == index
            && outcome.kind == op.kind() as u8
            && outcome.value <= LEAKED;
        if !is_its {
            return Err(Error::from(wrong()).at_op(index));
        }
        *place = u8::try_from(outcome.value).unwrap_or(u8::MAX);
    }
    Ok(outcomes.len())
}
