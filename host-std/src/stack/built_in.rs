//! The parts that are linked in.

use pandia_core::noise::{
    CoherentPart, DepolarizingPart, IdealPart, LeakagePart, PauliPart, ReadoutPart,
};
use pandia_core::runtime::SimplePart;
use pandia_core::sim::{
    ClassicalReplayPart, CoinflipPart, DensityMatrixPart, QuantumReplayPart, StabilizerPart,
    StateVectorPart,
};
use pandia_core::trace::CountPart;

use super::part::Part;

/// Every part that is linked in, simulators first, then error models, taps, and runtimes.
pub(super) fn parts() -> Vec<Part> {
    vec![
        Part::simulator::<StateVectorPart<f64>>(),
        Part::simulator::<StateVectorPart<f32>>(),
        Part::simulator::<StabilizerPart>(),
        Part::simulator::<DensityMatrixPart>(),
        Part::simulator::<CoinflipPart>(),
        Part::simulator::<ClassicalReplayPart>(),
        Part::simulator::<QuantumReplayPart>(),
        Part::layer::<IdealPart>(),
        Part::layer::<DepolarizingPart>(),
        Part::layer::<PauliPart>(),
        Part::layer::<ReadoutPart>(),
        Part::layer::<LeakagePart>(),
        Part::layer::<CoherentPart>(),
        Part::layer::<CountPart>(),
        Part::runtime::<SimplePart>(),
    ]
}
