//! How a runtime is built. It stands here and not in [`crate::part`], which knows no runtime.

use super::contract::Runtime;
use crate::backend::Backend;
use crate::error::Result;
use crate::part::{Config, PartSpec, Storage};

/// A runtime that can be built from a configuration, over a stack.
pub trait RuntimePart {
    /// Its description.
    const SPEC: PartSpec;
    /// What its storage is made of.
    type Cell: Copy + Send + 'static;
    /// What storage is filled with before [`Self::build`].
    const EMPTY: Self::Cell;
    /// The runtime over a stack and a storage.
    type Runtime<B: Backend, S: Storage<Self::Cell>>: Runtime;

    /// How many cells it needs. Pure, and called before any memory is claimed.
    ///
    /// # Errors
    /// If the configuration is wrong.
    fn cells(config: &Config<'_>) -> Result<usize>;

    /// Builds it over `stack` and `storage`, which has at least [`Self::cells`] cells.
    ///
    /// # Errors
    /// As [`Self::cells`], and [`crate::ErrorKind::Capacity`] if the storage is too small.
    fn build<B: Backend, S: Storage<Self::Cell>>(
        config: &Config<'_>,
        stack: B,
        storage: S,
    ) -> Result<Self::Runtime<B, S>>;
}
