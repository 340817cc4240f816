//! Instructions of the tight loop's pieces, counted exactly by a plugin of QEMU's.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use super::boards::Board;
use super::image;
use crate::project::Project;
use crate::shell;
use crate::steps::cargo_tests::build_some;

/// What one run of the tight loop's image gave.
#[derive(Debug, PartialEq)]
pub(super) struct Counted {
    /// Name, mean and largest number of instructions of each piece.
    pub(super) pieces: Vec<(String, u64, u64)>,
    pub(super) stack_bytes: u64,
}

/// Builds the plugin and gives its path.
pub(super) fn plugin(project: &Project) -> Result<String> {
    build_some(project, &["--lib"])?;
    Ok(project.root.join("target/debug/libpandia_qemu_count.so").to_string_lossy().into_owned())
}

/// Runs the image under the plugin.
pub(super) fn count(
    project: &Project,
    board: &Board,
    image: &str,
    plugin: &str,
) -> Result<Counted> {
    let file = project.root.join(format!("targets/target/{}.counts", board.name));
    let mut qemu = image::qemu(project, board, image, "");
    let ran = shell::output(qemu.args(["-plugin", plugin]).env("PANDIA_COUNTS", &file))?;
    let message = String::from_utf8_lossy(&ran.stderr);
    ensure!(ran.status.success(), "{} ended with {}: {message}", board.name, ran.status);
    let counts = fs::read_to_string(&file).context("the plugin wrote no counts")?;
    counted(&String::from_utf8_lossy(&ran.stdout), &counts)
        .with_context(|| format!("the tight loop on {}", board.name))
}

/// Puts the counts under the names that the image announced.
fn counted(printed: &str, counts: &str) -> Result<Counted> {
    let mut counts = counts.lines().map(str::parse::<u64>);
    let mut pieces = Vec::new();
    let mut stack_bytes = None;
    for line in printed.lines() {
        if let Some(bytes) = line.strip_prefix("stack ") {
            stack_bytes = Some(bytes.parse().context("no number of bytes")?);
            continue;
        }
        let announced = line.strip_prefix("count ").and_then(|rest| rest.split_once(' '));
        let (times, piece) = announced.with_context(|| format!("`{line}` announces nothing"))?;
        let times: usize = times.parse().with_context(|| format!("no number in `{line}`"))?;
        let of_piece = counts.by_ref().take(times).collect::<Result<Vec<u64>, _>>()?;
        ensure!(of_piece.len() == times && times > 0, "{piece} was not counted {times} times");
        let mean = of_piece.iter().sum::<u64>() / times as u64;
        pieces.push((piece.to_owned(), mean, of_piece.into_iter().max().unwrap_or(0)));
    }
    ensure!(counts.next().is_none(), "more was counted than announced");
    ensure!(!pieces.is_empty(), "nothing was announced");
    Ok(Counted { pieces, stack_bytes: stack_bytes.context("the stack was not measured")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_put_under_the_names_that_announced_them() -> Result<()> {
        let read = counted("count 2 a, b\ncount 1 c\nstack 96\n", "10\n20\n7\n")?;
        let pieces = vec![("a, b".to_owned(), 15, 20), ("c".to_owned(), 7, 7)];
        assert_eq!(read, Counted { pieces, stack_bytes: 96 });
        Ok(())
    }

    #[test]
    fn a_count_too_few_or_too_many_is_an_error() {
        for (printed, counts) in [
            ("count 2 a\nstack 1\n", "1\n"),
            ("count 1 a\nstack 1\n", "1\n2\n"),
            ("count 1 a\n", "1\n"),
            ("stack 1\n", ""),
            ("hello\nstack 1\n", ""),
        ] {
            assert!(counted(printed, counts).is_err(), "{printed} {counts}");
        }
    }
}
