//! What an image printed, cut into the outputs of its programs, and compared with the files.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

/// Name and output of each program, out of what `run_all` of the programs prints.
pub(super) fn sections_of(printed: &str) -> Result<Vec<(String, String)>> {
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in printed.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("== ") {
            sections.push((name.trim_end().to_owned(), String::new()));
        } else {
            let (_, text) = sections.last_mut().context("a line stands before any program")?;
            text.push_str(line);
        }
    }
    let end = sections.pop();
    ensure!(end.is_some_and(|(name, text)| name == "end" && text.is_empty()), "the end is missing");
    Ok(sections)
}

/// The programs that have an expected output, in order.
pub(super) fn expected_names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for file in fs::read_dir(folder).with_context(|| format!("no folder {}", folder.display()))? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "out") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// The first line that differs, as it should be and as it is.
pub(super) fn difference(expected: &str, written: &str) -> String {
    let mut lines = expected.lines().zip(written.lines());
    match lines.find(|(expected, written)| expected != written) {
        Some((expected, written)) => format!("  expected {expected}\n  written  {written}"),
        None => "  one is longer than the other".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_cut_at_its_headings_and_must_have_an_end() -> Result<()> {
        let sections = sections_of("== a\n1\n2\n== b\n== end\n")?;
        assert_eq!(sections, [("a".into(), "1\n2\n".into()), ("b".into(), String::new())]);
        for cut in ["", "1\n", "== a\n1\n", "== a\n== end\n2\n"] {
            assert!(sections_of(cut).is_err(), "{cut:?}");
        }
        Ok(())
    }

    #[test]
    fn a_difference_names_the_first_line_that_differs() {
        assert_eq!(difference("a\nb\n", "a\nc\n"), "  expected b\n  written  c");
        assert!(difference("a\n", "a\nb\n").contains("longer"));
    }
}
