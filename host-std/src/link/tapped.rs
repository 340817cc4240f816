//! Taps in a stack that is on a board: asked for when it is built, their records fetched as it runs.

use pandia_core::Error;
use pandia_core::link::{BuildStack, BuildTapped, Traced};

use super::board::{AnsweringWire, Board, FRAME_BYTES, WINDOW};
use super::wire::Wire;
use crate::stack::BoxedBackend;
use crate::trace::SideRecorder;

/// A stack on a board whose taps' records come over, as a backend like any other.
type Tapped<IO> = Traced<IO, Vec<u8>, SideRecorder, FRAME_BYTES, WINDOW>;

/// What is to be tapped of a stack on a board: every joint below its top.
#[derive(Debug)]
pub(crate) struct Taps {
    /// The number of the joint above its top.
    pub(crate) top: u8,
    /// How many joints it has below that; one at least.
    pub(crate) joints: usize,
    /// Where the records go.
    pub(crate) recorder: SideRecorder,
}

impl Board {
    /// As [`Board::into_backend`], with taps.
    pub(super) fn into_tapped(
        self,
        qubit_count: u32,
        parts: Vec<u8>,
        taps: Taps,
    ) -> Result<Tapped<Wire>, Error> {
        let Taps { top, joints, recorder } = taps;
        let set_up = BuildTapped::new(BuildStack { qubit_count, parts }, top);
        Traced::open(*self.client, set_up, joints, recorder)
    }

    /// As [`Board::into_backend_over`], with taps.
    pub(super) fn into_tapped_over(
        self,
        qubit_count: u32,
        parts: Vec<u8>,
        below: BoxedBackend,
        taps: Taps,
    ) -> Result<Tapped<AnsweringWire>, Error> {
        let Taps { top, joints, recorder } = taps;
        let set_up = BuildTapped::new(BuildStack { qubit_count, parts }, top);
        Traced::open(self.into_answering(below)?, set_up, joints, recorder)
    }
}
