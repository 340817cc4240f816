//! Counts as bars in a terminal.

use std::io::{self, Write};

use anstyle::Style;

use super::table::percent;

/// Most bars that are drawn.
const BARS_MAX: usize = 64;
/// Narrowest room for bars, also where the terminal is narrower.
const BAR_WIDTH_MIN: usize = 10;
/// Eighths of a cell, from nothing to full.
const EIGHTHS: [&str; 9] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];

/// The counts that are drawn: all, or the most frequent ones in their order where there are too
/// many; and how many are left out.
pub(super) fn chosen(counts: &[(String, u64)], bars_max: usize) -> (Vec<&(String, u64)>, usize) {
    if counts.len() <= bars_max {
        return (counts.iter().collect(), 0);
    }
    let mut by_count: Vec<usize> = (0..counts.len()).collect();
    by_count.sort_by_key(|&index| core::cmp::Reverse(counts[index].1));
    by_count.truncate(bars_max);
    by_count.sort_unstable();
    let chosen = by_count.into_iter().map(|index| &counts[index]).collect();
    (chosen, counts.len() - bars_max)
}

/// Draws the counts as horizontal bars in lines of at most `width` columns; bars in `bar`.
///
/// # Errors
/// Those of the writer.
pub fn write_histogram(
    counts: &[(String, u64)],
    width: usize,
    bar: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    let (chosen, left_out) = chosen(counts, BARS_MAX);
    let most = chosen.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let bits_width = chosen.iter().map(|(bits, _)| bits.len()).max().unwrap_or(0);
    let share_width = "100.0 %".len();
    let room = width.saturating_sub(bits_width + share_width + 4).max(BAR_WIDTH_MIN);
    for (bits, count) in chosen {
        let eighths = eighths(*count, most, room);
        let cells = format!("{}{}", EIGHTHS[8].repeat(eighths / 8), EIGHTHS[eighths % 8]);
        let share = percent(*count, total);
        writeln!(out, "{bits:<bits_width$}  {share:>share_width$}  {bar}{cells}{bar:#}")?;
    }
    if left_out > 0 {
        writeln!(out, "and {left_out} less frequent bit strings")?;
    }
    Ok(())
}

/// The length of a bar in eighths of a cell; a count that is not 0 shows.
fn eighths(count: u64, most: u64, room: usize) -> usize {
    let full = u128::from(count) * (room as u128 * 8) / u128::from(most);
    let eighths = usize::try_from(full).unwrap_or(room * 8);
    if count > 0 { eighths.max(1) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_fill_the_width_in_proportion() {
        let counts = [("00".to_owned(), 4), ("01".to_owned(), 0), ("11".to_owned(), 8)];
        let mut out = Vec::new();
        write_histogram(&counts, 29, Style::new(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let expected = "00   33.3 %  ████████\n01    0.0 %  \n11   66.7 %  ████████████████\n";
        assert_eq!(text, expected);
        assert!(text.lines().all(|line| line.chars().count() <= 29));
    }

    #[test]
    fn too_many_bars_leave_out_the_least_frequent() {
        let counts: Vec<(String, u64)> = (0..100).map(|n| (format!("{n:03}"), n)).collect();
        let (chosen, left_out) = chosen(&counts, 10);
        assert_eq!(left_out, 90);
        assert_eq!(chosen.first().unwrap().0, "090");
        assert_eq!(chosen.last().unwrap().0, "099");
    }
}
