//! How a shot's classical bits are written as text.

use pandia_core::program::Program;

/// One register that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    name: String,
    first_bit: usize,
    bit_count: usize,
}

/// Which bits are shown, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BitLayout {
    /// In order of declaration.
    registers: Vec<Shown>,
}

impl BitLayout {
    /// The layout of a program's bits: its named registers.
    #[must_use]
    pub fn new(program: &Program<'_>) -> Self {
        let registers = program
            .registers()
            .filter(|register| !register.is_hidden() && register.bit_count > 0)
            .map(|register| {
                let name: Vec<u8> = program.name_of(register).collect();
                Shown {
                    name: String::from_utf8_lossy(&name).into_owned(),
                    first_bit: register.first_bit as usize,
                    bit_count: register.bit_count as usize,
                }
            });
        Self { registers: registers.collect() }
    }

    /// How many bits are shown.
    #[must_use]
    pub fn bit_count(&self) -> usize {
        self.registers.iter().map(|register| register.bit_count).sum()
    }

    /// The registers' names and widths in order of declaration.
    #[must_use]
    pub fn registers(&self) -> impl ExactSizeIterator<Item = (&str, usize)> {
        self.registers.iter().map(|register| (register.name.as_str(), register.bit_count))
    }

    /// Writes the shown bits of a shot to `out`, which is emptied first.
    pub fn write(&self, bits: &[u8], out: &mut Vec<u8>) {
        out.clear();
        for register in self.registers.iter().rev() {
            if !out.is_empty() {
                out.push(b' ');
            }
            register.write(bits, out);
        }
    }

    /// Writes the bits of register `index`, in order of declaration, to `out`, emptied first.
    pub(super) fn write_register(&self, index: usize, bits: &[u8], out: &mut Vec<u8>) {
        out.clear();
        if let Some(register) = self.registers.get(index) {
            register.write(bits, out);
        }
    }

    /// The shown bits of a shot.
    #[must_use]
    pub fn text(&self, bits: &[u8]) -> String {
        let mut out = Vec::new();
        self.write(bits, &mut out);
        String::from_utf8(out).unwrap_or_default()
    }
}

impl Shown {
    fn write(&self, bits: &[u8], out: &mut Vec<u8>) {
        let own = bits.get(self.first_bit..self.first_bit + self.bit_count).unwrap_or(&[]);
        out.extend(own.iter().rev().map(|&bit| b'0'.saturating_add(bit.min(9))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pandia_core::program::{OwnedProgram, ProgramBuilder};

    #[test]
    fn bit_0_is_rightmost_and_the_last_register_leftmost() {
        let mut builder = ProgramBuilder::new(1);
        builder.register("a", 2);
        builder.register("", 2);
        builder.register("empty", 0);
        builder.register("b", 3);
        let program = OwnedProgram::new(builder.finish().unwrap()).unwrap();
        let layout = BitLayout::new(&program.view().unwrap());
        assert_eq!(layout.bit_count(), 5);
        assert_eq!(layout.registers().collect::<Vec<_>>(), [("a", 2), ("b", 3)]);
        assert_eq!(layout.text(&[1, 0, 1, 1, 0, 1, 2]), "210 01");
        let mut out = b"old".to_vec();
        layout.write_register(0, &[1, 0, 1, 1, 0, 1, 2], &mut out);
        assert_eq!(out, b"01");
    }
}
