//! A simulator, an error model and a runtime of release 0, kept as a library.
#![no_std]

use pandia_core::abi::NoGuard;
use pandia_core::noise::DepolarizingPart;
use pandia_core::runtime::SimplePart;
use pandia_core::sim::StateVectorPart;

pandia_core::export_module!(
    guard = NoGuard;
    simulator StateVectorPart<f64>, layer DepolarizingPart, runtime SimplePart
);

#[panic_handler]
fn end(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
