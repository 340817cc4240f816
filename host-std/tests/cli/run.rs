//! `pandia run` gives what it says, in every format, and the same whatever the circumstances.

use std::collections::BTreeMap;

use crate::support::Folder;

const NOISY: &str = "--noise depolarizing:p_1q=0.05,p_2q=0.1 --noise readout:p_1_given_0=0.03";

#[test]
fn a_bell_pair_agrees_and_both_values_come() {
    let json = Folder::new().json("bell.qasm --shots 1000");
    let counts = json["counts"].as_object().unwrap();
    assert_eq!(counts.keys().collect::<Vec<_>>(), ["00", "11"]);
    let zeros = counts["00"].as_u64().unwrap();
    assert_eq!(zeros + counts["11"].as_u64().unwrap(), 1000);
    // Five sigma of a binomial with n = 1000 and p = 1/2: 79.
    assert!(zeros.abs_diff(500) < 79, "{zeros}");
}

#[test]
fn the_json_object_says_what_was_run() {
    let json = Folder::new().json(&format!("bell.qasm --shots 10 --seed 7 {NOISY}"));
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    for key in ["program", "shots", "seed", "stack", "mode", "digest", "counts", "failed"] {
        assert!(keys.contains(&key), "{key} is missing in {keys:?}");
    }
    assert_eq!(json["program"], "bell.qasm");
    assert_eq!(json["shots"], 10);
    assert_eq!(json["seed"], 7);
    assert_eq!(json["mode"], "deterministic");
    let digest = json["digest"].as_str().unwrap();
    assert!(digest.len() == 32 && digest.bytes().all(|c| c.is_ascii_hexdigit()), "{digest}");
    let parts: Vec<&str> = json["stack"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| {
            assert_eq!(part["from"], "built in");
            part["part"].as_str().unwrap()
        })
        .collect();
    let expected =
        ["pandia.simple", "pandia.depolarizing", "pandia.readout", "pandia.state_vector"];
    assert_eq!(parts, expected);
    assert_eq!(json["stack"][1]["parameters"]["p_1q"], 0.05);
    assert_eq!(json["stack"][1]["parameters"]["p_meas"], 0.0, "defaults are said too");
}

#[test]
fn formats_agree_with_one_another() {
    let folder = Folder::new();
    let arguments = format!("teleport.qasm --shots 200 {NOISY}");
    let json = folder.json(&arguments);
    let counts: BTreeMap<String, u64> = serde_json::from_value(json["counts"].clone()).unwrap();
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    for (at, (shot, bits)) in folder.bits_by_shot(&arguments).into_iter().enumerate() {
        assert_eq!(shot, at as u64);
        *lines.entry(bits).or_default() += 1;
    }
    assert_eq!(lines, counts);
    let csv = folder.good(&format!("run {arguments} --format csv"));
    let expected: String = counts.iter().map(|(bits, count)| format!("{bits},{count}\n")).collect();
    assert_eq!(csv, format!("bits,count\n{expected}"));
    let table = folder.good(&format!("run {arguments}"));
    assert!(table.contains(json["digest"].as_str().unwrap()));
    for (bits, count) in &counts {
        let row = table.lines().find(|line| line.starts_with(bits.as_str())).unwrap();
        assert!(row.split_whitespace().any(|word| word == count.to_string()), "{row}");
    }
}

#[test]
fn registers_stand_apart_and_the_last_declared_is_leftmost() {
    let folder = Folder::new();
    folder.write(
        "order.qasm",
        "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[3]; creg a[2]; creg b[1];\n\
         x q[0]; measure q[0] -> a[0]; measure q[1] -> a[1]; measure q[2] -> b[0];\n",
    );
    let line = folder.good("run order.qasm --shot 3 --format jsonl");
    let expected = "{\"shot\":3,\"bits\":\"0 01\",\"registers\":{\"a\":\"01\",\"b\":\"0\"}}\n";
    assert_eq!(line, expected);
}

#[test]
fn shot_7_alone_is_shot_7_of_a_thousand() {
    let folder = Folder::new();
    let all = folder.bits_by_shot(&format!("teleport.qasm {NOISY} --shots 1000"));
    for shot in [0, 7, 999] {
        let alone = folder.bits_by_shot(&format!("teleport.qasm {NOISY} --shot {shot}"));
        assert_eq!(alone, [all[shot].clone()]);
    }
    let range = folder.bits_by_shot(&format!("teleport.qasm {NOISY} --shot-range 500..503"));
    assert_eq!(range, all[500..503]);
}

#[test]
fn threads_change_nothing() {
    let folder = Folder::new();
    let run = |threads| {
        let arguments = format!("run ghz.qasm {NOISY} --shots 3001 --threads {threads}");
        let json = folder.good(&format!("{arguments} --format json"));
        (json, folder.good(&format!("{arguments} --format jsonl")))
    };
    let one = run(1);
    for threads in [2, 3, 8] {
        assert_eq!(run(threads), one, "{threads} threads");
    }
}

#[test]
fn the_seed_decides_and_has_a_fixed_default() {
    let folder = Folder::new();
    let digest = |seed: &str| folder.digest(&format!("bell.qasm --shots 50 {seed}"));
    assert_eq!(digest(""), digest("--seed 0"));
    assert_eq!(digest("--seed 7"), digest("--seed 7"));
    assert_ne!(digest("--seed 7"), digest("--seed 8"));
    assert!(folder.good("run bell.qasm --shots 1").contains("seed    0\n"));
}

#[test]
fn a_layer_without_effect_changes_nothing_and_layers_stack() {
    let folder = Folder::new();
    let digest = |noise: &str| folder.digest(&format!("ghz.qasm --shots 300 {noise}"));
    let bare = digest("");
    assert_eq!(digest("--noise ideal"), bare);
    assert_eq!(digest("--noise depolarizing --noise ideal --noise readout"), bare);
    let one = digest("--noise depolarizing:p_2q=0.2");
    let two = digest("--noise depolarizing:p_2q=0.2 --noise depolarizing:p_2q=0.2");
    assert!(one != bare && two != one, "equal layers draw from streams of their own");
    assert_eq!(digest("--noise ideal --noise depolarizing:p_2q=0.2"), one);
}

#[test]
fn rates_of_single_gates_and_qubits_are_taken() {
    let folder = Folder::new();
    let json = folder.json("bell.qasm --shots 400 --noise depolarizing:gate.cx=1,p_1q=0");
    assert_eq!(json["counts"].as_object().unwrap().len(), 4);
    let flipped = folder.json("bell.qasm --shots 40 --noise readout:p_1_given_0=1");
    assert_eq!(flipped["counts"].as_object().unwrap().len(), 1);
    assert_eq!(flipped["counts"]["11"], 40);
}

#[test]
fn a_stack_file_is_the_same_as_the_options() {
    let folder = Folder::new();
    let from_file = folder.json("bell.qasm --shots 100 --stack stack.toml");
    let options = "--runtime simple:duration_1q_ns=20 \
                   --noise depolarizing:p_1q=1e-2,gate.cx=5e-2 \
                   --noise pandia.readout:p_1_given_0=0.01,p_0_given_1=0.02 \
                   --simulator state-vector";
    assert_eq!(from_file, folder.json(&format!("bell.qasm --shots 100 {options}")));
}

#[test]
fn every_runtime_gives_the_same_digest_and_counts_what_it_does() {
    let folder = Folder::new();
    let timed = "duration_1q_ns=20,duration_2q_ns=200,duration_measure_ns=500,duration_reset_ns=90";
    for program in ["repetition_code.qasm", "vqe_ansatz.qasm", "grover.qasm", "teleport.qasm"] {
        let digest = |runtime: &str| {
            let json = folder.json(&format!("{program} --shots 50 --seed 3 --runtime {runtime}"));
            json["digest"].as_str().unwrap().to_owned()
        };
        let expected = digest("simple");
        for name in [
            "simple",
            "soft_rz",
            "queued",
            "threaded:inner=soft_rz",
            "threaded:inner=queued",
            "threaded:inner=queued,hand_over=always",
        ] {
            assert_eq!(expected, digest(name), "{program}, {name}");
            let separator = if name.contains(':') { ',' } else { ':' };
            let with_time = format!("{name}{separator}{timed}");
            assert_eq!(expected, digest(&with_time), "{program}, {with_time}");
        }
    }
}

#[test]
fn metrics_are_of_all_shots_and_do_not_depend_on_threads() {
    let folder = Folder::new();
    folder.write(
        "turns.qasm",
        "OPENQASM 3.0; include \"stdgates.inc\"; qubit[2] q; bit[2] c; h q; rz(0.3) q[0]; h q[0]; \
         t q[1]; cx q[0], q[1]; c = measure q;",
    );
    let metrics = |more: &str| -> serde_json::Value {
        folder.good(&format!("run turns.qasm --shots 40 --metrics m.json {more}"));
        serde_json::from_slice(&folder.read("m.json")).unwrap()
    };
    let one = metrics("--runtime soft_rz --noise pauli:px=0.1 --threads 1");
    assert_eq!(one, metrics("--runtime soft_rz --noise pauli:px=0.1 --threads 3"));
    assert_eq!(one["shots"], 40);
    let (runtime, noise) = (&one["parts"][0], &one["parts"][1]);
    assert_eq!(
        (&runtime["part"], &noise["part"]),
        (&"pandia.soft_rz".into(), &"pandia.pauli".into())
    );
    let count = |name: &str| runtime["metrics"][name].as_u64().unwrap();
    assert!(count("rz_elided") > 0 && count("rz_elided") <= count("rz_in"));
    assert_eq!(count("ops_in") - count("ops_out"), count("rz_elided"));
    let queued = metrics("--runtime threaded:inner=queued");
    assert_eq!(queued["parts"][0]["part"], "pandia.queued");
    assert!(queued["parts"][0]["metrics"]["batches"].as_u64().unwrap() >= 40, "{queued}");
}

#[test]
fn metrics_of_single_shots_add_up_to_those_of_the_run() {
    let folder = Folder::new();
    let run = "run ghz.qasm --shots 40 --noise pauli:px=0.5 --threads 2 --metrics";
    folder.good(&format!("{run} all.jsonl"));
    folder.good(&format!("{run} all.json"));
    let text = String::from_utf8(folder.read("all.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (total, shots) = lines.split_last().unwrap();
    let whole: serde_json::Value = serde_json::from_slice(&folder.read("all.json")).unwrap();
    assert_eq!((total, shots.len()), (&whole, 40));
    let names: Vec<&serde_json::Value> =
        whole["parts"].as_array().unwrap().iter().map(|part| &part["part"]).collect();
    assert_eq!(names, ["pandia.simple", "pandia.pauli", "pandia.state_vector"]);
    for (at, part) in whole["parts"].as_array().unwrap().iter().enumerate() {
        for (name, value) in part["metrics"].as_object().unwrap() {
            let mut each = shots.iter().map(|shot| &shot["parts"][at]["metrics"][name]);
            match value.as_u64() {
                Some(total) => {
                    let sum: u64 = each.map(|value| value.as_u64().unwrap()).sum();
                    assert_eq!(sum, total, "{name}");
                }
                None => assert_eq!(each.next_back().unwrap(), &value["last"], "{name}"),
            }
        }
    }
    assert!(shots.iter().enumerate().all(|(number, shot)| shot["shot"] == number));
    // Five measurements a shot; the errors reach the simulator as operations.
    let simulator = &whole["parts"][2]["metrics"];
    assert_eq!(
        (&simulator["outcomes"], &simulator["state_bytes"]["min"]),
        (&200.into(), &512.0.into())
    );
    let errors = whole["parts"][1]["metrics"]["errors"].as_u64().unwrap();
    // Five gates, a barrier and five measurements, and each error is a gate, too.
    assert_eq!(simulator["ops"], 40 * 11 + errors);
    assert!(errors > 10);
}

#[test]
fn no_file_that_is_read_or_written_is_overwritten() {
    let folder = Folder::new();
    let program = folder.read("ghz.qasm");
    folder.write("device.toml", "");
    for options in [
        "--trace ghz.qasm",
        "--metrics ./ghz.qasm --shots 3",
        "--trace new.jsonl --metrics new.jsonl",
        "--plot=new.svg --trace new.svg --trace-format jsonl",
        "--device device.toml --metrics device.toml",
    ] {
        let ran = folder.run(&format!("run ghz.qasm {options}"));
        assert_eq!(ran.code, 2, "{options}: {}", ran.stderr);
        assert!(ran.stderr.contains("would overwrite the file of"), "{}", ran.stderr);
        assert!(ran.stderr.contains("a name of its own"), "{}", ran.stderr);
    }
    assert_eq!(folder.read("ghz.qasm"), program);
}

#[test]
fn simulators_agree_where_they_can_both_do_the_program() {
    let folder = Folder::new();
    for simulator in ["state_vector", "state_vector_f32", "stabilizer", "density_matrix"] {
        let json = folder.json(&format!("ghz.qasm --shots 200 --simulator {simulator}"));
        let keys: Vec<&String> = json["counts"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["00000", "11111"], "{simulator}");
        assert_eq!(json["stack"][1]["part"], format!("pandia.{simulator}"));
    }
}

#[test]
fn a_replay_gives_back_what_was_recorded() {
    let folder = Folder::new();
    folder
        .write("stack.toml", "[simulator]\npart = \"classical_replay\"\noutcomes = \"01;11;10\"\n");
    let bits = folder.bits_by_shot("bell.qasm --stack stack.toml --shots 4");
    let bits: Vec<&str> = bits.iter().map(|(_, bits)| bits.as_str()).collect();
    assert_eq!(bits, ["10", "11", "01", "10"], "recorded in measuring order, shown from the right");
}

#[test]
fn a_compiled_program_runs_the_same_also_from_standard_input() {
    let folder = Folder::new();
    let source = folder.digest("teleport.qasm --shots 100");
    let said = folder.good("compile teleport.qasm -o out.pandia");
    assert!(said.starts_with("out.pandia: 3 qubits, 3 classical bits"), "{said}");
    assert_eq!(folder.digest("out.pandia --shots 100"), source);
    for input in [folder.read("out.pandia"), folder.read("teleport.qasm")] {
        let ran = folder.run_with_input("run - --shots 100 --format json", input);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(json["digest"].as_str(), Some(source.as_str()));
        assert_eq!(json["program"], "-");
    }
    let by_default = folder.good("compile ghz.qasm");
    assert!(by_default.starts_with("ghz.pandia: "), "{by_default}");
    let ran = folder.command("compile ghz.qasm -o -").output().unwrap();
    assert_eq!(ran.stdout, folder.read("ghz.pandia"));
}

#[test]
fn pictures_are_drawn_in_the_terminal_and_as_svg() {
    let folder = Folder::new();
    let plain = folder.good("run bell.qasm");
    let plotted = folder.good("run bell.qasm --plot");
    assert!(plotted.starts_with(&plain) && plotted.contains('█'));
    assert!(plotted.lines().all(|line| line.chars().count() <= 80));
    let json = folder.run("run bell.qasm --plot --format json");
    assert!(serde_json::from_str::<serde_json::Value>(&json.stdout).is_ok());
    assert!(json.stderr.contains('█'), "beside JSON the picture goes to standard error");
    assert_eq!(folder.good("run bell.qasm --plot=bell.svg"), plain);
    let svg = String::from_utf8(folder.read("bell.svg")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains("<title>00: 504</title>"), "{svg}");
}

#[test]
fn a_program_without_bits_says_so_and_is_done() {
    let ran = Folder::new().run("run no_bits.qasm --shots 10");
    assert_eq!(ran.code, 0);
    assert!(ran.stderr.contains("has no classical bits"), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("shots   10\n"), "{}", ran.stdout);
}

#[test]
fn quiet_leaves_only_results() {
    let folder = Folder::new();
    assert_eq!(folder.run("--quiet run no_bits.qasm").stderr, "");
    assert_eq!(folder.run("run bell.qasm -q --format jsonl").stderr, "");
    let loud = folder.run("run no_bits.qasm");
    assert!(loud.stderr.contains("warning: "), "{}", loud.stderr);
    assert!(!loud.stderr.contains('\u{1b}') && !loud.stdout.contains('\u{1b}'));
}

#[test]
fn a_failed_shot_ends_the_run_and_keeps_those_before_it() {
    let folder = Folder::new();
    let all = folder.run("run sometimes_fails.qasm --shots 100 --format jsonl --keep-going");
    assert_eq!(all.code, 1);
    let lines: Vec<serde_json::Value> =
        all.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 100);
    let failed: Vec<usize> = (0..100).filter(|&shot| lines[shot].get("error").is_some()).collect();
    assert!((5..50).contains(&failed.len()), "about a quarter of the shots fail: {failed:?}");
    for threads in [1, 2, 5] {
        let arguments = "run sometimes_fails.qasm --shots 100 --format json";
        let ran = folder.run(&format!("{arguments} --threads {threads}"));
        assert_eq!(ran.code, 1);
        let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(json["shots"], failed[0]);
        assert_eq!(json["failed"][0]["shot"], failed[0]);
        assert_eq!(json["failed"][0]["line"], 11);
        let expected = format!("error: shot {}: line 11: ", failed[0]);
        assert!(ran.stderr.contains(&expected), "{}", ran.stderr);
    }
    let one = folder.run(&format!("run sometimes_fails.qasm --shot {}", failed[0]));
    assert_eq!(one.code, 1);
    let kept = folder.run("run sometimes_fails.qasm --shots 100 --format json --keep-going");
    let json: serde_json::Value = serde_json::from_str(&kept.stdout).unwrap();
    assert_eq!(json["shots"], 100 - failed.len());
    assert_eq!(json["shots_failed"], failed.len());
    assert_eq!(json["shots_asked"], 100);
}

#[test]
fn a_gate_that_the_simulator_cannot_do_is_reported_with_line_and_layer() {
    let ran = Folder::new().run("run t_gate.qasm --simulator stabilizer --format json");
    assert_eq!(ran.code, 1);
    let expected = "error: shot 0: line 5: pandia.stabilizer: ";
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&json["shots"], &json["counts"]), (&0.into(), &serde_json::json!({})));
    assert_eq!(json["failed"][0]["layer"], "pandia.stabilizer");
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_the_run_and_keeps_an_unbroken_row_of_shots() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    let folder = Folder::new();
    let mut child = Command::new(env!("CARGO_BIN_EXE_pandia"))
        .args(["run", "bell.qasm", "--shots", "1000000000", "--format", "jsonl"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The first line comes when the run is under way.
    assert!(lines.next().unwrap().unwrap().starts_with("{\"shot\":0,"));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let mut shot = 1_u64;
    for line in lines {
        assert!(line.unwrap().starts_with(&format!("{{\"shot\":{shot},")));
        shot += 1;
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains(&format!("interrupted after {shot} of 1000000000 shots")), "{said}");
}
