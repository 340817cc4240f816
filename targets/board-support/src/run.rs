//! What an image does once the board has booted.

use crate::console::Console;
#[cfg(feature = "tight-loop")]
use crate::counted::run as all;
use crate::fault::provoke;
#[cfg(not(feature = "tight-loop"))]
use pandia_programs::run_all as all;
use semihosting::experimental::env::args;
use semihosting::{eprintln, process};

/// Room for the command line: the image's path and a word.
const COMMAND_LINE_BYTES: usize = 256;

/// Does what the command line's second word says, then ends with the exit code that says how it
/// went. Without that word, and where nobody serves a command line, every program
/// runs, or the tight loop in an image for that. `panic` and `fault` end the image by one, so that a test can see that both are reported.
pub fn run() -> ! {
    let Some(mut console) = Console::open() else { process::exit(2) };
    let line = args::<COMMAND_LINE_BYTES>().ok();
    let word = line.as_ref().and_then(|line| { line }.nth(1)).and_then(Result::ok);
    let done = match word {
        None => all(&mut console),
        Some("panic") => asked_to_panic(),
        Some("fault") => {
            provoke();
            Ok(())
        }
        Some(other) => {
            eprintln!("no image does `{other}`; there are `panic` and `fault`");
            process::exit(2)
        }
    };
    match done {
        Ok(()) => process::exit(0),
        Err(error) => {
            eprintln!("failed: {error}");
            process::exit(1)
        }
    }
}

#[expect(clippy::panic, reason = "a test asks for it")]
fn asked_to_panic() -> ! {
    panic!("asked to panic")
}
