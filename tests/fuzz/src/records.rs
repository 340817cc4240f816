//! Operation records: whatever the checker lets pass is walked whole, operand by operand, and a
//! state vector either carries it out or refuses it without a change.

use pandia_core::backend::Backend;
use pandia_core::error::Class;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::{Batch, Outcome, Outcomes};
use pandia_core::real::Complex;
use pandia_core::sim::StateVector;

/// One input.
pub fn run(data: &[u8]) {
    let words: Vec<u64> = data
        .chunks_exact(8)
        .map(|chunk| u64::from_le_bytes(chunk.try_into().expect("eight bytes")))
        .collect();
    let Ok(batch) = Batch::new(&words) else { return };
    let mut total = 0;
    for op in batch.ops() {
        total += op.words().len();
        assert_eq!(op.qubits().len(), op.qubit_count());
        assert_eq!(op.params().len(), op.param_count());
    }
    assert_eq!(total, words.len());
    let mut amplitudes = [Complex::<f64>::ZERO; 16];
    let mut simulator =
        StateVector::new(4, StreamId(0), &mut amplitudes[..]).expect("four qubits fit");
    simulator.shot_begin(ShotId(0), Seed(0)).expect("a fresh simulator");
    let mut room = vec![Outcome::default(); batch.result_count() as usize];
    let mut outcomes = Outcomes::new(&mut room);
    let before = simulator.state_digest().expect("a state vector has a state");
    match simulator.apply(&batch, &mut outcomes) {
        Ok(()) => assert_eq!(outcomes.len(), batch.result_count() as usize),
        Err(e) if e.class() == Class::Refused => {
            assert_eq!(simulator.state_digest().expect("as before"), before);
        }
        Err(e) => assert_eq!(e.class(), Class::ShotLost, "{e}"),
    }
}
