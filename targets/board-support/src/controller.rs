//! What a controller board runs for good: the shots, on standard output, and in the log the stack that
//! they needed.

use crate::console::Console;
use crate::refused::Refused;
use crate::stack;
use pandia_tight_loop::{CONTROLLER_STATE_BYTES, run_controller};

/// Runs all shots.
pub(crate) fn run(console: &mut Console) -> Result<(), Refused> {
    let mut is_gone = false;
    let bytes = stack::needed(|| run_controller(&mut |line| is_gone |= !console.print(line)))
        .map_err(|error| Refused(Some(error)))?;
    defmt::info!("stack {=usize} with {=usize} of state", bytes, CONTROLLER_STATE_BYTES);
    if is_gone { Err(Refused(None)) } else { Ok(()) }
}
