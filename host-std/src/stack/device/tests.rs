//! Device files read, refused and expanded.

use super::*;
use crate::stack::{OwnedValue, StackSpec};

const DEVICE: &str = "\
[device]
name = 'line'
qubits = 4
source = 'made up'
[topology]
pairs = ['0-1', '2-1', '2-3']
[durations]
gate_1q_ns = 20
gate_2q_ns = 2.5e3
[rates]
p_1q = 1e-4
t1_ns = 80e3
t2_ns = 100_000
leaked_gate = 'depolarize'
[gate.cx]
p = 0.01
[qubit.3]
t1_ns = 60e3
p_0_given_1 = 0.1
[pair.2-1]
p_2q = 0.02
p_10_given_00 = 0.01
p_00_given_11 = 0.03
[pair.0-3]
p_11_given_00 = 0.02
crosstalk_measure = 0.004
[drift.idle]
law = 'table'
steps = [1, 0.5]
span = 100
";

fn words(spec: &StackSpec) -> Vec<(String, Vec<String>)> {
    let settings = |part: &crate::stack::PartUse| {
        let words = part.settings.iter().map(|s| format!("{}={}", s.key, s.value));
        words.collect::<Vec<_>>()
    };
    spec.parts().map(|part| (part.name.clone(), settings(part))).collect()
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

#[test]
fn a_device_becomes_layers_in_order_and_durations() {
    let device = Device::parse("d.toml", DEVICE).unwrap();
    assert_eq!((device.name(), device.qubit_count()), ("line", 4));
    let spec = device.applied_to(&StackSpec::new(), 4).unwrap();
    let expected: [(&str, &[&str]); 9] = [
        ("simple", &["duration_1q_ns=20", "duration_2q_ns=2500"]),
        ("topology", &["pair.0-1=1", "pair.2-1=1", "pair.2-3=1"]),
        ("readout", &["p_0_given_1.3=0.1"]),
        (
            "joint_readout",
            &[
                "pair.2-1.10_given_00=0.01",
                "pair.2-1.00_given_11=0.03",
                "pair.0-3.11_given_00=0.02",
            ],
        ),
        ("leakage", &["leaked_gate=depolarize"]),
        ("crosstalk", &["meas.0-3=0.004"]),
        ("depolarizing", &["p_1q=1e-4", "gate.cx=0.01", "pair.2-1=0.02", "when=after"]),
        (
            "idle",
            &[
                "t1_ns=80000",
                "t2_ns=100000",
                "t1_ns.3=60000",
                "drift=table",
                "drift.0=1",
                "drift.1=0.5",
                "drift_span=100",
            ],
        ),
        ("state_vector", &[]),
    ];
    for ((name, settings), (found, all)) in expected.into_iter().zip(words(&spec)) {
        assert_eq!((name, owned(settings)), (found.as_str(), all));
    }
    assert_eq!(spec.noise[5].place.as_deref(), Some("d.toml:11"));
}

#[test]
fn a_smaller_program_takes_what_is_about_its_qubits() {
    let device = Device::parse("d.toml", DEVICE).unwrap();
    let given = StackSpec::new().with_runtime(
        crate::stack::PartUse::named("simple").with("duration_1q_ns", OwnedValue::Whole(7)),
    );
    let given = given.with_noise(crate::stack::PartUse::named("ideal"));
    let spec = device.applied_to(&given, 2).unwrap();
    let all = words(&spec);
    // What was given goes before the device's, above its layers, and it counts.
    assert_eq!(all[0].1, owned(&["duration_1q_ns=20", "duration_2q_ns=2500", "duration_1q_ns=7"]));
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    let expected =
        ["simple", "ideal", "topology", "leakage", "depolarizing", "idle", "state_vector"];
    assert_eq!(names, expected);
    assert_eq!(all[2].1, owned(&["pair.0-1=1"]));
    let error = device.applied_to(&given, 5).unwrap_err();
    assert_eq!(error.to_string(), "d.toml: the program has 5 qubits, line has 4");
    // No coupling among the first qubits is not the same as all.
    let apart = "[device]\nname='a'\nqubits=3\n[topology]\npairs=['1-2']\n";
    let spec = Device::parse("d", apart).unwrap().applied_to(&StackSpec::new(), 2).unwrap();
    assert_eq!(words(&spec)[1], ("topology".to_owned(), owned(&["pair.0-1=0"])));
}

#[test]
fn what_is_wrong_is_said_with_file_line_key_and_way_out() {
    let head = "[device]\nname = 'a'\nqubits = 3\n";
    let pairs = "[topology]\npairs = ['0-1']\n";
    for (text, expected, way_out) in [
        ("[rates]\np_1q = 0\n", "d.toml:1: the file does not say which device", "[device]"),
        ("[device]\nname='a'\n", "d.toml:1: name or qubits", "qubits = N"),
        ("[device]\nname='a'\nqubits=0\n", "d.toml:3: qubits = 0 is no size", "1 to 4096"),
        (&format!("{head}[rate]\n"), "d.toml:4: unknown section \"rate\"", "did you mean rates?"),
        (&format!("{head}[rates]\np1q = 0.1\n"), "d.toml:5: unknown key \"p1q\"", "mean p_1q?"),
        (&format!("{head}[rates]\np_1q = 1.5\n"), "d.toml:5: depolarizing: p_1q=1.5 must be", ""),
        (&format!("{head}[rates]\np_1q = true\n"), "d.toml:5: this is neither", "devices.md"),
        (&format!("{head}[qubit.3]\nt1_ns = 1\n"), "d.toml:4: 3 is no qubit", "0 to 2"),
        (&format!("{head}[pair.0]\np_2q = 1\n"), "d.toml:4: \"0\" is no pair", "A-B"),
        (&format!("{head}{pairs}[pair.1-2]\np_2q=1"), "d.toml:7: pair 1-2 is not coupled", "list"),
        (
            &format!("{head}{pairs}[pair.1-2]\np_seep=1"),
            "d.toml:7: pair 1-2 is not coupled",
            "list",
        ),
        (&format!("{head}[pair.1-2]\np_11_given_11=0.1"), "d.toml:5: unknown key", "p_00_given_11"),
        (&format!("{head}[pair.1-2]\np_10_given_11=1.5"), "d.toml:5: joint_readout: pair.1-2", ""),
        (&format!("{head}[topology]\npairs=['0-1','1-0']"), "d.toml:5: pair 1-0 is listed", "once"),
        (&format!("{head}[gate.cy]\np=0.1\n[gate.ccy]\np=0.1"), "d.toml:7: ", ""),
        (&format!("{head}[durations]\ngate_ns = 1"), "d.toml:5: unknown duration", "gate_1q_ns"),
        (&format!("{head}[durations]\nreset_ns = 0.5"), "d.toml:5: reset_ns is no", "whole"),
        (&format!("{head}[drift.simple]\nlaw='sine'"), "d.toml:4: unknown error model", "idle"),
        (&format!("{head}[rates]\nt1_ns=9\nt2_ns=20\n"), "d.toml:6: ", ""),
        (&format!("{head}[rates]\nt2_ns=9\n[qubit.1]\nt1_ns=4\n"), "d.toml:7: ", ""),
        ("[device\n", "d.toml:1: ", ""),
    ] {
        let error = Device::parse("d.toml", text).unwrap_err();
        let words = error.to_string();
        assert!(words.starts_with(expected), "{text}: {words}");
        let help = error.help().unwrap_or_default();
        assert!(help.contains(way_out), "{words}: {help}");
    }
    let too_much = format!("{head}[pair.1-2]\np_10_given_11=0.7\np_00_given_11=0.4\n");
    let words = Device::parse("d.toml", &too_much).unwrap_err().to_string();
    assert!(words.contains("wrong reports of qubits 1 and 2 add up to 1.1"), "{words}");
    let slow = format!("{head}[rates]\nt1_ns=9\nt2_ns=20\n");
    let words = Device::parse("d.toml", &slow).unwrap_err().to_string();
    assert!(words.contains("more than 2 T1"), "{words}");
}

#[test]
fn every_key_is_a_parameter_of_its_part() {
    let registry = crate::stack::Registry::new();
    for key in keys::KEYS {
        let part = registry.find(key.part).unwrap();
        assert!(part.spec.param(&key.param.replace('@', "0")).is_some(), "{key:?}");
        assert!(keys::PARTS.contains(&key.part), "{key:?}");
    }
}
