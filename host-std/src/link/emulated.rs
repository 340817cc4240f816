//! Boards that QEMU plays: how it is started, and where their resident images are.
//!
//! The table repeats what `tests/xtask` knows of them, which may use nothing of ours.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use super::error::BoardError;
use super::kept::Kept;
use super::wire::Stop;

/// A board that QEMU plays.
#[derive(Debug, PartialEq, Eq)]
pub struct Emulated {
    /// What it is called.
    pub name: &'static str,
    /// Its processor and machine.
    pub summary: &'static str,
    qemu: &'static str,
    machine: &'static [&'static str],
    target: &'static str,
    /// Compiler flags beyond those of the target.
    flags: &'static str,
}

const VIRT: &[&str] = &["-M", "virt", "-bios", "none"];

const fn board(
    name: &'static str,
    summary: &'static str,
    qemu: &'static str,
    machine: &'static [&'static str],
    target: &'static str,
) -> Emulated {
    Emulated { name, summary, qemu, machine, target, flags: "" }
}

/// The boards that QEMU plays.
pub static EMULATED: &[Emulated] = &[
    board(
        "cortex-m0",
        "ARMv6-M on mps2-an385",
        "qemu-system-arm",
        &["-M", "mps2-an385"],
        "thumbv6m-none-eabi",
    ),
    board(
        "cortex-m4",
        "Cortex-M4F on mps2-an386",
        "qemu-system-arm",
        &["-M", "mps2-an386"],
        "thumbv7em-none-eabihf",
    ),
    Emulated {
        flags: "-Ctarget-cpu=cortex-m7",
        ..board(
            "cortex-m7",
            "Cortex-M7 on mps2-an500",
            "qemu-system-arm",
            &["-M", "mps2-an500"],
            "thumbv7em-none-eabihf",
        )
    },
    board(
        "riscv32",
        "RV32IMAC on virt",
        "qemu-system-riscv32",
        VIRT,
        "riscv32imac-unknown-none-elf",
    ),
    board(
        "riscv32f",
        "RV32IMAFC on virt",
        "qemu-system-riscv32",
        VIRT,
        "riscv32imafc-unknown-none-elf",
    ),
    board("riscv64", "RV64GC on virt", "qemu-system-riscv64", VIRT, "riscv64gc-unknown-none-elf"),
    board(
        "cortex-a9",
        "Cortex-A9 on xilinx-zynq-a9",
        "qemu-system-arm",
        &["-M", "xilinx-zynq-a9"],
        "armv7a-none-eabi",
    ),
    board(
        "cortex-a53",
        "Cortex-A53 on xlnx-zcu102",
        "qemu-system-aarch64",
        &["-M", "xlnx-zcu102", "-m", "2G"],
        "aarch64-unknown-none",
    ),
];

/// Names the folder in which resident images are looked for first.
const IMAGES_VARIABLE: &str = "PANDIA_BOARD_IMAGES";
/// Where this program was built; it need not be there any more.
const FIRMWARE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../targets");

impl Emulated {
    /// The image, wherever it is expected; it need not be there.
    #[must_use]
    pub fn image(&self) -> PathBuf {
        let name = format!("pandia-{}-resident", self.name);
        if let Some(folder) = env::var_os(IMAGES_VARIABLE) {
            return Path::new(&folder).join(name);
        }
        Path::new(FIRMWARE).join("target").join(self.target).join("release").join(name)
    }

    /// The command that builds the image.
    fn build_command(&self) -> String {
        let Self { name, target, flags, .. } = self;
        let variable = match *flags {
            "" => String::new(),
            flags => {
                let target = target.to_uppercase().replace('-', "_");
                format!("CARGO_TARGET_{target}_RUSTFLAGS={flags} ")
            }
        };
        format!(
            "in targets/: {variable}cargo build --release --package pandia-{name} --features resident \
             --bin pandia-{name}-resident --target {target}"
        )
    }

    /// Starts QEMU with the image and gives the line to its first UART.
    pub(super) fn start(
        &self,
        image: Option<&Path>,
        timeout: Duration,
        stop: &Stop,
    ) -> Result<(TcpStream, Running), BoardError> {
        let image = image.map_or_else(|| self.image(), Path::to_owned);
        if !image.is_file() {
            return Err(BoardError::new(
                format!("qemu:{}: there is no image {}", self.name, image.display()),
                format!(
                    "build it ({}), give one as qemu:{}=IMAGE, or name their folder in \
                     {IMAGES_VARIABLE}",
                    self.build_command(),
                    self.name
                ),
            ));
        }
        let failed = |what: &str, error: io::Error| {
            BoardError::new(
                format!("qemu:{}: {what}: {error}", self.name),
                format!("is {} installed, and can local sockets be used?", self.qemu),
            )
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|e| failed("no socket", e))?;
        let port = listener.local_addr().map_err(|e| failed("no socket", e))?.port();
        listener.set_nonblocking(true).map_err(|e| failed("no socket", e))?;
        let said = tempfile::tempfile().map_err(|e| failed("no temporary file", e))?;
        let stderr = said.try_clone().map_err(|e| failed("no temporary file", e))?;
        let mut command = Command::new(self.qemu);
        command.args(self.machine).args(["-nographic", "-monitor", "none", "-chardev"]);
        command.arg(format!("socket,id=link,host=127.0.0.1,port={port},nodelay=on"));
        command.args(["-serial", "chardev:link"]);
        command.args(["-semihosting-config", "enable=on,target=native", "-kernel"]).arg(&image);
        // Without it QEMU looks for sound on machines that have any, and complains.
        command.env("QEMU_AUDIO_DRV", "none");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
        let child = Kept::spawn(command).map_err(|error| failed(self.qemu, error))?;
        let mut running = Running { child, said };
        let until = Instant::now() + timeout;
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    let ready = stream.set_nonblocking(false);
                    return ready.map(|()| (stream, running)).map_err(|e| failed("its socket", e));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(failed("its socket", error)),
            }
            if let Some(ending) = running.ending() {
                let message = format!("qemu:{}: QEMU {ending}", self.name);
                return Err(BoardError::new(message, "try the image by hand (docs/boards.md)"));
            }
            if Instant::now() > until || stop.is_wanted() {
                let message = format!("qemu:{}: QEMU does not open its UART", self.name);
                return Err(BoardError::new(message, "try the image by hand (docs/boards.md)"));
            }
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A QEMU of ours; it ends with this.
#[derive(Debug)]
pub(super) struct Running {
    child: Kept,
    said: File,
}

impl Running {
    /// How it ended, and its last words; `None` while it runs.
    pub(super) fn ending(&mut self) -> Option<String> {
        let status = self.child.ended()?;
        let mut words = String::new();
        let _ = self.said.rewind();
        // Words that cannot be read say nothing.
        let _ = (&self.said).take(4096).read_to_string(&mut words);
        let words = words.trim().replace('\n', "; ");
        Some(if words.is_empty() {
            format!("ended with {status}")
        } else {
            format!("ended with {status}: {words}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_board_has_a_folder_with_a_resident_image_in_its_manifest() {
        for board in EMULATED {
            let manifest = Path::new(FIRMWARE).join(board.name).join("Cargo.toml");
            let text = std::fs::read_to_string(&manifest).unwrap();
            assert!(text.contains(&format!("\"pandia-{}-resident\"", board.name)));
        }
    }

    #[test]
    fn an_image_that_is_not_there_is_named_with_the_command_that_builds_it() {
        let error =
            EMULATED[1].start(Some(Path::new("/nowhere/image")), Duration::ZERO, &Stop::default());
        let error = error.map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("no image /nowhere/image"));
        assert!(error.help().unwrap().contains("--package pandia-cortex-m4 --features resident"));
    }
}
