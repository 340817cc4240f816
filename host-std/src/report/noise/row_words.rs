//! Rows in words.

use pandia_core::noise::expected::Deed;

use super::happened::What;
use super::rows::{ErrorKind, ErrorRow, Label, Tally};

/// The row in words.
pub(super) fn row(labels: &[Label], what: &What, tally: Tally) -> ErrorRow {
    let mut names: Vec<&str> = labels.iter().map(|(name, _)| name.as_str()).collect();
    names.dedup();
    let mut qubits: Vec<u32> = Vec::new();
    for qubit in labels.iter().flat_map(|(_, qubits)| qubits) {
        if !qubits.contains(qubit) {
            qubits.push(*qubit);
        }
    }
    if let What::Deed(Deed::MisreadsPair { qubits: pair, .. }) = what {
        // The values are those of these qubits in this order.
        qubits = pair.to_vec();
    }
    let (error, befell) = described(what, &qubits);
    ErrorRow { gate: names.join(" | "), qubits, error, kind: ErrorKind::of(what), tally, befell }
}

/// The error in words, and which qubits it befell with which Pauli (0: no Pauli).
fn described(what: &What, qubits: &[u32]) -> (String, Vec<(u32, u8)>) {
    const LETTERS: [&str; 4] = ["I", "X", "Y", "Z"];
    let letter = |pauli: u8| LETTERS.get(usize::from(pauli)).copied().unwrap_or("?");
    match what {
        What::Deed(Deed::Paulis(string)) => {
            let factors = string.factors();
            let on = |qubit: u32| {
                factors.iter().find(|(at, _)| *at == qubit).map_or(0, |&(_, pauli)| pauli)
            };
            let is_own = factors.iter().all(|(at, _)| qubits.contains(at));
            let words = if qubits.len() <= 2 && is_own {
                qubits.iter().map(|&qubit| letter(on(qubit))).collect::<String>()
            } else {
                let words =
                    factors.iter().map(|&(qubit, pauli)| format!("{}{qubit}", letter(pauli)));
                words.collect::<Vec<_>>().join(" ")
            };
            (words, factors.to_vec())
        }
        What::Deed(Deed::Rotation { qubits, qubit_count }) => {
            let touched = qubits.iter().take(usize::from(*qubit_count));
            ("rotation".to_owned(), touched.map(|&qubit| (qubit, 0)).collect())
        }
        What::Deed(Deed::Leaks(qubit)) => (format!("{qubit} leaks"), vec![(*qubit, 0)]),
        What::Deed(Deed::Returns(qubit)) => (format!("{qubit} returns"), vec![(*qubit, 0)]),
        What::Deed(Deed::Misreads { measured, reported }) => {
            let first = qubits.first().map(|&qubit| (qubit, 0));
            (format!("{measured} read as {reported}"), first.into_iter().collect())
        }
        What::Deed(Deed::MisreadsPair { qubits, measured: [a, b], reported: [c, d] }) => {
            let changed = qubits.iter().zip([a != c, b != d]).filter(|(_, changed)| *changed);
            let befell = changed.map(|(&qubit, _)| (qubit, 0)).collect();
            (format!("{a}{b} read as {c}{d}"), befell)
        }
        What::Deed(Deed::Damps(qubit)) => (format!("{qubit} decays"), vec![(*qubit, 0)]),
        What::Deed(Deed::Clears(qubit)) => (format!("{qubit} stays out"), vec![(*qubit, 0)]),
        What::Deed(Deed::Answers(value)) => {
            let first = qubits.first().map(|&qubit| (qubit, 0));
            (format!("leaked, read as {value}"), first.into_iter().collect())
        }
        What::Other(words) => (words.clone(), qubits.iter().map(|&qubit| (qubit, 0)).collect()),
    }
}
