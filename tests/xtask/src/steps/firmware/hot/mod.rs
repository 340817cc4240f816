//! What the tight loop's functions can reach: no panic, no allocation, no call through a pointer.
//!
//! Read from the disassembly of an image of Armv7E-M: every branch and call is followed from the
//! functions that carry out a batch ([`ROOT`]). Tables of jumps stay within their function on that
//! core (`tbb`, `tbh`); elsewhere they look like calls through a pointer, so other cores are not read.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};

use super::boards::Board;
use super::fused;
use crate::console;
use crate::project::Project;

/// The functions from which the walk begins: one for each stack.
const ROOT: &str = "pandia_tight_loop::hot::";
/// How many stacks the image of the tight loop has, or more.
pub(super) const ROOTS: usize = 3;
/// Parts of names that must not be reached. Every panic of Rust goes through `core::panicking`.
const FORBIDDEN: &[&str] =
    &["panic", "rust_begin_unwind", "alloc::", "__rust_alloc", "__rg_", "__rdl_"];
/// Instructions that leave the program: traps, and what a debugger or a supervisor answers.
const TRAPS: &[&str] = &["udf", "bkpt", "svc"];

/// Whether the board has the core whose disassembly is understood.
pub(super) fn can_read(board: &Board) -> bool {
    board.target.starts_with("thumbv7em")
}

/// Fails if one of the loop's functions reaches what it must not.
/// The image has so many stacks or more.
pub(super) fn check(project: &Project, board: &Board, image: &str, roots: usize) -> Result<()> {
    if !can_read(board) {
        return Ok(());
    }
    let program = Program::read(&fused::disassembly(project, image)?);
    let reached = program.walk(roots).with_context(|| format!("the image of {}", board.name))?;
    console::say(&format!(
        "{:<12} hot loop: {reached} functions, no panic, no pointer",
        board.name
    ));
    Ok(())
}

#[derive(Debug, Default)]
struct Function {
    name: String,
    /// Where its branches and calls go.
    targets: Vec<u64>,
    /// The first instruction that leaves it for a place nobody can name, or that traps.
    loses_itself: Option<String>,
    /// How many of its last instructions so far read like [`PADDING`].
    padding: usize,
}

/// How the linker's filler between functions, the bytes `d4 d4`, is disassembled: a branch if minus.
/// None is the last instruction of a function, which would run on into the next one.
const PADDING: &str = "bmi";

/// The functions by the address at which they begin.
#[derive(Debug, Default)]
struct Program(BTreeMap<u64, Function>);

impl Program {
    fn read(disassembly: &str) -> Self {
        let mut functions = BTreeMap::new();
        let mut current: Option<(u64, Function)> = None;
        for line in disassembly.lines() {
            if let Some((address, name)) = heading(line) {
                functions.extend(current.take().map(Function::without_padding));
                current = Some((address, Function { name: name.to_owned(), ..<_>::default() }));
            } else if let (Some((_, function)), Some((mnemonic, operands))) =
                (&mut current, instruction(line))
            {
                function.add(mnemonic, operands);
            }
        }
        functions.extend(current.map(Function::without_padding));
        Self(functions)
    }

    /// Follows everything from the roots; the number of functions reached, or the way to what must
    /// not be.
    fn walk(&self, expected: usize) -> Result<usize> {
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
        while let Some(at) = open.pop() {
            let function = self.0.get(&at).context("a function is gone")?;
            let name = &function.name;
            let forbidden = FORBIDDEN.iter().any(|part| name.contains(part));
            ensure!(!forbidden, "the hot loop reaches {}", self.way(at, &came_from));
            if let Some(line) = &function.loses_itself {
                anyhow::bail!("the hot loop reaches `{line}` in {}", self.way(at, &came_from));
            }
            for &target in &function.targets {
                let callee = self.0.range(..=target).next_back();
                let (&callee, _) = callee.with_context(|| format!("{name} calls {target:#x}"))?;
                if callee != at && !came_from.contains_key(&callee) {
                    came_from.insert(callee, Some(at));
                    open.push(callee);
                }
            }
        }
        Ok(came_from.len())
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

impl Function {
    /// The function at an address, without the branches that padding behind it is taken for.
    fn without_padding((address, mut function): (u64, Self)) -> (u64, Self) {
        function.targets.truncate(function.targets.len() - function.padding);
        (address, function)
    }

    fn add(&mut self, mnemonic: &str, operands: &str) {
        let through_register = match mnemonic {
            "blx" | "bx" => !operands.starts_with("0x") && operands != "lr",
            "mov" | "add" => operands.starts_with("pc,"),
            _ => mnemonic.starts_with("ldr") && operands.starts_with("pc,"),
        };
        if through_register || TRAPS.iter().any(|trap| mnemonic.starts_with(trap)) {
            self.loses_itself.get_or_insert(format!("{mnemonic} {operands}"));
        }
        let target = branch_target(mnemonic, operands);
        let reads_like_padding = mnemonic == PADDING && target.is_some();
        self.padding = if reads_like_padding { self.padding + 1 } else { 0 };
        self.targets.extend(target);
    }
}

/// Address and name in `000004d0 <name>:`.
fn heading(line: &str) -> Option<(u64, &str)> {
    let (address, name) = line.strip_suffix(">:")?.split_once(" <")?;
    Some((u64::from_str_radix(address, 16).ok()?, name))
}

/// Mnemonic and operands in `   4d0:      \tbl\t0x4f0 <name> @ imm = #-0x10`, without the comment.
fn instruction(line: &str) -> Option<(&str, &str)> {
    let (address, rest) = line.split_once(':')?;
    u64::from_str_radix(address.trim(), 16).ok()?;
    let rest = rest.trim();
    let (mnemonic, operands) = rest.split_once('\t').unwrap_or((rest, ""));
    Some((mnemonic, operands.split('@').next().unwrap_or("").trim()))
}

/// Where a branch or a call goes: the last operand before the symbol in angle brackets.
fn branch_target(mnemonic: &str, operands: &str) -> Option<u64> {
    let plain = mnemonic.trim_end_matches(".w").trim_end_matches(".n");
    let condition = plain.strip_prefix("bl").or_else(|| plain.strip_prefix('b'));
    let branches = matches!(plain, "cbz" | "cbnz" | "blx")
        || condition.is_some_and(|condition| CONDITIONS.contains(&condition));
    let address = operands.split(" <").next()?.rsplit([' ', ',']).next()?;
    if branches { u64::from_str_radix(address.strip_prefix("0x")?, 16).ok() } else { None }
}

const CONDITIONS: &[&str] =
    &["", "eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al"];

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

    fn walked(helper: &str) -> Result<usize> {
        Program::read(&listing(helper)).walk(ROOTS)
    }

    #[test]
    fn branches_calls_and_jump_tables_within_are_followed() -> Result<()> {
        let harmless = "     200:      \ttbb\t[pc, r0]\n     204:      \tcbz\tr0, 0x210 <helper+0x10>\n     \
                        206:      \tbne.w\t0x300 <far> @ imm = #4\n     20a:      \tpop\t{r7, pc}\n     \
                        20c:      \tldr\tr0, [pc, #4]  @ 0x400 <core::panicking::panic_fmt>\n";
        assert_eq!(walked(harmless)?, 5);
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
    fn padding_behind_a_function_is_no_branch() -> Result<()> {
        let padding = "     202:      \tbmi\t0x400 <core::panicking::panic_fmt> @ imm = #-0x58\n";
        assert_eq!(walked(&format!("     200:      \tbx\tlr\n{padding}{padding}"))?, 4);
        // Not at the end it is what it says.
        assert!(walked(&format!("{padding}     204:      \tbx\tlr\n")).is_err());
        Ok(())
    }

    #[test]
    fn without_the_loop_there_is_nothing_to_be_proud_of() {
        assert!(Program::read("00000200 <helper>:\n     200:      \tbx\tlr\n").walk(1).is_err());
    }
}
