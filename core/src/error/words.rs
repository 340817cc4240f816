//! What an error says: written when somebody reads it, not when it happens. Where it happens only
//! numbers are kept, so that a loop in real time, which may fail, does not carry the code that formats.

use super::{ErrorKind, LAYER_BYTES, TEXT_BYTES};
use core::fmt::{self, Display, Write};
use heapless::String;

/// In which words an error is said.
#[derive(Clone, PartialEq)]
pub(super) enum Words {
    /// Those of its kind.
    OfKind,
    /// These.
    Text(String<TEXT_BYTES>),
    /// Those of the case, which are not written yet.
    Of(Case),
}

/// A case that has more to say than its kind, as numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub(crate) enum Case {
    /// A gate with a wrong number of qubits or parameters.
    WrongCounts { gate: &'static str, slot: u16, qubits: [u8; 2], params: [u8; 2] },
    /// A postselected value that is neither 0 nor 1.
    PostselectValue(u64),
    /// A postselected value that a leaked qubit never reads.
    LeakedNeverReads { qubit: u32, value: u8 },
    /// A program's own gate without a matrix.
    NotAnnounced { slot: u16 },
    /// A program's own gate for a simulator that takes none.
    BuiltInOnly { slot: u16 },
    /// A gate whose record carries its matrix, for a simulator that takes none.
    NoMatrices { gate: &'static str, slot: u16 },
    /// A gate that is Clifford at no angle.
    NeverClifford { gate: &'static str, slot: u16 },
    /// A gate that a stabilizer simulator knows nothing of.
    NoMatrixHere { slot: u16 },
    /// A layer that inserts a gate which its child rejects.
    CannotInsert { part: &'static str, gate: &'static str, child: LayerId },
    /// Leakage over a child that does not reset.
    CannotReset { child: LayerId },
    /// A state of so many qubits, of 2 to the power of `exponent` bytes.
    StateTooLarge {
        what: &'static str,
        qubit_count: u32,
        exponent: u64,
        qubits_max: u32,
        way_out: &'static str,
    },
    /// A tableau of so many qubits.
    TableauTooLarge { qubit_count: u32, qubits_max: u32 },
}

/// The id of a layer, kept until it is written.
pub(crate) type LayerId = String<LAYER_BYTES>;

impl Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::WrongCounts {
                gate,
                slot,
                qubits: [takes, got],
                params: [takes_params, got_params],
            } => {
                write!(
                    f,
                    "gate {gate} (slot {slot}) takes {takes} qubits and {takes_params} parameters, \
                     not {got} and {got_params}"
                )
            }
            Self::PostselectValue(value) => {
                write!(f, "postselect takes the value 0 or 1, not {value}")
            }
            Self::LeakedNeverReads { qubit, value } => write!(
                f,
                "postselecting qubit {qubit} on {value}: it has leaked and never reads {value}"
            ),
            Self::NotAnnounced { slot } => write!(
                f,
                "gate slot {slot} is a program's own and was not announced with a matrix; announce \
                 it before the first shot"
            ),
            Self::BuiltInOnly { slot } => write!(
                f,
                "gate slot {slot} is not built in, and this simulator was built for built-in gates \
                 only; use one that takes gates of a program's own"
            ),
            Self::NoMatrices { gate, slot } => write!(
                f,
                "gate {gate} (slot {slot}) carries its matrix, and this simulator was built without \
                 matrices; use one that takes them"
            ),
            Self::NeverClifford { gate, slot } => {
                write!(
                    f,
                    "gate {gate} (slot {slot}) is not Clifford at any angle; use a state-vector \
                     simulator"
                )
            }
            Self::NoMatrixHere { slot } => write!(
                f,
                "gate slot {slot} is not built in, and a stabilizer simulator cannot use a matrix; \
                 use a state-vector simulator"
            ),
            Self::CannotInsert { part, gate, ref child } => write!(
                f,
                "{part} inserts the gate {gate}, which {child} cannot do; use another simulator"
            ),
            Self::CannotReset { ref child } => write!(
                f,
                "leakage resets qubits that leak, which {child} cannot do; use another simulator"
            ),
            Self::StateTooLarge { what, qubit_count, exponent, qubits_max, way_out } => {
                write!(f, "{what} of {qubit_count} qubits needs ")?;
                write_bytes(f, exponent)?;
                write!(f, "; at most {qubits_max} qubits fit here: {way_out}")
            }
            Self::TableauTooLarge { qubit_count, qubits_max } => {
                let mib = u64::from(qubit_count).saturating_mul(qubit_count.into()) >> 21;
                write!(
                    f,
                    "a tableau of {qubit_count} qubits needs {mib} MiB; at most {qubits_max} qubits \
                     are held, fewer where addresses are short: use fewer"
                )
            }
        }
    }
}

impl Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Argument(what)
            | Self::Unsupported(what)
            | Self::State(what)
            | Self::Config(what)
            | Self::Interface(what)
            | Self::Hardware(what)
            | Self::Link(what)
            | Self::LinkDown(what)
            | Self::Diverged(what)
            | Self::Arithmetic(what)
            | Self::Outcomes(what)
            | Self::Broken(what) => f.write_str(what),
            Self::Capacity { what, needed, available } => {
                write!(f, "{what}: {needed} needed, {available} available")
            }
            Self::QubitOutOfRange { qubit, width } => write_qubit_out_of_range(f, qubit, width),
            Self::SameQubit { qubit } => {
                write!(f, "qubit {qubit} is named twice by one operation; give it different qubits")
            }
            Self::NotFinite { param } => {
                write!(f, "parameter {param} is not a finite number; angles are finite radians")
            }
            Self::NotAProbability { value } => {
                write!(f, "{value} is not a probability; give a number from 0 to 1")
            }
            Self::GateRefused { gate, slot } => {
                write!(f, "gate {gate} (slot {slot}) cannot be done by this part")
            }
            Self::NotClifford { gate, param, theta } => write!(
                f,
                "{gate} with parameter {param} = {theta} rad is not Clifford; \
                 use a multiple of pi/2 or a state-vector simulator"
            ),
            Self::NotUnitary { deviation } => {
                write!(f, "the matrix is not unitary: off by {deviation:e}; check its entries")
            }
            Self::Record { word, reason } => write!(f, "bad record at word {word}: {reason}"),
            Self::Program { word, reason } => write!(f, "bad program at word {word}: {reason}"),
            Self::Impossible { qubit, value } => {
                write!(f, "postselecting qubit {qubit} on {value}: that outcome has probability 0")
            }
            Self::ProgramFailed { code } => write!(f, "the program failed with code {code}"),
            Self::StepLimit { limit } => write!(
                f,
                "the shot ran more than {limit} instructions; an endless loop, or raise the limit"
            ),
            Self::Partial { code } => {
                write!(f, "refused ({code}) after part of the batch was done")
            }
            Self::Foreign { code } => write!(f, "error {code}, without a text"),
        }
    }
}

/// 2 to the power of `exponent` bytes.
fn write_bytes(f: &mut fmt::Formatter<'_>, exponent: u64) -> fmt::Result {
    if exponent < 90 {
        write!(f, "{} GiB", 1_u64 << exponent.saturating_sub(30))
    } else {
        write!(f, "2^{exponent} bytes")
    }
}

fn write_qubit_out_of_range(f: &mut fmt::Formatter<'_>, qubit: u32, width: u32) -> fmt::Result {
    match width {
        0 => write!(f, "qubit {qubit} does not exist: there are none; configure some"),
        _ => write!(
            f,
            "qubit {qubit} does not exist: there are {width} (0 to {}); \
             use a smaller index or configure more qubits",
            width - 1
        ),
    }
}

/// As much of `text` as fits, cut at a character border; an ellipsis shows the cut.
pub(crate) fn cut<const N: usize>(text: &str) -> String<N> {
    let mut out = String::new();
    if out.push_str(text).is_err() {
        let mut end = N.saturating_sub('…'.len_utf8());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        // Both fit.
        let _ = out.push_str(text.get(..end).unwrap_or_default());
        let _ = out.push('…');
    }
    out
}

pub(super) struct Cutter<'a, const N: usize> {
    pub(super) text: &'a mut String<N>,
}

impl<const N: usize> Write for Cutter<'_, N> {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        if self.text.push_str(s).is_ok() {
            return Ok(());
        }
        for c in s.chars() {
            if self.text.push(c).is_err() {
                while self.text.push('…').is_err() && self.text.pop().is_some() {}
                return Err(fmt::Error);
            }
        }
        Ok(())
    }
}
