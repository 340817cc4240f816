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
