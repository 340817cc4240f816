//! What frames carry: requests and their replies, written by `postcard` (whole numbers as varints,
//! texts and bytes with their length in front). New variants are appended, and none changes.
//!
//! Operations travel as they lie in memory: records of 8-byte words, little-endian. Times are
//! nanoseconds, angles radians, real numbers their bits.
//! Not here: frames ([`super::frame`]), and what is done with a message.

mod lines;

pub use lines::{
    Build, GateLine, Head, InfoLine, Limits, MatrixLine, MetricLine, MetricNumber, ModuleLine,
    PartChoice, PartLine, RegionLine, SettingLine, ValueLine, Welcome,
};

use crate::error::{Error, NO_OP};
use heapless::String;
use serde::{Deserialize, Serialize};

/// From the client to the server.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request<'a> {
    /// Begins a session; always with the sequence number 0. A shot of an earlier session is ended.
    Hello,
    /// Answered by [`Reply::Pong`] with the same number.
    Ping(u32),
    /// Describe the resident part of this index.
    Part(u32),
    /// Describe the region of memory of this index.
    Region(u32),
    /// Describe the module of this index.
    Module(u32),
    /// Build a stack out of resident parts.
    #[serde(borrow)]
    Build(Build<'a>),
    /// What can the stack do?
    Info,
    /// Gates that may come: [`GateLine`]s, one after the other.
    Negotiate(&'a [u8]),
    /// Begin a shot. No reply; a failure shows in the next one.
    ShotBegin {
        /// Its number.
        shot: u64,
        /// The run's seed.
        seed: u64,
    },
    /// A batch, and the first bytes of its records.
    Apply(Head, &'a [u8]),
    /// More bytes of the batch's records. After the last one the batch is carried out.
    More(&'a [u8]),
    /// Outcomes of the last batch, from this one on.
    Outcomes(u32),
    /// End the shot; with a reply only if one is waited for.
    ShotEnd {
        /// Whether a reply is waited for.
        wait: bool,
    },
    /// The digest of the state.
    StateDigest,
    /// Numbers of the state.
    State {
        /// Amplitudes, or probabilities.
        amplitudes: bool,
        /// The qubits, four bytes each.
        qubits: &'a [u8],
    },
    /// Numbers of the last state query, from this one on.
    Numbers(u32),
    /// The metric of this index.
    Metric(u32),
    /// Bytes of a module image.
    Load {
        /// Where they belong.
        offset: u32,
        /// How long the image is.
        total: u32,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// The same for the slot of this index, whatever is there.
    LoadTo {
        /// The slot.
        slot: u32,
        /// Where they belong.
        offset: u32,
        /// How long the image is.
        total: u32,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// Empty the slot of this index.
    Erase(u32),
    /// Put taps into the stack that is built next, one at every joint below its top, and forget what
    /// was recorded so far.
    Taps {
        /// The number of the joint above its top, as records name it; those below follow.
        top: u8,
    },
    /// What the taps have recorded and was not fetched yet.
    Records,
    /// Have room for the matrices of a gate of the client's own, and forget those that are there.
    GateRoom {
        /// The gate's slot.
        slot: u16,
        /// How many qubits.
        qubit_count: u8,
        /// How many parameters.
        param_count: u8,
    },
    /// Words of one of its matrices.
    Matrix(MatrixLine, &'a [u8]),
    /// A gate of the client's own that may come. Its matrices come before the batches that need them;
    /// that of a gate without parameters has come.
    OwnGate(GateLine<'a>),
}

/// From the server to the client.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply<'a> {
    /// To [`Request::Hello`].
    #[serde(borrow)]
    Hello(Welcome<'a>),
    /// To [`Request::Ping`].
    Pong(u32),
    /// A part, or none any more.
    Part(Option<PartLine<'a>>),
    /// A region of memory, or none any more.
    Region(Option<RegionLine<'a>>),
    /// A module, or none any more.
    Module(Option<ModuleLine<'a>>),
    /// What the stack can do: to [`Request::Build`] and [`Request::Info`].
    Info(InfoLine<'a>),
    /// A verdict for each gate, a byte each.
    Verdicts(&'a [u8]),
    /// It is done.
    Done,
    /// Values of outcomes, a byte each: as many as fit of the batch's `total`.
    Outcomes {
        /// How many the batch has.
        total: u32,
        /// The values.
        values: &'a [u8],
    },
    /// The digest of the state.
    Digest(u64),
    /// Numbers of the state, 8 bytes each: as many as fit of `total`.
    Numbers {
        /// How many there are.
        total: u32,
        /// The numbers.
        bytes: &'a [u8],
    },
    /// A metric, or none any more.
    Metric(Option<MetricLine<'a>>),
    /// It failed.
    Failed(Fault<'a>),
    /// There will be taps.
    Taps {
        /// Bytes of the ring that they record to.
        ring_bytes: u32,
    },
    /// Words of records (`docs/trace.md`), 8 bytes each: as many as fit. A record may come in pieces.
    Records {
        /// Bytes that are still to be fetched.
        waiting: u32,
        /// The words.
        bytes: &'a [u8],
    },
    /// There is room.
    GateRoom {
        /// For how many matrices at a time; 0 where gates of the client's own are not taken.
        places: u32,
    },
}

/// An error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault<'a> {
    /// Its code, whose range says what is lost.
    pub code: i32,
    /// Index of the operation in its batch.
    pub op_index: Option<u32>,
    /// Which layer raised it.
    pub layer: &'a str,
    /// Its words.
    pub text: &'a str,
    /// Whether it belongs to something sent before what is answered.
    pub is_late: bool,
}

/// Writes `message` into `out`; `None` if there is no room.
#[must_use]
pub fn write<'o, T: Serialize>(message: &T, out: &'o mut [u8]) -> Option<&'o [u8]> {
    postcard::to_slice(message, out).ok().map(|written| &*written)
}

/// Reads a message that fills `bytes` wholly.
#[must_use]
pub fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    let (message, rest) = postcard::take_from_bytes(bytes).ok()?;
    rest.is_empty().then_some(message)
}

/// The messages that stand one after the other in `bytes`, and `None` where one is malformed.
pub fn read_all<'a, T: Deserialize<'a>>(mut bytes: &'a [u8]) -> impl Iterator<Item = Option<T>> {
    core::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        match postcard::take_from_bytes(bytes) {
            Ok((message, rest)) if rest.len() < bytes.len() => {
                bytes = rest;
                Some(Some(message))
            }
            Ok(_) | Err(_) => {
                bytes = &[];
                Some(None)
            }
        }
    })
}

/// More than the words of any error.
pub(super) const FAULT_TEXT_BYTES: usize = 256;

/// An error in the form that travels; `text` holds its words meanwhile.
pub(super) fn fault<'a>(
    error: &'a Error,
    text: &'a mut String<FAULT_TEXT_BYTES>,
    is_late: bool,
) -> Fault<'a> {
    // There is room for more words than an error has.
    let _ = error.write_text(text);
    let op_index = error.op_index();
    Fault { code: error.code(), op_index, layer: error.layer(), text, is_late }
}

impl Fault<'_> {
    /// The error. One that came late belongs to no operation of the batch that learns of it.
    #[must_use]
    pub fn error(&self) -> Error {
        let op_index = self.op_index.filter(|index| *index != NO_OP);
        if self.is_late {
            return Error::foreign(self.code, None, self.layer, "")
                .with_text(format_args!("earlier in the shot: {}", self.text));
        }
        Error::foreign(self.code, op_index, self.layer, self.text)
    }
}
