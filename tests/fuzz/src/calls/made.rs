//! Real instances, to be called as C would call them.

use pandia_core::abi::raw;
use std::ffi::c_void;
use std::ptr::{null, null_mut};

/// Memory, and what was built in it.
#[derive(Debug)]
pub(super) struct Made<Pair> {
    memory: Vec<u64>,
    pub(super) pair: Pair,
}

pub(super) fn config() -> raw::Config {
    raw::Config {
        size: size_of::<raw::Config>() as u32,
        qubit_count: 2,
        stream: 5,
        result_count: 4,
        setting_count: 0,
        setting_bytes: size_of::<raw::Setting>() as u32,
        reserved0: 0,
        settings: null(),
    }
}

pub(super) fn layout(plugin: &raw::Plugin) -> raw::Layout {
    let mut out = raw::Layout { size: size_of::<raw::Layout>() as u32, align: 0, bytes: 0 };
    let layout = plugin.layout.expect("a plugin of ours");
    // SAFETY: as the interface says.
    let status = unsafe { layout(&config(), &raw mut out, null_mut()) };
    assert_eq!(status, raw::OK);
    assert!(out.align <= 16, "what a vector of words is aligned to, twice");
    out
}

impl<Pair> Made<Pair> {
    /// Memory for an instance of the plugin.
    fn at(memory: &mut Vec<u64>, plugin: &raw::Plugin) -> (*mut c_void, u64) {
        let layout = layout(plugin);
        memory.resize(layout.bytes as usize / 8 + 2, !0);
        let at = memory.as_mut_ptr().cast::<u8>();
        (at.wrapping_add(at.align_offset(layout.align as usize)).cast(), layout.bytes)
    }
}

impl Made<raw::Backend> {
    pub(super) fn backend(plugin: &raw::Plugin, child: Option<raw::Backend>) -> Self {
        let mut memory = Vec::new();
        let (at, bytes) = Self::at(&mut memory, plugin);
        let mut pair = raw::Backend { vt: null(), me: null_mut() };
        let create = plugin.create.expect("a plugin of ours");
        let children = child.as_slice();
        let (first, count) = (children.as_ptr(), children.len() as u32);
        // SAFETY: as the interface says.
        let status = unsafe {
            create(at, bytes, &config(), null(), first, count, &raw mut pair, null_mut())
        };
        assert_eq!(status, raw::OK);
        Self { memory, pair }
    }

    pub(super) fn vt(&self) -> &'static raw::BackendVt {
        // SAFETY: a constant of ours.
        unsafe { &*self.pair.vt }
    }

    pub(super) fn digest(&self) -> u64 {
        let mut digest = 0;
        let state_digest = self.vt().state_digest.expect("a table of ours");
        // SAFETY: as the interface says.
        let status = unsafe { state_digest(self.pair.me, &raw mut digest, null_mut()) };
        assert_eq!(status, raw::OK);
        digest
    }

    /// Begins a shot.
    pub(super) fn begin(&self) {
        let begin = self.vt().shot_begin.expect("a table of ours");
        // SAFETY: as the interface says.
        let status = unsafe { begin(self.pair.me, 1, 2, null_mut()) };
        assert_eq!(status, raw::OK);
    }

    pub(super) fn end(&self) -> raw::Status {
        let end = self.vt().shot_end.expect("a table of ours");
        // SAFETY: as the interface says.
        unsafe { end(self.pair.me, null_mut()) }
    }

    pub(super) fn destroy(self) {
        let destroy = self.vt().destroy.expect("a table of ours");
        // SAFETY: as the interface says: once, and nothing after it.
        unsafe { destroy(self.pair.me) };
        drop(self.memory);
    }
}

impl Made<raw::Runtime> {
    pub(super) fn runtime(plugin: &raw::Plugin) -> Self {
        let mut memory = Vec::new();
        let (at, bytes) = Self::at(&mut memory, plugin);
        let mut pair = raw::Runtime { vt: null(), me: null_mut() };
        let create = plugin.create_runtime.expect("a plugin of ours");
        // SAFETY: as the interface says.
        let status = unsafe { create(at, bytes, &config(), null(), &raw mut pair, null_mut()) };
        assert_eq!(status, raw::OK);
        Self { memory, pair }
    }

    pub(super) fn vt(&self) -> &'static raw::RuntimeVt {
        // SAFETY: a constant of ours.
        unsafe { &*self.pair.vt }
    }

    pub(super) fn destroy(self) {
        let destroy = self.vt().destroy.expect("a table of ours");
        // SAFETY: as the interface says: once, and nothing after it.
        unsafe { destroy(self.pair.me) };
        drop(self.memory);
    }
}
