//! How the built-in gates reach the state-vector kernels: shapes, coefficients, dispatch.
//!
//! A gate with angles is turned into at most four complex coefficients once and then remembered by
//! the bits of its angles, because sine and cosine cost more than a small state's gate.
//! The density matrix uses the same path twice, the second time with everything conjugated.

pub(crate) use crate::backend::precheck::dense;
use crate::kernel::state_vector as sv;
use crate::op::Op;
use crate::op::gates::{MATRIX_MAX, counts, slot};
use crate::real::{Complex, Real};

/// Whether the slot is that of a built-in gate.
#[inline]
pub(crate) fn is_built_in(slot: u16) -> bool {
    counts(slot) != 0
}

/// What a gate with angles comes down to; its meaning depends on the gate.
pub(crate) type Coefficients<R> = [Complex<R>; 4];

fn cis<R: Real>(angle: f64) -> Complex<R> {
    let (sin, cos) = R::sin_cos_of(angle);
    Complex::new(cos, sin)
}

/// `-i s exp(-i angle)` and `-i s exp(i angle)` for `s` in `R`. Sine is odd and cosine even to the
/// last bit, so one call of them is enough, which is most of such a gate's cost without an FPU.
fn off_diagonals<R: Real>(s: R, angle: f64) -> [Complex<R>; 2] {
    let turn = cis::<R>(angle);
    let re = s * turn.im;
    let im = -(s * turn.re);
    [Complex::new(-re, im), Complex::new(re, im)]
}

/// The coefficients of a gate with angles. What the gate has no use for stays as it is.
#[inline(never)]
fn coefficients<R: Real>(gate: u16, p: [f64; 3], out: &mut Coefficients<R>) {
    let real = |re| Complex::new(re, R::ZERO);
    let [k0, k1, k2, k3] = out;
    match gate {
        slot::PHASED_X | slot::RX => {
            let (s, c) = R::sin_cos_of_half(p[0]);
            let phi = if gate == slot::RX { 0.0 } else { p[1] };
            *k0 = real(c);
            [*k1, *k2] = off_diagonals(s, phi);
        }
        slot::RY => {
            let (s, c) = R::sin_cos_of_half(p[0]);
            (*k0, *k1) = (real(c), real(s));
        }
        slot::RZ | slot::ZZ_PHASE | slot::CRZ => {
            let (s, c) = R::sin_cos_of_half(p[0]);
            (*k0, *k1) = (Complex::new(c, -s), Complex::new(c, s));
        }
        slot::XX_PHASE | slot::YY_PHASE => {
            let (s, c) = R::sin_cos_of_half(p[0]);
            let odd = Complex::new(R::ZERO, -s);
            let even = if gate == slot::XX_PHASE { odd } else { Complex::new(R::ZERO, s) };
            (*k0, *k1, *k2, *k3) = (real(c), even, even, odd);
        }
        slot::PHASED_XX => {
            let (s, c) = R::sin_cos_of_half(p[0]);
            *k0 = real(c);
            [*k1, *k2] = off_diagonals(s, 2.0 * p[1]);
            *k3 = Complex::new(R::ZERO, -s);
        }
        slot::U3 => {
            let (s, c) = R::sin_cos_of_half(p[0]);
            let (phi, lambda) = (cis::<R>(p[1]), cis::<R>(p[2]));
            (*k0, *k1) = (real(c), -lambda.scale(s));
            (*k2, *k3) = (phi.scale(s), cis::<R>(p[1] + p[2]).scale(c));
        }
        slot::PHASE | slot::CPHASE => *k0 = cis(p[0]),
        _ => {}
    }
}

/// Coefficients remembered by the angles' bits: direct-mapped, so a lookup is one comparison.
#[derive(Clone, Debug)]
pub(crate) struct Cache<R> {
    entries: [Entry<R>; ENTRIES],
}

/// Places in a cache; fewer where memory is dear. They lie in the simulator itself, which is moved
/// about by value while it is built, so more would cost stack. The bits do not depend on it.
const ENTRIES: usize = if cfg!(target_pointer_width = "64") { 32 } else { 8 };

#[derive(Clone, Copy, Debug)]
struct Entry<R> {
    /// 0 is no gate's slot, so an empty place matches nothing.
    gate: u16,
    angles: [u64; 3],
    coefficients: Coefficients<R>,
}

impl<R: Real> Cache<R> {
    pub(crate) const fn new() -> Self {
        let empty = Entry { gate: 0, angles: [0; 3], coefficients: [Complex::ZERO; 4] };
        Self { entries: [empty; ENTRIES] }
    }

    /// The coefficients of the gate in `op`, which has one to three parameters.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub(crate) fn coefficients(&mut self, op: Op<'_>) -> &Coefficients<R> {
        let gate = op.gate();
        // Such a gate has one or two qubits, which are one word behind the header.
        let angles: [u64; 3] = match *op.words() {
            [_, _, a] => [a, 0, 0],
            [_, _, a, b] => [a, b, 0],
            [_, _, a, b, c, ..] => [a, b, c],
            _ => [0; 3],
        };
        let entry = &mut self.entries[place(gate, angles)];
        let [a, b, c] = entry.angles;
        let differs = (a ^ angles[0]) | (b ^ angles[1]) | (c ^ angles[2]) != 0;
        if entry.gate != gate || differs {
            (entry.gate, entry.angles) = (gate, angles);
            coefficients(gate, angles.map(f64::from_bits), &mut entry.coefficients);
        }
        &entry.coefficients
    }
}

/// Where a gate with these angles is remembered: mixed in 32 bits, of which every core has a product.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "both halves are mixed in")]
fn place(gate: u16, angles: [u64; 3]) -> usize {
    let fold = |bits: u64| bits as u32 ^ (bits >> 32) as u32;
    let (a, b, c) = (fold(angles[0]), fold(angles[1]), fold(angles[2]));
    let mixed = a ^ b.rotate_left(11) ^ c.rotate_left(22) ^ u32::from(gate);
    (mixed.wrapping_mul(0x9e37_79b9) >> 24) as usize % ENTRIES
}

/// The complex conjugate of each if `CONJ`.
#[inline(always)]
fn conj_if<R: Real, const CONJ: bool, const N: usize>(k: [Complex<R>; N]) -> [Complex<R>; N] {
    if CONJ { k.map(Complex::conj) } else { k }
}

/// The coefficients of the gate in `op`, conjugated if `CONJ`.
#[inline(always)]
fn angles<R: Real, const CONJ: bool>(cache: &mut Cache<R>, op: Op<'_>) -> Coefficients<R> {
    // One by one: as a whole they would be moved by a function that nothing else needs.
    let &[a, b, c, d] = cache.coefficients(op);
    conj_if::<R, CONJ, 4>([a, b, c, d])
}

/// Applies a built-in gate with at most three angles to `qubits` shifted up by `shift`; every
/// number is conjugated if `CONJ`. Returns whether the slot is such a gate.
#[inline]
pub(crate) fn apply<R: Real, const CONJ: bool>(
    amps: &mut [Complex<R>],
    cache: &mut Cache<R>,
    op: Op<'_>,
    shift: u32,
) -> bool {
    let (q0, q1) = (op.qubit(0) + shift, op.qubit(1) + shift);
    match op.gate() {
        slot::PHASED_X | slot::RX => {
            let k = angles::<R, CONJ>(cache, op);
            sv::rotation_xy(amps, q0, k[0].re, k[1], k[2]);
        }
        slot::RY => {
            let k = angles::<R, CONJ>(cache, op);
            sv::rotation_real(amps, q0, k[0].re, k[1].re);
        }
        slot::RZ => {
            let k = angles::<R, CONJ>(cache, op);
            sv::diagonal(amps, q0, k[0], k[1]);
        }
        slot::ZZ_PHASE => {
            let k = angles::<R, CONJ>(cache, op);
            sv::parity(amps, q0, q1, k[0], k[1]);
        }
        slot::XX_PHASE | slot::YY_PHASE | slot::PHASED_XX => {
            let k = angles::<R, CONJ>(cache, op);
            sv::exchange(amps, q0, q1, k[0].re, [k[1], k[2], k[3]]);
        }
        slot::U3 => sv::matrix_1q(amps, q0, angles::<R, CONJ>(cache, op)),
        slot::PHASE => sv::phase(amps, q0, angles::<R, CONJ>(cache, op)[0]),
        slot::CRZ => {
            let k = angles::<R, CONJ>(cache, op);
            sv::controlled_diagonal(amps, q0, q1, k[0], k[1]);
        }
        slot::CPHASE => sv::cphase(amps, q0, q1, angles::<R, CONJ>(cache, op)[0]),
        slot::I => {}
        slot::X => sv::x(amps, q0),
        slot::Y => sv::y(amps, q0, CONJ),
        slot::Z => sv::z(amps, q0),
        slot::H => sv::hadamard(amps, q0),
        slot::S => sv::phase_i(amps, q0, CONJ),
        slot::SDG => sv::phase_i(amps, q0, !CONJ),
        slot::T => sv::phase(amps, q0, eighth(CONJ)),
        slot::TDG => sv::phase(amps, q0, eighth(!CONJ)),
        slot::SX => sv::matrix_1q(amps, q0, root_of_x(CONJ)),
        slot::SXDG => sv::matrix_1q(amps, q0, root_of_x(!CONJ)),
        slot::CX => sv::cx(amps, q0, q1),
        slot::CY => sv::controlled_y(amps, q0, q1, CONJ),
        slot::CZ => sv::cz(amps, q0, q1),
        slot::CH => sv::controlled_matrix(amps, q0, q1, hadamard()),
        slot::SWAP => sv::swap(amps, q0, q1),
        slot::ISWAP => sv::iswap(amps, q0, q1, CONJ),
        slot::CCX => sv::ccx(amps, [q0, q1, op.qubit(2) + shift]),
        slot::CSWAP => sv::cswap(amps, [q0, q1, op.qubit(2) + shift]),
        _ => return false,
    }
    true
}

/// Applies the first `4^n` entries of a row-major matrix to the record's `n` qubits.
#[cold]
#[inline(never)]
pub(crate) fn apply_dense<R: Real, const CONJ: bool>(
    amps: &mut [Complex<R>],
    op: Op<'_>,
    shift: u32,
    matrix: &[Complex<f64>; MATRIX_MAX],
) {
    let m: [Complex<R>; MATRIX_MAX] = conj_if::<R, CONJ, MATRIX_MAX>(matrix.map(Complex::cast));
    let qubits = [op.qubit(0) + shift, op.qubit(1) + shift, op.qubit(2) + shift];
    match op.qubit_count() {
        1 => sv::matrix_1q(amps, qubits[0], [m[0], m[1], m[2], m[3]]),
        2 => {
            if let Some(m) = m.first_chunk() {
                sv::matrix_2q(amps, qubits[0], qubits[1], m);
            }
        }
        _ => sv::matrix_3q(amps, qubits, &m),
    }
}

/// exp(i pi/4), or its conjugate.
fn eighth<R: Real>(conj: bool) -> Complex<R> {
    let half = R::from_f64(core::f64::consts::FRAC_1_SQRT_2);
    Complex::new(half, if conj { -half } else { half })
}

/// The square root of X, or its inverse.
fn root_of_x<R: Real>(inverse: bool) -> Coefficients<R> {
    let half = R::from_f64(0.5);
    let (plus, minus) = (Complex::new(half, half), Complex::new(half, -half));
    if inverse { [minus, plus, plus, minus] } else { [plus, minus, minus, plus] }
}

fn hadamard<R: Real>() -> Coefficients<R> {
    let half = Complex::new(R::from_f64(core::f64::consts::FRAC_1_SQRT_2), R::ZERO);
    [half, half, half, -half]
}

#[cfg(test)]
mod tests;
