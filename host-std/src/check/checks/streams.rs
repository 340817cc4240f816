//! Random streams of operations, each of which can be run again by its number.

use pandia_core::backend::{Backend, Caps, StateQuery};
use pandia_core::error::Class;
use pandia_core::ids::{Seed, ShotId};
use pandia_core::op::builder::OpVec;
use pandia_core::op::gates::Gate;
use pandia_core::op::{OpSink, Outcome};
use pandia_core::rng::Stream;

use crate::check::bench::{Bench, QUBITS, apply};
use crate::check::circuits::{dice, random_op};
use crate::check::finding::{Checked, Finding, Stop, ensure, failed, went_well};
use crate::check::made::Made;

/// Refused as not Clifford, which depends on the angle.
const NOT_CLIFFORD: i32 = -10;

pub(super) fn run(bench: &mut Bench) -> Checked {
    let mut made = bench.make_busy()?;
    let mut twin = bench.make_busy()?;
    let gates = bench.gates(made.face())?;
    bench.gates(twin.face())?;
    let streams = match bench.held.stream {
        Some(stream) => stream..stream.saturating_add(1),
        None => 0..bench.held.streams,
    };
    for stream in streams {
        bench.step(&format!("random stream {stream} of seed {}", bench.held.seed));
        match one(bench, &mut made, &mut twin, &gates, stream) {
            Ok(()) => {}
            Err(Stop::Failed(text)) => {
                bench.findings.push(Finding { text, repeat: String::new(), stream: Some(stream) });
                // After a broken promise nothing more is known of these instances.
                return Ok(());
            }
            Err(stop) => return Err(stop),
        }
        made.untouched(&format!("random stream {stream}"))?;
    }
    made.destroy()?;
    twin.destroy()?;
    Ok(())
}

/// A batch of random operations; now and then one that is wrong at its end.
fn random_batch(
    dice: &mut Stream,
    gates: &[&'static Gate],
    kinds: u64,
    ops_max: u32,
) -> Checked<(OpVec, bool)> {
    let mut ops = OpVec::new();
    for _ in 0..dice.below(ops_max) {
        if ops.result_count() < 40 {
            let built = random_op(&mut ops, dice, gates, kinds, QUBITS);
            went_well("building a random operation", built)?;
        }
    }
    let wrong = dice.below(8) == 0;
    if wrong {
        went_well("building a wrong operation", ops.measure(QUBITS + dice.below(100), 0))?;
    }
    Ok((ops, wrong))
}

/// Two shots of up to three batches, in the part and in its twin.
fn one(
    bench: &Bench,
    made: &mut Made,
    twin: &mut Made,
    gates: &[&'static Gate],
    stream: u64,
) -> Checked {
    let mut dice = dice(bench.held.seed, stream);
    let info = made.face().info();
    let (face, twin) = (made.face(), twin.face());
    for shot in 0..2 {
        let (shot, seed) = (ShotId(2 * stream + shot), Seed(bench.held.seed));
        went_well("shot_begin", face.shot_begin(shot, seed))?;
        went_well("shot_begin of a twin", twin.shot_begin(shot, seed))?;
        for _ in 0..=dice.below(3) {
            let (ops, wrong) =
                random_batch(&mut dice, gates, info.op_kinds, bench.held.ops.max(1))?;
            let (done, same) = (apply(face, &ops), apply(twin, &ops));
            equal(&done, &same)?;
            if !judge(&ops, &done, wrong)? {
                break;
            }
            if info.caps.has(Caps::STATE) {
                state(face, twin)?;
            }
        }
        went_well("shot_end", face.shot_end())?;
        went_well("shot_end of a twin", twin.shot_end())?;
    }
    Ok(())
}

type Done = pandia_core::Result<Vec<Outcome>>;

fn equal(done: &Done, same: &Done) -> Checked {
    match (done, same) {
        (Ok(a), Ok(b)) if a == b => Ok(()),
        (Err(a), Err(b)) if a.code() == b.code() && a.op_index() == b.op_index() => Ok(()),
        _ => failed(format!("two equal instances part: {} and {}", words(done), words(same))),
    }
}

fn words(done: &Done) -> String {
    match done {
        Ok(outcomes) => {
            let values: Vec<u64> = outcomes.iter().map(|outcome| outcome.value).collect();
            format!("outcomes {values:?}")
        }
        Err(e) => format!("error {}: {e}", e.code()),
    }
}

/// Whether the answer is one that may be given, and the shot goes on.
fn judge(ops: &OpVec, done: &Done, wrong: bool) -> Checked<bool> {
    match done {
        Ok(_) if wrong => {
            failed("a batch with an operation on a qubit that does not exist is done")
        }
        Ok(outcomes) => {
            let (got, asked) = (outcomes.len(), ops.result_count() as usize);
            ensure(got == asked, || format!("{asked} measurements gave {got} outcomes"))?;
            Ok(true)
        }
        Err(e) => {
            let index = e.op_index();
            ensure(index.is_none_or(|index| index < ops.op_count()), || {
                format!("an error names operation {index:?} of {}: {e}", ops.op_count())
            })?;
            match e.class() {
                Class::Refused if wrong || e.code() == NOT_CLIFFORD => Ok(true),
                Class::ShotLost if e.code() == -107 => {
                    failed(format!("outcomes that were not asked for: {e}"))
                }
                Class::ShotLost => Ok(false),
                Class::Refused => failed(format!(
                    "operations out of what the part takes are refused: {e} (status {})",
                    e.code()
                )),
                Class::InstanceLost => {
                    failed(format!("the instance is lost: {e} (status {})", e.code()))
                }
            }
        }
    }
}

fn state(face: &mut dyn Backend, twin: &mut dyn Backend) -> Checked {
    let qubits: Vec<u32> = (0..QUBITS).collect();
    let mut out = vec![0.0; 1 << QUBITS];
    went_well("a state query", face.state(StateQuery::Probabilities(&qubits), &mut out))?;
    let sum: f64 = out.iter().sum();
    ensure((sum - 1.0).abs() < 1e-4 && out.iter().all(|p| *p >= -1e-6), || {
        format!("the probabilities of the state add up to {sum}, not to 1")
    })?;
    let digests = (face.state_digest(), twin.state_digest());
    let same = matches!(&digests, (Ok(a), Ok(b)) if a == b);
    ensure(same, || format!("the states of two equal instances part: {digests:?}"))
}
