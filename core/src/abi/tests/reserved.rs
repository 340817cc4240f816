//! Reserved fields that a part hands back: whatever is not 0 in them asks for what is not known.
use super::answers::{Change, with};
use crate::abi::{Instance, NoGuard, give_error, raw};
use crate::backend::Backend;
use crate::error::{Class, Error, ErrorKind};
use crate::ids::{Seed, ShotId};
use core::cell::Cell;
use core::ffi::c_void;
use std::string::ToString;

unsafe extern "C" fn id_of_later(_: *mut c_void, out: *mut raw::Text) -> raw::Status {
    // SAFETY: called with what the interface promises.
    unsafe { *out = raw::Text { reserved0: 1, ..raw::Text::of("x") } };
    raw::OK
}

std::thread_local! {
    static QUERIES: Cell<u32> = const { Cell::new(0) };
}

/// Right once, and then of a later version.
unsafe extern "C" fn info_of_later(
    _: *mut c_void,
    out: *mut raw::Info,
    _: *mut raw::Err,
) -> raw::Status {
    let queries = QUERIES.get();
    QUERIES.set(queries + 1);
    // SAFETY: called with what the interface promises.
    let out = unsafe { &mut *out };
    (out.qubit_count, out.reserved0) = (5 + queries, queries);
    raw::OK
}

unsafe extern "C" fn metric_of_later(
    _: *mut c_void,
    index: u32,
    out: *mut raw::Metric,
) -> raw::Status {
    // SAFETY: called with what the interface promises.
    let out = unsafe { &mut *out };
    (out.kind, out.part, out.name) =
        (raw::METRIC_COUNTER, raw::Text::of("x"), raw::Text::of("level"));
    match index {
        1 => out.part.reserved0 = 1,
        2 => out.name.reserved0 = 1 << 31,
        _ => {}
    }
    raw::OK
}

/// Says more than is known, and spoils the buffer for the next one; then says that it found it whole.
unsafe extern "C" fn words_of_later(
    me: *mut c_void,
    shot: u64,
    _: u64,
    err: *mut raw::Err,
) -> raw::Status {
    let _ = me;
    // SAFETY: called with what the interface promises.
    let err = unsafe { &mut *err };
    let whole = size_of::<raw::Err>() == err.size as usize && err.reserved0 == 0 && err.code == 0;
    // SAFETY: as above: there is room for more.
    unsafe { err.text.write(b'w') };
    err.text_len = 1;
    if shot == 0 {
        (err.reserved0, err.size, err.code) = (1, 8, 77);
    }
    if whole { -103 } else { -1 }
}

#[test]
fn a_table_id_or_info_of_a_later_version_is_refused() {
    let cases: [(Change, &str); 3] = [
        (|vt| vt.reserved0 = 1, "the backend table: a reserved field is not 0"),
        (|vt| vt.id = Some(id_of_later), "the part's id: a reserved field is not 0"),
        (
            |vt| {
                vt.query = Some(info_of_later);
                QUERIES.set(1);
            },
            "pandia.state_vector: info: a reserved field is not 0",
        ),
    ];
    for (change, part) in cases {
        let error = with(change, |backend| backend.map(drop).unwrap_err());
        assert!(error.to_string().contains(part), "{error}");
        assert_eq!(error.class(), Class::Refused);
    }
}

#[test]
fn an_info_that_comes_later_and_cannot_be_taken_leaves_the_one_before() {
    QUERIES.set(0);
    with(
        |vt| vt.query = Some(info_of_later),
        |backend| {
            let backend = backend.unwrap();
            assert_eq!((backend.info().qubit_count, QUERIES.get()), (5, 2));
        },
    );
}

#[test]
fn a_metric_with_a_text_of_a_later_version_ends_the_list() {
    with(
        |vt| vt.metric = Some(metric_of_later),
        |backend| {
            let backend = backend.unwrap();
            assert_eq!([0, 1, 2].map(|k| backend.metric(k).is_some()), [true, false, false]);
        },
    );
}

#[test]
fn words_of_a_later_version_are_not_taken_and_the_status_counts() {
    with(
        |vt| vt.shot_begin = Some(words_of_later),
        |backend| {
            let mut backend = backend.unwrap();
            let error = backend.shot_begin(ShotId(0), Seed(0)).unwrap_err();
            assert_eq!((error.code(), error.layer()), (-103, "pandia.state_vector"));
            assert!(error.to_string().contains("a reserved field is not 0"), "{error}");
            // What was done to the buffer is gone.
            let error = backend.shot_begin(ShotId(1), Seed(0)).unwrap_err();
            assert_eq!(
                (error.code(), error.to_string().as_str()),
                (-103, "pandia.state_vector: w")
            );
        },
    );
}

#[test]
fn a_buffer_of_a_later_version_gets_no_words() {
    let mut text = [0_u8; 64];
    let mut err = raw::Err {
        size: u32::try_from(size_of::<raw::Err>()).unwrap(),
        code: 7,
        op_index: 7,
        text_cap: 64,
        text_len: 7,
        layer_cap: 0,
        layer_len: 7,
        reserved0: 1,
        text: text.as_mut_ptr(),
        layer: core::ptr::null_mut(),
    };
    let error = Error::from(ErrorKind::SameQubit { qubit: 1 });
    // SAFETY: a buffer as the interface says, but for what is to be found out.
    assert_eq!(unsafe { give_error(&raw mut err, &error) }, error.code());
    assert_eq!((err.code, err.op_index, err.text_len), (7, 7, 7));
    err.reserved0 = 0;
    // SAFETY: as the interface says.
    assert_eq!(unsafe { give_error(&raw mut err, &error) }, error.code());
    assert!(err.code == error.code() && err.text_len > 7 && text[0] != 0);
}

/// So that the pair of a whole part stays one that a host takes.
#[test]
fn what_we_give_out_has_nothing_in_its_reserved_fields() {
    with(
        |_| (),
        |backend| {
            let mut instance = Instance::<_, NoGuard>::new(backend.unwrap());
            let pair = instance.pair().raw();
            // SAFETY: a table of ours.
            assert_eq!(unsafe { *pair.vt }.reserved0, 0);
        },
    );
}
