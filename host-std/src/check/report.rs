//! The report: every check of every plugin, and the sum of it.

use serde::{Deserialize, Serialize};

use super::finding::{CheckResult, Verdict};

/// The version of the JSON form: counts up when a field changes its meaning.
const SCHEMA: u32 = 1;

/// What became of all checks of a library.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// The version of this form.
    pub schema: u32,
    /// The library.
    pub file: String,
    /// The version of the interface that it was built with, if it could be opened.
    pub interface: Option<String>,
    /// The plugins in it.
    pub plugins: Vec<PluginReport>,
    /// Checks of the file as a whole: `loads`.
    pub module: CheckResult,
    /// How many checks ended how.
    pub summary: Summary,
}

/// What became of the checks of one plugin.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PluginReport {
    /// Its id.
    pub id: String,
    /// What it is for: `simulator`, `error model`, `tap`, `runtime`.
    pub kind: String,
    /// Its version.
    pub version: String,
    /// Every check.
    pub checks: Vec<CheckResult>,
}

/// How many checks ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// All was well.
    pub passed: u32,
    /// With findings.
    pub failed: u32,
    /// Not applicable.
    pub skipped: u32,
    /// Could not be made here.
    pub not_run: u32,
    /// How many findings there are in all.
    pub findings: u32,
}

impl Report {
    pub(super) fn new(
        file: String,
        interface: Option<String>,
        module: CheckResult,
        plugins: Vec<PluginReport>,
    ) -> Self {
        let mut summary = Summary::default();
        let all = plugins.iter().flat_map(|plugin| &plugin.checks);
        for check in core::iter::once(&module).chain(all) {
            let count = match check.verdict {
                Verdict::Passed => &mut summary.passed,
                Verdict::Failed => &mut summary.failed,
                Verdict::Skipped => &mut summary.skipped,
                Verdict::NotRun => &mut summary.not_run,
            };
            *count += 1;
            summary.findings += u32::try_from(check.findings.len()).unwrap_or(u32::MAX);
        }
        Self { schema: SCHEMA, file, interface, plugins, module, summary }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.summary.failed == 0
    }
}
