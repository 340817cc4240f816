//! A backend whose other half is behind a line.
//!
//! Batches without outcomes are sent and not waited for, so that the line is what limits them. An
//! error of such a batch shows at the next one that is waited for, or at the end of the shot, and
//! then costs the shot; so a batch that might be refused is waited for.
//! A shot whose session is lost is lost: it is reported, and the next one begins a session anew. It
//! is not replayed, since only the caller knows whether it still wants it; shots are addressable, so
//! that the caller can run it again by its number.

use super::client::{Client, Stats};
use super::errors::LinkError;
use super::message::{self, GateLine, Head, Limits, Reply, Request};
use super::pieces::{Piece, Pieces, Room};
use super::remote_set_up::SetUp;
use super::server_shot::GATES_MAX;
use crate::backend::{
    Backend, Caps, GateDef, GateSet, Info, Metric, MetricValue, StateQuery, Threading, Verdict,
};
use crate::error::{Class, Error, ErrorKind, LAYER_BYTES, Result};
use crate::ids::{Seed, ShotId};
use crate::op::check::check_operands;
use crate::op::gates::by_slot;
use crate::op::outcome::LEAKED;
use crate::op::{Batch, Op, OpKind, Outcome, Outcomes};
use core::cell::{Cell, RefCell};
use embedded_io::{Read, Write};
use heapless::{String, Vec};

/// Most metrics of a stack behind a line.
const METRICS_MAX: usize = 64;
/// Most bytes of records in one frame.
const CHUNK_BYTES: usize = 1024;
/// Bytes of a message that carries records, beside them.
const HEAD_BYTES: usize = 64;
/// Gates with so many parameters are matrices, which must be unitary.
const MATRIX_PARAMS_MIN: usize = 8;

/// How a [`Remote`] goes about its work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Every batch is waited for, so that every refusal comes at once and costs nothing. Slow.
    pub wait_for_each: bool,
    /// Acknowledgements may not be heard, but answers are: so a batch is waited for before more are
    /// under way than may be.
    pub answers_only: bool,
}

/// The shot, as far as it is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shot {
    None,
    Running,
    /// Only its end may follow.
    Lost,
}

/// What a metric is called, and its last known value.
#[derive(Debug)]
struct MetricName {
    part: String<LAYER_BYTES>,
    name: String<LAYER_BYTES>,
    last: Cell<MetricValue>,
}

/// The stack at the other end of a line, as a backend.
#[derive(Debug)]
pub struct Remote<IO, S, const FRAME: usize, const WINDOW: usize> {
    /// Metrics are read through a shared reference.
    client: RefCell<Client<IO, FRAME, WINDOW>>,
    set_up: S,
    options: Options,
    id: String<LAYER_BYTES>,
    info: Info,
    /// Built-in gates that were announced, and those of them that can be done.
    announced: u64,
    accepted: u64,
    metrics: Vec<MetricName, METRICS_MAX>,
    shot: Shot,
    /// Something was sent in this shot that nobody has answered for.
    is_unconfirmed: bool,
    lost: Option<Error>,
}

impl<IO: Read + Write, S: SetUp, const FRAME: usize, const WINDOW: usize>
    Remote<IO, S, FRAME, WINDOW>
{
    /// Begins a session and prepares the other end.
    ///
    /// # Errors
    /// If nobody answers, the versions do not fit, or the stack cannot be had.
    pub fn open(client: Client<IO, FRAME, WINDOW>, set_up: S, options: Options) -> Result<Self> {
        let threading = Threading::Sendable;
        let mut remote = Self {
            client: RefCell::new(client),
            set_up,
            options,
            id: String::new(),
            info: Info { qubit_count: 0, op_kinds: 0, caps: Caps::NONE, threading },
            announced: 0,
            accepted: 0,
            metrics: Vec::new(),
            shot: Shot::None,
            is_unconfirmed: false,
            lost: None,
        };
        remote.begin_session()?;
        Ok(remote)
    }

    /// What went over the line so far.
    pub fn stats(&self) -> Stats {
        self.client.borrow().stats()
    }

    /// How much the other end has room for.
    pub fn limits(&self) -> Limits {
        self.client.borrow().limits()
    }

    /// The client, for what is no backend's business.
    pub fn client_mut(&mut self) -> &mut Client<IO, FRAME, WINDOW> {
        self.client.get_mut()
    }

    /// The line, for who opens another one.
    pub fn into_io(self) -> IO {
        self.client.into_inner().into_io()
    }

    fn begin_session(&mut self) -> Result<()> {
        let first = self.id.is_empty();
        let before = (self.info, self.accepted);
        let client = self.client.get_mut();
        client.open()?;
        self.set_up.set_up(client)?;
        match client.call(&Request::Info)? {
            Reply::Info(line) => {
                self.info = line.info();
                self.id = fitting(line.id);
            }
            Reply::Failed(fault) => return Err(fault.error()),
            _ => return Err(LinkError::Nonsense.into()),
        }
        self.announce_again()?;
        self.list_metrics()?;
        if !first && before != (self.info, self.accepted) {
            let other = "the board came back with a stack that can do other things";
            let error = Error::from(ErrorKind::LinkDown(other)).in_layer(super::LINK_ID);
            self.lost = Some(error.clone());
            return Err(error);
        }
        Ok(())
    }

    fn announce_again(&mut self) -> Result<()> {
        let (announced, mut gates) = (self.announced, Vec::<GateDef<'_>, 64>::new());
        for slot in (0..64).filter(|slot| announced >> slot & 1 == 1) {
            // There is room for every slot.
            let _ = gates.push(GateDef::built_in(slot)?);
        }
        let mut verdicts = [Verdict::Reject; 64];
        self.accepted = 0;
        self.announce(&gates, verdicts.get_mut(..gates.len()).unwrap_or(&mut []))
    }

    /// Announces gates that have a meaning without their announcer. The others stay rejected.
    fn announce(&mut self, gates: &[GateDef<'_>], verdicts: &mut [Verdict]) -> Result<()> {
        verdicts.fill(Verdict::Reject);
        let mut known = (0..gates.len()).filter(|at| is_built_in(&gates[*at])).peekable();
        while known.peek().is_some() {
            let mut places = Vec::<usize, GATES_MAX>::new();
            let (mut bytes, mut len) = ([0; CHUNK_BYTES], 0);
            while let Some(&at) = known.peek()
                && !places.is_full()
            {
                let GateDef { slot, id, qubit_count, param_count, .. } = gates[at];
                let line = GateLine { slot, qubit_count, param_count, id };
                let most = self.payload_bytes().saturating_sub(8).min(CHUNK_BYTES);
                let Some(written) = bytes
                    .get_mut(len..most)
                    .and_then(|room| message::write(&line, room))
                    .map(<[u8]>::len)
                else {
                    break;
                };
                len += written;
                let _ = places.push(at);
                known.next();
            }
            if places.is_empty() {
                return Err(LinkError::Nonsense.into());
            }
            let reply = self.call(&Request::Negotiate(&bytes[..len]))?;
            let Reply::Verdicts(given) = reply else { return Err(LinkError::Nonsense.into()) };
            let mut got = [Verdict::Reject; GATES_MAX];
            let wrong = given.len() != places.len();
            for (place, number) in got.iter_mut().zip(given) {
                *place = Verdict::from_number(*number).ok_or(LinkError::Nonsense)?;
            }
            if wrong {
                return Err(LinkError::Nonsense.into());
            }
            for (at, verdict) in places.iter().zip(got) {
                verdicts[*at] = verdict;
                let bit = 1 << gates[*at].slot;
                self.announced |= bit;
                self.accepted |= if verdict == Verdict::Reject { 0 } else { bit };
            }
        }
        Ok(())
    }

    fn payload_bytes(&mut self) -> usize {
        self.client.get_mut().limits().payload_bytes as usize
    }

    /// Waits for a reply, which confirms all that was sent before it.
    fn call(&mut self, request: &Request<'_>) -> Result<Reply<'_>> {
        let Self { client, shot, is_unconfirmed, lost, .. } = self;
        match client.get_mut().call(request) {
            Ok(Reply::Failed(fault)) => {
                let error = fault.error();
                note(&error, shot, lost);
                Err(error)
            }
            Ok(reply) => {
                *is_unconfirmed = false;
                Ok(reply)
            }
            Err(error) => Err(link_error(error, shot, lost)),
        }
    }

    fn post(&mut self, request: &Request<'_>) -> Result<()> {
        let Self { client, shot, is_unconfirmed, lost, .. } = self;
        *is_unconfirmed = true;
        client.get_mut().post(request).map_err(|error| link_error(error, shot, lost))
    }

    fn list_metrics(&mut self) -> Result<()> {
        self.metrics.clear();
        for index in 0.. {
            let Reply::Metric(metric) = self.call(&Request::Metric(index))? else {
                return Err(LinkError::Nonsense.into());
            };
            let Some(line) = metric else { return Ok(()) };
            let (part, name) = (fitting(line.part), fitting(line.name));
            let last = Cell::new(line.value.into());
            self.metrics.push(MetricName { part, name, last }).map_err(|_| {
                let (what, available) = ("metrics of a stack on a board", METRICS_MAX as u64);
                ErrorKind::Capacity { what, needed: available + 1, available }
            })?;
        }
        Ok(())
    }

    fn check_running(&self) -> Result<()> {
        if let Some(error) = &self.lost {
            return Err(error.clone());
        }
        let wrong = match self.shot {
            Shot::Running => return Ok(()),
            Shot::None => "no shot is running; begin one first",
            Shot::Lost => "the shot is lost; only its end may follow",
        };
        Err(Error::from(ErrorKind::State(wrong)).in_layer(super::LINK_ID))
    }

    /// Sends one piece, waits for it if need be, and adds its outcomes.
    fn apply_piece(&mut self, piece: &Piece<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
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

    /// A reply that makes no sense: the other end cannot be relied on in this shot.
    fn nonsense(&mut self) -> Error {
        link_error(LinkError::Nonsense, &mut self.shot, &mut self.lost)
    }

    /// Whether the other end may refuse an operation, as far as can be seen from here.
    fn may_be_refused(&self, op: Op<'_>) -> bool {
        if self.info.op_kinds & op.kind().bit() == 0
            || check_operands(op, self.info.qubit_count).is_err()
        {
            return true;
        }
        match op.kind() {
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

/// A gate that needs no announcer to have a meaning.
fn is_built_in(gate: &GateDef<'_>) -> bool {
    gate.slot < 64 && by_slot(gate.slot).is_some_and(|known| known.id == gate.id)
}

/// As much of `text` as there is room for.
fn fitting(text: &str) -> String<LAYER_BYTES> {
    let mut out = String::new();
    let len = text.floor_char_boundary(LAYER_BYTES.min(text.len()));
    // It fits: it was cut to the capacity.
    let _ = out.push_str(text.get(..len).unwrap_or(""));
    out
}

/// What an error of the other end costs.
fn note(error: &Error, shot: &mut Shot, lost: &mut Option<Error>) {
    match error.class() {
        Class::Refused => {}
        Class::ShotLost => lose(shot),
        Class::InstanceLost => {
            lose(shot);
            *lost = Some(error.clone());
        }
    }
}

/// What an error of the link costs.
fn link_error(error: LinkError, shot: &mut Shot, lost: &mut Option<Error>) -> Error {
    let error = Error::from(error);
    note(&error, shot, lost);
    error
}

fn lose(shot: &mut Shot) {
    if *shot == Shot::Running {
        *shot = Shot::Lost;
    }
}

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
            return Err(Error::from(wrong).in_layer(super::LINK_ID));
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
            let had = outcomes.len();
            let done = self.apply_piece(&piece, outcomes);
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
        Ok(())
    }

    fn shot_end(&mut self) -> Result<()> {
        if let Some(error) = &self.lost {
            return Err(error.clone());
        }
        let shot = core::mem::replace(&mut self.shot, Shot::None);
        if shot == Shot::None {
            let wrong = ErrorKind::State("no shot is running; begin one first");
            return Err(Error::from(wrong).in_layer(super::LINK_ID));
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
        let known = self.metrics.get(index as usize)?;
        if self.lost.is_none()
            && let Ok(mut client) = self.client.try_borrow_mut()
            && client.is_open()
            && let Ok(Reply::Metric(Some(line))) = client.call(&Request::Metric(index))
        {
            known.last.set(line.value.into());
        }
        Some(Metric { part: &known.part, name: &known.name, value: known.last.get() })
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

impl<IO: Read + Write, S: SetUp, const FRAME: usize, const WINDOW: usize>
    Remote<IO, S, FRAME, WINDOW>
{
    fn check_queryable(&mut self) -> Result<()> {
        if let Some(error) = &self.lost {
            return Err(error.clone());
        }
        if self.client.get_mut().is_open() { Ok(()) } else { Err(LinkError::SessionLost.into()) }
    }
}
