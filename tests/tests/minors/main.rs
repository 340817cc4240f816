//! Hosts and plugins of interface minors 0, 1, 2 and 3, in Rust and in C, every one with every
//! other: docs/adr/0012-minors.md.
//!
//! Minor 1 adds an optional function (`snapshot`), minor 2 a required one (`flush`), minor 3 retires
//! an optional (`metric`) and a required one (`shot_end`). All are real programs and libraries; what
//! is expected of each pair follows from the rules of docs/abi.md, written down here once more.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "says which libraries are for another machine")]

mod built;

use built::{BARE, Built, FLOOR, Host, Plugin, STUBS, built};
use pandia::stack::{PartUse, Registry, Shape, StackPlan, StackSpec};
use pandia_core::backend::Backend;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcome, Outcomes};
use pandia_core::part::{Config, SimulatorPart};
use pandia_core::sim::StateVectorPart;
use std::path::PathBuf;
use std::process::Command;

/// What a host says of a plugin.
fn seen(host: &Host, plugin: &Plugin) -> String {
    seen_of(host, &[plugin])
}

/// What a host says of a simulator and a layer over it.
fn seen_of(host: &Host, plugins: &[&Plugin]) -> String {
    run(host, plugins.iter().map(|plugin| &plugin.library))
}

fn run<'l>(host: &Host, libraries: impl IntoIterator<Item = &'l PathBuf>) -> String {
    let output = Command::new(&host.program).args(libraries).output().unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {words}{errors}", host.name);
    words.trim_end().to_owned()
}

const SHOTS: u64 = 8;

/// The outcomes of the hosts' program, from a simulator that is linked in here.
fn bits() -> String {
    let mut ops = OpBuffer::<64>::new();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.gate(slot::CX, &[0, 1], &[]).unwrap();
    ops.measure(0, 0).unwrap();
    ops.measure(1, 1).unwrap();
    ops.gate(slot::H, &[0], &[]).unwrap();
    ops.measure(0, 2).unwrap();
    let empty = [StateVectorPart::<f64>::EMPTY; 4];
    let mut simulator = StateVectorPart::<f64>::build(&Config::new(2, StreamId(1)), empty).unwrap();
    let mut bits = String::new();
    for shot in 0..SHOTS {
        simulator.shot_begin(ShotId(shot), Seed(7)).unwrap();
        let mut room = [Outcome::default(); 3];
        let mut outcomes = Outcomes::new(&mut room);
        simulator.apply(&ops.batch(), &mut outcomes).unwrap();
        bits.extend(outcomes.as_slice().iter().map(|o| char::from(b'0' + u8::from(o.value == 1))));
        simulator.shot_end().unwrap();
    }
    bits
}

/// What the rules say of the pair: the refusal, or `None` if it runs.
fn refusal(host: &Host, plugin: &Plugin) -> Option<String> {
    if plugin.floor > host.minor {
        return Some(format!(
            "the module needs a host of interface 1.{} or later, this one speaks 1.{}; use a newer \
             host",
            plugin.floor, host.minor
        ));
    }
    // Required up to minor 2: who lacks it runs from minor 3 on.
    let no_end = (host.minor < 3 && !plugin.has_shot_end).then_some(("shot_end", 0));
    // Required from minor 2 on, unless the host fills it in.
    let no_flush = (host.minor >= 2 && !host.shim && plugin.minor < 2).then_some(("flush", 2));
    let (function, since) = no_end.or(no_flush)?;
    Some(format!(
        "{}: the backend table lacks {function}, required since 1.{since}; the plugin was built \
         for 1.{}, this host for 1.{}; rebuild the plugin",
        plugin.id, plugin.minor, host.minor
    ))
}

/// How often the simulator was told to `flush` and that a shot has ended.
#[derive(Clone, Copy, Default)]
struct Told {
    flushes: u64,
    ends: u64,
}

impl Told {
    /// And so many shots more, through `plugin`: `flush` where both know of it, `shot_end` where
    /// the plugin has it.
    fn and(self, host: &Host, plugin: &Plugin) -> Self {
        let flushes = if host.minor >= 2 && plugin.minor >= 2 { SHOTS } else { 0 };
        let ends = if plugin.has_shot_end { SHOTS } else { 0 };
        Self { flushes: self.flushes + flushes, ends: self.ends + ends }
    }
}

/// What the rules say of a pair that runs. `metric` is the first that the plugin has.
fn told(host: &Host, plugin: &Plugin, metric: &str, bits: &str, told: Told) -> String {
    // Optional, retired in minor 3: ignored from there on.
    let shown = host.minor < 3 && plugin.has_metric;
    let metric = if shown { metric } else { "none" };
    // Optional since minor 1: a host before does not see it, a plugin before does not have it.
    let snapshot = if host.minor >= 1 && plugin.minor >= 1 {
        (told.flushes * 1000 + told.ends).to_string()
    } else {
        "none".to_owned()
    };
    format!("bits={bits} metric={metric} snapshot={snapshot}")
}

fn refused(plugin: &Plugin, words: &str) -> String {
    format!("refused {}: {words}", plugin.library.display())
}

fn expected(host: &Host, plugin: &Plugin, bits: &str) -> String {
    if let Some(words) = refusal(host, plugin) {
        return refused(plugin, &words);
    }
    let once = Told::default().and(host, plugin);
    let alone = told(host, plugin, "shots", bits, once);
    match plugin.layer {
        None => format!("runs {alone}"),
        Some((layer, metric)) => {
            let over = Plugin { has_metric: plugin.has_shot_end, ..plugin.clone() };
            let below = told(host, &over, metric, bits, once.and(host, plugin));
            format!("runs {alone} below {layer}: {below}")
        }
    }
}

#[test]
fn every_host_runs_every_plugin_or_refuses_it_by_name() {
    let (built, bits) = (built(), bits());
    let (mut findings, mut ran, mut refused) = (Vec::new(), 0, 0);
    for host in &built.hosts {
        for plugin in &built.plugins {
            let (seen, expected) = (seen(host, plugin), expected(host, plugin, &bits));
            if seen != expected {
                let (host, plugin) = (&host.name, &plugin.name);
                findings.push(format!("{host} / {plugin}:\n  {seen}\nexpected\n  {expected}"));
            }
            if seen.starts_with("runs") { ran += 1 } else { refused += 1 }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    assert_eq!(ran + refused, built.hosts.len() * built.plugins.len());
    assert!(built.hosts.len() == 10 && built.plugins.len() >= 12, "{ran} ran, {refused} refused");
}

/// Layers use the table below them as well as they give one: a host of each minor, a tap in C of each
/// minor, and below it a simulator that the host takes.
#[test]
fn every_host_runs_every_layer_over_its_own_tables_or_refuses_it_by_name() {
    let (built, bits) = (built(), bits());
    let mut findings = Vec::new();
    for host in &built.hosts {
        let simulator = simulator_for(built, host);
        for layer in &built.layers {
            let expected = refusal(host, layer).map_or_else(
                || {
                    let once = Told::default().and(host, simulator);
                    let alone = told(host, simulator, "shots", &bits, once);
                    let twice = once.and(host, layer);
                    let metric = layer.layer.map_or("none", |(_, metric)| metric);
                    let below = told(host, layer, metric, &bits, twice);
                    format!("runs {alone} below {}: {below}", layer.id)
                },
                |words| refused(layer, &words),
            );
            let seen = seen_of(host, &[simulator, layer]);
            if seen != expected {
                let (host, layer) = (&host.name, &layer.name);
                findings.push(format!("{host} / {layer}:\n  {seen}\nexpected\n  {expected}"));
            }
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    assert!(built.layers.len() >= 5);
}

/// A simulator in Rust that the host takes.
fn simulator_for<'b>(built: &'b Built, host: &Host) -> &'b Plugin {
    let name = format!("Rust plugin 1.{}{}", host.minor, if host.minor == 3 { STUBS } else { "" });
    built.plugins.iter().find(|plugin| plugin.name == name).unwrap()
}

/// A program through a runtime in C of each minor, over a tap, over a simulator of the host's minor:
/// the host gives the runtime a table of its own minor.
#[test]
fn every_host_in_c_drives_every_runtime_over_its_own_tables() {
    let (built, bits) = (built(), bits());
    let mut driven = 0;
    for host in built.hosts.iter().filter(|host| host.in_c) {
        let simulator = simulator_for(built, host);
        for layer in built.layers.iter().filter(|layer| refusal(host, layer).is_none()) {
            for runtime in &built.runtimes {
                let libraries = [&simulator.library, &layer.library, runtime];
                let seen = run(host, libraries);
                let end = format!(" driven by example.c.runtime: bits={bits}");
                let place = format!("{} / {} / {}", host.name, layer.name, runtime.display());
                assert!(seen.starts_with("runs ") && seen.ends_with(&end), "{place}: {seen}");
                driven += 1;
            }
        }
    }
    // Each of the five hosts has at least one layer that it takes, and four runtimes.
    assert!(driven >= 5 * 4 && built.runtimes.len() >= 4, "{driven}");
}

/// DESIGN section 5, cell by cell: host, plugin, what the table says.
#[test]
fn the_four_changes_have_the_consequences_that_the_design_states() {
    let cells = [
        // Adds an optional function.
        ("1", "0", "", "snapshot=none"),
        ("0", "1", "", "snapshot=none"),
        // Adds a required function.
        ("2", "1", "", "lacks flush, required since 1.2"),
        ("2 with a shim", "1", "", "snapshot=8"),
        ("1", "2", "", "snapshot=8"),
        // Removes an optional function.
        ("3", "2", "", "metric=none"),
        ("2", "3", STUBS, "metric=shots"),
        // Removes a required function.
        ("3", "2", "", "snapshot=8008"),
        ("2", "3", BARE, "lacks shot_end, required since 1.0"),
        ("2", "3", STUBS, "snapshot=8008"),
        ("3", "3", BARE, "snapshot=8000"),
        // A floor.
        ("0", "1", FLOOR, "needs a host of interface 1.1 or later, this one speaks 1.0"),
        ("1", "1", FLOOR, "snapshot=8"),
    ];
    let built = built();
    for (host, plugin, kind, words) in cells {
        for (host_in, plugin_in) in [("Rust", "Rust"), ("Rust", "C"), ("C", "Rust"), ("C", "C")] {
            let name = format!("{host_in} host 1.{host}");
            let host = built.hosts.iter().find(|host| host.name == name).unwrap();
            let name = format!("{plugin_in} plugin 1.{plugin}{kind}");
            let plugin = built.plugins.iter().find(|plugin| plugin.name == name).unwrap();
            let seen = seen(host, plugin);
            let refused = words.starts_with("lacks") || words.starts_with("needs");
            assert_eq!(seen.starts_with("refused"), refused, "{}, {name}: {seen}", host.name);
            assert!(seen.contains(words), "{}, {name}: {seen}", host.name);
        }
    }
}

/// `pandia` itself, which is a host of minor 0.
#[test]
fn pandia_names_file_plugin_function_and_versions() {
    for plugin in &built().plugins {
        let path = plugin.library.display().to_string();
        let spec = StackSpec::new().with_simulator(PartUse::named(simulator_of(plugin, &path)));
        let shape = Shape { qubit_count: 2, result_count: 1 };
        let stack = StackPlan::new(&Registry::new(), &spec).and_then(|plan| plan.build(shape));
        let host = Host {
            name: String::new(),
            minor: 0,
            shim: false,
            program: path.clone().into(),
            in_c: false,
        };
        match (refusal(&host, plugin), stack) {
            (None, Ok(_)) => {}
            (Some(words), Err(error)) => assert_eq!(error.to_string(), format!("{path}: {words}")),
            (expected, stack) => panic!("{}: {expected:?}, {:?}", plugin.name, stack.err()),
        }
    }
}

/// The part's name on the command line: with its id where the library has several.
fn simulator_of(plugin: &Plugin, path: &str) -> String {
    if plugin.layer.is_some() { format!("{path}#{}", plugin.id) } else { path.to_owned() }
}
