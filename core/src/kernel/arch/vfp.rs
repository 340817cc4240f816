//! Twins for the FPU of Arm's cores without vectors: registers are loaded and stored many at a time.
//!
//! `vmla` and `vmls` round the product before the sum, unlike their fused relatives `vfma` and `vfms`.
//! Numbers come in by registers of the core, since stable Rust does not see on this target that there
//! are others.

use super::Block;
use crate::real::Complex;
use core::arch::asm;

/// The loop over blocks. Sixteen numbers are loaded one pair of registers above where their products
/// are stored from, so that each product takes the place of what has been used up.
macro_rules! turn {
    ($blocks:ident, $flips:ident, $even:ident, $first:tt, $second:tt, $third:tt,
     $fourth:tt) => {{
        let range = $blocks.as_mut_ptr_range();
        // SAFETY: the loop reads and writes the blocks of the borrowed slice, from its first to its
        // end, which differ, and touches registers and flags that are named only.
        unsafe {
            asm!(
                "vmov s18, s19, {re}, {im}",
                "2:",
                "lsrs {flips}, {flips}, #1",
                "it cs",
                "vnegcs.f32 s19, s19",
                "vldmia {at}, {{s2-s17}}",
                times!($first, "s0", "s1", "s2", "s3"),
                times!($second, "s2", "s3", "s4", "s5"),
                times!($third, "s4", "s5", "s6", "s7"),
                times!($fourth, "s6", "s7", "s8", "s9"),
                "lsrs {flips}, {flips}, #1",
                "it cs",
                "vnegcs.f32 s19, s19",
                times!($first, "s8", "s9", "s10", "s11"),
                times!($second, "s10", "s11", "s12", "s13"),
                times!($third, "s12", "s13", "s14", "s15"),
                times!($fourth, "s14", "s15", "s16", "s17"),
                "vstmia {at}!, {{s0-s15}}",
                "cmp {at}, {end}",
                "bne 2b",
                at = inout(reg) range.start => _,
                end = in(reg) range.end,
                flips = inout(reg) $flips => _,
                re = in(reg) $even.re.to_bits(),
                im = in(reg) $even.im.to_bits(),
                out("s0") _, out("s1") _, out("s2") _, out("s3") _, out("s4") _,
                out("s5") _, out("s6") _, out("s7") _, out("s8") _, out("s9") _,
                out("s10") _, out("s11") _, out("s12") _, out("s13") _, out("s14") _,
                out("s15") _, out("s16") _, out("s17") _, out("s18") _, out("s19") _,
                options(nostack),
            );
        }
    }};
}

/// One amplitude times s18 + i s19, or the conjugate.
macro_rules! times {
    ("even", $to_re:tt, $to_im:tt, $re:tt, $im:tt) => {
        times!("vmls", "vmla", $to_re, $to_im, $re, $im)
    };
    ("odd", $to_re:tt, $to_im:tt, $re:tt, $im:tt) => {
        times!("vmla", "vmls", $to_re, $to_im, $re, $im)
    };
    ($of_re:tt, $of_im:tt, $to_re:tt, $to_im:tt, $re:tt, $im:tt) => {
        concat!(
            concat!("vmul.f32 ", $to_re, ", s18, ", $re, "\n"),
            concat!("vmul.f32 ", $to_im, ", s18, ", $im, "\n"),
            concat!($of_re, ".f32 ", $to_re, ", s19, ", $im, "\n"),
            concat!($of_im, ".f32 ", $to_im, ", s19, ", $re, "\n"),
        )
    };
}

/// Multiplies each amplitude by `even` or its conjugate: in a four by the parity of the bits of
/// `WITHIN` in its place, the other way round from each four on whose bit in `flips` is set.
#[inline(always)]
pub(super) fn turn<const WITHIN: usize>(blocks: &mut [Block], flips: u32, even: Complex<f32>) {
    const { assert!(WITHIN < 4) };
    if blocks.is_empty() {
        return;
    }
    match WITHIN {
        0 => turn!(blocks, flips, even, "even", "even", "even", "even"),
        1 => turn!(blocks, flips, even, "even", "odd", "even", "odd"),
        2 => turn!(blocks, flips, even, "even", "even", "odd", "odd"),
        _ => turn!(blocks, flips, even, "even", "odd", "odd", "even"),
    }
}
