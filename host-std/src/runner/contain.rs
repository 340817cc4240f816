//! Panics of parts stop here: one costs the shot or the building during which it came, not the run.
//!
//! Not here: panics inside a library, which stop at the library's own border, and what ends the
//! whole process ([`super::isolate`]).

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pandia_core::emulator::{Emulator, ShotError};
use pandia_core::error::{Error, ErrorKind};
use pandia_core::ids::ShotId;
use pandia_core::runtime::Runtime;

use super::error::RunError;

/// Runs a shot. A panic is an error that loses the instance.
pub(super) fn run_shot<'e, R: Runtime>(
    emulator: &'e mut Emulator<'_, '_, R>,
    shot: ShotId,
) -> Result<&'e [u8], ShotError> {
    catch(move || emulator.run_shot(shot))
        .unwrap_or_else(|text| Err(lost(shot, format_args!("panicked: {text}"))))
}

/// Builds something. A panic is an error with its words.
pub(super) fn build<T>(call: impl FnOnce() -> Result<T, RunError>) -> Result<T, RunError> {
    catch(call).unwrap_or_else(|text| Err(RunError::Panicked(text)))
}

/// Drops something. A panic on the way is swallowed: there is nobody left to tell.
pub(super) fn drop_quietly<T>(thing: T) {
    let _ = catch(move || drop(thing));
}

fn catch<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    // What a panic leaves behind is not used again: an instance that is lost is dropped.
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| words(&*payload))
}

/// The error of a shot that lost its instance.
#[cold]
pub(super) fn lost(shot: ShotId, text: core::fmt::Arguments<'_>) -> ShotError {
    let error = Error::from(ErrorKind::Broken("the instance is lost")).with_text(text);
    ShotError { shot, error, line: None }
}

/// The words of a panic.
pub(super) fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a text").to_owned()
}
