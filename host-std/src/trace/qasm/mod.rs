//! The circuit that one shot really ran, noise included, as OpenQASM that other simulators take.
//!
//! It is what the lowest joint saw: gates as the simulator got them, resets, waits, measurements. Each
//! measurement has a bit of its own, `r[k]` for the k-th one, and a comment with the outcome.

mod circuit;
mod error;
mod gates;

use std::io::{self, Write};

use pandia_core::ids::ShotId;
use pandia_core::trace::Header;

pub use self::circuit::circuit;
pub use self::error::{QasmError, QasmProblem};
pub use self::gates::QasmVersion;
use super::about::About;
use super::format::{ByShot, ShotWriter, TraceWriter};
use super::shot::ShotTrace;

/// Writes the circuit of the only shot, in OpenQASM 3.
pub(super) struct Qasm {
    out: Box<dyn Write>,
    about: About,
    done: bool,
}

impl Qasm {
    pub(super) fn make(
        out: Box<dyn Write>,
        _: &Header,
        about: &About,
    ) -> io::Result<Box<dyn TraceWriter>> {
        if about.shots_asked > 1 {
            return Err(several(ShotId(about.first_shot)));
        }
        Ok(Box::new(ByShot::new(Self { out, about: about.clone(), done: false })))
    }
}

fn several(shot: ShotId) -> io::Error {
    said(&QasmError { shot, op: None, problem: QasmProblem::Several })
}

/// The error with its way out, for who shows only the message.
fn said(error: &QasmError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{error}; {}", error.help()))
}

impl ShotWriter for Qasm {
    fn shot(&mut self, shot: &ShotTrace) -> io::Result<()> {
        if core::mem::replace(&mut self.done, true) {
            return Err(several(shot.shot()));
        }
        let text = circuit(&self.about, shot, QasmVersion::V3).map_err(|error| said(&error))?;
        self.out.write_all(text.as_bytes())
    }

    fn finish(&mut self) -> io::Result<()> {
        if !self.done {
            let shot = ShotId(self.about.first_shot);
            return Err(said(&QasmError { shot, op: None, problem: QasmProblem::NoShot }));
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests;
