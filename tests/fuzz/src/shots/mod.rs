//! Whole shots over a stack whose simulator, error model or runtime tells something else than the
//! truth now and then: statuses, words, outcomes, verdicts, results. Every shot either has the right
//! result or an error, a shot without a lie is good whatever was before it, a lost instance is not
//! called again, and the life of a shot is kept towards who lies.

mod backend;
mod liar;
mod runtime;

use crate::input::Input;
use crate::stack::{AnyBackend, layer, simulator};
use liar::{Liar, Shared};
use pandia_core::abi::{Instance, NoGuard, TableBackend, TableRuntime, module, plugin, raw};
use pandia_core::backend::{Lowering, Stack};
use pandia_core::emulator::Emulator;
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::noise::{CoherentPart, DepolarizingPart, LeakagePart, PauliPart, ReadoutPart};
use pandia_core::op::OpSink;
use pandia_core::op::gates::slot;
use pandia_core::part::Config;
use pandia_core::program::{Instruction, Memory, OwnedProgram, ProgramBuilder};
use pandia_core::runtime::{Runtime, SimplePart};
use pandia_core::sim::{StabilizerPart, StateVectorPart};
use std::cell::{Cell, RefCell};
use std::sync::OnceLock;

const SHOTS: u64 = 6;
/// What the program measures, in any stack that tells the truth.
const RIGHT: [u8; 5] = [1, 1, 1, 0, 0];

/// Measures before and after a branch on what was measured, a reset, and a look for leakage.
fn program() -> &'static OwnedProgram {
    static PROGRAM: OnceLock<OwnedProgram> = OnceLock::new();
    let build = || -> Result<OwnedProgram> {
        let mut b = ProgramBuilder::new(3);
        b.set_step_limit(100);
        b.register("c", RIGHT.len() as u32);
        let (test, end) = (b.int(), b.label());
        b.gate(slot::X, &[0], &[])?;
        b.gate(slot::CX, &[0, 1], &[])?;
        b.measure(0, 0)?;
        b.measure(1, 1)?;
        b.classical(Instruction::BitLoad { dst: test, bit: 1 })?;
        b.jump_unless(end, test);
        b.gate(slot::X, &[2], &[])?;
        b.place(end);
        b.reset(0)?;
        b.measure(2, 2)?;
        b.measure(0, 3)?;
        b.measure_leaked(0, 4)?;
        OwnedProgram::new(b.finish()?)
    };
    PROGRAM.get_or_init(|| build().expect("a plain program"))
}

/// The backend behind a pair, or behind who lies for it.
fn backend(pair: raw::Backend, liar: Option<&Liar<'_, raw::Backend>>) -> Result<AnyBackend> {
    let owned = liar.is_some();
    let lied = |liar: &Liar<'_, _>| raw::Backend { vt: &raw const backend::TABLE, me: liar.me() };
    let table: TableBackend<'static> =
        // SAFETY: table and instance live until the stack above them is gone.
        unsafe { TableBackend::from_raw(liar.map_or(pair, lied), owned) }?;
    Ok(Box::new(table))
}

fn noise(input: &mut Input<'_>, child: AnyBackend) -> AnyBackend {
    // Without rates nothing happens, but all of the layer's own code runs.
    match input.byte() % 6 {
        0 => layer::<DepolarizingPart>(child, &[], 7),
        1 => layer::<ReadoutPart>(child, &[], 7),
        2 => layer::<LeakagePart>(child, &[], 7),
        3 => layer::<PauliPart>(child, &[], 7),
        4 => layer::<CoherentPart>(child, &[], 7),
        _ => Box::new(Stack::new(Lowering::new(), child)),
    }
}

fn bottom(input: &mut Input<'_>) -> AnyBackend {
    if input.one_in(3) {
        simulator::<StabilizerPart>()
    } else {
        simulator::<StateVectorPart<f64>>()
    }
}

const DRIVER: &[&raw::Plugin] = &[plugin::runtime::<SimplePart, NoGuard>()];
static MODULE: raw::Module = raw::Module::of(DRIVER);

/// Runs one input over a stack; `which` lie: bit 0 the simulator, 1 the error model, 2 the runtime.
fn over<'a>(shared: &'a Shared<'a>, which: u8) -> Option<()> {
    let alone = which.count_ones() == 1;
    let lies = |bit: u8| which >> bit & 1 == 1;
    // Declared in this order, so that what is below outlives what is above.
    let mut low = Instance::<_, NoGuard>::new(shared.with(bottom));
    let pair = low.pair().raw();
    let low_liar = Liar::new(shared, pair, alone);
    let below = backend(pair, lies(0).then_some(&low_liar)).ok()?;
    let mut high = Instance::<_, NoGuard>::new(shared.with(|input| noise(input, below)));
    let pair = high.pair().raw();
    let high_liar = Liar::new(shared, pair, alone);
    let below = backend(pair, lies(1).then_some(&high_liar)).ok()?;
    let mut whole = Instance::<_, NoGuard>::new(below);
    // SAFETY: a module of ours.
    let view = unsafe { module::check(&raw const MODULE) }.expect("a module of ours");
    let plugin = view.plugins().next().expect("it has one plugin");
    let mut config = Config::new(3, StreamId(1));
    config.result_count = RIGHT.len() as u32;
    let mut memory = vec![core::mem::MaybeUninit::<u8>::uninit(); 1 << 14];
    let (driver, liar);
    let mut runtime = if lies(2) {
        driver = driver_pair(&plugin, &mut memory, &config);
        liar = Liar::new(shared, driver, alone);
        let pair = raw::Runtime { vt: &raw const runtime::TABLE, me: liar.me() };
        // SAFETY: table and instance live until the end of this function.
        unsafe { TableRuntime::from_raw(pair, true) }.expect("it has every function")
    } else {
        plugin.runtime_in(&mut memory, &config).expect("a plain configuration")
    };
    let attached = runtime.attach(whole.pair(), &config, false);
    assert!(!shared.lied.get() || attached.is_err(), "attached by a lie");
    attached.ok()?;
    let (mut bits, mut ints, mut reals) = ([9; RIGHT.len()], [0; 1], [0.0; 1]);
    let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
    let program = program().view().expect("a plain program");
    let made = Emulator::new(&program, memory, runtime, Seed(3));
    assert!(!shared.lied.get() || made.is_err(), "began by a lie");
    let mut emulator = made.ok()?;
    for shot in 0..SHOTS {
        one(&mut emulator, shared, shot, alone);
    }
    Some(())
}

/// The honest runtime, as a liar asks it.
fn driver_pair(
    plugin: &module::PluginView<'_>,
    memory: &mut [core::mem::MaybeUninit<u8>],
    config: &Config<'_>,
) -> raw::Runtime {
    let layout = plugin.layout(config).expect("a plain configuration");
    let at = memory.as_mut_ptr().cast::<u8>();
    let at = at.wrapping_add(at.align_offset(layout.align()));
    let create = plugin.raw().create_runtime.expect("it is a runtime");
    let mut out = raw::Runtime { vt: core::ptr::null(), me: core::ptr::null_mut() };
    let raw_config = raw::Config {
        size: size_of::<raw::Config>() as u32,
        qubit_count: config.qubit_count,
        stream: config.stream.0,
        result_count: config.result_count,
        setting_count: 0,
        setting_bytes: size_of::<raw::Setting>() as u32,
        reserved0: 0,
        settings: core::ptr::null(),
    };
    let (bytes, nobody) = (layout.size() as u64, core::ptr::null());
    let nowhere = core::ptr::null_mut();
    let status =
        // SAFETY: memory of its layout; the pointers are to locals.
        unsafe { create(at.cast(), bytes, &raw const raw_config, nobody, &raw mut out, nowhere) };
    assert_eq!(status, raw::OK);
    out
}

fn one(
    emulator: &mut Emulator<'_, '_, TableRuntime<'_>>,
    shared: &Shared<'_>,
    shot: u64,
    alone: bool,
) {
    shared.lied.set(false);
    shared.bent.set(false);
    let was_lost = shared.lost.get();
    let done = emulator.run_shot(ShotId(shot));
    let (lied, bent) = (shared.lied.get(), shared.bent.get());
    match done {
        Ok(bits) => {
            assert!(!lied, "a lie was believed");
            assert!(!was_lost, "a lost instance gave a result");
            assert!(bits.iter().all(|&bit| bit <= 2));
            assert!(bent || bits == RIGHT, "{bits:?} without a lie");
        }
        Err(error) => {
            assert!(!error.to_string().is_empty() && error.shot == ShotId(shot));
            assert!(lied || was_lost || !alone, "{error} without a lie");
        }
    }
    for index in 0..3 {
        if let Some(metric) = emulator.runtime().metric(index) {
            assert!(metric.part.len() <= 256 && metric.name.len() <= 256);
        }
    }
    let _ = emulator.runtime().info();
}

/// One input.
pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let which = input.pick(&[1, 2, 4, 1, 2, 4, 3, 5, 6, 7]);
    let shared = Shared {
        input: RefCell::new(input),
        lied: Cell::new(false),
        bent: Cell::new(false),
        lost: Cell::new(false),
    };
    let _ = over(&shared, which);
}
