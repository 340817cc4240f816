//! What each version of the interface requires of a table: one row a function, and the one place
//! that fills in, ignores or refuses by name.
//!
//! The layout knows nothing of this: every slot may be NULL. *Required* is a matter of who uses the
//! table, and of its version: a function is required from the minor in which it became so up to the
//! one that retired it. `docs/abi.md` says how a row is added. Rows and versions whose first digit
//! is a `pandia_drill` are an exercise of the future, see `docs/adr/0012-minors.md`.
//! Not here: offsets and signatures (`raw`), sizes (`record`).

use super::raw;
use crate::error::{Error, ErrorKind, Result};

/// Whether a table is usable without a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Who uses the table refuses one without it.
    Required,
    /// Who uses the table has a default.
    Optional,
}

/// What the versions of the interface say of one function.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The slot's name.
    pub function: &'static str,
    /// Whether a table is usable without it.
    pub need: Need,
    /// The minor version that brought it.
    pub since: u16,
    /// The minor version that retired it.
    pub until: Option<u16>,
    /// Whether this host fills a missing one by a shim, and so does not insist.
    pub shim: bool,
}

impl Rule {
    const fn required(function: &'static str) -> Self {
        Self { function, need: Need::Required, since: 0, until: None, shim: false }
    }

    const fn optional(function: &'static str) -> Self {
        Self { function, need: Need::Optional, since: 0, until: None, shim: false }
    }

    /// Whether a consumer of this minor version refuses a table without the function.
    #[must_use]
    pub const fn is_required_at(&self, minor: u16) -> bool {
        matches!(self.need, Need::Required)
            && self.since <= minor
            && !self.is_retired_at(minor)
            && !self.shim
    }

    /// Whether a consumer of this minor version calls the function where it is there. One that was
    /// required is called after it was retired, too: a plugin from before counts on it.
    #[must_use]
    pub const fn is_called_at(&self, minor: u16) -> bool {
        matches!(self.need, Need::Required) || !self.is_retired_at(minor)
    }

    const fn is_retired_at(&self, minor: u16) -> bool {
        match self.until {
            Some(until) => until <= minor,
            None => false,
        }
    }
}

/// A kind of table and its rows.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// What errors call the table.
    pub table: &'static str,
    /// One row a slot, in the order of the slots.
    pub rules: &'static [Rule],
}

/// The functions of [`raw::BackendVt`].
pub const BACKEND: Policy = Policy {
    table: "the backend table",
    rules: &[
        Rule::required("id"),
        Rule::required("query"),
        Rule::required("negotiate"),
        Rule::required("shot_begin"),
        Rule::required("apply"),
        Rule { until: retired_by_the_drill(), ..Rule::required("shot_end") },
        Rule::required("destroy"),
        Rule { until: retired_by_the_drill(), ..Rule::optional("metric") },
        Rule::optional("state"),
        Rule::optional("state_digest"),
        Rule::optional("cancel"),
        Rule::optional("extension"),
        #[cfg(pandia_drill = "1")]
        Rule { since: 1, ..Rule::optional("snapshot") },
        #[cfg(pandia_drill = "2")]
        Rule { since: 2, shim: cfg!(pandia_drill = "shim"), ..Rule::required("flush") },
    ],
};

const fn retired_by_the_drill() -> Option<u16> {
    if cfg!(pandia_drill = "3") { Some(3) } else { None }
}

/// The functions of [`raw::RuntimeVt`].
pub const RUNTIME: Policy = Policy {
    table: "the runtime table",
    rules: &[
        Rule::required("id"),
        Rule::required("attach"),
        Rule::required("detach"),
        Rule::required("query"),
        Rule::required("negotiate"),
        Rule::required("shot_begin"),
        Rule::required("submit"),
        Rule::required("result"),
        Rule::required("shot_end"),
        Rule::required("destroy"),
        Rule::optional("metric"),
        Rule::optional("extension"),
    ],
};

/// The functions of a [`raw::Plugin`] that makes backends.
pub const BACKEND_PLUGIN: Policy = Policy {
    table: "the plugin",
    rules: &[Rule::required("layout"), Rule::required("create"), Rule::optional("create_runtime")],
};

/// The functions of a [`raw::Plugin`] that makes runtimes.
pub const RUNTIME_PLUGIN: Policy = Policy {
    table: "the plugin",
    rules: &[Rule::required("layout"), Rule::optional("create"), Rule::required("create_runtime")],
};

impl Policy {
    /// The row of a function. A name without a row does not compile where it is used.
    pub(super) const fn rule(&self, function: &str) -> Rule {
        let mut index = 0;
        while !same(self.rules[index].function, function) {
            index += 1;
        }
        self.rules[index]
    }
}

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Who uses a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Consumer {
    /// It insists on what this minor version requires.
    minor: u16,
    /// The minor version that the table's maker was built for, where it is known.
    maker: Option<u16>,
}

impl Consumer {
    /// This host, of a table whose maker's version is not known.
    pub(super) const HOST: Self = Self { minor: raw::MINOR, maker: None };
    /// A layer or runtime, of the stack below it. It declares to live with a host of minor 0
    /// (`raw::Module::of`), so it takes the tables that such a host gives.
    pub(super) const PLUGIN: Self = Self { minor: 0, maker: None };

    /// This host, of a table out of a module that was built for this minor version.
    pub(super) const fn host_of(maker: u16) -> Self {
        Self { minor: raw::MINOR, maker: Some(maker) }
    }

    /// The function; in its absence the `stand_in`, unless the version of the consumer requires it.
    ///
    /// # Errors
    /// [`ErrorKind::Interface`] naming table, function and versions.
    pub(super) fn function<F>(
        self,
        table: &'static str,
        rule: &Rule,
        found: Option<F>,
        stand_in: Option<F>,
    ) -> Result<F> {
        let insists = rule.is_required_at(self.minor);
        found.or(if insists { None } else { stand_in }).ok_or_else(|| self.missing(table, rule))
    }

    /// The function, unless it is of no use to this consumer any more.
    pub(super) fn optional<F>(self, rule: &Rule, found: Option<F>) -> Option<F> {
        found.filter(|_| rule.is_called_at(self.minor))
    }

    #[cold]
    fn missing(self, table: &str, rule: &Rule) -> Error {
        let error = Error::from(ErrorKind::Interface("a required function is missing"));
        let (major, function, since) = (raw::MAJOR, rule.function, rule.since);
        let own = raw::MINOR;
        match self.maker {
            Some(maker) => error.with_text(format_args!(
                "{table} lacks {function}, required since {major}.{since}; the plugin was built \
                 for {major}.{maker}, this host for {major}.{own}; rebuild the plugin"
            )),
            None => error.with_text(format_args!(
                "{table} lacks {function}, required since {major}.{since}; it is used by what was \
                 built for {major}.{own}; rebuild what gave it"
            )),
        }
    }
}

/// `slot!(consumer, POLICY, table.function)`: the function, or a refusal by its name.
/// `slot!(consumer, POLICY, table.function, stand_in)`: what to take where it may be missing.
macro_rules! slot {
    ($consumer:expr, $policy:ident, $table:ident.$function:ident) => {
        slot!(@ $consumer, $policy, $table.$function, None)
    };
    ($consumer:expr, $policy:ident, $table:ident.$function:ident, $stand_in:expr) => {
        slot!(@ $consumer, $policy, $table.$function, Some($stand_in))
    };
    (@ $consumer:expr, $policy:ident, $table:ident.$function:ident, $stand_in:expr) => {{
        const RULE: $crate::abi::policy::Rule = $policy.rule(stringify!($function));
        $consumer.function($policy.table, &RULE, $table.$function, $stand_in)
    }};
}
pub(super) use slot;

#[cfg(test)]
mod tests {
    use super::*;
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
        let blank: (raw::BackendVt, raw::RuntimeVt) =
            (super::super::record::blank(), super::super::record::blank());
        let names = |policy: &Policy| {
            policy.rules.iter().map(|rule| rule.function).collect::<std::vec::Vec<_>>()
        };
        assert_eq!(fields(&std::format!("{:?}", blank.0)), names(&BACKEND));
        assert_eq!(fields(&std::format!("{:?}", blank.1)), names(&RUNTIME));
        for policy in [BACKEND, RUNTIME, BACKEND_PLUGIN, RUNTIME_PLUGIN] {
            let bounded = |rule: &Rule| rule.until.is_none_or(|until| rule.since < until);
            assert!(policy.rules.iter().all(bounded));
            assert!(policy.rules.iter().all(|rule| rule.since <= raw::MINOR));
        }
    }
}
