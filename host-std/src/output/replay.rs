//! How a shot is run again.

/// The command that runs a shot of a run again, without which shot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    command: String,
}

impl Replay {
    /// The command, to which `--shot K` will be added.
    #[must_use]
    pub const fn new(command: String) -> Self {
        Self { command }
    }

    /// The command for shot `shot`.
    #[must_use]
    pub fn of(&self, shot: u64) -> String {
        format!("{} --shot {shot}", self.command)
    }
}
