//! The committed table of sizes and instruction counts: one number a line, compared within a margin.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};

/// A number may be off by so many percent: another version of QEMU changes none, one of the
/// compiler changes all a little.
const MARGIN_PERCENT: u64 = 3;
/// As above, where the compiler is another one every day.
const LOOSE_PERCENT: u64 = 10;

const HEADER: &str = "\
# Sizes and instruction counts of the tight loop's image (docs/boards.md). One unit: bytes or
# instructions, never cycles. Written by `cargo xtask bless`, compared by `cargo xtask size`.
";

#[derive(Debug, Default, PartialEq)]
pub(super) struct Table {
    rows: BTreeMap<(String, String), u64>,
}

impl Table {
    pub(super) fn add(&mut self, board: &str, what: &str, number: u64) {
        self.rows.insert((board.to_owned(), what.to_owned()), number);
    }

    pub(super) fn number(&self, board: &str, what: &str) -> Option<u64> {
        self.rows.get(&(board.to_owned(), what.to_owned())).copied()
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = HEADER.to_owned();
        for ((board, what), number) in &self.rows {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{board:<11} {what:<54} {number:>8}");
        }
        text
    }

    pub(super) fn from_text(text: &str) -> Result<Self> {
        let mut table = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let row = line.split_once(' ').and_then(|(board, rest)| {
                rest.rsplit_once(' ').map(|(what, number)| (board, what.trim(), number))
            });
            let (board, what, number) = row.with_context(|| format!("`{line}` is no row"))?;
            let number = number.parse().with_context(|| format!("`{line}` ends in no number"))?;
            table.add(board, what, number);
        }
        Ok(table)
    }

    /// Takes over all rows.
    pub(super) fn take(&mut self, other: Self) {
        self.rows.extend(other.rows);
    }

    /// Takes over the rows of a board that nobody has measured.
    pub(super) fn keep(&mut self, board: &str, committed: &Self) {
        let rows = committed.rows.iter().filter(|((of, _), _)| of == board);
        self.rows.extend(rows.map(|(key, number)| (key.clone(), *number)));
    }

    /// What is not as in `committed`, one sentence each; with a wider margin on boards that are loose.
    pub(super) fn differences(
        &self,
        committed: &Self,
        is_loose: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let mut differences = Vec::new();
        for (key @ (board, what), number) in &self.rows {
            let margin = if is_loose(board) { LOOSE_PERCENT } else { MARGIN_PERCENT };
            match committed.rows.get(key) {
                None => differences.push(format!("{board}, {what}: {number}, not committed yet")),
                Some(known) if known.abs_diff(*number) * 100 > margin * known => {
                    differences.push(format!("{board}, {what}: {number}, committed {known}"));
                }
                Some(_) => {}
            }
        }
        let gone = committed.rows.keys().filter(|key| !self.rows.contains_key(*key));
        differences
            .extend(gone.map(|(board, what)| format!("{board}, {what}: no longer measured")));
        differences
    }
}

/// Bytes in flash and in RAM (stack and heap left out), from `llvm-size --format=sysv`.
pub(super) fn sizes(listed: &str) -> Result<(u64, u64)> {
    const FLASH: &[&str] = &[".vector", ".init", ".text", ".rodata", ".got", ".data"];
    const RAM: &[&str] = &[".data", ".bss", ".uninit"];
    let (mut flash, mut ram) = (0, 0);
    for line in listed.lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(size)) = (words.next(), words.next()) else { continue };
        let Ok(size) = size.parse::<u64>() else { continue };
        let is_one_of = |names: &[&str]| names.iter().any(|begin| name.starts_with(begin));
        flash += if is_one_of(FLASH) { size } else { 0 };
        ram += if is_one_of(RAM) { size } else { 0 };
    }
    ensure!(flash > 0, "no section of the image lies in flash");
    Ok((flash, ram))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(number: u64) -> Table {
        let mut table = Table::default();
        table.add("cortex-m4", "flash bytes", number);
        table
    }

    #[test]
    fn a_table_is_read_as_it_was_written() -> Result<()> {
        assert_eq!(Table::from_text(&table(7).to_text())?, table(7));
        for bad in ["cortex-m4", "cortex-m4 flash bytes", ""] {
            assert!(Table::from_text(&format!("{bad}\n")).is_err(), "{bad}");
        }
        Ok(())
    }

    #[test]
    fn only_what_is_beyond_the_margin_or_missing_differs() {
        let count = |one: Table, other: Table, is_loose: bool| {
            one.differences(&other, |board| is_loose && board == "cortex-m4").len()
        };
        for (number, differences) in [(1000, 0), (1030, 0), (970, 0), (1031, 1), (969, 1)] {
            assert_eq!(count(table(number), table(1000), false), differences, "{number}");
        }
        assert_eq!(count(table(1100), table(1000), true), 0);
        assert_eq!(count(table(1101), table(1000), true), 1);
        assert_eq!(count(table(1), Table::default(), true), 1);
        assert_eq!(count(Table::default(), table(1), true), 1);
    }

    #[test]
    fn rows_of_a_board_that_was_not_measured_are_kept() {
        let mut measured = Table::default();
        measured.keep("cortex-m7", &table(1));
        assert_eq!(measured, Table::default());
        measured.keep("cortex-m4", &table(1));
        assert_eq!(measured, table(1));
    }

    #[test]
    fn initialised_data_lies_in_flash_and_in_ram() -> Result<()> {
        let listed = "image  :\nsection size addr\n.text 100 0\n.data 8 536870912\n.bss 16 536870920\n\
                      .stack 4096 536875008\n.debug_line 9000 0\nTotal 13220\n";
        assert_eq!(sizes(listed)?, (108, 24));
        assert!(sizes("section size addr\n").is_err());
        Ok(())
    }
}
