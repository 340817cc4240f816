use crate::abi::policy::{
    BACKEND, BACKEND_PLUGIN, Consumer, Policy, RUNTIME, RUNTIME_PLUGIN, Rule,
};
use crate::abi::{raw, record};
use std::string::ToString as _;

const FLUSH: Rule = Rule { since: 2, ..Rule::required("flush") };
const GONE: Rule = Rule { until: Some(3), ..Rule::required("gone") };
const GONE_TOO: Rule = Rule { until: Some(3), ..Rule::optional("gone_too") };

#[test]
fn a_function_is_required_from_its_minor_up_to_the_one_that_retires_it() {
    let at = |rule: &Rule| [0, 1, 2, 3, 4].map(|minor| rule.is_required_at(minor));
    assert_eq!(at(&FLUSH), [false, false, true, true, true]);
    assert_eq!(at(&GONE), [true, true, true, false, false]);
    assert_eq!(at(&GONE_TOO), [false; 5]);
    assert_eq!(at(&Rule { shim: true, ..FLUSH }), [false; 5]);
}

#[test]
fn what_was_required_is_called_where_it_still_is_and_what_was_optional_is_not() {
    let at = |rule: &Rule| [0, 2, 3, 4].map(|minor| rule.is_called_at(minor));
    assert_eq!(at(&GONE), [true; 4]);
    assert_eq!(at(&GONE_TOO), [true, true, false, false]);
}

#[test]
fn a_missing_function_is_filled_in_or_refused_with_table_function_and_versions() {
    let at = |minor| Consumer { minor, maker: Some(1) };
    assert_eq!(at(1).function("the table", &FLUSH, None, Some(7)).unwrap(), 7);
    assert_eq!(at(2).function("the table", &FLUSH, Some(1), Some(7)).unwrap(), 1);
    let error = at(2).function("the table", &FLUSH, None, Some(7)).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("the table lacks flush, required since 1.2"), "{text}");
    assert!(text.contains("the plugin was built for 1.1, this host for 1.0"), "{text}");
    assert!(text.ends_with("rebuild the plugin"), "{text}");
    let error = Consumer::HOST.function::<u8>("the backend table", &FLUSH, None, None);
    let text = error.unwrap_err().to_string();
    assert!(text.contains("lacks flush") && !text.contains('…'), "{text}");
}

#[test]
fn every_slot_has_a_row_in_the_order_of_the_slots() {
    // The fields of the structures as their own `Debug` names them.
    fn fields(text: &str) -> std::vec::Vec<&str> {
        let names = text.split([' ', ',']).filter_map(|word| word.strip_suffix(':'));
        names.filter(|name| !["size", "reserved0"].contains(name)).collect()
    }
    let blank: (raw::BackendVt, raw::RuntimeVt) = (record::blank(), record::blank());
    let names = |policy: &Policy| {
        policy.rules.iter().map(|rule| rule.function).collect::<std::vec::Vec<_>>()
    };
    assert_eq!(fields(&std::format!("{:?}", blank.0)), names(&BACKEND));
    assert_eq!(fields(&std::format!("{:?}", blank.1)), names(&RUNTIME));
    for policy in [BACKEND, RUNTIME, BACKEND_PLUGIN, RUNTIME_PLUGIN] {
        let bounded = |rule: &Rule| rule.until.is_none_or(|until| rule.since < until);
        assert!(policy.rules.iter().all(bounded));
        assert!(policy.rules.iter().all(|rule| (0..=raw::MINOR).contains(&rule.since)));
    }
}

/// A structure of a later minor: what is known of it, and one field more.
#[repr(C)]
#[derive(Clone, Copy)]
struct Grown<T> {
    known: T,
    more: u64,
}

#[test]
fn data_of_a_later_minor_is_taken_if_it_asks_for_nothing_unknown() {
    let mut known: raw::Info = record::blank();
    known.size = u32::try_from(size_of::<Grown<raw::Info>>()).unwrap();
    known.qubit_count = 7;
    let read = |more| {
        let grown = Grown { known, more };
        // SAFETY: as large as it says.
        unsafe { record::read((&raw const grown).cast::<raw::Info>()) }
    };
    assert_eq!(read(0).unwrap().qubit_count, 7);
    let text = read(1).unwrap_err().to_string();
    assert!(text.contains("info: asks for what came after"), "{text}");
    let mut place = Grown { known, more: 9 };
    // SAFETY: as large as it says.
    unsafe { record::fill((&raw mut place).cast::<raw::Info>(), record::blank()) }.unwrap();
    assert_eq!((place.known.size, place.known.qubit_count, place.more), (known.size, 0, 9));
}

#[test]
fn a_table_of_a_later_minor_is_read_as_far_as_it_is_known() {
    let mut known: raw::BackendVt = record::blank();
    known.size = u32::try_from(size_of::<Grown<raw::BackendVt>>()).unwrap();
    let grown = Grown { known, more: u64::MAX };
    // SAFETY: as large as it says.
    let read = unsafe { record::read((&raw const grown).cast::<raw::BackendVt>()) }.unwrap();
    assert!(read.apply.is_none());
}

#[test]
fn elements_of_a_later_minor_are_found_by_their_stride() {
    let setting = |bits| {
        let (key, text) = (raw::Text::EMPTY, raw::Text::EMPTY);
        let known = raw::Setting { bits, kind: raw::VALUE_WHOLE, reserved0: 0, key, text };
        Grown { known, more: u64::MAX }
    };
    let settings = [setting(3), setting(5)];
    let stride = u32::try_from(size_of::<Grown<raw::Setting>>()).unwrap();
    // SAFETY: as many as said, so far apart.
    let read = unsafe { record::strided((&raw const settings).cast(), 2, stride, "settings") };
    let bits: std::vec::Vec<u64> = read.unwrap().map(|s: raw::Setting| s.bits).collect();
    assert_eq!(bits, [3, 5]);
}
