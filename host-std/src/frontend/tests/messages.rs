//! What is refused, and in which words.

use super::refused;

fn says(text: &str, words: &[&str]) {
    let message = refused(text);
    for word in words {
        assert!(message.contains(word), "`{word}` is not in:\n{message}\n\n{text}");
    }
}

#[test]
fn placeholder() {
    says("OPENQASM 3; include \"stdgates.inc\"; qubit[2] q; cx q[0], q[0];", &["used twice"]);
}
