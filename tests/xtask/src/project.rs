//! What a step may know of the project: its folder, its packages and the options of this run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use cargo_metadata::{Metadata, MetadataCommand, Package, TargetKind};

use crate::steps::Wanted;

/// What the command line asked for beyond the choice of steps.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// Rewrite golden files instead of comparing with them.
    pub(crate) bless: bool,
    pub(crate) bench_arguments: Vec<String>,
    pub(crate) fuzz_seconds: u32,
    pub(crate) fuzz_target: Option<String>,
    /// The module image to be made.
    pub(crate) module: Option<Wanted>,
}

/// Which kind of evidence a package's integration tests are; see `cargo xtask test --list`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// Whatever crosses crates: `tests`, `tests/xtask`, `core`, `benches`.
    Conformance,
    /// Everything under `host-ffi`, and what loads dylibs: `dylibs`, `kept` and `minors` of `tests`.
    Plugins,
    /// `host-std`: the `pandia` command and library.
    Cli,
}

#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) root: PathBuf,
    pub(crate) options: Options,
    metadata: Metadata,
}

impl Project {
    /// Reads the workspace's manifests.
    pub(crate) fn open(options: Options) -> Result<Self> {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
        let metadata = MetadataCommand::new()
            .manifest_path(manifest)
            .no_deps()
            .exec()
            .context("cannot read the workspace's manifests")?;
        let root = metadata.workspace_root.clone().into_std_path_buf();
        Ok(Self { root, options, metadata })
    }

    pub(crate) fn core(&self) -> Result<&Package> {
        let found = self.metadata.packages.iter().find(|package| package.name == "pandia-core");
        found.context("the workspace has no package pandia-core")
    }

    /// Names of the integration tests that are evidence of one kind, each once and in order.
    pub(crate) fn integration_tests(&self, evidence: Evidence) -> BTreeSet<&str> {
        let packages = self.metadata.packages.iter();
        packages
            .flat_map(|package| {
                let names = target_names(package, &TargetKind::Test);
                names.filter(move |name| self.evidence(package, name) == evidence)
            })
            .collect()
    }

    /// Package and library of the plugin in the folder of this name.
    pub(crate) fn plugin(&self, name: &str) -> Result<(&str, &str)> {
        let plugins = self.metadata.packages.iter().filter_map(|package| {
            let library = package.targets.iter().find(|at| at.is_kind(TargetKind::CDyLib))?;
            let folder = package.manifest_path.parent()?.file_name()?;
            Some((folder, (package.name.as_str(), library.name.as_str())))
        });
        let plugins: Vec<_> = plugins.collect();
        let found = plugins.iter().find(|(folder, _)| *folder == name).map(|(_, found)| *found);
        found.with_context(|| {
            let names: Vec<&str> = plugins.iter().map(|(folder, _)| *folder).collect();
            format!("no plugin is called {name}; there are {}", names.join(", "))
        })
    }

    /// Names of the benches of every package.
    pub(crate) fn benches(&self) -> BTreeSet<&str> {
        let packages = self.metadata.packages.iter();
        packages.flat_map(|package| target_names(package, &TargetKind::Bench)).collect()
    }

    fn evidence(&self, package: &Package, test: &str) -> Evidence {
        let folder = package.manifest_path.as_std_path().strip_prefix(&self.root);
        let folder = folder.unwrap_or_else(|_| Path::new(""));
        if folder.starts_with("host-ffi") || ["dylibs", "kept", "minors"].contains(&test) {
            Evidence::Plugins
        } else if folder.starts_with("host-std") {
            Evidence::Cli
        } else {
            Evidence::Conformance
        }
    }
}

fn target_names<'a>(package: &'a Package, kind: &TargetKind) -> impl Iterator<Item = &'a str> {
    let targets = package.targets.iter().filter(move |target| target.is_kind(kind.clone()));
    targets.map(|target| target.name.as_str())
}
