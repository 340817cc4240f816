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
    pub(super) const fn required(function: &'static str) -> Self {
        Self { function, need: Need::Required, since: 0, until: None, shim: false }
    }

    pub(super) const fn optional(function: &'static str) -> Self {
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
    pub(super) minor: u16,
    /// The minor version that the table's maker was built for, where it is known.
    pub(super) maker: Option<u16>,
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
