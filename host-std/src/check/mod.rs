//! The validator: whether a library of plugins keeps to the interface.
//!
//! Every check ([`CHECKS`]) runs in a process of its own, so that a crash, an exit or an endless
//! loop is a finding and not the end. What a check means, what a finding says and the way out is in
//! `docs/check.md`; why it is built so in ADR 0011.
//!
//! ```no_run
//! use pandia::check::{Options, run};
//!
//! let mut options = Options::new("libacme_drift.so");
//! // A program that is not `pandia` says where that is: it makes the checks.
//! options.program = Some("/usr/local/bin/pandia".into());
//! let report = run(&options, &mut |_| {})?;
//! assert!(report.is_clean());
//! # Ok::<(), pandia::check::CheckError>(())
//! ```
//! Not here: arguments and how reports are shown ([`crate::cli`]), and what gates mean
//! ([`pandia_core::conformance`]).
#![expect(unsafe_code, reason = "calls that no safe caller makes, in memory of the checks' own")]

mod bench;
mod call;
mod checks;
mod child;
mod circuits;
mod config;
mod error;
mod finding;
mod isolate;
mod made;
mod memory;
mod options;
mod raw_face;
mod report;
mod run;
mod runtime_face;
mod spy;
mod valgrind;

pub use checks::{Applies, CHECKS, Check};
pub use child::{ChildRequest, child_main};
pub use error::CheckError;
pub use finding::{CheckResult, Finding, Verdict};
pub use options::{Expected, Held, Options};
pub use report::{PluginReport, Report, Summary};
pub use run::{Progress, run};
