//! Panics of linked-in parts stop before they reach a library.

use pandia_core::abi::{PanicGuard, PanicText};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Catches what unwinds.
#[derive(Debug)]
pub(super) struct Catch;

impl PanicGuard for Catch {
    #[inline]
    fn run<R>(call: impl FnOnce() -> R) -> Result<R, PanicText> {
        // What the call leaves behind is not used again: its instance refuses every later call.
        catch_unwind(AssertUnwindSafe(call)).map_err(|payload| words(payload.as_ref()))
    }
}

#[cold]
fn words(payload: &(dyn Any + Send)) -> PanicText {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no words");
    let mut out = PanicText::new();
    text.chars().take_while(|&c| out.push(c).is_ok()).for_each(drop);
    out
}
