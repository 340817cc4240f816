//! Numbers given for single gates and places: `gate.cx`, `gate.cx.0-1`, `qubit.3`, `pair.0-1`.
//!
//! They lie sorted in storage that the part is built over, so a lookup is a binary search, and a
//! layer without any has no memory to claim. A gate's numbers are looked up in the order gate with
//! place, gate, place; the first that is there counts. A place is one qubit or an unordered pair.
//! Not here: how a setting is read ([`super::keys`]), what the numbers mean (each model's own).

use crate::error::{ErrorKind, Result};
use crate::op::Op;
use crate::part::Config;
use core::ops::Range;

/// Words of storage that one number takes.
const ENTRY_WORDS: usize = 3;
/// How far probabilities that should add up to at most 1 may exceed it: the rounding of decimals.
pub(crate) const SUM_TOLERANCE: f64 = 1e-9;

/// What a number is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A gate, by slot.
    Gate(u16),
    /// Any gate on the place; for models with other operations, see there.
    Place,
    /// Measuring the place.
    Measure,
    /// Resetting the place.
    Reset,
    /// Idling of the place.
    Idle,
    /// A custom operation, by tag.
    Custom(u16),
}

impl Subject {
    const fn number(self) -> u32 {
        match self {
            Self::Gate(slot) => 1 << 16 | slot as u32,
            Self::Place => 2 << 16,
            Self::Measure => 3 << 16,
            Self::Reset => 4 << 16,
            Self::Idle => 5 << 16,
            Self::Custom(tag) => 6 << 16 | tag as u32,
        }
    }
}

/// Where a number holds: everywhere, on one qubit, or on a pair in either order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(u64);

impl Place {
    pub(crate) const ANYWHERE: Self = Self(u64::MAX);

    pub(crate) const fn qubit(qubit: u32) -> Self {
        Self(qubit as u64 | (u32::MAX as u64) << 32)
    }

    pub(crate) const fn pair(a: u32, b: u32) -> Self {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        Self(low as u64 | (high as u64) << 32)
    }

    /// The operands of `op`, if there are one or two.
    pub(crate) fn of(op: Op<'_>) -> Option<Self> {
        match op.qubit_count() {
            1 => Some(Self::qubit(op.qubit(0))),
            2 => Some(Self::pair(op.qubit(0), op.qubit(1))),
            _ => None,
        }
    }
}

/// The numbers of one layer, sorted.
#[derive(Clone, Debug)]
pub(crate) struct Rates<S> {
    storage: S,
    /// Words at the beginning of the storage that are the model's own.
    own_words: usize,
    len: usize,
}

impl<S: AsRef<[u64]> + AsMut<[u64]>> Rates<S> {
    /// Words of storage for what `config` gives by gate or place: these are the keys with a dot.
    pub(crate) fn words(config: &Config<'_>) -> usize {
        config.settings.iter().filter(|s| s.key.contains('.')).count() * ENTRY_WORDS
    }

    /// No numbers yet, in `storage` behind its first `own_words` words.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if the storage cannot hold what `config` gives.
    pub(crate) fn new(config: &Config<'_>, mut storage: S, own_words: usize) -> Result<Self> {
        let (needed, available) = (own_words + Self::words(config), storage.as_mut().len());
        if available < needed {
            let (needed, available) = (needed as u64, available as u64);
            let what = "storage of an error model, in words";
            return Err(ErrorKind::Capacity { what, needed, available }.into());
        }
        Ok(Self { storage, own_words, len: 0 })
    }

    /// No numbers, in a storage all of which is the model's own.
    pub(crate) fn none(storage: S) -> Self {
        let own_words = storage.as_ref().len();
        Self { storage, own_words, len: 0 }
    }

    /// Whether nothing is given by gate or place.
    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The model's own words.
    pub(crate) fn own(&self) -> &[u64] {
        self.storage.as_ref().get(..self.own_words).unwrap_or(&[])
    }

    /// The model's own words, to be written.
    pub(crate) fn own_mut(&mut self) -> &mut [u64] {
        self.storage.as_mut().get_mut(..self.own_words).unwrap_or(&mut [])
    }

    fn words_of(&self, index: usize) -> [u64; ENTRY_WORDS] {
        let at = self.own_words + index * ENTRY_WORDS;
        let words = self.storage.as_ref().get(at..at + ENTRY_WORDS);
        words.and_then(|words| words.try_into().ok()).unwrap_or_default()
    }

    /// Subject, place and code of an entry, in sorting order.
    fn key(&self, index: usize) -> (u32, u64, u32) {
        let [head, place, _] = self.words_of(index);
        ((head & 0xffff_ffff) as u32, place, (head >> 32) as u32)
    }

    fn lower_bound(&self, key: (u32, u64, u32)) -> usize {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.key(middle) < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Sets the number with this code; a later one replaces an earlier one.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if the storage is full.
    pub(crate) fn set(
        &mut self,
        subject: Subject,
        place: Place,
        code: u32,
        value: f64,
    ) -> Result<()> {
        let key = (subject.number(), place.0, code);
        let index = self.lower_bound(key);
        let fresh = index == self.len || self.key(index) != key;
        let words = self.storage.as_mut().get_mut(self.own_words..).unwrap_or(&mut []);
        let (at, end) = (index * ENTRY_WORDS, self.len * ENTRY_WORDS);
        if fresh {
            if words.len() < end + ENTRY_WORDS {
                let (needed, available) = ((end + ENTRY_WORDS) as u64, words.len() as u64);
                let what = "storage for rates by gate and place, in words";
                return Err(ErrorKind::Capacity { what, needed, available }.into());
            }
            words.copy_within(at..end, at + ENTRY_WORDS);
            self.len += 1;
        }
        let head = u64::from(key.0) | u64::from(code) << 32;
        words[at..at + ENTRY_WORDS].copy_from_slice(&[head, place.0, value.to_bits()]);
        Ok(())
    }

    /// All codes and numbers given for this subject at exactly this place; none is an empty range.
    pub(crate) fn at(&self, subject: Subject, place: Place) -> Range<usize> {
        if self.is_empty() {
            return 0..0;
        }
        let key = (subject.number(), place.0, 0);
        let start = self.lower_bound(key);
        let mut end = start;
        while end < self.len && self.key(end).0 == key.0 && self.key(end).1 == key.1 {
            end += 1;
        }
        start..end
    }

    /// What is given for the gate with this slot on `place`: for the gate at its place, else for the
    /// gate, else for the place. Also says whether that is bound to the place.
    pub(crate) fn of_gate(&self, slot: u16, place: Option<Place>) -> Option<(Range<usize>, bool)> {
        if self.is_empty() {
            return None;
        }
        let given = |subject, place, placed| {
            let set = self.at(subject, place);
            (!set.is_empty()).then_some((set, placed))
        };
        place
            .and_then(|place| given(Subject::Gate(slot), place, true))
            .or_else(|| given(Subject::Gate(slot), Place::ANYWHERE, false))
            .or_else(|| place.and_then(|place| given(Subject::Place, place, true)))
    }

    /// The one number given for a gate operation, for models that use no codes.
    pub(crate) fn number_of_gate(&self, op: Op<'_>) -> Option<f64> {
        let (mut set, _) = self.of_gate(op.gate(), Place::of(op))?;
        set.next().map(|index| self.entry(index).1)
    }

    /// The number with this code given for a gate operation, for models that give several: looked up in
    /// the order of [`Self::of_gate`], each code by itself.
    pub(crate) fn coded_number_of_gate(&self, op: Op<'_>, code: u32) -> Option<f64> {
        if self.is_empty() {
            return None;
        }
        let (gate, place) = (Subject::Gate(op.gate()), Place::of(op));
        let given = |subject, place| {
            let coded = |index| Some(self.entry(index)).filter(|entry| entry.0 == code);
            self.at(subject, place).find_map(coded).map(|entry| entry.1)
        };
        place
            .and_then(|place| given(gate, place))
            .or_else(|| given(gate, Place::ANYWHERE))
            .or_else(|| place.and_then(|place| given(Subject::Place, place)))
    }

    /// Code and number of an entry.
    pub(crate) fn entry(&self, index: usize) -> (u32, f64) {
        let [head, _, bits] = self.words_of(index);
        ((head >> 32) as u32, f64::from_bits(bits))
    }

    /// The one number given for this subject and place, for models that use no codes.
    pub(crate) fn number(&self, subject: Subject, place: Place) -> Option<f64> {
        self.at(subject, place).next().map(|index| self.entry(index).1)
    }

    /// The sets of entries with one subject and place each.
    pub(crate) fn sets(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut next = 0;
        core::iter::from_fn(move || {
            let set = self.set_from(next)?;
            next = set.end;
            Some(set)
        })
    }

    /// The set that begins with entry number `start`.
    pub(crate) fn set_from(&self, start: usize) -> Option<Range<usize>> {
        let mut next = start;
        while next < self.len
            && (self.key(next).0, self.key(next).1) == (self.key(start).0, self.key(start).1)
        {
            next += 1;
        }
        (start < next).then_some(start..next)
    }

    /// The two qubits of an entry about a pair, the lower one first.
    #[expect(clippy::cast_possible_truncation, reason = "the two halves are meant")]
    pub(crate) fn pair_of(&self, index: usize) -> (u32, u32) {
        let (_, place, _) = self.key(index);
        (place as u32, (place >> 32) as u32)
    }

    /// The largest number with this code, at least `floor`.
    pub(crate) fn coded_max(&self, code: u32, floor: f64) -> f64 {
        let coded = (0..self.len).map(|index| self.entry(index)).filter(|entry| entry.0 == code);
        coded.map(|entry| entry.1).fold(floor, f64::max)
    }

    /// The largest number, at least `floor`.
    pub(crate) fn max(&self, floor: f64) -> f64 {
        (0..self.len).map(|index| self.entry(index).1).fold(floor, f64::max)
    }
}
