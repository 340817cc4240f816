//! What the fuzz targets share.

use pandia::frontend::compile_source;
use pandia_core::program::RawProgram;

/// Compiles `head` and `text`, and `text` alone; checks what comes out.
///
/// # Panics
/// If the front end accepts what core's checker refuses, or gives a message without a place.
pub fn compile(head: &str, text: &str) {
    for source in [format!("{head}{text}"), text.to_owned()] {
        match compile_source("fuzz.qasm", &source) {
            Ok(compiled) => {
                assert!(RawProgram { words: &compiled.words }.check().is_ok(), "not a program");
            }
            Err(errors) => {
                assert!(!errors.items().is_empty(), "refused without a message");
                for item in errors.items() {
                    assert!(item.line > 0 && item.column > 0 && !item.message.is_empty());
                    assert!(!item.message.contains("mistake of its own"), "{errors}");
                    assert!(!item.to_string().is_empty());
                }
            }
        }
    }
}
