//! On the heap.

use super::super::{Contents, ErrorKind};
use alloc::boxed::Box;

#[derive(Clone)]
pub(in super::super) struct Held(Box<Contents>);

impl Held {
    #[cold]
    pub(in super::super) fn new(contents: Contents) -> Self {
        Self(Box::new(contents))
    }

    /// What it says; if it has no place for that, no more than its kind.
    pub(in super::super) fn contents(&self) -> Result<&Contents, ErrorKind> {
        Ok(&self.0)
    }

    /// Changes it.
    pub(in super::super) fn change(&mut self, how: impl FnOnce(&mut Contents)) {
        how(&mut self.0);
    }

    /// Makes it one that came after part of the batch had been done.
    pub(in super::super) fn make_late(&mut self) {
        self.0.late = true;
    }
}
