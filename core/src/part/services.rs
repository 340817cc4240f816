//! What the host offers to a part beyond its configuration: a clock, a log, memory. Any of them may
//! be absent, and a part must live without.
//!
//! Not here: how a host offers them across the border ([`crate::abi`]).

use crate::error::{ErrorKind, Result};
use core::alloc::Layout;
use core::ptr::NonNull;

/// How much a line of the log matters. Numbers as in the plugin interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u32)]
pub enum Level {
    /// Something went wrong.
    Error = 1,
    /// Something deserves a look.
    Warning = 2,
    /// Good to know.
    Info = 3,
    /// For who looks for a mistake.
    Debug = 4,
}

impl Level {
    /// The level of this number, if there is one.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Error),
            2 => Some(Self::Warning),
            3 => Some(Self::Info),
            4 => Some(Self::Debug),
            _ => None,
        }
    }
}

/// A host, as the one who made the calls to it knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostWord(pub(crate) *const ());

/// How a host is called. Made together with the word that every call gets.
#[derive(Debug)]
pub(crate) struct Calls {
    pub(crate) now_ns: fn(HostWord) -> Option<u64>,
    pub(crate) log: fn(HostWord, Level, &str) -> bool,
    pub(crate) alloc: fn(HostWord, Layout) -> Result<Option<NonNull<u8>>>,
    pub(crate) free: fn(HostWord, NonNull<u8>),
}

/// The services of the host, handed to a part when it is built ([`super::Config::services`]). A part
/// may keep its copy as long as it lives, and no longer. By default every service is absent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Services {
    pub(crate) host: Option<(HostWord, &'static Calls)>,
}

impl Services {
    /// No services.
    pub const NONE: Self = Self { host: None };

    /// Nanoseconds of wall-clock time from an arbitrary start; `None` without a clock. For
    /// measuring and reporting only: results that depend on it are not repeatable.
    #[must_use]
    pub fn now_ns(&self) -> Option<u64> {
        self.host.and_then(|(host, calls)| (calls.now_ns)(host))
    }

    /// Logs one line; false if nobody takes it. Errors of calls belong in their results, not here.
    #[expect(clippy::must_use_candidate, reason = "a line that nobody takes is no failure")]
    pub fn log(&self, level: Level, text: &str) -> bool {
        self.host.is_some_and(|(host, calls)| (calls.log)(host, level, text))
    }

    /// Memory beyond what the part said it needs, for set-up only; `Ok(None)` if the host has none
    /// to give at all. It is given back when the block is dropped.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if there is not as much.
    pub fn memory(&self, layout: Layout) -> Result<Option<HostMemory>> {
        if layout.size() == 0 {
            return Err(ErrorKind::Argument("no memory of 0 bytes can be had").into());
        }
        let Some((host, calls)) = self.host else { return Ok(None) };
        let at = (calls.alloc)(host, layout)?;
        Ok(at.map(|at| HostMemory { at, layout, host, calls }))
    }
}

/// Memory of the host, uninitialised. Given back when it is dropped.
#[derive(Debug)]
pub struct HostMemory {
    at: NonNull<u8>,
    layout: Layout,
    host: HostWord,
    calls: &'static Calls,
}

impl HostMemory {
    /// Where it begins.
    #[must_use]
    pub const fn at(&self) -> NonNull<u8> {
        self.at
    }

    /// How large it is, and how aligned.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.layout
    }
}

impl Drop for HostMemory {
    fn drop(&mut self) {
        (self.calls.free)(self.host, self.at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_host_every_service_is_absent() {
        let none = Services::NONE;
        assert_eq!(none.now_ns(), None);
        assert!(!none.log(Level::Error, "nobody hears this"));
        assert!(none.memory(Layout::new::<u64>()).unwrap().is_none());
        assert!(none.memory(Layout::new::<()>()).is_err());
    }

    #[test]
    fn levels_have_the_numbers_of_the_interface() {
        for number in 0..8 {
            let level = Level::from_number(number);
            assert_eq!(
                level.map(|level| level as u32),
                (1..=4).contains(&number).then_some(number)
            );
        }
    }
}
