//! Modules linked by hand: what is packed, and what is refused.
//!
//! `BLESS=1` rewrites `tests/programs/drift.elf` and `drift.img`, which the tests of the command use.

use object::elf;
use pandia_core::abi::raw;
use pandia_core::image::{Form, Image, Move, MoveKind};

use super::{PackError, contents, pack};

const MACHINE: &str = "thumbv7em-none-eabihf";
/// Offsets of the constants: module, list of plugins, plugin, texts.
const MODULE: u32 = 0x90;
const LIST: u32 = 0xb0;
const PLUGIN: u32 = 0xb8;
const TEXTS: u32 = 0x108;
const DATA_AT: u32 = 0x140;
const DATA_BYTES: u32 = 16;
const ZERO_BYTES: u32 = 32;

/// A symbol: name, value, section (0: none, 0xfff1: absolute).
type Symbol = (&'static str, u32, u16);

/// A linked module for Arm, to be spoiled before it is written.
struct Elf {
    kind: u16,
    machine: u16,
    base: u32,
    ram: u32,
    symbols: Vec<Symbol>,
    /// Address, kind, index of the symbol from 1.
    relocations: Vec<(u32, u32, u32)>,
    /// An address for one section more.
    extra: Option<u32>,
}

/// Numbers of the sections.
const CODE: u16 = 1;
const DATA: u16 = 2;
const ZERO: u16 = 3;

impl Elf {
    /// Linked to `base`, its variables to `ram`.
    fn new(base: u32, ram: u32) -> Self {
        let data_end = ram + DATA_BYTES;
        let symbols = vec![
            ("pandia_base", base, CODE),
            ("pandia_data_at", base + DATA_AT, CODE),
            ("pandia_data_start", ram, DATA),
            ("pandia_data_end", data_end, DATA),
            ("pandia_zero_end", data_end + ZERO_BYTES, ZERO),
            (raw::MODULE_SYMBOL, base + MODULE, CODE),
            ("elsewhere", 0x4000_0000, 0xfff1),
        ];
        let words = [0x84, LIST - 4 + 4, MODULE + 24, PLUGIN + 24, PLUGIN + 36, PLUGIN + 48];
        let mut relocations = vec![(base + 0x80, elf::R_ARM_THM_MOVW_ABS_NC, 6)];
        relocations.push((base + 0x84, elf::R_ARM_THM_MOVT_ABS, 6));
        relocations.push((base + 0x88, elf::R_ARM_THM_PC22, 6));
        relocations.extend(words[1..].iter().map(|at| (base + at, elf::R_ARM_ABS32, 6)));
        relocations.push((ram, elf::R_ARM_ABS32, 6));
        // An address that is the same wherever the image lies.
        relocations.push((base + 0x8c, elf::R_ARM_ABS32, 7));
        let (kind, machine) = (elf::ET_EXEC, elf::EM_ARM);
        Self { kind, machine, base, ram, symbols, relocations, extra: None }
    }

    fn anywhere() -> Self {
        Self::new(0, DATA_AT)
    }

    /// Header (empty), four instructions, constants.
    fn code(&self) -> Vec<u8> {
        let mut code = vec![0; DATA_AT as usize];
        let mut put = |at: u32, bytes: &[u8]| {
            code[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
        };
        put(0x80, &[0x40, 0xf2, 0x90, 0x03]);
        put(0x84, &[0xc0, 0xf2, 0x00, 0x03]);
        put(0x88, &[0x00, 0xf0, 0x02, 0xf8]);
        put(0x8c, &0x4000_0000_u32.to_le_bytes());
        put(MODULE, &raw::MAGIC.to_le_bytes());
        put(MODULE + 4, &28_u32.to_le_bytes());
        put(MODULE + 8, &raw::MAJOR.to_le_bytes());
        put(MODULE + 16, &1_u32.to_le_bytes());
        put(MODULE + 24, &(self.base + LIST).to_le_bytes());
        put(LIST, &(self.base + PLUGIN).to_le_bytes());
        put(PLUGIN, &76_u32.to_le_bytes());
        put(PLUGIN + 4, &raw::KIND_ERROR_MODEL.to_le_bytes());
        put(PLUGIN + 12, &1_u32.to_le_bytes());
        let mut at = TEXTS;
        for (field, text) in [(24, "example.drift"), (36, "1"), (48, "Angles that drift.")] {
            put(PLUGIN + field, &(self.base + at).to_le_bytes());
            put(PLUGIN + field + 4, &u32::try_from(text.len()).unwrap().to_le_bytes());
            put(at, text.as_bytes());
            at += u32::try_from(text.len()).unwrap();
        }
        code
    }

    fn write(&self) -> Vec<u8> {
        let words = |words: &[u32]| words.iter().flat_map(|w| w.to_le_bytes()).collect::<Vec<u8>>();
        let (mut names, mut symbols) = (vec![0], words(&[0; 4]));
        for (name, value, section) in &self.symbols {
            symbols.extend(words(&[u32::try_from(names.len()).unwrap(), *value, 0]));
            symbols.extend([0x10, 0]);
            symbols.extend(section.to_le_bytes());
            names.extend(name.bytes());
            names.push(0);
        }
        let relocations: Vec<u8> = self
            .relocations
            .iter()
            .flat_map(|(at, kind, symbol)| words(&[*at, symbol << 8 | kind]))
            .collect();
        let data = words(&[self.base + MODULE, 1, 2, 3]);
        let (alloc, progbits) = (elf::SHF_ALLOC, elf::SHT_PROGBITS);
        // Type, flags, address, bytes, size, link, info, bytes of an entry.
        let mut sections = vec![
            (elf::SHT_NULL, 0, 0, Vec::new(), 0, 0, 0, 0),
            (progbits, alloc, self.base, self.code(), 0, 0, 0, 0),
            (progbits, alloc, self.ram, data, 0, 0, 0, 0),
            (elf::SHT_NOBITS, alloc, self.ram + DATA_BYTES, Vec::new(), ZERO_BYTES, 0, 0, 0),
            (elf::SHT_SYMTAB, 0, 0, symbols, 0, 5, 1, 16),
            (elf::SHT_STRTAB, 0, 0, names, 0, 0, 0, 0),
            (elf::SHT_REL, 0, 0, relocations, 0, 4, 1, 8),
        ];
        if let Some(address) = self.extra {
            sections.push((progbits, alloc, address, vec![1; 4], 0, 0, 0, 0));
        }
        let (mut body, mut headers) = (vec![0; 52], Vec::new());
        for (kind, flags, address, bytes, size, link, info, entry) in &sections {
            let at = u32::try_from(body.len()).unwrap();
            let size = u32::try_from(bytes.len()).unwrap() + size;
            headers
                .extend(words(&[0, *kind, *flags, *address, at, size, *link, *info, 16, *entry]));
            body.extend(bytes);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        let sections_at = u32::try_from(body.len()).unwrap();
        let mut head = b"\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        head.extend(self.kind.to_le_bytes());
        head.extend(self.machine.to_le_bytes());
        head.extend(words(&[1, self.base + MODULE, 0, sections_at, 0]));
        for half in [52, 32, 0, 40, u16::try_from(sections.len()).unwrap(), 5] {
            head.extend(half.to_le_bytes());
        }
        body[..52].copy_from_slice(&head);
        body.extend(headers);
        body
    }
}

fn refused(elf: &Elf) -> PackError {
    pack(&elf.write(), MACHINE).unwrap_err()
}

#[test]
fn a_module_linked_to_an_address_becomes_a_fixed_image() {
    let bytes = pack(&Elf::new(0x20_0000, 0x2020_0000).write(), MACHINE).unwrap();
    let image = Image::check(&bytes).unwrap();
    let header = image.header();
    assert_eq!((header.form, header.move_count), (Some(Form::Fixed), 0));
    assert_eq!((header.base, header.ram, header.entry), (0x20_0000, 0x2020_0000, MODULE));
    assert_eq!((header.data_at, header.data_bytes, header.zero_bytes), (DATA_AT, 16, 32));
    assert_eq!(bytes.len(), 0x150);
    let plugins = contents(&bytes).unwrap();
    assert_eq!((plugins.len(), &*plugins[0].id), (1, "example.drift"));
    assert_eq!((&*plugins[0].version, plugins[0].param_count), ("1", 1));
}

#[test]
fn a_module_linked_to_0_becomes_an_image_for_anywhere_with_what_must_move() {
    let bytes = pack(&Elf::anywhere().write(), MACHINE).unwrap();
    let image = Image::check(&bytes).unwrap();
    assert_eq!(image.header().form, Some(Form::Anywhere));
    assert_eq!(image.align(), 65536, "because of movt");
    let table = bytes[image.header().moves_at as usize..].as_chunks::<4>().0;
    let moves: Vec<Move> =
        table.iter().map(|word| Move::from_word(u32::from_le_bytes(*word)).unwrap()).collect();
    let word = |at| Move { at, kind: MoveKind::Word32 };
    let mut expected = vec![Move { at: 0x84, kind: MoveKind::ThumbMovt }];
    expected.extend([MODULE + 24, LIST, PLUGIN + 24, PLUGIN + 36, PLUGIN + 48].map(word));
    expected.push(word(DATA_AT));
    assert_eq!(moves, expected);
}

#[test]
fn the_files_that_the_command_is_tested_with_are_these() {
    let elf = Elf::anywhere().write();
    let image = pack(&elf, MACHINE).unwrap();
    let mut damaged = image.clone();
    damaged[0x8a] ^= 0x04;
    let cut = image[..0x123].to_vec();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs");
    for (name, bytes) in
        [("drift.elf", elf), ("drift.img", image), ("damaged.img", damaged), ("cut.img", cut)]
    {
        let file = format!("{folder}/{name}");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&file, &bytes).unwrap();
        }
        assert!(std::fs::read(&file).unwrap() == bytes, "{file} differs");
    }
}

#[test]
fn what_cannot_be_moved_is_refused_with_its_place() {
    let with = |address, kind, symbol| {
        let mut elf = Elf::anywhere();
        elf.relocations.push((address, kind, symbol));
        refused(&elf).to_string()
    };
    let text = with(0x88, elf::R_ARM_GOT_PREL, 6);
    assert!(text.contains("at 0x88") && text.contains("96") && text.contains("pandia_module_v1"));
    let text = with(0x88, elf::R_ARM_REL32, 7);
    assert!(text.contains("does not move") && text.contains("elsewhere"), "{text}");
    let text = with(0x9000, elf::R_ARM_ABS32, 6);
    assert!(text.contains("outside"), "{text}");
    // Two places over each other, which no linker makes.
    assert!(with(0x86, elf::R_ARM_ABS32, 6).contains("would be refused: entry 1"));
    let mut elf = Elf::anywhere();
    elf.symbols.push(("__Thumbv7ABSLongThunk_far", 0x88, CODE));
    assert!(refused(&elf).to_string().contains("inserted a jump"));
    let mut elf = Elf::anywhere();
    elf.relocations.clear();
    assert!(refused(&elf).to_string().contains("--emit-relocs"));
    // Where nothing moves, nothing has to be known of it.
    let mut elf = Elf::new(0x20_0000, 0x2020_0000);
    elf.relocations.push((0x20_0088, elf::R_ARM_GOT_PREL, 6));
    assert!(pack(&elf.write(), MACHINE).is_ok());
}

#[test]
fn what_is_no_linked_module_is_refused_with_the_way_out() {
    let spoiled = |spoil: fn(&mut Elf)| {
        let mut elf = Elf::anywhere();
        spoil(&mut elf);
        refused(&elf)
    };
    assert!(matches!(pack(b"text", MACHINE), Err(PackError::NotLinked(_))));
    assert!(matches!(spoiled(|elf| elf.kind = elf::ET_REL), PackError::NotLinked(_)));
    assert!(matches!(spoiled(|elf| elf.machine = elf::EM_386), PackError::NotLinked(_)));
    for gone in 0..6 {
        let mut elf = Elf::anywhere();
        let name = elf.symbols[gone].0;
        elf.symbols[gone].0 = "other";
        assert_eq!(refused(&elf), PackError::NoSymbol(name));
    }
    let swapped = spoiled(|elf| elf.symbols[1].1 = 16);
    assert!(matches!(swapped, PackError::Layout(_)), "{swapped}");
    let apart = spoiled(|elf| elf.symbols[1].1 = DATA_AT - 16);
    assert!(matches!(apart, PackError::Layout(_)), "{apart}");
    let outside = spoiled(|elf| elf.symbols[5].1 = 0x9000);
    assert!(matches!(outside, PackError::Layout(_)), "{outside}");
    let section = spoiled(|elf| elf.extra = Some(0x9000));
    assert!(matches!(section, PackError::Section(_)), "{section}");
    let entry = spoiled(|elf| elf.symbols[5].1 = MODULE + 2);
    assert!(matches!(entry, PackError::Refused(_)), "{entry}");
    let other = spoiled(|elf| elf.symbols[5].1 = LIST - 16);
    assert!(matches!(other, PackError::Refused(_)), "{other}");
    for name in ["", "ä", &"x".repeat(49)] {
        let machine = pack(&Elf::anywhere().write(), name).unwrap_err();
        assert_eq!(machine, PackError::Machine(name.to_owned()));
    }
}

#[test]
fn a_module_whose_pointers_lead_nowhere_is_told_and_not_followed() {
    let good = pack(&Elf::anywhere().write(), MACHINE).unwrap();
    for (at, value, says) in [
        (MODULE + 24, 0x9000, "outside"),
        (LIST, u32::MAX - 8, "outside"),
        (PLUGIN + 24, 0x9000, "outside"),
        (PLUGIN + 28, 0xffff, "65535 bytes"),
        (MODULE + 16, 0, "0 plugins"),
        (MODULE + 16, 0x9999, "39321 plugins"),
        (TEXTS, 0xff, "UTF-8"),
    ] {
        let mut bytes = good.clone();
        bytes[at as usize..at as usize + 4].copy_from_slice(&value.to_le_bytes());
        pandia_core::image::seal(&mut bytes);
        let text = contents(&bytes).unwrap_err();
        assert!(text.contains(says), "{text}");
    }
}

#[test]
fn no_file_that_is_cut_or_changed_breaks_the_reader() {
    let good = Elf::anywhere().write();
    for len in (0..good.len()).step_by(7) {
        // Whatever comes of it, it is an answer.
        let _ = pack(&good[..len], MACHINE);
    }
    for at in 0..good.len() {
        for value in [0, 0x7f, 0xff] {
            let mut bytes = good.clone();
            bytes[at] = value;
            let _ = pack(&bytes, MACHINE);
        }
    }
}
