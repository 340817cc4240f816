//! Device files: what a device is, in TOML, turned into error models and a runtime's durations.
//!
//! ```toml
//! [device]
//! name = "two qubits"
//! qubits = 2
//!
//! [durations]
//! gate_1q_ns = 50
//!
//! [rates]                   # all qubits and pairs
//! p_1q = 1e-4
//! t1_ns = 80e3
//!
//! [qubit.1]                 # in place of those
//! t1_ns = 40e3
//! ```
//!
//! `docs/devices.md` lists the keys. No physics is here: each key is a parameter of a part ([`keys`]),
//! and the parts check what they are given.

mod expand;
mod keys;
mod read;
#[cfg(test)]
mod tests;

use std::path::Path;

use super::error::StackError;
use super::setting::OwnedSetting;

/// A device as its file describes it, checked.
#[derive(Clone, Debug)]
pub struct Device {
    /// The file, for messages.
    file: String,
    name: String,
    qubit_count: u32,
    entries: Vec<Entry>,
    /// Pairs that are coupled, with the line of the file; `None` if all are.
    couplings: Option<Vec<([u32; 2], usize)>>,
    durations: Vec<OwnedSetting>,
}

/// One number of the file: whose parameter it is, and on which qubits.
#[derive(Clone, Debug)]
struct Entry {
    /// The part.
    part: &'static str,
    /// The qubits that it is about; none for all.
    qubits: Vec<u32>,
    setting: OwnedSetting,
}

impl Device {
    /// Reads and checks a device file.
    ///
    /// # Errors
    /// [`StackError::File`] if it cannot be read, and as [`Self::parse`].
    pub fn read(path: &Path) -> Result<Self, StackError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| StackError::File {
            place: name.clone(),
            problem: format!("the device file cannot be read: {error}"),
            help: None,
        })?;
        Self::parse(&name, &text)
    }

    /// The device that a file of this name and text describes.
    ///
    /// # Errors
    /// [`StackError`] with file and line for whatever is no TOML, an unknown key, a qubit that the
    /// device does not have, a pair that it does not couple, or a value that a part refuses.
    pub fn parse(file: &str, text: &str) -> Result<Self, StackError> {
        let device = read::parse(file, text)?;
        device.check()?;
        Ok(device)
    }

    /// The device's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many qubits it has.
    #[must_use]
    pub const fn qubit_count(&self) -> u32 {
        self.qubit_count
    }
}
