//! `layout` and the memory that `create` is given.

use pandia_core::part::PartKind;

use crate::check::bench::{Bench, QUBITS};
use crate::check::call::call_with;
use crate::check::config::{Grown, bytes_of};
use crate::check::finding::{Checked, ensure, failed};
use crate::check::made::layout;
use crate::check::memory::GUARD;
use pandia_core::abi::raw;

pub(super) fn pure(bench: &mut Bench) -> Checked {
    let shape = bench.shape();
    let ask = || -> Checked<(u64, u32)> {
        let raw = shape.raw();
        let (answer, out) = layout(&bench.part, &raw.config)?;
        answer.done("layout for a configuration of published defaults")?;
        Ok((out.bytes, out.align))
    };
    bench.step("layout");
    let first = ask()?;
    let (bytes, align) = first;
    ensure(align.is_power_of_two() && align <= 4096, || {
        format!("layout asks for an alignment of {align}; powers of two up to 4096 are right")
    })?;
    ensure(bytes < 1 << 32, || format!("layout asks for {bytes} bytes for {QUBITS} qubits"))?;
    for _ in 0..3 {
        let again = ask()?;
        ensure(again == first, || {
            format!("layout gave {first:?} (bytes, alignment) and then {again:?}; it must be pure")
        })?;
    }
    drop(bench.make()?);
    let again = ask()?;
    ensure(again == first, || format!("layout gave {again:?} after a create, {first:?} before"))?;
    absurd(bench)?;
    without_words(bench)
}

/// Sizes that nobody has: refused or answered, as the part likes, but not by a crash.
fn absurd(bench: &mut Bench) -> Checked {
    for (qubits, results) in [(0, 0), (1, 0), (u32::MAX, 0), (3, u32::MAX), (u32::MAX, u32::MAX)] {
        bench.step(&format!("layout for {qubits} qubits and {results} result ids"));
        let mut shape = bench.shape();
        (shape.qubits, shape.results) = (qubits, results);
        let raw = shape.raw();
        let (answer, out) = layout(&bench.part, &raw.config)?;
        let sane = answer.status != 0 || out.align.is_power_of_two();
        ensure(sane, || format!("layout for {qubits} qubits gives the alignment {}", out.align))?;
    }
    Ok(())
}

/// The same answer with nowhere to write words.
fn without_words(bench: &mut Bench) -> Checked {
    let shape = bench.shape();
    let raw = shape.raw();
    let Some(function) = bench.part.view().raw().layout else { return failed("no layout") };
    let blank = raw::Layout { size: bytes_of::<raw::Layout>(), align: 0, bytes: 0 };
    let mut out = Grown::new(blank, GUARD);
    let config = &raw const raw.config;
    bench.step("layout with an error buffer of NULL");
    let answer = call_with("layout with an error buffer of NULL", 0, 0, |_| {
        // SAFETY: the function is what the module says; NULL is allowed for errors.
        unsafe { function(config, &raw mut out.inner, core::ptr::null_mut()) }
    })?;
    answer.done("layout with an error buffer of NULL")?;
    ensure(out.tail.iter().all(|&byte| byte == GUARD), || {
        "layout wrote behind the caller's structure, whose size says where it ends".to_owned()
    })
}

pub(super) fn memory(bench: &mut Bench) -> Checked {
    let site = bench.site(bench.shape())?;
    let raw = site.shape.raw();
    let (at, bytes) = (site.memory.at(), site.memory.bytes() as u64);
    let null = core::ptr::null_mut::<u8>();
    let host = core::ptr::null();
    bench.step("create with one byte less than layout says");
    if bytes > 0 {
        let (answer, _) = site.create(at, bytes - 1, &raw.config, host)?;
        answer.refused("create in one byte less than layout says")?;
        site.untouched("a refused create")?;
    }
    bench.step("create with memory at NULL");
    let (answer, _) = site.create(null, bytes, &raw.config, host)?;
    answer.refused("create in memory at NULL")?;
    bench.step("create with misaligned memory");
    let align = layout(&bench.part, &raw.config)?.1.align;
    if align > 1 {
        let (answer, _) = site.create(at.wrapping_add(1), bytes, &raw.config, host)?;
        answer.refused("create in misaligned memory")?;
        site.untouched("a refused create")?;
    }
    children(bench)?;
    hosts(bench)?;
    for qubits in [1, QUBITS, 6] {
        if bench.is_layer() && qubits < 2 {
            continue;
        }
        let mut shape = bench.busy();
        shape.qubits = qubits;
        bench.step(&format!("shots in guarded memory, {qubits} qubits"));
        let mut made = bench.site(shape)?.build()?;
        let gates = bench.gates(made.face())?;
        let ops = crate::check::circuits::coins(&gates, qubits)?;
        crate::check::bench::shots(made.face(), &ops, 3, bench.held.seed)?;
        made.untouched("a shot")?;
        made.destroy()?;
    }
    Ok(())
}

/// A wrong number of children is refused.
fn children(bench: &mut Bench) -> Checked {
    let Some(create) = bench.part.view().raw().create else { return Ok(()) };
    if bench.kind() == PartKind::Runtime {
        return Ok(());
    }
    let wrong = u32::from(!bench.is_layer());
    let site = bench.site(bench.shape())?;
    let lent = crate::check::made::Lent::new(bench.child(QUBITS)?);
    let (pair, raw) = (lent.pair(), site.shape.raw());
    let mut out = raw::Backend { vt: core::ptr::null(), me: core::ptr::null_mut() };
    let (at, bytes) = (site.memory.at().cast(), site.memory.bytes() as u64);
    let what = format!("create with {wrong} children");
    bench.step(&what);
    let answer = call_with(&what, 200, 48, |err| {
        let host = core::ptr::null();
        let config = &raw const raw.config;
        // SAFETY: the function is what the module says; everything pointed to is live.
        unsafe { create(at, bytes, config, host, &raw const pair, wrong, &raw mut out, err) }
    })?;
    answer.refused(&what)?;
    Ok(())
}

/// A host without services is a host.
fn hosts(bench: &mut Bench) -> Checked {
    let bare = raw::Host {
        size: bytes_of::<raw::Host>(),
        minor: u32::from(raw::MINOR),
        me: core::ptr::null_mut(),
        now_ns: None,
        log: None,
        alloc: None,
        free: None,
    };
    let site = bench.site(bench.shape())?;
    let raw = site.shape.raw();
    let (at, bytes) = (site.memory.at(), site.memory.bytes() as u64);
    bench.step("create with a host whose services are all NULL");
    let (answer, pair) = site.create(at, bytes, &raw.config, &raw const bare)?;
    answer.done("create with a host whose services are all NULL")?;
    super::table::destroy(pair);
    site.untouched("create and destroy")
}
