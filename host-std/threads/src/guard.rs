//! Panics stop at the border of a library.

use pandia_core::abi::{PanicGuard, PanicText};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Catches what unwinds and keeps its words. For libraries built with `panic = "unwind"`.
#[derive(Clone, Copy, Debug)]
pub struct CatchUnwind;

impl PanicGuard for CatchUnwind {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_words() {
        assert_eq!(CatchUnwind::run(|| 7).unwrap(), 7);
        assert_eq!(CatchUnwind::run(|| panic!("number {}", 3)).unwrap_err(), "number 3");
        assert_eq!(CatchUnwind::run(|| panic!("plain")).unwrap_err(), "plain");
        assert_eq!(CatchUnwind::run(|| std::panic::panic_any(7)).unwrap_err(), "no words");
    }
}
