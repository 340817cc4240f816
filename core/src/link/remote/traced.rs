//! A stack at the other end of a line with taps in it: their records come over with every call.
//!
//! A call that goes over is waited for, and what was recorded meanwhile is fetched before it is back: so
//! the recorder sees everything in the order in which it would see it of a stack on this side. A batch
//! goes over in pieces whose own records fill half of the other end's ring at most; the other half is
//! for what error models add.

use super::session::{Options, Remote};
use super::set_up::{BuildStack, SetUp};
use crate::backend::{Backend, GateSet, Info, Metric, StateQuery, Verdict};
use crate::error::{Class, Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::link::LINK_ID;
use crate::link::client::Client;
use crate::link::errors::LinkError;
use crate::link::message::{Reply, Request};
use crate::link::pieces::{Pieces, Room};
use crate::op::{Batch, Outcomes};
use crate::trace::{RECORD_WORDS_MAX, Record, Recorder};
use embedded_io::{Read, Write};

/// A stack to be built with a tap at every joint below its top.
#[derive(Clone, Debug)]
pub struct BuildTapped<B> {
    /// The stack.
    pub stack: BuildStack<B>,
    /// The number of the joint above its top.
    pub top: u8,
    /// Bytes of the ring, once it is known.
    ring_bytes: u32,
}

impl<B> BuildTapped<B> {
    /// `stack` with taps, below a joint of this number.
    pub const fn new(stack: BuildStack<B>, top: u8) -> Self {
        Self { stack, top, ring_bytes: 0 }
    }
}

impl<B: AsRef<[u8]>> SetUp for BuildTapped<B> {
    fn set_up<IO: Read + Write, const FRAME: usize, const WINDOW: usize>(
        &mut self,
        client: &mut Client<IO, FRAME, WINDOW>,
    ) -> Result<()> {
        let asked = client.call(&Request::Taps { top: self.top }).map_err(Error::from)?;
        self.ring_bytes = match asked {
            Reply::Taps { ring_bytes } => ring_bytes,
            Reply::Failed(fault) => return Err(without_taps(&fault.error())),
            _ => return Err(LinkError::Nonsense.into()),
        };
        self.stack.set_up(client)
    }
}

/// What to say of firmware that knows no taps, or keeps no records.
#[cold]
fn without_taps(error: &Error) -> Error {
    // What a server says of a request that it cannot read.
    if error.code() != ErrorKind::Interface("").code() {
        return error.clone();
    }
    let old = "the board's firmware is older than taps";
    Error::from(ErrorKind::Unsupported(old)).in_layer(LINK_ID).with_text(format_args!(
        "the board's firmware is older than taps in its stack; build its resident image of this \
         release and write it to the board, or run without a trace"
    ))
}

/// A [`Remote`] whose taps' records go to `recorder`, as [`crate::trace::Tap`] records here.
#[derive(Debug)]
pub struct Traced<IO, B, R, const FRAME: usize, const WINDOW: usize> {
    remote: Remote<IO, BuildTapped<B>, FRAME, WINDOW>,
    recorder: R,
    /// How many joints have taps there.
    joints: usize,
    /// A record that has not come wholly.
    words: [u64; RECORD_WORDS_MAX],
    word_count: usize,
}

impl<IO: Read + Write, B: AsRef<[u8]>, R: Recorder, const FRAME: usize, const WINDOW: usize>
    Traced<IO, B, R, FRAME, WINDOW>
{
    /// Begins a session and has the stack built. `joints`: how many joints it has below its top.
    ///
    /// # Errors
    /// As [`Remote::open`], and [`ErrorKind::Unsupported`] if the other end has no taps.
    pub fn open(
        client: Client<IO, FRAME, WINDOW>,
        set_up: BuildTapped<B>,
        joints: usize,
        recorder: R,
    ) -> Result<Self> {
        let options = Options { wait_for_each: true, ..Options::default() };
        let remote = Remote::open(client, set_up, options)?;
        Ok(Self { remote, recorder, joints, words: [0; RECORD_WORDS_MAX], word_count: 0 })
    }

    /// The stack.
    pub const fn remote_mut(&mut self) -> &mut Remote<IO, BuildTapped<B>, FRAME, WINDOW> {
        &mut self.remote
    }

    /// Fetches what was recorded until nothing waits.
    fn fetch(&mut self) -> Result<()> {
        if !self.remote.client_mut().is_open() {
            // What was recorded went with its session.
            self.word_count = 0;
            return Ok(());
        }
        loop {
            let Self { remote, recorder, words, word_count, .. } = self;
            let Reply::Records { waiting, bytes } = remote.call(&Request::Records)? else {
                return Err(self.remote.nonsense());
            };
            let (new, rest) = bytes.as_chunks::<8>();
            let is_sound = rest.is_empty()
                && new.iter().all(|word| {
                    take_in(u64::from_le_bytes(*word), words, word_count, recorder).is_ok()
                });
            let (is_last, is_whole) = (waiting == 0, *word_count == 0);
            if !is_sound || (is_last && !is_whole) || (!is_last && new.is_empty()) {
                self.word_count = 0;
                return Err(self.remote.nonsense());
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// After `done`. What the call says comes first, but for a refusal: that the shot is lost is worse.
    fn with_records(&mut self, done: Result<()>) -> Result<()> {
        match (done, self.fetch()) {
            (Err(error), Err(lost)) if error.class() == Class::Refused => Err(lost),
            (Ok(()), fetched) => fetched,
            (Err(error), _) => Err(error),
        }
    }

    /// How many words of operations go over at a time.
    fn words_at_a_time(&self, batch: &Batch<'_>) -> usize {
        let half = self.remote.set_up.ring_bytes as usize / 8 / 2;
        // The shortest operation has two words, and seven more in a record.
        let most = half / self.joints.max(1) * 2 / 9;
        let longest = batch.ops().iter().map(|op| op.words().len()).max();
        most.max(longest.unwrap_or(0))
    }
}

/// Adds a word to the record that is coming in, and hands it over if that was its last one.
fn take_in(
    word: u64,
    words: &mut [u64; RECORD_WORDS_MAX],
    word_count: &mut usize,
    recorder: &mut impl Recorder,
) -> Result<()> {
    let first = if *word_count == 0 { word } else { words[0] };
    let length = Record::words_of_head(first)?;
    if let Some(place) = words.get_mut(*word_count) {
        *place = word;
    }
    *word_count += 1;
    if *word_count == length {
        *word_count = 0;
        let (record, _) = Record::decode(words.get(..length).unwrap_or(&[]))?;
        recorder.record(record.at, core::iter::once(record.event));
    }
    Ok(())
}

impl<IO: Read + Write, B: AsRef<[u8]>, R: Recorder, const FRAME: usize, const WINDOW: usize> Backend
    for Traced<IO, B, R, FRAME, WINDOW>
{
    fn id(&self) -> &str {
        self.remote.id()
    }

    fn info(&self) -> Info {
        self.remote.info()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        self.remote.negotiate(gates, verdicts)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.word_count = 0;
        let begun = self.remote.shot_begin(shot, seed);
        self.with_records(begun)
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        outcomes.reserve(batch.result_count())?;
        let room = Room { words: self.words_at_a_time(batch), results: u32::MAX };
        for piece in Pieces::new(batch, room)? {
            let had = outcomes.len();
            let done = self.remote.apply(&piece.batch, outcomes);
            for outcome in outcomes.as_mut_slice().iter_mut().skip(had) {
                outcome.op_index += piece.first_op;
            }
            self.with_records(done).map_err(|error| {
                let error = error.shift_op(piece.first_op);
                if piece.first_op > 0 { error.after_partial_work() } else { error }
            })?;
        }
        Ok(())
    }

    fn shot_end(&mut self) -> Result<()> {
        let ended = self.remote.shot_end();
        self.with_records(ended)
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.remote.metric(index)
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        self.remote.state(query, out)
    }

    fn state_digest(&mut self) -> Result<u64> {
        self.remote.state_digest()
    }

    fn cancel(&self) {
        self.remote.cancel();
    }
}
