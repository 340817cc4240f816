//! The handshake before the first shot: which gates will come, and what becomes of each.

use crate::error::{ErrorKind, Result};
use crate::op::gates::{GATE_QUBITS_MAX, MATRIX_MAX, facts};
use crate::real::Complex;

/// The matrix of a user gate: writes `2 * 4^n` numbers, re and im of the row-major matrix.
pub type UserMatrixFn = fn(params: &[f64], re_im: &mut [f64]) -> Result<()>;

/// The matrix of a user gate, given by Rust or by somebody across an interface. Copied freely; it
/// stays valid as long as whoever announced it.
#[derive(Clone, Copy, Debug)]
pub struct UserMatrix(pub(crate) MatrixSource);

/// Two pointers that mean something to the [`AcrossFn`] only that was made together with them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AcrossWords(pub(crate) [*const (); 2]);

/// Writes a matrix that comes from across an interface.
pub(crate) type AcrossFn = fn(words: AcrossWords, params: &[f64], re_im: &mut [f64]) -> Result<()>;

/// Where a user gate's matrix comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MatrixSource {
    /// A function of this program.
    Here(UserMatrixFn),
    /// A function that somebody across an interface gave: two words that mean something to `call`
    /// only, which was made together with them.
    Across {
        /// The two words.
        words: AcrossWords,
        /// Writes the matrix.
        call: AcrossFn,
    },
}

impl UserMatrix {
    /// The matrix that `f` writes.
    #[must_use]
    pub const fn new(f: UserMatrixFn) -> Self {
        Self(MatrixSource::Here(f))
    }

    /// Writes the matrix for `params` into `re_im`, which has exactly `2 * 4^n` places.
    ///
    /// # Errors
    /// Whatever the function refuses.
    pub fn evaluate(&self, params: &[f64], re_im: &mut [f64]) -> Result<()> {
        match self.0 {
            MatrixSource::Here(f) => f(params, re_im),
            MatrixSource::Across { words, call } => call(words, params, re_im),
        }
    }
}

/// What becomes of a gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Verdict {
    /// It cannot be done here.
    #[default]
    Reject = 0,
    /// Done as it is.
    Native = 1,
    /// Done through its matrix.
    Matrix = 2,
    /// Done as a sequence of other gates.
    Lowered = 3,
}

impl Verdict {
    /// The verdict of this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Reject),
            1 => Some(Self::Native),
            2 => Some(Self::Matrix),
            3 => Some(Self::Lowered),
            _ => None,
        }
    }
}

/// One gate that may come: built in, or a user's with its matrix.
#[derive(Clone, Copy, Debug)]
pub struct GateDef<'a> {
    /// The wire form.
    pub slot: u16,
    /// The identity, with its revision.
    pub id: &'a str,
    /// How many qubits it acts on.
    pub qubit_count: u8,
    /// How many parameters it takes.
    pub param_count: u8,
    /// The meaning, if it is not built in and not opaque.
    pub matrix: Option<UserMatrix>,
}

/// The gates that a caller announces. Sets add up: a layer announces what it inserts by a call of
/// its own.
#[derive(Clone, Copy, Debug)]
pub struct GateSet<'a> {
    /// The gates, each slot at most once.
    pub gates: &'a [GateDef<'a>],
}

impl GateDef<'static> {
    /// The definition of a built-in gate.
    ///
    /// # Errors
    /// [`ErrorKind::GateRefused`] if no built-in gate has this slot.
    pub fn built_in(slot: u16) -> Result<Self> {
        let gate = facts(slot).ok_or(ErrorKind::GateRefused { gate: "user gate", slot })?;
        Ok(Self {
            slot,
            id: gate.id,
            qubit_count: gate.qubit_count,
            param_count: gate.param_count,
            matrix: None,
        })
    }
}

impl GateDef<'_> {
    /// Whether the gate's meaning is known here: a built-in gate with this slot and id, or a user
    /// gate of at most three qubits that brings its matrix.
    #[must_use]
    pub fn has_meaning(&self) -> bool {
        match facts(self.slot) {
            Some(gate) => gate.id == self.id,
            None => self.matrix.is_some() && usize::from(self.qubit_count) <= GATE_QUBITS_MAX,
        }
    }
}

/// The most numbers that a [`UserMatrixFn`] writes.
pub const RE_IM_MAX: usize = 2 * MATRIX_MAX;

/// The matrix in `re_im` (row-major, re and im in turn) as complex numbers.
///
/// # Errors
/// [`ErrorKind::NotUnitary`] if the first `4^qubit_count` entries are no unitary matrix.
pub fn unitary_from_re_im(
    qubit_count: u8,
    re_im: &[f64],
    out: &mut [Complex<f64>; MATRIX_MAX],
) -> Result<()> {
    for (entry, pair) in out.iter_mut().zip(re_im.chunks_exact(2)) {
        *entry = Complex::new(pair[0], pair[1]);
    }
    crate::op::gates::check_unitary(qubit_count, out)
}
