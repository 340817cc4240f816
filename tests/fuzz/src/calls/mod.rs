//! The functions that our parts show to C, called with structures that a host or layer got wrong:
//! sizes, counts, addresses, texts, reserved fields, calls at the wrong time. What must be refused is
//! refused and changes nothing; everything else works; words stay within the caller's buffer. The
//! parts are built without a guard, so that a panic ends the program.

mod backend;
mod build;
mod drawn;
mod gates;
mod made;
mod runtime;
mod words;

use crate::input::Input;
use made::Made;
use pandia_core::abi::{NoGuard, plugin, raw};
use pandia_core::noise::{DepolarizingPart, LeakagePart};
use pandia_core::runtime::SimplePart;
use pandia_core::sim::{DensityMatrixPart, StabilizerPart, StateVectorPart};

fn simulator(input: &mut Input<'_>) -> &'static raw::Plugin {
    match input.byte() % 4 {
        0 | 1 => plugin::simulator::<StateVectorPart<f64>, NoGuard>(),
        2 => plugin::simulator::<DensityMatrixPart, NoGuard>(),
        _ => plugin::simulator::<StateVectorPart<f32>, NoGuard>(),
    }
}

fn layer(input: &mut Input<'_>) -> &'static raw::Plugin {
    if input.one_in(2) {
        plugin::layer::<LeakagePart, NoGuard>()
    } else {
        plugin::layer::<DepolarizingPart, NoGuard>()
    }
}

fn backends(input: &mut Input<'_>) {
    let below = Made::backend(simulator(input), None);
    let above = input.one_in(2).then(|| Made::backend(layer(input), Some(below.pair)));
    let part = above.as_ref().unwrap_or(&below);
    let mut running = false;
    while !input.is_empty() {
        if input.one_in(4) {
            if running {
                assert_eq!(part.end(), raw::OK);
            } else {
                part.begin();
            }
            running = !running;
        }
        backend::call(input, part, running);
    }
    if let Some(above) = above {
        above.destroy();
    }
    below.destroy();
}

fn runtimes(input: &mut Input<'_>) {
    let stack = Made::backend(simulator(input), None);
    let driver = Made::runtime(plugin::runtime::<SimplePart, NoGuard>());
    let mut stage = runtime::Stage::default();
    while !input.is_empty() {
        runtime::call(input, &driver, &mut stage, &stack);
    }
    driver.destroy();
    stack.destroy();
}

fn builds(input: &mut Input<'_>) {
    let below = Made::backend(simulator(input), None);
    while !input.is_empty() {
        match input.byte() % 4 {
            0 => {
                let plugin = simulator(input);
                build::one(input, plugin, None, false);
            }
            1 => build::one(
                input,
                plugin::layer::<DepolarizingPart, NoGuard>(),
                Some(below.pair),
                true,
            ),
            2 => build::one(input, plugin::runtime::<SimplePart, NoGuard>(), None, false),
            _ => build::one(input, plugin::simulator::<StabilizerPart, NoGuard>(), None, false),
        }
    }
    below.destroy();
}

/// One input.
pub fn run(data: &[u8]) {
    let input = &mut Input(data);
    match input.byte() % 4 {
        0 => runtimes(input),
        1 => builds(input),
        _ => backends(input),
    }
}
