//! After code was written as data: the core must fetch what is there now.

use core::ops::Range;

/// Makes code that was just written visible to the fetching of instructions.
pub(crate) fn code_changed(code: &Range<u64>) {
    #[cfg(target_os = "none")]
    family::code_changed(code);
    // On the desktop, where only tests run, nothing is loaded.
    #[cfg(not(target_os = "none"))]
    let _ = code;
}

#[cfg(all(target_os = "none", target_arch = "arm"))]
mod family {
    #![expect(unsafe_code, reason = "barriers have no safe form")]

    /// Cores of this family that have caches run with them off.
    pub(super) fn code_changed(_: &core::ops::Range<u64>) {
        // SAFETY: barriers change no memory.
        unsafe { core::arch::asm!("dsb", "isb") };
    }
}

#[cfg(all(target_os = "none", any(target_arch = "riscv32", target_arch = "riscv64")))]
mod family {
    #![expect(unsafe_code, reason = "barriers have no safe form")]

    pub(super) fn code_changed(_: &core::ops::Range<u64>) {
        // `fence.i`, which the assembler takes only for targets that name its extension.
        // SAFETY: it orders fetches after writes and changes no memory.
        unsafe { core::arch::asm!(".4byte 0x0000100f") };
    }
}

#[cfg(all(target_os = "none", target_arch = "aarch64"))]
mod family {
    #![expect(unsafe_code, reason = "barriers and caches have no safe form")]

    /// Data caches to the point of unification line by line, then the cache of instructions.
    pub(super) fn code_changed(code: &core::ops::Range<u64>) {
        let cache_type: u64;
        // SAFETY: reading the description of the caches changes nothing.
        unsafe { core::arch::asm!("mrs {}, ctr_el0", out(reg) cache_type) };
        let line_bytes = 4_u64 << (cache_type >> 16 & 0xf);
        let mut at = code.start & !(line_bytes - 1);
        while at < code.end {
            // SAFETY: writes a line back, which changes no value.
            unsafe { core::arch::asm!("dc cvau, {}", in(reg) at) };
            at += line_bytes;
        }
        // SAFETY: barriers, and a cache that is filled again from memory.
        unsafe { core::arch::asm!("dsb ish", "ic iallu", "dsb ish", "isb") };
    }
}
