//! Pins with a name, so that an error says which one it was.

use core::convert::Infallible;
use embedded_hal::digital::{Error as _, ErrorType, InputPin, OutputPin};
use pandia_core::{Error, ErrorKind, Result};

/// A pin and what to call it.
#[derive(Clone, Debug)]
pub struct Pin<P> {
    name: &'static str,
    pin: P,
}

impl<P> Pin<P> {
    /// `name` is what errors say.
    pub const fn new(name: &'static str, pin: P) -> Self {
        Self { name, pin }
    }

    /// What to call it.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<P: OutputPin> Pin<P> {
    /// Drives the pin high, or low.
    ///
    /// # Errors
    /// [`ErrorKind::Hardware`] naming the pin, if its driver fails.
    #[inline]
    pub fn set(&mut self, is_high: bool) -> Result<()> {
        let Self { name, pin } = self;
        let done = if is_high { pin.set_high() } else { pin.set_low() };
        done.map_err(|e| failed(name, if is_high { "driven high" } else { "driven low" }, e.kind()))
    }
}

impl<P: InputPin> Pin<P> {
    /// Whether the pin is high.
    ///
    /// # Errors
    /// [`ErrorKind::Hardware`] naming the pin, if its driver fails.
    #[inline]
    pub fn is_high(&mut self) -> Result<bool> {
        let Self { name, pin } = self;
        pin.is_high().map_err(|e| failed(name, "read", e.kind()))
    }
}

#[cold]
fn failed(name: &str, what: &str, kind: embedded_hal::digital::ErrorKind) -> Error {
    Error::from(ErrorKind::Hardware("a pin's driver failed")).with_text(format_args!(
        "pin `{name}` could not be {what} ({kind:?}); check its driver and wiring"
    ))
}

/// A pin that is not there: it can be driven and nobody sees it.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPin;

impl ErrorType for NoPin {
    type Error = Infallible;
}

impl OutputPin for NoPin {
    fn set_low(&mut self) -> core::result::Result<(), Infallible> {
        Ok(())
    }
    fn set_high(&mut self) -> core::result::Result<(), Infallible> {
        Ok(())
    }
}
