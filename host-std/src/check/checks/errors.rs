//! The words of errors: in buffers of any size, signed, with the operation and a code of its class.

use pandia_core::error::NO_OP;
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpSink, Outcome};

use super::writes::CAPS;
use crate::check::bench::Bench;
use crate::check::call::Answer;
use crate::check::circuits::build;
use crate::check::finding::{Checked, ensure};
use crate::check::raw_face::{RawFace, batch_of, list_over};

/// The failing operation of [`wrong`].
const WRONG_OP: u32 = 2;

/// Two measurements, then a qubit that does not exist.
fn wrong() -> Checked<OpVec> {
    build(|ops| {
        ops.measure(0, 0)?;
        ops.measure(1, 1)?;
        ops.gate(slot::X, &[1_000_000], &[])?;
        ops.measure(0, 2)
    })
}

/// Applies [`wrong`] in a shot of its own, with this much room for words. What is told `late` is told
/// at the end of it.
fn provoke(face: &RawFace, late: bool, caps: Option<(u32, u32)>) -> Checked<Answer> {
    let ops = wrong()?;
    let mut places = [Outcome::default(); 4];
    face.shot_begin(0, 0)?.done("shot_begin")?;
    let (batch, mut list) = (batch_of(&ops), list_over(&mut places));
    let answer = match caps {
        Some(caps) => face.apply(&batch, &mut list, caps),
        None => face.apply_without_words(&batch, &mut list),
    };
    let answer = answer?;
    if late && answer.status == 0 {
        return caps.map_or_else(|| face.shot_end_without_words(), |caps| face.shot_end_with(caps));
    }
    face.shot_end()?.done("shot_end after an error")?;
    Ok(answer)
}

pub(super) fn run(bench: &mut Bench) -> Checked {
    let made = bench.make()?;
    let face = RawFace::of(made.pair);
    bench.step("an operation on a qubit that does not exist");
    let late = made.tells_late();
    let full = provoke(&face, late, Some(CAPS))?;
    let status = full.status;
    ensure(status < 0, || {
        format!("an operation on qubit 1000000 of 3 must be an error; got {}", full.words())
    })?;
    ensure(status > -200, || {
        format!("a wrong operation costs the whole instance ({})", full.words())
    })?;
    if full.text.is_empty() {
        bench.find("an error has no text: say what happened, the limit and the way out");
    }
    if full.layer.is_empty() {
        bench.find("an error is not signed: write the part's id to the layer's buffer");
    }
    let index = full.op_index;
    ensure(index == NO_OP || index < 4, || {
        format!("an error names operation {index} of a batch of 4")
    })?;
    // The call that tells late has no such operation; the words may say which it was.
    if index != WRONG_OP && !(late && index == NO_OP) {
        bench.find(format!("the error of operation {WRONG_OP} names operation {index}"));
    }
    bench.step("the same error with nowhere to write words");
    let none = provoke(&face, late, None)?;
    ensure(none.status == status, || {
        format!("an error is {status} with an error buffer and {} with NULL", none.status)
    })?;
    for cap in (0..=40).chain([64, 100]) {
        bench.step(&format!("the same error with room for {cap} bytes"));
        let cut = provoke(&face, late, Some((cap, cap.min(48))))?;
        ensure(cut.status == status, || {
            format!("an error is {status}, and {} with room for {cap} bytes", cut.status)
        })?;
        let same = full.text.starts_with(&cut.text) || full.text.len() > cap as usize;
        ensure(same, || format!("a text cut to {cap} bytes is {:?}", cut.text))?;
    }
    made.destroy()?;
    Ok(())
}
