//! Why a shot has no circuit in OpenQASM.

use core::fmt::{self, Display};

use pandia_core::ids::ShotId;

/// Why a shot has no circuit in OpenQASM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QasmError {
    /// Which shot.
    pub shot: ShotId,
    /// Batch and index in it of the operation, if one is the reason.
    pub op: Option<(u32, u32)>,
    /// What is wrong.
    pub problem: QasmProblem,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QasmProblem {
    /// There is no such shot in the trace.
    NoShot,
    /// Nothing says that the shot ended.
    Unfinished,
    /// Records were filtered out.
    NotWhole,
    /// Records are missing.
    Missing(u64),
    /// The shot ended, or a batch came back, with this error code.
    Failed(i32),
    /// Below the lowest joint lies an error model, on a board.
    NoiseBelow(String),
    /// The operation has no form in OpenQASM.
    NoForm(String),
    /// The operation is not as its gate wants it.
    Malformed(String),
    /// More than one shot was to go into one file.
    Several,
}

impl QasmError {
    /// The way out.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self.problem {
            QasmProblem::NoShot => "see which shots there are with pandia trace summary",
            QasmProblem::Unfinished | QasmProblem::NotWhole | QasmProblem::Missing(_) => {
                "take the shot from the whole trace of a run that ended"
            }
            QasmProblem::Failed(_) => "take another shot",
            QasmProblem::NoiseBelow(_) => {
                "a shot is the same without the board: run it here (leave --board out)"
            }
            QasmProblem::NoForm(_) => {
                "with a simulator that takes no channels, such as state_vector, error models draw \
                 errors, which have a form; matrices of two and three qubits have none"
            }
            QasmProblem::Malformed(_) => "the trace is damaged or of another version",
            QasmProblem::Several => {
                "run with --shot N, or take one out of a native trace: pandia trace qasm FILE --shot N"
            }
        }
    }
}

impl Display for QasmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.problem == QasmProblem::Several {
            return f.write_str("a file of OpenQASM holds the circuit of one shot");
        }
        write!(f, "shot {}", self.shot.0)?;
        if let Some((batch, index)) = self.op {
            write!(f, ", operation {index} of batch {batch}")?;
        }
        match &self.problem {
            QasmProblem::NoShot => f.write_str(" is not in the trace"),
            QasmProblem::Unfinished => f.write_str(" has no end in the trace"),
            QasmProblem::NotWhole => f.write_str(" is not whole: operations were filtered out"),
            QasmProblem::Missing(count) => write!(f, ": {count} records are missing"),
            QasmProblem::Failed(code) => write!(f, " failed with code {code}"),
            QasmProblem::NoiseBelow(part) => {
                write!(f, ": {part} adds noise on the board, where nobody looked")
            }
            QasmProblem::NoForm(name) => write!(f, ": {name} has no form in OpenQASM"),
            QasmProblem::Malformed(words) => write!(f, ": {words}"),
            QasmProblem::Several => Ok(()),
        }
    }
}

impl core::error::Error for QasmError {}
