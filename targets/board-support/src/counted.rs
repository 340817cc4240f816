//! The tight loop's pieces, so marked that a counter outside of the image sees where they begin and
//! end, and the stack that they need.

#![expect(unsafe_code, reason = "the marks are found by their symbols")]

use crate::console::Console;
use crate::refused::Refused;
use crate::stack;
use core::fmt::Write as _;
use core::hint::black_box;
use pandia_tight_loop::Counter;
#[cfg(not(feature = "worst"))]
use pandia_tight_loop::run as pieces;
#[cfg(feature = "worst")]
use pandia_tight_loop::run_worst as pieces;

// What each hides from the optimiser differs, or it would make one function of the two.

/// Counting begins where this is entered.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn pandia_count_begin() {
    black_box(1);
}

/// Counting ends where this is entered.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn pandia_count_end() {
    black_box(2);
}

struct Marks<'a>(&'a mut Console);

impl Counter for Marks<'_> {
    fn announce(&mut self, piece: &str, times: u32) {
        // A console that is gone is seen by whoever waits for the line.
        let _ = writeln!(self.0, "count {times} {piece}");
    }
    fn begin(&mut self) {
        pandia_count_begin();
    }
    fn end(&mut self) {
        pandia_count_end();
    }
}

/// Runs every piece; writes what is counted, and last the bytes of stack that were needed, the states
/// among them.
pub(crate) fn run(console: &mut Console) -> Result<(), Refused> {
    let bytes =
        stack::needed(|| pieces(&mut Marks(console))).map_err(|error| Refused(Some(error)))?;
    writeln!(console, "stack {bytes}").map_err(|_| Refused(None))
}
