//! A part that can be built: its description, where it comes from, and how instances are made.

use core::fmt::{self, Display};
use core::marker::PhantomData;
use std::path::PathBuf;
use std::sync::Arc;

use pandia_core::backend::{Backend, Lowering, Stack};
use pandia_core::error::{ErrorKind, Result};
use pandia_core::part::{Config, LayerPart, PartKind, PartSpec, SimulatorPart};
use pandia_core::runtime::{Runtime, RuntimePart};

/// A backend behind a pointer, so that stacks are put together at run time.
pub type BoxedBackend = Box<dyn Backend + Send>;
/// A runtime behind a pointer.
pub type BoxedRuntime = Box<dyn Runtime + Send>;

/// The stack under a [`Lowering`], which rewrites the gates that the stack cannot do.
#[must_use]
pub fn lowered(stack: BoxedBackend) -> BoxedBackend {
    Box::new(Stack::new(Lowering::new(), stack))
}

/// Where a part comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Linked into this program.
    BuiltIn,
    /// Out of a dynamic library.
    Library(PathBuf),
}

impl Origin {
    /// Whether the two are one: the same file, or copies of it.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Library(one), Self::Library(other)) => crate::dylib::is_same_file(one, other),
            _ => self == other,
        }
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built in"),
            Self::Library(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Makes simulators.
pub trait BuildSimulator: Send + Sync {
    /// How much memory an instance claims.
    ///
    /// # Errors
    /// If the configuration is wrong or asks for more than the part can hold.
    fn memory_bytes(&self, config: &Config<'_>) -> Result<u64>;

    /// Makes one.
    ///
    /// # Errors
    /// As [`Self::memory_bytes`], and [`ErrorKind::Capacity`] if the memory cannot be had.
    fn build(&self, config: &Config<'_>) -> Result<BoxedBackend>;
}

/// Makes error models and taps over a child.
pub trait BuildLayer: Send + Sync {
    /// How much memory an instance claims.
    ///
    /// # Errors
    /// If the configuration is wrong.
    fn memory_bytes(&self, config: &Config<'_>) -> Result<u64>;

    /// Makes one.
    ///
    /// # Errors
    /// As [`Self::memory_bytes`], and [`ErrorKind::Capacity`] if the memory cannot be had.
    fn build(&self, config: &Config<'_>, child: BoxedBackend) -> Result<BoxedBackend>;
}

/// Makes runtimes over a stack.
pub trait BuildRuntime: Send + Sync {
    /// How much memory an instance claims.
    ///
    /// # Errors
    /// If the configuration is wrong.
    fn memory_bytes(&self, config: &Config<'_>) -> Result<u64>;

    /// Makes one.
    ///
    /// # Errors
    /// As [`Self::memory_bytes`], and [`ErrorKind::Capacity`] if the memory cannot be had.
    fn build(&self, config: &Config<'_>, stack: BoxedBackend) -> Result<BoxedRuntime>;
}

/// How instances of a part are made.
#[derive(Clone)]
pub enum Factory {
    /// Simulators.
    Simulator(Arc<dyn BuildSimulator>),
    /// Error models and taps.
    Layer(Arc<dyn BuildLayer>),
    /// Runtimes.
    Runtime(Arc<dyn BuildRuntime>),
}

impl Factory {
    /// How much memory an instance claims.
    ///
    /// # Errors
    /// If the configuration is wrong or asks for more than the part can hold.
    pub fn memory_bytes(&self, config: &Config<'_>) -> Result<u64> {
        match self {
            Self::Simulator(factory) => factory.memory_bytes(config),
            Self::Layer(factory) => factory.memory_bytes(config),
            Self::Runtime(factory) => factory.memory_bytes(config),
        }
    }

    /// What parts of this factory are for, in words.
    #[must_use]
    pub const fn role(&self) -> &'static str {
        match self {
            Self::Simulator(_) => "simulator",
            Self::Layer(_) => "error model",
            Self::Runtime(_) => "runtime",
        }
    }
}

impl fmt::Debug for Factory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.role())
    }
}

/// A part that can be built.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its description.
    pub spec: PartSpec,
    /// Where it comes from.
    pub origin: Origin,
    /// How instances are made.
    pub factory: Factory,
}

impl Part {
    /// A simulator that is linked in.
    #[must_use]
    pub fn simulator<P>() -> Self
    where
        P: SimulatorPart + 'static,
        P::Simulator<Box<[P::Cell]>>: Send + 'static,
    {
        let factory = Factory::Simulator(Arc::new(Linked::<P>::new()));
        Self { spec: P::SPEC, origin: Origin::BuiltIn, factory }
    }

    /// An error model or tap that is linked in.
    #[must_use]
    pub fn layer<P>() -> Self
    where
        P: LayerPart + 'static,
        P::Layer<Box<[P::Cell]>>: Send + 'static,
    {
        let factory = Factory::Layer(Arc::new(Linked::<P>::new()));
        Self { spec: P::SPEC, origin: Origin::BuiltIn, factory }
    }

    /// A runtime that is linked in.
    #[must_use]
    pub fn runtime<P>() -> Self
    where
        P: RuntimePart + 'static,
        P::Runtime<BoxedBackend, Box<[P::Cell]>>: Send + 'static,
    {
        let factory = Factory::Runtime(Arc::new(Linked::<P>::new()));
        Self { spec: P::SPEC, origin: Origin::BuiltIn, factory }
    }

    /// Whether `name` means this part: its id or its id without the namespace; `-` counts as `_`.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        let same = |own: &str| {
            own.len() == name.len()
                && own.bytes().zip(name.bytes()).all(|(a, b)| a == b || (a == b'_' && b == b'-'))
        };
        same(self.spec.id) || same(self.spec.short_name())
    }

    /// What it is for.
    #[must_use]
    pub const fn kind(&self) -> PartKind {
        self.spec.kind
    }
}

/// The factory of a part that is linked in, over boxed storage.
pub struct Linked<P> {
    part: PhantomData<fn() -> P>,
}

impl<P> Linked<P> {
    /// The factory.
    #[must_use]
    pub const fn new() -> Self {
        Self { part: PhantomData }
    }
}

impl<P> Default for Linked<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P> fmt::Debug for Linked<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Linked")
    }
}

/// `count` cells on the heap, or an error where they cannot be had.
fn claim<T: Copy>(count: usize, empty: T) -> Result<Box<[T]>> {
    let mut cells = Vec::new();
    if cells.try_reserve_exact(count).is_err() {
        let needed = bytes_of::<T>(count);
        return Err(ErrorKind::Capacity { what: "bytes of memory", needed, available: 0 }.into());
    }
    cells.resize(count, empty);
    Ok(cells.into_boxed_slice())
}

const fn bytes_of<T>(count: usize) -> u64 {
    (count as u64).saturating_mul(size_of::<T>() as u64)
}

impl<P> BuildSimulator for Linked<P>
where
    P: SimulatorPart,
    P::Simulator<Box<[P::Cell]>>: Send + 'static,
{
    fn memory_bytes(&self, config: &Config<'_>) -> Result<u64> {
        P::cells(config).map(bytes_of::<P::Cell>)
    }

    fn build(&self, config: &Config<'_>) -> Result<BoxedBackend> {
        let storage = claim(P::cells(config)?, P::EMPTY)?;
        Ok(Box::new(P::build(config, storage)?))
    }
}

impl<P> BuildLayer for Linked<P>
where
    P: LayerPart,
    P::Layer<Box<[P::Cell]>>: Send + 'static,
{
    fn memory_bytes(&self, config: &Config<'_>) -> Result<u64> {
        P::cells(config).map(bytes_of::<P::Cell>)
    }

    fn build(&self, config: &Config<'_>, child: BoxedBackend) -> Result<BoxedBackend> {
        let storage = claim(P::cells(config)?, P::EMPTY)?;
        Ok(Box::new(Stack::new(P::build(config, storage)?, child)))
    }
}

impl<P> BuildRuntime for Linked<P>
where
    P: RuntimePart,
    P::Runtime<BoxedBackend, Box<[P::Cell]>>: Send + 'static,
{
    fn memory_bytes(&self, config: &Config<'_>) -> Result<u64> {
        P::cells(config).map(bytes_of::<P::Cell>)
    }

    fn build(&self, config: &Config<'_>, stack: BoxedBackend) -> Result<BoxedRuntime> {
        let storage = claim(P::cells(config)?, P::EMPTY)?;
        Ok(Box::new(P::build(config, stack, storage)?))
    }
}
