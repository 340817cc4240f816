//! Typed form to the words of the program format: control flow to jumps, expressions to
//! instructions.
//! Not here: meaning, which is settled.

mod expr;

use std::collections::BTreeMap;

use pandia_core::Result;
use pandia_core::op::OpKind;
use pandia_core::op::builder::{OpSink, Params, Parts};
use pandia_core::program::{Instruction, Label as Place, Patch, ProgramBuilder};
use pandia_core::units::DurationNs;

use super::ir::{Expr, HIDDEN_BITS, Label, Module, Node, QubitRef};

pub(crate) struct Lower {
    builder: ProgramBuilder,
    /// Number of the first bit that no result shows.
    hidden_first: u32,
    /// Where `break` and `continue` of each block go.
    places: BTreeMap<Label, (Place, Place)>,
    /// Scratch variables, reused by every expression.
    ints: Vec<u32>,
    ints_used: usize,
    reals: Vec<u32>,
    reals_used: usize,
}

/// The program's words.
///
/// # Errors
/// Limits of the format, such as operands that are too many for one operation.
pub(crate) fn lower(module: &Module) -> Result<Vec<u64>> {
    let mut builder = ProgramBuilder::new(module.qubit_count);
    for register in &module.registers {
        builder.register(&register.name, register.width);
    }
    let hidden_first = module.bit_count;
    if module.hidden_bit_count > 0 {
        builder.register("", module.hidden_bit_count);
    }
    // The module's own variables come first, so that their numbers stay.
    for _ in 0..module.int_count {
        builder.int();
    }
    for _ in 0..module.float_count {
        builder.real();
    }
    let mut lower = Lower {
        builder,
        hidden_first,
        places: BTreeMap::new(),
        ints: Vec::new(),
        ints_used: 0,
        reals: Vec::new(),
        reals_used: 0,
    };
    lower.nodes(&module.body)?;
    lower.builder.finish()
}

impl Lower {
    fn nodes(&mut self, nodes: &[Node]) -> Result<()> {
        nodes.iter().try_for_each(|node| {
            self.ints_used = 0;
            self.reals_used = 0;
            self.node(node)
        })
    }

    fn bit(&self, bit: u32) -> u32 {
        if bit >= HIDDEN_BITS { bit - HIDDEN_BITS + self.hidden_first } else { bit }
    }

    fn node(&mut self, node: &Node) -> Result<()> {
        match node {
            Node::Gate { slot, params, qubits } => self.gate(*slot, params, qubits),
            Node::Measure { qubit, bit } => {
                let result = [u64::from(self.bit(*bit))];
                self.operation(
                    OpKind::Measure,
                    0,
                    core::slice::from_ref(qubit),
                    Params::Words(&result),
                    &[],
                )
            }
            Node::Reset(qubit) => {
                self.operation(OpKind::Reset, 0, core::slice::from_ref(qubit), Params::NONE, &[])
            }
            Node::Barrier(qubits) => self.builder.barrier(qubits),
            Node::Idle { qubits, ns } => {
                let length = [DurationNs(*ns).0];
                self.operation(OpKind::Idle, 0, qubits, Params::Words(&length), &[])
            }
            Node::SetInt(register, value) => self.int_into(*register, value),
            Node::SetFloat(register, value) => self.real_into(*register, value),
            Node::SetBit(bit, value) => {
                let src = self.int(value)?;
                let bit = self.bit(*bit);
                self.builder.classical(Instruction::BitStore { src, bit })
            }
            Node::SetBitAt { first, width, index, value } => {
                let (src, index) = (self.int(value)?, self.int(index)?);
                let (base, limit) = (self.bit(*first), *width);
                self.builder.classical(Instruction::BitStoreAt { src, index, base, limit })
            }
            Node::If { condition, then, otherwise } => self.choice(condition, then, otherwise),
            Node::Block { label, body } => {
                let end = self.builder.label();
                self.places.insert(*label, (end, end));
                self.nodes(body)?;
                self.builder.place(end);
                Ok(())
            }
            Node::Loop { label, body, step } => {
                let [start, next, end] = [(); 3].map(|()| self.builder.label());
                self.places.insert(*label, (end, next));
                self.builder.place(start);
                self.nodes(body)?;
                self.builder.place(next);
                self.nodes(step)?;
                self.builder.jump(start);
                self.builder.place(end);
                Ok(())
            }
            Node::Break(label) => {
                if let Some((end, _)) = self.places.get(label) {
                    self.builder.jump(*end);
                }
                Ok(())
            }
            Node::Continue(label) => {
                if let Some((_, next)) = self.places.get(label) {
                    self.builder.jump(*next);
                }
                Ok(())
            }
            Node::End => self.builder.classical(Instruction::Halt),
            Node::Line(line) => {
                self.builder.set_line(*line);
                Ok(())
            }
        }
    }

    fn choice(&mut self, condition: &Expr, then: &[Node], otherwise: &[Node]) -> Result<()> {
        let int = self.int(condition)?;
        let end = self.builder.label();
        match (then, otherwise) {
            // `if (!c) break;` and the like are one jump.
            ([], [Node::Break(label)]) if self.places.contains_key(label) => {
                if let Some((place, _)) = self.places.get(label) {
                    self.builder.jump_unless(*place, int);
                }
                return Ok(());
            }
            ([], otherwise) => {
                self.builder.jump_if(end, int);
                self.nodes(otherwise)?;
            }
            (then, []) => {
                self.builder.jump_unless(end, int);
                self.nodes(then)?;
            }
            (then, otherwise) => {
                let other = self.builder.label();
                self.builder.jump_unless(other, int);
                self.nodes(then)?;
                self.builder.jump(end);
                self.builder.place(other);
                self.nodes(otherwise)?;
            }
        }
        self.builder.place(end);
        Ok(())
    }

    fn gate(&mut self, slot: u16, params: &[Expr], qubits: &[QubitRef]) -> Result<()> {
        let mut reals = [0.0; 128];
        let mut patches = Vec::new();
        for (at, param) in params.iter().enumerate().take(reals.len()) {
            match param {
                Expr::Float(value) => reals[at] = *value,
                value => {
                    let real = self.real(value)?;
                    let param = u16::try_from(at).unwrap_or(u16::MAX);
                    patches.push(Patch::Real { param, real });
                }
            }
        }
        let reals = reals.get(..params.len()).unwrap_or(&[]);
        self.operation(OpKind::Gate, slot, qubits, Params::Reals(reals), &patches)
    }

    /// One operation; as a patched one if any operand comes from a variable.
    fn operation(
        &mut self,
        kind: OpKind,
        gate: u16,
        qubits: &[QubitRef],
        params: Params<'_>,
        patches: &[Patch],
    ) -> Result<()> {
        let mut patches = patches.to_vec();
        let mut numbers = Vec::with_capacity(qubits.len());
        for (at, qubit) in qubits.iter().enumerate() {
            match *qubit {
                QubitRef::At(number) => numbers.push(number),
                QubitRef::Indexed { first, len, index } => {
                    let operand = u16::try_from(at).unwrap_or(u16::MAX);
                    patches.push(Patch::Qubit { operand, index, base: first, limit: len });
                    numbers.push(first);
                }
            }
        }
        let distinct = self.distinct(&mut numbers, qubits);
        let parts = Parts { kind, flags: 0, gate, qubits: &numbers, params };
        if patches.is_empty() {
            self.builder.push(parts)
        } else {
            debug_assert!(distinct);
            self.builder.patched(parts, &patches)
        }
    }

    /// A template must be a valid record: the places to be filled get numbers that differ.
    fn distinct(&self, numbers: &mut [u32], qubits: &[QubitRef]) -> bool {
        for at in 0..numbers.len() {
            if let QubitRef::Indexed { first, len, .. } = qubits[at] {
                let free = (first..first + len).find(|number| {
                    !numbers.iter().enumerate().any(|(other, n)| other != at && n == number)
                });
                match free {
                    Some(number) => numbers[at] = number,
                    None => return false,
                }
            }
        }
        true
    }
}
