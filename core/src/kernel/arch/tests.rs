//! What the twins share gives the bits of the plain kernels, on every placement of the operands.
//!
//! The instructions themselves are compared on the boards: `targets/programs/src/placements.rs`.

use super::turn;
use crate::ids::{Seed, ShotId, StreamId};
use crate::kernel::state_vector::{diagonal, parity};
use crate::real::{Complex, Real};
use crate::rng::Stream;
use std::vec::Vec;

type C = Complex<f32>;

fn random_state(qubit_count: u32) -> Vec<C> {
    let mut stream = Stream::of(Seed(u64::from(qubit_count)), ShotId(0), StreamId(27));
    let mut draw = || f32::from_f64(stream.unit_f64() - 0.5);
    (0..1 << qubit_count).map(|_| C::new(draw(), draw())).collect()
}

fn bits(amps: &[C]) -> Vec<[u32; 2]> {
    amps.iter().map(|a| [a.re.to_bits(), a.im.to_bits()]).collect()
}

fn same(plain: impl Fn(&mut [C]), mask: usize, even: C, before: &[C]) {
    let (mut a, mut b) = (before.to_vec(), before.to_vec());
    plain(&mut a);
    turn(&mut b, mask, even);
    assert_eq!(bits(&a), bits(&b), "{} amplitudes, bits {mask:#b}", before.len());
}

#[test]
fn turning_by_parity_gives_the_bits_of_rz_and_zz_phase() {
    for qubit_count in 2..=10 {
        let before = random_state(qubit_count);
        for (step, q0) in (0_u8..).zip(0..qubit_count) {
            let (s, c) = f32::sin_cos_of(f64::from(step) * 0.7 - 1.9);
            let (even, odd) = (C::new(c, -s), C::new(c, s));
            same(|amps| diagonal(amps, q0, even, odd), 1 << q0, even, &before);
            for q1 in (0..qubit_count).filter(|&q1| q1 != q0) {
                let mask = 1 << q0 | 1 << q1;
                same(|amps| parity(amps, q0, q1, even, odd), mask, even, &before);
            }
        }
    }
}

#[test]
fn flips_say_where_the_parity_of_the_number_changes() {
    for mask in 0..256 {
        let mut before = 0;
        for number in 0..512_usize {
            let parity = (number & mask).count_ones() & 1;
            if number % 32 == 0 {
                before = 0;
            }
            let flips = super::flips(mask, number / 32);
            assert_eq!(flips >> (number % 32) & 1, parity ^ before, "{mask:#b} {number}");
            before = parity;
        }
    }
}
