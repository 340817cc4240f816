//! Whatever is wrong with the input: a message that says so and the way out, a status, no panic.

use crate::support::Folder;

/// Runs and expects status 2, nothing on standard output, and these pieces on standard error.
fn refused(folder: &Folder, arguments: &str, pieces: &[&str]) {
    let ran = folder.run(arguments);
    let said = format!("pandia {arguments}\n{}", ran.stderr);
    assert_eq!(ran.code, 2, "{said}");
    assert_eq!(ran.stdout, "", "{said}");
    assert!(!ran.stderr.contains("panicked"), "{said}");
    for piece in pieces {
        assert!(ran.stderr.contains(piece), "{piece:?} is missing in\n{said}");
    }
}

#[test]
fn checks_that_cannot_be_made_are_refused_with_the_way_out() {
    let folder = Folder::new();
    for (arguments, pieces) in [
        ("check missing.so", vec!["error: missing.so: No such file", "give the path of a library"]),
        (
            "check bell.qasm --only determinsm",
            vec!["no check called \"determinsm\"", "did you mean determinism?"],
        ),
        ("check bell.qasm --set p", vec!["--set p: this is no setting", "--set KEY=VALUE"]),
        (
            "check bell.qasm --timeout 0",
            vec!["--timeout 0: no check takes that long", "more than 0"],
        ),
        ("check bell.qasm --ops 0", vec!["there is nothing to run"]),
        ("check", vec!["<FILE>"]),
    ] {
        refused(&folder, arguments, &pieces);
    }
}

#[test]
fn a_file_that_is_no_library_is_a_finding() {
    let folder = Folder::new();
    let ran = folder.run("check bell.qasm");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("finding: is a text file, not a library"), "{}", ran.stdout);
    assert!(ran.stdout.contains("again: pandia check bell.qasm\n"), "{}", ran.stdout);
    assert!(ran.stderr.contains("error: 1 finding in bell.qasm"), "{}", ran.stderr);
    assert!(ran.stderr.contains("docs/check.md"), "{}", ran.stderr);
}

#[test]
fn wrong_parts_and_settings_are_refused_by_name() {
    let folder = Folder::new();
    let noise = |spec: &str| format!("run bell.qasm --noise {spec}");
    for (arguments, pieces) in [
        (
            "run bell.qasm --simulator statevector".to_owned(),
            vec!["error: ", "no simulator called \"statevector\"", "did you mean state_vector?"],
        ),
        (
            "run bell.qasm --simulator qqqq".to_owned(),
            vec!["no simulator called \"qqqq\"", "help: there are: state_vector, "],
        ),
        ("run bell.qasm --runtime x".to_owned(), vec!["no runtime called \"x\"", "simple"]),
        ("run bell.qasm --simulator depolarizing".to_owned(), vec!["of the kind error model"]),
        (noise("state_vector"), vec!["of the kind simulator", "an error model is wanted"]),
        (noise("depolarizin"), vec!["did you mean depolarizing?"]),
        (noise("depolarizing:p1q=0.1"), vec!["no parameter \"p1q\"", "did you mean p_1q?"]),
        (noise("depolarizing:p_1q=1.5"), vec!["p_1q=1.5 must be", "from 0 to 1"]),
        (noise("depolarizing:p_1q=-1e-9"), vec!["must be", "from 0 to 1"]),
        (noise("depolarizing:p_1q=NaN"), vec!["p_1q=NaN must be"]),
        (noise("depolarizing:p_1q=lots"), vec!["p_1q=lots must be"]),
        (noise("depolarizing:p_1q"), vec!["p_1q=VALUE"]),
        (noise("depolarizing:when=never"), vec!["when=never must be", "before"]),
        (noise("depolarizing:gate.foo=0.1"), vec!["foo"]),
        (noise("ideal:p=1"), vec!["no parameter \"p\"", "takes no parameters"]),
        (noise(":p=1"), vec!["name of a part", "NAME:KEY=VALUE"]),
        (
            "run bell.qasm --runtime simple:duration_1q_ns=1.5".to_owned(),
            vec!["duration_1q_ns=1.5 must be", "whole number"],
        ),
        ("run bell.qasm --simulator ./no.so".to_owned(), vec!["./no.so", "cannot be read"]),
    ] {
        refused(&folder, &arguments, &pieces);
    }
}

#[test]
fn wrong_numbers_of_shots_and_threads_are_refused() {
    let folder = Folder::new();
    for (arguments, pieces) in [
        ("run bell.qasm --shots 0", ["--shots 0", "help: give a number from 1"]),
        ("run bell.qasm --shots -1", ["--shots", "error: "]),
        ("run bell.qasm --shots many", ["many", "--shots"]),
        ("run bell.qasm --threads 0", ["--threads 0", "at least one"]),
        ("run bell.qasm --shot-range 5..5", ["the range is empty", "A below B"]),
        ("run bell.qasm --shot-range 9..5", ["the range is empty", "A below B"]),
        ("run bell.qasm --shot-range 5-9", ["this is no range", "100..200"]),
        ("run bell.qasm --shot 3 --shots 4", ["cannot be used with", "--shots"]),
        ("run bell.qasm --shot 18446744073709551615", ["numbered below", "smaller"]),
        ("run bell.qasm --seed x", ["--seed", "x"]),
        ("run bell.qasm --format yaml", ["yaml", "jsonl"]),
        ("run bell.qasm --plot=bell.png", ["SVG only", ".svg"]),
        ("run bell.qasm --plot=no/such/folder/x.svg", ["cannot be written", "folder"]),
        ("run bell.qasm --stack stack.toml --noise ideal", ["cannot be used with", "--stack"]),
        ("run", ["PROGRAM", "Usage"]),
        ("walk", ["walk", "Usage"]),
    ] {
        refused(&folder, arguments, &pieces);
    }
}

#[test]
fn wrong_programs_are_refused_with_their_place() {
    let folder = Folder::new();
    let header = "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[2];\ncreg c[2];\n";
    folder.write("unknown.qasm", format!("{header}hh q[0];\n"));
    folder.write("same.qasm", format!("{header}cx q[0],q[0];\n"));
    folder.write("range.qasm", format!("{header}x q[2];\n"));
    folder.write("cut.qasm", format!("{header}cx q[0],"));
    folder.write("binary.qasm", [0xff, 0xfe, 0x00, 0x80]);
    folder.write("empty.pandia", "");
    folder.write("short.pandia", "PNDAPROG");
    let good = folder.good("compile bell.qasm -o good.pandia");
    assert!(good.contains("good.pandia"));
    let mut damaged = folder.read("good.pandia");
    damaged[100] ^= 1;
    folder.write("damaged.pandia", &damaged);
    folder.write("cut.pandia", &damaged[..damaged.len() - 8]);
    folder.write("odd.pandia", &damaged[..damaged.len() - 3]);
    for (arguments, pieces) in [
        ("run missing.qasm", ["missing.qasm cannot be read", "help: "]),
        ("run .", ["cannot be read", "help: "]),
        ("run unknown.qasm", ["unknown.qasm:5:1: error", "hh"]),
        ("run same.qasm", ["same.qasm:5:", "error"]),
        ("run range.qasm", ["range.qasm:5:", "error"]),
        ("run cut.qasm", ["cut.qasm:", "error"]),
        ("run binary.qasm", ["binary.qasm", "error"]),
        ("run empty.pandia", ["empty.pandia: ", "compile it again"]),
        ("run short.pandia", ["short.pandia: ", "shorter than a header"]),
        ("run damaged.pandia", ["damaged.pandia: ", "CRC"]),
        ("run cut.pandia", ["cut.pandia: ", "cut off"]),
        ("run odd.pandia", ["odd.pandia: ", "multiple of 8"]),
        ("compile good.pandia -o other.pandia", ["compiled program already", "help: "]),
        ("compile good.pandia", ["would be overwritten", "-o FILE"]),
        ("compile -", ["standard input", "-o FILE"]),
        ("compile bell.qasm -o no/such/x", ["cannot be written", "folder"]),
        ("compile unknown.qasm -o never.pandia", ["unknown.qasm:5:1: error", "hh"]),
    ] {
        refused(&folder, arguments, &pieces);
    }
    assert!(!folder.path().join("never.pandia").exists());
}

#[test]
fn programs_that_are_too_large_are_refused_with_numbers() {
    let folder = Folder::new();
    for (qubits, pieces) in
        [(40, ["16.0 TiB", "--simulator stabilizer"]), (70, ["70", "--simulator stabilizer"])]
    {
        let name = format!("wide{qubits}.qasm");
        let text = format!(
            "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[{qubits}];\ncreg c[{qubits}];\n\
             h q;\nmeasure q -> c;\n"
        );
        folder.write(&name, text);
        refused(&folder, &format!("run {name}"), &pieces);
        assert_eq!(folder.json(&format!("{name} --simulator stabilizer -n 10"))["shots"], 10);
    }
}

#[test]
fn a_small_file_that_asks_for_much_memory_is_refused() {
    let folder = Folder::new();
    let mut builder = pandia_core::program::ProgramBuilder::new(1);
    builder.register("c", u32::MAX);
    let program = pandia_core::program::OwnedProgram::new(builder.finish().unwrap()).unwrap();
    folder.write("bits.pandia", program.to_bytes());
    let pieces = ["4294967295 classical bits does not fit", "help: use fewer"];
    refused(&folder, "run bits.pandia", &pieces);
}

#[test]
fn wrong_stack_files_are_refused_with_their_line() {
    let folder = Folder::new();
    for (name, text, pieces) in [
        ("a.toml", "[simulator]\npart = \"qqqq\"\n", ["a.toml:1: ", "no simulator called"]),
        ("b.toml", "\n[simulater]\npart = \"x\"\n", ["b.toml:2: ", "did you mean simulator?"]),
        ("c.toml", "[[noise]]\npart = \"ideal\"\nx = 1\n", ["c.toml:3: ", "no parameter \"x\""]),
        (
            "d.toml",
            "[[noise]]\npart = \"depolarizing\"\n\np_1q = 2\n",
            ["d.toml:4: ", "p_1q=2 must be"],
        ),
        ("e.toml", "[simulator\n", ["e.toml:1: ", "error: "]),
        ("f.toml", "[[noise]]\np_1q = 0.1\n", ["f.toml:1: ", "which part"]),
    ] {
        folder.write(name, text);
        refused(&folder, &format!("run bell.qasm --stack {name}"), &pieces);
    }
    let missing = ["missing.toml", "cannot be read"];
    refused(&folder, "run bell.qasm --stack missing.toml", &missing);
}

#[test]
fn a_library_that_is_no_plugin_is_refused() {
    let folder = Folder::new();
    folder.write("text.so", "this is no library\n");
    folder.write("empty.so", "");
    for name in ["text.so", "empty.so", "./text.so#pandia.ideal"] {
        refused(&folder, &format!("run bell.qasm --noise {name}"), &["error: "]);
    }
}

#[test]
fn unknown_names_in_lists_are_refused_with_the_nearest() {
    let folder = Folder::new();
    refused(&folder, "gates cnott", &["no gate called \"cnott\"", "did you mean cnot?"]);
    refused(&folder, "plugins depolarising", &["no part called", "did you mean depolarizing?"]);
}

#[test]
fn a_closed_pipe_is_success() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    let folder = Folder::new();
    for arguments in ["run bell.qasm --format jsonl -n 200000", "gates", "plugins --format json"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pandia"))
            .args(arguments.split_whitespace())
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut first = [0];
        stdout.read_exact(&mut first).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "pandia {arguments}\n{said}");
        assert!(!said.contains("error"), "{said}");
    }
}

#[test]
fn standard_output_that_cannot_be_written_is_an_error() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let folder = Folder::new();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_pandia"))
        .args(["run", "bell.qasm"])
        .current_dir(folder.path())
        .stdout(full)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("error: standard output cannot be written"), "{said}");
}
