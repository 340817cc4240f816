//! A64: where an instruction goes.

use super::Step;
use super::listing::{Instruction, number};
use super::values::{Registers, Value};

/// Instructions that leave the program: traps, and what a debugger or a supervisor answers.
const TRAPS: &[&str] = &["udf", "brk", "hlt", "svc", "hvc", "smc", "eret"];
/// The first registers, and the link register, which a call may write.
const SCRATCH: u32 = 19;

pub(super) fn step(at: &Instruction<'_>, registers: &mut Registers) -> Step {
    if TRAPS.contains(&at.mnemonic) {
        return Step::Lost;
    }
    let first = wide(at.operand(0));
    match (at.mnemonic, at.target()) {
        ("b", Some(target)) => Step::Jump(target),
        ("bl", Some(target)) => {
            registers.after_call(|name| name != "x30" && index(name).is_none_or(|x| x >= SCRATCH));
            Step::Call(target)
        }
        ("cbz" | "cbnz" | "tbz" | "tbnz", Some(target)) => Step::Branch(target),
        (mnemonic, Some(target)) if mnemonic.starts_with("b.") => Step::Branch(target),
        // Also `br x30`, which is disassembled as itself.
        ("ret", _) if at.operands.is_empty() => Step::Return,
        ("br", _) => Step::Through(registers.get(&first)),
        ("blr" | "ret" | "b" | "bl", _) => Step::Lost,
        (mnemonic, _) => {
            let stores = mnemonic.starts_with("st");
            if !stores && !matches!(mnemonic, "cmp" | "cmn" | "tst" | "ccmp" | "ccmn" | "fcmp") {
                registers.set(&first, written(at, registers));
            }
            if mnemonic.starts_with("ldp") {
                registers.set(&wide(at.operand(1)), Value::Unknown);
            }
            Step::Next
        }
    }
}

/// What an instruction writes to its first operand.
fn written(at: &Instruction<'_>, registers: &Registers) -> Value {
    let second = registers.get(&wide(at.operand(1)));
    match at.mnemonic {
        "adr" | "adrp" => at.target().map_or(Value::Unknown, Value::Known),
        "add" => match number(at.operand(2)) {
            Some(bytes) => second.offset(bytes),
            None => second.plus(registers.get(&wide(at.operand(2)))),
        },
        "mov" => second,
        _ => Value::Unknown,
    }
}

/// `w8` is the lower half of `x8`.
fn wide(register: &str) -> String {
    match register.strip_prefix('w') {
        Some(index) => format!("x{index}"),
        None => register.to_owned(),
    }
}

fn index(register: &str) -> Option<u32> {
    register.strip_prefix('x')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::values::Value::{Known, Near, Unknown};
    use super::super::{Isa, listing};
    use super::*;

    fn last(lines: &[&str]) -> Step {
        let mut registers = Registers::default();
        let mut step = Step::Next;
        for line in lines {
            if let Some(listing::Line::Instruction(at)) = listing::line(line) {
                step = Isa::A64.step(&at, &mut registers);
            }
        }
        step
    }

    #[test]
    fn branches_calls_and_returns() {
        for (line, step) in [
            ("402019c0:      \tb\t0x4020198c <write+0x160>", Step::Jump(0x4020_198c)),
            ("40201dec:      \tbl\t0x40201f84 <write_prefix>", Step::Call(0x4020_1f84)),
            ("40208af4:      \tb.hi\t0x402090f0 <run+0x9c8>", Step::Branch(0x4020_90f0)),
            ("40201c90:      \tcbz\tw10, 0x40201cd0 <pad+0x2b4>", Step::Branch(0x4020_1cd0)),
            ("40201df0:      \ttbnz\tw0, #0x0, 0x40201f24 <p+0x1bc>", Step::Branch(0x4020_1f24)),
            ("40201df0:      \tret", Step::Return),
            ("40201df0:      \tldr\tx8, 0x40201f24 <p+0x1bc>", Step::Next),
            ("40201cc0:      \tbr\tx3", Step::Through(Unknown)),
            ("40201cc0:      \tblr\tx8", Step::Lost),
            ("40201cc0:      \tbrk\t#0x1", Step::Lost),
            ("40201cc0:      \tudf\t#0x0", Step::Lost),
            ("40201cc0:      \thlt\t#0xf000", Step::Lost),
        ] {
            assert_eq!(last(&[line]), step, "{line}");
        }
    }

    #[test]
    fn a_table_of_jumps_has_differences_from_a_place_in_the_function() {
        let table = [
            "40204038:      \tadr\tx9, 0x4021c0d3 <rodata_begin+0xd3>",
            "40204044:      \tadr\tx10, 0x40204054 <code+0x24>",
            "40204048:      \tldrb\tw11, [x9, x8]",
            "4020404c:      \tadd\tx10, x10, x11, lsl #2",
            "40204050:      \tbr\tx10",
        ];
        assert_eq!(last(&table), Step::Through(Near(0x4020_4054)));
    }

    #[test]
    fn what_a_load_or_a_call_writes_is_forgotten() {
        let place = "40204044:      \tadr\tx10, 0x40204054 <code+0x24>";
        let jump = "40204050:      \tbr\tx10";
        assert_eq!(last(&[place, jump]), Step::Through(Known(0x4020_4054)));
        for other in ["ldp\tx9, x10, [x0]", "ldr\tx10, [x0]", "bl\t0x40201f84 <f>"] {
            let line = format!("40204048:      \t{other}");
            assert_eq!(last(&[place, &line, jump]), Step::Through(Unknown), "{other}");
        }
    }
}
