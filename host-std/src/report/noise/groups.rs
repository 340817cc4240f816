//! Rows added up: by kind, gate, qubit and Pauli.

use std::collections::{BTreeMap, BTreeSet};

use pandia_core::noise::expected::Deed;
use serde::Serialize;

use super::happened::What;
use super::row_words::row;
use super::rows::{ErrorKind, Label, Rows, Sum, Tally};

/// What rows are added up by; always within their kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grouping {
    /// By kind alone.
    Kind,
    /// By gate, wherever.
    Gate,
    /// By qubit that an error befell.
    Qubit,
    /// By Pauli, wherever.
    Pauli,
}

impl Grouping {
    pub(super) const ALL: [Self; 4] = [Self::Kind, Self::Gate, Self::Qubit, Self::Pauli];
}

/// Rows together.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// Of which kind.
    pub kind: ErrorKind,
    /// What they have in common: a gate, a qubit, X, Y or Z; empty for all of a kind.
    pub of: String,
    /// How often. No interval if the rows are not independent: Pauli strings on three or more qubits,
    /// which are counted qubit by qubit, and misread pairs that share a qubit.
    #[serde(flatten)]
    pub tally: Tally,
}

/// A group without its interval.
#[derive(Clone, Debug)]
pub(super) struct Grouped {
    kind: ErrorKind,
    of: Of,
    pub(super) sum: Sum,
    pub(super) independent: bool,
}

/// What rows have in common; qubits in the order of their numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    All,
    Qubit(u32),
    Name(String),
}

impl Rows {
    pub(super) fn groups(&self, by: Grouping) -> impl Iterator<Item = Grouped> + use<> {
        let mut groups: BTreeMap<(ErrorKind, Of), (Sum, bool)> = BTreeMap::new();
        let mut pairs: BTreeMap<(ErrorKind, Of), BTreeSet<[u32; 2]>> = BTreeMap::new();
        for ((labels, what), sum) in self.sums() {
            let kind = ErrorKind::of(what);
            for of in commons(labels, what, by) {
                let pairs = pairs.entry((kind, of.clone())).or_default();
                let (all, independent) = groups.entry((kind, of)).or_insert((Sum::default(), true));
                all.chances += sum.chances;
                all.expected += sum.expected;
                all.inserted += sum.inserted;
                all.by_channel |= sum.by_channel;
                // On one qubit the errors of a string exclude each other.
                *independent &= by == Grouping::Qubit || !is_wide(labels, what);
                if let What::Deed(Deed::MisreadsPair { qubits, .. }) = what {
                    // What two pairs report of the same qubit is one thing, counted twice.
                    let shares = |other: &[u32; 2]| other.iter().any(|one| qubits.contains(one));
                    *independent &= !pairs.iter().any(|other| other != qubits && shares(other));
                    pairs.insert(*qubits);
                }
            }
        }
        groups.into_iter().map(|((kind, of), (sum, independent))| Grouped {
            kind,
            of,
            sum,
            independent,
        })
    }

    /// The groups, with intervals whose tails hold at most `tail` each.
    pub(super) fn finish_groups(&self, by: Grouping, tail: f64) -> Vec<Group> {
        let finished = self.groups(by).map(|group| {
            let mut tally = self.tally(&group.sum, tail);
            if !group.independent {
                (tally.low, tally.high, tally.agrees) = (None, None, None);
            }
            let of = match group.of {
                Of::All => String::new(),
                Of::Qubit(qubit) => qubit.to_string(),
                Of::Name(name) => name,
            };
            Group { kind: group.kind, of, tally }
        });
        finished.collect()
    }
}

/// What a row has in common with others.
fn commons(labels: &[Label], what: &What, by: Grouping) -> Vec<Of> {
    let described = row(labels, what, Tally::default());
    let mut all: Vec<Of> = match by {
        Grouping::Kind => vec![Of::All],
        Grouping::Gate => vec![Of::Name(described.gate)],
        Grouping::Qubit => described.befell.iter().map(|&(qubit, _)| Of::Qubit(qubit)).collect(),
        Grouping::Pauli => {
            let names = described.befell.iter().filter_map(|&(_, pauli)| match pauli {
                1 => Some("X"),
                2 => Some("Y"),
                3 => Some("Z"),
                _ => None,
            });
            names.map(|name| Of::Name(name.to_owned())).collect()
        }
    };
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether errors of such a row come together with others of the same operation.
fn is_wide(labels: &[Label], what: &What) -> bool {
    let wide = labels.iter().any(|(_, qubits)| qubits.len() > 2);
    wide && matches!(what, What::Deed(Deed::Paulis(_)))
}
