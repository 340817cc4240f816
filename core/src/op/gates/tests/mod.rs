//! The list tested against itself: matrix against Pauli action, inverse, decomposition, traits.

mod dense;
mod samples;

use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};
use std::collections::BTreeSet;
use std::vec::Vec;

use super::*;
use dense::{C, Dense};
use samples::samples;

fn images(action: &PauliAction) -> Vec<PauliString> {
    (0..usize::from(action.qubit_count)).flat_map(|q| [action.x[q], action.z[q]]).collect()
}

fn operands(gate: &Gate) -> &'static [u8] {
    &[0, 1, 2][..usize::from(gate.qubit_count)]
}

fn matrix_of(gate: &Gate, params: &[f64]) -> Dense {
    Dense::gate(gate.qubit_count, gate.slot, operands(gate), params)
}

#[test]
fn slots_names_and_arities_never_change() {
    // The wire form. Lines may be added at the end; none may be edited.
    let golden = "1 phased_x 1 2, 2 rz 1 1, 3 zz_phase 2 1, 4 rx 1 1, 5 ry 1 1, 6 xx_phase 2 1, \
        7 yy_phase 2 1, 8 phased_xx 2 2, 9 i 1 0, 10 x 1 0, 11 y 1 0, 12 z 1 0, 13 h 1 0, 14 s 1 0, \
        15 sdg 1 0, 16 t 1 0, 17 tdg 1 0, 18 sx 1 0, 19 sxdg 1 0, 20 u3 1 3, 21 phase 1 1, \
        22 cx 2 0, 23 cy 2 0, 24 cz 2 0, 25 ch 2 0, 26 swap 2 0, 27 iswap 2 0, 28 crz 2 1, \
        29 cphase 2 1, 30 ccx 3 0, 31 cswap 3 0, 32 unitary_1q 1 8, 33 unitary_2q 2 32, \
        34 unitary_3q 3 128";
    let lines: Vec<_> = LIST
        .iter()
        .map(|g| std::format!("{} {} {} {}", g.slot, g.name, g.qubit_count, g.params.len()))
        .collect();
    assert_eq!(lines.join(", "), golden);
    for gate in LIST {
        assert_eq!(gate.id, std::format!("pandia.{}/1", gate.name));
        assert!(gate.slot < FIRST_USER_SLOT);
        assert!(!gate.help.is_empty() && !gate.help.contains('\n'));
    }
}

#[test]
fn every_name_and_alias_means_one_gate() {
    let mut seen = BTreeSet::new();
    for gate in LIST {
        for name in core::iter::once(&gate.name).chain(gate.aliases) {
            assert!(seen.insert(*name), "{name} means two gates");
            assert_eq!(by_name(name).unwrap().slot, gate.slot);
        }
        assert_eq!(by_slot(gate.slot).unwrap().id, gate.id);
    }
    assert!(by_name("no_such_gate").is_none());
    for slot in [0, 35, FIRST_USER_SLOT, u16::MAX] {
        assert!(by_slot(slot).is_none(), "{slot}");
    }
}

#[test]
fn a_slot_can_be_looked_up_at_compile_time() {
    const RZ: &str = match by_slot(slot::RZ) {
        Some(gate) => gate.id,
        None => "",
    };
    assert_eq!(RZ, "pandia.rz/1");
}

#[test]
fn every_matrix_is_unitary_and_written_whole() {
    for gate in LIST {
        for params in samples(gate) {
            let mut zeros = [C::ZERO; MATRIX_MAX];
            let mut noise = [C::new(7.0, -7.0); MATRIX_MAX];
            gate.unitary(&params, &mut zeros).unwrap();
            (gate.matrix)(&params, &mut noise);
            let used = 1 << (2 * gate.qubit_count);
            assert_eq!(zeros[..used], noise[..used], "{} {params:?}", gate.name);
            assert!(check_unitary(gate.qubit_count, &zeros).is_ok(), "{}", gate.name);
        }
    }
}

#[test]
fn traits_are_exactly_what_the_matrices_show() {
    for gate in LIST.iter().filter(|gate| !gate.traits.has(Traits::MATRIX)) {
        let all: Vec<_> = samples(gate).iter().map(|params| matrix_of(gate, params)).collect();
        let size = all[0].size;
        let pairs = || (0..size).flat_map(|row| (0..size).map(move |column| (row, column)));
        let diagonal = all.iter().all(|m| pairs().all(|(r, c)| r == c || m.at(r, c) == C::ZERO));
        let exchanged = |k: usize| (k & 1) << 1 | (k >> 1 & 1) | (k & 4);
        let symmetric = gate.qubit_count == 2
            && all
                .iter()
                .all(|m| pairs().all(|(r, c)| m.at(r, c) == m.at(exchanged(r), exchanged(c))));
        let idle = |m: &Dense| {
            pairs().all(|(r, c)| {
                (r & 1 == 1 && c & 1 == 1) || m.at(r, c) == if r == c { C::ONE } else { C::ZERO }
            })
        };
        let controlled = gate.qubit_count > 1 && all.iter().all(idle);
        assert_eq!(gate.traits.has(Traits::DIAGONAL), diagonal, "{}", gate.name);
        assert_eq!(gate.traits.has(Traits::SYMMETRIC), symmetric, "{}", gate.name);
        assert_eq!(gate.traits.has(Traits::CONTROLLED), controlled, "{}", gate.name);
    }
}

#[test]
fn every_primitive_acts_on_paulis_as_the_gate_of_its_name() {
    let one = [
        (Primitive::X(0), slot::X, &[][..]),
        (Primitive::Y(0), slot::Y, &[]),
        (Primitive::Z(0), slot::Z, &[]),
        (Primitive::H(0), slot::H, &[]),
        (Primitive::S(0), slot::S, &[]),
        (Primitive::Sdg(0), slot::SDG, &[]),
        (Primitive::SqrtX(0), slot::SX, &[]),
        (Primitive::SqrtXdg(0), slot::SXDG, &[]),
        (Primitive::SqrtY(0), slot::RY, &[FRAC_PI_2]),
        (Primitive::SqrtYdg(0), slot::RY, &[-FRAC_PI_2]),
    ];
    for (primitive, slot, params) in one {
        let action = Dense::gate(1, slot, &[0], params).action(1).unwrap();
        assert_eq!(images(&PauliAction::of(1, &[primitive])), action, "{primitive:?}");
    }
    for (a, b) in [(0, 1), (1, 0)] {
        let two = [
            (Primitive::Cx(a, b), slot::CX),
            (Primitive::Cy(a, b), slot::CY),
            (Primitive::Cz(a, b), slot::CZ),
            (Primitive::Swap(a, b), slot::SWAP),
        ];
        for (primitive, slot) in two {
            let matrix = Dense::gate(2, slot, &[a, b], &[]);
            let action = matrix.action(2).unwrap();
            assert_eq!(images(&PauliAction::of(2, &[primitive])), action, "{primitive:?}");
            // Products too, not only generators: signs of Y depend on both parts.
            for (x, z) in (0..4).flat_map(|x| (0..4).map(move |z| (x, z))) {
                let mut string = PauliString { x, z, negative: false };
                let image = matrix.times(&Dense::pauli(2, string)).times(&matrix.dagger());
                string.conjugate(primitive);
                assert_eq!(image.as_pauli(2), Some(string), "{primitive:?} {x} {z}");
            }
        }
    }
}

#[test]
fn a_gate_resolves_exactly_where_its_matrix_maps_paulis_to_paulis() {
    let mut resolved = 0;
    for gate in LIST.iter().filter(|gate| !gate.traits.has(Traits::MATRIX)) {
        for params in samples(gate) {
            let mut sequence = CliffordSequence::new();
            let answer = resolve(gate.slot, &params, 1e-10, &mut sequence);
            let action = matrix_of(gate, &params).action(gate.qubit_count);
            assert_eq!(answer.is_ok(), action.is_some(), "{} {params:?} {answer:?}", gate.name);
            if let Some(action) = action {
                let found = PauliAction::of(gate.qubit_count, sequence.as_slice());
                assert_eq!(images(&found), action, "{} {params:?}", gate.name);
                resolved += 1;
            } else {
                assert!(sequence.as_slice().is_empty());
            }
        }
    }
    assert!(resolved > 300, "{resolved}");
}

#[test]
fn an_angle_off_by_more_than_the_threshold_is_refused_by_name() {
    let mut sequence = CliffordSequence::new();
    let mut at = |slot, params: &[f64], threshold| resolve(slot, params, threshold, &mut sequence);
    assert!(at(slot::RZ, &[FRAC_PI_2 + 0.9e-6], 1e-6).is_ok());
    let theta = FRAC_PI_2 + 1.1e-6;
    let refused = ErrorKind::NotClifford { gate: "rz", param: 0, theta };
    assert_eq!(at(slot::RZ, &[theta], 1e-6), Err(refused));
    let refused = ErrorKind::NotClifford { gate: "phased_x", param: 1, theta: FRAC_PI_4 };
    assert_eq!(at(slot::PHASED_X, &[FRAC_PI_2, FRAC_PI_4], 1e-6), Err(refused));
    assert!(at(slot::PHASED_X, &[PI, FRAC_PI_4], 1e-6).is_ok());
    assert!(at(slot::PHASED_X, &[0.0, 0.3], 1e-6).is_ok());
    assert!(at(slot::U3, &[0.0, 0.3, -0.3], 1e-6).is_ok());
    let refused = ErrorKind::GateRefused { gate: "t", slot: slot::T };
    assert_eq!(at(slot::T, &[], 1e-6), Err(refused));
    let refused = ErrorKind::GateRefused { gate: "user gate", slot: 1024 };
    assert_eq!(at(1024, &[], 1e-6), Err(refused));
    assert_eq!(at(slot::RZ, &[f64::NAN], 1e-6), Err(ErrorKind::NotFinite { param: 0 }));
    assert!(matches!(at(slot::RZ, &[], 1e-6), Err(ErrorKind::Argument(_))));
    assert!(at(slot::RZ, &[1e300], 1e-6).is_err());
    let identity = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    assert!(at(slot::UNITARY_1Q, &identity, 1e-6).is_err(), "a matrix is not looked into");
}

#[test]
fn the_inverse_undoes_the_gate_exactly() {
    for gate in LIST {
        for params in samples(gate) {
            let mut product = matrix_of(gate, &params);
            gate.invert(&params, &mut |slot, operands, params| {
                product = Dense::gate(gate.qubit_count, slot, operands, params).times(&product);
                Ok(())
            })
            .unwrap();
            let off = product.distance(&Dense::identity(gate.qubit_count));
            // Sine and cosine of 1000 rad carry that angle's own rounding, 1e-13.
            assert!(off < 1e-12, "{} {params:?}: {off:e}", gate.name);
        }
    }
}

#[test]
fn one_level_of_decomposition_is_the_gate_and_keeps_to_its_targets() {
    for gate in LIST {
        let Decomposition::Into { targets, steps } = gate.decomposition else { continue };
        let mut used = BTreeSet::new();
        for params in samples(gate) {
            let mut product = Dense::identity(gate.qubit_count);
            steps(&params, &mut |slot, operands, params| {
                used.insert(slot);
                product = Dense::gate(gate.qubit_count, slot, operands, params).times(&product);
                Ok(())
            })
            .unwrap();
            let off = product.distance_up_to_phase(&matrix_of(gate, &params));
            assert!(off < 1e-12, "{} {params:?}: {off:e}", gate.name);
        }
        assert_eq!(used, targets.iter().copied().collect(), "{}", gate.name);
    }
}

#[test]
fn every_gate_without_a_large_matrix_comes_down_to_the_native_set() {
    for gate in LIST {
        let native = |slot| NATIVE.contains(&slot);
        let large = [slot::UNITARY_2Q, slot::UNITARY_3Q].contains(&gate.slot);
        assert_eq!(can_expand(gate, &native), !large, "{}", gate.name);
        for params in samples(gate).iter().rev().take(40) {
            let mut product = Dense::identity(gate.qubit_count);
            let done = expand_to_native(gate, params, &mut |slot, operands, params| {
                assert!(native(slot));
                product = Dense::gate(gate.qubit_count, slot, operands, params).times(&product);
                Ok(())
            });
            assert_eq!(done.is_ok(), !large, "{}", gate.name);
            if !large {
                let off = product.distance_up_to_phase(&matrix_of(gate, params));
                assert!(off < 1e-12, "{} {params:?}: {off:e}", gate.name);
            }
        }
    }
}

#[test]
fn what_is_accepted_is_not_taken_apart() {
    let accepts = |slot| [slot::CX, slot::H, slot::T, slot::TDG].contains(&slot);
    let mut seen = BTreeSet::new();
    let cswap = by_name("cswap").unwrap();
    expand(cswap, &[], &accepts, &mut |slot, _, _| {
        seen.insert(slot);
        Ok(())
    })
    .unwrap();
    assert_eq!(seen, BTreeSet::from([slot::CX, slot::H, slot::T, slot::TDG]));
    let without_t = |slot| [slot::CX, slot::H].contains(&slot);
    assert!(!can_expand(cswap, &without_t));
    let error = expand(cswap, &[], &without_t, &mut |_, _, _| Ok(())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::GateRefused { gate: "rz", slot: slot::RZ });
}

#[test]
fn a_matrix_that_is_not_unitary_or_not_finite_is_refused() {
    let gate = by_slot(slot::UNITARY_1Q).unwrap();
    let mut out = [C::ZERO; MATRIX_MAX];
    let mut params = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0];
    assert!(gate.unitary(&params, &mut out).is_ok());
    params[2] = 0.1;
    let kind = gate.unitary(&params, &mut out).unwrap_err().kind();
    assert!(matches!(kind, ErrorKind::NotUnitary { deviation } if deviation > 0.09));
    params[2] = f64::NAN;
    assert_eq!(
        gate.unitary(&params, &mut out).unwrap_err().kind(),
        ErrorKind::NotFinite { param: 2 }
    );
    out[0] = C::new(f64::NAN, 0.0);
    assert!(check_unitary(1, &out).is_err());
    assert!(check_unitary(4, &out).is_err());
}
