//! What the fuzz targets do with an input. The targets themselves only hand inputs over; the tests
//! here hand over seeded random ones, so that the targets cannot rot where there is no fuzzer.

pub mod answers;
pub mod calls;
mod garbage;
mod input;
pub mod link;
pub mod loader;
mod place;
pub mod program;
pub mod records;
pub mod shots;
#[cfg(test)]
mod smoke;
pub mod stack;
pub mod tables;

use pandia::frontend::compile_source_within;
use pandia_core::program::RawProgram;

/// What one input may unfold into: enough for every construct, little enough for many inputs a second.
const WORK_MAX: u64 = 20_000;

/// Compiles `head` and `text`, and `text` alone; checks what comes out.
///
/// # Panics
/// If the front end accepts what core's checker refuses, or gives a message without a place.
pub fn compile(head: &str, text: &str) {
    for source in [format!("{head}{text}"), text.to_owned()] {
        match compile_source_within("fuzz.qasm", &source, WORK_MAX) {
            Ok(compiled) => {
                assert!(RawProgram { words: &compiled.words }.check().is_ok(), "not a program");
            }
            Err(errors) => {
                assert!(!errors.items().is_empty(), "refused without a message");
                for item in errors.items() {
                    assert!(item.line > 0 && item.column > 0 && !item.message.is_empty());
                    assert!(!item.message.starts_with("the compiler stopped"), "{errors}");
                    assert!(!item.to_string().is_empty());
                }
            }
        }
    }
}
