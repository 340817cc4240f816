//! Aligned tables for people: text to the left, numbers to the right.

use std::io::{self, Write};

use anstyle::Style;

/// Headings of tables.
pub(super) const HEADING: Style = Style::new().bold();

/// A table that is written once all its rows are known.
#[derive(Debug)]
pub(super) struct Table {
    headings: Vec<&'static str>,
    /// How many columns, from the left, hold text.
    text_columns: usize,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(text_columns: usize, headings: &[&'static str]) -> Self {
        Self { headings: headings.to_vec(), text_columns, rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let headings: Vec<String> = self.headings.iter().map(|&word| word.to_owned()).collect();
        let width = |column: usize| {
            let cells = self.rows.iter().chain([&headings]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..headings.len()).map(width).collect();
        writeln!(out, "{HEADING}{}{HEADING:#}", self.line(&headings, &widths))?;
        for row in &self.rows {
            writeln!(out, "{}", self.line(row, &widths))?;
        }
        Ok(())
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let cells = cells.iter().zip(widths).enumerate().map(|(column, (cell, &width))| {
            if column < self.text_columns {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(1, &["part", "calls"]);
        table.row(vec!["a long name".to_owned(), "7".to_owned()]);
        table.row(vec!["x".to_owned(), "1234567".to_owned()]);
        let mut out = Vec::new();
        table.write(&mut out).unwrap();
        let text = anstream::adapter::strip_bytes(&out).into_vec();
        let expected = "part           calls\n\
                        a long name        7\n\
                        x            1234567\n";
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }
}
