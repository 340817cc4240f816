//! The parts that are linked in.

use pandia_core::noise::{DepolarizingPart, IdealPart, PauliPart, ReadoutPart};
use pandia_core::runtime::SimplePart;
use pandia_core::sim::StateVectorPart;

use super::part::Part;

/// Every part that is linked in, simulators first, then error models, then runtimes.
pub(super) fn parts() -> Vec<Part> {
    vec![
        Part::simulator::<StateVectorPart<f64>>(),
        Part::simulator::<StateVectorPart<f32>>(),
        Part::layer::<IdealPart>(),
        Part::layer::<DepolarizingPart>(),
        Part::layer::<PauliPart>(),
        Part::layer::<ReadoutPart>(),
        Part::runtime::<SimplePart>(),
    ]
}
