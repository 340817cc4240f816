//! Checks that any backend must pass, runnable on a desktop and on a board: no allocation, no
//! clock, no output, and less than 64 KiB of stack. What is found is handed to the caller, check by
//! check.
//!
//! ```
//! # use pandia_core::backend::Backend;
//! use pandia_core::conformance::{Profile, run};
//! # fn on(backend: &mut dyn Backend) {
//! let summary = run(backend, &Profile::exact(), &mut |check, finding| {
//!     let _ = (check.name, finding);
//! });
//! assert_eq!(summary.failed, 0);
//! # }
//! ```
//!
//! One instance is used throughout, shot after shot, since that is how backends live. A
//! [`Profile`] says what may be expected. Gates are compared with the matrices of the one list by
//! way of a three-qubit reference that shares no code with any simulator.
//! Not here: what needs a desktop (random circuits, other people's simulators), which is in the
//! `tests` package.

mod check_gates;
mod check_info;
mod check_life;
mod check_measure;
mod check_negotiate;
mod check_outcomes;
mod check_refuse;
mod circuit;
mod gate_cases;
mod harness;
mod reference;
#[cfg(test)]
mod tests;
mod tolerance;

use crate::backend::Backend;
use harness::Harness;
use heapless::String;

/// Longest text of a failure in bytes; longer text is cut.
pub const FAILURE_BYTES: usize = 240;

/// What a backend is held to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expects {
    /// Every accepted gate at every angle, outcomes by Born's rule.
    Exact,
    /// As exact, but other than Clifford angles are refused by name.
    Clifford,
    /// Outcomes are 1 with this probability, whatever was done.
    Random {
        /// The probability of 1.
        one: f64,
    },
    /// Outcomes may be anything; only form, errors and repeatability are checked.
    Noisy,
}

/// What may be expected of a backend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    /// What it is held to.
    pub expects: Expects,
    /// Whether a batch that is refused must be refused before its first operation. So with every
    /// simulator; a layer that cuts batches in pieces may lose the shot instead.
    pub whole_batches: bool,
    /// Whether what cannot be done may be told once the batch was taken, as a lost shot, at the next
    /// outcome behind it or at the end of the shot. So with a runtime on a thread of its own.
    pub tells_late: bool,
    /// How far a probability of a state query may be off.
    pub tolerance: f64,
    /// Fewer circuits per gate: for boards.
    pub quick: bool,
}

impl Profile {
    /// A simulator in `f64`, or anything that must act as one.
    #[must_use]
    pub const fn exact() -> Self {
        Self {
            expects: Expects::Exact,
            whole_batches: true,
            tells_late: false,
            tolerance: tolerance::PROBABILITY_F64,
            quick: false,
        }
    }

    /// A simulator in `f32`.
    #[must_use]
    pub const fn exact_f32() -> Self {
        Self { tolerance: tolerance::PROBABILITY_F32, ..Self::exact() }
    }

    /// A stabilizer simulator.
    #[must_use]
    pub const fn clifford() -> Self {
        Self { expects: Expects::Clifford, ..Self::exact() }
    }

    /// A backend that tosses a coin.
    #[must_use]
    pub const fn random(one: f64) -> Self {
        Self { expects: Expects::Random { one }, ..Self::exact() }
    }

    /// A stack with noise in it.
    #[must_use]
    pub const fn noisy() -> Self {
        Self { expects: Expects::Noisy, whole_batches: false, ..Self::exact() }
    }

    /// The same for a stack whose layers cut batches in pieces.
    #[must_use]
    pub const fn in_pieces(mut self) -> Self {
        self.whole_batches = false;
        self
    }

    /// The same for a runtime that works on a thread of its own: the program has gone on when
    /// something fails.
    #[must_use]
    pub const fn telling_late(mut self) -> Self {
        self.whole_batches = false;
        self.tells_late = true;
        self
    }

    /// The same with fewer circuits per gate.
    #[must_use]
    pub const fn quick(mut self) -> Self {
        self.quick = true;
        self
    }

    /// Whether outcomes follow from the operations.
    const fn is_quantum(&self) -> bool {
        matches!(self.expects, Expects::Exact | Expects::Clifford)
    }
}

/// One check.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Its name: `bell_pairs_agree`.
    pub name: &'static str,
    run: fn(&mut Harness<'_>) -> Checked,
}

/// What a check found.
#[expect(clippy::large_enum_variant, reason = "one at a time exists, and there is no allocator")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// All is well.
    Passed,
    /// It does not apply to this backend; the text says why.
    Skipped(&'static str),
    /// Something is wrong; the text says what.
    Failed(String<FAILURE_BYTES>),
}

/// What became of all checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many checks passed.
    pub passed: u32,
    /// How many did not apply.
    pub skipped: u32,
    /// How many failed.
    pub failed: u32,
    /// Bit `slot` is set if that gate was compared with its matrix.
    pub gates_compared: u64,
}

/// Why a check stopped: not applicable, or failed.
type Stop = Finding;
/// What a check gives: nothing, if all is well.
type Checked<T = ()> = Result<T, Stop>;

/// Every check, in the order in which [`run`] makes them.
pub static CHECKS: &[&[Check]] = &[
    check_info::CHECKS,
    check_negotiate::CHECKS,
    check_life::CHECKS,
    check_outcomes::CHECKS,
    check_refuse::CHECKS,
    check_measure::CHECKS,
    check_gates::CHECKS,
];

/// Makes every check on `backend`, which must be between shots and is so again afterwards.
/// `each` is told of every check and what it found.
pub fn run(
    backend: &mut dyn Backend,
    profile: &Profile,
    each: &mut dyn FnMut(&Check, &Finding),
) -> Summary {
    let mut summary = Summary::default();
    let mut harness = Harness::new(backend, *profile);
    for check in CHECKS.iter().copied().flatten() {
        let finding = match harness.prepare().and_then(|()| (check.run)(&mut harness)) {
            Ok(()) => Finding::Passed,
            Err(stop) => stop,
        };
        harness.clean_up();
        match finding {
            Finding::Passed => summary.passed += 1,
            Finding::Skipped(_) => summary.skipped += 1,
            Finding::Failed(_) => summary.failed += 1,
        }
        each(check, &finding);
    }
    summary.gates_compared = harness.gates_compared;
    summary
}
