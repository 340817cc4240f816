//! How much stack something needs: painted before, read after.

#![expect(unsafe_code, reason = "the stack is painted")]

use core::hint::black_box;

/// Bytes below the stack pointer that are watched; every board has more.
const DEPTH_BYTES: usize = 48 * 1024;
/// Bytes below a local variable that may belong to the frame that paints.
const OWN_BYTES: usize = 512;
const PAINT: u32 = 0xa5a5_a5a5;

/// Runs `what` and gives the bytes of stack that it needed, from the caller down.
#[inline(always)]
pub(crate) fn needed<E>(what: impl FnOnce() -> Result<(), E>) -> Result<usize, E> {
    let top = place();
    paint(top);
    below(what)?;
    Ok(top - deepest(top))
}

/// In a frame of its own below the watched address: inlined, the states in it would lie above and not be
/// counted.
#[inline(never)]
fn below<E>(what: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
    what()
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
