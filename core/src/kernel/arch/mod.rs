//! Faster twins of kernels for one kind of core each: the same bits, by other instructions.
//!
//! The plain kernel comes first and stays; it asks here whether there is a twin for what it has been
//! given. A twin rounds what the plain kernel rounds, in the same order: no fused multiply-add.
//! Why there are any: `docs/adr/0027-twins-for-the-fpu-of-a-board.md`.
//! Not here: what a kernel computes ([`super::state_vector`]).

#![expect(unsafe_code, reason = "instructions that the compiler does not choose by itself")]

mod signs;
#[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
mod vfp;
#[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
use self::vfp as twin;
/// Elsewhere the same in Rust: never called but by tests of what the twins share.
#[cfg(not(all(target_arch = "arm", target_abi = "eabihf")))]
mod plain;
#[cfg(not(all(target_arch = "arm", target_abi = "eabihf")))]
use self::plain as twin;

use self::signs::{flips, ones};
use crate::real::{Complex, Real};
use core::any::TypeId;

/// Whether this core has twins: then plain kernels run on small or double-precision states only, and
/// may be brief.
pub(super) const HAS_TWINS: bool = cfg!(all(target_arch = "arm", target_abi = "eabihf"));

/// Amplitudes that a twin works on at once: two fours.
type Block = [Complex<f32>; BLOCK];
const BLOCK: usize = 8;
/// Blocks of one call of a twin: their fours are the bits of one word.
const BLOCKS_MAX: usize = 16;

/// Multiplies an amplitude by `even` if an even number of the qubits is 1 in its index and by `odd` if
/// not. Returns false and does nothing if there is no twin for that.
#[inline(always)]
pub(super) fn by_parity<R: Real>(
    amps: &mut [Complex<R>],
    q0: u32,
    q1: Option<u32>,
    even: Complex<R>,
    odd: Complex<R>,
) -> bool {
    if !HAS_TWINS || amps.len() < BLOCK {
        return false;
    }
    let Some(amps) = in_single(amps) else { return false };
    let (even, odd) = (to_single(even), to_single(odd));
    // Rz and ZZPhase, where one factor is the other's conjugate.
    let conjugate =
        even.re.to_bits() == odd.re.to_bits() && even.im.to_bits() ^ odd.im.to_bits() == 1 << 31;
    if conjugate {
        turn(amps, q0, q1, even);
    }
    conjugate
}

/// The same amplitudes under the name of their type, if they are in single precision.
#[inline(always)]
fn in_single<R: Real>(amps: &mut [Complex<R>]) -> Option<&mut [Complex<f32>]> {
    if TypeId::of::<R>() != TypeId::of::<f32>() {
        return None;
    }
    let (first, len) = (amps.as_mut_ptr().cast(), amps.len());
    // SAFETY: `R` is `f32`, so this is the slice that was borrowed, for as long.
    Some(unsafe { core::slice::from_raw_parts_mut(first, len) })
}

/// The same number, which is in single precision.
#[inline(always)]
fn to_single<R: Real>(c: Complex<R>) -> Complex<f32> {
    #[expect(clippy::cast_possible_truncation, reason = "the upper half is 0 in single precision")]
    let number = |r: R| f32::from_bits(r.to_bits_u64() as u32);
    Complex::new(number(c.re), number(c.im))
}

/// Multiplies an amplitude by `even` if an even number of the qubits is 1 in its index, and by its
/// conjugate if not.
#[inline(always)]
fn turn(amps: &mut [Complex<f32>], q0: u32, q1: Option<u32>, even: Complex<f32>) {
    let bit = |qubit: u32| 1_u32.wrapping_shl(qubit);
    let within = (bit(q0) | q1.map_or(0, bit)) % 4;
    let (blocks, _) = amps.as_chunks_mut::<BLOCK>();
    for (part, blocks) in blocks.chunks_mut(BLOCKS_MAX).enumerate() {
        let flips = flips(ones(q0, part) ^ q1.map_or(0, |qubit| ones(qubit, part)));
        match within {
            0 => twin::turn::<0>(blocks, flips, even),
            1 => twin::turn::<1>(blocks, flips, even),
            2 => twin::turn::<2>(blocks, flips, even),
            _ => twin::turn::<3>(blocks, flips, even),
        }
    }
}

#[cfg(test)]
mod tests;
