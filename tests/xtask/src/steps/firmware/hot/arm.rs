//! A32 and Thumb: where an instruction goes.

use super::Step;
use super::listing::{Instruction, number};
use super::values::{Registers, Value};

const CONDITIONS: &[&str] =
    &["", "eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al"];
/// Instructions that leave the program: traps, and what a debugger or a supervisor answers.
const TRAPS: &[&str] = &["udf", "trap", "bkpt", "svc", "hvc", "smc"];
/// What a call may write.
const SCRATCH: &[&str] = &["r0", "r1", "r2", "r3", "r12", "lr"];

/// `ahead`: how far the program counter is ahead of the instruction that reads it.
pub(super) fn step(at: &Instruction<'_>, registers: &mut Registers, ahead: u64) -> Step {
    let (name, is_conditional) = base(at.mnemonic);
    let first = at.operand(0);
    if TRAPS.contains(&name) {
        return Step::Lost;
    }
    match (name, at.target()) {
        ("b", Some(target)) if !is_conditional => return Step::Jump(target),
        ("b" | "cbz" | "cbnz", Some(target)) => return Step::Branch(target),
        ("bl" | "blx", Some(target)) => {
            registers.after_call(|name| !SCRATCH.contains(&name));
            return Step::Call(target);
        }
        _ => {}
    }
    let place = at.address.wrapping_add(ahead);
    match name {
        "bl" | "blx" | "b" => Step::Lost,
        "bx" if first == "lr" => returns(is_conditional),
        "bx" => Step::Through(registers.get(first)),
        "tbb" | "tbh" if at.operands.starts_with("[pc,") => Step::Through(Value::Near(place)),
        "pop" | "ldm" => multiple(at, name, is_conditional, registers),
        _ if first == "pc" => to_program_counter(at, name, place, is_conditional, registers),
        _ => {
            if at.mnemonic == "str" && at.operands.contains(", [sp") {
                registers.store(on_stack(at), first);
            } else if !name.starts_with("st")
                && !matches!(name, "cmp" | "cmn" | "tst" | "teq" | "push")
            {
                registers.set(first, written(at, name, place, registers));
            }
            if name == "ldrd" {
                registers.set(at.operand(1), Value::Unknown);
            }
            Step::Next
        }
    }
}

/// After a return that not all take there is a next instruction.
fn returns(is_conditional: bool) -> Step {
    if is_conditional { Step::Next } else { Step::Return }
}

/// Registers from memory: the program counter, if it is among them, from the stack.
fn multiple(
    at: &Instruction<'_>,
    name: &str,
    is_conditional: bool,
    registers: &mut Registers,
) -> Step {
    let listed = at.operands.split_once('{').map_or("", |(_, listed)| listed.trim_end_matches('}'));
    let listed: Vec<&str> = listed.split(',').map(str::trim).collect();
    for register in &listed {
        registers.set(register, Value::Unknown);
    }
    if !listed.contains(&"pc") {
        return Step::Next;
    }
    let is_stack = name == "pop" || at.operands.starts_with("sp!");
    if is_stack { returns(is_conditional) } else { Step::Lost }
}

fn to_program_counter(
    at: &Instruction<'_>,
    name: &str,
    place: u64,
    is_conditional: bool,
    registers: &mut Registers,
) -> Step {
    match name {
        "mov" if at.operand(1) == "lr" => returns(is_conditional),
        "mov" => Step::Through(registers.get(at.operand(1))),
        "ldr" if at.operand(1) == "[sp]" => returns(is_conditional),
        "ldr" => Step::Through(loaded(at, registers)),
        "add" => Step::Through(Value::Near(place)),
        _ => Step::Lost,
    }
}

/// What an instruction writes to its first operand.
fn written(at: &Instruction<'_>, name: &str, place: u64, registers: &Registers) -> Value {
    let (first, second, third) = (at.operand(0), at.operand(1), at.operand(2));
    match name {
        // `adr r1, #4 <symbol>`, from the word that the program counter is in.
        "adr" => {
            let distance = number(second.split(" <").next().unwrap_or(""));
            distance.map_or(Value::Unknown, |bytes| Value::Known((place & !3).wrapping_add(bytes)))
        }
        "add" if second == "pc" => number(third)
            .map_or(Value::Near(place), |bytes| Value::Known(place.wrapping_add(bytes))),
        // Of two operands, the first is one of those that are added.
        "add" if third.is_empty() => match number(second) {
            Some(bytes) => registers.get(first).offset(bytes),
            None => registers.get(first).plus(registers.get(second)),
        },
        "add" => match number(third) {
            Some(bytes) => registers.get(second).offset(bytes),
            None => registers.get(second).plus(registers.get(third)),
        },
        "sub" if third.is_empty() => registers.get(first).beside(),
        "sub" => registers.get(second).beside(),
        "mov" => registers.get(second),
        // Somebody may have written something else there.
        "ldr" if at.operands.contains(", [sp") => registers.get(on_stack(at)).beside(),
        "ldr" => loaded(at, registers),
        _ => Value::Unknown,
    }
}

/// The place in `r1, [sp, #0x28]`.
fn on_stack<'a>(at: &Instruction<'a>) -> &'a str {
    at.operands.split_once(", ").map_or("", |(_, place)| place)
}

/// What is loaded with `[r1, r0]` or `[r1, r0, lsl #2]`.
fn loaded(at: &Instruction<'_>, registers: &Registers) -> Value {
    let address = at.operands.split_once('[').map_or("", |(_, address)| address);
    let mut parts = address.trim_end_matches(']').split(',').map(str::trim);
    let (base, index) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    if index.is_empty() || index.starts_with('#') {
        return Value::Unknown;
    }
    registers.get(base).plus(registers.get(index)).loaded(4)
}

/// The mnemonic without width and condition, and whether it has one.
fn base(mnemonic: &str) -> (&str, bool) {
    const CONDITIONAL: &[&str] =
        &["bx", "blx", "bl", "b", "ldr", "add", "sub", "mov", "pop", "ldm"];
    let plain = mnemonic.trim_end_matches(".w").trim_end_matches(".n");
    for name in CONDITIONAL {
        if let Some(condition) = plain.strip_prefix(name)
            && CONDITIONS.contains(&condition)
        {
            return (name, !condition.is_empty());
        }
    }
    match plain {
        "adds" => ("add", false),
        "subs" => ("sub", false),
        "movs" => ("mov", false),
        _ => (plain, false),
    }
}

#[cfg(test)]
mod tests {
    use super::super::values::Value::{Entry, Known, Near, Unknown};
    use super::super::{Isa, listing};
    use super::*;

    /// The last line's step, after all of them.
    fn last(isa: Isa, lines: &[&str]) -> Step {
        let mut registers = Registers::default();
        let mut step = Step::Next;
        for line in lines {
            if let Some(listing::Line::Instruction(at)) = listing::line(line) {
                step = isa.step(&at, &mut registers);
            }
        }
        step
    }

    #[test]
    fn branches_calls_and_returns_of_both_sets() {
        for (line, step) in [
            ("     206:      \tbne.w\t0x300 <far> @ imm = #4", Step::Branch(0x300)),
            ("     206:      \tbls\t0x300 <far>", Step::Branch(0x300)),
            ("     204:      \tcbz\tr0, 0x210 <helper+0x10>", Step::Branch(0x210)),
            ("     204:      \tb\t0x210 <helper+0x10>", Step::Jump(0x210)),
            ("     204:      \tbl\t0x210 <helper+0x10>", Step::Call(0x210)),
            ("     204:      \tblls\t0x210 <helper+0x10>", Step::Call(0x210)),
            ("     204:      \tblx\t0x210 <helper+0x10>", Step::Call(0x210)),
            ("     204:      \tbx\tlr", Step::Return),
            ("     204:      \tbxeq\tlr", Step::Next),
            ("     204:      \tpop\t{r7, pc}", Step::Return),
            ("     204:      \tpopne\t{r4, r5, r11, pc}", Step::Next),
            ("  116cc4:      \tldr\tpc, [sp], #4", Step::Return),
            ("     204:      \tpush\t{r7, lr}", Step::Next),
            ("     204:      \tblx\tr3", Step::Lost),
            ("     204:      \tbx\tr2", Step::Through(Unknown)),
            ("     204:      \tldr.w\tpc, [r0, r1, lsl #2]", Step::Through(Unknown)),
            ("     204:      \tldr\tpc, [r0, #0xc]", Step::Through(Unknown)),
            ("     204:      \tmov\tpc, r0", Step::Through(Unknown)),
            ("     204:      \tldm\tr0, {r4, pc}", Step::Lost),
            ("     204:      \tsubs\tpc, lr, #4", Step::Lost),
            ("     204:      \tudf\t#0xfe", Step::Lost),
            ("     204:      \ttrap", Step::Lost),
        ] {
            assert_eq!(last(Isa::Thumb, &[line]), step, "{line}");
        }
    }

    #[test]
    fn tables_of_jumps_of_thumb() {
        let words = [
            "     960:      \tadr\tr1, #4 <f+0x59>",
            "     962:      \tldr\tr0, [r1, r0]",
            "     964:      \tmov\tr1, r6",
            "     966:      \tmov\tpc, r0",
        ];
        let step = Step::Through(Entry { table: 0x968, bytes: 4 });
        assert_eq!(last(Isa::Thumb, &words), step);
        let bytes = ["     870:      \tadd\tr1, pc", "     876:      \tadd\tpc, r1"];
        assert_eq!(last(Isa::Thumb, &bytes), Step::Through(Near(0x87a)));
        let of_thumb_2 = ["     200:      \ttbb\t[pc, r0]"];
        assert_eq!(last(Isa::Thumb, &of_thumb_2), Step::Through(Near(0x204)));
    }

    #[test]
    fn tables_of_jumps_of_a32() {
        let table = [
            "  100ce0:      \tadd\tr1, pc, #12",
            "  100cec:      \tmov\tr4, #0",
            "  100cf0:      \tldr\tpc, [r1, r2, lsl #2]",
        ];
        let entry = Entry { table: 0x10_0cf4, bytes: 4 };
        assert_eq!(last(Isa::A32, &table), Step::Through(entry));
        // How compiler-builtins divides: so many steps before the end.
        let unrolled = [
            "  116ce8:      \tadd\tr12, pc, #384",
            "  116cec:      \tsub\tr12, r12, r3, lsl #2",
            "  116cf8:      \tbx\tr12",
        ];
        assert_eq!(last(Isa::A32, &unrolled), Step::Through(Near(0x11_6e70)));
    }

    #[test]
    fn what_a_call_may_write_is_forgotten() {
        for (register, value) in [("r1", Unknown), ("r4", Known(0x204))] {
            let lines = [
                format!("     200:      \tadr\t{register}, #0 <f>"),
                "     202:      \tbl\t0x300 <g>".to_owned(),
                format!("     206:      \tbx\t{register}"),
            ];
            let lines = lines.each_ref().map(String::as_str);
            assert_eq!(last(Isa::Thumb, &lines), Step::Through(value), "{register}");
        }
    }
}
