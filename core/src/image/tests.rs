//! One image of each form, built by hand, and everything that can be wrong with it.

use super::header::CRC_AT;
use super::*;
use core::ops::Range;
use std::string::{String, ToString};
use std::vec::Vec;

const MACHINE: &str = "riscv32imac-unknown-none-elf";
const AT: u64 = 0x8020_0000;
const RAM: Range<u64> = 0x8040_0000..0x8040_8000;
/// Code and constants end and data begins here.
const DATA_AT: u32 = 0xa00;
const ENTRY: u32 = 0x900;
const VALUES: &[u8; 32] = b"first values, 32 bytes of them..";
const ZERO_BYTES: u32 = 96;

fn machine(name: &str) -> Machine {
    Machine::new(name).unwrap()
}

fn slot() -> Slot {
    Slot { machine: machine(MACHINE), at: AT, ram: RAM }
}

/// Where the image for anywhere has something to move.
fn moves() -> Vec<Move> {
    let mut moves = std::vec![Move { at: 0x80, kind: MoveKind::RiscvLui }];
    moves.extend((0..24).map(|k| Move { at: ENTRY + 24 + 4 * k, kind: MoveKind::Word32 }));
    moves.push(Move { at: DATA_AT, kind: MoveKind::Word32 });
    moves
}

fn header(form: Form) -> Header {
    let moves_at = DATA_AT + 32;
    let anywhere = form == Form::Anywhere;
    let move_count = if anywhere { u32::try_from(moves().len()).unwrap() } else { 0 };
    Header {
        format: FORMAT,
        header_bytes: 128,
        image_bytes: moves_at + 4 * move_count,
        crc: 0,
        form: Some(form),
        major: 1,
        minor: 0,
        pointer_bytes: 4,
        align_log2: 12,
        entry: ENTRY,
        base: if anywhere { 0 } else { AT },
        ram: if anywhere { 0 } else { RAM.start + 0x100 },
        data_at: DATA_AT,
        data_bytes: 32,
        zero_bytes: ZERO_BYTES,
        moves_at,
        move_count,
        reserved: 0,
        machine: machine(MACHINE),
    }
}

/// The image behind this header: instructions and constants that look like some.
fn image_of(header: &Header) -> Vec<u8> {
    let mut bytes = header.to_bytes().to_vec();
    bytes.extend(0x8000_0537_u32.to_le_bytes());
    let mut word = 0x1234_5678_u32;
    while bytes.len() < DATA_AT as usize {
        word = word.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend(VALUES);
    if header.form == Some(Form::Anywhere) {
        bytes.extend(moves().iter().flat_map(|entry| entry.to_word().unwrap().to_le_bytes()));
    }
    seal(&mut bytes);
    bytes
}

fn image(form: Form) -> Vec<u8> {
    image_of(&header(form))
}

/// What happens to it in this slot.
fn outcome(bytes: &[u8], slot: &Slot) -> Result<Loaded, Refusal> {
    let mut ram = std::vec![0xcd; usize::try_from(slot.ram.end - slot.ram.start).unwrap()];
    Image::check(bytes)?.load(slot, &mut ram)
}

fn name(bytes: &[u8], slot: &Slot) -> &'static str {
    outcome(bytes, slot).map_or_else(|refusal| refusal.name(), |_| "loaded")
}

#[test]
fn the_header_is_these_bytes() {
    let header = Header { crc: 0x0403_0201, ..header(Form::Anywhere) };
    let hex: Vec<String> = header
        .to_bytes()
        .chunks(16)
        .map(|line| line.iter().map(|byte| std::format!("{byte:02x}")).collect())
        .collect();
    let golden = [
        "504e44494d41474501008000880a0000",
        "01020304020000000100000004000c00",
        "00090000000a00000000000000000000",
        "00000000000000002000000060000000",
        "200a00001a0000007269736376333269",
        "6d61632d756e6b6e6f776e2d6e6f6e65",
        "2d656c66000000000000000000000000",
        "00000000000000000000000000000000",
    ];
    assert_eq!(hex, golden);
    assert_eq!(Header::from_bytes(&header.to_bytes()), header);
}

#[test]
fn a_fixed_image_runs_where_it_lies_and_its_variables_are_set() {
    let bytes = image(Form::Fixed);
    let mut ram = std::vec![0xcd; 0x8000];
    let loaded = Image::check(&bytes).unwrap().load(&slot(), &mut ram).unwrap();
    let code = AT..AT + u64::from(DATA_AT);
    assert_eq!(loaded, Loaded { module: AT + u64::from(ENTRY), code });
    assert_eq!(&ram[0x100..0x120], VALUES);
    assert_eq!(ram[0x120..0x180], [0; ZERO_BYTES as usize]);
    assert!(ram[..0x100].iter().chain(&ram[0x180..]).all(|&byte| byte == 0xcd));
}

#[test]
fn an_image_for_anywhere_is_copied_and_moved_to_where_it_is() {
    let bytes = image(Form::Anywhere);
    let image = Image::check(&bytes).unwrap();
    // The RAM begins in the middle of a page: the next one is taken.
    for (at, start) in [(AT, 0x8040_0000), (0x9000_0004, 0x8040_0ff0), (AT, 0x2000_0001)] {
        let slot = Slot { at, ram: start..start + 0x8000, ..slot() };
        let mut ram = std::vec![0xcd; 0x8000];
        let loaded = image.load(&slot, &mut ram).unwrap();
        let copy = start.next_multiple_of(0x1000);
        let offset = usize::try_from(copy - start).unwrap();
        let code = copy..copy + u64::from(DATA_AT);
        assert_eq!(loaded, Loaded { module: copy + u64::from(ENTRY), code });
        let copied = &ram[offset..offset + DATA_AT as usize + 32];
        let by = u32::try_from(copy).unwrap();
        let mut places = Vec::new();
        for entry in moves() {
            let at = entry.at as usize;
            let word = |bytes: &[u8]| u32::from_le_bytes(*bytes[at..].first_chunk().unwrap());
            assert_eq!(word(copied), word(&bytes).wrapping_add(by), "{entry:?}");
            places.extend(at..at + 4);
        }
        for (index, byte) in copied.iter().enumerate() {
            assert!(*byte == bytes[index] || places.contains(&index), "byte {index}");
        }
        let zero = offset + copied.len();
        assert_eq!(ram[zero..zero + ZERO_BYTES as usize], [0; ZERO_BYTES as usize]);
        assert!(ram[..offset].iter().all(|&byte| byte == 0xcd), "before");
        assert!(ram[zero + ZERO_BYTES as usize..].iter().all(|&byte| byte == 0xcd), "behind");
    }
}

#[test]
fn what_follows_an_image_in_flash_is_not_its_business() {
    for form in [Form::Fixed, Form::Anywhere] {
        let mut bytes = image(form);
        bytes.extend([0xff; 512]);
        assert_eq!(name(&bytes, &slot()), "loaded");
    }
}

#[test]
fn every_flipped_bit_is_found() {
    for form in [Form::Fixed, Form::Anywhere] {
        let mut bytes = image(form);
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            let expected: &[&str] = match bit / 8 {
                0..8 => &["no image"],
                8..10 => &["format"],
                10..12 => &["inconsistent"],
                // One that says it is longer looks cut off, one that says it is shorter damaged.
                12..16 => &["cut off", "damaged", "inconsistent"],
                _ => &["damaged"],
            };
            let found = name(&bytes, &slot());
            assert!(expected.contains(&found), "bit {bit} of {form:?}: {found}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        assert_eq!(name(&bytes, &slot()), "loaded");
    }
}

#[test]
fn every_cut_is_found() {
    let bytes = image(Form::Anywhere);
    for len in 1..bytes.len() {
        assert_eq!(name(&bytes[..len], &slot()), "cut off", "{len} bytes");
        // In flash, what is missing reads as erased.
        let mut flash = bytes.clone();
        flash[len..].fill(0xff);
        if flash != bytes {
            assert_ne!(name(&flash, &slot()), "loaded", "{len} bytes, then erased");
        }
    }
}

#[test]
fn nothing_there_is_told_from_something_else() {
    let said = |bytes: &[u8]| Image::check(bytes).unwrap_err();
    assert_eq!(said(&[]), Refusal::Empty);
    assert_eq!(said(&[0xff; 4096]), Refusal::Erased(0xff));
    assert_eq!(said(&[0; 64]), Refusal::Erased(0));
    assert_eq!(
        said(b"\x7fELF\x01\x01\x01\0..."),
        Refusal::Stranger { begin: *b"\x7fELF\x01\x01\x01\0" }
    );
    let mut late = [0xff; 4096];
    late[100] = 0;
    assert_eq!(said(&late), Refusal::Stranger { begin: [0xff; 8] });
    for absent in [Refusal::Empty, Refusal::Erased(0)] {
        assert!(absent.is_absence());
    }
}

#[test]
fn an_image_for_elsewhere_is_refused_with_both_sides() {
    let fixed = image(Form::Fixed);
    let anywhere = image(Form::Anywhere);
    let refused = |bytes: &[u8], slot: &Slot, parts: &[&str]| {
        let text = outcome(bytes, slot).unwrap_err().to_string();
        for part in parts {
            assert!(text.contains(part), "{part:?} is not in {text:?}");
        }
    };
    let other = Slot { machine: machine("thumbv7em-none-eabihf/cortex-m7"), ..slot() };
    refused(&fixed, &other, &[MACHINE, "thumbv7em-none-eabihf/cortex-m7"]);
    refused(&fixed, &Slot { at: AT + 4096, ..slot() }, &["0x80200000", "0x80201000", "--anywhere"]);
    let low = Slot { ram: RAM.start + 0x200..RAM.end, ..slot() };
    refused(&fixed, &low, &["0x80400100 to 0x80400180", "0x80400200 to 0x80408000"]);
    let high = Slot { ram: RAM.start..RAM.start + 0x17f, ..slot() };
    refused(&fixed, &high, &["0x80400100 to 0x80400180"]);
    let needed = (DATA_AT + 32 + ZERO_BYTES).to_string();
    let small = Slot { ram: RAM.start..RAM.start + 0xa7f, ..slot() };
    refused(&anywhere, &small, &[&needed, "4096", "0x80400000 to 0x80400a7f"]);
    let last = Slot { ram: u64::MAX - 64..u64::MAX, ..slot() };
    refused(&anywhere, &last, &[&needed]);
    // The image in the RAM that it would take, at its beginning and at its end.
    for at in [RAM.start + 0x40, RAM.start - 0x40] {
        refused(&anywhere, &Slot { at, ..slot() }, &["overlap"]);
    }
    let over = Header { ram: AT + u64::from(DATA_AT), ..header(Form::Fixed) };
    let wide = Slot { ram: AT..RAM.end, ..slot() };
    refused(&image_of(&over), &wide, &["overlap", "0x80200000 to 0x80200a20"]);
    let tight = Slot { ram: RAM.start..RAM.start + 0xa80, ..slot() };
    assert_eq!(name(&anywhere, &tight), "loaded", "exactly as much as it takes");
}

#[test]
fn a_header_that_cannot_be_is_refused_though_the_sum_is_right() {
    let (fixed, anywhere) = (header(Form::Fixed), header(Form::Anywhere));
    let unnamed = Machine::from_bytes([0; MACHINE_BYTES]);
    let cases = [
        (Header { format: 2, ..fixed }, "format"),
        (Header { major: 9, ..fixed }, "interface"),
        (Header { header_bytes: 120, ..fixed }, "inconsistent"),
        (Header { form: None, ..fixed }, "inconsistent"),
        (Header { pointer_bytes: 2, ..fixed }, "inconsistent"),
        (Header { align_log2: 21, ..fixed }, "inconsistent"),
        (Header { align_log2: 20, base: AT + 4, ..fixed }, "inconsistent"),
        (Header { reserved: 1, ..fixed }, "inconsistent"),
        (Header { machine: unnamed, ..fixed }, "inconsistent"),
        (Header { entry: 64, ..fixed }, "entry"),
        (Header { entry: DATA_AT - 27, ..fixed }, "entry"),
        (Header { entry: DATA_AT - 24, ..fixed }, "entry"),
        (Header { entry: u32::MAX - 3, ..fixed }, "entry"),
        (Header { entry: ENTRY + 2, ..fixed }, "entry"),
        (Header { data_at: 0, ..fixed }, "entry"),
        (Header { data_bytes: 33, ..fixed }, "inconsistent"),
        (Header { data_bytes: u32::MAX, ..fixed }, "inconsistent"),
        (Header { moves_at: fixed.moves_at - 2, ..fixed }, "inconsistent"),
        (Header { move_count: 1, ..fixed }, "inconsistent"),
        (Header { base: 0xffff_f000, ..fixed }, "base"),
        (Header { base: 0xffff_ffff_f000, ..fixed }, "inconsistent"),
        (Header { ram: u64::MAX - 2, pointer_bytes: 8, ..fixed }, "inconsistent"),
        (Header { base: 4096, ..anywhere }, "inconsistent"),
        (Header { ram: 4096, ..anywhere }, "inconsistent"),
        (Header { align_log2: 3, ..anywhere }, "moves"),
        (Header { data_bytes: 0, ..anywhere }, "moves"),
        (Header { zero_bytes: u32::MAX, ..anywhere }, "inconsistent"),
        (Header { zero_bytes: 1 << 31, ..anywhere }, "RAM"),
    ];
    for (header, expected) in cases {
        assert_eq!(name(&image_of(&header), &slot()), expected, "{header:?}");
    }
}

#[test]
fn both_versions_of_a_format_and_of_an_interface_are_named() {
    let said = |header| outcome(&image_of(&header), &slot()).unwrap_err().to_string();
    let fixed = header(Form::Fixed);
    let text = said(Header { format: 7, ..fixed });
    assert!(text.contains("format 7") && text.contains("format 1"), "{text}");
    let text = said(Header { major: 3, minor: 2, ..fixed });
    assert!(text.contains("3.2") && text.contains("1.0"), "{text}");
}

#[test]
fn a_table_of_moves_that_cannot_be_is_refused() {
    let good = image(Form::Anywhere);
    let table = header(Form::Anywhere).moves_at as usize;
    let lui = Move { at: 0x80, kind: MoveKind::RiscvLui }.to_word().unwrap();
    let word = |at| Move { at, kind: MoveKind::Word32 }.to_word().unwrap();
    for (index, entry) in [
        (0, 0),
        (0, 0x7000_0080),
        (0, word(0x7c)),
        (1, lui),
        (1, word(0x82)),
        (1, Move { at: ENTRY, kind: MoveKind::ThumbMovt }.to_word().unwrap()),
        (25, word(DATA_AT + 30)),
        (25, word(0x0fff_fffc)),
        // A place without the instruction that the entry says.
        (0, Move { at: 0x84, kind: MoveKind::RiscvLui }.to_word().unwrap()),
    ] {
        let mut bytes = good.clone();
        bytes[table + 4 * index..][..4].copy_from_slice(&u32::to_le_bytes(entry));
        seal(&mut bytes);
        let refusal = outcome(&bytes, &slot()).unwrap_err();
        let expected = Refusal::Move { index: u32::try_from(index).unwrap(), word: entry };
        assert_eq!(refusal, expected, "{entry:#x} as entry {index}");
    }
}

#[test]
fn no_header_with_a_right_sum_reaches_beyond_the_memory() {
    for form in [Form::Fixed, Form::Anywhere] {
        let good = image(form);
        for at in (8..128).filter(|at| !(CRC_AT..CRC_AT + 4).contains(at)) {
            for value in [0, 1, 0x7f, 0x80, 0xfe, 0xff] {
                let mut bytes = good.clone();
                bytes[at] = value;
                seal(&mut bytes);
                // Whatever comes of it, it is an answer.
                if let Ok(loaded) = outcome(&bytes, &slot()) {
                    let code = loaded.code;
                    assert!(code.contains(&loaded.module), "byte {at} = {value}: {code:x?}");
                }
            }
        }
    }
}
