//! A plugin's crate as a module image for a board: compiled as a static library, linked with
//! `host-ffi/module.ld`, packed by `pandia`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use super::boards::{BOARDS, Board};
use super::memory::{Regions, SLOTS};
use super::{fused, image};
use crate::console;
use crate::project::Project;
use crate::shell;
use crate::steps::Outcome;
use crate::steps::cargo_tests::build_some;

const FOLDER: &str = "targets/target/modules";

/// Where an image is to lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Placing {
    /// At the beginning of the first slot.
    #[default]
    FirstSlot,
    /// At the beginning of this slot.
    Slot(u64),
    /// At this address, where a slot begins.
    Base(u64),
    /// Wherever there is room.
    Anywhere,
}

/// What `cargo xtask module` was asked for.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) plugin: String,
    pub(crate) board: String,
    pub(crate) placing: Placing,
    pub(crate) out: Option<PathBuf>,
}

/// Makes the image that the command line asks for.
pub(crate) fn run(project: &Project) -> Result<Outcome> {
    let wanted = project.options.module.as_ref().context("no module was asked for")?;
    let board = BOARDS.iter().find(|board| board.name == wanted.board).with_context(|| {
        let names: Vec<&str> = BOARDS.iter().map(|board| board.name).collect();
        format!("no board is called {}; there are {}", wanted.board, names.join(", "))
    })?;
    build_packer(project)?;
    let image = make(project, board, &wanted.plugin, wanted.placing)?;
    let image = match &wanted.out {
        None => image,
        Some(out) => {
            let context = || format!("cannot write {}", out.display());
            std::fs::copy(project.root.join(&image), out).with_context(context)?;
            out.clone()
        }
    };
    console::say(&format!("{} is for {}", image.display(), board.name));
    Ok(Outcome::Done)
}

/// `target/debug/pandia`.
pub(super) fn build_packer(project: &Project) -> Result<()> {
    build_some(project, &["--bin", "pandia"])
}

pub(super) fn packer(project: &Project) -> String {
    project.root.join("target/debug/pandia").to_string_lossy().into_owned()
}

/// Compiles, links and packs; gives the image's path, seen from the root.
pub(super) fn make(
    project: &Project,
    board: &Board,
    plugin: &str,
    placing: Placing,
) -> Result<PathBuf> {
    let regions = Regions::of(project, board)?.with_context(|| {
        format!("{} keeps no memory for modules: its memory map has no MODULES", board.name)
    })?;
    let slot = match placing {
        Placing::FirstSlot => Some(0),
        Placing::Slot(slot) => Some(slot),
        Placing::Base(address) => Some(regions.slot_at(address)?),
        Placing::Anywhere => None,
    };
    ensure!(slot.is_none_or(|slot| slot < SLOTS), "there are slots 0 to {}", SLOTS - 1);
    let library = compile(project, board, plugin)?;
    let suffix = slot.map_or("anywhere".to_owned(), |slot| format!("slot{slot}"));
    // Not yet there if another board's family is built first.
    std::fs::create_dir_all(project.root.join(FOLDER)).context("cannot make the build folder")?;
    let elf = format!("{FOLDER}/{plugin}-{}-{suffix}.elf", board.name);
    link(project, &library, slot.map(|slot| regions.slot(slot)), &elf)?;
    fused::check(project, &format!("{plugin} for {}", board.name), &elf)?;
    let image = Path::new(&elf).with_extension("img");
    let machine = image::machine(board);
    let mut pack = shell::command(project, &packer(project), ["pack", &elf]);
    shell::run(pack.args(["--machine", &machine, "-o"]).arg(&image))?;
    Ok(image)
}

/// The plugin's crate, unchanged, as a static library.
fn compile(project: &Project, board: &Board, plugin: &str) -> Result<String> {
    let (package, library) = project.plugin(plugin)?;
    // Libraries of one target, with other flags, have one name.
    let own = if board.flags.is_empty() { "" } else { board.name };
    let folder = format!("{}/modules/{own}", image::folder(board));
    let mut cargo = shell::cargo(project, ["rustc", "--locked", "--profile", "module"]);
    cargo.args(["--package", package, "--lib", "--crate-type", "staticlib"]);
    cargo.args(["--target", board.target, "--target-dir", &folder]);
    image::with_flags(&mut cargo, board);
    shell::run(&mut cargo).with_context(|| {
        format!("{plugin} does not build without an operating system; a module cannot have one")
    })?;
    Ok(format!("{folder}/{}/module/lib{library}.a", board.target))
}

/// Links to a slot's addresses of flash and RAM, or to 0 if it may lie anywhere.
fn link(
    project: &Project,
    library: &str,
    slot: Option<(std::ops::Range<u64>, std::ops::Range<u64>)>,
    elf: &str,
) -> Result<()> {
    let linker = fused::tool(project, "rust-lld")?;
    let mut lld = shell::command(project, &linker, ["-flavor", "gnu", "-T", "host-ffi/module.ld"]);
    match slot {
        None => {
            lld.arg("--defsym=PANDIA_BASE=0");
        }
        Some((flash, ram)) if flash.start > 0 => {
            lld.arg(format!("--defsym=PANDIA_BASE={:#x}", flash.start));
            lld.arg(format!("--defsym=PANDIA_RAM={:#x}", ram.start));
        }
        Some(_) => bail!("a slot at address 0 would look like an image for anywhere"),
    }
    lld.args(["--gc-sections", "--emit-relocs", "--no-relax", library, "-o", elf]);
    shell::run(&mut lld)
}
