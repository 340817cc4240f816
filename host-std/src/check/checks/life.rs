//! The order of calls: what comes at the wrong time is refused, and is no crash.

use pandia_core::op::{OpSink, Outcome};

use super::writes::CAPS;
use crate::check::bench::Bench;
use crate::check::circuits::build;
use crate::check::finding::{Checked, failed};
use crate::check::raw_face::{RawFace, batch_of, built_in_gates, list_over, set_of};

const STATE: i32 = -4;

pub(super) fn run(bench: &mut Bench) -> Checked {
    let made = bench.make()?;
    let face = RawFace::of(made.pair);
    let ops = build(|ops| ops.measure(0, 0))?;
    let mut places = [Outcome::default(); 1];
    let mut apply = |what: &str| {
        let mut list = list_over(&mut places);
        face.apply(&batch_of(&ops), &mut list, CAPS)?.refused_with(what, STATE)
    };
    bench.step("apply before any shot");
    bench.keep(apply("apply before any shot").map(drop));
    bench.step("shot_end before any shot");
    bench.keep(face.shot_end()?.refused_with("shot_end before any shot", STATE).map(drop));
    bench.step("shot_begin");
    face.shot_begin(0, 0)?.done("shot_begin")?;
    bench.step("shot_begin in a shot");
    bench.keep(face.shot_begin(1, 0)?.refused_with("shot_begin in a shot", STATE).map(drop));
    bench.step("negotiate in a shot");
    let gates = built_in_gates();
    let mut verdicts = vec![0; gates.len()];
    let answer = face.negotiate(&set_of(&gates), &mut verdicts)?;
    if answer.status != STATE && answer.status != 0 {
        bench.find(format!("negotiate in a shot must be refused with {STATE}; {}", answer.words()));
    } else if answer.status == 0 {
        bench.note("negotiate is answered in a shot; the interface asks for it between shots only");
    }
    bench.step("shot_end");
    face.shot_end()?.done("shot_end")?;
    bench.step("shot_end twice");
    bench.keep(face.shot_end()?.refused_with("shot_end twice", STATE).map(drop));
    bench.step("apply between shots");
    bench.keep(apply("apply between shots").map(drop));
    bench.step("an empty batch and an empty shot");
    face.shot_begin(2, 0)?.done("shot_begin")?;
    let empty = build(|_| Ok(()))?;
    let mut list = list_over(&mut []);
    let done = face.apply(&batch_of(&empty), &mut list, CAPS)?.done("an empty batch").map(drop);
    bench.keep(done);
    face.shot_end()?.done("shot_end")?;
    if list.len != 0 {
        return failed("an empty batch gave outcomes");
    }
    made.destroy()?;
    Ok(())
}
