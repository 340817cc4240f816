//! One JSON object a shot, each on a line of its own.

use core::cell::RefCell;
use std::io::{self, Write};

use pandia_core::emulator::ShotError;
use pandia_core::ids::ShotId;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::bits::BitLayout;
use super::replay::Replay;
use super::report::FailureReport;
use crate::runner::ShotSink;

/// Writes each shot as a line of JSON: `{"shot":7,"bits":"01 1","registers":{"a":"1","b":"01"}}`,
/// and each failed one as `{"shot":7,"error":{…}}`.
#[derive(Debug)]
pub struct JsonLines<W> {
    layout: BitLayout,
    out: W,
    text: Vec<u8>,
    register_text: RefCell<Vec<u8>>,
    replay: Option<Replay>,
}

impl<W: Write> JsonLines<W> {
    /// Writes to `out`, which should be buffered.
    pub const fn new(layout: BitLayout, out: W) -> Self {
        let register_text = RefCell::new(Vec::new());
        Self { layout, out, text: Vec::new(), register_text, replay: None }
    }

    /// The same, with the command that runs a failed shot again beside the failure.
    #[must_use]
    pub fn with_replay(mut self, replay: Replay) -> Self {
        self.replay = Some(replay);
        self
    }

    /// Passes on whatever is buffered.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[derive(serde::Serialize)]
struct Line<'a> {
    shot: u64,
    bits: &'a str,
    registers: Registers<'a>,
}

struct Registers<'a> {
    layout: &'a BitLayout,
    bits: &'a [u8],
    text: &'a RefCell<Vec<u8>>,
}

impl Serialize for Registers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = self.text.borrow_mut();
        let registers = self.layout.registers();
        let mut map = serializer.serialize_map(Some(registers.len()))?;
        for (index, (name, _)) in registers.enumerate() {
            self.layout.write_register(index, self.bits, &mut text);
            map.serialize_entry(name, as_text(&text))?;
        }
        map.end()
    }
}

#[derive(serde::Serialize)]
struct FailedLine {
    shot: u64,
    error: FailureReport,
}

/// The layout writes digits and spaces only.
fn as_text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or("")
}

impl<W: Write> ShotSink for JsonLines<W> {
    fn shot(&mut self, shot: ShotId, bits: &[u8]) -> io::Result<()> {
        self.layout.write(bits, &mut self.text);
        let registers = Registers { layout: &self.layout, bits, text: &self.register_text };
        let line = Line { shot: shot.0, bits: as_text(&self.text), registers };
        serde_json::to_writer(&mut self.out, &line)?;
        self.out.write_all(b"\n")
    }

    fn failed(&mut self, failure: &ShotError) -> io::Result<()> {
        let line = FailedLine {
            shot: failure.shot.0,
            error: FailureReport::new(failure, self.replay.as_ref()),
        };
        serde_json::to_writer(&mut self.out, &line)?;
        self.out.write_all(b"\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pandia_core::ErrorKind;
    use pandia_core::program::{OwnedProgram, ProgramBuilder};

    #[test]
    fn a_line_names_shot_bits_and_registers_in_order() {
        let mut builder = ProgramBuilder::new(1);
        builder.register("b", 1);
        builder.register("a", 2);
        let program = OwnedProgram::new(builder.finish().unwrap()).unwrap();
        let layout = BitLayout::new(&program.view().unwrap());
        let mut out = Vec::new();
        let mut lines = JsonLines::new(layout, &mut out);
        lines.shot(ShotId(7), &[1, 1, 0]).unwrap();
        let error = ErrorKind::ProgramFailed { code: 3 }.into();
        lines.failed(&ShotError { shot: ShotId(8), error, line: Some(4) }).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "{\"shot\":7,\"bits\":\"01 1\",\"registers\":{\"b\":\"1\",\"a\":\"01\"}}\n\
             {\"shot\":8,\"error\":{\"shot\":8,\"line\":4,\"layer\":\"\",\"code\":-103,\
             \"message\":\"the program failed with code 3\"}}\n"
        );
    }
}
