//! Which relocations hold an address that has to be moved, by processor. A kind that is not listed
//! is refused: nobody knows whether it has to be moved.

use object::{Architecture, elf};
use pandia_core::image::MoveKind;

/// What moving the image means for a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// An address: it is moved.
    Absolute(MoveKind),
    /// The lower bits of an address, which stay because the image is aligned.
    Lower,
    /// A distance inside the image, or nothing at all.
    Distance,
}

/// `None` for a kind that images do not take.
pub(super) fn place(architecture: Architecture, kind: u32) -> Option<Place> {
    match architecture {
        Architecture::Arm => arm(kind),
        Architecture::Aarch64 => aarch64(kind),
        Architecture::Riscv32 => riscv32(kind),
        Architecture::Riscv64 => riscv64(kind),
        _ => None,
    }
}

/// The power of two by which an image for anywhere must be aligned because of lower bits alone.
pub(super) const fn align_log2(architecture: Architecture) -> u16 {
    match architecture {
        // Pages of `adrp`.
        Architecture::Aarch64 => 12,
        _ => 4,
    }
}

const fn arm(kind: u32) -> Option<Place> {
    Some(match kind {
        elf::R_ARM_ABS32 | elf::R_ARM_TARGET1 => Place::Absolute(MoveKind::Word32),
        elf::R_ARM_THM_MOVT_ABS => Place::Absolute(MoveKind::ThumbMovt),
        elf::R_ARM_THM_MOVW_ABS_NC => Place::Lower,
        elf::R_ARM_NONE
        | elf::R_ARM_REL32
        | elf::R_ARM_PREL31
        | elf::R_ARM_V4BX
        | elf::R_ARM_CALL
        | elf::R_ARM_JUMP24
        | elf::R_ARM_THM_PC22
        | elf::R_ARM_THM_JUMP24
        | elf::R_ARM_THM_JUMP19
        | elf::R_ARM_THM_JUMP6
        | elf::R_ARM_THM_PC11
        | elf::R_ARM_THM_PC9
        | elf::R_ARM_THM_PC12
        | elf::R_ARM_THM_PC8
        | elf::R_ARM_THM_ALU_PREL_11_0 => Place::Distance,
        _ => return None,
    })
}

const fn aarch64(kind: u32) -> Option<Place> {
    Some(match kind {
        elf::R_AARCH64_ABS64 => Place::Absolute(MoveKind::Word64),
        elf::R_AARCH64_ADD_ABS_LO12_NC
        | elf::R_AARCH64_LDST8_ABS_LO12_NC
        | elf::R_AARCH64_LDST16_ABS_LO12_NC
        | elf::R_AARCH64_LDST32_ABS_LO12_NC
        | elf::R_AARCH64_LDST64_ABS_LO12_NC
        | elf::R_AARCH64_LDST128_ABS_LO12_NC => Place::Lower,
        elf::R_AARCH64_NONE
        | elf::R_AARCH64_PREL64
        | elf::R_AARCH64_PREL32
        | elf::R_AARCH64_PREL16
        | elf::R_AARCH64_LD_PREL_LO19
        | elf::R_AARCH64_ADR_PREL_LO21
        | elf::R_AARCH64_ADR_PREL_PG_HI21
        | elf::R_AARCH64_ADR_PREL_PG_HI21_NC
        | elf::R_AARCH64_TSTBR14
        | elf::R_AARCH64_CONDBR19
        | elf::R_AARCH64_JUMP26
        | elf::R_AARCH64_CALL26 => Place::Distance,
        _ => return None,
    })
}

const fn riscv32(kind: u32) -> Option<Place> {
    Some(match kind {
        elf::R_RISCV_32 => Place::Absolute(MoveKind::Word32),
        elf::R_RISCV_HI20 => Place::Absolute(MoveKind::RiscvLui),
        elf::R_RISCV_LO12_I | elf::R_RISCV_LO12_S => Place::Lower,
        _ => return riscv(kind),
    })
}

/// `lui` of 64 bits reaches only the lowest and the highest 2 GiB, so it is not taken.
const fn riscv64(kind: u32) -> Option<Place> {
    match kind {
        elf::R_RISCV_64 => Some(Place::Absolute(MoveKind::Word64)),
        _ => riscv(kind),
    }
}

const fn riscv(kind: u32) -> Option<Place> {
    match kind {
        elf::R_RISCV_NONE
        | elf::R_RISCV_BRANCH
        | elf::R_RISCV_JAL
        | elf::R_RISCV_CALL
        | elf::R_RISCV_CALL_PLT
        | elf::R_RISCV_PCREL_HI20
        | elf::R_RISCV_PCREL_LO12_I
        | elf::R_RISCV_PCREL_LO12_S
        | elf::R_RISCV_ADD8..=elf::R_RISCV_SUB64
        | elf::R_RISCV_ALIGN
        | elf::R_RISCV_RVC_BRANCH
        | elf::R_RISCV_RVC_JUMP
        | elf::R_RISCV_RELAX
        | elf::R_RISCV_SUB6..=elf::R_RISCV_32_PCREL => Some(Place::Distance),
        _ => None,
    }
}
