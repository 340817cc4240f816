//! Thread tags: a sendable part moves between threads, and what is called below keeps its tags.

use pandia_core::backend::Threading;
use pandia_core::op::builder::OpVec;
use pandia_core::part::PartKind;

use crate::check::bench::{Bench, QUBITS, shot, shots};
use crate::check::circuits::coins;
use crate::check::finding::{Checked, Stop, ensure};
use crate::check::made::Made;
use crate::dylib::{CallProxy, Watch};

/// How many shots are compared.
const SHOTS: u64 = 8;

/// An instance that says that it may be sent.
struct Sent(Made);

// SAFETY: only made of an instance that says so itself, which is what is tested, over a child of
// ours that may be sent; one thread has it at a time.
unsafe impl Send for Sent {}

pub(super) fn run(bench: &mut Bench) -> Checked {
    // First under watch: who breaks a rule here may well crash without it.
    let watched = if bench.kind() == PartKind::Simulator { None } else { below(bench)? };
    if !bench.findings.is_empty() {
        return Ok(());
    }
    let mut here = bench.make_busy()?;
    let ops = operations(bench, &mut here)?;
    let expected = shots(here.face(), &ops, SHOTS, bench.held.seed)?;
    let threading = here.face().info().threading;
    here.destroy()?;
    ensure(watched.is_none_or(|rows| rows == expected), || {
        "outcomes are others over a watched stack".to_owned()
    })?;
    if threading == Threading::Pinned {
        bench.note("pinned to the thread that made it, so it is not moved");
        return Ok(());
    }
    bench.step("shots, each from another thread");
    moved(bench, &ops, &expected)
}

fn operations(bench: &Bench, made: &mut Made) -> Checked<OpVec> {
    let gates = bench.gates(made.face())?;
    coins(&gates, QUBITS)
}

/// The calls that reach a child under watch; what shots over it give, if it can be had.
fn below(bench: &mut Bench) -> Checked<Option<Vec<Vec<u64>>>> {
    bench.step("shots over a stack whose callers are watched");
    let proxy = CallProxy::new(bench.child(QUBITS)?);
    let watch = proxy.watch();
    watch.lend(false);
    let site = bench.site(bench.busy())?.watched(proxy);
    let ran = site.build_for(Some(false)).and_then(|mut made| {
        let ops = operations(bench, &mut made)?;
        let rows = shots(made.face(), &ops, SHOTS, bench.held.seed)?;
        made.destroy()?;
        Ok(rows)
    });
    match ran {
        _ if tell(bench, &watch, "below this part") => Ok(None),
        Ok(rows) => Ok(Some(rows)),
        Err(Stop::Failed(text)) if bench.kind() == PartKind::Runtime => {
            // The check `own_thread` watches it then.
            bench.note(format!("not watched without a thread of its own: {text}"));
            Ok(None)
        }
        Err(stop) => Err(stop),
    }
}

/// Makes findings of what was seen, each once; whether there were any.
pub(super) fn tell(bench: &mut Bench, watch: &Watch, place: &str) -> bool {
    let mut told = Vec::new();
    for violation in watch.violations() {
        let text = violation.to_string();
        if !told.contains(&text) {
            bench.find(format!("{place}: {text}"));
            told.push(text);
        }
    }
    !told.is_empty()
}

fn moved(bench: &Bench, ops: &OpVec, expected: &[Vec<u64>]) -> Checked {
    let seed = bench.held.seed;
    let mut made = bench.make_busy()?;
    bench.gates(made.face())?;
    let mut sent = Sent(made);
    for (k, expected) in (0..).zip(expected) {
        let done = std::thread::scope(|scope| {
            let elsewhere = scope.spawn(move || {
                // The whole of it, not only the field that may not be sent.
                let mut sent: Sent = sent;
                let values = sent.shot(ops, k, seed);
                (sent, values)
            });
            elsewhere.join()
        });
        let Ok((back, values)) = done else {
            return Err(Stop::Failed("a shot from another thread panicked".to_owned()));
        };
        sent = back;
        let values = values?;
        ensure(*expected == values, || {
            format!(
                "says that it may be called from any thread, but shot {k} from another one gives \
                 {values:?} instead of {expected:?}"
            )
        })?;
    }
    sent.0.destroy()?;
    Ok(())
}

impl Sent {
    fn shot(&mut self, ops: &OpVec, k: u64, seed: u64) -> Checked<Vec<u64>> {
        shot(self.0.face(), ops, k, seed)
    }
}
