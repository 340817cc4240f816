//! `run --device`: a device's layers, durations and topology.

use super::support::Folder;

#[test]
fn a_device_is_the_same_as_its_parts_by_hand() {
    let folder = Folder::new();
    let options = "--runtime simple:duration_1q_ns=5000,duration_2q_ns=2500000,\
                   duration_measure_ns=120000,duration_reset_ns=10000 \
                   --noise readout:p_1_given_0=1e-3,p_0_given_1=4e-3 \
                   --noise crosstalk:p_meas=1.45e-5 \
                   --noise depolarizing:p_1q=3.15e-5,p_2q=1.1e-3,p_init=3.62e-5,when=after \
                   --noise idle:t1_ns=60e9,t2_ns=4e9";
    let by_hand = folder.json(&format!("ghz.qasm --shots 2000 {options}"));
    let device = folder.json("ghz.qasm --shots 2000 --device h1-1.toml");
    assert_eq!(by_hand, device);
    let names: Vec<&str> =
        device["stack"].as_array().unwrap().iter().map(|p| p["part"].as_str().unwrap()).collect();
    let expected = ["simple", "readout", "crosstalk", "depolarizing", "idle", "state_vector"];
    assert_eq!(names, expected.map(|name| format!("pandia.{name}")));
    assert!(device["counts"].as_object().unwrap().len() > 2, "{device}");
}

#[test]
fn what_the_device_does_not_couple_or_have_is_refused_with_a_way_out() {
    let folder = Folder::new();
    folder.write(
        "line.toml",
        "[device]\nname = 'line'\nqubits = 5\n[topology]\npairs = ['0-1', '1-2', '2-3', '3-4']\n",
    );
    assert_eq!(folder.run("run ghz.qasm --shots 10 --device line.toml").code, 0);
    folder.write(
        "star.qasm",
        "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[3]; creg c[3]; cx q[0],q[2]; measure q->c;",
    );
    let apart = folder.run("run star.qasm --shots 10 --device line.toml");
    assert_eq!(apart.code, 1, "{}", apart.stderr);
    assert!(apart.stderr.contains("cx on qubits 0 and 2"), "{}", apart.stderr);
    assert!(apart.stderr.contains("qubit 0 couples to 1"), "{}", apart.stderr);
    folder.write("small.toml", "[device]\nname = 'small'\nqubits = 4\n");
    let small = folder.run("run ghz.qasm --device small.toml");
    assert_eq!(small.code, 2);
    assert!(small.stderr.contains("the program has 5 qubits, small has 4"), "{}", small.stderr);
    folder.write("wrong.toml", "[device]\nname = 'w'\nqubits = 4\n[rates]\np_1Q = 1\n");
    let wrong = folder.run("run ghz.qasm --device wrong.toml");
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("wrong.toml:5: unknown key \"p_1Q\""), "{}", wrong.stderr);
    assert!(wrong.stderr.contains("did you mean p_1q?"), "{}", wrong.stderr);
}
