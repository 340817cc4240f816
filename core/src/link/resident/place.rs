//! A stack out of a board's parts, built in its arena.

use super::super::below::Below;
use super::super::message::{PartChoice, SettingLine, read_all};
use super::offer::Offer;
use crate::abi::module::PluginView;
use crate::abi::{Instance, NoGuard, Pair};
use crate::backend::Backend;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::StreamId;
use crate::part::{Config, PartKind, Setting};
use crate::trace::{Keeper, Tap};
use core::mem::MaybeUninit;
use embedded_io::{Read, Write};
use heapless::Vec;

/// Most settings of a part.
const SETTINGS_MAX: usize = 32;

/// Where parts come from and how large they are to be.
pub(super) struct Place<'r> {
    pub(super) offer: Offer<'r>,
    pub(super) qubit_count: u32,
    /// Where taps record to, if there are any, and the joint above the top.
    pub(super) taps: Option<(&'r dyn Keeper, u8)>,
    /// Bytes of the arena that are taken.
    pub(super) used: usize,
}

/// What is done with a stack, and how much of the arena it took.
pub(super) type Serve<'s> = &'s mut dyn FnMut(&mut dyn Backend, usize);

impl<'r> Place<'r> {
    /// Builds `parts` over what is on the other side, which `below` makes, then hands the stack over.
    /// In a frame of its own: it is large, and few stacks have one.
    #[inline(never)]
    pub(super) fn build_over<IO: Read + Write, const FRAME: usize, const WINDOW: usize>(
        &self,
        below: impl FnOnce() -> Below<IO, FRAME, WINDOW>,
        parts: &[PartChoice<'_>],
        arena: &mut [MaybeUninit<u8>],
        serve: Serve<'_>,
    ) -> Result<()> {
        let mut below = below();
        below.begin_session()?;
        if parts.is_empty() {
            serve(&mut below, 0);
            return Ok(());
        }
        self.build_above(&mut below, parts, arena, serve)
    }

    /// Builds the first of `parts` over `child` and the others over it, then hands the stack over.
    pub(super) fn build(
        &self,
        parts: &[PartChoice<'_>],
        child: Option<Pair<'_>>,
        arena: &mut [MaybeUninit<u8>],
        serve: Serve<'_>,
    ) -> Result<()> {
        let Some((part, above)) = parts.split_first() else { return Err(super::unreadable()) };
        let plugin = self.find(part, child.is_some())?;
        let mut settings = Vec::<Setting<'_>, SETTINGS_MAX>::new();
        for line in read_all::<SettingLine<'_>>(part.settings) {
            let SettingLine { key, value } = line.ok_or_else(super::unreadable)?;
            let (what, available) = ("settings of a part on the board", SETTINGS_MAX as u64);
            let full = ErrorKind::Capacity { what, needed: available + 1, available };
            settings.push(Setting { key, value: value.into() }).map_err(|_| full)?;
        }
        let config = Config::new(self.qubit_count, StreamId(part.stream)).with(&settings);
        let layout = plugin.layout(&config).map_err(|e| e.in_layer(part.id))?;
        let start = arena.as_ptr().align_offset(layout.align());
        let needed = start.saturating_add(layout.size());
        if needed > arena.len() {
            return Err(self.too_large(needed, arena.len(), part.id));
        }
        let (own, rest) = arena.split_at_mut(needed);
        let used = self.used + needed;
        let mut backend = plugin.backend_in(own, &config, child)?;
        if above.is_empty() {
            serve(&mut backend, used);
            return Ok(());
        }
        Place { used, ..*self }.build_above(backend, above, rest, serve)
    }

    /// Builds `parts`, of which there is one at least, over `child`, with a tap between if there are
    /// any.
    fn build_above(
        &self,
        child: impl Backend,
        parts: &[PartChoice<'_>],
        arena: &mut [MaybeUninit<u8>],
        serve: Serve<'_>,
    ) -> Result<()> {
        let Some((keeper, top)) = self.taps else {
            let mut instance = Instance::<_, NoGuard>::new(child);
            return self.build(parts, Some(instance.pair()), arena, serve);
        };
        let above = u8::try_from(parts.len()).unwrap_or(u8::MAX);
        let tap = Tap::new(child, top.saturating_add(above), keeper);
        let mut instance = Instance::<_, NoGuard>::new(tap);
        self.build(parts, Some(instance.pair()), arena, serve)
    }

    fn find(&self, part: &PartChoice<'_>, has_child: bool) -> Result<PluginView<'r>> {
        let plugin = self.offer.find(part.id)?;
        if (plugin.kind() == Some(PartKind::Simulator)) == has_child {
            let error = Error::from(ErrorKind::Config("a part at a place for another kind"));
            let place = if has_child { "above a simulator" } else { "at the bottom" };
            return Err(error.with_text(format_args!("{} cannot stand {place}", part.id)));
        }
        Ok(plugin)
    }

    #[cold]
    fn too_large(&self, needed: usize, available: usize, part: &str) -> Error {
        let (used, what) = (self.used, "bytes of the board's arena");
        let (needed, available) = ((used + needed) as u64, (used + available) as u64);
        let error = Error::from(ErrorKind::Capacity { what, needed, available }).in_layer(part);
        let qubits = self.qubit_count;
        error.with_text(format_args!(
            "{part} with {qubits} qubits does not fit the board: {needed} bytes of its arena needed, \
             {available} available"
        ))
    }
}
