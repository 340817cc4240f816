//! The list itself, in order of the slots.

use super::{Gate, many_qubit as many, one_qubit as one};

/// Every built-in gate, in order of its slot, which begins at 1.
pub static LIST: &[Gate] = &ALL;

pub(super) const ALL: [Gate; 34] = [
    one::PHASED_X,
    one::RZ,
    many::ZZ_PHASE,
    one::RX,
    one::RY,
    many::XX_PHASE,
    many::YY_PHASE,
    many::PHASED_XX,
    one::I,
    one::X,
    one::Y,
    one::Z,
    one::H,
    one::S,
    one::SDG,
    one::T,
    one::TDG,
    one::SX,
    one::SXDG,
    one::U3,
    one::PHASE,
    many::CX,
    many::CY,
    many::CZ,
    many::CH,
    many::SWAP,
    many::ISWAP,
    many::CRZ,
    many::CPHASE,
    many::CCX,
    many::CSWAP,
    one::UNITARY_1Q,
    many::UNITARY_2Q,
    many::UNITARY_3Q,
];

/// The gate with this slot.
#[inline]
#[must_use]
pub const fn by_slot(slot: u16) -> Option<&'static Gate> {
    let index = (slot as usize).wrapping_sub(1);
    if index < LIST.len() { Some(&LIST[index]) } else { None }
}

/// The gate with this name or alias. Case counts: `T` and `t` happen to be the same gate.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Gate> {
    LIST.iter().find(|gate| gate.name == name || gate.aliases.contains(&name))
}

// A gate's place is its slot, which `by_slot` relies upon.
const _: () = {
    let mut index = 0;
    while index < ALL.len() {
        assert!(ALL[index].slot as usize == index + 1);
        index += 1;
    }
};
