//! What a run of the checks is asked for.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a simulator is held to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// Found out: exact in double or single precision, or Clifford.
    #[default]
    Auto,
    /// Outcomes by Born's rule, in double precision.
    Exact,
    /// The same in single precision.
    Single,
    /// As exact, but other than Clifford angles are refused.
    Clifford,
    /// A fair coin, whatever was done.
    Random,
    /// Anything of the right form, repeatable.
    Noisy,
}

impl Expected {
    /// All of them with their names.
    pub const ALL: [(&'static str, Self); 6] = [
        ("auto", Self::Auto),
        ("exact", Self::Exact),
        ("single", Self::Single),
        ("clifford", Self::Clifford),
        ("random", Self::Random),
        ("noisy", Self::Noisy),
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, one)| *one == self).map_or("auto", |(name, _)| name)
    }
}

/// What each check is held to and bounded by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// What a simulator is held to.
    pub profile: Expected,
    /// The seed of everything random.
    pub seed: u64,
    /// How many random streams of operations are run.
    pub streams: u64,
    /// Only this one of them.
    pub stream: Option<u64>,
    /// How many operations each has.
    pub ops: u32,
}

impl Default for Held {
    fn default() -> Self {
        Self { profile: Expected::Auto, seed: 1, streams: 40, stream: None, ops: 60 }
    }
}

/// What to check and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The library.
    pub file: PathBuf,
    /// Only this plugin of it.
    pub plugin: Option<String>,
    /// Only these checks; empty for all.
    pub only: Vec<String>,
    /// Settings for the parts, key and value; each part gets those that it takes.
    pub settings: Vec<(String, String)>,
    /// What it is held to.
    pub held: Held,
    /// How long one check may take.
    pub timeout: Duration,
    /// The `pandia` program that makes the checks, one process each; `None` for this program
    /// itself, which must then be `pandia`.
    pub program: Option<PathBuf>,
    /// Make the checks in this process instead: a crash ends it.
    pub in_process: bool,
}

impl Options {
    /// All checks of every plugin in this library.
    #[must_use]
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            plugin: None,
            only: Vec::new(),
            settings: Vec::new(),
            held: Held::default(),
            timeout: Duration::from_secs(60),
            program: None,
            in_process: false,
        }
    }
}
