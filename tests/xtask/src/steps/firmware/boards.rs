//! The boards that the firmware is for, and how QEMU plays them.

/// One board.
#[derive(Clone, Copy)]
pub(super) struct Board {
    /// Also the folder below `targets`; the package is `pandia-` and this.
    pub(super) name: &'static str,
    pub(super) target: &'static str,
    /// Compiler flags beyond those of the target.
    pub(super) flags: &'static str,
    pub(super) qemu: &'static str,
    pub(super) machine: &'static [&'static str],
    /// For a target that stable Rust has no core library for.
    pub(super) nightly: Option<Nightly>,
}

/// What such a board needs besides the nightly toolchain.
#[derive(Clone, Copy)]
pub(super) struct Nightly {
    /// Folder below `targets` of the image that another core runs to power on the board's.
    pub(super) released_by: &'static str,
    /// That core's target.
    pub(super) target: &'static str,
}

/// In the order of `BOARDS`; the Cortex-M7 shares its target with the Cortex-M4.
pub(crate) const TARGETS: &[&str] = &[
    "thumbv6m-none-eabi",
    "thumbv7em-none-eabihf",
    "riscv32imac-unknown-none-elf",
    "riscv32imafc-unknown-none-elf",
    "riscv64gc-unknown-none-elf",
    "armv7a-none-eabi",
    "aarch64-unknown-none",
];

pub(crate) const PROGRAMS: &[(&str, &str)] = &[
    ("qemu-system-arm", "qemu-system-arm"),
    ("qemu-system-aarch64", "qemu-system-arm"),
    ("qemu-system-riscv32", "qemu-system-misc"),
    ("qemu-system-riscv64", "qemu-system-misc"),
];

const VIRT: &[&str] = &["-M", "virt", "-bios", "none"];

pub(super) const BOARDS: &[Board] = &[
    Board {
        name: "cortex-m0",
        target: TARGETS[0],
        flags: "",
        qemu: "qemu-system-arm",
        machine: &["-M", "mps2-an385"],
        nightly: None,
    },
    Board {
        name: "cortex-m4",
        target: TARGETS[1],
        flags: "",
        qemu: "qemu-system-arm",
        machine: &["-M", "mps2-an386"],
        nightly: None,
    },
    Board {
        name: "cortex-m7",
        target: TARGETS[1],
        flags: "-Ctarget-cpu=cortex-m7",
        qemu: "qemu-system-arm",
        machine: &["-M", "mps2-an500"],
        nightly: None,
    },
    Board {
        name: "riscv32",
        target: TARGETS[2],
        flags: "",
        qemu: "qemu-system-riscv32",
        machine: VIRT,
        nightly: None,
    },
    Board {
        name: "riscv32f",
        target: TARGETS[3],
        flags: "",
        qemu: "qemu-system-riscv32",
        machine: VIRT,
        nightly: None,
    },
    Board {
        name: "riscv64",
        target: TARGETS[4],
        flags: "",
        qemu: "qemu-system-riscv64",
        machine: VIRT,
        nightly: None,
    },
    Board {
        name: "cortex-a9",
        target: TARGETS[5],
        flags: "",
        qemu: "qemu-system-arm",
        machine: &["-M", "xilinx-zynq-a9", "-serial", "null"],
        nightly: None,
    },
    Board {
        name: "cortex-a53",
        target: TARGETS[6],
        flags: "",
        qemu: "qemu-system-aarch64",
        machine: &["-M", "xlnx-zcu102", "-m", "2G", "-serial", "null"],
        nightly: None,
    },
];

/// Boards that are left out where there is no nightly toolchain.
pub(super) const EXTRA: &[Board] = &[Board {
    name: "cortex-r5f",
    target: "armv7r-none-eabihf",
    flags: "",
    qemu: "qemu-system-aarch64",
    // The first core of the RPU is number 4: six of them are there.
    machine: &["-M", "xlnx-zcu102", "-smp", "6", "-m", "2G", "-serial", "null"],
    nightly: Some(Nightly { released_by: "rpu-release", target: "aarch64-unknown-none" }),
}];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_board_is_a_folder_and_every_target_has_a_board() {
        let targets = concat!(env!("CARGO_MANIFEST_DIR"), "/../../targets");
        for board in BOARDS.iter().chain(EXTRA) {
            let manifest = format!("{targets}/{}/Cargo.toml", board.name);
            assert!(std::path::Path::new(&manifest).exists(), "no {manifest}");
        }
        for target in TARGETS {
            assert!(BOARDS.iter().any(|board| board.target == *target), "no board for {target}");
        }
    }
}
