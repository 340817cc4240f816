//! How often each bit string came.

use std::collections::HashMap;
use std::io;

use pandia_core::ids::ShotId;

use super::bits::BitLayout;
use crate::runner::ShotSink;

/// Counts bit strings. Memory grows with the number of different ones, not of shots.
#[derive(Clone, Debug)]
pub struct Counts {
    layout: BitLayout,
    // Looked up by key only; whoever reads them gets them sorted.
    counts: HashMap<Box<[u8]>, u64>,
    text: Vec<u8>,
    total: u64,
}

impl Counts {
    /// Counts nothing yet.
    #[must_use]
    pub fn new(layout: BitLayout) -> Self {
        Self { layout, counts: HashMap::new(), text: Vec::new(), total: 0 }
    }

    /// How many shots were counted.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// Bit strings with their counts, sorted by bit string.
    #[must_use]
    pub fn sorted(&self) -> Vec<(String, u64)> {
        let text = |key: &[u8]| String::from_utf8_lossy(key).into_owned();
        let mut all: Vec<(String, u64)> =
            self.counts.iter().map(|(key, &count)| (text(key), count)).collect();
        all.sort_unstable();
        all
    }
}

impl ShotSink for Counts {
    fn shot(&mut self, _: ShotId, bits: &[u8]) -> io::Result<()> {
        self.layout.write(bits, &mut self.text);
        self.total += 1;
        if let Some(count) = self.counts.get_mut(self.text.as_slice()) {
            *count += 1;
        } else {
            self.counts.insert(self.text.clone().into_boxed_slice(), 1);
        }
        Ok(())
    }
}
