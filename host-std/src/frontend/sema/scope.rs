//! What names mean, by nesting of blocks.
//! Not here: what may be declared where.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::ast::{Def, GateDef};
use super::super::ir::{QubitRef, Reg};
use super::super::parse::Language;
use super::super::source::{FileId, Span};
use super::value::{Type, Value};

/// Qubits under one name.
#[derive(Debug, Clone)]
pub(super) struct Qubits {
    pub(super) list: Rc<[QubitRef]>,
    /// One qubit, not a register of one.
    pub(super) single: bool,
}

/// Classical bits under one name.
#[derive(Debug, Clone)]
pub(super) struct Bits {
    pub(super) list: Rc<[u32]>,
    pub(super) single: bool,
}

#[derive(Debug)]
pub(super) enum GateKind {
    Native(u16),
    /// `U` of OpenQASM 3: U3 with a phase of everything.
    PhasedU,
    /// `gphase`
    Phase,
    Defined(Rc<GateDef>),
    Opaque,
}

#[derive(Debug)]
pub(super) struct Gate {
    pub(super) name: Rc<str>,
    pub(super) kind: GateKind,
    pub(super) param_count: usize,
    pub(super) qubit_count: usize,
    pub(super) language: Language,
    /// From one of our include files, or of the language itself.
    pub(super) built_in: bool,
    /// The file that defines it, and its place among all definitions.
    pub(super) origin: Origin,
}

/// Where a gate's definition stands: its body sees what stands before it, its own file's gates first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) file: FileId,
    pub(super) order: u32,
}

/// One of several gates of a name.
#[derive(Debug)]
struct Version {
    /// Nothing if its definition failed.
    gate: Option<Rc<Gate>>,
    origin: Origin,
    span: Option<Span>,
    /// Programs see it; otherwise only its own file does.
    visible: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Symbol {
    Qubits(Qubits),
    Bits(Bits),
    /// A variable in an integer register.
    Int(Type, Reg),
    /// A variable in a float register.
    Float(Type, Reg),
    Const(Value),
    Gate(Rc<Gate>),
    Subroutine(Rc<Def>),
    /// Its declaration failed; uses of it are not reported again.
    Broken,
}

impl Symbol {
    /// What it is, as a person would call it.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Self::Qubits(qubits) if qubits.single => "a qubit",
            Self::Qubits(_) => "a quantum register",
            Self::Bits(bits) if bits.single => "a classical bit",
            Self::Bits(_) => "a classical register",
            Self::Int(..) | Self::Float(..) => "a variable",
            Self::Const(_) => "a constant",
            Self::Gate(_) => "a gate",
            Self::Subroutine(_) => "a subroutine",
            Self::Broken => "broken",
        }
    }
}

#[derive(Debug, Default)]
struct Scope {
    names: BTreeMap<Rc<str>, (Symbol, Option<Span>)>,
    /// From outside only constants, gates and subroutines of the file can be seen.
    closed: bool,
}

#[derive(Debug)]
pub(super) struct Scopes {
    stack: Vec<Scope>,
    /// Gates have names of their own, so that `t` may be a variable and a gate: only where one stands
    /// tells which is meant.
    gates: BTreeMap<Rc<str>, Vec<Version>>,
    gate_count: u32,
}

impl Default for Scopes {
    fn default() -> Self {
        Self { stack: vec![Scope::default()], gates: BTreeMap::new(), gate_count: 0 }
    }
}

/// What looking up a name gives.
pub(super) enum Found {
    Here(Symbol),
    /// It exists, but not in here.
    Outside(Symbol),
    Nowhere,
}

impl Scopes {
    pub(super) fn push(&mut self) {
        self.stack.push(Scope::default());
    }

    /// The body of a gate or a subroutine.
    pub(super) fn push_closed(&mut self) {
        self.stack.push(Scope { names: BTreeMap::new(), closed: true });
    }

    pub(super) fn pop(&mut self) {
        if self.stack.len() > 1 {
            self.stack.pop();
        }
    }

    pub(super) fn is_global(&self) -> bool {
        self.stack.len() == 1
    }

    pub(super) fn find(&self, name: &str) -> Found {
        let mut closed = false;
        for (depth, scope) in self.stack.iter().enumerate().rev() {
            if let Some((symbol, _)) = scope.names.get(name) {
                let through = matches!(
                    symbol,
                    Symbol::Const(_) | Symbol::Gate(_) | Symbol::Subroutine(_) | Symbol::Broken
                ) && depth == 0;
                return if !closed || through {
                    Found::Here(symbol.clone())
                } else {
                    Found::Outside(symbol.clone())
                };
            }
            closed |= scope.closed;
        }
        self.version(name, None).map_or(Found::Nowhere, symbol_of)
    }

    /// The gate of this name, as seen from the body of the gate `from` or from the program; failing
    /// that, whatever else has the name.
    pub(super) fn find_gate(&self, name: &str, from: Option<Origin>) -> Found {
        match self.version(name, from) {
            Some(version) => symbol_of(version),
            None => self.find(name),
        }
    }

    fn version(&self, name: &str, from: Option<Origin>) -> Option<&Version> {
        let versions = self.gates.get(name)?;
        let Some(from) = from else {
            return versions.iter().rfind(|version| version.visible);
        };
        let mut before = versions.iter().filter(|version| version.origin.order < from.order);
        let mut own = before.clone().filter(|version| version.origin.file == from.file);
        own.next_back().or_else(|| before.rfind(|version| version.visible))
    }

    /// The gate that programs see under this name, and where it was defined.
    pub(super) fn gate(&self, name: &str) -> Option<(&Gate, Option<Span>)> {
        let version = self.version(name, None)?;
        version.gate.as_deref().map(|gate| (gate, version.span))
    }

    /// The place of the next definition.
    pub(super) fn next_origin(&mut self, file: FileId) -> Origin {
        self.gate_count += 1;
        Origin { file, order: self.gate_count }
    }

    pub(super) fn add_gate(
        &mut self,
        name: Rc<str>,
        gate: Option<Rc<Gate>>,
        origin: Origin,
        span: Option<Span>,
        visible: bool,
    ) {
        self.gates.entry(name).or_default().push(Version { gate, origin, span, visible });
    }

    pub(super) fn gate_names(&self) -> Vec<Rc<str>> {
        self.gates.keys().cloned().collect()
    }

    /// What the name means in this very block, and where it was declared.
    pub(super) fn here(&self, name: &str) -> Option<&(Symbol, Option<Span>)> {
        self.stack.last().and_then(|scope| scope.names.get(name))
    }

    pub(super) fn set(&mut self, name: Rc<str>, symbol: Symbol, span: Option<Span>) {
        if let Some(scope) = self.stack.last_mut() {
            scope.names.insert(name, (symbol, span));
        }
    }

    /// Names of what `wanted` accepts, for suggestions.
    pub(super) fn names(&self, wanted: impl Fn(&Symbol) -> bool) -> Vec<Rc<str>> {
        self.stack
            .iter()
            .flat_map(|scope| &scope.names)
            .filter(|(_, (symbol, _))| wanted(symbol))
            .map(|(name, _)| Rc::clone(name))
            .collect()
    }
}

fn symbol_of(version: &Version) -> Found {
    let broken = Symbol::Broken;
    Found::Here(version.gate.as_ref().map_or(broken, |gate| Symbol::Gate(Rc::clone(gate))))
}

/// Longer names are not compared: it takes the product of their lengths.
const NAME_MAX: usize = 64;

/// The name most like `name`, if one is near enough to be meant.
pub(super) fn nearest(name: &str, known: &[Rc<str>]) -> Option<Rc<str>> {
    let letters = name.chars().count();
    if letters > NAME_MAX {
        return None;
    }
    // A name of one letter is near to everything.
    let bound = (letters / 3).max(1).min(letters.saturating_sub(1));
    let lower = name.to_lowercase();
    let near =
        known.iter().map(|other| (strsim::levenshtein(&lower, &other.to_lowercase()), other));
    near.filter(|(far, _)| *far <= bound).min_by_key(|(far, _)| *far).map(|(_, n)| Rc::clone(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known: Vec<Rc<str>> = ["cx", "ccx", "swap", "measure"].map(Rc::from).to_vec();
        assert_eq!(nearest("cnx", &known).as_deref(), Some("cx"));
        assert_eq!(nearest("SWAP", &known).as_deref(), Some("swap"));
        assert_eq!(nearest("mesure", &known).as_deref(), Some("measure"));
        assert_eq!(nearest("zzz", &known), None);
        assert_eq!(nearest("x", &known), None);
    }
}
