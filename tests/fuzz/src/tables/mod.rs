//! Negotiation with random tables: module, plugins, backends, runtime, services of the host, each
//! with random functions missing, of a random size, of a random version. Whatever lacks nothing that
//! is required is taken and then used, from the loader to `destroy`; everything else is refused by
//! name. What lies behind a table's end is never called.

mod changed;
mod parts;
mod tap;

use crate::input::Input;
use crate::place::Place;
use changed::{BACKEND, BACKEND_PLUGIN, Change, Changed, HOST, RUNTIME, RUNTIME_PLUGIN};
use pandia_core::abi::module::{self, ModuleView, PluginView};
use pandia_core::abi::{Instance, NoGuard, TableBackend, TableRuntime, raw};
use pandia_core::backend::{Backend, Caps, GateDef, GateSet, StateQuery, Verdict};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::OpSink;
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::part::Config;
use pandia_core::runtime::Runtime;
use parts::{DRIVER, SIMULATOR, TAP};
use std::alloc::Layout;
use tap::Host;

const SHOTS: u32 = 2;

/// What was made, if it had to be; refused in the right words, if it had to be.
fn judged<T>(made: Result<T>, refusal: Option<String>) -> Option<T> {
    match (made, refusal) {
        (Ok(made), None) => Some(made),
        (Err(error), Some(words)) => {
            assert!(error.to_string().contains(&words), "{error} instead of {words}");
            None
        }
        (Ok(_), Some(words)) => panic!("taken, although {words}"),
        (Err(error), None) => panic!("refused without a reason: {error}"),
    }
}

/// The module's own fields, and what its refusal must say.
fn head(input: &mut Input<'_>, change: bool, plugins: *const *const raw::Plugin) -> Head {
    let mut module = raw::Module::of(&[]);
    (module.plugins, module.plugin_count) = (plugins, 3);
    module.minor = input.pick(&[0, 0, 1, 7, u16::MAX]);
    let mut refusal = None;
    if change {
        let words = match input.byte() % 8 {
            0 => {
                module.magic ^= 1 << (input.byte() % 32);
                "no module"
            }
            1 => {
                module.size = input.half() % 32;
                "the module says that it has"
            }
            2 => {
                module.major = input.pick(&[0, 2, 3, u16::MAX]);
                "the module speaks interface"
            }
            3 => {
                module.min_host_minor = input.pick(&[1, 2, u16::MAX]);
                "the module needs a host of interface"
            }
            4 => {
                module.reserved0 = 1 << (input.byte() % 16);
                "module: a reserved field is not 0"
            }
            5 => {
                module.reserved1 = 1 << (input.byte() % 32);
                "module: a reserved field is not 0"
            }
            6 => {
                module.plugin_count = input.pick(&[0, 1025, u32::MAX]);
                "plugins; 1 to 1024 are right"
            }
            _ => {
                module.plugins = input.pick(&[core::ptr::null(), plugins.wrapping_byte_add(1)]);
                "at a NULL or misaligned pointer"
            }
        };
        refusal = Some(words.to_owned());
    } else if input.one_in(4) {
        // A later one, that has grown.
        module.size = input.pick(&[40, 33, 1 << 16]);
    }
    let place = Place::new();
    place.fill(&[module]);
    Head { place, refusal }
}

struct Head {
    place: Place,
    refusal: Option<String>,
}

const fn config() -> Config<'static> {
    let mut config = Config::new(2, StreamId(1));
    config.result_count = 2;
    config
}

/// Memory for an instance.
struct Memory {
    words: Vec<u64>,
    layout: Layout,
}

impl Memory {
    fn of(plugin: &PluginView<'_>, config: &Config<'_>) -> Self {
        let layout = plugin.layout(config).expect("a plain configuration");
        Self { words: vec![!0; (layout.size() + layout.align()) / 8 + 1], layout }
    }

    fn at(&mut self) -> *mut u8 {
        let at = self.words.as_mut_ptr().cast::<u8>();
        at.wrapping_add(at.align_offset(self.layout.align()))
    }
}

/// Builds a backend; the words that a refusal must have are known when it was tried.
fn backend<'m>(
    plugin: &PluginView<'_>,
    memory: &'m mut Memory,
    host: *const raw::Host,
    child: Option<raw::Backend>,
) -> Result<TableBackend<'m>> {
    let (at, layout) = (memory.at(), memory.layout);
    let config = config();
    // SAFETY: memory of this layout; the rest stays until the end of the input.
    unsafe { plugin.create_backend(at, layout, &config, host, child) }
}

fn stack(view: &ModuleView<'_>, host: Option<&Host>, through_host: bool) {
    let config = config();
    let plugins: Vec<_> = view.plugins().collect();
    let mut memories = [0, 1, 2].map(|index| Memory::of(&plugins[index], &config));
    let [of_simulator, of_tap, of_driver] = &mut memories;
    let at = host.map_or(core::ptr::null(), |host| host.table.at());
    let no_host = host.and_then(|host| host.table.refusal());
    let mut shots = None;
    'built: {
        let made = backend(&plugins[SIMULATOR], of_simulator, at, None);
        let no_simulator = parts::with(SIMULATOR, parts::Part::refusal);
        let simulator = judged(made, no_host.clone().or_else(|| no_simulator.clone()));
        if no_host.is_some() {
            break 'built;
        }
        let direct = parts::with(SIMULATOR, parts::Part::backend);
        let Some(simulator) = simulator else {
            // Nor does another plugin take it.
            let made = backend(&plugins[TAP], of_tap, at, Some(direct));
            assert!(judged(made, no_simulator).is_none());
            break 'built;
        };
        let mut shown = Instance::<_, NoGuard>::new(simulator);
        let child = if through_host { shown.pair().raw() } else { direct };
        let made = backend(&plugins[TAP], of_tap, at, Some(child));
        let no_tap = parts::with(TAP, parts::Part::refusal);
        let Some(mut tap) = judged(made, no_tap) else { break 'built };
        abilities(&mut tap);
        let mut whole = Instance::<_, NoGuard>::new(tap);
        let child =
            if through_host { whole.pair().raw() } else { parts::with(TAP, parts::Part::backend) };
        let (memory, layout) = (of_driver.at(), of_driver.layout);
        // SAFETY: memory of this layout; the rest stays until the end of the input.
        let made = unsafe { plugins[DRIVER].create_runtime(memory, layout, &config, at) };
        shots = Some(0);
        let no_driver = parts::with(DRIVER, parts::Part::refusal);
        let Some(mut driver) = judged(made, no_driver) else { break 'built };
        // SAFETY: the stack outlives the runtime, and is called by nobody else.
        unsafe { driver.attach_raw(child, &config, false) }.expect("the stack has all it needs");
        drive(&mut driver).expect("a plain program");
        shots = Some(SHOTS);
    }
    gone(shots);
    if let (Some(host), Some(shots)) = (host, shots) {
        host.check(shots);
    }
}

/// Who was made is ended once, and nobody else.
fn gone(shots: Option<u32>) {
    for index in [SIMULATOR, TAP, DRIVER] {
        let (destroyed, refused, made) =
            parts::with(index, |part| (part.destroyed(), part.refusal().is_some(), part.is_made()));
        assert_eq!(destroyed, u32::from(made && !refused), "part {index} after {shots:?} shots");
    }
}

fn has(index: usize, function: &str) -> bool {
    parts::with(index, |part| part.has(function))
}

/// Both parts have it, so the stack has.
fn both(function: &str) -> bool {
    has(SIMULATOR, function) && has(TAP, function)
}

/// What is optional is there or has its default.
fn abilities(tap: &mut TableBackend<'_>) {
    let mut numbers = [0.0; 2];
    let state = tap.state(StateQuery::Probabilities(&[0]), &mut numbers);
    assert_eq!(state.is_ok(), both("state"), "{state:?}");
    assert_eq!(tap.state_digest().is_ok(), both("state_digest"));
    let claims = tap.info().caps.has(Caps::STATE);
    assert_eq!(claims, both("state") && both("state_digest"));
    assert_eq!(tap.metric(0).is_some(), both("metric"));
    assert!(tap.metric(1).is_none());
    tap.cancel();
    assert_eq!(tap.cancel_target().is_some(), both("cancel"));
    let cancelled = parts::with(SIMULATOR, parts::Part::cancelled);
    assert_eq!(cancelled, u32::from(both("cancel")));
    assert!(tap.extension("some.extension/1").is_none(), "a layer passes none on");
}

fn drive(driver: &mut TableRuntime<'_>) -> Result<()> {
    let mut ops = OpVec::new();
    ops.gate(slot::X, &[0], &[])?;
    ops.measure(0, 0)?;
    ops.measure(1, 1)?;
    let mut verdicts = [Verdict::Reject];
    driver.negotiate(&GateSet { gates: &[GateDef::built_in(slot::X)?] }, &mut verdicts)?;
    assert_eq!((verdicts[0], driver.info().qubit_count), (Verdict::Native, 2));
    for shot in 0..SHOTS {
        driver.shot_begin(ShotId(u64::from(shot)), Seed(3))?;
        driver.submit(&ops.batch())?;
        assert_eq!((driver.result(0, true)?, driver.result(1, true)?), (Some(1), Some(0)));
        // Two of the runtime's own come before those of the stack.
        assert_eq!(driver.metric(0).is_some(), has(DRIVER, "metric"));
        assert_eq!(driver.metric(2).is_some(), both("metric") && has(DRIVER, "metric"));
        driver.shot_end()?;
    }
    Ok(())
}

/// One input.
pub fn run(data: &[u8]) {
    let input = &mut Input(data);
    // One or two tables of eight are changed, or many, or none.
    let mut which = 1_u32 << (input.byte() % 10) | 1 << (input.byte() % 10);
    if input.one_in(8) {
        which = input.half();
    }
    let mut change = |bit: u32, shape| {
        if which >> bit & 1 == 1 { Change::draw(input, shape) } else { Change::default() }
    };
    parts::begin([change(1, &BACKEND), change(2, &BACKEND), change(3, &RUNTIME)]);
    let host = Host::new(change(4, &HOST));
    let plugins = [
        (&BACKEND_PLUGIN, parts::simulator(), change(5, &BACKEND_PLUGIN)),
        (&BACKEND_PLUGIN, parts::tap(), change(6, &BACKEND_PLUGIN)),
        (&RUNTIME_PLUGIN, parts::driver(), change(7, &RUNTIME_PLUGIN)),
    ];
    // SAFETY: whole ones.
    let plugins =
        plugins.map(|(shape, whole, change)| unsafe { Changed::new(shape, &whole, change) });
    let list = [0, 1, 2].map(|index| plugins[index].at::<raw::Plugin>());
    let head = head(input, which >> 8 & 1 == 1, list.as_ptr());
    let refusal = head.refusal.or_else(|| plugins.iter().find_map(Changed::refusal));
    // SAFETY: everything that is not refused is there, and stays until the end of this function.
    let made = unsafe { module::check(head.place.at::<raw::Module>()) };
    let Some(view) = judged(made, refusal) else { return };
    let host = (!input.one_in(8)).then_some(&host);
    stack(&view, host, input.one_in(2));
}
