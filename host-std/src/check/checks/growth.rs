//! Structures that have grown since: a zero end is taken, anything else is refused; so are reserved
//! fields, and structures smaller than in version 1.0.

use pandia_core::abi::raw;
use pandia_core::op::{OpSink, Outcome};

use super::writes::CAPS;
use crate::check::bench::Bench;
use crate::check::call::{Answer, call};
use crate::check::circuits::build;
use crate::check::config::Grown;
use crate::check::finding::{Checked, Stop};
use crate::check::raw_face::{RawFace, batch_of, built_in_gates, list_over, set_of};

/// The code that says that the two halves of the interface do not fit.
const INTERFACE: i32 = -16;

pub(super) fn run(bench: &mut Bench) -> Checked {
    bench.step("configurations of later versions");
    let done = config(bench);
    bench.keep(done);
    let made = bench.make()?;
    let face = RawFace::of(made.pair);
    bench.step("gate sets of later versions");
    bench.keep(gates(&face));
    bench.step("batches of later versions");
    bench.keep(batch(&face));
    if let Some(vt) = face.backend().copied() {
        bench.step("state queries of later versions");
        bench.keep(state(&vt, &face));
    }
    made.destroy()?;
    Ok(())
}

/// Asks with the structure as it is, grown with zeros, grown with something, and cut.
fn four_ways<T: Copy>(
    name: &str,
    value: T,
    set_size: fn(&mut T, u32),
    mut ask: impl FnMut(*const T) -> Checked<Answer>,
) -> Checked {
    let ways = [(0_u8, Grown::<T>::bytes()), (1, Grown::<T>::bytes()), (0, 8)];
    for (tail, size) in ways {
        let mut grown = Grown::new(value, tail);
        set_size(&mut grown.inner, size);
        let answer = ask(&raw const grown.inner)?;
        if size < Grown::<T>::bytes() {
            answer.refused(&format!("a {name} that says it has {size} bytes"))?;
        } else if tail == 0 {
            answer.done(&format!("a {name} of a later version whose new end is 0"))?;
        } else {
            let what = format!("a {name} of a later version whose new end is not 0");
            answer.refused_with(&what, INTERFACE)?;
        }
    }
    Ok(())
}

fn config(bench: &Bench) -> Checked {
    let Some(layout) = bench.part.view().raw().layout else { return Ok(()) };
    let ask = |config: *const raw::Config| {
        let bytes = crate::check::config::bytes_of::<raw::Layout>();
        let mut out = raw::Layout { size: bytes, align: 0, bytes: 0 };
        call("layout", |err| {
            // SAFETY: the function is what the module says; the structures are live.
            unsafe { layout(config, &raw mut out, err) }
        })
    };
    let shape = bench.shape();
    let raw = shape.raw();
    four_ways("configuration", raw.config, |config, size| config.size = size, ask)?;
    let reserved = raw::Config { reserved0: 1, ..raw.config };
    ask(&raw const reserved)?
        .refused_with("a configuration whose reserved field is not 0", INTERFACE)?;
    // A host of a later version has larger settings.
    let grown: Vec<Grown<raw::Setting>> =
        raw.settings.iter().map(|&setting| Grown::new(setting, 0)).collect();
    let strided = raw::Config {
        setting_bytes: crate::check::config::bytes_of::<Grown<raw::Setting>>(),
        settings: grown.as_ptr().cast(),
        ..raw.config
    };
    ask(&raw const strided)?.done("settings of a later version, which are larger")?;
    create(bench)
}

/// `create` looks at the configuration as `layout` does.
fn create(bench: &Bench) -> Checked {
    let site = bench.site(bench.shape())?;
    let raw = site.shape.raw();
    let mut grown = Grown::new(raw.config, 1);
    grown.inner.size = Grown::<raw::Config>::bytes();
    let (at, bytes) = (site.memory.at(), site.memory.bytes() as u64);
    let (answer, _) = site.create(at, bytes, &grown.inner, core::ptr::null())?;
    answer.refused_with("create with a configuration whose new end is not 0", INTERFACE)?;
    Ok(())
}

fn gates(face: &RawFace) -> Checked {
    let gates: Vec<raw::Gate> = built_in_gates().into_iter().take(12).collect();
    let mut verdicts = [0; 16];
    let set = set_of(&gates);
    let mut ask = |set: *const raw::GateSet| {
        // SAFETY: one of the sets made here, which live.
        face.negotiate(unsafe { &*set }, &mut verdicts)
    };
    four_ways("gate set", set, |set, size| set.size = size, &mut ask)?;
    let reserved = raw::GateSet { reserved0: 1, ..set };
    ask(&raw const reserved)?
        .refused_with("a gate set whose reserved field is not 0", INTERFACE)?;
    let flagged = [raw::Gate { flags: 1, ..gates[0] }];
    let flagged = set_of(&flagged);
    ask(&raw const flagged)?.refused_with("a gate whose flags are not 0", INTERFACE)?;
    face.negotiate(&set, &mut verdicts)?.done("negotiate")?;
    let plain = verdicts;
    let grown: Vec<Grown<raw::Gate>> = gates.iter().map(|&gate| Grown::new(gate, 0)).collect();
    let strided = raw::GateSet {
        gate_bytes: crate::check::config::bytes_of::<Grown<raw::Gate>>(),
        gates: grown.as_ptr().cast(),
        ..set
    };
    face.negotiate(&strided, &mut verdicts)?.done("gates of a later version, which are larger")?;
    if verdicts == plain {
        return Ok(());
    }
    Err(Stop::Failed("gates that are larger get other verdicts: walk them by gate_bytes".into()))
}

fn batch(face: &RawFace) -> Checked {
    let ops = build(|ops| ops.measure(0, 0))?;
    let mut places = [Outcome::default(); 2];
    let ask = |batch: *const raw::Batch, places: &mut [Outcome]| {
        face.shot_begin(0, 0)?.done("shot_begin")?;
        let mut list = list_over(places);
        // SAFETY: one of the batches made here, which live.
        let answer = face.apply(unsafe { &*batch }, &mut list, CAPS);
        face.shot_end()?.done("shot_end")?;
        answer
    };
    let set_size = |batch: &mut raw::Batch, size| batch.size = size;
    four_ways("batch", batch_of(&ops), set_size, |batch| ask(batch, &mut places))?;
    if face.backend().is_none() {
        return Ok(());
    }
    let list_of = |places: &mut [Outcome]| list_over(places);
    let mut other = [Outcome::default(); 2];
    let list = list_of(&mut other);
    four_ways(
        "list of outcomes",
        list,
        |list, size| list.size = size,
        |list| {
            face.shot_begin(0, 0)?.done("shot_begin")?;
            // SAFETY: one of the lists made by `four_ways`, which nobody else looks at meanwhile.
            let list = unsafe { &mut *list.cast_mut() };
            let answer = face.apply(&batch_of(&ops), list, CAPS);
            face.shot_end()?.done("shot_end")?;
            answer
        },
    )
}

fn state(vt: &raw::BackendVt, face: &RawFace) -> Checked {
    let Some(state) = vt.state else { return Ok(()) };
    let qubits = [0_u32];
    let query = raw::StateQuery {
        size: crate::check::config::bytes_of::<raw::StateQuery>(),
        kind: raw::STATE_PROBABILITIES,
        qubit_count: 1,
        reserved0: 0,
        qubits: qubits.as_ptr(),
    };
    let mut out = [0.0; 2];
    let mut ask = |query: *const raw::StateQuery| {
        face.shot_begin(0, 0)?.done("shot_begin")?;
        let answer = call("state", |err| {
            // SAFETY: table and instance belong together; the structures are live.
            unsafe { state(face.me, query, out.as_mut_ptr(), 2, err) }
        });
        face.shot_end()?.done("shot_end")?;
        answer
    };
    // A part may have the function and no state to show: then there is nothing to compare.
    if ask(&raw const query)?.status != 0 {
        return Ok(());
    }
    four_ways("state query", query, |query, size| query.size = size, &mut ask)?;
    let reserved = raw::StateQuery { reserved0: 1, ..query };
    let what = "a state query whose reserved field is not 0";
    ask(&raw const reserved)?.refused_with(what, INTERFACE)?;
    Ok(())
}
