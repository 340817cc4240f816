//! The words of each language that are no names.
//! Not here: what they begin.

use super::Language;
use super::operand::base_type;

/// Words of OpenQASM 2 that cannot be names.
const RESERVED_2: [&str; 11] = [
    "OPENQASM", "include", "qreg", "creg", "gate", "opaque", "measure", "reset", "barrier", "if",
    "pi",
];

/// Words of OpenQASM 3 that cannot be names; the types come on top.
const RESERVED_3: [&str; 41] = [
    "OPENQASM",
    "include",
    "defcalgrammar",
    "def",
    "cal",
    "defcal",
    "gate",
    "extern",
    "box",
    "let",
    "break",
    "continue",
    "if",
    "else",
    "end",
    "return",
    "for",
    "while",
    "in",
    "switch",
    "case",
    "default",
    "nop",
    "pragma",
    "input",
    "output",
    "const",
    "readonly",
    "mutable",
    "gphase",
    "inv",
    "pow",
    "ctrl",
    "negctrl",
    "durationof",
    "delay",
    "reset",
    "measure",
    "barrier",
    "true",
    "false",
];

/// The word cannot be a name.
pub(super) fn is_reserved(language: Language, word: &str) -> bool {
    match language {
        Language::Qasm2 => RESERVED_2.contains(&word) && word != "pi",
        Language::Qasm3 => {
            RESERVED_3.contains(&word) || base_type(word).is_some() || word == "opaque"
        }
    }
}

/// The word cannot be a function's name.
pub(super) fn is_reserved_but_pow(language: Language, word: &str) -> bool {
    word != "pow" && is_reserved(language, word)
}
