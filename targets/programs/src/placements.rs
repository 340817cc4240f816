//! Every placement of the gates that some cores have a faster twin for, on single-precision states of
//! several sizes: what the amplitudes' bits hash to.

use crate::Failure;
use crate::runs::{SEED, announce, stream};
use core::fmt::Write;
use pandia_core::Result;
use pandia_core::backend::Backend;
use pandia_core::ids::ShotId;
use pandia_core::kernel::digest::Fnv;
use pandia_core::op::gates::slot;
use pandia_core::op::{OpBuffer, OpSink, Outcomes};
use pandia_core::part::SimulatorPart;
use pandia_core::real::Complex;
use pandia_core::sim::{StateVector, StateVectorPart};

pub(crate) fn run(out: &mut dyn Write) -> core::result::Result<(), Failure> {
    // Smaller than a twin's block, one block, the size that is measured, and more than one word of
    // signs.
    on::<4>(2, out)?;
    on::<8>(3, out)?;
    on::<64>(6, out)?;
    on::<256>(8, out)
}

fn on<const STATES: usize>(qubits: u32, out: &mut dyn Write) -> core::result::Result<(), Failure> {
    let id = StateVectorPart::<f32>::SPEC.id;
    let mut vector = StateVector::<f32, _>::new(qubits, stream(id), [Complex::ZERO; STATES])?;
    announce(&mut vector, &[slot::PHASED_X, slot::RZ, slot::ZZ_PHASE])?;
    vector.shot_begin(ShotId(u64::from(qubits)), SEED)?;
    // Amplitudes that all differ: each gate finds another state than the one before.
    let mut angles = (0..).map(|number| f64::from(number) * 0.377 - 3.1);
    let mut angle = || angles.next().unwrap_or(0.0);
    let phased_x = each(&mut vector, 0..qubits, |qubit, ops| {
        ops.gate(slot::PHASED_X, &[qubit], &[angle(), angle()])
    })?;
    let rz = each(&mut vector, 0..qubits, |qubit, ops| ops.gate(slot::RZ, &[qubit], &[angle()]))?;
    let pairs = (0..qubits).flat_map(|a| (0..qubits).map(move |b| (a, b)));
    let zz_phase = each(&mut vector, pairs.filter(|(a, b)| a != b), |(a, b), ops| {
        ops.gate(slot::ZZ_PHASE, &[a, b], &[angle()])
    })?;
    vector.shot_end()?;
    writeln!(out, "{qubits} qubits")?;
    writeln!(out, "phased_x {phased_x:016x}")?;
    writeln!(out, "rz {rz:016x}")?;
    Ok(writeln!(out, "zz_phase {zz_phase:016x}")?)
}

/// Applies a gate at every place; the hash of the states after each.
fn each<P>(
    vector: &mut impl Backend,
    places: impl Iterator<Item = P>,
    mut write: impl FnMut(P, &mut OpBuffer<8>) -> Result<()>,
) -> Result<u64> {
    let mut states = Fnv::new();
    for place in places {
        let mut ops = OpBuffer::new();
        write(place, &mut ops)?;
        vector.apply(&ops.batch(), &mut Outcomes::new(&mut []))?;
        states = states.with_word(vector.state_digest()?);
    }
    Ok(states.finish())
}
