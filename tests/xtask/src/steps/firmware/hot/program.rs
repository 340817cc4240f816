//! An image's functions and what they reach.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};

use super::listing::{self, Instruction, Line};
use super::memory::Memory;
use super::values::{Registers, Value};
use super::{Isa, ROOT, Step};

/// Parts of names that must not be reached. Every panic of Rust goes through `core::panicking`.
const FORBIDDEN: &[&str] =
    &["panic", "rust_begin_unwind", "alloc::", "__rust_alloc", "__rg_", "__rdl_"];

/// The functions by the address at which they begin.
#[derive(Debug, Default)]
pub(super) struct Program(BTreeMap<u64, Function>);

/// What a walk has met.
#[derive(Debug, PartialEq)]
pub(super) struct Reached {
    pub(super) functions: usize,
    pub(super) tables: usize,
}

#[derive(Debug, Default)]
struct Function {
    name: String,
    /// The address of its last line.
    last: u64,
    /// Where its branches and calls go.
    targets: Vec<u64>,
    /// Jumps through registers, and what those hold.
    through: Vec<(Value, String)>,
    /// How many of these are tables of jumps.
    tables: usize,
    /// The first instruction that leaves it for a place nobody can name, or that traps.
    loses_itself: Option<String>,
    /// Its last instructions so far that read like filler, with where they go.
    filler: Vec<(u64, Step, String)>,
    /// Whether the line before it goes on in this one.
    goes_on: bool,
}

impl Program {
    pub(super) fn read(isa: Isa, disassembly: &str, memory: &Memory) -> Self {
        let mut functions = BTreeMap::new();
        let mut current: Option<(u64, Function)> = None;
        let mut registers = Registers::default();
        for line in disassembly.lines() {
            match (listing::line(line), &mut current) {
                (Some(Line::Heading(address, name)), _) => {
                    functions.extend(current.take().map(|of| finish(of, Some(address), memory)));
                    let name = name.to_owned();
                    current = Some((address, Function { name, last: address, ..<_>::default() }));
                    registers = Registers::default();
                }
                (Some(Line::Instruction(at)), Some((_, function))) => {
                    function.add(isa, &at, &mut registers);
                }
                (Some(Line::Data(address)), Some((_, function))) => function.last = address,
                _ => {}
            }
        }
        functions.extend(current.map(|of| finish(of, None, memory)));
        Self(functions)
    }

    /// Follows everything from the roots; what was reached, or the way to what must not be.
    pub(super) fn walk(&self, expected: usize) -> Result<Reached> {
        let roots: Vec<u64> = self
            .0
            .iter()
            .filter(|(_, function)| function.name.contains(ROOT))
            .map(|(&address, _)| address)
            .collect();
        let found = roots.len();
        ensure!(found >= expected, "{found} functions of {ROOT}, {expected} expected");
        let mut came_from: BTreeMap<u64, Option<u64>> =
            roots.iter().map(|&root| (root, None)).collect();
        let mut open = roots;
        let mut tables = 0;
        while let Some(at) = open.pop() {
            let function = self.0.get(&at).context("a function is gone")?;
            let name = &function.name;
            let forbidden = FORBIDDEN.iter().any(|part| name.contains(part));
            ensure!(!forbidden, "the hot loop reaches {}", self.way(at, &came_from));
            if let Some(line) = &function.loses_itself {
                bail!("the hot loop reaches `{line}` in {}", self.way(at, &came_from));
            }
            tables += function.tables;
            for &target in &function.targets {
                let callee = self.0.range(..=target).next_back();
                let (&callee, _) = callee.with_context(|| format!("{name} calls {target:#x}"))?;
                if callee != at && !came_from.contains_key(&callee) {
                    came_from.insert(callee, Some(at));
                    open.push(callee);
                }
            }
        }
        Ok(Reached { functions: came_from.len(), tables })
    }

    /// The names from a root to the function at `at`.
    fn way(&self, at: u64, came_from: &BTreeMap<u64, Option<u64>>) -> String {
        let mut names = Vec::new();
        let mut next = Some(at);
        while let Some(address) = next {
            names.extend(self.0.get(&address).map(|function| function.name.as_str()));
            next = came_from.get(&address).copied().flatten();
        }
        names.reverse();
        names.join("\n  -> ")
    }
}

/// The function at an address, all of whose lines are known, and where the next one begins.
fn finish(
    (address, mut function): (u64, Function),
    next: Option<u64>,
    memory: &Memory,
) -> (u64, Function) {
    // What is behind an end and nothing branches to.
    for (at, step, line) in std::mem::take(&mut function.filler) {
        if function.goes_on || function.targets.contains(&at) {
            function.follow(step, line);
        }
    }
    if function.goes_on {
        function.targets.extend(next);
    }
    let places = address + 1..=function.last;
    for (value, line) in std::mem::take(&mut function.through) {
        if value.is_table(memory, |place| places.contains(&place)) {
            function.tables += 1;
        } else {
            function.loses_itself.get_or_insert(line);
        }
    }
    (address, function)
}

impl Function {
    fn add(&mut self, isa: Isa, at: &Instruction<'_>, registers: &mut Registers) {
        self.last = at.address;
        let step = isa.step(at, registers);
        if matches!(step, Step::Jump(_) | Step::Return | Step::Through(_)) {
            registers.after_jump();
        }
        let line = format!("{} {}", at.mnemonic, at.operands);
        if isa.is_filler(at) {
            self.filler.push((at.address, step, line));
            return;
        }
        for (_, step, line) in std::mem::take(&mut self.filler) {
            self.follow(step, line);
        }
        self.follow(step, line);
    }

    fn follow(&mut self, step: Step, line: String) {
        self.goes_on = matches!(step, Step::Next | Step::Branch(_));
        match step {
            Step::Next | Step::Return => {}
            Step::Branch(target) | Step::Call(target) | Step::Jump(target) => {
                self.targets.push(target);
            }
            Step::Through(value) => self.through.push((value, line)),
            Step::Lost => {
                self.loses_itself.get_or_insert(line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three roots that call `helper`, which is as given.
    fn listing(helper: &str) -> String {
        let mut text = "\nimage:\tfile format elf32-littlearm\n\n".to_owned();
        for root in 0..3 {
            text += &format!(
                "0000010{root} <pandia_tight_loop::hot::apply::h{root}>:\n     \
                 10{root}:      \tbl\t0x200 <helper>  @ imm = #0xf0\n\n"
            );
        }
        text +=
            &format!("00000200 <helper>:\n{helper}\n00000300 <far>:\n     300:      \tbx\tlr\n");
        text + "00000400 <core::panicking::panic_fmt>:\n     400:      \tb\t0x400 <_>\n"
    }

    fn walked(helper: &str) -> Result<Reached> {
        Program::read(Isa::Thumb, &listing(helper), &Memory::default()).walk(3)
    }

    #[test]
    fn branches_calls_and_jump_tables_within_are_followed() -> Result<()> {
        let harmless = "     200:      \ttbb\t[pc, r0]\n     204:      \tcbz\tr0, 0x210 <helper+0x10>\n     \
                        206:      \tbne.w\t0x300 <far> @ imm = #4\n     20a:      \tpop\t{r7, pc}\n     \
                        20c:      \tldr\tr0, [pc, #4]  @ 0x400 <core::panicking::panic_fmt>\n     \
                        20e:      \tbx\tlr\n";
        assert_eq!(walked(harmless)?, Reached { functions: 5, tables: 1 });
        Ok(())
    }

    #[test]
    fn panics_pointers_and_traps_are_found_with_the_way_to_them() {
        for (line, says) in [
            ("bl\t0x400 <core::panicking::panic_fmt> @ imm = #1", "panic_fmt"),
            ("bhi.w\t0x400 <core::panicking::panic_fmt> @ imm = #1", "panic_fmt"),
            ("cbnz\tr3, 0x400 <core::panicking::panic_fmt>", "panic_fmt"),
            ("blx\tr3", "blx r3"),
            ("bx\tr2", "bx r2"),
            ("ldr.w\tpc, [r0, r1, lsl #2]", "ldr.w pc"),
            ("udf\t#0xfe", "udf"),
        ] {
            let error = walked(&format!("     200:      \t{line}\n")).unwrap_err().to_string();
            assert!(error.contains(says) && error.contains("helper"), "{line}: {error}");
        }
    }

    #[test]
    fn a_table_of_pointers_is_none_of_jumps() {
        let helper = "     200:      \tadr\tr1, #4 <helper+0x8>\n     202:      \tldr\tr1, [r1, r0]\n     \
                      204:      \tmov\tpc, r1\n     208: 05 0a 00 00  \t.word\t0x00000a05\n     \
                      20c:      \tbx\tlr\n";
        let walked = |entry: &str| {
            let memory = Memory::of(&format!(" 0208 {entry}                            ....\n"));
            Program::read(Isa::Thumb, &listing(helper), &memory).walk(3)
        };
        let inside = walked("0d020000").map(|reached| reached.tables);
        assert!(matches!(inside, Ok(1)), "{inside:?}");
        for elsewhere in ["01030000", "01020000"] {
            let error = walked(elsewhere).unwrap_err().to_string();
            assert!(error.contains("mov pc, r1"), "{error}");
        }
    }

    #[test]
    fn padding_behind_a_function_is_no_branch() -> Result<()> {
        let padding = "     202:      \tbmi\t0x400 <core::panicking::panic_fmt> @ imm = #-0x58\n";
        assert_eq!(walked(&format!("     200:      \tbx\tlr\n{padding}{padding}"))?.functions, 4);
        // Not at the end, not behind one, and where something branches to, it is what it says.
        assert!(walked(&format!("{padding}     204:      \tbx\tlr\n")).is_err());
        assert!(walked(&format!("     200:      \tmovs\tr0, r1\n{padding}")).is_err());
        let branch = "     1fe:      \tbne\t0x202 <helper+0x2>\n     200:      \tbx\tlr\n";
        assert!(walked(&format!("{branch}{padding}")).is_err());
        Ok(())
    }

    #[test]
    fn padding_of_four_bytes_in_a32_is_no_load() {
        let listed = |end: &str| {
            format!(
                "00000100 <pandia_tight_loop::hot::apply>:\n     100:      \t{end}\n\
                 104:      \tldrble\tsp, [r4], #1236\n\
                 00000108 <core::panicking::panic>:\n     108:      \tbx\tlr\n"
            )
        };
        let walked = |end| Program::read(Isa::A32, &listed(end), &Memory::default()).walk(1);
        assert!(walked("pop\t{r4, pc}").is_ok());
        assert!(walked("mov\tr0, r1").is_err(), "what does not end goes on");
    }

    #[test]
    fn a_function_without_an_end_goes_on_in_the_next() {
        let listed = "00000100 <pandia_tight_loop::hot::apply>:\n     100:      \tmovs\tr0, r1\n\
                      00000102 <core::panicking::panic>:\n     102:      \tbx\tlr\n";
        let walked = Program::read(Isa::Thumb, listed, &Memory::default()).walk(1);
        assert!(walked.is_err_and(|error| error.to_string().contains("panicking")));
    }

    #[test]
    fn without_the_loop_there_is_nothing_to_be_proud_of() {
        let listed = "00000200 <helper>:\n     200:      \tbx\tlr\n";
        assert!(Program::read(Isa::Thumb, listed, &Memory::default()).walk(1).is_err());
    }
}
