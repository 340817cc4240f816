//! Gates of the program's own: what is known of them here, and which of their matrices are there.
//!
//! A matrix is a function of this side, so it is worked out here and kept there, for as many choices
//! of parameters as there is room for. Which those are is decided here, so that nothing needs to be
//! asked. Parameters are known by a hash: were two the same, the other end would find none of that
//! kind and say so.

use crate::backend::{GateDef, UserMatrix};
use crate::link::gate_room::PLACES_MAX;
use crate::op::{Op, OpKind};
use core::hash::Hasher as _;
use heapless::{String, Vec};
use siphasher::sip::SipHasher13;

/// Most gates of the program's own that were taken there.
pub(super) const OWN_MAX: usize = 16;
/// Most bytes of the id of one.
pub(super) const ID_BYTES: usize = 64;

/// A place for a matrix at the other end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Kept {
    hash: u64,
    /// The last piece of a batch that needs it.
    used_in: u32,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    Empty,
    /// A unitary matrix.
    Good,
    /// Parameters that the gate's function refuses, or for which it gives something else.
    Bad,
}

/// A gate of the program's own.
#[derive(Clone, Debug)]
pub(super) struct OwnGate {
    pub(super) slot: u16,
    pub(super) qubit_count: u8,
    pub(super) param_count: u8,
    pub(super) id: String<ID_BYTES>,
    pub(super) matrix: Option<UserMatrix>,
    /// How many of `kept` there are.
    pub(super) places: u32,
    kept: [Kept; PLACES_MAX],
}

/// All of them that were taken.
#[derive(Clone, Debug)]
pub(super) struct Own {
    gates: Vec<OwnGate, OWN_MAX>,
    /// The piece of a batch that is being prepared.
    piece: u32,
}

/// What has to be done for an operation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Need {
    Nothing,
    /// A matrix has to be sent.
    Matrix(Sending),
    /// What came before has to be carried out first.
    Room,
}

/// A matrix that is to be sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sending {
    pub(super) slot: u16,
    pub(super) qubit_count: u8,
    pub(super) param_count: u8,
    pub(super) matrix: UserMatrix,
    pub(super) place: u32,
}

fn hash(params: &[u64]) -> u64 {
    let mut hasher = SipHasher13::new();
    params.iter().for_each(|word| hasher.write_u64(word.to_le()));
    hasher.finish()
}

impl OwnGate {
    /// One that is about to be announced; nothing is there.
    pub(super) fn new(def: &GateDef<'_>) -> Option<Self> {
        let GateDef { slot, id, qubit_count, param_count, matrix } = *def;
        let id = String::try_from(id).ok()?;
        let kept = [Kept::default(); PLACES_MAX];
        Some(Self { slot, qubit_count, param_count, id, matrix, places: 0, kept })
    }

    pub(super) fn def(&self) -> GateDef<'_> {
        let Self { slot, qubit_count, param_count, matrix, .. } = *self;
        GateDef { slot, id: &self.id, qubit_count, param_count, matrix }
    }

    /// The matrix that goes to this place.
    pub(super) fn sending(&self, place: u32) -> Option<Sending> {
        let Self { slot, qubit_count, param_count, .. } = *self;
        Some(Sending { slot, qubit_count, param_count, matrix: self.matrix?, place })
    }

    /// The matrix for these parameters is there.
    pub(super) fn has_come(&mut self, place: u32, params: &[u64], state: State, piece: u32) {
        if let Some(kept) = self.kept.get_mut(place as usize) {
            *kept = Kept { hash: hash(params), used_in: piece, state };
        }
    }

    fn places(&mut self) -> &mut [Kept] {
        self.kept.get_mut(..self.places as usize).unwrap_or(&mut [])
    }

    fn fits(&self, op: Op<'_>) -> bool {
        op.qubit_count() == usize::from(self.qubit_count)
            && op.param_count() == usize::from(self.param_count)
    }
}

impl Own {
    pub(super) const fn new() -> Self {
        Self { gates: Vec::new(), piece: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.gates.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.gates.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<&OwnGate> {
        self.gates.get(at)
    }

    pub(super) fn find(&mut self, slot: u16) -> Option<&mut OwnGate> {
        self.gates.iter_mut().find(|gate| gate.slot == slot)
    }

    pub(super) fn has_room_for(&self, slot: u16) -> bool {
        !self.gates.is_full() || self.gates.iter().any(|gate| gate.slot == slot)
    }

    /// The other end takes this gate.
    pub(super) fn put(&mut self, gate: OwnGate) {
        match self.find(gate.slot) {
            Some(old) => *old = gate,
            // Nobody asks without room for it.
            None => drop(self.gates.push(gate)),
        }
    }

    /// The matrices of this gate are not there any more.
    pub(super) fn forget(&mut self, slot: u16) {
        if let Some(gate) = self.find(slot) {
            gate.kept = [Kept::default(); PLACES_MAX];
        }
    }

    /// A piece of a batch is to be prepared: its number.
    pub(super) fn next_piece(&mut self) {
        self.piece = self.piece.wrapping_add(1);
        if self.piece == 0 {
            // Places that were used long ago would count as used now.
            let kept = self.gates.iter_mut().flat_map(|gate| &mut gate.kept);
            kept.for_each(|kept| kept.used_in = 0);
            self.piece = 1;
        }
    }

    pub(super) const fn piece(&self) -> u32 {
        self.piece
    }

    /// What is to be done before this operation can be sent.
    pub(super) fn need(&mut self, op: Op<'_>) -> Need {
        let piece = self.piece;
        if op.kind() != OpKind::Gate {
            return Need::Nothing;
        }
        // One of other counts is refused there; one without a matrix is known there.
        let gate = self.find(op.gate());
        let Some(gate) = gate.filter(|gate| gate.fits(op) && gate.matrix.is_some()) else {
            return Need::Nothing;
        };
        let wanted = hash(op.params());
        let kept = gate.places().iter_mut();
        let mut kept = kept.filter(|kept| kept.state != State::Empty);
        if let Some(kept) = kept.find(|kept| kept.hash == wanted) {
            kept.used_in = piece;
            return Need::Nothing;
        }
        // The one that was not needed for longest makes room.
        let places = (0..).zip(gate.places().iter());
        let oldest = places
            .filter(|(_, kept)| kept.state == State::Empty || kept.used_in != piece)
            .min_by_key(|(_, kept)| (kept.state != State::Empty, kept.used_in));
        match oldest {
            Some((place, _)) => gate.sending(place).map_or(Need::Nothing, Need::Matrix),
            None => Need::Room,
        }
    }

    /// Whether nothing is known against this gate: it was taken, and its matrix is there and unitary.
    pub(super) fn is_good(&self, op: Op<'_>) -> bool {
        let gate = self.gates.iter().find(|gate| gate.slot == op.gate() && gate.fits(op));
        gate.is_some_and(|gate| {
            let wanted = hash(op.params());
            gate.kept.iter().any(|kept| kept.state == State::Good && kept.hash == wanted)
        })
    }
}
