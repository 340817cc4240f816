//! Room for matrices that come over the line, of one gate of the other end's own.
//!
//! A stack knows such a gate by a pointer to its room, for as long as the stack lasts; so a room is
//! never freed. Its words are atomic because a stack may work out matrices on any thread: the server
//! writes only between calls of the stack.

use super::message::MatrixLine;
use crate::abi::Matrices;
use crate::backend::RE_IM_MAX;
use crate::error::ErrorKind;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Most matrices of one gate, each for its own parameters.
pub(super) const PLACES_MAX: usize = 8;
/// Most parameters of such a gate: as many as simulators take.
pub(super) const PARAMS_MAX: usize = 16;
/// Words of the longest matrix with its parameters, and the code between them.
pub(super) const WORDS_MAX: usize = PARAMS_MAX + 1 + RE_IM_MAX;

/// The matrices of one gate for a few choices of its parameters. `static` in firmware.
#[derive(Debug)]
pub struct GateRoom {
    /// The gate's slot; 0, which is a built-in gate's, while there is none.
    slot: AtomicU32,
    /// Its counts of qubits and parameters, as low and high byte.
    counts: AtomicU32,
    /// Which places hold a whole matrix, as bits.
    whole: AtomicU32,
    /// One place after the other; low and high half of each word.
    words: [[AtomicU32; 2]; WORDS_MAX],
}

/// How many words of a matrix there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) params: usize,
    pub(super) numbers: usize,
}

impl Shape {
    /// That of a gate with these counts, if it can be had at all.
    pub(super) fn of(qubit_count: u8, param_count: u8) -> Option<Self> {
        let params = usize::from(param_count);
        let is_known = (1..=3).contains(&qubit_count) && params <= PARAMS_MAX;
        is_known.then(|| Self { params, numbers: 2 << (2 * qubit_count) })
    }

    /// Words of parameters and code.
    pub(super) const fn head(self) -> usize {
        self.params + 1
    }

    /// All words.
    pub(super) const fn words(self) -> usize {
        self.head() + self.numbers
    }

    /// How many matrices a room holds.
    pub(super) fn places(self) -> usize {
        let most = if self.params == 0 { 1 } else { PLACES_MAX };
        (WORDS_MAX / self.words()).min(most)
    }
}

impl Default for GateRoom {
    fn default() -> Self {
        Self::new()
    }
}

impl GateRoom {
    /// Nobody's.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            slot: AtomicU32::new(0),
            counts: AtomicU32::new(0),
            whole: AtomicU32::new(0),
            words: [const { [const { AtomicU32::new(0) }; 2] }; WORDS_MAX],
        }
    }

    pub(super) fn slot(&self) -> Option<u16> {
        u16::try_from(self.slot.load(Relaxed)).ok().filter(|slot| *slot != 0)
    }

    /// There is no stack any more that knows it.
    pub(super) fn clear(&self) {
        self.slot.store(0, Relaxed);
        self.whole.store(0, Relaxed);
    }

    /// Empty, and for the gate in this slot with these counts: how many matrices it holds.
    pub(super) fn open(&self, slot: u16, qubit_count: u8, param_count: u8) -> u32 {
        self.slot.store(u32::from(slot), Relaxed);
        self.counts.store(u32::from(u16::from_le_bytes([qubit_count, param_count])), Relaxed);
        self.whole.store(0, Relaxed);
        let places = self.shape().map_or(0, Shape::places);
        u32::try_from(places).unwrap_or(0)
    }

    fn shape(&self) -> Option<Shape> {
        let [qubit_count, param_count, ..] = self.counts.load(Relaxed).to_le_bytes();
        Shape::of(qubit_count, param_count)
    }

    /// Keeps words of a matrix; false if they do not belong here.
    pub(super) fn keep(&self, line: MatrixLine, bytes: &[u8]) -> bool {
        let MatrixLine { slot, qubit_count, param_count, place, from, .. } = line;
        let counts = u32::from(u16::from_le_bytes([qubit_count, param_count]));
        if counts != self.counts.load(Relaxed) {
            // An announcement of other counts was refused, and the gate is what it was before.
            self.open(slot, qubit_count, param_count);
        }
        let (place, from) = (place as usize, from as usize);
        let (words, rest) = bytes.as_chunks::<8>();
        let Some(shape) = self.shape().filter(|shape| place < shape.places()) else { return false };
        let to = from.saturating_add(words.len());
        if to > shape.words() || !rest.is_empty() {
            return false;
        }
        let bit = 1 << place;
        let whole = self.whole.load(Relaxed) & !bit;
        let base = place * shape.words();
        for (at, word) in self.words.iter().skip(base + from).zip(words) {
            let [a, b, c, d, e, f, g, h] = *word;
            at[0].store(u32::from_le_bytes([a, b, c, d]), Relaxed);
            at[1].store(u32::from_le_bytes([e, f, g, h]), Relaxed);
        }
        let is_refused = || to == shape.head() && self.word(base + shape.params) != 0;
        let is_whole = to == shape.words() || is_refused();
        self.whole.store(if is_whole { whole | bit } else { whole }, Relaxed);
        true
    }

    fn word(&self, at: usize) -> u64 {
        let Some([low, high]) = self.words.get(at) else { return 0 };
        u64::from(low.load(Relaxed)) | u64::from(high.load(Relaxed)) << 32
    }
}

impl Matrices for GateRoom {
    /// Fails with the code with which the gate's function refused the parameters, or with that of a link
    /// that failed if their matrix did not come.
    fn write(&self, params: &[f64], re_im: &mut [f64]) -> Result<(), i32> {
        let missing = ErrorKind::Link("").code();
        let shape = self.shape().ok_or(missing)?;
        if (params.len(), re_im.len()) != (shape.params, shape.numbers) {
            return Err(missing);
        }
        let whole = self.whole.load(Relaxed);
        let is_it = |base: &usize| {
            params.iter().zip(*base..).all(|(param, at)| self.word(at) == param.to_bits())
        };
        let places = (0..shape.places()).filter(|place| whole >> place & 1 == 1);
        let base = places.map(|place| place * shape.words()).find(is_it).ok_or(missing)?;
        // The code is a number of 32 bits in a word.
        let code = self.word(base + shape.params).to_le_bytes();
        match i32::from_le_bytes([code[0], code[1], code[2], code[3]]) {
            0 => {}
            code => return Err(code),
        }
        for (place, at) in re_im.iter_mut().zip(base + shape.head()..) {
            *place = f64::from_bits(self.word(at));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn line(place: u32, from: usize) -> MatrixLine {
        let from = u32::try_from(from).unwrap();
        MatrixLine { slot: 1024, qubit_count: 1, param_count: 1, place, from, wait: false }
    }

    fn bytes(words: &[f64]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_bits().to_le_bytes()).collect()
    }

    fn written(room: &GateRoom, param: f64) -> Result<[f64; 8], i32> {
        let mut out = [0.0; 8];
        room.write(&[param], &mut out).map(|()| out)
    }

    const MATRIX: [f64; 8] = [1.0, -0.0, 2.0, 3.0, 4.0, 5.0, 6.0, f64::MIN_POSITIVE];
    const MISSING: i32 = -107;

    #[test]
    fn a_matrix_is_there_when_its_last_word_has_come() {
        let room = GateRoom::new();
        assert_eq!((room.open(1024, 1, 1), room.slot()), (8, Some(1024)));
        let mut words = std::vec![0.5, 0.0];
        words.extend(MATRIX);
        for place in 0..8 {
            words[0] = f64::from(place);
            for (at, chunk) in words.chunks(3).enumerate() {
                assert_eq!(written(&room, words[0]), Err(MISSING));
                assert!(room.keep(line(place, 3 * at), &bytes(chunk)));
            }
        }
        for place in 0..8 {
            assert_eq!(written(&room, f64::from(place)), Ok(MATRIX));
        }
        // Known by the bits of its parameters.
        assert_eq!(written(&room, -0.0), Err(MISSING));
        assert_eq!(room.write(&[], &mut [0.0; 8]), Err(MISSING));
        assert_eq!(room.write(&[1.0], &mut [0.0; 32]), Err(MISSING));
        // Another takes a place.
        assert!(room.keep(line(3, 0), &bytes(&[9.0])));
        assert_eq!((written(&room, 3.0), written(&room, 9.0)), (Err(MISSING), Err(MISSING)));
        assert_eq!(written(&room, 4.0), Ok(MATRIX));
        room.clear();
        assert_eq!((written(&room, 4.0), room.slot()), (Err(MISSING), None));
    }

    #[test]
    fn a_refusal_is_kept_as_such_and_what_does_not_belong_here_is_not_kept() {
        let room = GateRoom::new();
        room.open(1024, 1, 1);
        let code = u64::from((-3_i32).cast_unsigned());
        let refused = [2.0_f64.to_bits(), code].map(u64::to_le_bytes).concat();
        assert!(room.keep(line(0, 0), &refused));
        assert_eq!(written(&room, 2.0), Err(-3));
        for (line, len) in [(line(8, 0), 8), (line(0, 3), 64), (line(0, 0), 7), (line(0, 10), 8)] {
            assert!(!room.keep(line, &std::vec![0; len]), "{line:?}");
        }
        assert_eq!(written(&room, 2.0), Err(-3));
    }

    #[test]
    fn rooms_hold_as_many_as_fit() {
        for (qubit_count, param_count, places) in
            [(1, 0, 1), (1, 3, 8), (2, 0, 1), (2, 1, 4), (3, 1, 1), (3, 16, 1)]
        {
            let shape = Shape::of(qubit_count, param_count).unwrap();
            assert_eq!(shape.places(), places, "{shape:?}");
            assert!(shape.places() * shape.words() <= WORDS_MAX);
        }
        for (qubit_count, param_count) in [(0, 0), (4, 0), (1, 17)] {
            assert_eq!(Shape::of(qubit_count, param_count), None);
        }
    }
}
