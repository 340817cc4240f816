//! The checksum of an image.

use super::header::CRC_AT;
use crc::{CRC_32_ISO_HDLC, Crc};

/// The one of zip and Ethernet, over every byte of `image` but the four of the sum itself, which
/// count as zeros.
#[must_use]
pub fn crc(image: &[u8]) -> u32 {
    static CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
    let mut digest = CRC.digest();
    let (before, rest) = image.split_at(CRC_AT.min(image.len()));
    digest.update(before);
    digest.update(&[0; 4][..rest.len().min(4)]);
    digest.update(rest.get(4..).unwrap_or(&[]));
    digest.finalize()
}

/// Writes the sum into an image that is otherwise complete.
pub fn seal(image: &mut [u8]) {
    let sum = crc(image).to_le_bytes();
    if let Some(place) = image.get_mut(CRC_AT..CRC_AT + sum.len()) {
        place.copy_from_slice(&sum);
    }
}
