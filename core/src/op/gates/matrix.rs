//! The matrices: what each built-in gate means.
//!
//! Each function writes the first `4^n` entries, zeros included. A parameter that is missing counts
//! as 0; [`super::Gate::unitary`] refuses a wrong number of them before it comes to that.
//! Entries that are exact numbers are written as such; nothing but a rotation takes a sine.

use core::f64::consts::FRAC_1_SQRT_2;

use super::MATRIX_MAX;
use crate::real::{Complex, Real};

type C = Complex<f64>;
type Out = [C; MATRIX_MAX];

const ZERO: C = C::ZERO;
const ONE: C = C::ONE;
const I: C = C::I;
const MINUS_I: C = C::new(0.0, -1.0);
/// exp(i pi/4).
const ROOT_I: C = C::new(FRAC_1_SQRT_2, FRAC_1_SQRT_2);

fn param(params: &[f64], index: usize) -> f64 {
    params.get(index).copied().unwrap_or(0.0)
}

/// The first entries of `out` become `entries`.
fn write(out: &mut Out, entries: &[C]) {
    for (place, entry) in out.iter_mut().zip(entries) {
        *place = *entry;
    }
}

/// A diagonal matrix.
fn diagonal(out: &mut Out, entries: &[C]) {
    let size = entries.len();
    for (index, place) in out.iter_mut().enumerate().take(size * size) {
        let (row, column) = (index / size, index % size);
        *place = if row == column { entries[row] } else { ZERO };
    }
}

/// The matrix of size `size` that sends basis state `column` to `to(column)`.
fn permutation(out: &mut Out, size: usize, to: impl Fn(usize) -> usize) {
    for (index, place) in out.iter_mut().enumerate().take(size * size) {
        let (row, column) = (index / size, index % size);
        *place = if row == to(column) { ONE } else { ZERO };
    }
}

/// `|0><0| (x) 1 + |1><1| (x) U`, the control on operand 0, `U` on operand 1.
fn controlled(out: &mut Out, u: [C; 4]) {
    let [a, b, c, d] = u;
    let entries =
        [[ONE, ZERO, ZERO, ZERO], [ZERO, a, ZERO, b], [ZERO, ZERO, ONE, ZERO], [ZERO, c, ZERO, d]];
    write(out, entries.as_flattened());
}

/// cos and sin of half the first parameter.
fn half_turn(params: &[f64]) -> (f64, f64) {
    let (sin, cos) = (param(params, 0) * 0.5).sin_cos_real();
    (cos, sin)
}

/// [`Real::sin_cos`] by a name that cannot be mistaken for the platform's.
trait SinCos {
    fn sin_cos_real(self) -> (f64, f64);
}

impl SinCos for f64 {
    fn sin_cos_real(self) -> (f64, f64) {
        Real::sin_cos(self)
    }
}

pub(super) fn phased_x(params: &[f64], out: &mut Out) {
    let (cos, sin) = half_turn(params);
    let (sin_phi, cos_phi) = param(params, 1).sin_cos_real();
    let diagonal = C::new(cos, 0.0);
    let up = C::new(-(sin * sin_phi), -(sin * cos_phi));
    let down = C::new(sin * sin_phi, -(sin * cos_phi));
    write(out, &[diagonal, up, down, diagonal]);
}

pub(super) fn rz(params: &[f64], out: &mut Out) {
    let (cos, sin) = half_turn(params);
    diagonal(out, &[C::new(cos, -sin), C::new(cos, sin)]);
}

pub(super) fn rx(params: &[f64], out: &mut Out) {
    let (cos, sin) = half_turn(params);
    let (cos, sin) = (C::new(cos, 0.0), C::new(0.0, -sin));
    write(out, &[cos, sin, sin, cos]);
}

pub(super) fn ry(params: &[f64], out: &mut Out) {
    let (cos, sin) = half_turn(params);
    let (cos, sin) = (C::new(cos, 0.0), C::new(sin, 0.0));
    write(out, &[cos, -sin, sin, cos]);
}

pub(super) fn zz_phase(params: &[f64], out: &mut Out) {
    let (cos, sin) = half_turn(params);
    let (even, odd) = (C::new(cos, -sin), C::new(cos, sin));
    diagonal(out, &[even, odd, odd, even]);
}

/// cos on the diagonal, `outer` where both bits flip from 00 or 11, `inner` where 01 becomes 10.
fn double_flip(out: &mut Out, cos: f64, up: C, inner: C, down: C) {
    let cos = C::new(cos, 0.0);
    let entries = [
        [cos, ZERO, ZERO, up],
        [ZERO, cos, inner, ZERO],
        [ZERO, inner, cos, ZERO],
        [down, ZERO, ZERO, cos],
    ];
    write(out, entries.as_flattened());
}

pub(super) fn xx_phase(params: &[f64], out: &mut Out) {
    let (cos, sin) = half_turn(params);
    let flip = C::new(0.0, -sin);
    double_flip(out, cos, flip, flip, flip);
}

pub(super) fn yy_phase(params: &[f64], out: &mut Out) {
    let (cos, sin) = half_turn(params);
    let flip = C::new(0.0, -sin);
    double_flip(out, cos, -flip, flip, -flip);
}

pub(super) fn phased_xx(params: &[f64], out: &mut Out) {
    let (cos, sin) = half_turn(params);
    let flip = C::new(0.0, -sin);
    // A (x) A takes |00> to exp(2 i phi) |11>.
    let twice = C::cis(2.0 * param(params, 1));
    double_flip(out, cos, flip * twice.conj(), flip, flip * twice);
}

pub(super) fn i(_: &[f64], out: &mut Out) {
    diagonal(out, &[ONE, ONE]);
}

pub(super) fn x(_: &[f64], out: &mut Out) {
    write(out, &[ZERO, ONE, ONE, ZERO]);
}

pub(super) fn y(_: &[f64], out: &mut Out) {
    write(out, &[ZERO, MINUS_I, I, ZERO]);
}

pub(super) fn z(_: &[f64], out: &mut Out) {
    diagonal(out, &[ONE, -ONE]);
}

const HADAMARD: [C; 4] = {
    let r = C::new(FRAC_1_SQRT_2, 0.0);
    [r, r, r, C::new(-FRAC_1_SQRT_2, 0.0)]
};

pub(super) fn h(_: &[f64], out: &mut Out) {
    write(out, &HADAMARD);
}

pub(super) fn s(_: &[f64], out: &mut Out) {
    diagonal(out, &[ONE, I]);
}

pub(super) fn sdg(_: &[f64], out: &mut Out) {
    diagonal(out, &[ONE, MINUS_I]);
}

pub(super) fn t(_: &[f64], out: &mut Out) {
    diagonal(out, &[ONE, ROOT_I]);
}

pub(super) fn tdg(_: &[f64], out: &mut Out) {
    diagonal(out, &[ONE, ROOT_I.conj()]);
}

pub(super) fn sx(_: &[f64], out: &mut Out) {
    let (same, flip) = (C::new(0.5, 0.5), C::new(0.5, -0.5));
    write(out, &[same, flip, flip, same]);
}

pub(super) fn sxdg(_: &[f64], out: &mut Out) {
    let (same, flip) = (C::new(0.5, -0.5), C::new(0.5, 0.5));
    write(out, &[same, flip, flip, same]);
}

pub(super) fn u3(params: &[f64], out: &mut Out) {
    let (cos, sin) = half_turn(params);
    let (phi, lambda) = (C::cis(param(params, 1)), C::cis(param(params, 2)));
    let entries = [C::new(cos, 0.0), -lambda.scale(sin), phi.scale(sin), (phi * lambda).scale(cos)];
    write(out, &entries);
}

pub(super) fn phase(params: &[f64], out: &mut Out) {
    diagonal(out, &[ONE, C::cis(param(params, 0))]);
}

pub(super) fn cx(_: &[f64], out: &mut Out) {
    controlled(out, [ZERO, ONE, ONE, ZERO]);
}

pub(super) fn cy(_: &[f64], out: &mut Out) {
    controlled(out, [ZERO, MINUS_I, I, ZERO]);
}

pub(super) fn cz(_: &[f64], out: &mut Out) {
    diagonal(out, &[ONE, ONE, ONE, -ONE]);
}

pub(super) fn ch(_: &[f64], out: &mut Out) {
    controlled(out, HADAMARD);
}

pub(super) fn swap(_: &[f64], out: &mut Out) {
    permutation(out, 4, |column| (column & 1) << 1 | column >> 1);
}

pub(super) fn iswap(_: &[f64], out: &mut Out) {
    let entries = [
        [ONE, ZERO, ZERO, ZERO],
        [ZERO, ZERO, I, ZERO],
        [ZERO, I, ZERO, ZERO],
        [ZERO, ZERO, ZERO, ONE],
    ];
    write(out, entries.as_flattened());
}

pub(super) fn crz(params: &[f64], out: &mut Out) {
    let (cos, sin) = half_turn(params);
    diagonal(out, &[ONE, C::new(cos, -sin), ONE, C::new(cos, sin)]);
}

pub(super) fn cphase(params: &[f64], out: &mut Out) {
    diagonal(out, &[ONE, ONE, ONE, C::cis(param(params, 0))]);
}

pub(super) fn ccx(_: &[f64], out: &mut Out) {
    permutation(out, 8, |column| if column & 3 == 3 { column ^ 4 } else { column });
}

pub(super) fn cswap(_: &[f64], out: &mut Out) {
    permutation(out, 8, |column| match column {
        3 => 5,
        5 => 3,
        other => other,
    });
}

/// The parameters are the matrix: re and im in turn, row-major.
pub(super) fn from_params(params: &[f64], out: &mut Out) {
    for (place, pair) in out.iter_mut().zip(params.chunks_exact(2)) {
        *place = C::new(pair[0], pair[1]);
    }
}
