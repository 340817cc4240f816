//! A linked module, out of an ELF file: its pieces, and the places that hold addresses.

use object::{
    Architecture, Object, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget,
    SectionFlags, SymbolSection, elf,
};
use pandia_core::image::{HEADER_BYTES, Move};

use super::error::PackError;
use super::places::{Place, align_log2, place};

/// A linked module.
#[derive(Debug)]
pub(super) struct Linked {
    pub(super) base: u64,
    pub(super) ram: u64,
    /// Header (still empty), code, constants, first values.
    pub(super) bytes: Vec<u8>,
    pub(super) data_bytes: u64,
    pub(super) zero_bytes: u64,
    /// Offset of the module's structure.
    pub(super) entry: u64,
    pub(super) pointer_bytes: u16,
    pub(super) align_log2: u16,
    /// In ascending order; empty unless it was linked to 0.
    pub(super) moves: Vec<Move>,
}

/// Where the linker script has put everything.
struct Layout {
    base: u64,
    data_at: u64,
    data_start: u64,
    data_end: u64,
    zero_end: u64,
}

impl Layout {
    fn of(file: &object::File<'_>) -> Result<Self, PackError> {
        let layout = Self {
            base: symbol(file, "pandia_base")?,
            data_at: symbol(file, "pandia_data_at")?,
            data_start: symbol(file, "pandia_data_start")?,
            data_end: symbol(file, "pandia_data_end")?,
            zero_end: symbol(file, "pandia_zero_end")?,
        };
        let code = layout.base.saturating_add(u64::from(HEADER_BYTES)) <= layout.data_at;
        if !code || layout.data_start > layout.data_end || layout.data_end > layout.zero_end {
            return Err(PackError::Layout("its pieces are not in order"));
        }
        if layout.is_anywhere() && layout.data_start != layout.data_at {
            return Err(PackError::Layout(
                "linked to 0, but its variables are not behind its code",
            ));
        }
        Ok(layout)
    }

    const fn is_anywhere(&self) -> bool {
        self.base == 0
    }

    /// Where something of this address is in the image.
    fn offset(&self, address: u64) -> Option<u64> {
        let data = self.data_at - self.base;
        match address {
            at if (self.base..self.data_at).contains(&at) => Some(at - self.base),
            at if (self.data_start..self.data_end).contains(&at) => {
                Some(data + (at - self.data_start))
            }
            _ => None,
        }
    }
}

fn symbol(file: &object::File<'_>, name: &'static str) -> Result<u64, PackError> {
    let found = file.symbols().find(|symbol| symbol.name() == Ok(name));
    found.map(|symbol| symbol.address()).ok_or(PackError::NoSymbol(name))
}

const fn is_loaded(flags: SectionFlags) -> bool {
    match flags {
        SectionFlags::Elf { sh_flags } => sh_flags & elf::SHF_ALLOC as u64 != 0,
        _ => false,
    }
}

impl Linked {
    /// Reads the file.
    pub(super) fn read(data: &[u8]) -> Result<Self, PackError> {
        let not_linked = |why: &str| PackError::NotLinked(why.to_owned());
        let file = object::File::parse(data).map_err(|error| not_linked(&error.to_string()))?;
        let pointer_bytes = match file.architecture() {
            Architecture::Arm | Architecture::Riscv32 => 4,
            Architecture::Aarch64 | Architecture::Riscv64 => 8,
            other => return Err(not_linked(&format!("made for {other:?}, which no board has"))),
        };
        if !file.is_little_endian() {
            return Err(not_linked("made for a big-endian processor"));
        }
        if file.kind() != object::ObjectKind::Executable {
            return Err(not_linked("an object file or a library"));
        }
        let layout = Layout::of(&file)?;
        let size =
            (layout.data_at - layout.base).saturating_add(layout.data_end - layout.data_start);
        let in_memory = usize::try_from(size).ok().filter(|_| size < 1 << 28);
        let mut bytes = vec![0; in_memory.ok_or(PackError::TooLarge(size))?];
        let mut align = align_log2(file.architecture());
        for section in file.sections().filter(|section| is_loaded(section.flags())) {
            align = align.max(u16::try_from(section.align().max(1).ilog2()).unwrap_or(u16::MAX));
            copy(&section, &layout, &mut bytes)?;
        }
        let moves = if layout.is_anywhere() { moves(&file, &layout)? } else { Vec::new() };
        let entry = symbol(&file, pandia_core::abi::raw::MODULE_SYMBOL)?;
        let outside = PackError::Layout("its module is not among its constants");
        Ok(Self {
            base: layout.base,
            ram: if layout.is_anywhere() { 0 } else { layout.data_start },
            data_bytes: layout.data_end - layout.data_start,
            zero_bytes: layout.zero_end - layout.data_end,
            entry: layout.offset(entry).ok_or(outside)?,
            pointer_bytes,
            align_log2: moves.iter().fold(align, |align, at| align.max(at.kind.align_log2())),
            bytes,
            moves,
        })
    }
}

/// Puts what a section holds where it belongs.
fn copy<'d>(
    section: &impl ObjectSection<'d>,
    layout: &Layout,
    bytes: &mut [u8],
) -> Result<(), PackError> {
    let name = section.name().unwrap_or("without a name").to_owned();
    let data = section.data().map_err(|error| PackError::NotLinked(error.to_string()))?;
    if data.is_empty() {
        // Variables that begin as zero must be where the script counts them.
        let (start, end) = (section.address(), section.address().saturating_add(section.size()));
        let counted = layout.data_end <= start && end <= layout.zero_end;
        return if section.size() == 0 || counted { Ok(()) } else { Err(PackError::Section(name)) };
    }
    let place = layout.offset(section.address()).and_then(|offset| {
        let start = usize::try_from(offset).ok()?;
        bytes.get_mut(start..start.checked_add(data.len())?)
    });
    place.ok_or(PackError::Section(name))?.copy_from_slice(data);
    Ok(())
}

/// Every place that holds an address, in ascending order.
fn moves(file: &object::File<'_>, layout: &Layout) -> Result<Vec<Move>, PackError> {
    let mut moves = Vec::new();
    let mut seen = false;
    for section in file.sections().filter(|section| is_loaded(section.flags())) {
        for (address, relocation) in section.relocations() {
            seen = true;
            let RelocationFlags::Elf { r_type } = relocation.flags() else { continue };
            let (symbol, is_inside) = target(file, relocation.target());
            let immovable = |why: String| PackError::Immovable { address, symbol, why };
            let Some(place) = place(file.architecture(), r_type) else {
                return Err(immovable(format!("relocation kind {r_type} is not taken")));
            };
            match (place, is_inside) {
                (Place::Absolute(kind), Some(true)) => {
                    let offset = layout.offset(address).and_then(|at| u32::try_from(at).ok());
                    let at = offset.ok_or_else(|| immovable("it is outside".to_owned()))?;
                    moves.push(Move { at, kind });
                }
                (Place::Distance, Some(false)) => {
                    let why = "the distance to something that does not move".to_owned();
                    return Err(immovable(why));
                }
                // An address that does not move with the image, its lower bits, or a distance.
                (Place::Absolute(_) | Place::Lower | Place::Distance, _) => {}
            }
        }
    }
    // What the linker itself inserts has no relocations.
    if let Some(thunk) = file.symbols().find(|s| s.name().is_ok_and(|n| n.contains("Thunk_"))) {
        let symbol = thunk.name().unwrap_or_default().to_owned();
        let why = "the linker has inserted a jump".to_owned();
        return Err(PackError::Immovable { address: thunk.address(), symbol, why });
    }
    if !seen {
        let why = "it has no relocations: link it with --emit-relocs".to_owned();
        return Err(PackError::NotLinked(why));
    }
    moves.sort_by_key(|entry| entry.at);
    moves.dedup();
    Ok(moves)
}

/// The name of what is referred to, and whether it moves with the image; `None` if to nothing.
fn target(file: &object::File<'_>, target: RelocationTarget) -> (String, Option<bool>) {
    let RelocationTarget::Symbol(index) = target else { return (String::new(), None) };
    let Ok(symbol) = file.symbol_by_index(index) else { return (String::new(), None) };
    let name = symbol.name().unwrap_or_default().to_owned();
    let moves = match symbol.section() {
        SymbolSection::Section(_) => true,
        SymbolSection::Undefined | SymbolSection::Absolute => false,
        _ => return (name, None),
    };
    (name, Some(moves))
}
