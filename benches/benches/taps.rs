//! What a tap costs over a simulator that only looks: one that counts, and one that writes records to
//! a ring in memory that is read out.

use pandia_benches::{Floor, Goal, Runner, drive, pieces};
use pandia_core::backend::{Backend, Stack};
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::OpKind;
use pandia_core::op::builder::OpVec;
use pandia_core::trace::{Count, Ring, Tap};
use std::error::Error;

/// What counting may cost.
const COUNTING_NS: f64 = 3.0;
/// Room for the records of one round of 256 operations.
const RING_WORDS: usize = 1 << 13;

/// Drives the tap and reads its ring out, as whoever takes records down must; a number made of the
/// bytes.
fn recorded(
    tap: &mut Tap<Floor, Ring<Box<[u64]>>>,
    pieces: &[OpVec],
    repeats: u64,
    bytes: &mut [u8],
) -> u64 {
    let mut hash = 0;
    for _ in 0..repeats {
        if drive(tap, pieces, 1).is_err() {
            return 0;
        }
        let read = tap.recorder_mut().read(bytes);
        hash = bytes[..read]
            .iter()
            .step_by(61)
            .fold(hash, |sum: u64, &byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    }
    hash ^ tap.recorder().dropped()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut runner = Runner::from_args();
    let repeats = if runner.is_tiny() { 1 } else { 500 };
    for size in [1, 16, 64, 256] {
        let pieces = pieces(size)?;
        let ops = 256 * repeats;
        let none = format!("taps/none/batch-{size}");
        let mut floor = Floor::default();
        runner.bench(none.clone(), "op", ops, Goal::None, || {
            floor.seen = 0;
            drive(&mut floor, &pieces, repeats).map_or(0, |()| floor.seen)
        });
        let count = format!("taps/count/batch-{size}");
        let mut counting = Stack::new(Count::default(), Floor::default());
        runner.bench(count.clone(), "op", ops, Goal::None, || {
            let begun = counting.shot_begin(ShotId(0), Seed(1));
            let driven = begun.and_then(|()| drive(&mut counting, &pieces, repeats));
            driven.map_or(0, |()| counting.layer().ops(OpKind::Gate))
        });
        let goal = if size == 64 { Goal::AtMostNs(COUNTING_NS) } else { Goal::None };
        runner.difference(&count, &none, goal);
        let record = format!("taps/record/batch-{size}");
        let ring = Ring::new(vec![0; RING_WORDS].into_boxed_slice());
        let mut recording = Tap::new(Floor::default(), 1, ring);
        let mut bytes = vec![0; RING_WORDS * 8];
        runner.bench(record.clone(), "op", ops, Goal::None, || {
            recorded(&mut recording, &pieces, repeats, &mut bytes)
        });
        runner.difference(&record, &none, Goal::None);
    }
    Ok(())
}
