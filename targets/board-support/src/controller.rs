//! What a controller board runs for good: the shots, on standard output, and in the log the stack that
//! they needed.

use crate::console::Console;
use crate::refused::Refused;
use crate::stack;
use pandia_tight_loop::{Ended, run_controller};

/// Runs all shots.
pub(crate) fn run(console: &mut Console) -> Result<(), Refused> {
    let bytes = stack::needed(|| run_controller(console)).map_err(|ended| match ended {
        Ended::Refused(error) => Refused(Some(error)),
        Ended::Console => Refused(None),
    })?;
    defmt::info!("stack {=usize}", bytes);
    Ok(())
}
