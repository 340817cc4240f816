//! The tracks of a shot. Events of one track never overlap: what would goes to a further lane.

use super::layout::Slot;

/// Whose track it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The part at this place, counted from the runtime (0) down.
    Part(usize),
    /// Who is not known.
    Unknown,
    /// A qubit.
    Qubit(u32),
}

#[derive(Debug)]
struct Track {
    owner: Owner,
    end_ns: u64,
}

/// The tracks of a shot, numbered from 1 as they come.
#[derive(Debug, Default)]
pub(super) struct Tracks(Vec<Track>);

/// A track, and whether it is a new one that has yet to be announced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen {
    pub(super) tid: u64,
    /// 0 for the first track of its owner.
    pub(super) lane: usize,
    pub(super) is_new: bool,
}

impl Tracks {
    /// The first track of `owner`.
    pub(super) fn first(&mut self, owner: Owner) -> Chosen {
        self.find(owner, |_| true)
    }

    /// The first track of `owner` that is free from the slot's start on; the slot is then taken.
    pub(super) fn free(&mut self, owner: Owner, slot: Slot) -> Chosen {
        let chosen = self.find(owner, |track| track.end_ns <= slot.start_ns);
        let index = usize::try_from(chosen.tid - 1).unwrap_or(usize::MAX);
        if let Some(track) = self.0.get_mut(index) {
            track.end_ns = slot.end_ns();
        }
        chosen
    }

    fn find(&mut self, owner: Owner, fits: impl Fn(&Track) -> bool) -> Chosen {
        let mut lane = 0;
        for (index, track) in self.0.iter().enumerate() {
            if track.owner == owner {
                if fits(track) {
                    return Chosen { tid: index as u64 + 1, lane, is_new: false };
                }
                lane += 1;
            }
        }
        self.0.push(Track { owner, end_ns: 0 });
        Chosen { tid: self.0.len() as u64, lane, is_new: true }
    }
}
