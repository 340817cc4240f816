//! A compiled program with feed-forward: the repetition code, with noise.

use crate::{Failure, compiled};
use core::fmt::Write;
use pandia_core::program::check::words_from_bytes;

const BYTES: &[u8] = include_bytes!("../compiled/repetition_code.pandia");
static WORDS: [u64; BYTES.len() / 8] = words_from_bytes(BYTES);

pub(crate) fn run(out: &mut dyn Write) -> Result<(), Failure> {
    compiled::run(&WORDS, out)
}
