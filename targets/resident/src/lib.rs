//! Serves stacks of resident parts over any line that `embedded-io` describes.
//!
//! Not here: boards, drivers, and what stands on the line (`pandia_core::link`).
#![no_std]

use core::mem::MaybeUninit;
use embedded_io::{Read, Write};
use pandia_core::abi::module::{self, ModuleView};
use pandia_core::abi::{NoGuard, plugin, raw};
use pandia_core::error::Result;
use pandia_core::link::resident::{Resident, serve};
use pandia_core::link::{GateRoom, Server, Shelf, Window};
use pandia_core::noise::{
    CoherentPart, DepolarizingPart, IdealPart, LeakagePart, PauliPart, ReadoutPart,
};
use pandia_core::sim::{CoinflipPart, DensityMatrixPart, StabilizerPart, StateVectorPart};
use pandia_core::trace::{CountPart, Keeper};

/// Bytes of the longest frame.
const FRAME_BYTES: usize = 512;
/// Words of the records of one batch.
const BATCH_WORDS: usize = 512;
/// Outcomes of one batch.
const BATCH_RESULTS: usize = 64;
/// Requests under way at a time. A UART that loses bytes while the core computes loses frames then,
/// which come again.
const WINDOW: u32 = 8;

/// Room for the matrices of gates that the desktop brings.
static GATES: [GateRoom; 8] = [const { GateRoom::new() }; 8];

/// The parts. A constant: it lies in flash.
static MODULE: raw::Module = {
    const PLUGINS: &[&raw::Plugin] = &[
        plugin::simulator::<StateVectorPart<f64>, NoGuard>(),
        plugin::simulator::<StateVectorPart<f32>, NoGuard>(),
        plugin::simulator::<StabilizerPart, NoGuard>(),
        plugin::simulator::<DensityMatrixPart, NoGuard>(),
        plugin::simulator::<CoinflipPart, NoGuard>(),
        plugin::layer::<IdealPart, NoGuard>(),
        plugin::layer::<DepolarizingPart, NoGuard>(),
        plugin::layer::<PauliPart, NoGuard>(),
        plugin::layer::<ReadoutPart, NoGuard>(),
        plugin::layer::<LeakagePart, NoGuard>(),
        plugin::layer::<CoherentPart, NoGuard>(),
        plugin::layer::<CountPart, NoGuard>(),
    ];
    raw::Module::of(PLUGINS)
};

#[expect(unsafe_code, reason = "a module is checked through its address, in every placement")]
fn parts() -> Result<ModuleView<'static>> {
    // SAFETY: a module of this very program, which stays as it is.
    unsafe { module::check(&raw const MODULE) }
}

/// Serves for as long as the line lasts, in `ARENA_BYTES` of memory for stacks, whose taps record to
/// `keeper`. Parts of modules on the `shelf` stand for those of the same id here.
///
/// # Errors
/// If the module of this program is no module; a line that fails ends the loop without one.
pub fn run<IO: Read + Write, const ARENA_BYTES: usize>(
    name: &str,
    mut line: IO,
    keeper: &dyn Keeper,
    shelf: Option<&mut dyn Shelf>,
) -> Result<()> {
    let mut arena = [MaybeUninit::uninit(); ARENA_BYTES];
    let server = Server::<FRAME_BYTES, BATCH_WORDS, BATCH_RESULTS>::new(Window(WINDOW));
    let mut server = server.with_gate_rooms(&GATES);
    let resident = Resident::new(name, parts()?, &[]).with_keeper(keeper);
    let mut resident = match shelf {
        Some(shelf) => resident.with_shelf(shelf),
        None => resident,
    };
    // A board has nobody to tell that its line is gone.
    let _ = serve(&mut server, &mut line, &mut resident, &mut arena);
    Ok(())
}
