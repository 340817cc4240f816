//! The OpenQASM front ends on files: good ones do what they say, broken ones are refused with the
//! messages kept beside them, and the examples give the distributions that their comments promise.
//!
//! `BLESS=1 cargo test -p pandia-tests --test front_ends` rewrites the kept messages.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use pandia::frontend::{Severity, compile_file, compile_source};
use pandia_core::{
    emulator::Emulator,
    ids::{Seed, ShotId, StreamId},
    op::Outcome,
    program::{Memory, OwnedProgram},
    real::Complex,
    runtime::{Durations, Simple},
    sim::StateVector,
};
use pandia_tests::stats::{agrees, count};

/// The `.qasm` files of a folder of the corpus, in order of their names.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "qasm")).collect();
    files.sort();
    assert!(!files.is_empty(), "{folder} is empty");
    files
}

/// The shown bits of each shot, as they are printed.
fn outcomes(path: &Path, shots: u64) -> Vec<String> {
    let compiled = match compile_file(path) {
        Ok(compiled) => compiled,
        Err(errors) => panic!("{errors}"),
    };
    let program = OwnedProgram::new(compiled.words).unwrap();
    let program = program.view().unwrap();
    let qubits = program.qubit_count();
    let amps = vec![Complex::<f64>::ZERO; 1 << qubits].into_boxed_slice();
    let stack = StateVector::new(qubits, StreamId::of("test", 0), amps).unwrap();
    let results = vec![Outcome::default(); 2 * program.bit_count() as usize].into_boxed_slice();
    let runtime = Simple::new(stack, Durations::default(), results);
    let mut bits = vec![0; program.bit_count() as usize];
    let mut ints = vec![0; program.int_count() as usize];
    let mut reals = vec![0.0; program.real_count() as usize];
    let memory = Memory { bits: &mut bits, ints: &mut ints, reals: &mut reals };
    let mut emulator = Emulator::new(&program, memory, runtime, Seed(1)).unwrap();
    let mut shown = Vec::new();
    for shot in 0..shots {
        let bits = emulator.run_shot(ShotId(shot)).unwrap();
        let registers = program.registers().filter(|register| !register.is_hidden());
        let mut texts: Vec<String> = registers
            .map(|r| (r.first_bit as usize, (r.first_bit + r.bit_count) as usize))
            .map(|(from, to)| bits[from..to].iter().rev().map(u8::to_string).collect())
            .collect();
        texts.reverse();
        shown.push(texts.join(" "));
    }
    shown
}

#[test]
fn good_files_do_what_their_first_line_says() {
    for path in files("corpus/good") {
        let text = fs::read_to_string(&path).unwrap();
        let expected = text.lines().next().and_then(|line| line.strip_prefix("// expect: "));
        let expected = expected.unwrap_or_else(|| panic!("{}: no `// expect: `", path.display()));
        for outcome in outcomes(&path, 20) {
            assert_eq!(outcome, expected, "{}", path.display());
        }
    }
}

#[test]
fn broken_files_are_refused_with_the_kept_messages() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut changed = Vec::new();
    for path in files("corpus/bad") {
        let Err(errors) = compile_file(&path) else {
            panic!("{} was accepted", path.display());
        };
        for item in errors.items() {
            assert_eq!(item.severity, Severity::Error);
            assert!(item.line > 0 && item.column > 0 && !item.message.is_empty());
            let start = format!("{}:{}:{}: error: ", item.file, item.line, item.column);
            assert!(item.to_string().starts_with(&start), "{item}");
        }
        let messages = format!("{errors}\n");
        let kept = path.with_extension("txt");
        if bless {
            fs::write(&kept, &messages).unwrap();
        } else if fs::read_to_string(&kept).ok().as_deref() != Some(&*messages) {
            changed.push(format!("{}\n{messages}", path.display()));
        }
    }
    assert!(changed.is_empty(), "not the kept messages (BLESS=1):\n{}", changed.join("\n"));
}

#[test]
fn no_file_cut_off_anywhere_panics() {
    for path in files("corpus/good").into_iter().chain(files("corpus/bad")) {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        // Long files are there for their length, not for what stands in them.
        let text: String = text.chars().take(1_500).collect();
        for (at, _) in text.char_indices().step_by(3) {
            let _ = compile_source("cut.qasm", &text[..at]);
        }
    }
}

#[test]
fn the_examples_give_what_their_comments_promise() {
    let examples: BTreeMap<&str, &[(&str, f64)]> = BTreeMap::from([
        ("bell", [("00", 0.5), ("11", 0.5)].as_slice()),
        ("ghz", &[("00000", 0.5), ("11111", 0.5)]),
        ("teleport", &[("0 00", 0.25), ("0 01", 0.25), ("0 10", 0.25), ("0 11", 0.25)]),
        ("repetition_code", &[("111 0110 01", 1.0)]),
        ("qft", &[("0101", 1.0)]),
        (
            // sin^2(5 asin(1/sqrt 8)) = 121/128.
            "grover",
            &[
                ("101", 121.0 / 128.0),
                ("000", 1.0 / 128.0),
                ("001", 1.0 / 128.0),
                ("010", 1.0 / 128.0),
                ("011", 1.0 / 128.0),
                ("100", 1.0 / 128.0),
                ("110", 1.0 / 128.0),
                ("111", 1.0 / 128.0),
            ],
        ),
        // cos^2 and sin^2 of 0.2235 / 2.
        ("vqe_ansatz", &[("01", 0.987_563_834_921_739_4), ("10", 0.012_436_165_078_260_6)]),
    ]);
    let folder = Path::new("../host-std/examples");
    let mut seen = 0;
    for path in files("../host-std/examples") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let expected =
            examples.get(name).unwrap_or_else(|| panic!("{name} is not in the test's table"));
        let exact = expected.iter().map(|(bits, p)| (bits.as_bytes().to_vec(), *p)).collect();
        let counts = count(outcomes(&path, 4_000).into_iter().map(String::into_bytes));
        if let Err(table) = agrees(&counts, &exact) {
            panic!("{name}:\n{table}");
        }
        seen += 1;
    }
    assert_eq!(seen, examples.len(), "{} lacks an example of the table", folder.display());
}
