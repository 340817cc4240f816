//! What the server does with its stack: the begin and the end of shots, and requests that are carried out
//! only while the one that runs is sound.
//!
//! A batch that nobody waits for and that fails leaves the shot *failed*: what follows in it is
//! skipped, and whoever waits next gets the error, marked as late.

use super::desk::{Served, info_line};
use super::gates::{GateRooms, negotiate, negotiate_own};
use crate::error::{Class, Error, ErrorKind};
use crate::ids::{Seed, ShotId};
use crate::link::message::{Head, Reply, Request};
use crate::op::Outcome;

/// Why a request failed, and whether that belongs to something sent before it.
pub(super) type Failed = (Error, bool);

/// A shot, as far as the client can know.
#[cfg_attr(
    not(any(feature = "alloc", all(target_os = "none", target_has_atomic = "8"))),
    expect(
        clippy::large_enum_variant,
        reason = "one exists, and there is no other place for the error"
    )
)]
#[derive(Clone, Debug)]
pub(super) enum Shot {
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
    pub(super) shot: Shot,
    /// The stack may only be replaced.
    pub(super) lost: Option<Error>,
    /// What went wrong when the last shot was ended without anybody waiting.
    left_over: Option<Error>,
    pub(super) head: Option<Head>,
    pub(super) words: [u64; WORDS],
    pub(super) word_count: usize,
    pub(super) outcomes: [Outcome; RESULTS],
    pub(super) values: [u8; RESULTS],
    pub(super) value_count: usize,
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
    ) -> Result<Option<Reply<'a>>, Failed> {
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
    pub(super) fn check_alive(&mut self) -> Result<(), Failed> {
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
    pub(super) fn fail(&mut self, error: Error, is_reported: bool) {
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

    fn end(&mut self, wait: bool, served: &mut Served<'_, '_>) -> Result<(), Failed> {
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
}
