use crate::abi::{Instance, NoGuard, TableBackend, TableRuntime, module, plugin, raw};
use crate::backend::{Backend, Stack};
use crate::ids::{Seed, ShotId, StreamId};
use crate::noise::DepolarizingPart;
use crate::op::builder::OpVec;
use crate::op::gates::slot;
use crate::op::{OpSink, Outcome, Outcomes};
use crate::part::{Config, LayerPart, PartKind, Setting, SimulatorPart, Value};
use crate::runtime::{Runtime, RuntimePart, SimplePart};
use crate::sim::StateVectorPart;
use core::mem::MaybeUninit;
use std::string::ToString;
use std::vec::Vec;

const PLUGINS: &[&raw::Plugin] = &[
    plugin::simulator::<StateVectorPart<f64>, NoGuard>(),
    plugin::layer::<DepolarizingPart, NoGuard>(),
    plugin::runtime::<SimplePart, NoGuard>(),
];
static MODULE: raw::Module = raw::Module::of(PLUGINS);

fn ours() -> module::ModuleView<'static> {
    // SAFETY: a module of ours.
    unsafe { module::check(&raw const MODULE) }.unwrap()
}

fn plugin_named(id: &str) -> module::PluginView<'static> {
    ours().plugins().find(|plugin| plugin.id() == id).unwrap()
}

#[test]
fn a_module_tells_what_its_parts_tell() {
    let kinds: Vec<_> = ours().plugins().map(|p| (p.id(), p.kind().unwrap())).collect();
    assert_eq!(
        kinds,
        [
            ("pandia.state_vector", PartKind::Simulator),
            ("pandia.depolarizing", PartKind::ErrorModel),
            ("pandia.simple", PartKind::Runtime),
        ]
    );
    let spec = DepolarizingPart::SPEC;
    let plugin = plugin_named(spec.id);
    assert_eq!((plugin.version(), plugin.summary()), (spec.version, spec.summary));
    let params: Vec<_> = plugin.params().collect();
    assert_eq!(params.len(), spec.params.len());
    for (view, param) in params.iter().zip(spec.params) {
        assert_eq!((view.name, view.unit, view.help), (param.name, param.unit, param.help));
        assert_eq!(view.default, param.default);
        match (view.kind, param.kind) {
            (module::ParamViewKind::Choice(words), crate::part::ParamKind::Choice(own)) => {
                assert_eq!(words.iter().collect::<Vec<_>>(), own);
            }
            (view, param) => {
                assert!(std::format!("{view:?}").starts_with(&std::format!("{param:?}")[..4]));
            }
        }
    }
}

const SETTINGS: &[Setting<'_>] = &[Setting { key: "p_1q", value: Value::Real(0.3) }];

fn shots(backend: &mut dyn Backend) -> Vec<Outcome> {
    let mut ops = OpVec::new();
    for qubit in 0..2 {
        ops.gate(slot::H, &[qubit], &[]).unwrap();
        ops.measure(qubit, u64::from(qubit)).unwrap();
    }
    let mut seen = Vec::new();
    for shot in 0..if cfg!(miri) { 2 } else { 10 } {
        backend.shot_begin(ShotId(shot), Seed(1)).unwrap();
        let mut memory = [Outcome::default(); 2];
        let mut outcomes = Outcomes::new(&mut memory);
        backend.apply(&ops.batch(), &mut outcomes).unwrap();
        seen.extend_from_slice(outcomes.as_slice());
        backend.shot_end().unwrap();
    }
    seen
}

fn direct() -> impl Backend {
    let config = Config::new(2, StreamId(1));
    let simulator =
        StateVectorPart::<f64>::build(&config, [StateVectorPart::<f64>::EMPTY; 4]).unwrap();
    let config = Config::new(2, StreamId(2)).with(SETTINGS);
    let cells = DepolarizingPart::cells(&config).unwrap();
    let layer =
        DepolarizingPart::build(&config, std::vec![DepolarizingPart::EMPTY; cells]).unwrap();
    Stack::new(layer, simulator)
}

#[test]
fn parts_built_in_given_memory_are_the_parts_built_here() {
    let mut memory = std::vec![MaybeUninit::uninit(); 1 << 16];
    let (low, high) = memory.split_at_mut(1 << 15);
    let config = Config::new(2, StreamId(1));
    let simulator = plugin_named("pandia.state_vector").backend_in(low, &config, None).unwrap();
    let mut shown = Instance::<_, NoGuard>::new(simulator);
    let config = Config::new(2, StreamId(2)).with(SETTINGS);
    let layer = plugin_named("pandia.depolarizing");
    let mut stack = layer.backend_in(high, &config, Some(shown.pair())).unwrap();
    assert_eq!(shots(&mut stack), shots(&mut direct()));
}

#[test]
fn wrong_memory_children_and_settings_are_refused_in_words() {
    let mut memory = std::vec![MaybeUninit::uninit(); 1 << 16];
    let config = Config::new(2, StreamId(1));
    let simulator = plugin_named("pandia.state_vector");
    let error = simulator.backend_in(&mut memory[..64], &config, None).unwrap_err();
    assert!(error.to_string().contains("bytes of memory"), "{error}");
    let layer = plugin_named("pandia.depolarizing");
    let error = layer.backend_in(&mut memory, &config.with(SETTINGS), None).unwrap_err();
    assert_eq!(error.to_string(), "pandia.depolarizing: takes 1 children, got 0");
    let wrong = [Setting { key: "p_1q", value: Value::Real(1.5) }];
    let direct = DepolarizingPart::cells(&config.with(&wrong)).unwrap_err();
    let error = layer.layout(&config.with(&wrong)).unwrap_err();
    assert_eq!(error.to_string(), direct.to_string());
    assert_eq!(error.code(), direct.code());
    let error = simulator.runtime_in(&mut memory, &config).unwrap_err();
    assert!(error.to_string().contains("is no runtime"), "{error}");
    let error = simulator.layout(&Config::new(60, StreamId(1))).unwrap_err();
    assert!(error.to_string().contains("60 qubits"), "{error}");
}

fn run(runtime: &mut dyn Runtime) -> Vec<Option<u64>> {
    let mut ops = OpVec::new();
    for qubit in 0..2 {
        ops.gate(slot::H, &[qubit], &[]).unwrap();
        ops.measure(qubit, u64::from(qubit)).unwrap();
    }
    let mut seen = Vec::new();
    for shot in 0..if cfg!(miri) { 2 } else { 10 } {
        runtime.shot_begin(ShotId(shot), Seed(1)).unwrap();
        runtime.submit(&ops.batch()).unwrap();
        seen.extend((0..2).map(|id| runtime.result(id, true).unwrap()));
        runtime.shot_end().unwrap();
    }
    assert_eq!(runtime.info().qubit_count, 2);
    seen
}

#[test]
fn a_runtime_through_its_table_is_the_same_runtime() {
    let mut config = Config::new(2, StreamId(3));
    config.result_count = 2;
    let cells = SimplePart::cells(&config).unwrap();
    let mut here =
        SimplePart::build(&config, direct(), std::vec![SimplePart::EMPTY; cells]).unwrap();
    let here = run(&mut here);
    let mut memory = std::vec![MaybeUninit::uninit(); 1 << 14];
    let mut stack = Instance::<_, NoGuard>::new(direct());
    let mut runtime = plugin_named("pandia.simple").runtime_in(&mut memory, &config).unwrap();
    let error = runtime.shot_begin(ShotId(0), Seed(0)).unwrap_err();
    assert!(error.to_string().contains("no stack is attached"), "{error}");
    runtime.attach(stack.pair(), &config, false).unwrap();
    assert_eq!(run(&mut runtime), here);
    runtime.shot_begin(ShotId(0), Seed(0)).unwrap();
    assert!(runtime.result(9, true).unwrap_err().to_string().starts_with("pandia.simple: "));
}

/// A module with one thing wrong.
fn refused(change: impl FnOnce(&mut raw::Module, &mut raw::Plugin)) -> std::string::String {
    let mut plugin = *PLUGINS[0];
    let mut module = MODULE;
    change(&mut module, &mut plugin);
    let plugins = [&raw const plugin, PLUGINS[1]];
    if module.plugins == MODULE.plugins {
        module.plugins = plugins.as_ptr();
        module.plugin_count = module.plugin_count.min(2);
    }
    // SAFETY: a module of ours, but for the change, which the check is to find.
    unsafe { module::check(&raw const module) }.unwrap_err().to_string()
}

#[test]
fn a_parameter_that_does_not_fit_is_refused() {
    // SAFETY: the part has parameters, and their table is a constant of ours.
    let whole = unsafe { *plugin::layer::<DepolarizingPart, NoGuard>().params };
    let with = |change: fn(&mut raw::Param)| {
        let mut param = whole;
        change(&mut param);
        refused(|_, p| (p.params, p.param_count) = (&raw const param, 1))
    };
    let many = with(|p| (p.kind, p.choice_count) = (raw::PARAM_CHOICE, 1025));
    assert!(many.contains("has 1025 words to choose from"), "{many}");
    let reserved = with(|p| p.reserved0 = 1);
    assert!(reserved.contains("parameter: a reserved field"), "{reserved}");
    let reserved = with(|p| p.reserved1 = core::ptr::dangling());
    assert!(reserved.contains("parameter: a reserved field"), "{reserved}");
}

#[test]
fn a_module_that_does_not_fit_is_refused_by_name() {
    let text = raw::Text::of;
    let cases: &[(std::string::String, &str)] = &[
        (refused(|m, _| m.magic = 7), "begins with 0x00000007"),
        (refused(|m, _| m.size = 20), "it has 20 bytes"),
        (refused(|m, _| m.major = 2), "speaks interface 2.0, this host 1.0"),
        (refused(|m, _| m.min_host_minor = 9), "needs a host of interface 1.9"),
        (refused(|m, _| m.plugin_count = 0), "has 0 plugins"),
        (refused(|m, _| m.plugins = core::ptr::null()), "NULL"),
        (refused(|m, _| m.reserved0 = 1), "reserved"),
        (refused(|_, p| p.size = 12), "it has 12 bytes"),
        (
            refused(|_, p| p.create = None),
            "pandia.state_vector: the plugin lacks create, required since 1.0",
        ),
        (refused(|_, p| p.layout = None), "lacks layout"),
        (refused(|_, p| p.size = 88), "lacks create"),
        (refused(|_, p| p.children_max = 1), "takes 0 to 1 children"),
        (refused(|_, p| p.id = text("")), "id \"\" is not right"),
        (refused(|_, p| p.id = text("a b")), "id \"a b\" is not right"),
        (refused(|_, p| p.id = text("pandia.depolarizing")), "two plugins"),
        (refused(|_, p| p.id.len = 1000), "1000 bytes"),
        (refused(|_, p| p.flags = 1), "reserved"),
        (refused(|_, p| p.param_count = u32::MAX), "parameters"),
    ];
    for (error, part) in cases {
        assert!(error.contains(part), "{error} / {part}");
    }
    // SAFETY: refused before anything is read.
    let error = unsafe { module::check(core::ptr::null()) }.unwrap_err();
    assert!(error.to_string().contains("NULL"));
}

#[test]
fn a_table_that_lacks_a_required_function_is_refused_by_its_name() {
    let mut instance = Instance::<_, NoGuard>::new(direct());
    let pair = instance.pair().raw();
    // SAFETY: a table of ours.
    let whole = unsafe { *pair.vt };
    let refused = |vt: raw::BackendVt| {
        let pair = raw::Backend { vt: &raw const vt, me: pair.me };
        // SAFETY: a table of ours but for what is missing; the instance lives.
        unsafe { TableBackend::from_raw(pair, false) }.map(drop).map_err(|e| e.to_string())
    };
    assert!(refused(whole).is_ok());
    let cut = raw::BackendVt { size: 40, ..whole };
    assert!(refused(cut).unwrap_err().contains("lacks apply"));
    let none = raw::BackendVt { shot_end: None, ..whole };
    assert!(refused(none).unwrap_err().contains("lacks shot_end, required since 1.0"));
    let tiny = raw::BackendVt { size: 4, ..whole };
    assert!(refused(tiny).unwrap_err().contains("it has 4 bytes"));
    let runtime = raw::Runtime { vt: core::ptr::null(), me: core::ptr::null_mut() };
    // SAFETY: refused before anything is read.
    assert!(unsafe { TableRuntime::from_raw(runtime, false) }.is_err());
}
