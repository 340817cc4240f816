//! Lines of a disassembly by `llvm-objdump`.

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Instruction<'a> {
    pub(super) address: u64,
    pub(super) mnemonic: &'a str,
    /// Without the comment.
    pub(super) operands: &'a str,
}

impl<'a> Instruction<'a> {
    /// The operand with this number, without what belongs to the next.
    pub(super) fn operand(&self, index: usize) -> &'a str {
        self.operands.split(',').nth(index).unwrap_or("").trim()
    }

    /// Where a branch goes: the last operand before the symbol in angle brackets.
    pub(super) fn target(&self) -> Option<u64> {
        let plain = self.operands.split(" <").next()?;
        let last = plain.rsplit([' ', ',']).next()?;
        last.starts_with("0x").then(|| number(last)).flatten()
    }
}

/// A line that is of use.
#[derive(Debug, PartialEq)]
pub(super) enum Line<'a> {
    /// Where a function begins.
    Heading(u64, &'a str),
    Instruction(Instruction<'a>),
    /// Words between instructions, which begin here.
    Data(u64),
}

/// What a line says; `None` if it is empty or about the file.
pub(super) fn line(line: &str) -> Option<Line<'_>> {
    if let Some((address, name)) = line.strip_suffix(">:").and_then(|line| line.split_once(" <")) {
        let address = u64::from_str_radix(address, 16).ok()?;
        // The assembler's own labels are within functions.
        return (!name.starts_with(".L")).then_some(Line::Heading(address, name));
    }
    let (address, rest) = line.split_once(':')?;
    let address = u64::from_str_radix(address.trim(), 16).ok()?;
    let rest = rest.trim();
    let (mnemonic, operands) = rest.split_once('\t').unwrap_or((rest, ""));
    // Bytes stand before the directive.
    if operands.starts_with('.') || mnemonic.starts_with(['.', '<']) {
        return Some(Line::Data(address));
    }
    let operands = operands.split(['@', '/']).next().unwrap_or("").trim();
    Some(Line::Instruction(Instruction { address, mnemonic, operands }))
}

/// A number such as `12`, `-0x614` or `#4`.
pub(super) fn number(text: &str) -> Option<u64> {
    let text = text.trim().trim_start_matches('#');
    let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let value = match digits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok()?,
        None => digits.parse().ok()?,
    };
    Some(if is_negative { value.wrapping_neg() } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_instructions_and_data_are_told_apart() {
        let name = "<core::option::Option<T> as core::fmt::Debug>::fmt";
        let text = format!("000004d0 <{name}>:");
        assert_eq!(line(&text), Some(Line::Heading(0x4d0, name)));
        let bl = Instruction { address: 0x4d0, mnemonic: "bl", operands: "0x4f0 <name>" };
        assert_eq!(
            line("   4d0:      \tbl\t0x4f0 <name> @ imm = #-0x10"),
            Some(Line::Instruction(bl))
        );
        assert_eq!(bl.target(), Some(0x4f0));
        let mov = Instruction { address: 0x4020_1fc0, mnemonic: "mov", operands: "w0, #0x1" };
        let text = "40201fc0:      \tmov\tw0, #0x1                // =1";
        assert_eq!(line(text), Some(Line::Instruction(mov)));
        assert_eq!(mov.target(), None);
        assert_eq!(line("     968: 05 0a 00 00  \t.word\t0x00000a05"), Some(Line::Data(0x968)));
        for nothing in ["", "image:\tfile format elf32-littlearm", "80000028 <.Lpcrel_hi1>:"] {
            assert_eq!(line(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn numbers_have_signs_and_bases() {
        for (text, value) in [("#384", 384), ("0x1c", 28), ("-0x10", 16_u64.wrapping_neg())] {
            assert_eq!(number(text), Some(value), "{text}");
        }
        assert_eq!(number("r0"), None);
    }
}
