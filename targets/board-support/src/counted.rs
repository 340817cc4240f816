//! The tight loop's pieces, so marked that a counter outside of the image sees where they begin and
//! end, and the stack that they need.

#![expect(unsafe_code, reason = "the marks are found by their symbols, and the stack is painted")]

use crate::console::Console;
use core::fmt::{self, Write as _};
use core::hint::black_box;
use pandia_tight_loop::Counter;
#[cfg(not(feature = "worst"))]
use pandia_tight_loop::run as pieces;
#[cfg(feature = "worst")]
use pandia_tight_loop::run_worst as pieces;

/// Bytes below the stack pointer that are watched; every board has more.
const DEPTH_BYTES: usize = 48 * 1024;
/// Bytes below a local variable that may belong to the frame that paints.
const OWN_BYTES: usize = 512;
const PAINT: u32 = 0xa5a5_a5a5;

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
    let top = place();
    paint(top);
    watched(&mut Marks(console)).map_err(|error| Refused(Some(error)))?;
    writeln!(console, "stack {}", top - deepest(top)).map_err(|_| Refused(None))
}

/// The pieces in a frame of their own below the watched address: inlined, their states would lie above
/// it and not be counted.
#[inline(never)]
fn watched(marks: &mut Marks<'_>) -> pandia_tight_loop::Result<()> {
    pieces(marks)
}

/// Why the loop was left: an error, or a console that is gone. It is told in numbers, which
/// `docs/abi.md` lists: what puts errors into words, real numbers among them, is as large as the
/// simulator.
pub(crate) struct Refused(Option<pandia_tight_loop::Error>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(error) = &self.0 else { return f.write_str("the console is gone") };
        write!(f, "{}: error {}", error.layer(), error.code())?;
        error.op_index().map_or(Ok(()), |index| write!(f, " at operation {index}"))
    }
}

/// An address in the current frame.
#[inline(never)]
fn place() -> usize {
    let local = 0_u32;
    (&raw const *black_box(&local)).addr() & !3
}

#[inline(never)]
fn paint(top: usize) {
    for address in (top - DEPTH_BYTES..top - OWN_BYTES).step_by(4) {
        // SAFETY: the address is aligned and below every frame in use, in the part of RAM that the
        // memory map leaves to the stack; nobody else reads or writes there.
        unsafe { core::ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(PAINT) };
    }
}

/// The lowest address that no longer has its paint.
#[inline(never)]
fn deepest(top: usize) -> usize {
    (top - DEPTH_BYTES..top)
        .step_by(4)
        .find(|address| {
            let word =
                // SAFETY: as for writing.
                unsafe { core::ptr::with_exposed_provenance::<u32>(*address).read_volatile() };
            word != PAINT
        })
        .unwrap_or(top)
}
