//! One run: a stack of parts of modules, built in place, under a runtime, and a program on it, shot by
//! shot.

use crate::request::{LAYERS, Request};
use crate::slots::Slots;
use core::mem::MaybeUninit;
use pandia_core::abi::module::{ParamViewKind, PluginView};
use pandia_core::abi::{Instance, NoGuard, Pair, TableBackend};
use pandia_core::backend::{Backend, Lowering, Stack};
use pandia_core::emulator::{Emulator, OutcomeDigest};
use pandia_core::error::ErrorKind;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::Outcome;
use pandia_core::part::{Config, PartKind, Setting, Value};
use pandia_core::program::check::words_from_bytes;
use pandia_core::program::{Memory, Program, RawProgram};
use pandia_core::runtime::{Durations, Runtime, Simple};
use pandia_core::{Error, Result};

/// Room for one part.
const PART_BYTES: usize = 4096;
/// Most settings of one part.
const SETTINGS: usize = 8;
/// Most classical bits, whole and real variables of a program.
const BITS: usize = 64;
const INTS: usize = 64;
const REALS: usize = 8;

macro_rules! program {
    ($name:literal) => {{
        const BYTES: &[u8] = include_bytes!(concat!("../../programs/compiled/", $name, ".pandia"));
        static WORDS: [u64; BYTES.len() / 8] = words_from_bytes(BYTES);
        &WORDS
    }};
}

/// The programs that are linked in.
fn words_of(name: &str) -> Result<&'static [u64]> {
    match name {
        "grover" => Ok(program!("grover")),
        "repetition_code" => Ok(program!("repetition_code")),
        _ => Err(Error::from(ErrorKind::Argument("there is no such program")).with_text(
            format_args!("there is no program {name}; there are grover and repetition_code"),
        )),
    }
}

/// A part at its place in the stack.
#[derive(Clone, Copy)]
struct Placed<'w> {
    plugin: PluginView<'static>,
    settings: [Setting<'w>; SETTINGS],
    setting_count: usize,
    stream: StreamId,
}

/// Runs it and gives the digest of all outcomes.
pub(crate) fn run(request: &Request<'_>, slots: &Slots) -> Result<u128> {
    let program = RawProgram { words: words_of(request.program)? }.check()?;
    let mut stack = [place(request.simulator, slots)?; 1 + LAYERS];
    let count = 1 + request.noise().len();
    for (index, noise) in request.noise().iter().rev().enumerate() {
        stack[1 + index] = place(noise, slots)?;
    }
    let stack = &mut stack[..count];
    // Streams by id and ordinal among equal parts, from the simulator upward, as on the desktop.
    for index in 0..count {
        let id = stack[index].plugin.id();
        let equal = stack[..index].iter().filter(|below| below.plugin.id() == id).count();
        stack[index].stream = StreamId::of(id, equal as u64);
    }
    let runtime = request.runtime.map(|text| runtime(text, slots)).transpose()?;
    let mut digest = 0;
    build(stack, None, program.qubit_count().max(1), &mut |top| {
        let stack = Stack::new(Lowering::new(), top);
        digest = match &runtime {
            None => {
                let outcomes = [Outcome::default(); 2 * BITS];
                shots(request, &program, Simple::new(stack, Durations::default(), outcomes))?
            }
            Some(runtime) => attached(request, &program, runtime, stack)?,
        };
        Ok(())
    })?;
    Ok(digest)
}

/// The runtime that `NAME:KEY=VALUE,...` means.
fn runtime<'w>(text: &'w str, slots: &Slots) -> Result<Placed<'w>> {
    let mut placed = place(text, slots)?;
    let id = placed.plugin.id();
    if placed.plugin.kind() != Some(PartKind::Runtime) {
        let error = Error::from(ErrorKind::Config("a part at a place for another kind"));
        return Err(error.with_text(format_args!("{id} is no runtime")));
    }
    placed.stream = StreamId::of(id, 0);
    Ok(placed)
}

/// Has a module's runtime drive the stack.
#[inline(never)]
fn attached(
    request: &Request<'_>,
    program: &Program<'_>,
    runtime: &Placed<'_>,
    stack: impl Backend,
) -> Result<u128> {
    let mut memory = [MaybeUninit::uninit(); PART_BYTES];
    let mut stack = Instance::<_, NoGuard>::new(stack);
    let settings = &runtime.settings[..runtime.setting_count];
    let config = Config::new(program.qubit_count().max(1), runtime.stream).with(settings);
    let config = Config { result_count: program.bit_count(), ..config };
    let mut runtime = runtime.plugin.runtime_in(&mut memory, &config)?;
    // Boards have one thread.
    runtime.attach(stack.pair(), &config, false)?;
    shots(request, program, runtime)
}

/// The part that `NAME:KEY=VALUE,...` means, with its settings as the parameters want them.
fn place<'w>(text: &'w str, slots: &Slots) -> Result<Placed<'w>> {
    let (name, settings) = text.split_once(':').unwrap_or((text, ""));
    let plugin = slots.find(name)?;
    let none = Setting { key: "", value: Value::Whole(0) };
    let mut placed =
        Placed { plugin, settings: [none; SETTINGS], setting_count: 0, stream: StreamId(0) };
    for setting in settings.split(',').filter(|setting| !setting.is_empty()) {
        let (key, value) = setting.split_once('=').ok_or_else(|| {
            Error::from(ErrorKind::Config("a setting without a value"))
                .with_text(format_args!("{setting} has no value; write KEY=VALUE"))
        })?;
        let what = "settings of one part";
        let (needed, available) = (SETTINGS as u64 + 1, SETTINGS as u64);
        let full = ErrorKind::Capacity { what, needed, available };
        let room = placed.settings.get_mut(placed.setting_count).ok_or(full)?;
        *room = Setting { key, value: typed(&plugin, key, value) };
        placed.setting_count += 1;
    }
    Ok(placed)
}

/// The value as the parameter of this key wants it; text where it wants none, for the part to refuse.
fn typed<'w>(plugin: &PluginView<'_>, key: &str, value: &'w str) -> Value<'w> {
    let takes = |name: &str| match name.strip_suffix('*') {
        Some(family) => key.len() > family.len() && key.starts_with(family),
        None => name == key,
    };
    let number = match plugin.params().find(|param| takes(param.name)).map(|param| param.kind) {
        Some(ParamViewKind::Real(..) | ParamViewKind::Probability) => {
            value.parse().ok().map(Value::Real)
        }
        Some(ParamViewKind::Whole(..)) => value.parse().ok().map(Value::Whole),
        Some(ParamViewKind::Choice(_) | ParamViewKind::Text) | None => None,
    };
    number.unwrap_or(Value::Text(value))
}

/// Builds the parts from the simulator upward, each in memory of its own, and calls `then` with the
/// top one.
fn build(
    parts: &[Placed<'_>],
    below: Option<Pair<'_>>,
    qubit_count: u32,
    then: &mut dyn FnMut(TableBackend<'_>) -> Result<()>,
) -> Result<()> {
    let Some((part, above)) = parts.split_first() else { return Ok(()) };
    let mut memory = [MaybeUninit::uninit(); PART_BYTES];
    let settings = &part.settings[..part.setting_count];
    let config = Config::new(qubit_count, part.stream).with(settings);
    let backend = part.plugin.backend_in(&mut memory, &config, below)?;
    if above.is_empty() {
        return then(backend);
    }
    let mut instance = Instance::<_, NoGuard>::new(backend);
    build(above, Some(instance.pair()), qubit_count, then)
}

fn shots(request: &Request<'_>, program: &Program<'_>, runtime: impl Runtime) -> Result<u128> {
    let (mut bits, mut ints, mut reals) = ([0; BITS], [0; INTS], [0.0; REALS]);
    let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
    let mut emulator = Emulator::new(program, memory, runtime, Seed(request.seed))?;
    let mut digest = OutcomeDigest::new();
    for shot in 0..request.shots {
        let done = emulator.run_shot(ShotId(shot)).map_err(|failed| failed.error)?;
        digest.add_shot(done);
    }
    Ok(digest.value())
}
