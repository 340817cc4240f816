//! A linked module as an image.

use pandia_core::abi::raw;
use pandia_core::image::{FORMAT, Form, HEADER_BYTES, Header, Image, Machine, seal};

use super::elf::Linked;
use super::error::PackError;

/// The image of a module that was linked with `host-ffi/module.ld`; linked to 0 it may lie anywhere.
/// `machine` is the target triple, and after a slash the processor if one was chosen.
///
/// # Errors
/// [`PackError`] if the file is something else, or holds what cannot be moved.
pub fn pack(linked: &[u8], machine: &str) -> Result<Vec<u8>, PackError> {
    let unnamed = || PackError::Machine(machine.to_owned());
    let machine = Machine::new(machine).ok_or_else(unnamed)?;
    let linked = Linked::read(linked)?;
    let number = |value: u64| u32::try_from(value).map_err(|_| PackError::TooLarge(value));
    let mut bytes = linked.bytes;
    let data_at = number(bytes.len() as u64 - linked.data_bytes)?;
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    let moves_at = number(bytes.len() as u64)?;
    for entry in &linked.moves {
        let word = entry.to_word().ok_or(PackError::TooLarge(u64::from(entry.at)))?;
        bytes.extend(word.to_le_bytes());
    }
    let word = |at: u64| {
        let start = usize::try_from(at).ok()?;
        bytes.get(start..)?.first_chunk().map(|pair| u16::from_le_bytes(*pair))
    };
    let outside = PackError::Layout("its module is not among its constants");
    let (major, minor) = word(linked.entry + 8).zip(word(linked.entry + 10)).ok_or(outside)?;
    let form = if linked.base == 0 { Form::Anywhere } else { Form::Fixed };
    let header = Header {
        format: FORMAT,
        header_bytes: u16::try_from(HEADER_BYTES).unwrap_or(0),
        image_bytes: number(bytes.len() as u64)?,
        crc: 0,
        form: Some(form),
        major,
        minor,
        pointer_bytes: linked.pointer_bytes,
        align_log2: linked.align_log2,
        entry: number(linked.entry)?,
        base: linked.base,
        ram: linked.ram,
        data_at,
        data_bytes: number(linked.data_bytes)?,
        zero_bytes: number(linked.zero_bytes)?,
        moves_at,
        move_count: number(linked.moves.len() as u64)?,
        reserved: 0,
        machine,
    };
    bytes[..HEADER_BYTES as usize].copy_from_slice(&header.to_bytes());
    seal(&mut bytes);
    // Whoever packs must not make what nobody loads.
    Image::check(&bytes).map_err(PackError::Refused)?;
    super::contents(&bytes).map_err(PackError::NotLinked)?;
    Ok(bytes)
}

const _: () = assert!(core::mem::offset_of!(raw::Module, major) == 8);
const _: () = assert!(core::mem::offset_of!(raw::Module, minor) == 10);
