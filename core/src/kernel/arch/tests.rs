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

fn same(plain: impl Fn(&mut [C]), (q0, q1): (u32, Option<u32>), even: C, before: &[C]) {
    let (mut a, mut b) = (before.to_vec(), before.to_vec());
    plain(&mut a);
    turn(&mut b, q0, q1, even);
    assert_eq!(bits(&a), bits(&b), "{} amplitudes, {q0}, {q1:?}", before.len());
}

#[test]
fn turning_by_parity_gives_the_bits_of_rz_and_zz_phase() {
    for qubit_count in 3..=10 {
        let before = random_state(qubit_count);
        for (step, q0) in (0_u8..).zip(0..qubit_count) {
            let (s, c) = f32::sin_cos_of(f64::from(step) * 0.7 - 1.9);
            let (even, odd) = (C::new(c, -s), C::new(c, s));
            same(|amps| diagonal(amps, q0, even, odd), (q0, None), even, &before);
            for q1 in (0..qubit_count).filter(|&q1| q1 != q0) {
                same(|amps| parity(amps, q0, q1, even, odd), (q0, Some(q1)), even, &before);
            }
        }
    }
}

#[test]
fn flips_say_where_the_parity_of_a_four_changes() {
    for (q0, q1) in (0..10).flat_map(|q0| (0..10).map(move |q1| (q0, q1))) {
        for part in 0..16 {
            let flips = super::flips(super::ones(q0, part) ^ super::ones(q1, part));
            let mut before = 0;
            for four in 0..32 {
                let index = 128 * part + 4 * four;
                let parity = u32::from((index >> q0 ^ index >> q1) & 1 == 1);
                assert_eq!(flips >> four & 1, parity ^ before, "{q0} {q1} {index}");
                before = parity;
            }
        }
    }
}
