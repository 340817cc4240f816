//! Indices and slices: what they select.
//! Not here: of what.

use super::super::ast::{Expr as Ast, Index, Range};
use super::super::ir::Expr;
use super::super::parse::Language;
use super::super::source::Span;
use super::eval::Selection;
use super::{Sem, Sema};

impl Sema<'_> {
    /// First and length of numbers that follow each other: what an index at run time needs.
    pub(super) fn run_of(&mut self, list: &[u32], span: Span) -> Sem<(u32, u32)> {
        let first = list.first().copied().unwrap_or(0);
        let in_order = list.iter().zip(first..).all(|(&id, expected)| id == expected);
        if !in_order {
            return Err(self.error(
                span,
                "an index that is only known when the program runs needs a whole register",
                "index the register itself instead of a selection of it",
            ));
        }
        Ok((first, u32::try_from(list.len()).unwrap_or(0)))
    }

    /// What an index or slice selects of `len` elements of `name`.
    pub(super) fn select(
        &mut self,
        index: &Index,
        len: usize,
        name: &str,
        span: Span,
    ) -> Sem<Selection> {
        match index {
            Index::At(at) => {
                let value = self.index_value(at)?;
                match value.as_int() {
                    Some(value) => Ok(Selection::One(self.within(value, len, name, at.span)?)),
                    None => Ok(Selection::Computed(value)),
                }
            }
            Index::Set(values) => {
                let mut selected = Vec::with_capacity(values.len());
                for value in values {
                    let at = self.const_int(value, "index")?;
                    selected.push(self.within(at, len, name, value.span)?);
                }
                self.some(selected, span)
            }
            Index::Range(range) => {
                let selected = self.slice(range, len, name)?;
                self.some(selected, span)
            }
            Index::Many => {
                let help = "registers have one dimension";
                Err(self.error(span, "more than one index", help))
            }
        }
    }

    pub(super) fn some(&mut self, selected: Vec<usize>, span: Span) -> Sem<Selection> {
        if selected.is_empty() {
            return Err(self.error(
                span,
                "this selects nothing",
                "both ends of a range are included",
            ));
        }
        Ok(Selection::Many(selected))
    }

    pub(super) fn index_value(&mut self, at: &Ast) -> Sem<Expr> {
        let real = std::mem::replace(&mut self.real, false);
        let value = self.eval(at);
        self.real = real;
        let value = value?;
        self.int_value(value, at.span)
    }

    /// An index within bounds; negative ones count from the end in OpenQASM 3.
    pub(super) fn within(&mut self, value: i64, len: usize, name: &str, span: Span) -> Sem<usize> {
        let length = i64::try_from(len).unwrap_or(i64::MAX);
        let from_end = self.language == Language::Qasm3 && value < 0;
        let at = if from_end { value.saturating_add(length) } else { value };
        match usize::try_from(at) {
            Ok(at) if at < len => Ok(at),
            _ => Err(self.error(
                span,
                format!("index {value} is out of range: `{name}` has {len} (0 to {})", length - 1),
                "use a smaller index, or a wider register",
            )),
        }
    }

    pub(super) fn slice(&mut self, range: &Range, len: usize, name: &str) -> Sem<Vec<usize>> {
        let step = match &range.step {
            Some(step) => self.const_int(step, "step")?,
            None => 1,
        };
        if step == 0 {
            return Err(self.error(range.span, "the step of this range is 0", "use another step"));
        }
        let length = i64::try_from(len).unwrap_or(i64::MAX);
        let (low, high) = if step > 0 { (0, length - 1) } else { (length - 1, 0) };
        let mut ends = [low, high];
        for (end, part) in ends.iter_mut().zip([&range.start, &range.stop]) {
            if let Some(part) = part {
                let value = self.const_int(part, "end of the range")?;
                let at = self.within(value, len, name, part.span)?;
                *end = i64::try_from(at).unwrap_or(i64::MAX);
            }
        }
        let [mut at, stop] = ends;
        let mut selected = Vec::new();
        while if step > 0 { at <= stop } else { at >= stop } {
            selected.push(usize::try_from(at).unwrap_or(0));
            at = at.saturating_add(step);
        }
        Ok(selected)
    }
}
