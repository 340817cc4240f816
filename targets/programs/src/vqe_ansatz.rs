//! The energy of the hydrogen molecule's one-parameter ansatz, swept over its angle, from exact
//! expectation values. Two qubits, 0.735 angstrom, the reduced Hamiltonian of the literature
//! (coefficients in hartree).

use crate::Failure;
use crate::runs::{SEED, announce, stream};
use core::f64::consts::FRAC_PI_2;
use core::fmt::Write;
use pandia_core::Result;
use pandia_core::backend::{Backend, StateQuery};
use pandia_core::ids::ShotId;
use pandia_core::kernel::digest::Fnv;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcomes};
use pandia_core::part::SimulatorPart;
use pandia_core::real::Complex;
use pandia_core::sim::{StateVector, StateVectorPart};

const IDENTITY: f64 = -1.052_373_245_772_859;
const Z0: f64 = 0.397_937_424_843_187_45;
const Z1: f64 = -0.397_937_424_843_180_45;
const Z0_Z1: f64 = -0.011_280_104_256_235_268;
const X0_X1: f64 = 0.180_931_199_784_231_56;

const ANGLES: u32 = 16;
type Vector = StateVector<f64, [Complex<f64>; 4]>;

pub(crate) fn run(out: &mut dyn Write) -> core::result::Result<(), Failure> {
    let id = StateVectorPart::<f64>::SPEC.id;
    let mut vector = StateVector::<f64, _>::new(2, stream(id), [Complex::ZERO; 4])?;
    announce(&mut vector, &[slot::X, slot::H, slot::RX, slot::ZZ_PHASE])?;
    let mut states = Fnv::new();
    let (mut lowest, mut at) = (f64::INFINITY, 0.0);
    for step in 0..ANGLES {
        let theta = (f64::from(step) - 8.0) * 0.0745;
        let z = probabilities(&mut vector, theta, false, &mut states)?;
        let x = probabilities(&mut vector, theta, true, &mut states)?;
        let energy = IDENTITY
            + Z0 * (z[0] - z[1] + z[2] - z[3])
            + Z1 * (z[0] + z[1] - z[2] - z[3])
            + Z0_Z1 * parity(z)
            + X0_X1 * parity(x);
        writeln!(out, "theta {theta:+.4} energy {energy:.9}")?;
        if energy < lowest {
            (lowest, at) = (energy, theta);
        }
    }
    writeln!(out, "lowest {:016x} at {at:+.4}", lowest.to_bits())?;
    writeln!(out, "states {:016x}", states.finish())?;
    Ok(())
}

fn parity(p: [f64; 4]) -> f64 {
    p[0] - p[1] - p[2] + p[3]
}

/// Probabilities of 00, 01, 10, 11 in the ansatz, read in the basis of Z or of X.
fn probabilities(
    vector: &mut Vector,
    theta: f64,
    in_x: bool,
    states: &mut Fnv,
) -> Result<[f64; 4]> {
    let mut ops = OpBuffer::<64>::new();
    ops.gate(slot::X, &[0], &[])?;
    ops.gate(slot::RX, &[1], &[FRAC_PI_2])?;
    ops.gate(slot::H, &[0], &[])?;
    ops.gate(slot::ZZ_PHASE, &[1, 0], &[theta])?;
    ops.gate(slot::H, &[0], &[])?;
    ops.gate(slot::RX, &[1], &[-FRAC_PI_2])?;
    if in_x {
        ops.gate(slot::H, &[0], &[])?;
        ops.gate(slot::H, &[1], &[])?;
    }
    vector.shot_begin(ShotId(0), SEED)?;
    vector.apply(&ops.batch(), &mut Outcomes::new(&mut []))?;
    let mut p = [0.0; 4];
    vector.state(StateQuery::Probabilities(&[0, 1]), &mut p)?;
    *states = states.with_word(vector.state_digest()?);
    vector.shot_end()?;
    Ok(p)
}
