//! Modules that the desktop writes to a board's flash over the link: parts of them in stacks give this
//! machine's digest, bad ones are refused and cost nothing, and a panic costs one module.
//!
//! QEMU is started once a board and stays, as a board on a desk does.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context as _, Result, bail, ensure};

use super::boards::{BOARDS, Board};
use super::module::{Placing, make, packer};
use crate::console;
use crate::project::Project;
use crate::shell;

/// One of each family that has slots.
pub(super) const ON: &[&str] = &["cortex-m4", "riscv32", "cortex-a53"];
const PROGRAM: &str = "host-std/examples/teleport.qasm";
/// An error model that no firmware has linked in, and its place on this machine.
const MODEL: &str = "dephasing";
/// Two of its parts; one panics where it is asked to.
const FAULTS: &str = "faults";
/// Who makes images.
static MAKES: Mutex<()> = Mutex::new(());
/// How long QEMU may take to open its socket.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is checked on one board, whose resident image is built.
pub(super) fn check(project: &Project, board: &Board, firmware: &str) -> Result<()> {
    let images = {
        // Boards that are checked at once make some of the same files.
        let _alone = MAKES.lock().unwrap_or_else(PoisonError::into_inner);
        Images::make(project, board)?
    };
    let desk = Desk::start(project, board, firmware)?;
    let model = desk.model();
    let refused = |arguments: &[&str], says: &[&str]| desk.refused(arguments, says);
    refused(&model, &["has no part pandia.dephasing"])?;
    desk.loads(&images.model, &[])?;
    desk.expect_slots(&["pandia.dephasing", "", "", ""])?;
    let here = desk.digest(&model[..model.len() - 2])?;
    let there = desk.digest(&model)?;
    ensure!(here == there, "{MODEL} on {} gives {there}, not {here}", board.name);
    desk.say("a module's part: same");

    // Nothing of this costs what is there.
    let at = ["board", "load", &desk.address];
    let load = |image: &Path, more: &[&str], says: &[&str]| {
        let image = image.to_string_lossy();
        refused(&[&at[..], &[&image], more].concat(), says)
    };
    load(&images.elsewhere, &["--slot", "0"], &["slot 0", images.elsewhere_for])?;
    load(&images.stranger, &["--slot", "0"], &["slot 0", "PNDIMAGE"])?;
    load(&images.model, &["--slot", "4"], &["no slot 4"])?;
    load(&images.fixed, &["--slot", "0"], &["slot 0", "linked"])?;
    desk.expect_slots(&["pandia.dephasing", "", "", ""])?;
    // These show at their end: their slot holds nothing, and the others what they held.
    load(&images.flipped, &[], &["slot 1"])?;
    load(&images.cut, &["--slot", "1"], &["slot 1"])?;
    ensure!(desk.digest(&model)? == here, "a refused image changed what is there");
    refused(&["board", "erase", &desk.address, "4"], &["no slot 4"])?;
    desk.good(&["board", "erase", &desk.address, "1"])?;
    desk.expect_slots(&["pandia.dephasing", "", "", ""])?;
    desk.say("images that are refused");

    // Linked to slot 2; a panic costs it until it is loaded again, and nobody else.
    desk.loads(&images.fixed, &[])?;
    desk.expect_slots(&["pandia.dephasing", "", "test.guarded", ""])?;
    let guarded = |how: &str| desk.guarded(how);
    let sound = desk.digest(&guarded("sound"))?;
    refused(&guarded("apply"), &["the coin is stuck in shot 5"])?;
    refused(&guarded("sound"), &["test.guarded is lost with the module of slot 2"])?;
    desk.expect_slots(&["pandia.dephasing", "", "lost: test.guarded", ""])?;
    ensure!(desk.digest(&model)? == here, "a panic changed another module");
    desk.loads(&images.fixed, &[])?;
    ensure!(desk.digest(&guarded("sound"))? == sound, "loaded again it gives other bits");
    desk.say("a panic costs its module");

    // Replaced without building or starting the firmware again.
    desk.loads(&images.fixed_model, &["--slot", "2"])?;
    refused(&model, &["is in slot 0 and in slot 2"])?;
    desk.good(&["board", "erase", &desk.address, "0"])?;
    ensure!(desk.digest(&model)? == here, "linked to its slot it gives other bits");
    desk.expect_slots(&["", "", "pandia.dephasing", ""])?;
    desk.say("a module that is replaced: same");
    Ok(())
}

/// A board that QEMU starts for a run gets its modules before it.
pub(super) fn check_run(project: &Project, board: &Board) -> Result<()> {
    let image = {
        let _alone = MAKES.lock().unwrap_or_else(PoisonError::into_inner);
        image_of(project, board, MODEL, Placing::Anywhere)?.to_string_lossy().into_owned()
    };
    let desk = Desk { project, board, address: format!("qemu:{}", board.name), qemu: None };
    let here = desk.digest(&desk.model()[..6])?;
    let model = desk.model();
    let there = desk.digest(&[&model[..], &["--board-module", &image]].concat())?;
    ensure!(here == there, "{MODEL} loaded to {} gives {there}, not {here}", board.name);
    desk.say("a module for a run: same");
    Ok(())
}

fn image_of(project: &Project, board: &Board, plugin: &str, to: Placing) -> Result<PathBuf> {
    Ok(project.root.join(make(project, board, plugin, to)?))
}

/// Images, good and bad.
struct Images {
    /// For anywhere.
    model: PathBuf,
    /// Of the faults, linked to slot 2.
    fixed: PathBuf,
    /// Of the model, linked to slot 2.
    fixed_model: PathBuf,
    flipped: PathBuf,
    cut: PathBuf,
    stranger: PathBuf,
    elsewhere: PathBuf,
    elsewhere_for: &'static str,
}

impl Images {
    fn make(project: &Project, board: &Board) -> Result<Self> {
        let other =
            BOARDS.iter().find(|other| ON.contains(&other.name) && other.name != board.name);
        let other = other.context("one board alone")?;
        let fixed = image_of(project, board, FAULTS, Placing::Slot(2))?;
        let bytes = fs::read(&fixed).context("cannot read an image")?;
        let folder = project.root.join("target/shelf");
        fs::create_dir_all(&folder).context("cannot make a folder")?;
        let write = |name: &str, bytes: &[u8]| -> Result<PathBuf> {
            let path = folder.join(format!("{}-{name}.img", board.name));
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
            Ok(path)
        };
        let anywhere = image_of(project, board, FAULTS, Placing::Anywhere)?;
        let mut flipped = fs::read(anywhere).context("cannot read an image")?;
        let middle = flipped.len() / 2;
        flipped[middle] ^= 0x10;
        let cut = flipped[..middle].to_vec();
        ensure!(bytes.len() > 1000, "an image of {} bytes", bytes.len());
        Ok(Self {
            model: image_of(project, board, MODEL, Placing::Anywhere)?,
            fixed_model: image_of(project, board, MODEL, Placing::Slot(2))?,
            fixed,
            flipped: write("flipped", &flipped)?,
            cut: write("cut", &cut)?,
            stranger: write("stranger", &[7; 3000])?,
            elsewhere: image_of(project, other, FAULTS, Placing::Anywhere)?,
            elsewhere_for: other.target,
        })
    }
}

/// A board that runs until this ends.
struct Desk<'a> {
    project: &'a Project,
    board: &'a Board,
    address: String,
    qemu: Option<Child>,
}

impl<'a> Desk<'a> {
    fn start(project: &'a Project, board: &'a Board, firmware: &str) -> Result<Self> {
        // A port that is free; QEMU opens it a moment later.
        let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|socket| socket.local_addr());
        let port = free.context("no port is free")?.port();
        // Where the table gives the first UART away, it is the line here.
        let machine = board.machine.strip_suffix(&["-serial", "null"]).unwrap_or(board.machine);
        let mut qemu = shell::command(project, board.qemu, machine.iter().copied());
        // Without it QEMU looks for sound on machines that have any, and complains.
        qemu.env("QEMU_AUDIO_DRV", "none");
        qemu.args(["-nographic", "-monitor", "none", "-chardev"]);
        qemu.arg(format!(
            "socket,id=link,host=127.0.0.1,port={port},server=on,wait=off,nodelay=on"
        ));
        qemu.args(["-serial", "chardev:link"]);
        qemu.args(["-semihosting-config", "enable=on,target=native", "-kernel", firmware]);
        let quiet = qemu.stdin(Stdio::null()).stdout(Stdio::null());
        let qemu = Some(quiet.spawn().with_context(|| format!("{} does not start", board.qemu))?);
        let desk = Self { project, board, address: format!("tcp:127.0.0.1:{port}"), qemu };
        let until = Instant::now() + PATIENCE;
        while !desk.run(&["board", "ping", &desk.address, "--timeout", "5"])?.0 {
            ensure!(Instant::now() < until, "{} does not answer", board.name);
            thread::sleep(Duration::from_millis(100));
        }
        Ok(desk)
    }

    fn say(&self, what: &str) {
        console::say(&format!("{:<12} {what}", self.board.name));
    }

    /// Whether the command succeeds, and what it prints.
    fn run(&self, arguments: &[&str]) -> Result<(bool, String, String)> {
        let command = packer(self.project);
        let mut pandia = shell::command(self.project, &command, arguments.iter().copied());
        let ran = shell::output(pandia.arg("--quiet"))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((ran.status.success(), text(&ran.stdout), text(&ran.stderr)))
    }

    fn good(&self, arguments: &[&str]) -> Result<String> {
        let (good, stdout, stderr) = self.run(arguments)?;
        ensure!(good, "{}: {arguments:?} failed: {stderr}", self.board.name);
        Ok(stdout)
    }

    fn refused(&self, arguments: &[&str], says: &[&str]) -> Result<()> {
        let (good, _, stderr) = self.run(arguments)?;
        let missing: Vec<&&str> = says.iter().filter(|text| !stderr.contains(**text)).collect();
        if good || !missing.is_empty() {
            bail!("{}: {arguments:?}: {missing:?} is not in {stderr:?}", self.board.name);
        }
        Ok(())
    }

    fn loads(&self, image: &Path, more: &[&str]) -> Result<()> {
        let image = image.to_string_lossy();
        let load = ["board", "load", &self.address, &image];
        self.good(&[&load[..], more].concat()).map(drop)
    }

    /// What is in the slots, or how it begins; empty for an empty one.
    fn expect_slots(&self, expected: &[&str; 4]) -> Result<()> {
        let list = self.good(&["board", "modules", &self.address])?;
        let column = list.lines().next().and_then(|headings| headings.find("module"));
        let column = column.with_context(|| format!("no list of modules: {list}"))?;
        let names: Vec<&str> =
            list.lines().skip(1).map(|line| line.get(column..).unwrap_or("").trim()).collect();
        let same = names.len() == 4
            && names.iter().zip(expected).all(|(name, expected)| {
                name.starts_with(expected) && name.is_empty() == expected.is_empty()
            });
        ensure!(same, "{}: the slots hold {names:?}, not {expected:?}", self.board.name);
        Ok(())
    }

    /// A run with the model on the board; without its last two words, here.
    fn model(&self) -> [&str; 8] {
        const NOISE: &str = "dephasing:gate.cx=0.2,gate.h=0.1";
        ["run", PROGRAM, "--shots=10", "--seed=7", "--noise", NOISE, "--board", &self.address]
    }

    /// A run whose simulator panics as it is asked to, or not.
    fn guarded(&self, how: &str) -> [&str; 8] {
        let simulator = match how {
            "sound" => "./target/debug/libpandia_faults.so#test.guarded:how=sound",
            _ => "./target/debug/libpandia_faults.so#test.guarded:how=apply",
        };
        [
            "run",
            PROGRAM,
            "--shots=10",
            "--seed=7",
            "--simulator",
            simulator,
            "--board",
            &self.address,
        ]
    }

    fn digest(&self, run: &[&str]) -> Result<String> {
        let printed = self.good(run)?;
        let digest = printed.lines().find_map(|line| line.strip_prefix("digest  "));
        Ok(digest.context("no digest")?.to_owned())
    }
}

impl Drop for Desk<'_> {
    fn drop(&mut self) {
        if let Some(qemu) = &mut self.qemu {
            // It may have ended by itself.
            let _ = qemu.kill();
            let _ = qemu.wait();
        }
    }
}
