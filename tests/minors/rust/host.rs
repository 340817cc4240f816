//! A host at whichever minor this is built: `host LIBRARY [LIBRARY_WITH_A_LAYER]`.
//!
//! Runs some shots on the library's simulator, then on the layer over it, through the loader of
//! `pandia_core::abi`, and says what it saw in one line each: `runs ...` or `refused ...`.

use pandia_core::abi::module::{self, ModuleView, PluginView};
use pandia_core::abi::{Instance, NoGuard, raw};
use pandia_core::backend::Backend;
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::{Config, PartKind};
use std::mem::MaybeUninit;

const SHOTS: u64 = 8;
/// The simulator's stream.
const STREAM: StreamId = StreamId(1);

fn main() {
    let libraries: Vec<String> = std::env::args().skip(1).collect();
    match run(&libraries) {
        Ok(line) => println!("runs {line}"),
        Err(text) => println!("refused {text}"),
    }
}

/// Opens the libraries, the simulator's first, and runs what is in them. An error names its library.
fn run(libraries: &[String]) -> core::result::Result<String, String> {
    let (first, last) = (libraries.first().ok_or("no library")?, &libraries[libraries.len() - 1]);
    let of = |path: &String| {
        let path = path.clone();
        move |text: String| format!("{path}: {text}")
    };
    let simulators = open(first).map_err(of(first))?;
    let layers = open(last).map_err(of(last))?;
    let plugin = of_kind(&simulators, PartKind::Simulator).ok_or("no simulator")?;
    let mut memory = vec![MaybeUninit::uninit(); 1 << 16];
    let built = plugin.backend_in(&mut memory, &Config::new(2, STREAM), None);
    let mut simulator = built.map_err(|e| of(first)(e.to_string()))?;
    let alone = shots(&mut simulator).map_err(|e| e.to_string())?;
    let layer = of_kind(&layers, PartKind::ErrorModel).or_else(|| of_kind(&layers, PartKind::Tap));
    let Some(layer) = layer else { return Ok(alone) };
    // The layer gets a table of this host's.
    let mut child = Instance::<_, NoGuard>::new(simulator);
    let mut memory = vec![MaybeUninit::uninit(); 1 << 16];
    let config = Config::new(2, StreamId(2));
    let built = layer.backend_in(&mut memory, &config, Some(child.pair()));
    let mut stack = built.map_err(|e| of(last)(e.to_string()))?;
    let below = shots(&mut stack).map_err(|e| e.to_string())?;
    Ok(format!("{alone} below {}: {below}", layer.id()))
}

/// The module of the library, which stays loaded.
fn open(path: &str) -> core::result::Result<ModuleView<'static>, String> {
    #[expect(unsafe_code, reason = "opening a library")]
    // SAFETY: one of the tests' own libraries.
    let library = unsafe { libloading::Library::new(path) }.map_err(|e| e.to_string())?;
    let library = Box::leak(Box::new(library));
    #[expect(unsafe_code, reason = "opening a library")]
    // SAFETY: a symbol of this name is a module.
    let symbol = unsafe { library.get::<*const raw::Module>(raw::MODULE_SYMBOL) };
    let symbol = *symbol.map_err(|e| e.to_string())?;
    #[expect(unsafe_code, reason = "opening a library")]
    // SAFETY: what exports this symbol keeps to the interface, and the library stays.
    unsafe { module::check(symbol) }.map_err(|e| e.to_string())
}

fn of_kind(module: &ModuleView<'static>, kind: PartKind) -> Option<PluginView<'static>> {
    module.plugins().find(|plugin| plugin.kind() == Some(kind))
}

/// What the shots give, and what else the backend has to say.
fn shots(backend: &mut impl Backend) -> Result<String> {
    let mut ops = OpBuffer::<64>::new();
    ops.gate(slot::H, &[0], &[])?;
    ops.gate(slot::CX, &[0, 1], &[])?;
    ops.measure(0, 0)?;
    ops.measure(1, 1)?;
    ops.gate(slot::H, &[0], &[])?;
    ops.measure(0, 2)?;
    let mut bits = String::new();
    for shot in 0..SHOTS {
        backend.shot_begin(ShotId(shot), Seed(7))?;
        let mut room = [Outcome::default(); 3];
        let mut outcomes = Outcomes::new(&mut room);
        backend.apply(&ops.batch(), &mut outcomes)?;
        bits.extend(outcomes.as_slice().iter().map(|o| if o.value == 0 { '0' } else { '1' }));
        #[cfg(pandia_drill = "2")]
        backend.flush()?;
        backend.shot_end()?;
    }
    let metric = backend.metric(0).map_or("none", |metric| metric.name).to_owned();
    #[cfg(pandia_drill = "1")]
    let snapshot = backend.snapshot().map_or("none".to_owned(), |token| token.to_string());
    #[cfg(not(pandia_drill = "1"))]
    let snapshot = "none";
    Ok(format!("bits={bits} metric={metric} snapshot={snapshot}"))
}
