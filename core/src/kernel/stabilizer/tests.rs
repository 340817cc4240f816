//! The tableau against Pauli strings carried through the primitives one by one.

use super::*;
use crate::ids::{Seed, ShotId, StreamId};
use crate::op::gates::{PauliString, Primitive};
use crate::rng::Stream;
use std::vec::Vec;

fn tableau(qubit_count: usize) -> (Vec<u64>, usize) {
    let words = words_for(qubit_count);
    let mut planes = std::vec![0; tableau_words(qubit_count).unwrap()];
    reset_all(&mut planes, words);
    (planes, words)
}

fn run(planes: &mut [u64], words: usize, primitive: Primitive, place: &[usize]) {
    let at = |operand: u8| place[usize::from(operand)];
    match primitive {
        Primitive::X(q) => x(planes, words, at(q)),
        Primitive::Y(q) => y(planes, words, at(q)),
        Primitive::Z(q) => z(planes, words, at(q)),
        Primitive::H(q) => h(planes, words, at(q)),
        Primitive::S(q) => s(planes, words, at(q)),
        Primitive::Sdg(q) => sdg(planes, words, at(q)),
        Primitive::SqrtX(q) => sqrt_x(planes, words, at(q)),
        Primitive::SqrtXdg(q) => sqrt_xdg(planes, words, at(q)),
        Primitive::SqrtY(q) => sqrt_y(planes, words, at(q)),
        Primitive::SqrtYdg(q) => sqrt_ydg(planes, words, at(q)),
        Primitive::Cx(a, b) => cx(planes, words, at(a), at(b)),
        Primitive::Cy(a, b) => cy(planes, words, at(a), at(b)),
        Primitive::Cz(a, b) => cz(planes, words, at(a), at(b)),
        Primitive::Swap(a, b) => swap(planes, words, at(a), at(b)),
    }
}

fn inverse(primitive: Primitive) -> Primitive {
    match primitive {
        Primitive::S(q) => Primitive::Sdg(q),
        Primitive::Sdg(q) => Primitive::S(q),
        Primitive::SqrtX(q) => Primitive::SqrtXdg(q),
        Primitive::SqrtXdg(q) => Primitive::SqrtX(q),
        Primitive::SqrtY(q) => Primitive::SqrtYdg(q),
        Primitive::SqrtYdg(q) => Primitive::SqrtY(q),
        own => own,
    }
}

fn random_primitive(stream: &mut Stream, qubit_count: u8) -> Primitive {
    let mut below = |bound: u8| u8::try_from(stream.below(u32::from(bound))).unwrap();
    let a = below(qubit_count);
    let b = (a + 1 + below(qubit_count - 1)) % qubit_count;
    match below(14) {
        0 => Primitive::X(a),
        1 => Primitive::Y(a),
        2 => Primitive::Z(a),
        3 => Primitive::H(a),
        4 => Primitive::S(a),
        5 => Primitive::Sdg(a),
        6 => Primitive::SqrtX(a),
        7 => Primitive::SqrtXdg(a),
        8 => Primitive::SqrtY(a),
        9 => Primitive::SqrtYdg(a),
        10 => Primitive::Cx(a, b),
        11 => Primitive::Cy(a, b),
        12 => Primitive::Cz(a, b),
        _ => Primitive::Swap(a, b),
    }
}

/// The row `index` (X of qubit 0, Z of qubit 0, ...) read at the qubits in `place`.
fn read(planes: &[u64], words: usize, index: usize, place: &[usize]) -> PauliString {
    let row = &planes[index * row_words(words)..][..row_words(words)];
    let mut string = PauliString { negative: row[2 * words] == 1, ..PauliString::default() };
    for (operand, &qubit) in place.iter().enumerate() {
        let bit = |plane: usize| row[plane * words + qubit / 64] >> (qubit % 64) & 1 == 1;
        string.x |= u8::from(bit(0)) << operand;
        string.z |= u8::from(bit(1)) << operand;
    }
    string
}

#[test]
fn rows_are_the_inverse_images_of_the_paulis() {
    let mut stream = Stream::of(Seed(1), ShotId(0), StreamId(1));
    // Eight qubits in tableaus of one, two, four and eight words, spread over the words.
    for (qubit_count, step) in [(8, 1), (64, 9), (128, 18), (250, 35), (400, 57)] {
        let place: Vec<usize> = (0..8).map(|k| k * step).collect();
        let (mut planes, words) = tableau(qubit_count);
        let mut circuit = Vec::new();
        for _ in 0..300 {
            let primitive = random_primitive(&mut stream, 8);
            run(&mut planes, words, primitive, &place);
            circuit.push(primitive);
        }
        for operand in 0..8_u8 {
            let starts = [PauliString::x(operand), PauliString::z(operand)];
            for (offset, mut string) in starts.into_iter().enumerate() {
                for primitive in circuit.iter().rev() {
                    string.conjugate(inverse(*primitive));
                }
                let index = 2 * place[usize::from(operand)] + offset;
                assert_eq!(read(&planes, words, index, &place), string, "{qubit_count} {operand}");
            }
        }
        for primitive in circuit.into_iter().rev() {
            run(&mut planes, words, inverse(primitive), &place);
        }
        assert_eq!(planes, tableau(qubit_count).0);
    }
}

/// Whether rows commute as images of X and Z of each qubit must.
fn is_symplectic(planes: &[u64], words: usize) -> bool {
    let rows: Vec<&[u64]> = planes.chunks_exact(row_words(words)).collect();
    let anticommute = |a: &[u64], b: &[u64]| {
        let count: u32 =
            (0..words).map(|w| ((a[w] & b[words + w]) ^ (a[words + w] & b[w])).count_ones()).sum();
        count % 2 == 1
    };
    (0..rows.len()).all(|i| (0..rows.len()).all(|j| anticommute(rows[i], rows[j]) == (i ^ j == 1)))
}

#[test]
fn a_collapse_makes_the_value_certain_and_keeps_what_was_certain() {
    let mut stream = Stream::of(Seed(2), ShotId(0), StreamId(1));
    for (qubit_count, step) in [(8, 1), (128, 18), (250, 35), (400, 57)] {
        let place: Vec<usize> = (0..8).map(|k| k * step).collect();
        let (mut planes, words) = tableau(qubit_count);
        let mut mask = std::vec![0; row_words(words)];
        let mut random = 0;
        for round in 0..200 {
            for _ in 0..12 {
                run(&mut planes, words, random_primitive(&mut stream, 8), &place);
            }
            let certain: Vec<_> = place.iter().map(|&q| deterministic(&planes, words, q)).collect();
            let q = place[round % 8];
            let value = stream.below(2) == 1;
            let before = deterministic(&planes, words, q);
            collapse(&mut planes, words, q, value, &mut mask);
            random += u32::from(before.is_none());
            assert_eq!(deterministic(&planes, words, q), Some(before.unwrap_or(value)));
            for (&q, was) in place.iter().zip(certain) {
                assert!(was.is_none() || deterministic(&planes, words, q) == was);
            }
        }
        assert!(random > 50, "{random}");
        assert!(is_symplectic(&planes, words));
    }
}

#[test]
fn qubits_that_do_not_exist_are_left_alone() {
    let (mut planes, words) = tableau(3);
    let before = planes.clone();
    h(&mut planes, words, 3);
    cx(&mut planes, words, 1, 3);
    cz(&mut planes, words, 2, 2);
    collapse(&mut planes, words, 9, true, &mut [0; 3]);
    assert_eq!(planes, before);
}

#[test]
fn the_digest_does_not_see_padding() {
    let (a, words) = tableau(130);
    assert_eq!(words, 4);
    let mut hash = Fnv::new();
    for q in 0..130_usize {
        for is_z in [false, true] {
            for plane in [false, true] {
                for word in 0..3 {
                    let bit = plane == is_z && q / 64 == word;
                    hash = hash.with_word(u64::from(bit) << (q % 64));
                }
            }
            hash = hash.with_word(0);
        }
    }
    assert_eq!(digest(&a, words), hash.finish());
}
