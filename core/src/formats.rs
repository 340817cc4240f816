//! How values of this crate look in a defmt log (feature `defmt`), as far as deriving it would say
//! too much or too little. The wording is the same as that of `Display` on the desktop.

use crate::error::Error;
use crate::op::{Batch, Op};
use defmt::{Format, Formatter, write};

/// Code, layer, operation and what went wrong.
impl Format for Error {
    fn format(&self, to: Formatter<'_>) {
        write!(to, "[{=i32}] ", self.code());
        if !self.layer().is_empty() {
            write!(to, "{=str}: ", self.layer());
        }
        if let Some(index) = self.op_index() {
            write!(to, "operation {=u32}: ", index);
        }
        self.log_words(to);
    }
}

/// Kind, gate, qubits, and parameters as the bits that they are.
impl Format for Op<'_> {
    fn format(&self, to: Formatter<'_>) {
        write!(to, "{} {=u16} on", self.kind(), self.gate());
        for qubit in self.qubits() {
            write!(to, " {=u32}", qubit);
        }
        write!(to, " with {=[?]:#x}", self.params());
    }
}

/// Counts, time and source; not its operations, which may be many.
impl Format for Batch<'_> {
    fn format(&self, to: Formatter<'_>) {
        write!(
            to,
            "{=u32} operations, {=u32} outcomes, at {=u64} ns for {=u64} ns, issuer {=u32:#x}",
            self.op_count(),
            self.result_count(),
            self.start().0,
            self.length().0,
            self.source().issuer
        );
    }
}
