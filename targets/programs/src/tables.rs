//! Parts through the tables that dylibs have: a module in the firmware's own flash, found, checked
//! and built by the one loader. Bit for bit what the same parts give as one type; a damaged
//! description is refused.
#![expect(unsafe_code, reason = "a module is checked through its address, in every placement")]

use crate::Failure;
use crate::runs::{SEED, Summary, announce, rate, stream};
use core::fmt::Write;
use core::mem::MaybeUninit;
use pandia_core::abi::module::{self, ModuleView, PluginView};
use pandia_core::abi::{Instance, NoGuard, plugin, raw};
use pandia_core::backend::{Backend, Stack};
use pandia_core::error::ErrorKind;
use pandia_core::ids::ShotId;
use pandia_core::noise::DepolarizingPart;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::{Config, LayerPart, Setting, SimulatorPart};
use pandia_core::real::Complex;
use pandia_core::sim::{StateVector, StateVectorPart};

const QUBITS: u32 = 3;
const SHOTS: u64 = 20;
/// Room for one part: its instance and what its host and its cells take.
const PART_BYTES: usize = 4096;

/// The module. A constant: it lies in flash, and nothing of it is copied to be used.
static MODULE: raw::Module = {
    const PLUGINS: &[&raw::Plugin] = &[
        plugin::simulator::<StateVectorPart<f32>, NoGuard>(),
        plugin::layer::<DepolarizingPart, NoGuard>(),
    ];
    raw::Module::of(PLUGINS)
};

pub(crate) fn run(out: &mut dyn Write) -> Result<(), Failure> {
    // SAFETY: a module of this very program, which stays as it is.
    let module = unsafe { module::check(&raw const MODULE) }?;
    for part in module.plugins() {
        writeln!(out, "{}: {}", part.id(), part.summary())?;
    }
    refusals(out)?;

    let rates = [rate("p_1q", 0.05), rate("p_2q", 0.1)];
    let mut one_type = one_type(&rates)?;
    let expected = summary(&mut one_type)?;

    let (mut below, mut above) =
        ([MaybeUninit::uninit(); PART_BYTES], [MaybeUninit::uninit(); PART_BYTES]);
    let id = StateVectorPart::<f32>::SPEC.id;
    let config = Config::new(QUBITS, stream(id));
    let vector = find(&module, id)?.backend_in(&mut below, &config, None)?;
    let mut vector = Instance::<_, NoGuard>::new(vector);
    let id = DepolarizingPart::SPEC.id;
    let config = Config::new(QUBITS, stream(id)).with(&rates);
    let layer = find(&module, id)?;
    let mut stack = layer.backend_in(&mut above, &config, Some(vector.pair()))?;
    let seen = summary(&mut stack)?;
    if !seen.is_same(&expected) {
        return Err(ErrorKind::Broken("the tables give other bits than the type").into());
    }
    Ok(seen.write(out)?)
}

/// The same parts without tables.
fn one_type(rates: &[Setting<'_>]) -> Result<impl Backend, Failure> {
    let id = StateVectorPart::<f32>::SPEC.id;
    let vector = StateVector::<f32, _>::new(QUBITS, stream(id), [Complex::ZERO; 8])?;
    let config = Config::new(QUBITS, stream(DepolarizingPart::SPEC.id)).with(rates);
    Ok(Stack::new(DepolarizingPart::build(&config, [0; 0])?, vector))
}

fn find<'a>(module: &ModuleView<'a>, id: &str) -> Result<PluginView<'a>, Failure> {
    let found = module.plugins().find(|plugin| plugin.id() == id);
    found.ok_or_else(|| ErrorKind::Argument("the module has no such part").into())
}

/// What is said of descriptions that do not fit.
fn refusals(out: &mut dyn Write) -> Result<(), Failure> {
    let whole = raw::Module { ..MODULE };
    let wrong = [
        raw::Module { magic: 7, ..whole },
        raw::Module { major: 9, ..whole },
        raw::Module { min_host_minor: 5, ..whole },
        raw::Module { plugin_count: 0, ..whole },
    ];
    for module in &wrong {
        // SAFETY: like the module above but for one number, and it outlives the check.
        match unsafe { module::check(&raw const *module) } {
            Ok(_) => return Err(ErrorKind::Broken("a damaged module was taken").into()),
            Err(error) => writeln!(out, "refused: {error}")?,
        }
    }
    Ok(())
}

/// Hashes of the outcomes and states of some shots.
fn summary(stack: &mut impl Backend) -> Result<Summary, Failure> {
    announce(stack, &[slot::PHASED_X, slot::ZZ_PHASE])?;
    let mut circuit = OpBuffer::<128>::new();
    for qubit in 0..QUBITS {
        circuit.gate(slot::PHASED_X, &[qubit], &[0.9 + f64::from(qubit), 0.25])?;
    }
    circuit.gate(slot::ZZ_PHASE, &[0, 2], &[1.1])?;
    for qubit in 0..QUBITS {
        circuit.gate(slot::PHASED_X, &[qubit], &[-0.4, 1.5])?;
    }
    let mut readout = OpBuffer::<16>::new();
    for qubit in 0..QUBITS {
        readout.measure(qubit, u64::from(qubit))?;
    }
    let mut summary = Summary::default();
    for shot in 0..SHOTS {
        stack.shot_begin(ShotId(shot), SEED)?;
        let mut room = [Outcome::default(); QUBITS as usize];
        let mut outcomes = Outcomes::new(&mut room);
        stack.apply(&circuit.batch(), &mut outcomes)?;
        let state = stack.state_digest()?;
        stack.apply(&readout.batch(), &mut outcomes)?;
        stack.shot_end()?;
        summary.add_shot(&room.map(|outcome| u8::from(outcome.value == 1)), state);
    }
    Ok(summary)
}
