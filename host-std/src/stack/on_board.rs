//! A stack whose lower part is on a board: the simulator, and the error models next to it.

use pandia_core::part::Setting;

use super::error::StackError;
use super::part::BoxedBackend;
use super::plan::{Placed, Shape, StackPlan};
use crate::link::{Address, BoardStack, Parts};

/// What of a stack is on a board, and on which.
#[derive(Clone, Debug)]
pub(super) struct OnBoard {
    board: BoardStack,
    /// How many error models, counted from the simulator.
    pub(super) noise_count: usize,
}

impl StackPlan {
    /// The same stack with the simulator and the `noise_count` error models next to it on a board.
    /// Random streams stay what they are, so the outcomes do too.
    #[must_use]
    pub fn onto_board(mut self, board: BoardStack, noise_count: usize) -> Self {
        let noise_count = noise_count.min(self.noise().len());
        self.set_board(OnBoard { board, noise_count });
        self
    }

    /// The board that a part of the stack is on.
    #[must_use]
    pub fn board(&self) -> Option<&Address> {
        self.on_board().map(|on| on.board.address())
    }
}

impl OnBoard {
    /// Builds the lower part: `simulator`, and of `noise` (top-down) the last ones.
    pub(super) fn build(
        &self,
        simulator: &Placed,
        noise: &[Placed],
        shape: Shape,
    ) -> Result<BoxedBackend, StackError> {
        let mut parts = Parts::default();
        let mut described = Ok(());
        let above = noise.iter().rev().take(self.noise_count);
        for placed in core::iter::once(simulator).chain(above) {
            placed.with_config(shape, |config| {
                let settings: &[Setting<'_>] = config.settings;
                described = described
                    .clone()
                    .and_then(|()| parts.add(placed.part().spec.id, placed.stream(), settings));
            });
        }
        let built = described.and_then(|()| self.board.build(shape.qubit_count, &parts));
        built.map_err(|error| StackError::Refused {
            part: self.board.address().to_string(),
            error: Box::new(error),
            place: None,
            help: Some("pandia board parts and pandia board memory show what it has".to_owned()),
        })
    }
}
