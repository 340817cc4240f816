//! Modules in flash on every board that keeps room for them: the digests of the same parts as dylibs
//! on this machine, refusals with their reasons, and a panic that costs one module.
//!
//! The firmware is built once; only what is loaded beside it changes. What is refused: [`super::refused`].

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use super::boards::{BOARDS, Board};
use super::image;
use super::image::by_folder;
use super::memory::{Regions, SLOTS};
use super::module::{Placing, make, packer};
use super::on_desktop;
use super::side_by_side::at_once;
use crate::console;
use crate::project::Project;
use crate::shell;
use crate::steps::Outcome;
use crate::steps::cargo_tests::build_some;

/// The error models of the two stacks, over `state_vector_f32`.
const DEPOLARIZING: (&str, &str) = ("depolarizing", "p_1q=0.05,p_2q=0.1");
pub(super) const READOUT: (&str, &str) = ("readout", "p_1_given_0=0.02,p_0_given_1=0.2");
const SIMULATOR: &str = "state_vector_f32";
const RUNTIME: &str = "simple";
const PROGRAM: &str = "targets/programs/compiled/grover.pandia";
const SHOTS: &str = "50";
const SEED: &str = "7";

/// An image in a slot.
pub(super) type Loaded<'a> = (u64, &'a Path);

pub(crate) fn run(project: &Project) -> Result<Outcome> {
    // The dylibs that are compared with, and what packs images.
    build_some(project, &["--lib", "--bin", "pandia"])?;
    on_desktop::test(project)?;
    let expected = [digest(project, DEPOLARIZING, None)?, digest(project, READOUT, Some(RUNTIME))?];
    ensure!(expected[0] != expected[1], "two error models give one digest: nothing is compared");
    // Boards that are built in one folder one after the other, and each with what may go wrong in its own.
    let benches = at_once(&by_folder(BOARDS), |board| {
        let Some(regions) = Regions::of(project, board)? else { return Ok(None) };
        let firmware = image::programs(project, board)?;
        let bench = Bench { project, board: *board, regions, firmware };
        let images = Images::make(&bench)?;
        Ok(Some((bench, images)))
    })?;
    let benches: Vec<_> = benches.into_iter().flatten().collect();
    ensure!(benches.len() > 1, "fewer than two boards keep memory for modules");
    let order: Vec<usize> = (0..benches.len()).collect();
    at_once(&order, |&index| {
        let (bench, images) = &benches[index];
        bench.same_digests(images, &expected)?;
        bench.a_runtime_drives_the_stack(images, &expected)?;
        bench.a_panic_costs_the_module(images, &expected)?;
        let (_, others) = &benches[(index + 1) % benches.len()];
        bench.refusals(images, &others.depolarizing)?;
        bench.contradictions(images)
    })?;
    Ok(Outcome::Done)
}

/// The digest of the parts as dylibs on this machine.
fn digest(
    project: &Project,
    (name, settings): (&str, &str),
    runtime: Option<&str>,
) -> Result<String> {
    let library = |part: &str| format!("./target/debug/libpandia_{part}.so");
    let noise = format!("{}:{settings}", library(name));
    let simulator = library(SIMULATOR);
    let run = ["run", PROGRAM, "--shots", SHOTS, "--seed", SEED, "--noise", &noise];
    let mut pandia = shell::command(project, &packer(project), run);
    if let Some(runtime) = runtime {
        pandia.args(["--runtime", &library(runtime)]);
    }
    let ran = shell::output(pandia.args(["--simulator", &simulator, "--quiet"]))?;
    let printed = String::from_utf8_lossy(&ran.stdout);
    let digest = printed.lines().find_map(|line| line.strip_prefix("digest"));
    let digest = digest.filter(|_| ran.status.success()).with_context(|| {
        format!("{name} as a dylib: {}\n{printed}", String::from_utf8_lossy(&ran.stderr))
    })?;
    Ok(digest.trim().to_owned())
}

/// The words that ask the firmware for the same run; QEMU wants commas doubled.
pub(super) fn words((name, settings): (&str, &str)) -> String {
    let settings = settings.replace(',', ",,");
    format!("shots={SHOTS},arg=seed={SEED},arg=noise={name}:{settings},arg=simulator={SIMULATOR}")
}

/// What is loaded on one board.
pub(super) struct Images {
    /// The error models, linked to slot 0.
    pub(super) fixed: [PathBuf; 2],
    /// The simulator, linked to slot 1.
    pub(super) fixed_simulator: PathBuf,
    pub(super) depolarizing: PathBuf,
    pub(super) simulator: PathBuf,
    /// Linked to slot 3, and for anywhere.
    pub(super) runtimes: [PathBuf; 2],
    /// Linked to slot 2; it has a variable with a first value.
    pub(super) fixed_faults: PathBuf,
    pub(super) faults: PathBuf,
}

impl Images {
    fn make(bench: &Bench<'_>) -> Result<Self> {
        let make = |plugin, placing| {
            make(bench.project, &bench.board, plugin, placing)
                .map(|image| bench.project.root.join(image))
        };
        Ok(Self {
            fixed: [
                make(DEPOLARIZING.0, Placing::FirstSlot)?,
                make(READOUT.0, Placing::Base(bench.regions.slot(0).0.start))?,
            ],
            fixed_simulator: make(SIMULATOR, Placing::Slot(1))?,
            depolarizing: make(DEPOLARIZING.0, Placing::Anywhere)?,
            simulator: make(SIMULATOR, Placing::Anywhere)?,
            runtimes: [make(RUNTIME, Placing::Slot(3))?, make(RUNTIME, Placing::Anywhere)?],
            fixed_faults: make("faults", Placing::Slot(2))?,
            faults: make("faults", Placing::Anywhere)?,
        })
    }
}

/// One board with its firmware.
pub(super) struct Bench<'a> {
    pub(super) project: &'a Project,
    pub(super) board: Board,
    pub(super) regions: Regions,
    pub(super) firmware: String,
}

/// What came of a start.
pub(super) struct Ran {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) log: String,
}

impl Bench<'_> {
    /// Starts the firmware with images beside it; `words` are joined by `,arg=`.
    pub(super) fn start(&self, words: &str, images: &[Loaded<'_>]) -> Result<Ran> {
        let word = if words.is_empty() { "modules" } else { &format!("modules,arg={words}") };
        let mut qemu = image::qemu(self.project, &self.board, &self.firmware, word);
        for (slot, image) in images {
            let at = self.regions.slot(*slot).0.start;
            let image = image.to_string_lossy();
            qemu.args(["-device", &format!("loader,file={image},addr={at:#x},force-raw=on")]);
        }
        let ran = shell::output(&mut qemu)?;
        Ok(Ran {
            code: ran.status.code(),
            stdout: String::from_utf8_lossy(&ran.stdout).into_owned(),
            log: image::log(self.project, &self.firmware, &ran.stderr)?,
        })
    }

    /// The exit code is this one, and each text is somewhere in what was printed.
    pub(super) fn expect(&self, what: &str, ran: &Ran, code: i32, texts: &[&str]) -> Result<()> {
        let printed = format!("{}{}", ran.stdout, ran.log);
        let missing: Vec<&&str> = texts.iter().filter(|text| !printed.contains(**text)).collect();
        if ran.code != Some(code) || !missing.is_empty() {
            bail!(
                "{}, {what}: ended with {:?} and not {code}, or {missing:?} is not in\n{printed}",
                self.board.name,
                ran.code
            );
        }
        console::say(&format!("{:<12} {what}", self.board.name));
        Ok(())
    }

    /// Both forms, and a module that is replaced beside the same firmware.
    fn same_digests(&self, images: &Images, expected: &[String; 2]) -> Result<()> {
        let line = |digest: &str| format!("run 1: {SHOTS} shots, digest {digest}");
        let fixed = [(0, &*images.fixed[0]), (1, &*images.fixed_simulator)];
        let ran = self.start(&words(DEPOLARIZING), &fixed)?;
        let id = "pandia.state_vector_f32";
        self.expect("fixed: as the dylibs", &ran, 0, &[&line(&expected[0]), id])?;
        let replaced = [(0, &*images.fixed[1]), (1, &*images.fixed_simulator)];
        let ran = self.start(&words(READOUT), &replaced)?;
        self.expect("replaced: as the dylibs", &ran, 0, &[&line(&expected[1])])?;
        // Another order of slots than before, and a gap.
        let anywhere = [(3, &*images.depolarizing), (1, &*images.simulator)];
        let ran = self.start(&words(DEPOLARIZING), &anywhere)?;
        let empty = ["slot 0 at", ": empty", "anywhere"];
        self.expect(
            "anywhere: as the dylibs",
            &ran,
            0,
            &[&line(&expected[0]), empty[1], empty[2]],
        )?;
        let ran = self.start(&words(READOUT), &anywhere)?;
        let none = "there is no part readout, linked in or in a slot";
        self.expect("none there", &ran, 1, &[none, "failed: 1 of 1 runs"])
    }

    /// A runtime of a module, fixed and anywhere, over a stack of modules.
    fn a_runtime_drives_the_stack(&self, images: &Images, expected: &[String; 2]) -> Result<()> {
        let line = format!("run 1: {SHOTS} shots, digest {}", expected[1]);
        let words = format!("{},arg=runtime={RUNTIME}", words(READOUT));
        for runtime in &images.runtimes {
            let loaded = [(0, &*images.fixed[1]), (1, &*images.simulator), (3, &**runtime)];
            let ran = self.start(&words, &loaded)?;
            let says = [&*line, "pandia.simple ", ": runtime"];
            self.expect("a module's runtime: as the dylib", &ran, 0, &says)?;
        }
        let ran = self.start(&words, &[(0, &*images.fixed[1])])?;
        self.expect("no runtime there", &ran, 1, &["there is no part simple"])?;
        let ran = self.start("runtime=state_vector_f32", &[])?;
        self.expect("no runtime", &ran, 1, &["pandia.state_vector_f32 is no runtime"])
    }

    /// The module that broke down is refused from then on; all others go on, also the error model
    /// that lay above it.
    fn a_panic_costs_the_module(&self, images: &Images, expected: &[String; 2]) -> Result<()> {
        let broken = format!("noise={}:p_1q=0.5,arg=simulator=guarded:how=apply", DEPOLARIZING.0);
        let again = "simulator=guarded";
        let runs = format!("{broken},arg=then,arg={again},arg=then,arg={}", words(DEPOLARIZING));
        let says = [
            "run 1: test.guarded: panicked: the coin is stuck in shot 5",
            "run 2: test.guarded is lost with the module of slot 2: test.guarded: panicked: the coin",
            &format!("run 3: {SHOTS} shots, digest {}", expected[0]),
            "failed: 2 of 3 runs",
        ];
        for faults in [&images.fixed_faults, &images.faults] {
            let loaded = [(0, &*images.fixed[0]), (1, &*images.simulator), (2, &**faults)];
            let ran = self.start(&runs, &loaded)?;
            self.expect("a panic costs its module", &ran, 1, &says)?;
        }
        let loaded = [(0, &*images.fixed[0]), (2, &*images.faults)];
        let ran = self.start("simulator=guarded:how=create,arg=then,arg=shots=1", &loaded)?;
        let says = ["run 1: test.guarded: panicked: the coin cannot be made", "run 2: 1 shots"];
        self.expect("a panic while it is built", &ran, 1, &says)
    }
}

const _: () = assert!(SLOTS == 4);
