//! Gates after their definitions are unfolded: built-in gates, controls, modifiers, powers.
//! Not here: names in scope, parameters' expressions, operands.

mod control;
mod legal;
mod matrix;
mod modify;

pub(crate) use control::controlled;
pub(crate) use legal::legalise;
pub(crate) use modify::{inverse, power};

use pandia_core::op::gates::slot;

use super::ir::{Expr, QubitRef};

/// What a [`Prim`] does to its targets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Op {
    /// A built-in gate.
    Native(u16, Vec<Expr>),
    /// A matrix on one to three qubits, row-major, re and im in turn.
    Matrix(Vec<f64>),
    /// A phase of everything: only its controlled form can be observed.
    Phase(Expr),
    /// Keeps the order of operations. Not controlled, not inverted.
    Barrier,
}

/// One built-in operation with controls in front.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prim {
    pub(crate) op: Op,
    pub(crate) controls: Vec<QubitRef>,
    pub(crate) targets: Vec<QubitRef>,
    /// Stands before and, inverted, behind something: when that is controlled, this need not be.
    pub(crate) frame: bool,
}

/// Why a modifier cannot be applied, and the way out.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) message: String,
    pub(crate) help: &'static str,
    /// Operations that were unfolded before it was clear.
    pub(crate) work: u64,
}

/// A gate may unfold into so many operations.
pub(crate) const PRIMS_MAX: usize = 1 << 18;

pub(crate) fn too_many() -> Refusal {
    Refusal {
        message: format!("this gate unfolds into more than {PRIMS_MAX} operations"),
        help: "use a smaller power or fewer controls, or a loop",
        work: PRIMS_MAX as u64,
    }
}

impl Prim {
    pub(crate) fn native(slot: u16, params: Vec<Expr>, targets: Vec<QubitRef>) -> Self {
        Self { op: Op::Native(slot, params), controls: Vec::new(), targets, frame: false }
    }

    pub(crate) fn phase(angle: Expr) -> Self {
        Self { op: Op::Phase(angle), controls: Vec::new(), targets: Vec::new(), frame: false }
    }

    pub(crate) fn framed(mut self) -> Self {
        self.frame = true;
        self
    }

    /// All parameters are known now.
    pub(crate) fn is_const(&self) -> bool {
        match &self.op {
            Op::Native(_, params) => params.iter().all(Expr::is_const),
            Op::Phase(angle) => angle.is_const(),
            Op::Matrix(_) | Op::Barrier => true,
        }
    }
}

/// The built-in gate that `opaque name(…)` means in our own include files.
pub(crate) fn native(name: &str) -> Option<u16> {
    Some(match name {
        "u3" | "u" => slot::U3,
        "p" | "u1" | "phase" => slot::PHASE,
        "u0" | "id" => slot::I,
        "x" => slot::X,
        "y" => slot::Y,
        "z" => slot::Z,
        "h" => slot::H,
        "s" => slot::S,
        "sdg" => slot::SDG,
        "t" => slot::T,
        "tdg" => slot::TDG,
        "sx" => slot::SX,
        "sxdg" => slot::SXDG,
        "rx" => slot::RX,
        "ry" => slot::RY,
        "rz" => slot::RZ,
        "cx" | "CX" => slot::CX,
        "cy" => slot::CY,
        "cz" => slot::CZ,
        "ch" => slot::CH,
        "swap" => slot::SWAP,
        "crz" => slot::CRZ,
        "cp" | "cu1" | "cphase" => slot::CPHASE,
        "ccx" => slot::CCX,
        "cswap" => slot::CSWAP,
        "iswap" => slot::ISWAP,
        "rxx" | "xx_phase" => slot::XX_PHASE,
        "ryy" | "yy_phase" => slot::YY_PHASE,
        "rzz" | "zz_phase" => slot::ZZ_PHASE,
        "phased_x" => slot::PHASED_X,
        "phased_xx" => slot::PHASED_XX,
        _ => return None,
    })
}

/// How many of the parameters of `opaque name(…)` the built-in gate takes.
pub(crate) fn native_param_count(slot: u16) -> usize {
    match slot {
        slot::U3 => 3,
        slot::PHASED_X | slot::PHASED_XX => 2,
        slot::RX
        | slot::RY
        | slot::RZ
        | slot::PHASE
        | slot::CRZ
        | slot::CPHASE
        | slot::XX_PHASE
        | slot::YY_PHASE
        | slot::ZZ_PHASE => 1,
        _ => 0,
    }
}
