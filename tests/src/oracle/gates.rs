//! Every gate from first principles: Pauli strings, their exponentials, controls.
//!
//! `exp(-i theta/2 P) = cos(theta/2) - i sin(theta/2) P` for every P with P^2 = 1; a controlled
//! gate is `|0><0| (x) 1 + |1><1| (x) U`. Nothing else is used where that is possible.
#![expect(
    clippy::disallowed_methods,
    reason = "the oracle is independent: it may use the platform's functions"
)]

use core::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2, FRAC_PI_4};

use super::matrix::{C64, I, Matrix, ONE, ZERO};

/// Name, number of qubits, number of angles of every gate with a fixed shape.
pub const GATES: &[(&str, u32, usize)] = &[
    ("phased_x", 1, 2),
    ("rz", 1, 1),
    ("rx", 1, 1),
    ("ry", 1, 1),
    ("zz_phase", 2, 1),
    ("xx_phase", 2, 1),
    ("yy_phase", 2, 1),
    ("phased_xx", 2, 2),
    ("i", 1, 0),
    ("x", 1, 0),
    ("y", 1, 0),
    ("z", 1, 0),
    ("h", 1, 0),
    ("s", 1, 0),
    ("sdg", 1, 0),
    ("t", 1, 0),
    ("tdg", 1, 0),
    ("sx", 1, 0),
    ("sxdg", 1, 0),
    ("u3", 1, 3),
    ("phase", 1, 1),
    ("cx", 2, 0),
    ("cy", 2, 0),
    ("cz", 2, 0),
    ("ch", 2, 0),
    ("swap", 2, 0),
    ("iswap", 2, 0),
    ("crz", 2, 1),
    ("cphase", 2, 1),
    ("ccx", 3, 0),
    ("cswap", 3, 0),
];

/// The three gates whose parameters are their matrix: name and number of qubits.
pub const MATRIX_GATES: &[(&str, u32)] = &[("unitary_1q", 1), ("unitary_2q", 2), ("unitary_3q", 3)];

/// One of the four Pauli matrices by letter.
///
/// # Panics
/// On any other letter.
#[must_use]
pub fn pauli(letter: char) -> Matrix {
    let entries = match letter {
        'I' => [ONE, ZERO, ZERO, ONE],
        'X' => [ZERO, ONE, ONE, ZERO],
        'Y' => [ZERO, -I, I, ZERO],
        'Z' => [ONE, ZERO, ZERO, -ONE],
        other => unreachable!("{other} is no Pauli letter"),
    };
    Matrix::from_entries(entries.to_vec())
}

/// The Pauli string whose letter j acts on operand j.
#[must_use]
pub fn pauli_string(letters: &str) -> Matrix {
    on_operands(&letters.chars().map(pauli).collect::<Vec<_>>())
}

/// The tensor product with factor j on operand j (so factor 0 is on the lowest bit).
#[must_use]
pub fn on_operands(factors: &[Matrix]) -> Matrix {
    factors.iter().fold(Matrix::identity(1), |low, factor| factor.kron(&low))
}

/// `exp(-i theta/2 P)` for an operator whose square is the identity.
///
/// # Panics
/// If the square is not the identity.
#[must_use]
pub fn exp_half(theta: f64, involution: &Matrix) -> Matrix {
    let one = Matrix::identity(involution.dim());
    assert!((involution * involution).distance(&one) < 1e-12, "P^2 must be 1");
    let cos = one.scaled(C64::new((theta / 2.0).cos(), 0.0));
    let sin = involution.scaled(C64::new(0.0, -(theta / 2.0).sin()));
    &cos + &sin
}

/// `cos(phi) X + sin(phi) Y`.
#[must_use]
pub fn equator(phi: f64) -> Matrix {
    &pauli('X').scaled(C64::new(phi.cos(), 0.0)) + &pauli('Y').scaled(C64::new(phi.sin(), 0.0))
}

/// `|0><0| (x) 1 + |1><1| (x) U`, the control in front of the operands of `U`.
#[must_use]
pub fn controlled(unitary: &Matrix) -> Matrix {
    let idle = Matrix::identity(unitary.dim()).kron(&Matrix::diagonal(&[ONE, ZERO]));
    let active = unitary.kron(&Matrix::diagonal(&[ZERO, ONE]));
    &idle + &active
}

fn phase(angle: f64) -> C64 {
    C64::new(angle.cos(), angle.sin())
}

fn phase_gate(angle: f64) -> Matrix {
    Matrix::diagonal(&[ONE, phase(angle)])
}

fn swap() -> Matrix {
    ["II", "XX", "YY", "ZZ"]
        .iter()
        .fold(Matrix::zero(4), |sum, letters| &sum + &pauli_string(letters))
        .scaled(C64::new(0.5, 0.0))
}

/// `sqrt(X)`: the half turn about X with the phase that makes its square X itself.
fn sx() -> Matrix {
    exp_half(FRAC_PI_2, &pauli('X')).scaled(phase(FRAC_PI_4))
}

/// `U3(theta, phi, lambda)` with the upper left entry real.
fn u3(theta: f64, phi: f64, lambda: f64) -> Matrix {
    let turn = &exp_half(theta, &pauli('Y')) * &exp_half(lambda, &pauli('Z'));
    (&exp_half(phi, &pauli('Z')) * &turn).scaled(phase(f64::midpoint(phi, lambda)))
}

fn from_params(params: &[f64]) -> Matrix {
    Matrix::from_entries(params.chunks(2).map(|pair| C64::new(pair[0], pair[1])).collect())
}

/// The matrix of the gate `name`, or `None` for a name or a number of parameters unknown here.
#[must_use]
pub fn matrix(name: &str, params: &[f64]) -> Option<Matrix> {
    Some(match (name, params) {
        ("phased_x", &[theta, phi]) => exp_half(theta, &equator(phi)),
        ("rz", &[theta]) => exp_half(theta, &pauli('Z')),
        ("rx", &[theta]) => exp_half(theta, &pauli('X')),
        ("ry", &[theta]) => exp_half(theta, &pauli('Y')),
        ("zz_phase", &[theta]) => exp_half(theta, &pauli_string("ZZ")),
        ("xx_phase", &[theta]) => exp_half(theta, &pauli_string("XX")),
        ("yy_phase", &[theta]) => exp_half(theta, &pauli_string("YY")),
        ("phased_xx", &[theta, phi]) => {
            exp_half(theta, &on_operands(&[equator(phi), equator(phi)]))
        }
        ("i", []) => pauli('I'),
        ("x", []) => pauli('X'),
        ("y", []) => pauli('Y'),
        ("z", []) => pauli('Z'),
        ("h", []) => (&pauli('X') + &pauli('Z')).scaled(C64::new(FRAC_1_SQRT_2, 0.0)),
        ("s", []) => phase_gate(FRAC_PI_2),
        ("sdg", []) => phase_gate(-FRAC_PI_2),
        ("t", []) => phase_gate(FRAC_PI_4),
        ("tdg", []) => phase_gate(-FRAC_PI_4),
        ("sx", []) => sx(),
        ("sxdg", []) => sx().dagger(),
        ("u3", &[theta, phi, lambda]) => u3(theta, phi, lambda),
        ("phase", &[angle]) => phase_gate(angle),
        ("cx", []) => controlled(&pauli('X')),
        ("cy", []) => controlled(&pauli('Y')),
        ("cz", []) => controlled(&pauli('Z')),
        ("ch", []) => controlled(&matrix("h", &[])?),
        ("swap", []) => swap(),
        ("iswap", []) => {
            // exp(i pi/4 (XX + YY)); the two terms commute.
            &exp_half(-FRAC_PI_2, &pauli_string("XX")) * &exp_half(-FRAC_PI_2, &pauli_string("YY"))
        }
        ("crz", &[theta]) => controlled(&matrix("rz", &[theta])?),
        ("cphase", &[angle]) => controlled(&phase_gate(angle)),
        ("ccx", []) => controlled(&controlled(&pauli('X'))),
        ("cswap", []) => controlled(&swap()),
        ("unitary_1q", params) if params.len() == 8 => from_params(params),
        ("unitary_2q", params) if params.len() == 32 => from_params(params),
        ("unitary_3q", params) if params.len() == 128 => from_params(params),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(name: &str) -> Matrix {
        matrix(name, &[]).unwrap()
    }

    #[test]
    fn every_gate_is_unitary_and_as_large_as_it_says() {
        let angles = [0.3, -1.1, 2.7];
        for &(name, qubits, params) in GATES {
            let m = matrix(name, &angles[..params]).unwrap();
            assert_eq!(m.dim(), 1 << qubits, "{name}");
            let square = &m * &m.dagger();
            assert!(square.distance(&Matrix::identity(m.dim())) < 1e-14, "{name}");
        }
        assert_eq!(matrix("no_such_gate", &[]), None);
        assert_eq!(matrix("rz", &[]), None);
    }

    #[test]
    fn roots_square_to_what_they_are_roots_of() {
        for (root, square) in
            [("sx", "x"), ("s", "z"), ("t", "s"), ("h", "i"), ("sdg", "z"), ("sxdg", "x")]
        {
            assert!((&gate(root) * &gate(root)).distance(&gate(square)) < 1e-14, "{root}");
        }
    }

    #[test]
    fn permutations_send_basis_states_where_they_should() {
        // Column of the input, row of the output; bit j is operand j.
        for (name, column, row) in [
            ("cx", 0b01, 0b11),
            ("cx", 0b10, 0b10),
            ("swap", 0b01, 0b10),
            ("ccx", 0b011, 0b111),
            ("ccx", 0b101, 0b101),
            ("cswap", 0b011, 0b101),
            ("cswap", 0b010, 0b010),
        ] {
            assert!((gate(name).at(row, column) - ONE).norm() < 1e-14, "{name}");
        }
        assert!((gate("iswap").at(0b01, 0b10) - I).norm() < 1e-14);
    }

    #[test]
    fn u3_is_the_textbook_matrix() {
        let (theta, phi, lambda) = (0.7_f64, 1.9, -0.4);
        let (sin, cos) = (theta / 2.0).sin_cos();
        let expected = Matrix::from_entries(vec![
            C64::new(cos, 0.0),
            -phase(lambda) * sin,
            phase(phi) * sin,
            phase(phi + lambda) * cos,
        ]);
        assert!(matrix("u3", &[theta, phi, lambda]).unwrap().distance(&expected) < 1e-14);
    }

    #[test]
    fn phased_x_is_an_x_rotation_between_z_rotations() {
        let (theta, phi) = (1.3, 0.8);
        let m = |name, angle| matrix(name, &[angle]).unwrap();
        let conjugated = &(&m("rz", phi) * &m("rx", theta)) * &m("rz", -phi);
        assert!(matrix("phased_x", &[theta, phi]).unwrap().distance(&conjugated) < 1e-14);
        let y = matrix("phased_x", &[theta, FRAC_PI_2]).unwrap();
        assert!(y.distance(&m("ry", theta)) < 1e-14);
    }
}
