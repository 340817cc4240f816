//! Page tables, entry and exceptions, for every image of this board.

#![expect(unsafe_code, reason = "tables of addresses, system registers and a stack to be changed")]

use aarch64_rt::{ExceptionHandlers, RegisterStateRef, enable_mmu, entry, exception_handlers};
use core::arch::asm;

/// A valid block that has been accessed.
const BLOCK: usize = 1 | 1 << 10;
/// Device memory (attribute 0) that must not be executed.
const DEVICE: usize = BLOCK | 1 << 54;
/// Normal, cached memory (attribute 1), inner shareable.
const NORMAL: usize = BLOCK | 1 << 2 | 3 << 8;
/// Another table.
const TABLE: usize = 3;

/// The GiB with the image, and the size of a block in it.
const GIB: usize = 0x4000_0000;
const BLOCK_BYTES: usize = 0x20_0000;

#[derive(Clone, Copy)]
union Entry {
    block: usize,
    table: *const u8,
}

#[repr(C, align(4096))]
struct Table([Entry; 512]);

// SAFETY: nobody but the MMU reads it, and nobody writes.
unsafe impl Sync for Table {}

/// Blocks of 1 GiB: the one with the image is cut further; the fourth has the UARTs.
static BY_GIB: Table = {
    let mut entries = [Entry { block: 0 }; 512];
    entries[0] = Entry { block: DEVICE };
    entries[1] = Entry { table: (&raw const IN_GIB).cast::<u8>().wrapping_add(TABLE) };
    entries[3] = Entry { block: DEVICE | 0xc000_0000 };
    Table(entries)
};

/// Normal memory, but for the first block, which lies below the stack: nobody has any business there.
static IN_GIB: Table = {
    let mut entries = [Entry { block: 0 }; 512];
    let mut index = 1;
    while index < entries.len() {
        entries[index] = Entry { block: NORMAL | (GIB + index * BLOCK_BYTES) };
        index += 1;
    }
    Table(entries)
};
enable_mmu!(BY_GIB);

struct Handlers;

impl ExceptionHandlers for Handlers {
    extern "C" fn sync_current(state: RegisterStateRef) {
        let (syndrome, accessed): (usize, usize);
        // SAFETY: reading what the exception being handled is about changes nothing.
        unsafe {
            asm!(
                "mrs {syndrome}, esr_el1",
                "mrs {accessed}, far_el1",
                syndrome = out(reg) syndrome,
                accessed = out(reg) accessed,
                options(nomem, nostack, preserves_flags),
            );
        }
        // Only of a data abort is the address that of data.
        let place = if syndrome >> 26 == 0b10_0101 { accessed } else { usize::MAX };
        pandia_board::fault("exception", syndrome, state.elr, place)
    }
}
exception_handlers!(Handlers);

/// Pages of the stack on which exceptions are handled, and on which the image begins.
const OWN_PAGES: usize = 4;

entry!(start, OWN_PAGES);
/// Leaves that stack to exceptions, which come while the other one is full, too.
fn start(_: u64, _: u64, _: u64, _: u64) -> ! {
    // SAFETY: the memory map keeps the stack for this, and nothing on the old one is needed again.
    unsafe {
        asm!(
            "msr spsel, #0",
            "adrp x9, pandia_stack_start",
            "mov sp, x9",
            "b {main}",
            main = sym on_stack,
            options(noreturn),
        )
    }
}

extern "C" fn on_stack() -> ! {
    crate::main()
}
