//! The circuits that benches and peers share, as operations.

use pandia_core::error::Result;
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{Batch, OpSink};

/// Layers of PhasedX on every qubit, each followed by a ladder of ZZPhase on neighbours: the
/// small-circuit workload, `layers * (2 n - 1)` gates. Angles differ from gate to gate.
#[derive(Clone, Debug)]
pub struct Ladder {
    ops: OpVec,
}

impl Ladder {
    /// The circuit on `qubit_count` qubits.
    ///
    /// # Errors
    /// None for fewer than 2^32 qubits.
    pub fn new(qubit_count: u32, layers: u32) -> Result<Self> {
        let mut ops = OpVec::new();
        for layer in 0..layers {
            for q in 0..qubit_count {
                let theta = 0.3 + 0.1 * f64::from(layer) + 0.07 * f64::from(q);
                let phi = 1.1 - 0.05 * f64::from(layer) + 0.2 * f64::from(q);
                ops.gate(slot::PHASED_X, &[q], &[theta, phi])?;
            }
            for q in 1..qubit_count {
                let theta = 0.9 - 0.03 * f64::from(layer) + 0.11 * f64::from(q);
                ops.gate(slot::ZZ_PHASE, &[q - 1, q], &[theta])?;
            }
        }
        Ok(Self { ops })
    }

    /// The gates as one batch.
    #[must_use]
    pub fn batch(&self) -> Batch<'_> {
        self.ops.batch()
    }
}

/// One round of a rotated surface code of distance `distance` in the Z basis: resets of all
/// ancillas, the CX and H of every stabilizer, measurements of all ancillas with result ids from 0.
/// Data qubits are `0..d*d`, ancillas follow. Returns the qubits used in all.
///
/// # Errors
/// As [`OpSink::push`].
pub fn surface_code_round(distance: u32, ops: &mut dyn OpSink) -> Result<u32> {
    let d = i64::from(distance);
    let data = |row: i64, col: i64| {
        let inside = (0..d).contains(&row) && (0..d).contains(&col);
        inside.then(|| u32::try_from(row * d + col).unwrap_or(0))
    };
    // A plaquette (row, col) touches data (row-1..=row, col-1..=col); its kind alternates. Bulk
    // plaquettes have four data qubits; of the two-qubit ones at the rim, X lie above and below
    // and Z left and right.
    let mut plaquettes = Vec::new();
    for row in 0..=d {
        for col in 0..=d {
            let corners =
                [data(row - 1, col - 1), data(row - 1, col), data(row, col - 1), data(row, col)];
            let is_x = (row + col) % 2 == 0;
            let rim_rows = row == 0 || row == d;
            let rim_cols = col == 0 || col == d;
            let kept = match corners.iter().flatten().count() {
                4 => true,
                2 => (rim_rows && is_x) || (rim_cols && !is_x),
                _ => false,
            };
            if kept {
                plaquettes.push((is_x, corners));
            }
        }
    }
    let first = distance * distance;
    let ancillas = || (first..).zip(&plaquettes);
    for (ancilla, _) in ancillas() {
        ops.reset(ancilla)?;
    }
    for (ancilla, _) in ancillas().filter(|(_, p)| p.0) {
        ops.gate(slot::H, &[ancilla], &[])?;
    }
    for step in 0..4 {
        for (ancilla, (is_x, corners)) in ancillas() {
            // X and Z plaquettes go round in different orders, so that no data qubit is met twice.
            let corner = if *is_x { step } else { [0, 2, 1, 3][step] };
            if let Some(data) = corners[corner] {
                let operands = if *is_x { [ancilla, data] } else { [data, ancilla] };
                ops.gate(slot::CX, &operands, &[])?;
            }
        }
    }
    for (ancilla, _) in ancillas().filter(|(_, p)| p.0) {
        ops.gate(slot::H, &[ancilla], &[])?;
    }
    for (ancilla, _) in ancillas() {
        ops.measure(ancilla, u64::from(ancilla - first))?;
    }
    Ok(first + u32::try_from(plaquettes.len()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surface_code_of_distance_d_has_d_squared_minus_one_stabilizers() {
        for d in [3, 5, 7, 11] {
            let mut ops = OpVec::new();
            assert_eq!(surface_code_round(d, &mut ops).unwrap(), 2 * d * d - 1);
            assert_eq!(ops.result_count(), d * d - 1);
        }
    }
}
