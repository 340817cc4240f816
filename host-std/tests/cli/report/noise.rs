//! The noise report is right: about counts of real runs, and about configurations that are not
//! those of the run.

use serde_json::Value;

use super::refused::replaced;
use super::{json, traced};
use crate::support::Folder;

fn layer<'a>(report: &'a Value, part: &str) -> &'a Value {
    let layers = report["layers"].as_array().unwrap();
    layers.iter().find(|layer| layer["part"] == format!("pandia.{part}")).unwrap()
}

fn sum<'a>(layer: &'a Value, kind: &str) -> &'a Value {
    layer["sums"].as_array().unwrap().iter().find(|sum| sum["kind"] == kind).unwrap()
}

fn row<'a>(layer: &'a Value, gate: &str, qubits: &[u32], error: &str) -> Option<&'a Value> {
    let rows = layer["rows"].as_array().unwrap();
    rows.iter().find(|row| {
        row["gate"] == gate && row["qubits"] == serde_json::json!(qubits) && row["error"] == error
    })
}

/// A program of 200 gates on three qubits, with resets and measurements.
fn long_program() -> String {
    let mut text = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[3] q;\nbit[3] c;\n".to_owned();
    text.push_str("reset q[0];\n");
    for _ in 0..20 {
        text.push_str("h q[0];\ncx q[0], q[1];\nx q[1];\ncx q[1], q[2];\ns q[2];\n");
        text.push_str("cx q[2], q[0];\nz q[0];\nh q[1];\ncz q[1], q[2];\nrz(0.3) q[2];\n");
    }
    text.push_str("barrier q;\nc = measure q;\n");
    text
}

const MODELS: &str = "--noise coherent:offset_1q=0.01,gate.rz.fraction=0.1 \
     --noise readout:p_1_given_0=0.02,p_0_given_1=0.05 \
     --noise depolarizing:p_1q=0.003,p_2q=0.01,p_meas=0.01,p_init=0.02,gate.cz.1-2=0.02 \
     --noise pauli:px=0.001,pz=0.002,zz=0.004,meas.x=0.02,when=after \
     --noise leakage:p_leak_1q=0.0002,p_leak_2q=0.001,p_spread=0.02,p_seep=0.1";

/// The report of a million gates under these models. The trace goes through a pipe, since it is more
/// than a gigabyte.
#[cfg(unix)]
fn over_a_million_gates(models: &str) -> Value {
    let folder = Folder::new();
    folder.write("long.qasm", long_program());
    let shots = 5000;
    let pipe = folder.path().join("t.ptrace");
    assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
    let run = format!("run long.qasm --shots {shots} --seed 11 {models} --trace t.ptrace");
    let report = std::thread::scope(|scope| {
        scope.spawn(|| folder.good(&run));
        json(&folder, "noise")
    });
    assert_eq!(report["shots"], shots);
    assert_eq!(report["disagreements"], 0, "{:#}", report["layers"]);
    assert!(report["tests"].as_u64().unwrap() > 200);
    report
}

/// Each of these sums of a layer, by kind, was at least so large, and its interval holds it and says
/// something.
fn all_hold(report: &Value, sums: &[(&str, &str, f64)]) {
    for &(part, kind, least) in sums {
        let layer = layer(report, part);
        assert_eq!(layer["left_out_batches"], 0, "{part}");
        assert_eq!(layer["says_what_it_does"], true, "{part}");
        let sum = sum(layer, kind);
        let numbers = ["inserted", "expected", "low", "high"].map(|key| sum[key].as_f64());
        let [Some(inserted), Some(expected), Some(low), Some(high)] = numbers else {
            panic!("{part} {kind}: {sum}")
        };
        assert!(inserted > least, "{part} {kind}: {inserted}");
        assert!(low <= expected && expected <= high, "{part} {kind}");
        // Five sigma and not the whole range.
        assert!(high - low <= 13.0 * expected.sqrt() + 2.0, "{part} {kind}: {low} {high}");
    }
}

/// Every layer over a million gates; each interval, and so each rate, holds.
#[cfg(unix)]
#[test]
fn a_million_gates_have_the_errors_that_are_configured() {
    all_hold(
        &over_a_million_gates(MODELS),
        &[
            ("coherent", "rotation", 100_000.0),
            ("readout", "misread", 400.0),
            ("depolarizing", "pauli", 5000.0),
            ("depolarizing", "misread", 100.0),
            ("pauli", "pauli", 3000.0),
            ("leakage", "leak", 900.0),
            ("leakage", "return", 800.0),
            ("leakage", "leaked_answer", 80.0),
        ],
    );
}

/// Models that know time, other qubits and other outcomes, rates that drift by shot and by time, and
/// leaked qubits that act at random.
const TIMED: &str = "--runtime queued:duration_1q_ns=50,duration_2q_ns=200,duration_measure_ns=1000,\
     duration_reset_ns=500 \
     --noise topology:pair.0-1=1,pair.1-2=1,pair.2-0=1 \
     --noise ideal \
     --noise joint_readout:pair.0-1.11_given_00=0.05,pair.1-0.01_given_10=0.1,pair.0-1.00_given_11=0.08 \
     --noise readout:p_1_given_0=0.1,p_0_given_1=0.2,drift=linear,drift_from=1,drift_to=0.2,\
     drift_span=4000 \
     --noise coherent:offset_1q=0.01,drift=table,drift.0=1,drift.1=0,drift.2=0.5,drift_span=1500 \
     --noise crosstalk:p_gate=0.001,p_meas=0.05,pair.0-1=0.003,drift=sine,drift_to=0.5,drift_span=100 \
     --noise depolarizing:p_1q=0.004,p_2q=0.01,p_meas=0.05,p_init=0.1,drift=sine,drift_by=time,\
     drift_to=0.3,drift_span=5000 \
     --noise pauli:px=0.002,zz=0.004,drift=linear,drift_to=0.1,drift_span=5000 \
     --noise dephasing:gate.h=0.00005,gate.cx=0.00002,idle_rate=0.00001,drift=sine,drift_to=0.4,\
     drift_span=50 \
     --noise idle:t1_ns=20000,t2_ns=15000,method=twirl,drift=linear,drift_by=time,drift_to=0.2,\
     drift_span=9000 \
     --noise leakage:p_leak_1q=0.0002,p_leak_2q=0.001,p_spread=0.02,p_seep=0.1,leaked_gate=random,\
     drift=linear,drift_to=0.5,drift_span=5000";

/// The same over a million gates for all other models, drift and gates that act at random.
#[cfg(unix)]
#[test]
fn a_million_gates_have_the_errors_of_times_and_neighbours_that_are_configured() {
    let report = over_a_million_gates(TIMED);
    for part in ["topology", "ideal"] {
        assert!(layer(&report, part)["rows"].as_array().unwrap().is_empty(), "{part}");
    }
    all_hold(
        &report,
        &[
            ("joint_readout", "misread", 200.0),
            ("readout", "misread", 400.0),
            ("coherent", "rotation", 100_000.0),
            ("crosstalk", "pauli", 1000.0),
            ("depolarizing", "pauli", 3000.0),
            ("depolarizing", "misread", 100.0),
            ("pauli", "pauli", 1000.0),
            ("dephasing", "pauli", 1000.0),
            ("idle", "pauli", 1000.0),
            ("leakage", "leak", 500.0),
            ("leakage", "return", 500.0),
            ("leakage", "stand_in", 500.0),
            ("leakage", "pauli", 500.0),
            ("leakage", "leaked_answer", 50.0),
        ],
    );
}

#[test]
fn a_configuration_that_is_not_that_of_the_run_shows_where_it_is_wrong() {
    let noise = "--noise depolarizing:p_2q=0.02,gate.x=0.01";
    let folder = traced(&format!("teleport.qasm --shots 5000 --seed 3 {noise}"));
    assert_eq!(json(&folder, "noise")["disagreements"], 0);
    let trace = folder.read("t.ptrace");
    folder.write("t.ptrace", replaced(&trace, b"\"p_2q\":0.02", b"\"p_2q\":0.03"));
    let report = json(&folder, "noise");
    assert!(report["disagreements"].as_u64().unwrap() >= 1);
    let layer = layer(&report, "depolarizing");
    assert_eq!(sum(layer, "pauli")["agrees"], false);
    for gate in layer["by_gate"].as_array().unwrap() {
        assert_eq!(gate["agrees"], gate["of"] == "x", "{gate}");
    }
    let text = folder.good("report noise t.ptrace");
    assert!(text.contains("DISAGREES"), "{text}");
    folder.good("report noise t.ptrace --html page.html");
    assert!(String::from_utf8(folder.read("page.html")).unwrap().contains("disagree"));
}

#[test]
fn an_error_that_may_come_from_two_operations_is_put_down_to_both() {
    let folder = Folder::new();
    let program = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit q;\nbit c;\nreset q;\nh q;\n\
                   c = measure q;\n";
    folder.write("reset.qasm", program);
    let noise = "--noise depolarizing:p_init=0.2,p_1q=0.3";
    folder.good(&format!("run reset.qasm --shots 5000 {noise} --trace t.ptrace"));
    let report = json(&folder, "noise");
    assert_eq!(report["disagreements"], 0);
    let layer = layer(&report, "depolarizing");
    let both = row(layer, "h | reset", &[0], "X").unwrap();
    assert_eq!((both["chances"].as_u64(), both["expected"].as_f64()), (Some(10_000), Some(1500.0)));
    assert!(row(layer, "h", &[0], "X").is_none() && row(layer, "h", &[0], "Y").is_some());
}

#[test]
fn with_a_simulator_that_takes_channels_the_probabilities_are_exact() {
    let noise = "--noise depolarizing:p_1q=0.01,p_2q=0.02 --noise pauli:xz=0.05,pair.1-0.zx=0.07";
    let timed = "--noise crosstalk:p_gate=0.03,p_meas=0.2 --noise dephasing:gate.cx=0.0005 \
                 --noise idle:t1_ns=3000,t2_ns=2000,drift=linear,drift_to=0.5,drift_span=40";
    let times = "duration_1q_ns=50,duration_2q_ns=200,duration_measure_ns=1000";
    let folder = traced(&format!(
        "bell.qasm --shots 50 --simulator density_matrix --runtime simple:{times} {noise} {timed}"
    ));
    let report = json(&folder, "noise");
    assert_eq!(report["disagreements"], 0);
    for part in ["depolarizing", "pauli", "crosstalk", "dephasing", "idle"] {
        for row in layer(&report, part)["rows"].as_array().unwrap() {
            let [inserted, expected] =
                ["inserted", "expected"].map(|key| row[key].as_f64().unwrap());
            assert!((inserted - expected).abs() < 1e-9 && expected > 0.0, "{row}");
            assert_eq!(row["agrees"], true);
        }
    }
    // X on qubit 1 and Z on qubit 0, whatever the order of the operands.
    let row = row(layer(&report, "pauli"), "cx", &[0, 1], "XZ").unwrap();
    assert!((row["expected"].as_f64().unwrap() - 50.0 * 0.07).abs() < 1e-9, "{row}");
}

/// Over a simulator that draws what channels do, they are sent whole; over one that takes none, their
/// twirl is drawn.
#[test]
fn what_is_expected_of_idle_is_what_the_simulator_lets_it_do() {
    let noise = "--noise idle:t1_ns=3000,t2_ns=2000";
    let times = "duration_1q_ns=50,duration_2q_ns=200,duration_measure_ns=1000";
    for (simulator, decays) in [("state_vector", true), ("stabilizer", false)] {
        let run = format!(
            "ghz.qasm --shots 2000 --simulator {simulator} --runtime simple:{times} {noise}"
        );
        let report = json(&traced(&run), "noise");
        assert_eq!(report["disagreements"], 0, "{simulator}");
        let idle = layer(&report, "idle");
        assert_eq!(idle["says_what_it_does"], true);
        let kinds: Vec<&str> = idle["sums"]
            .as_array()
            .unwrap()
            .iter()
            .map(|sum| sum["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, if decays { vec!["pauli", "decay"] } else { vec!["pauli"] });
        let sum = sum(idle, kinds[kinds.len() - 1]);
        assert!(sum["expected"].as_f64().unwrap() > 100.0 && sum["agrees"] == true, "{sum}");
        assert_eq!(row(idle, "cx", &[0, 1], "1 decays").is_some(), decays);
    }
}

/// For each model that knows more than the operation: a setting that is not that of the run shows.
#[test]
fn a_wrong_setting_of_every_timed_model_shows() {
    let times = "duration_1q_ns=50,duration_2q_ns=200,duration_measure_ns=1000";
    for (noise, said, wrong) in [
        ("crosstalk:p_gate=0.03", "\"p_gate\":0.03", "\"p_gate\":0.05"),
        ("dephasing:gate.cx=0.0005", "\"gate.cx\":0.0005", "\"gate.cx\":0.0009"),
        ("idle:t2_ns=2000,method=twirl", "\"t2_ns\":2000", "\"t2_ns\":4000"),
        (
            "joint_readout:pair.0-1.11_given_00=0.12",
            "\"pair.0-1.11_given_00\":0.12",
            "\"pair.0-1.11_given_00\":0.17",
        ),
        (
            "depolarizing:p_2q=0.1,drift=linear,drift_to=0.2,drift_span=4000",
            "\"drift_to\":0.2",
            "\"drift_to\":0.9",
        ),
        (
            "leakage:p_leak_1q=0.1,p_leak_2q=0.1,leaked_gate=random",
            "\"leaked_gate\":\"random\"",
            "\"leaked_gate\":\"skip\"  ",
        ),
    ] {
        let run =
            format!("ghz.qasm --shots 4000 --seed 3 --runtime queued:{times} --noise {noise}");
        let folder = traced(&run);
        assert_eq!(json(&folder, "noise")["disagreements"], 0, "{noise}");
        let trace = folder.read("t.ptrace");
        folder.write("t.ptrace", replaced(&trace, said.as_bytes(), wrong.as_bytes()));
        let report = json(&folder, "noise");
        let part = noise.split(':').next().unwrap();
        let left_out = layer(&report, part)["left_out_batches"].as_u64().unwrap();
        // What cannot have been so is left out, and said to be.
        assert!(report["disagreements"].as_u64().unwrap() + left_out > 0, "{noise}");
    }
}

/// Pairs that share a qubit: each is held against its own numbers, and their sum has no interval.
#[test]
fn pairs_that_share_a_qubit_are_not_summed_up_as_if_they_were_independent() {
    let noise = "--noise joint_readout:pair.0-1.11_given_00=0.1,pair.1-2.00_given_11=0.2";
    let folder = traced(&format!("ghz.qasm --shots 4000 {noise}"));
    let report = json(&folder, "noise");
    assert_eq!(report["disagreements"], 0);
    let joint = layer(&report, "joint_readout");
    let one = row(joint, "measure", &[0, 1], "00 read as 11").unwrap();
    assert!(one["agrees"] == true && one["inserted"].as_f64().unwrap() > 100.0, "{one}");
    // What the first pair made of a 0 may be a 1 to the second pair.
    let both = row(joint, "measure", &[1, 2], "00 read as 10").unwrap();
    assert!(both["agrees"] == true && both["inserted"].as_f64().unwrap() > 100.0, "{both}");
    assert_eq!(sum(joint, "misread")["low"], Value::Null);
}

#[test]
fn leaks_are_followed_over_time_and_waiting_over_the_schedule() {
    let times = "duration_1q_ns=50,duration_2q_ns=200,duration_measure_ns=1000";
    let noise = "--noise leakage:p_leak_1q=0.1,p_leak_2q=0.2,p_seep=0.3,p_spread=0.1";
    let run = format!("ghz.qasm --shots 4000 {noise} --runtime simple:{times}");
    let folder = traced(&run);
    let report = json(&folder, "noise");
    assert_eq!(report["disagreements"], 0);
    let leakage = &layer(&report, "leakage")["leakage"];
    assert_eq!(leakage["unit"], "ns");
    let points = leakage["points"].as_array().unwrap();
    let at = |time: u64| {
        let after = points.iter().find(|point| point["at"].as_u64().unwrap() >= time).unwrap();
        after["leaked"].as_f64().unwrap()
    };
    // After the first gate only qubit 0 of five may have leaked, in one shot of ten.
    assert!((at(50) - 0.1 / 5.0).abs() < 0.004, "{}", at(50));
    assert!(at(860) > 2.0 * at(260) && at(260) > at(50));
    // h, then four cx, then five measurements one after the other.
    assert!((report["shot_ns"].as_f64().unwrap() - 5850.0).abs() < 1e-9);
    let busy = [1250.0, 1400.0, 1400.0, 1400.0, 1200.0];
    for (qubit, busy) in report["idle"].as_array().unwrap().iter().zip(busy) {
        assert!((qubit["busy_ns"].as_f64().unwrap() - busy).abs() < 1e-9, "{qubit}");
        assert!((qubit["idle_ns"].as_f64().unwrap() - (5850.0 - busy)).abs() < 1e-9, "{qubit}");
    }
}

#[test]
fn without_error_models_the_report_says_so() {
    let folder = traced("bell.qasm --shots 3");
    let text = folder.good("report noise t.ptrace");
    assert!(text.contains("no error model"), "{text}");
    assert_eq!(json(&folder, "noise")["tests"], 0);
}
