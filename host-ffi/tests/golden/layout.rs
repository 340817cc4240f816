//! Where the fields of a structure lie, by C's rules, on 64-bit and on 32-bit processors whose `u64`
//! is aligned to 8.

use super::contract::{CType, Contract, Struct};

/// Size and alignment on one width.
#[derive(Clone, Copy)]
struct Place {
    bytes: u64,
    align: u64,
}

/// Of a type, with pointers of so many bytes.
fn place(contract: &Contract, ty: &CType, pointer: u64) -> Place {
    let scalar = |bytes| Place { bytes, align: bytes };
    let CType::Plain(name) = ty else { return scalar(pointer) };
    match name.as_str() {
        "uint8_t" => scalar(1),
        "uint16_t" => scalar(2),
        "uint32_t" | "int32_t" | "pandia_status" => scalar(4),
        "uint64_t" | "double" => scalar(8),
        name if name.ends_with('*') => scalar(pointer),
        name if contract.functions.iter().any(|function| function.name == name) => scalar(pointer),
        name => {
            let inner = contract.structs.iter().find(|inner| inner.name == name);
            whole(contract, inner.expect("a type of the interface"), pointer).0
        }
    }
}

/// A structure's own place and the offsets of its fields.
fn whole(contract: &Contract, item: &Struct, pointer: u64) -> (Place, Vec<u64>) {
    let mut own = Place { bytes: 0, align: 1 };
    let mut offsets = Vec::new();
    for (_, ty) in &item.fields {
        let field = place(contract, ty, pointer);
        let at = own.bytes.next_multiple_of(field.align);
        offsets.push(at);
        own = Place { bytes: at + field.bytes, align: own.align.max(field.align) };
    }
    own.bytes = own.bytes.next_multiple_of(own.align);
    (own, offsets)
}

/// Size on 64 and 32 bits, and the same of each field's offset. What the source pins is the same.
pub(crate) fn of(contract: &Contract, item: &Struct) -> ((u64, u64), Vec<(u64, u64)>) {
    let (on64, on32) = (whole(contract, item, 8), whole(contract, item, 4));
    let size = (on64.0.bytes, on32.0.bytes);
    let offsets: Vec<_> = on64.1.into_iter().zip(on32.1).collect();
    for (name, field, pin64, pin32) in &contract.pins {
        if *name != item.name {
            continue;
        }
        let index = item.fields.iter().position(|(name, _)| name == field);
        let computed = index.map_or(size, |index| offsets[index]);
        assert_eq!(computed, (*pin64, *pin32), "{name}.{field}: computed and pinned");
    }
    (size, offsets)
}
