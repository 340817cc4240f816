//! What can be told without calling a module: where images go, and which are refused. Loading and
//! calling one is done on boards (`cargo xtask test --only link`).

#![expect(unsafe_code, reason = "regions are addresses")]

use super::SlotShelf;
use crate::flash::MemoryFlash;
use crate::load::{Regions, machine};
use embedded_storage::nor_flash::{NorFlash, ReadNorFlash};
use pandia_core::image::{HEADER_BYTES, Machine, seal};
use pandia_core::link::Shelf;

extern crate std;
use std::boxed::Box;
use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

/// Bytes of all slots, and of all RAM.
const REGION_BYTES: usize = 4 * 8192;

/// Erased flash, its address, and RAM.
fn shelf() -> (SlotShelf<MemoryFlash>, usize) {
    let region = |byte: u8| {
        // Words, so that it is aligned; it is never given back.
        let memory = Box::leak(vec![[byte; 8]; REGION_BYTES / 8].into_boxed_slice());
        let start = memory.as_mut_ptr().expose_provenance();
        start..start + REGION_BYTES
    };
    let (flash, ram) = (region(0xff), region(0));
    let at = flash.start;
    // SAFETY: nobody else has this memory.
    let regions = unsafe { Regions::new(flash.clone(), ram) };
    // SAFETY: nor this, and the shelf reads it only while nothing is written.
    (SlotShelf::new(regions, unsafe { MemoryFlash::new(flash) }), at)
}

/// An image of `bytes` bytes without a module, whole in itself but for `entry`, for this machine.
fn image(bytes: u32, form: u32, base: u64, machine: Machine) -> Vec<u8> {
    let mut image = vec![0_u8; bytes as usize];
    let mut put = |at: usize, field: &[u8]| image[at..at + field.len()].copy_from_slice(field);
    put(0, b"PNDIMAGE");
    put(8, &1_u16.to_le_bytes());
    put(10, &128_u16.to_le_bytes());
    put(12, &bytes.to_le_bytes());
    put(20, &form.to_le_bytes());
    put(24, &1_u16.to_le_bytes());
    put(28, &8_u16.to_le_bytes());
    put(32, &HEADER_BYTES.to_le_bytes());
    put(36, &bytes.to_le_bytes());
    put(40, &base.to_le_bytes());
    put(64, &bytes.to_le_bytes());
    put(72, machine.as_bytes());
    seal(&mut image);
    image
}

/// Loads it in pieces of 128 bytes.
fn load(shelf: &mut SlotShelf<MemoryFlash>, slot: Option<u32>, image: &[u8]) -> Result<(), String> {
    let total = u32::try_from(image.len()).unwrap();
    for (index, piece) in image.chunks(128).enumerate() {
        let offset = u32::try_from(index * 128).unwrap();
        shelf.load(slot, offset, total, piece).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn names(shelf: &SlotShelf<MemoryFlash>) -> Vec<String> {
    (0..).map_while(|slot| Some(shelf.line(slot)?.name.to_string())).collect()
}

#[test]
fn what_the_header_says_against_an_image_is_said_before_anything_is_erased() {
    let (mut shelf, at) = shelf();
    let before = image(512, 2, 0, machine());
    let refused = load(&mut shelf, Some(1), &before).unwrap_err();
    let names_before = names(&shelf);
    assert!(
        names_before[1].len() > 10 && names_before[0].is_empty(),
        "{refused}: {names_before:?}"
    );
    let elsewhere = Machine::new("thumbv7em-none-eabihf").unwrap();
    let second = (at + REGION_BYTES / 4) as u64;
    for (image, says) in [
        (vec![], "no bytes"),
        (vec![7; 512], "PNDIMAGE"),
        (before[..100].to_vec(), "100"),
        (image(512, 2, 0, elsewhere), "thumbv7em-none-eabihf"),
        (image(512, 1, second + 64, machine()), "linked"),
    ] {
        let total = u32::try_from(image.len()).unwrap();
        let error = shelf.load(Some(1), 0, total, &image).unwrap_err().to_string();
        assert!(error.contains("slot 1") && error.contains(says), "{error}");
        assert_eq!(names(&shelf), names_before, "{error}");
    }
    let wrong = load(&mut shelf, Some(2), &image(512, 1, second, machine())).unwrap_err();
    assert!(wrong.contains("slot 2") && wrong.contains("linked"), "{wrong}");
    // Where it is at home it is written, and what is wrong with its inside is found then.
    let inside = load(&mut shelf, None, &image(512, 1, second, machine())).unwrap_err();
    assert!(inside.contains("slot 1") && !inside.contains("linked"), "{inside}");
}

#[test]
fn pieces_come_in_order_and_an_image_goes_to_the_first_empty_slot() {
    let (mut shelf, _) = shelf();
    let image = image(512, 2, 0, machine());
    // Not the first one, not in order, not aligned, too long.
    let begun = |shelf: &mut SlotShelf<MemoryFlash>| shelf.load(None, 0, 512, &image[..128]);
    assert!(shelf.load(None, 128, 512, &image[128..256]).is_err());
    for (offset, total, end) in [(256, 512, 384), (128, 640, 256), (128, 512, 129), (128, 512, 128)]
    {
        begun(&mut shelf).unwrap();
        let piece = &image[offset as usize..end.max(offset as usize)];
        assert!(shelf.load(None, offset, total, piece).is_err(), "{offset} of {total}");
        assert!(shelf.load(None, 128, 512, &image[128..256]).is_err(), "it was given up");
    }
    begun(&mut shelf).unwrap();
    assert!(shelf.load(None, 128, 512, &[0; 448]).is_err(), "beyond its end");
    let long = shelf.load(None, 0, 8193, &image[..128]).unwrap_err().to_string();
    assert!(long.contains("8193") && long.contains("8192"), "{long}");
    // This one is refused at its end: its slot is not empty any more, and the next image goes on.
    for slot in 0..4 {
        let error = load(&mut shelf, None, &image).unwrap_err();
        assert!(error.starts_with(&std::format!("slot {slot}")), "{error}");
    }
    let full = load(&mut shelf, None, &image).unwrap_err();
    assert!(full.contains("none of the 4 slots") && full.contains("erase"), "{full}");
    shelf.erase(2).unwrap();
    assert!(load(&mut shelf, None, &image).unwrap_err().starts_with("slot 2"));
    assert!(shelf.erase(4).is_err() && load(&mut shelf, Some(4), &image).is_err());
    assert!(shelf.line(4).is_none() && shelf.module(0).is_none());
    assert!(shelf.part("pandia.coinflip").unwrap().is_none());
}

#[test]
fn memory_behaves_like_flash() {
    let (_, at) = shelf();
    // SAFETY: this memory was leaked, and its shelf is gone.
    let mut flash = unsafe { MemoryFlash::new(at..at + REGION_BYTES) };
    assert_eq!(flash.capacity(), REGION_BYTES);
    flash.write(8, &[1, 2, 3, 4]).unwrap();
    assert!(flash.write(8, &[1, 2, 3, 4]).is_err(), "written twice");
    assert!(flash.write(10, &[0; 4]).is_err() && flash.erase(0, 100).is_err(), "not aligned");
    assert!(flash.write(u32::MAX - 3, &[0; 4]).is_err());
    let mut read = [0; 6];
    flash.read(7, &mut read).unwrap();
    assert_eq!(read, [0xff, 1, 2, 3, 4, 0xff]);
    flash.erase(0, 4096).unwrap();
    flash.read(7, &mut read).unwrap();
    assert_eq!(read, [0xff; 6]);
    flash.write(8, &[5; 4]).unwrap();
}
