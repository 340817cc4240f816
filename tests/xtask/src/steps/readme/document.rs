//! A Markdown file as text between examples: found, compared and put together again.
//!
//! Not here: running anything.

use anyhow::{Result, bail, ensure};

const FENCE: &str = "```";
const OPENING: &str = "```console";
const NOT_RUN: &str = "<!-- not run:";
const ANY_LINES: &str = "...";

/// One command and the output that the file shows for it.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) command: String,
    shown: Vec<String>,
}

#[derive(Debug)]
enum Piece {
    Line(String),
    Example(Example),
}

#[derive(Debug)]
pub(crate) struct Document {
    pieces: Vec<Piece>,
}

impl Document {
    /// Finds the examples.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut pieces = Vec::new();
        let mut lines = text.lines().enumerate();
        let mut said_before = "";
        while let Some((number, line)) = lines.next() {
            pieces.push(Piece::Line(line.to_owned()));
            if line.starts_with(OPENING) && !said_before.starts_with(NOT_RUN) {
                parse_block(&mut lines, &mut pieces, number)?;
            } else if line.starts_with(FENCE) {
                skip_block(&mut lines, &mut pieces);
            }
            if !line.trim().is_empty() {
                said_before = line;
            }
        }
        Ok(Self { pieces })
    }

    pub(crate) fn examples(&mut self) -> impl Iterator<Item = &mut Example> {
        self.pieces.iter_mut().filter_map(|piece| match piece {
            Piece::Example(example) => Some(example),
            Piece::Line(_) => None,
        })
    }

    /// The file's text, with what was rewritten.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            let lines: Vec<String> = match piece {
                Piece::Line(line) => vec![line.clone()],
                Piece::Example(example) => {
                    let command = format!("$ {}", example.command);
                    std::iter::once(command).chain(example.shown.iter().cloned()).collect()
                }
            };
            for line in lines {
                text.push_str(&line);
                text.push('\n');
            }
        }
        text
    }
}

/// Reads a block of commands and outputs up to and including its closing fence.
fn parse_block<'a>(
    lines: &mut impl Iterator<Item = (usize, &'a str)>,
    pieces: &mut Vec<Piece>,
    opened: usize,
) -> Result<()> {
    let mut example: Option<Example> = None;
    for (number, line) in lines {
        if line.starts_with(FENCE) {
            ensure!(example.is_some(), "line {}: the block holds no `$ command`", opened + 1);
            pieces.extend(example.map(Piece::Example));
            pieces.push(Piece::Line(line.to_owned()));
            return Ok(());
        }
        if let Some(command) = line.strip_prefix("$ ") {
            pieces.extend(example.take().map(Piece::Example));
            example = Some(Example { command: command.to_owned(), shown: Vec::new() });
        } else if let Some(example) = &mut example {
            example.shown.push(line.to_owned());
        } else {
            bail!("line {}: a console block begins with a line `$ command`", number + 1);
        }
    }
    bail!("line {}: the block is never closed", opened + 1)
}

fn skip_block<'a>(lines: &mut impl Iterator<Item = (usize, &'a str)>, pieces: &mut Vec<Piece>) {
    for (_, line) in lines {
        pieces.push(Piece::Line(line.to_owned()));
        if line.starts_with(FENCE) {
            return;
        }
    }
}

impl Example {
    /// What differs between the shown output and `printed`, if anything.
    pub(crate) fn difference(&self, printed: &str) -> Option<String> {
        let shown: Vec<&str> = self.shown.iter().map(|line| line.trim_end()).collect();
        let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
        if matches(&shown, &printed) {
            return None;
        }
        let both = |lines: &[&str]| lines.join("\n  | ");
        Some(format!(
            "shows\n  | {}\nbut prints\n  | {}\n(`cargo xtask readme --bless` rewrites it)",
            both(&shown),
            both(&printed)
        ))
    }

    /// Shows what was printed, unless the output is deliberately cut.
    pub(crate) fn rewrite(&mut self, printed: &str) {
        if !self.shown.iter().any(|line| line == ANY_LINES) {
            self.shown = printed.lines().map(|line| line.trim_end().to_owned()).collect();
        }
    }
}

/// Whether the lines are those shown, where a line `...` stands for any number of lines.
fn matches(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&ANY_LINES, rest)) => (0..=printed.len()).any(|skip| matches(rest, &printed[skip..])),
        Some((line, rest)) => printed.first() == Some(line) && matches(rest, &printed[1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
Text.
```console
$ first
one
two
$ second
```
<!-- not run: takes an hour -->
```console
$ third
```
```sh
$ fourth
```
";

    #[test]
    fn only_console_blocks_that_are_not_excused_are_examples() {
        let mut document = Document::parse(FILE).unwrap();
        let commands: Vec<String> = document.examples().map(|e| e.command.clone()).collect();
        assert_eq!(commands, ["first", "second"]);
        assert_eq!(document.text(), FILE);
    }

    #[test]
    fn another_output_is_a_difference_and_bless_shows_it() {
        let mut document = Document::parse(FILE).unwrap();
        let first = document.examples().next().unwrap();
        assert!(first.difference("one\ntwo\n").is_none());
        assert!(first.difference("one\nthree\n").is_some());
        first.rewrite("one\nthree\n");
        assert_eq!(document.text(), FILE.replace("two", "three"));
    }

    #[test]
    fn three_dots_stand_for_any_number_of_lines() {
        let shown = ["a", "...", "z"];
        assert!(matches(&shown, &["a", "z"]));
        assert!(matches(&shown, &["a", "b", "c", "z"]));
        assert!(!matches(&shown, &["a", "b"]));
    }

    #[test]
    fn a_block_without_a_command_or_an_end_is_refused_with_its_line() {
        let no_command = Document::parse("```console\nout\n```\n").unwrap_err().to_string();
        assert!(no_command.starts_with("line 2:"), "{no_command}");
        let open = Document::parse("\n```console\n$ a\n").unwrap_err().to_string();
        assert!(open.starts_with("line 2:"), "{open}");
    }
}
