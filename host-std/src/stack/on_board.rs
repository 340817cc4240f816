//! A stack of which a part is on a board: the error models next to the simulator, and the simulator
//! itself unless that stays here.

use pandia_core::Error;
use pandia_core::part::Setting;

use super::error::StackError;
use super::part::BoxedBackend;
use super::plan::{Placed, Shape, StackPlan};
use crate::link::{Address, BoardStack, Parts, Taps};
use crate::trace::Capture;

/// What of a stack is on a board, and on which.
#[derive(Clone, Debug)]
pub(super) struct OnBoard {
    board: BoardStack,
    /// How many error models, counted from the simulator.
    pub(super) noise_count: usize,
    pub(super) has_simulator: bool,
}

impl StackPlan {
    /// The same stack with the simulator and the `noise_count` error models next to it on a board.
    /// Random streams stay what they are, so the outcomes do too.
    #[must_use]
    pub fn onto_board(mut self, board: BoardStack, noise_count: usize) -> Self {
        let noise_count = noise_count.min(self.noise().len());
        self.set_board(OnBoard { board, noise_count, has_simulator: true });
        self
    }

    /// The same stack with the `noise_count` error models next to the simulator on a board, and the
    /// simulator here. Random streams stay what they are, so the outcomes do too.
    #[must_use]
    pub fn noise_onto_board(mut self, board: BoardStack, noise_count: usize) -> Self {
        let noise_count = noise_count.min(self.noise().len());
        self.set_board(OnBoard { board, noise_count, has_simulator: false });
        self
    }

    /// Asks that every wait for a board ends early. A request, not a promise; it is taken back when
    /// the stack is built.
    pub fn cancel(&self) {
        if let Some(on) = self.on_board() {
            on.board.cancel();
        }
    }

    /// The board that a part of the stack is on.
    #[must_use]
    pub fn board(&self) -> Option<&Address> {
        self.on_board().map(|on| on.board.address())
    }
}

impl OnBoard {
    /// Builds what is on the board: `simulator`, and of `noise` (top-down) the last ones. With taps of
    /// `capture` below joint `top`, which is above it.
    pub(super) fn build(
        &self,
        simulator: &Placed,
        noise: &[Placed],
        shape: Shape,
        capture: Option<(&Capture, u8)>,
    ) -> Result<BoxedBackend, StackError> {
        let described = described(Parts::default(), Some(simulator), self.of(noise), shape);
        let build = |parts| self.board.build(shape.qubit_count, &parts, self.taps(capture));
        self.told(described.and_then(build))
    }

    /// The taps that it gets: none where nothing lies between parts.
    fn taps(&self, capture: Option<(&Capture, u8)>) -> Option<Taps> {
        let (capture, top) = capture.filter(|_| self.noise_count > 0)?;
        Some(Taps { top, joints: self.noise_count, recorder: capture.stack_side() })
    }

    /// Builds what is on the board over `simulator`, which is here: of `noise` (top-down) the last
    /// ones.
    pub(super) fn build_over(
        &self,
        simulator: BoxedBackend,
        noise: &[Placed],
        shape: Shape,
        capture: Option<(&Capture, u8)>,
    ) -> Result<BoxedBackend, StackError> {
        let parts = Parts::over_the_desktop();
        let described = parts.and_then(|parts| described(parts, None, self.of(noise), shape));
        let taps = self.taps(capture);
        let build = |parts| self.board.build_over(simulator, shape.qubit_count, &parts, taps);
        self.told(described.and_then(build))
    }

    /// Those of `noise` (top-down) that are on the board, from the simulator upwards.
    fn of<'p>(&self, noise: &'p [Placed]) -> impl Iterator<Item = &'p Placed> + use<'p> {
        noise.iter().rev().take(self.noise_count)
    }

    fn told(&self, built: Result<BoxedBackend, Error>) -> Result<BoxedBackend, StackError> {
        built.map_err(|error| StackError::Refused {
            part: self.board.address().to_string(),
            error: Box::new(error),
            place: None,
            help: Some("pandia board parts and pandia board memory show what it has".to_owned()),
        })
    }
}

/// The descriptions of `first` and `above`, from the simulator upwards, behind those of `parts`.
fn described<'p>(
    mut parts: Parts,
    first: Option<&'p Placed>,
    above: impl Iterator<Item = &'p Placed>,
    shape: Shape,
) -> Result<Parts, Error> {
    for placed in first.into_iter().chain(above) {
        placed.with_config(shape, |config| {
            let settings: &[Setting<'_>] = config.settings;
            parts.add(placed.part().spec.id, placed.stream(), settings)
        })?;
    }
    Ok(parts)
}
