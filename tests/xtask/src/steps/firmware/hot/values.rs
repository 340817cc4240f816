//! What registers hold, as far as it decides where a jump through one of them goes.
//!
//! A table of jumps is a jump to an address that came from a table, or that lies some way from a place
//! in the function itself. Registers are followed line by line and not along branches, so an address of
//! a table is believed only if the table's first entry, read from the image, lies within the function:
//! a table of functions has none such. Whatever else is jumped through is a pointer.

use std::collections::BTreeMap;

use super::memory::Memory;

/// What a register holds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Value {
    #[default]
    Unknown,
    /// This address.
    Known(u64),
    /// An address so many bytes from this one, and nobody knows how many.
    Near(u64),
    /// A word of so many bytes out of the table at this address.
    Entry { table: u64, bytes: u64 },
    /// Such a word, a difference with a sign, added to another address.
    EntryFrom { table: u64, bytes: u64, base: u64 },
}

impl Value {
    /// The sum with another register.
    pub(super) fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Known(a), Self::Known(b)) => Self::Known(a.wrapping_add(b)),
            (Self::Entry { table, bytes }, Self::Known(base))
            | (Self::Known(base), Self::Entry { table, bytes }) => {
                Self::EntryFrom { table, bytes, base }
            }
            (Self::Known(base) | Self::Near(base), Self::Unknown)
            | (Self::Unknown, Self::Known(base) | Self::Near(base)) => Self::Near(base),
            _ => Self::Unknown,
        }
    }

    /// The sum with a number.
    pub(super) fn offset(self, number: u64) -> Self {
        match self {
            Self::Known(address) => Self::Known(address.wrapping_add(number)),
            Self::Near(address) => Self::Near(address.wrapping_add(number)),
            _ => Self::Unknown,
        }
    }

    /// The same and something unknown, or no more than perhaps the same.
    pub(super) fn beside(self) -> Self {
        match self {
            Self::Known(address) | Self::Near(address) => Self::Near(address),
            _ => Self::Unknown,
        }
    }

    /// What is loaded from this address.
    pub(super) fn loaded(self, bytes: u64) -> Self {
        match self {
            Self::Near(table) => Self::Entry { table, bytes },
            _ => Self::Unknown,
        }
    }

    /// Whether a jump to it stays in the function, whose places are those that `is_within`.
    pub(super) fn is_table(self, memory: &Memory, is_within: impl Fn(u64) -> bool) -> bool {
        match self {
            Self::Unknown | Self::Known(_) => false,
            Self::Near(address) => is_within(address),
            // The lowest bit of an address of Thumb says that it is one.
            Self::Entry { table, bytes } => {
                memory.word(table, bytes).is_some_and(|entry| is_within(entry & !1))
            }
            Self::EntryFrom { table, bytes, base } => {
                let entry = memory.word(table, bytes);
                let sign = |entry: u64| match bytes {
                    4 => entry.cast_signed() << 32 >> 32,
                    _ => entry.cast_signed(),
                };
                entry.is_some_and(|entry| is_within(base.wrapping_add_signed(sign(entry))))
            }
        }
    }
}

/// What the registers and places on the stack hold, by name.
#[derive(Debug, Default)]
pub(super) struct Registers(BTreeMap<String, Value>);

impl Registers {
    pub(super) fn get(&self, name: &str) -> Value {
        self.0.get(name).copied().unwrap_or_default()
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// Notes what is stored in a place on the stack, named as it is written: an address of a table may
    /// wait there for the next turn of a loop.
    pub(super) fn store(&mut self, place: &str, register: &str) {
        let value = match self.get(register) {
            known @ Value::Known(_) => known,
            _ => Value::Unknown,
        };
        self.set(place, value);
    }

    /// Keeps those that a call keeps.
    pub(super) fn after_call(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.0.retain(|name, _| is_kept(name));
    }

    /// Keeps what another way to the next instruction may well have left, too: addresses of tables
    /// that are used more than once, which are looked at before they are believed.
    pub(super) fn after_jump(&mut self) {
        self.0.retain(|_, value| matches!(value, Value::Known(_)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table at 0x100: its first entry is an address in the function, and one that is 0x20 less.
    fn memory() -> Memory {
        Memory::of(" 0100 11020000 e0ffffff                    ........\n")
    }

    #[test]
    fn tables_are_believed_if_their_first_entry_lies_within_the_function() {
        let (table, unknown) = (Value::Known(0x100), Value::Unknown);
        let is_table = |value: Value, start: u64| {
            value.is_table(&memory(), |place| (start..0x280).contains(&place))
        };
        let entry = table.plus(unknown).loaded(4);
        assert!(is_table(entry, 0x200));
        assert!(!is_table(entry, 0x220));
        let difference = table.offset(4).plus(unknown).loaded(4).plus(Value::Known(0x230));
        assert!(is_table(difference, 0x210));
        assert!(!is_table(difference, 0x211));
        let beside = Value::Known(0x204).beside();
        assert!(is_table(beside, 0x200) && !is_table(beside, 0x208));
        // A pointer, and one in a record whose address is known.
        assert!(!is_table(unknown.loaded(4), 0) && !is_table(table.loaded(4), 0));
        assert!(!is_table(Value::Known(0x204), 0x200));
    }
}
