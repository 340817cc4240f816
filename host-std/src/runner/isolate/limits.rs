//! What the system lets a worker process have.

use super::ending::MIB;
use crate::runner::RunError;

/// Whether this system can do so.
pub(super) const CAN_LIMIT_MEMORY: bool = cfg!(any(target_os = "linux", target_os = "android"));
/// What must be left for a worker itself: the program, its results, a thread's bookkeeping.
#[cfg(any(target_os = "linux", target_os = "android"))]
const LEFT_BYTES: usize = 16 << 20;

/// From here on this process gets no more address space than so many bytes. What it has it keeps.
///
/// # Errors
/// [`RunError::Refused`] if the system does not do so, or if nothing would be left for parts.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn limit_memory(bytes: u64) -> Result<(), RunError> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
    setrlimit(Resource::As, limit).map_err(|error| refusal(bytes, &error.to_string()))?;
    if Vec::<u8>::new().try_reserve_exact(LEFT_BYTES).is_err() {
        return Err(refusal(bytes, "the program itself takes that much"));
    }
    Ok(())
}

/// The parent does not ask for it.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn limit_memory(bytes: u64) -> Result<(), RunError> {
    Err(refusal(bytes, "this system does not limit memory"))
}

fn refusal(bytes: u64, why: &str) -> RunError {
    let message = format!(
        "a worker process cannot work with its memory limited to {} MiB: {why}",
        bytes / MIB
    );
    RunError::Refused { message, help: Some("allow it more, or leave the limit out".to_owned()) }
}
