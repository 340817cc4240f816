//! The table of an instance, and what the instance claims to be able to do.

use pandia_core::abi::raw;
use pandia_core::backend::{Backend, Caps};

use crate::check::bench::{Bench, QUBITS};
use crate::check::config::bytes_of;
use crate::check::finding::{Checked, ensure, failed};
use crate::check::made::Pair;
use crate::check::raw_face::RawFace;

/// Ends an instance that nobody has taken over.
pub(super) fn destroy(pair: Pair) {
    match pair {
        Pair::Backend(pair) => {
            // SAFETY: `create` has just given this table, and its size covers all of 1.0 or the
            // check of the table fails first.
            let vt = unsafe { pair.vt.as_ref() };
            if let Some(destroy) = vt.and_then(|vt| vt.destroy) {
                // SAFETY: an instance that nobody uses any more.
                unsafe { destroy(pair.me) };
            }
        }
        Pair::Runtime(pair) => {
            // SAFETY: as above.
            let vt = unsafe { pair.vt.as_ref() };
            if let Some(destroy) = vt.and_then(|vt| vt.destroy) {
                // SAFETY: as above.
                unsafe { destroy(pair.me) };
            }
        }
    }
}

/// The first two words of a table: its size, and a reserved one.
fn header(at: *const [u32; 2]) -> Checked<[u32; 2]> {
    if at.is_null() || !at.is_aligned() {
        return failed("create gave a table at NULL or misaligned");
    }
    // SAFETY: not NULL, aligned; a table has at least these two words.
    Ok(unsafe { at.read() })
}

const REQUIRED: [(&str, usize); 7] = [
    ("id", 0),
    ("query", 1),
    ("negotiate", 2),
    ("shot_begin", 3),
    ("apply", 4),
    ("shot_end", 5),
    ("destroy", 6),
];
const OPTIONAL: [(&str, usize); 5] =
    [("metric", 7), ("state", 8), ("state_digest", 9), ("cancel", 10), ("extension", 11)];
const RUNTIME_REQUIRED: [(&str, usize); 10] = [
    ("id", 0),
    ("attach", 1),
    ("detach", 2),
    ("query", 3),
    ("negotiate", 4),
    ("shot_begin", 5),
    ("submit", 6),
    ("result", 7),
    ("shot_end", 8),
    ("destroy", 9),
];
const RUNTIME_OPTIONAL: [(&str, usize); 2] = [("metric", 10), ("extension", 11)];

pub(super) fn run(bench: &mut Bench) -> Checked {
    let site = bench.site(bench.shape())?;
    let raw = site.shape.raw();
    let (at, bytes) = (site.memory.at(), site.memory.bytes() as u64);
    bench.step("create");
    let (answer, pair) = site.create(at, bytes, &raw.config, core::ptr::null())?;
    answer.done("create in the memory that layout says")?;
    let (vt, me, full): (*const [u32; 2], _, u32) = match pair {
        Pair::Backend(pair) => (pair.vt.cast(), pair.me, bytes_of::<raw::BackendVt>()),
        Pair::Runtime(pair) => (pair.vt.cast(), pair.me, bytes_of::<raw::RuntimeVt>()),
    };
    ensure(!me.is_null(), || "create gave an instance at NULL".to_owned())?;
    let [size, reserved] = header(vt)?;
    ensure(reserved == 0, || format!("the table's reserved field is {reserved}, not 0"))?;
    ensure((8..=1 << 16).contains(&size), || {
        format!("the table says that it has {size} bytes; 8 to 65536 are right")
    })?;
    if size > full {
        bench.note(format!("the table has {size} bytes: {} of a later version", size - full));
    }
    let (required, optional): (&[_], &[_]) = match pair {
        Pair::Backend(_) => (&REQUIRED, &OPTIONAL),
        Pair::Runtime(_) => (&RUNTIME_REQUIRED, &RUNTIME_OPTIONAL),
    };
    let has = |index: usize| {
        let end = 8 + (index + 1) * size_of::<usize>();
        // SAFETY: the table's size covers this slot.
        end <= size as usize && unsafe { vt.cast::<usize>().wrapping_add(1 + index).read() } != 0
    };
    for (name, index) in required {
        ensure(has(*index), || {
            format!(
                "the table lacks the function {name}, required since 1.0 (NULL, or its size \
                     of {size} bytes does not cover it)"
            )
        })?;
    }
    let lacks: Vec<&str> =
        optional.iter().filter(|(_, index)| !has(*index)).map(|(name, _)| *name).collect();
    if !lacks.is_empty() {
        bench.note(format!("optional functions that it does not have: {}", lacks.join(", ")));
    }
    let shows_state = matches!(pair, Pair::Backend(_)).then(|| (has(8), has(9)));
    destroy(pair);
    site.untouched("create and destroy")?;
    claims(bench, shows_state)
}

fn claims(bench: &mut Bench, shows_state: Option<(bool, bool)>) -> Checked {
    bench.step("query");
    let mut made = bench.make()?;
    let mut info = raw::Info {
        size: bytes_of::<raw::Info>(),
        qubit_count: 0,
        op_kinds: 0,
        caps: 0,
        threading: 0,
        reserved0: 0,
    };
    RawFace::of(made.pair).query(&mut info)?.done("query")?;
    ensure(info.qubit_count >= QUBITS, || {
        format!("was built for {QUBITS} qubits and says that it has {}", info.qubit_count)
    })?;
    ensure(info.reserved0 == 0, || "query wrote something to a reserved field".to_owned())?;
    ensure(info.threading <= raw::THREAD_SENDABLE, || {
        format!("query gave the threading {}; 0 or 1 is right", info.threading)
    })?;
    if let Some((state, digest)) = shows_state {
        let claims_state = info.caps & Caps::STATE.0 != 0;
        ensure(!claims_state || (state && digest), || {
            "claims to show its state, but its table lacks state or state_digest".to_owned()
        })?;
        if claims_state {
            let digest = made.face().state_digest();
            ensure(digest.is_ok() || digest.is_err_and(|e| e.code() == -4), || {
                "claims to show its state, but state_digest is refused between shots with \
                 another error than that of state"
                    .to_owned()
            })?;
        }
    }
    let id = made.face().id().to_owned();
    ensure(!id.is_empty(), || "its id is empty".to_owned())?;
    made.destroy()?;
    Ok(())
}
