//! Why the tight loop was left, as the log tells it.

use defmt::{Format, Formatter, write};

/// An error of a part, or a console that is gone. The error is told in numbers, which `docs/abi.md`
/// lists: what puts errors into words, real numbers among them, is as large as the simulator.
pub(crate) struct Refused(pub(crate) Option<pandia_tight_loop::Error>);

impl Format for Refused {
    fn format(&self, to: Formatter<'_>) {
        let Some(error) = &self.0 else { return write!(to, "the console is gone") };
        write!(to, "{=str}: error {=i32}", error.layer(), error.code());
        if let Some(index) = error.op_index() {
            write!(to, " at operation {=u32}", index);
        }
    }
}
