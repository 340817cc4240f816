//! Panics stop at the border.

use crate::error::TEXT_BYTES;
use heapless::String;

/// The words of a panic, cut to fit.
pub type PanicText = String<TEXT_BYTES>;

/// Runs a call so that no panic leaves it. Nothing may unwind across the border.
pub trait PanicGuard: 'static {
    /// Runs `call`.
    ///
    /// # Errors
    /// The words of the panic, if it panicked.
    fn run<R>(call: impl FnOnce() -> R) -> Result<R, PanicText>;
}

/// For programs in which a panic ends everything (`panic = "abort"`, bare metal): there is nothing
/// to catch. An unwinding panic that reaches the border ends the process.
#[derive(Clone, Copy, Debug)]
pub struct NoGuard;

impl PanicGuard for NoGuard {
    #[inline]
    fn run<R>(call: impl FnOnce() -> R) -> Result<R, PanicText> {
        Ok(call())
    }
}
