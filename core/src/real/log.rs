//! The logarithm of a uniform draw in fixed point: what the distance to the next error comes from.
//!
//! In integers, since a core without double precision computes `libm`'s with about ten times as many
//! instructions. It is nearer to the exact logarithm than that one.

/// Bits behind the binary point of a logarithm.
pub(crate) const LN_BITS: u32 = 58;
/// ln 2 with [`LN_BITS`] bits.
const LN_2: u64 = 0x02c5_c85f_df47_3de7;

/// `floor(512 / (1 + (i + 1) / 32))`: what brings a number between `1 + i / 32` and `1 + (i + 1) / 32`
/// to 1 or a little below.
const RECIPROCALS: [u16; 32] = [
    496, 481, 468, 455, 442, 431, 420, 409, 399, 390, 381, 372, 364, 356, 348, 341, 334, 327, 321,
    315, 309, 303, 297, 292, 287, 282, 277, 273, 268, 264, 260, 256,
];
/// `-ln(reciprocal / 512)` with [`LN_BITS`] bits.
const LN_OF_RECIPROCALS: [u64; 32] = [
    0x0020_82bb_13ce_8889,
    0x003f_f4d2_2357_2601,
    0x005c_034c_2bab_0384,
    0x0078_dc1f_b8c1_21ed,
    0x0096_8b08_6434_09cf,
    0x00b0_5988_0584_a3af,
    0x00ca_d2d6_e7b8_0bf9,
    0x00e6_0006_4ed9_e293,
    0x00ff_5911_9f50_3e68,
    0x0116_b5cc_bacf_b736,
    0x012e_9e2b_ce12_2860,
    0x0147_18dc_271c_41b0,
    0x015d_5bdd_f595_f2fa,
    0x0174_1d87_6c67_bb16,
    0x018b_639a_88b2_df4a,
    0x01a0_325e_d14f_da48,
    0x01b5_6fa0_4462_9095,
    0x01cb_200d_2ceb_642e,
    0x01de_16b5_6ef9_0f04,
    0x01f1_68f7_fb05_c521,
    0x0205_1a5a_d52c_7e90,
    0x0219_2e99_1286_39b8,
    0x022d_a9a7_1823_3f4f,
    0x023f_0c6b_f8c2_cb1b,
    0x0250_bc10_8594_7071,
    0x0262_bb48_8680_d163,
    0x0275_0cec_e4ae_2226,
    0x0283_f1ff_08e3_ac22,
    0x0296_dfad_f2e1_83ee,
    0x02a6_45c4_d0cf_0ae6,
    0x02b5_e80b_86c9_3bf5,
    0x02c5_c85f_df47_3de7,
];

/// Bits of a draw.
const DRAW_BITS: u32 = 53;

/// `-ln(1 - draw / 2^53)` with [`LN_BITS`] bits behind the point; `draw` is below 2^53.
#[inline]
pub(crate) fn minus_ln_of_rest(draw: u64) -> u64 {
    let rest = (1_u64 << DRAW_BITS).wrapping_sub(draw);
    // rest = x 2^(63 - zeros) with x from 1 to 2, in units of 2^-63.
    let zeros = rest.leading_zeros() & 63;
    let x = rest << zeros;
    let place = (high_word(x) >> 26 & 31) as usize;
    let (reciprocal, ln_of_reciprocal) = (RECIPROCALS[place], LN_OF_RECIPROCALS[place]);
    // t = 1 - x reciprocal / 512, exactly, in units of 2^-68: it is below 2^-4.8.
    let near_one = (x >> 10).wrapping_mul(u64::from(reciprocal));
    let t = (1_u64 << 62).wrapping_sub(near_one) << 6;
    // -ln(1 - t) = t + t^2 / 2 + t^3 / 3 + ...: the far terms in 32 bits, the near ones in 64.
    let short = high_word(t);
    let mut far = 0x1555_5555;
    for k in [0x1745_d174, 0x1999_999a, 0x1c71_c71c, 0x2000_0000, 0x2492_4925, 0x2aaa_aaab] {
        far = k + (high_word(wide(far, short)) >> 4);
    }
    let mut near = 0x3333_3333_3333_3333 + (wide(far, short) >> 4);
    for k in [0x4000_0000_0000_0000, 0x5555_5555_5555_5555, 0x8000_0000_0000_0000, 0] {
        near = k + (high_product(near, t) >> 4);
    }
    let series = (t + high_product(near, t)) >> (68 - LN_BITS);
    // zeros is 10 for a rest of 2^53, which is 1.
    let whole = LN_2.wrapping_mul(u64::from(zeros.wrapping_sub(u64::BITS - 1 - DRAW_BITS)));
    (whole + series).saturating_sub(ln_of_reciprocal)
}

/// The high half of a product of two words.
#[inline(always)]
pub(crate) fn high_product(a: u64, b: u64) -> u64 {
    // By hand: a core of 32 bits would call a function for the product of 128 bits.
    let ((a0, a1), (b0, b1)) = ((low_word(a), high_word(a)), (low_word(b), high_word(b)));
    let middle = wide(a1, b0) + u64::from(high_word(wide(a0, b0)));
    let other = wide(a0, b1) + u64::from(low_word(middle));
    wide(a1, b1) + u64::from(high_word(middle)) + u64::from(high_word(other))
}

#[inline(always)]
pub(super) fn wide(a: u32, b: u32) -> u64 {
    u64::from(a) * u64::from(b)
}

#[inline(always)]
pub(super) const fn high_word(value: u64) -> u32 {
    (value >> 32) as u32
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
pub(super) const fn low_word(value: u64) -> u32 {
    value as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: f64 = 1.0 / 288_230_376_151_711_744.0;

    /// Units of the fixed point as a real number.
    fn real(fixed: u64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "compared within a tolerance")]
        let fixed = fixed as f64;
        fixed * UNIT
    }

    #[test]
    fn it_is_the_logarithm_of_what_is_left_of_one() {
        let most = (1_u64 << DRAW_BITS) - 1;
        let mut draw = 0_u64;
        let all = (0..200_000_u64).map(|index| {
            draw = draw.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(index);
            // Every size of a draw and of what is left of it.
            let size = index % u64::from(DRAW_BITS);
            if index % 2 == 0 { draw >> 11 >> size } else { most - (draw >> 11 >> size) }
        });
        for draw in all.chain([0, 1, 2, most / 2, most / 2 + 1, most - 1, most]) {
            #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
            let share = draw as f64 / 9_007_199_254_740_992.0;
            let exact = -libm::log1p(-share);
            // Two units of the fixed point, and the oracle's own rounding.
            let tolerance = 2.0 * UNIT + exact * 2.0 * f64::EPSILON;
            let off = (real(minus_ln_of_rest(draw)) - exact).abs();
            assert!(off <= tolerance, "{draw}: {off:e} off {exact}");
        }
        assert_eq!(minus_ln_of_rest(0), 0);
    }

    #[test]
    fn the_high_half_of_a_product() {
        let mut a = 1_u64;
        for _ in 0..1000 {
            a = a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ a >> 7;
            for b in [a.rotate_left(17), u64::MAX, 1 << 63, 0, 0xffff_ffff] {
                assert_eq!(u128::from(high_product(a, b)), (u128::from(a) * u128::from(b)) >> 64);
            }
        }
    }
}
