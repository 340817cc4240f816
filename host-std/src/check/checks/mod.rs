//! The checks, one file a subject, in one list.
//!
//! A check drives one part as hosts do, and as no good host would, and says what it found. It may
//! crash: it runs in a process of its own ([`super::isolate`]).

mod conformance;
mod describe;
mod determinism;
mod errors;
mod forwarding;
mod growth;
mod layout;
mod life;
mod outcomes;
mod own_thread;
mod recreation;
mod refusals;
mod runtimes;
mod streams;
mod table;
mod threads;
mod unknown;
mod writes;

use pandia_core::part::PartKind;

use super::bench::Bench;
use super::finding::Checked;

/// One check.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Its name: `determinism`.
    pub name: &'static str,
    /// What must hold, in one line.
    pub about: &'static str,
    /// To which parts it applies.
    pub applies: Applies,
    pub(super) run: fn(&mut Bench) -> Checked,
}

/// To which parts a check applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// To all.
    All,
    /// To error models.
    ErrorModels,
    /// To error models and taps.
    Layers,
    /// To taps.
    Taps,
    /// To runtimes.
    Runtimes,
}

impl Applies {
    /// Whether it applies to this kind.
    #[must_use]
    pub const fn to(self, kind: PartKind) -> bool {
        match self {
            Self::All => true,
            Self::ErrorModels => matches!(kind, PartKind::ErrorModel),
            Self::Layers => matches!(kind, PartKind::ErrorModel | PartKind::Tap),
            Self::Taps => matches!(kind, PartKind::Tap),
            Self::Runtimes => matches!(kind, PartKind::Runtime),
        }
    }

    /// In words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "every part",
            Self::ErrorModels => "error models",
            Self::Layers => "error models, taps",
            Self::Taps => "taps",
            Self::Runtimes => "runtimes",
        }
    }
}

/// The name of the check that opens the file; the parts are known after it.
pub(super) const LOADS: &str = "loads";
/// The name of the check that runs others under valgrind.
pub(super) const VALGRIND: &str = "valgrind";

const fn check(
    name: &'static str,
    about: &'static str,
    applies: Applies,
    run: fn(&mut Bench) -> Checked,
) -> Check {
    Check { name, about, applies, run }
}

/// Every check, in the order in which they are made.
pub static CHECKS: &[Check] = &[
    check(LOADS, "the file opens and its module fits the interface", Applies::All, describe::loads),
    check("description", "texts, parameters and defaults make sense", Applies::All, describe::run),
    check(
        "layout",
        "the memory asked for makes sense and is always the same",
        Applies::All,
        layout::pure,
    ),
    check(
        "memory",
        "too little, NULL and misaligned memory is refused; none beyond it is touched",
        Applies::All,
        layout::memory,
    ),
    check(
        "table",
        "the table has every required function, and claims nothing that it has not",
        Applies::All,
        table::run,
    ),
    check(
        "growth",
        "grown structures are taken if the new end is 0, and refused if it is not",
        Applies::All,
        growth::run,
    ),
    check(
        "writes",
        "answers stay within the caller's structures and counts",
        Applies::All,
        writes::run,
    ),
    check(
        "unknown",
        "unknown settings, gates, kinds, queries and extensions are not taken",
        Applies::All,
        unknown::run,
    ),
    check(
        "errors",
        "errors fit any buffer and name layer, operation and a code of their class",
        Applies::All,
        errors::run,
    ),
    check("life_cycle", "calls at the wrong time are refused", Applies::All, life::run),
    check("refusals", "a refused call changes nothing", Applies::All, refusals::run),
    check(
        "outcomes",
        "each measurement has one outcome: id, operation, value",
        Applies::All,
        outcomes::run,
    ),
    check(
        "determinism",
        "the same seed gives the same bits, in any order and beside others",
        Applies::All,
        determinism::run,
    ),
    check(
        "conformance",
        "gates, measurements and errors are what the interface means by them",
        Applies::All,
        conformance::run,
    ),
    check(
        "no_noise",
        "an error model at rates of 0 is not there",
        Applies::ErrorModels,
        conformance::no_noise,
    ),
    check(
        "forwarding",
        "a layer passes on what is not its own, and claims no more than its child",
        Applies::Layers,
        forwarding::run,
    ),
    check(
        "transparent",
        "a tap changes neither outcomes nor state",
        Applies::Taps,
        forwarding::transparent,
    ),
    check(
        "threads",
        "a sendable part may move between threads; tags of calls below are kept",
        Applies::All,
        threads::run,
    ),
    check(
        "own_thread",
        "a runtime does the same with a thread of its own, and takes no pinned stack there",
        Applies::Runtimes,
        own_thread::run,
    ),
    check(
        "detach",
        "after detach a runtime leaves the stack alone",
        Applies::Runtimes,
        runtimes::detach,
    ),
    check(
        "recreation",
        "instances come and go, also in the middle of a shot and in used memory",
        Applies::All,
        recreation::run,
    ),
    check("streams", "random operations keep every promise", Applies::All, streams::run),
    check(
        VALGRIND,
        "recreation and streams under valgrind show no error of the part",
        Applies::All,
        recreation::under_valgrind,
    ),
];
