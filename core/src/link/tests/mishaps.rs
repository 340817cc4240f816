//! What may befall a frame on its way.

use std::vec::Vec;

/// How often each fault falls on a frame, in 1 of 65536.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Faults {
    pub(super) lost: u32,
    pub(super) cut: u32,
    pub(super) doubled: u32,
    pub(super) late: u32,
    pub(super) damaged: u32,
    pub(super) noise: u32,
    /// The server begins anew, and its stack with it.
    pub(super) restart: u32,
}

/// How often each fault fell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fallen {
    pub(super) frames: u64,
    pub(super) lost: u64,
    pub(super) cut: u64,
    pub(super) doubled: u64,
    pub(super) late: u64,
    pub(super) damaged: u64,
    pub(super) noise: u64,
    pub(super) restarts: u64,
}

/// SplitMix64: tests must not share the generator of what they test.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap()
    }

    pub(super) fn falls(&mut self, of_65536: u32) -> bool {
        (self.next() & 0xffff) < u64::from(of_65536)
    }
}

/// The copies of a frame that get through. `held`: the one that comes after the next.
pub(super) fn through(
    mut frame: Vec<u8>,
    faults: Faults,
    dice: &mut Dice,
    fallen: &mut Fallen,
    held: &mut Option<Vec<u8>>,
) -> Vec<Vec<u8>> {
    fallen.frames += 1;
    let Faults { lost, cut, doubled, late, damaged, noise, .. } = faults;
    let mut out = Vec::new();
    if dice.falls(noise) {
        fallen.noise += 1;
        out.push((0..dice.below(300)).map(|_| dice.next().to_le_bytes()[0]).collect());
    }
    if dice.falls(cut) {
        fallen.cut += 1;
        // With or without its end, from the front or from the back.
        let at = dice.below(frame.len());
        frame = if dice.falls(32768) { frame.split_off(at) } else { frame[..at].to_vec() };
    }
    if dice.falls(damaged) {
        fallen.damaged += 1;
        for _ in 0..=dice.below(3) {
            let at = dice.below(frame.len());
            if let Some(byte) = frame.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
    }
    if dice.falls(lost) {
        fallen.lost += 1;
    } else if held.is_none() && dice.falls(late) {
        fallen.late += 1;
        *held = Some(frame);
        return out;
    } else {
        if dice.falls(doubled) {
            fallen.doubled += 1;
            out.push(frame.clone());
        }
        out.push(frame);
    }
    out.extend(held.take());
    out
}
