//! Flash, RAM, stack and instructions of the tight loop on every board, against the committed table.

use std::fs;

use anyhow::{Context as _, Result, ensure};

use super::boards::{Board, EXTRA, TARGETS};
use super::image::by_folder;
use super::side_by_side::at_once;
use super::table::{Table, sizes};
use super::{controller, counts, fused, goals, hot, image, nightly, on_desktop};
use crate::console;
use crate::project::Project;
use crate::shell;
use crate::steps::Outcome;

const TABLE: &str = "targets/size.txt";

pub(crate) fn run(project: &Project) -> Result<Outcome> {
    let file = project.root.join(TABLE);
    let committed = fs::read_to_string(&file).with_context(|| format!("no {TABLE}"))?;
    let committed = Table::from_text(&committed)?;
    let plugin = counts::plugin(project)?;
    on_desktop::test(project)?;
    hot::can_fail(project, TARGETS)?;
    let (boards, missing) = nightly::boards(project)?;
    let tables = at_once(&by_folder(&boards), |board| {
        let mut table = Table::default();
        all(project, board, &plugin, &mut table)?;
        Ok(table)
    })?;
    let mut measured = Table::default();
    tables.into_iter().for_each(|table| measured.take(table));
    if let Some(why) = missing {
        for board in EXTRA {
            console::say(&format!("{:<12} NOT MEASURED: {why}", board.name));
            measured.keep(board.name, &committed);
        }
    }
    goals::check(&measured)?;
    if project.options.bless {
        fs::write(&file, measured.to_text()).context("cannot write the table")?;
        return Ok(Outcome::Done);
    }
    // Nobody pins that compiler.
    let is_loose = |board: &str| EXTRA.iter().any(|extra| extra.name == board);
    let differences = measured.differences(&committed, is_loose);
    console::say(&measured.to_text());
    ensure!(
        differences.is_empty(),
        "not as in {TABLE}; if that is meant, `cargo xtask bless` writes it anew:\n{}",
        differences.join("\n")
    );
    Ok(Outcome::Done)
}

/// Every row of a board.
fn all(project: &Project, board: &Board, plugin: &str, table: &mut Table) -> Result<()> {
    let image = image::build(project, board, "tight-loop")?;
    fused::check(project, board.name, &image)?;
    hot::check(project, board, &image, hot::ROOTS)?;
    measure(project, board, &image, plugin, table)?;
    worst(project, board, plugin, table)?;
    controller::measure(project, board, table)
}

/// The worst of each piece, from an image that does not stop before it has met all that decides it.
fn worst(project: &Project, board: &Board, plugin: &str, table: &mut Table) -> Result<()> {
    let image = image::build(project, board, "worst")?;
    hot::check(project, board, &image, hot::ROOTS)?;
    for (piece, _, most) in counts::count(project, board, &image, plugin)?.pieces {
        table.add(board.name, &format!("worst case, {piece}"), most);
    }
    Ok(())
}

/// Bytes in flash and in RAM, stack left out.
pub(super) fn flash_and_ram(project: &Project, board: &Board, image: &str) -> Result<(u64, u64)> {
    let tool = fused::tool(project, "llvm-size")?;
    let listed = shell::output(&mut shell::command(project, &tool, ["--format=sysv", image]))?;
    sizes(&String::from_utf8_lossy(&listed.stdout))
        .with_context(|| format!("the image of {}", board.name))
}

fn measure(
    project: &Project,
    board: &Board,
    image: &str,
    plugin: &str,
    table: &mut Table,
) -> Result<()> {
    let (flash, ram) = flash_and_ram(project, board, image)?;
    let counted = counts::count(project, board, image, plugin)?;
    table.add(board.name, "bytes: flash", flash);
    table.add(board.name, "bytes: RAM without stack", ram);
    table.add(board.name, "bytes: stack at most", counted.stack_bytes);
    for (piece, mean, most) in counted.pieces {
        table.add(board.name, &format!("{piece}: mean"), mean);
        table.add(board.name, &format!("{piece}: most"), most);
    }
    Ok(())
}
