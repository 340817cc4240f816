//! A fuzzer's bytes as small decisions.

/// Bytes that run out as zeros.
#[derive(Debug)]
pub(crate) struct Input<'a>(pub(crate) &'a [u8]);

impl Input<'_> {
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    pub(crate) fn word(&mut self) -> u64 {
        u64::from_le_bytes([(); 8].map(|()| self.byte()))
    }

    pub(crate) fn half(&mut self) -> u32 {
        self.word() as u32
    }

    /// True once in `n`.
    pub(crate) fn one_in(&mut self, n: u8) -> bool {
        // The end of the input is the usual case.
        self.byte() % n == n - 1
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.byte()) % of.len()]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
