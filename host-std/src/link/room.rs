//! Whether a board has room for a program, before its first shot.

use pandia_core::link::message::Limits;
use pandia_core::op::Batch;
use pandia_core::program::instruction::decode;
use pandia_core::program::{Instruction, Program};

use super::address::Address;
use super::error::BoardError;

/// Checks that the board takes every operation of the program. Batches may be of any length, since
/// they travel in pieces; qubits are the business of the stack that is built; registers are here.
///
/// # Errors
/// [`BoardError`] with both numbers.
pub fn check_room(
    program: &Program<'_>,
    limits: Limits,
    address: &Address,
) -> Result<(), BoardError> {
    let (needed, available) = (longest_operation(program), limits.batch_words as usize);
    if needed <= available {
        return Ok(());
    }
    Err(BoardError::new(
        format!(
            "the program has an operation of {needed} words, and {address} has room for {available}"
        ),
        "write it as several operations on fewer qubits, or use a board with more room",
    ))
}

/// Words of the longest operation of a program.
fn longest_operation(program: &Program<'_>) -> usize {
    let (code, mut at, mut longest) = (program.code(), 0, 0);
    while at < code.len() {
        let Ok((instruction, next)) = decode(code, at) else { break };
        let words = match instruction {
            // Checked with the program.
            Instruction::Run { words, .. } => Batch::new(words).map_or(0, |batch| {
                batch.ops().iter().map(|op| op.words().len()).max().unwrap_or(0)
            }),
            Instruction::Patched { words, .. } => words.len(),
            _ => 0,
        };
        longest = longest.max(words);
        at = next;
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runner::ProgramFile;

    #[test]
    fn an_operation_too_long_for_the_board_is_refused_with_both_numbers() {
        let text = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[100] q; h q[0]; barrier q;";
        let file = ProgramFile::from_source("wide", text).unwrap();
        let program = file.program().unwrap();
        let address = "tcp:localhost:1".parse().unwrap();
        let limits = |batch_words| Limits { batch_words, ..Limits::default() };
        assert_eq!(check_room(&program, limits(51), &address), Ok(()));
        let error = check_room(&program, limits(50), &address).unwrap_err().to_string();
        assert!(error.contains("51 words") && error.contains("room for 50"), "{error}");
    }
}
