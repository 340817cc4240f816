//! What a table hands back beside outcomes: numbers, metrics, infos, ids, layouts, a runtime's
//! results. None of it is believed.
use crate::abi::{Instance, NoGuard, TableBackend, TableRuntime, module, plugin, raw};
use crate::backend::{Backend, Caps, MetricValue, StateQuery, Threading};
use crate::error::Class;
use crate::ids::{Seed, ShotId, StreamId};
use crate::part::{Config, SimulatorPart};
use crate::runtime::{Runtime, SimplePart};
use crate::sim::StateVectorPart;
use core::ffi::c_void;
use core::mem::MaybeUninit;
use std::string::{String, ToString};

/// Breaks a promise of a table.
pub(super) type Change = fn(&mut raw::BackendVt);

/// A simulator's table with something changed, as a backend, handed to `call`.
pub(super) fn with<R>(
    change: Change,
    call: impl FnOnce(Result<TableBackend<'_>, crate::error::Error>) -> R,
) -> R {
    let config = Config::new(2, StreamId(0));
    let part = StateVectorPart::<f64>::build(&config, [StateVectorPart::<f64>::EMPTY; 4]).unwrap();
    let mut instance = Instance::<_, NoGuard>::new(part);
    let pair = instance.pair().raw();
    // SAFETY: a table of ours.
    let mut vt = unsafe { *pair.vt };
    change(&mut vt);
    let pair = raw::Backend { vt: &raw const vt, me: pair.me };
    // SAFETY: table and instance live until the end; what was changed only breaks promises that
    // the host has to check.
    call(unsafe { TableBackend::from_raw(pair, false) })
}

macro_rules! states {
    ($($name:ident: $write:expr;)*) => {
        $(unsafe extern "C" fn $name(
            _: *mut c_void,
            _: *const raw::StateQuery,
            out: *mut f64,
            count: u64,
            _: *mut raw::Err,
        ) -> raw::Status {
            let count = usize::try_from(count).unwrap();
            // SAFETY: called with what the interface promises.
            let out = unsafe { core::slice::from_raw_parts_mut(out, count) };
            let write: fn(&mut [f64]) = $write;
            write(out);
            raw::OK
        })*
    };
}
states! {
    good_state: |out| out.fill(0.5);
    nan_state: |out| { out.fill(0.5); out[1] = f64::NAN; };
    endless_state: |out| { out.fill(0.5); out[0] = f64::NEG_INFINITY; };
    half_state: |out| out[0] = 1.0;
    no_state: |_| ();
}

#[test]
fn numbers_of_a_state_that_cannot_be_are_refused() {
    fn ask(change: Change) -> Result<[f64; 2], (Class, String)> {
        with(change, |backend| {
            let mut backend = backend.unwrap();
            let mut out = [7.0; 2];
            let done = backend.state(StateQuery::Probabilities(&[0]), &mut out);
            done.map(|()| out).map_err(|e| (e.class(), e.to_string()))
        })
    }
    assert_eq!(ask(|vt| vt.state = Some(good_state)), Ok([0.5; 2]));
    let cases: [(Change, &str); 4] = [
        (|vt| vt.state = Some(nan_state), "gave NaN as number 1 of its state"),
        (|vt| vt.state = Some(endless_state), "gave -inf as number 0"),
        (|vt| vt.state = Some(half_state), "as number 1"),
        (|vt| vt.state = Some(no_state), "as number 0"),
    ];
    for (change, part) in cases {
        let (class, text) = ask(change).unwrap_err();
        assert_eq!(class, Class::ShotLost, "{text}");
        assert!(text.contains(part) && text.starts_with("pandia.state_vector: "), "{text}");
    }
}

/// A metric with something wrong, by index; 0 is right.
unsafe extern "C" fn odd_metric(_: *mut c_void, index: u32, out: *mut raw::Metric) -> raw::Status {
    static NOT_TEXT: [u8; 2] = [b'a', 0xff];
    // SAFETY: called with what the interface promises.
    let out = unsafe { &mut *out };
    (out.kind, out.value) = (raw::METRIC_GAUGE, 0.5_f64.to_bits());
    (out.part, out.name) = (raw::Text::of("x"), raw::Text::of("level"));
    match index {
        1 => out.value = f64::NAN.to_bits(),
        2 => out.value = f64::INFINITY.to_bits(),
        3 => out.kind = 99,
        4 => (out.name.at, out.name.len) = (NOT_TEXT.as_ptr(), 2),
        5 => (out.part.at, out.part.len) = (core::ptr::null(), 2),
        6 => out.name.len = u32::MAX,
        7 => return 3,
        8 => return -2,
        9 => out.kind = raw::METRIC_END,
        _ => {}
    }
    raw::OK
}

#[test]
fn a_metric_that_cannot_be_ends_the_list() {
    with(
        |vt| vt.metric = Some(odd_metric),
        |backend| {
            let backend = backend.unwrap();
            let good = backend.metric(0).unwrap();
            assert_eq!((good.name, good.value), ("level", MetricValue::Gauge(0.5)));
            for index in 1..10 {
                assert!(backend.metric(index).is_none(), "{index}");
            }
        },
    );
}

unsafe extern "C" fn odd_info(
    _: *mut c_void,
    out: *mut raw::Info,
    _: *mut raw::Err,
) -> raw::Status {
    // SAFETY: called with what the interface promises.
    let out = unsafe { &mut *out };
    (out.qubit_count, out.threading, out.caps) = (1, 77, u64::MAX);
    raw::OK
}
unsafe extern "C" fn no_info(
    _: *mut c_void,
    out: *mut raw::Info,
    err: *mut raw::Err,
) -> raw::Status {
    // SAFETY: called with what the interface promises.
    let _ = unsafe { odd_info(core::ptr::null_mut(), out, err) };
    -2
}
unsafe extern "C" fn null_id(_: *mut c_void, out: *mut raw::Text) -> raw::Status {
    // SAFETY: called with what the interface promises.
    unsafe { (*out).at = core::ptr::null() };
    // SAFETY: as above.
    unsafe { (*out).len = 5 };
    raw::OK
}
unsafe extern "C" fn endless_id(_: *mut c_void, out: *mut raw::Text) -> raw::Status {
    // SAFETY: called with what the interface promises.
    unsafe { *out = raw::Text { len: u32::MAX, ..raw::Text::of("x") } };
    raw::OK
}
unsafe extern "C" fn no_id(_: *mut c_void, _: *mut raw::Text) -> raw::Status {
    -1
}

#[test]
fn an_info_or_id_that_cannot_be_is_refused_or_taken_at_its_narrowest() {
    with(
        |vt| {
            vt.query = Some(odd_info);
            vt.state = None;
        },
        |backend| {
            let info = backend.unwrap().info();
            assert_eq!(info.threading, Threading::Pinned, "an unknown way of threading");
            assert!(!info.caps.has(Caps::STATE), "an ability without its function");
        },
    );
    let cases: [(Change, &str); 4] = [
        (|vt| vt.query = Some(no_info), "error -2"),
        (|vt| vt.id = Some(null_id), "NULL"),
        (|vt| vt.id = Some(endless_id), "4294967295 bytes"),
        (|vt| vt.id = Some(no_id), "does not say its id"),
    ];
    for (change, part) in cases {
        let error = with(change, |backend| backend.map(drop).unwrap_err().to_string());
        assert!(error.contains(part), "{error}");
    }
}

/// What `layout` writes: alignment and bytes.
fn layout_of(layout: raw::LayoutFn) -> String {
    let whole = *plugin::simulator::<StateVectorPart<f64>, NoGuard>();
    let plugin = raw::Plugin { layout: Some(layout), ..whole };
    let plugins = [&raw const plugin];
    let mut module = raw::Module::of(&[]);
    (module.plugins, module.plugin_count) = (plugins.as_ptr(), 1);
    // SAFETY: a module of ours, whose layout is to be found out.
    let module = unsafe { module::check(&raw const module) }.unwrap();
    let plugin = module.plugins().next().unwrap();
    plugin.layout(&Config::new(2, StreamId(0))).unwrap_err().to_string()
}

macro_rules! layouts {
    ($($name:ident: $align:expr, $bytes:expr, $status:expr;)*) => {
        $(unsafe extern "C" fn $name(
            _: *const raw::Config,
            out: *mut raw::Layout,
            _: *mut raw::Err,
        ) -> raw::Status {
            // SAFETY: called with what the interface promises.
            unsafe { (*out).align = $align };
            // SAFETY: as above.
            unsafe { (*out).bytes = $bytes };
            $status
        })*
    };
}
layouts! {
    no_align: 0, 8, raw::OK;
    odd_align: 3, 8, raw::OK;
    huge_align: 1 << 31, 8, raw::OK;
    huge: 8, u64::MAX, raw::OK;
    odd_status: 8, 8, 5;
}

#[test]
fn a_layout_that_no_memory_has_is_refused() {
    for layout in [no_align, odd_align, huge_align, huge] {
        let error = layout_of(layout);
        assert!(error.contains("which no memory has"), "{error}");
    }
    assert!(layout_of(odd_status).contains("gave back the status 5"));
}

macro_rules! results {
    ($($name:ident: $value:expr, $status:expr;)*) => {
        $(unsafe extern "C" fn $name(
            _: *mut c_void,
            _: u64,
            _: u32,
            value: *mut u64,
            _: *mut raw::Err,
        ) -> raw::Status {
            // SAFETY: called with what the interface promises.
            unsafe { *value = $value };
            $status
        })*
    };
}
results! {
    one: 1, raw::OK;
    leaked: 2, raw::OK;
    three: 3, raw::OK;
    seven: 7, raw::OK;
    not_yet: raw::NOT_YET, raw::OK;
    odd: 1, 9;
}
unsafe extern "C" fn nothing_written(
    _: *mut c_void,
    _: u64,
    _: u32,
    _: *mut u64,
    _: *mut raw::Err,
) -> raw::Status {
    raw::OK
}

#[test]
fn a_runtime_s_results_that_cannot_be_are_refused() {
    type ResultFn =
        unsafe extern "C" fn(*mut c_void, u64, u32, *mut u64, *mut raw::Err) -> raw::Status;
    let ask = |result: ResultFn, wait: bool| {
        let plugins = [plugin::runtime::<SimplePart, NoGuard>()];
        let mut module = raw::Module::of(&[]);
        (module.plugins, module.plugin_count) = (plugins.as_ptr().cast(), 1);
        // SAFETY: a module of ours.
        let module = unsafe { module::check(&raw const module) }.unwrap();
        let mut memory = std::vec![MaybeUninit::<u8>::uninit(); 1 << 14];
        let config = Config::new(2, StreamId(3));
        let plugin = module.plugins().next().unwrap();
        let layout = plugin.layout(&config).unwrap();
        let at = memory.as_mut_ptr().cast::<u8>();
        let at = at.wrapping_add(at.align_offset(layout.align()));
        let mut out = raw::Runtime { vt: core::ptr::null(), me: core::ptr::null_mut() };
        let table = plugins[0];
        let err = core::ptr::null_mut();
        crate::abi::config::give(&config, |raw_config| {
            let (bytes, host) = (layout.size() as u64, core::ptr::null());
            // SAFETY: a plugin of ours, in memory of its layout.
            let status = unsafe {
                table.create_runtime.unwrap()(at.cast(), bytes, raw_config, host, &raw mut out, err)
            };
            assert_eq!(status, raw::OK);
            Ok(())
        })
        .unwrap();
        // SAFETY: a table of ours.
        let mut vt = unsafe { *out.vt };
        vt.result = Some(result);
        let pair = raw::Runtime { vt: &raw const vt, me: out.me };
        // SAFETY: table and instance live until the end.
        let mut runtime = unsafe { TableRuntime::from_raw(pair, true) }.unwrap();
        let given = runtime.result(4, wait).map_err(|e| (e.class(), e.to_string()));
        if let Err((Class::InstanceLost, _)) = given {
            let later = runtime.shot_begin(ShotId(0), Seed(0)).unwrap_err();
            assert!(later.to_string().contains("has lost this instance"), "{later}");
        }
        given
    };
    assert_eq!(ask(one, true), Ok(Some(1)));
    assert_eq!(ask(leaked, true), Ok(Some(2)));
    assert_eq!(ask(not_yet, false), Ok(None));
    for (result, wait, words) in [
        (three as ResultFn, true, "gave 3 for result 4; 0, 1 or 2 is right"),
        (seven, false, "gave 7 for result 4"),
        (not_yet, true, "for result 4"),
        (nothing_written, true, "for result 4"),
    ] {
        let (class, text) = ask(result, wait).unwrap_err();
        assert!(class == Class::ShotLost && text.contains(words), "{text}");
        assert!(text.starts_with("pandia.simple: "), "{text}");
    }
    let (class, text) = ask(odd, true).unwrap_err();
    assert!(class == Class::InstanceLost && text.contains("status 9"), "{text}");
}
