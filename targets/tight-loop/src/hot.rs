//! What carries out a batch in the loop. `cargo xtask size` follows every branch from the functions
//! of this module, one for each stack: no panic, no allocation, no call through a pointer.

use pandia_core::Result;
use pandia_core::backend::Backend;
use pandia_core::op::{Batch, Outcomes};

#[inline(never)]
pub(crate) fn apply<B: Backend>(
    stack: &mut B,
    batch: &Batch<'_>,
    outcomes: &mut Outcomes<'_>,
) -> Result<()> {
    stack.apply(batch, outcomes)
}
