//! Counts as a table for people and as CSV for programs.

use std::io::{self, Write};

use anstyle::Style;

/// Tenths of a percent: `503 of 1000` is `50.3 %`, rounded to nearest.
pub(super) fn percent(count: u64, total: u64) -> String {
    if total == 0 {
        return "0.0 %".to_owned();
    }
    let (count, total) = (u128::from(count), u128::from(total));
    let tenths = (count * 2000 + total) / (2 * total);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// Writes the counts as an aligned table with shares; headings in `heading`.
///
/// # Errors
/// Those of the writer.
pub fn write_table(
    counts: &[(String, u64)],
    heading: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let total = counts.iter().map(|(_, count)| count).sum();
    let bits_width = counts.iter().map(|(bits, _)| bits.len()).max().unwrap_or(0).max(4);
    let most = counts.iter().map(|&(_, count)| count).max().unwrap_or(0);
    let count_width = most.to_string().len().max(5);
    let titles = format!("{:<bits_width$}  {:>count_width$}  {:>7}", "bits", "shots", "share");
    writeln!(out, "{heading}{titles}{heading:#}")?;
    for (bits, count) in counts {
        let share = percent(*count, total);
        writeln!(out, "{bits:<bits_width$}  {count:>count_width$}  {share:>7}")?;
    }
    Ok(())
}

/// Writes the counts as CSV with the columns `bits` and `count`.
///
/// # Errors
/// Those of the writer.
pub fn write_csv(counts: &[(String, u64)], out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let failed = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    };
    csv.write_record(["bits", "count"]).map_err(failed)?;
    for (bits, count) in counts {
        csv.write_record([bits.as_str(), &count.to_string()]).map_err(failed)?;
    }
    csv.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned_and_says_shares() {
        let counts = [("0 00".to_owned(), 5), ("1 11".to_owned(), 123_456)];
        let mut out = Vec::new();
        write_table(&counts, Style::new(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let expected = "bits   shots    share\n\
                        0 00       5    0.0 %\n\
                        1 11  123456  100.0 %\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn csv_has_a_heading_and_a_row_for_each_bit_string() {
        let mut out = Vec::new();
        write_csv(&[("01 1".to_owned(), 7), (String::new(), 1)], &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "bits,count\n01 1,7\n,1\n");
    }

    #[test]
    fn shares_are_rounded_to_the_nearest_tenth() {
        assert_eq!(percent(503, 1000), "50.3 %");
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(2, 3), "66.7 %");
        assert_eq!(percent(u64::MAX, u64::MAX), "100.0 %");
        assert_eq!(percent(0, 0), "0.0 %");
    }
}
