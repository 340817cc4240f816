//! RISC-V, compressed instructions among them: where an instruction goes.

use super::Step;
use super::listing::{Instruction, number};
use super::values::{Registers, Value};

/// Instructions that leave the program: traps, and what a debugger or a supervisor answers.
const TRAPS: &[&str] = &["ebreak", "ecall", "unimp", "mret", "sret"];

pub(super) fn step(at: &Instruction<'_>, registers: &mut Registers, is_64: bool) -> Step {
    if TRAPS.contains(&at.mnemonic) {
        return Step::Lost;
    }
    match (at.mnemonic, at.target()) {
        ("j", Some(target)) => Step::Jump(target),
        ("jal", Some(target)) => call(target, registers),
        ("ret", _) => Step::Return,
        ("jr", _) => match place(at.operands, registers) {
            // The second half of a jump to far away.
            Value::Known(target) => Step::Jump(target),
            value => Step::Through(value),
        },
        ("jalr", _) => match place(at.operands, registers) {
            Value::Known(target) => call(target, registers),
            _ => Step::Lost,
        },
        ("j" | "jal", None) => Step::Lost,
        (mnemonic, Some(target)) if mnemonic.starts_with('b') => Step::Branch(target),
        ("sw" | "sd", _) if at.operand(1).ends_with("(sp)") => {
            registers.store(at.operand(1), at.operand(0));
            Step::Next
        }
        ("sb" | "sh" | "sw" | "sd" | "fsw" | "fsd", _) => Step::Next,
        _ => {
            registers.set(at.operand(0), written(at, registers, is_64));
            Step::Next
        }
    }
}

/// Temporaries, arguments and the link register may be written by what is called.
fn call(target: u64, registers: &mut Registers) -> Step {
    registers.after_call(|name| !name.starts_with(['t', 'a']) && name != "ra");
    Step::Call(target)
}

/// The address in `a0`, `0x22(t1) <abort>` or `t0, 0x22(t1)`.
fn place(operands: &str, registers: &Registers) -> Value {
    let plain = operands.split(" <").next().unwrap_or("");
    let last = plain.rsplit(',').next().unwrap_or("").trim();
    match last.trim_end_matches(')').split_once('(') {
        Some((bytes, register)) => {
            number(bytes).map_or(Value::Unknown, |bytes| registers.get(register).offset(bytes))
        }
        None => registers.get(last),
    }
}

/// What an instruction writes to its first operand.
fn written(at: &Instruction<'_>, registers: &Registers, is_64: bool) -> Value {
    let second = registers.get(at.operand(1));
    // The upper 20 bits of 32, whose sign goes on above them.
    let upper = |text: &str| number(text).map(|bits| bits << 12);
    let value = match at.mnemonic {
        "lui" => upper(at.operand(1)).map_or(Value::Unknown, |bits| Value::Known(signed(bits))),
        "auipc" => upper(at.operand(1))
            .map_or(Value::Unknown, |bits| Value::Known(at.address.wrapping_add(signed(bits)))),
        "addi" => number(at.operand(2)).map_or(Value::Unknown, |number| second.offset(number)),
        "add" => second.plus(registers.get(at.operand(2))),
        "mv" => second,
        // Somebody may have written something else there.
        "lw" | "ld" if at.operand(1).ends_with("(sp)") => second.beside(),
        "lw" => place(at.operands, registers).loaded(4),
        "ld" => place(at.operands, registers).loaded(8),
        _ => Value::Unknown,
    };
    match value {
        Value::Known(address) if !is_64 => Value::Known(address & u64::from(u32::MAX)),
        value => value,
    }
}

fn signed(bits: u64) -> u64 {
    (bits.cast_signed() << 32 >> 32).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::super::values::Value::{Entry, EntryFrom, Unknown};
    use super::super::{Isa, listing};
    use super::*;

    fn last(is_64: bool, lines: &[&str]) -> Step {
        let mut registers = Registers::default();
        let mut step = Step::Next;
        for line in lines {
            if let Some(listing::Line::Instruction(at)) = listing::line(line) {
                step = Isa::RiscV { is_64 }.step(&at, &mut registers);
            }
        }
        step
    }

    #[test]
    fn branches_calls_and_returns() {
        for (line, step) in [
            ("80000eec:      \tj\t0x80000f0a <prefix+0x4a>", Step::Jump(0x8000_0f0a)),
            ("80000ee8:      \tbeqz\ta1, 0x80000eee <p+0x2e>", Step::Branch(0x8000_0eee)),
            ("8000019c:      \tbltu\ta3, a1, 0x800001e2 <_s+0x56>", Step::Branch(0x8000_01e2)),
            ("8000019c:      \tjal\t0x800001e2 <f>", Step::Call(0x8000_01e2)),
            ("800007d0:      \tret", Step::Return),
            ("800009ca:      \tjr\ta5", Step::Through(Unknown)),
            ("80000cbc:      \tjalr\ta5", Step::Lost),
            ("80000cbc:      \tjalr\t0x10(a5)", Step::Lost),
            ("80000cbc:      \tebreak", Step::Lost),
            ("80000cbc:      \tunimp", Step::Lost),
        ] {
            assert_eq!(last(false, &[line]), step, "{line}");
        }
    }

    #[test]
    fn calls_and_tail_calls_to_far_away_take_two_instructions() {
        let call = [
            "800007d2:      \tauipc\tra, 0x0",
            "800007d6:      \tjalr\t-0x2b2(ra) <pandia_board::run::run::h0fdb920873ee4987>",
        ];
        assert_eq!(last(false, &call), Step::Call(0x8000_0520));
        let tail = ["8000bfe0:      \tauipc\tt1, 0xffffb", "8000bfe4:      \tjr\t0x22(t1) <abort>"];
        assert_eq!(last(true, &tail), Step::Jump(0x8000_7002));
    }

    #[test]
    fn a_table_of_jumps_is_of_addresses_or_of_differences() {
        let addresses = [
            "80009034:      \tslli\ta0, a0, 0x2",
            "80009036:      \tlui\ta1, 0x80015",
            "8000903a:      \taddi\ta1, a1, -0x614",
            "8000903e:      \tadd\ta0, a0, a1",
            "80009040:      \tlw\ta0, 0x0(a0)",
            "80009042:      \tjr\ta0",
        ];
        let entry = Entry { table: 0x8001_49ec, bytes: 4 };
        assert_eq!(last(false, &addresses), Step::Through(entry));
        let differences = [
            "20009036:      \tauipc\ta1, 0x15",
            "2000903a:      \taddi\ta1, a1, -0x614",
            "2000903e:      \tadd\ta0, a0, a1",
            "20009040:      \tlw\ta0, 0x0(a0)",
            "20009042:      \tadd\ta0, a0, a1",
            "20009044:      \tjr\ta0",
        ];
        let table = 0x2001_da22;
        assert_eq!(
            last(true, &differences),
            Step::Through(EntryFrom { table, bytes: 4, base: table })
        );
    }

    #[test]
    fn the_address_of_a_table_may_wait_on_the_stack() {
        let spilled = [
            "20014b00:      \tauipc\ta2, 0x2",
            "20014b04:      \tsd\ta2, 0x18(sp)",
            "20014b08:      \tjal\t0x20011000 <f>",
            "20014c38:      \tld\ta2, 0x18(sp)",
            "20014c3a:      \tadd\ta1, a1, a2",
            "20014c3c:      \tld\ta1, 0x0(a1)",
            "20014c3e:      \tjr\ta1",
        ];
        let entry = Entry { table: 0x2001_6b00, bytes: 8 };
        assert_eq!(last(true, &spilled), Step::Through(entry));
    }

    #[test]
    fn a_pointer_in_a_record_is_no_table() {
        let pointer = [
            "800001aa:      \tlui\ta2, 0x80016",
            "800001b4:      \tlw\ta5, 0xc(a2)",
            "800001b6:      \tjr\ta5",
        ];
        assert_eq!(last(false, &pointer), Step::Through(Unknown));
    }
}
