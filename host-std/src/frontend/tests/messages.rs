//! What is refused, in which words; what fails when it runs; what is bounded.
//! The whole texts of many more are kept in `tests/corpus/bad`.

use super::{compiled, refused, shot_error};
use crate::frontend::{compile_file, compile_source_within};

const HEAD: &str = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n";

fn says(text: &str, words: &[&str]) {
    let message = refused(text);
    for word in words {
        assert!(message.contains(word), "`{word}` is not in:\n{message}\n\n{text}");
    }
}

#[test]
fn a_message_names_file_line_column_and_the_way_out() {
    let text = format!("{HEAD}qubit[2] q;\n  cx q[0], q[0];\n");
    let message = refused(&text);
    let expected = "test.qasm:4:12: error: `q[0]` is used twice in one operation\n  |\n\
                    4 |   cx q[0], q[0];\n  |            ^^^^\n  help: a gate needs different qubits";
    assert_eq!(message, expected);
}

#[test]
fn several_errors_are_reported_in_the_order_of_the_text() {
    let text = format!("{HEAD}qubit[2] q;\nfoo q[0];\nx q[2]\ny q[0];\nrx q[0];\n");
    let message = refused(&text);
    let places: Vec<&str> =
        message.lines().filter(|line| line.starts_with("test.qasm")).map(|l| &l[..13]).collect();
    assert_eq!(places, ["test.qasm:4:1", "test.qasm:5:5", "test.qasm:5:7", "test.qasm:7:1"]);
}

#[test]
fn what_a_broken_declaration_would_have_declared_is_not_reported_again() {
    let message = refused(&format!("{HEAD}qubit[0] q;\nx q[0];\ncx q[0], q[1];\n"));
    assert_eq!(message.matches("error:").count(), 1, "{message}");
}

#[test]
fn errors_inside_of_a_definition_point_at_the_call() {
    let text = format!("{HEAD}gate g(a) q {{ rx(1 / a) q; }}\nqubit q;\ng(0) q;\n");
    says(&text, &["test.qasm:5:1: error: in the gate `g`: division by zero"]);
}

#[test]
fn a_missing_file_is_an_error_of_the_file() {
    let errors = compile_file("no/such/file.qasm").unwrap_err().to_string();
    assert!(errors.starts_with("no/such/file.qasm:1:1: error: cannot be read: there is no such"));
}

#[test]
fn a_text_cannot_include_files() {
    says("OPENQASM 3.0;\ninclude \"a.inc\";\nqubit q;", &["this text was not read from a file"]);
}

#[test]
fn a_failing_shot_names_the_line() {
    let cases = [
        ("int a = 0;\nint b = 1 / a;\n", "division by zero"),
        ("int i = 7;\nx q[i];\n", "7"),
        ("int i = -1;\nbit[2] c;\nc[i] = 1;\n", "-1"),
        ("float f = -1;\nrx(sqrt(f)) q[0];\n", ""),
        ("int i = 1;\ncx q[1], q[i];\n", ""),
    ];
    for (code, words) in cases {
        let line = 3 + code.lines().count();
        let error = shot_error(&format!("{HEAD}qubit[2] q;\n{code}"));
        assert!(error.contains(&format!("line {line}: ")), "{error}\n{code}");
        assert!(error.contains(words), "{error}\n{code}");
    }
}

#[test]
fn an_integer_division_that_drops_a_rest_is_pointed_out_once() {
    let text = format!("{HEAD}qubit q; for int i in [0:3] {{ rx(1/2) q; }}");
    let warnings = compiled(&text).warnings;
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].message.contains("1/2 is a division of integers and gives 0"));
}

#[test]
fn long_loops_are_not_unrolled_and_short_ones_are() {
    let words = |count: u64| {
        compiled(&format!("{HEAD}qubit[4] q; for int i in [1:{count}] {{ x q[i % 4]; h q[0]; }}"))
            .words
            .len()
    };
    assert!(words(1_000_000_000_000) < 200);
    assert!(words(100) > 400);
}

#[test]
fn a_stranger_is_given_no_more_work_than_allowed() {
    let text = format!("{HEAD}qubit q; x q; pow(1000) @ h q;");
    assert!(compile_source_within("a.qasm", &text, 10_000).is_ok());
    let errors = compile_source_within("a.qasm", &text, 500).unwrap_err().to_string();
    assert!(errors.contains("unfolds into more than"), "{errors}");
}

#[test]
fn no_depth_overflows_the_stack() {
    let nest = |open: &str, close: &str, count: usize| {
        format!("{HEAD}qubit q; int i; {}x q;{}", open.repeat(count), close.repeat(count))
    };
    compiled(&nest("if (i == 0) { ", " }", 90));
    says(&nest("if (i == 0) { ", " }", 100_000), &["nested more than 200 levels deep"]);
    says(&nest("while (i == 0) ", "", 100_000), &["nested more than 200 levels deep"]);
    let terms = |sign: &str| format!("{HEAD}qubit q; rx({}1) q;", sign.repeat(100_000));
    for sign in ["-", "!", "(", "1+", "1**", "[", "{", "sin("] {
        refused(&terms(sign));
    }
    // Subroutines and gates that use each other, as deep as they may.
    let mut chain = format!("{HEAD}def f0(qubit a) {{ x a; }}\n");
    for at in 1..60 {
        let inner = at - 1;
        chain += &format!(
            "def f{at}(qubit a) {{ {} f{inner}(a); {} }}\n",
            "{".repeat(10),
            "}".repeat(10)
        );
    }
    compiled(&format!("{chain}qubit q; f59(q);"));
    let mut chain = format!("{HEAD}gate g0 a {{ x a; }}\n");
    for at in 1..250 {
        chain += &format!("gate g{at} a {{ g{} a; }}\n", at - 1);
    }
    compiled(&format!("{chain}qubit q; g249 q;"));
}
