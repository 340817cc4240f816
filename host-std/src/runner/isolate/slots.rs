//! Memory that parent and worker both see: which shot is running, and the bits of those before it.
//!
//! It outlives the worker, so the parent finds in it what was finished when the worker ended, and
//! the worker tells nobody anything while shots run well.
#![expect(unsafe_code, reason = "memory shared with another process has no safe form")]

use core::sync::atomic::{AtomicU64, Ordering};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

use memmap2::MmapRaw;

/// Where the count of shots begun, that of shots ended, and the first place lie.
const BEGUN_AT: usize = 0;
const ENDED_AT: usize = 8;
const PLACES_AT: u64 = 64;

/// What a place holds: nothing yet, the shot's bits, or nothing because it failed.
const EMPTY: u8 = 0;
const GOOD: u8 = 1;
const FAILED: u8 = 2;

/// Places for the shots of one request.
#[derive(Debug)]
pub(super) struct Slots {
    file: File,
    map: MmapRaw,
    count: u64,
    bit_count: usize,
}

/// What is in a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The shot has not ended.
    Empty,
    Bits,
    Failed,
    /// Nothing that a worker writes: a part has scribbled here.
    Nonsense,
}

/// Bytes of the file.
fn bytes(count: u64, bit_count: usize) -> io::Result<u64> {
    let places = count.checked_mul(bit_count as u64 + 1);
    places
        .and_then(|places| places.checked_add(PLACES_AT))
        .ok_or_else(|| io::Error::from(io::ErrorKind::OutOfMemory))
}

/// A file without a name.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn unnamed() -> io::Result<File> {
    let file = rustix::fs::memfd_create(c"pandia shots", rustix::fs::MemfdFlags::CLOEXEC)?;
    Ok(file.into())
}

/// A file without a name.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn unnamed() -> io::Result<File> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("pandia-{}-{number}", std::process::id()));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

impl Slots {
    /// New memory for `count` shots of `bit_count` bits.
    pub(super) fn create(count: u64, bit_count: usize) -> io::Result<Self> {
        let file = unnamed()?;
        file.set_len(bytes(count, bit_count)?)?;
        Self::open(file, count, bit_count)
    }

    /// The memory of a file that [`Self::create`] made in another process.
    pub(super) fn open(file: File, count: u64, bit_count: usize) -> io::Result<Self> {
        if file.metadata()?.len() != bytes(count, bit_count)? {
            let text = "the shared memory is not as large as the job says";
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        let map = MmapRaw::map_raw(&file)?;
        Ok(Self { file, map, count, bit_count })
    }

    /// The file, to be handed over.
    pub(super) fn file(&self) -> io::Result<OwnedFd> {
        Ok(self.file.try_clone()?.into())
    }

    fn counter(&self, at: usize) -> &AtomicU64 {
        let address = self.map.as_mut_ptr().wrapping_add(at).cast::<u64>();
        // SAFETY: within the first 64 bytes, which every map has; aligned, since maps begin at a
        // page; lives as long as the map; both processes use it atomically only.
        unsafe { AtomicU64::from_ptr(address) }
    }

    /// Forgets the last request. Nobody else uses the memory meanwhile.
    pub(super) fn clear(&self) {
        self.counter(BEGUN_AT).store(0, Ordering::Relaxed);
        self.counter(ENDED_AT).store(0, Ordering::Relaxed);
        let end = self.map.len();
        if let Some(places) = self.place(0) {
            let bytes = places.addr() - self.map.as_mut_ptr().addr();
            // SAFETY: from the first place to the end of the map, of which nobody has a reference.
            unsafe { places.write_bytes(EMPTY, end - bytes) };
        }
        core::sync::atomic::fence(Ordering::Release);
    }

    /// How many shots have begun and how many of them have ended, as the counters say.
    pub(super) fn progress(&self) -> (u64, u64) {
        let ended = self.counter(ENDED_AT).load(Ordering::Acquire);
        (self.counter(BEGUN_AT).load(Ordering::Acquire), ended)
    }

    /// Whether the shot at `index` is running, once the worker is gone. Counters that cannot be were
    /// scribbled over by a part, in a shot.
    pub(super) fn is_running(&self, index: u64) -> bool {
        self.progress() != (index, index)
    }

    /// The worker begins the shot at `index`.
    #[inline]
    pub(super) fn begin(&self, index: u64) {
        self.counter(BEGUN_AT).store(index + 1, Ordering::Release);
    }

    /// The shot at `index` has ended with these bits, or failed.
    #[inline]
    pub(super) fn end(&self, index: u64, bits: Option<&[u8]>) {
        let place = self.place(index);
        let bits = bits.filter(|bits| bits.len() == self.bit_count);
        if let (Some(place), Some(bits)) = (place, bits) {
            let to = place.wrapping_add(1);
            // SAFETY: a place has `bit_count` bytes behind its first; nobody reads them before the
            // counter says that the shot has ended.
            unsafe { to.copy_from_nonoverlapping(bits.as_ptr(), bits.len()) };
        }
        if let Some(place) = place {
            // SAFETY: as above.
            unsafe { place.write(if bits.is_some() { GOOD } else { FAILED }) };
        }
        self.counter(ENDED_AT).store(index + 1, Ordering::Release);
    }

    /// What the shot at `index` gave; its bits are put into `bits`. For when the worker waits or is
    /// gone.
    pub(super) fn read(&self, index: u64, bits: &mut Vec<u8>) -> Place {
        bits.clear();
        let Some(place) = self.place(index) else { return Place::Nonsense };
        // SAFETY: inside the map; any byte is a value.
        let kind = unsafe { place.read() };
        bits.resize(self.bit_count, 0);
        let from = place.wrapping_add(1);
        // SAFETY: a place has `bit_count` bytes behind its first, and so has `bits`.
        unsafe { from.copy_to_nonoverlapping(bits.as_mut_ptr(), self.bit_count) };
        match kind {
            EMPTY => Place::Empty,
            GOOD if bits.iter().all(|&bit| bit <= 2) => Place::Bits,
            FAILED => Place::Failed,
            _ => Place::Nonsense,
        }
    }

    fn place(&self, index: u64) -> Option<*mut u8> {
        if index >= self.count {
            return None;
        }
        let at = usize::try_from(PLACES_AT + index * (self.bit_count as u64 + 1)).ok()?;
        Some(self.map.as_mut_ptr().wrapping_add(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_side_sees_what_was_written_and_nothing_odd_is_believed() {
        let ours = Slots::create(3, 2).unwrap();
        let theirs = Slots::open(ours.file().unwrap().into(), 3, 2).unwrap();
        assert_eq!(ours.progress(), (0, 0));
        theirs.begin(0);
        assert_eq!(ours.progress(), (1, 0));
        assert!(ours.is_running(0));
        theirs.end(0, Some(&[1, 2]));
        assert!(!ours.is_running(1));
        theirs.begin(1);
        theirs.end(1, None);
        theirs.begin(2);
        let mut bits = Vec::new();
        assert_eq!(ours.read(2, &mut bits), Place::Empty);
        theirs.end(2, Some(&[1, 7]));
        theirs.end(99, Some(&[1, 1]));
        assert_eq!((ours.read(0, &mut bits), bits.as_slice()), (Place::Bits, &[1, 2][..]));
        assert_eq!(ours.read(1, &mut bits), Place::Failed);
        assert_eq!(ours.read(2, &mut bits), Place::Nonsense);
        assert_eq!(ours.read(3, &mut bits), Place::Nonsense);
        assert!(ours.is_running(2), "counters that cannot be");
        ours.clear();
        assert_eq!(theirs.progress(), (0, 0));
        assert!((0..3).all(|index| theirs.read(index, &mut bits) == Place::Empty));
        assert!(Slots::open(ours.file().unwrap().into(), 4, 2).is_err());
        assert!(Slots::create(u64::MAX, 2).is_err());
    }
}
