//! Pandia's gates in OpenQASM's words: definitions that come down to the built-in `U` and `CX`.
//!
//! All of them hold up to a global phase, which no file of a shot can show: it has no controls.
//! Parameters of gates that OpenQASM 3 does not have are named in the order of the alphabet: Qiskit's
//! reader of OpenQASM 3 (0.6.0) gives a defined gate its parameters in that order.

use pandia_core::op::gates::slot;

/// The version of OpenQASM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QasmVersion {
    /// 2.0.
    V2,
    /// 3.0.
    #[default]
    V3,
}

/// How OpenQASM says a gate.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) slot: u16,
    /// Its name there.
    pub(super) name: &'static str,
    /// Whether `stdgates.inc` of OpenQASM 3 has it.
    pub(super) is_standard: bool,
    /// Names of parameters.
    params: &'static str,
    /// Names of qubits.
    qubits: &'static str,
    /// What it is made of.
    body: &'static str,
    /// Gates in the body that need a definition themselves.
    pub(super) uses: &'static [u16],
}

impl Definition {
    /// The definition as a line.
    pub(super) fn text(&self) -> String {
        let Self { name, params, qubits, body, .. } = self;
        if params.is_empty() {
            format!("gate {name} {qubits} {{ {body} }}")
        } else {
            format!("gate {name}({params}) {qubits} {{ {body} }}")
        }
    }
}

/// What is said of a gate: slot, name, parameters, qubits, body, gates in it.
type Words = (u16, &'static str, &'static str, &'static str, &'static str, &'static [u16]);

const fn standard(words: Words) -> Definition {
    Definition { is_standard: true, ..own(words) }
}

const fn own((slot, name, params, qubits, body, uses): Words) -> Definition {
    Definition { slot, name, is_standard: false, params, qubits, body, uses }
}

/// The gates, each after those that it is made of.
pub(super) static DEFINITIONS: &[Definition] = &[
    own((
        slot::PHASED_X,
        "phased_x",
        "amount, axis",
        "a",
        "U(amount, axis - pi/2, pi/2 - axis) a;",
        &[],
    )),
    standard((slot::RZ, "rz", "theta", "a", "U(0, 0, theta) a;", &[])),
    standard((slot::RX, "rx", "theta", "a", "U(theta, -pi/2, pi/2) a;", &[])),
    standard((slot::RY, "ry", "theta", "a", "U(theta, 0, 0) a;", &[])),
    standard((slot::I, "id", "", "a", "U(0, 0, 0) a;", &[])),
    standard((slot::X, "x", "", "a", "U(pi, 0, pi) a;", &[])),
    standard((slot::Y, "y", "", "a", "U(pi, pi/2, pi/2) a;", &[])),
    standard((slot::Z, "z", "", "a", "U(0, 0, pi) a;", &[])),
    standard((slot::H, "h", "", "a", "U(pi/2, 0, pi) a;", &[])),
    standard((slot::S, "s", "", "a", "U(0, 0, pi/2) a;", &[])),
    standard((slot::SDG, "sdg", "", "a", "U(0, 0, -pi/2) a;", &[])),
    standard((slot::T, "t", "", "a", "U(0, 0, pi/4) a;", &[])),
    standard((slot::TDG, "tdg", "", "a", "U(0, 0, -pi/4) a;", &[])),
    standard((slot::SX, "sx", "", "a", "U(pi/2, -pi/2, pi/2) a;", &[])),
    own((slot::SXDG, "sxdg", "", "a", "U(-pi/2, -pi/2, pi/2) a;", &[])),
    standard((slot::U3, "u3", "theta, phi, lambda", "a", "U(theta, phi, lambda) a;", &[])),
    standard((slot::PHASE, "p", "lambda", "a", "U(0, 0, lambda) a;", &[])),
    standard((slot::CX, "cx", "", "a, b", "CX a, b;", &[])),
    standard((slot::CY, "cy", "", "a, b", "sdg b; cx a, b; s b;", &[slot::SDG, slot::CX, slot::S])),
    standard((slot::CZ, "cz", "", "a, b", "h b; cx a, b; h b;", &[slot::H, slot::CX])),
    standard((
        slot::CH,
        "ch",
        "",
        "a, b",
        "ry(-pi/4) b; cz a, b; ry(pi/4) b;",
        &[slot::RY, slot::CZ],
    )),
    standard((slot::SWAP, "swap", "", "a, b", "cx a, b; cx b, a; cx a, b;", &[slot::CX])),
    own((
        slot::ISWAP,
        "iswap",
        "",
        "a, b",
        "s a; s b; h a; cx a, b; cx b, a; h b;",
        &[slot::S, slot::H, slot::CX],
    )),
    standard((
        slot::CRZ,
        "crz",
        "theta",
        "a, b",
        "rz(theta/2) b; cx a, b; rz(-theta/2) b; cx a, b;",
        &[slot::RZ, slot::CX],
    )),
    standard((
        slot::CPHASE,
        "cp",
        "lambda",
        "a, b",
        "p(lambda/2) a; cx a, b; p(-lambda/2) b; cx a, b; p(lambda/2) b;",
        &[slot::PHASE, slot::CX],
    )),
    own((
        slot::ZZ_PHASE,
        "zz_phase",
        "theta",
        "a, b",
        "cx a, b; rz(theta) b; cx a, b;",
        &[slot::CX, slot::RZ],
    )),
    own((
        slot::XX_PHASE,
        "xx_phase",
        "theta",
        "a, b",
        "h a; h b; zz_phase(theta) a, b; h a; h b;",
        &[slot::H, slot::ZZ_PHASE],
    )),
    own((
        slot::YY_PHASE,
        "yy_phase",
        "theta",
        "a, b",
        "rx(pi/2) a; rx(pi/2) b; zz_phase(theta) a, b; rx(-pi/2) a; rx(-pi/2) b;",
        &[slot::RX, slot::ZZ_PHASE],
    )),
    own((
        slot::PHASED_XX,
        "phased_xx",
        "amount, axis",
        "a, b",
        "rz(-axis) a; rz(-axis) b; xx_phase(amount) a, b; rz(axis) a; rz(axis) b;",
        &[slot::RZ, slot::XX_PHASE],
    )),
    standard((
        slot::CCX,
        "ccx",
        "",
        "a, b, c",
        "h c; cx b, c; tdg c; cx a, c; t c; cx b, c; tdg c; cx a, c; t b; t c; h c; cx a, b; t a; \
         tdg b; cx a, b;",
        &[slot::H, slot::CX, slot::T, slot::TDG],
    )),
    standard((
        slot::CSWAP,
        "cswap",
        "",
        "a, b, c",
        "cx c, b; ccx a, b, c; cx c, b;",
        &[slot::CX, slot::CCX],
    )),
];

/// How OpenQASM says the gate with this slot.
pub(super) fn definition(slot: u16) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|definition| definition.slot == slot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_defined_gates_are_in_the_order_of_the_alphabet() {
        let mut several = 0;
        for definition in DEFINITIONS.iter().filter(|definition| !definition.is_standard) {
            let names: Vec<&str> = definition.params.split(", ").collect();
            assert!(names.is_sorted(), "{}", definition.name);
            several += usize::from(names.len() > 1);
        }
        assert_eq!(several, 2);
    }

    #[test]
    fn every_gate_comes_after_those_that_it_is_made_of() {
        for (index, definition) in DEFINITIONS.iter().enumerate() {
            for used in definition.uses {
                let before = DEFINITIONS[..index].iter().any(|other| other.slot == *used);
                assert!(before, "{} uses gate {used}", definition.name);
            }
        }
    }
}
