//! Numbers that name things: shots, seeds, random streams.
//!
//! Not here: qubit numbers and classical bits, which are plain `u32` in records.

/// A shot's number within a run. Shot 7 gives the same outcomes alone and among a thousand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ShotId(pub u64);

/// The seed of a whole run, the same for every shot and every part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Seed(pub u64);

/// Which random stream a part draws from: a hash of the part's id and of its place among equal
/// parts of the stack, so that adding another layer leaves everyone's draws alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct StreamId(pub u64);

impl StreamId {
    /// The stream of the `ordinal`-th part called `part_id`, counted from the simulator upward.
    ///
    /// FNV-1a (64 bit) over the id's bytes and the ordinal's eight little-endian bytes.
    #[must_use]
    pub const fn of(part_id: &str, ordinal: u64) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let bytes = part_id.as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            i += 1;
        }
        let ordinal = ordinal.to_le_bytes();
        i = 0;
        while i < ordinal.len() {
            hash = (hash ^ ordinal[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
            i += 1;
        }
        Self(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_parts_in_one_stack_have_different_streams() {
        assert_ne!(StreamId::of("pandia.depolarizing", 0), StreamId::of("pandia.depolarizing", 1));
        assert_ne!(StreamId::of("pandia.depolarizing", 0), StreamId::of("pandia.leakage", 0));
        assert_eq!(StreamId::of("", 0).0, StreamId::of("", 0).0);
    }
}
