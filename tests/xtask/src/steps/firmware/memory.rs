//! What a board's memory map keeps for modules, read from the map itself.

use std::fs;
use std::ops::Range;

use anyhow::{Context as _, Result, ensure};

use super::boards::Board;
use crate::project::Project;

/// As in `targets/modules`.
pub(super) const SLOTS: u64 = 4;

/// The regions of flash and RAM.
#[derive(Debug, PartialEq)]
pub(super) struct Regions {
    flash: Range<u64>,
    ram: Range<u64>,
}

impl Regions {
    /// `None` if the board keeps nothing for modules.
    pub(super) fn of(project: &Project, board: &Board) -> Result<Option<Self>> {
        let folder = project.root.join("targets").join(board.name);
        for name in ["memory.x", "memory.ld"] {
            let Ok(map) = fs::read_to_string(folder.join(name)) else { continue };
            if map.contains("MODULES") {
                return Self::from_map(&map)
                    .with_context(|| format!("targets/{}/{name}", board.name))
                    .map(Some);
            }
        }
        Ok(None)
    }

    fn from_map(map: &str) -> Result<Self> {
        let regions = Self { flash: region(map, "MODULES")?, ram: region(map, "MODULE_RAM")? };
        for region in [&regions.flash, &regions.ram] {
            let bytes = region.end - region.start;
            ensure!(
                bytes > 0 && bytes.is_multiple_of(SLOTS),
                "{bytes} bytes make no {SLOTS} slots"
            );
        }
        Ok(regions)
    }

    /// Addresses of a slot in flash and of the RAM that is kept for it.
    pub(super) fn slot(&self, index: u64) -> (Range<u64>, Range<u64>) {
        let piece = |region: &Range<u64>| {
            let bytes = (region.end - region.start) / SLOTS;
            let start = region.start + index * bytes;
            start..start + bytes
        };
        (piece(&self.flash), piece(&self.ram))
    }

    /// The slot that begins at this address.
    pub(super) fn slot_at(&self, address: u64) -> Result<u64> {
        let found = (0..SLOTS).find(|&index| self.slot(index).0.start == address);
        found.with_context(|| {
            let starts: Vec<String> =
                (0..SLOTS).map(|index| format!("{:#010x}", self.slot(index).0.start)).collect();
            format!("no slot begins at {address:#010x}; they begin at {}", starts.join(", "))
        })
    }
}

/// A line such as `NAME : ORIGIN = 0x00200000, LENGTH = 1024K`.
fn region(map: &str, name: &str) -> Result<Range<u64>> {
    let line = map.lines().find(|line| line.trim_start().split([' ', ':']).next() == Some(name));
    let line = line.with_context(|| format!("no region {name}"))?;
    let value = |key: &str| {
        let (_, rest) = line.split_once(key)?;
        Some(rest.trim_start().strip_prefix('=')?.trim().split(',').next()?.trim())
    };
    let origin = value("ORIGIN").and_then(|text| text.strip_prefix("0x"));
    let origin = origin.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    let length = value("LENGTH").and_then(|text| {
        let (digits, unit) = match text.as_bytes().last()? {
            b'K' => (&text[..text.len() - 1], 1024),
            b'M' => (&text[..text.len() - 1], 1024 * 1024),
            _ => (text, 1),
        };
        Some(digits.parse::<u64>().ok()? * unit)
    });
    let (origin, length) = origin
        .zip(length)
        .with_context(|| format!("`{line}` is no region with hexadecimal ORIGIN"))?;
    Ok(origin..origin + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = "MEMORY\n{\n  RAM : ORIGIN = 0x0, LENGTH = 64K\n  MODULES    : ORIGIN = \
                       0x00200000, LENGTH = 1024K\n  MODULE_RAM : ORIGIN = 0x20200000, LENGTH = 2M\n}\n";

    #[test]
    fn regions_are_cut_into_slots() -> Result<()> {
        let regions = Regions::from_map(MAP)?;
        assert_eq!(regions.slot(0), (0x20_0000..0x24_0000, 0x2020_0000..0x2028_0000));
        assert_eq!(regions.slot(3), (0x2c_0000..0x30_0000, 0x2038_0000..0x2040_0000));
        assert_eq!(regions.slot_at(0x28_0000)?, 2);
        assert!(regions.slot_at(0x28_0004).is_err());
        Ok(())
    }

    #[test]
    fn a_map_without_a_region_or_with_an_odd_one_is_refused() {
        for (old, new) in [("MODULE_RAM", "OTHER"), ("2M", "0K"), ("2M", "3"), ("0x2020", "2020")] {
            assert!(Regions::from_map(&MAP.replace(old, new)).is_err(), "{new}");
        }
    }
}
