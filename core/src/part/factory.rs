//! How a part is built: into storage that the caller gives, so that the same part lives in an
//! array, in memory handed over by a host, or in a boxed slice.

use super::config::Config;
use super::spec::PartSpec;
use crate::backend::{Backend, Layer};
use crate::error::Result;

/// Memory of a part: an array, a `&'static mut` slice, a boxed slice.
pub trait Storage<T>: AsRef<[T]> + AsMut<[T]> {}

impl<T, S: AsRef<[T]> + AsMut<[T]>> Storage<T> for S {}

/// A simulator that can be built from a configuration.
pub trait SimulatorPart {
    /// Its description.
    const SPEC: PartSpec;
    /// What its storage is made of.
    type Cell: Copy + Send + 'static;
    /// What storage is filled with before [`Self::build`].
    const EMPTY: Self::Cell;
    /// The simulator over a storage.
    type Simulator<S: Storage<Self::Cell>>: Backend;

    /// How many cells it needs. Pure, and called before any memory is claimed.
    ///
    /// # Errors
    /// If the configuration is wrong or asks for more than the part can hold.
    fn cells(config: &Config<'_>) -> Result<usize>;

    /// Builds it over `storage`, which has at least [`Self::cells`] cells.
    ///
    /// # Errors
    /// As [`Self::cells`], and [`crate::ErrorKind::Capacity`] if the storage is too small.
    fn build<S: Storage<Self::Cell>>(config: &Config<'_>, storage: S)
    -> Result<Self::Simulator<S>>;
}

/// An error model or tap that can be built from a configuration.
pub trait LayerPart {
    /// Its description.
    const SPEC: PartSpec;
    /// What its storage is made of.
    type Cell: Copy + Send + 'static;
    /// What storage is filled with before [`Self::build`].
    const EMPTY: Self::Cell;
    /// The layer over a storage.
    type Layer<S: Storage<Self::Cell>>: Layer;

    /// How many cells it needs. Pure, and called before any memory is claimed.
    ///
    /// # Errors
    /// If the configuration is wrong.
    fn cells(config: &Config<'_>) -> Result<usize>;

    /// Builds it over `storage`, which has at least [`Self::cells`] cells.
    ///
    /// # Errors
    /// As [`Self::cells`], and [`crate::ErrorKind::Capacity`] if the storage is too small.
    fn build<S: Storage<Self::Cell>>(config: &Config<'_>, storage: S) -> Result<Self::Layer<S>>;
}
