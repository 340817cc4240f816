//! Topology: refuses gates of the program on qubits that the device does not couple.
//!
//! No error of its own: a layer that lets through what the device could do. Without a single coupling
//! given, every pair is coupled. What layers above insert is none of its business.

mod part;

pub use part::TopologyPart;

use crate::backend::{Backend, Layer, Metric, MetricValue};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::noise::expected::{Expect, Expected, Fate, Known};
use crate::noise::rates::{Place, Rates, Subject};
use crate::op::gates::name_of;
use crate::op::record::FLAG_INSERTED;
use crate::op::{Batch, Op, OpKind, Outcomes};
use crate::part::{LayerPart, Storage};
use core::fmt;

/// The topology layer over storage for the couplings; none is needed for none.
#[derive(Clone, Debug)]
pub struct Topology<S = [u64; 0]> {
    couplings: Rates<S>,
    qubit_count: u32,
    /// Operations that were looked at in this shot.
    checked: u64,
}

/// Most qubits that a refusal lists.
const LISTED_MAX: usize = 8;

impl<S: Storage<u64>> Topology<S> {
    fn couples(&self, a: u32, b: u32) -> bool {
        self.couplings.number(Subject::Place, Place::pair(a, b)).is_some_and(|on| on > 0.0)
    }

    /// The first two operands of `op` that the device does not couple. A gate beyond the register is
    /// for the child to refuse, in its own words.
    fn refuses(&self, op: Op<'_>) -> Option<(u32, u32)> {
        let known = op.qubits().all(|qubit| qubit < self.qubit_count);
        if known && !self.couplings.is_empty() { self.apart(op) } else { None }
    }

    /// The first two operands next to each other that are not coupled.
    fn apart(&self, op: Op<'_>) -> Option<(u32, u32)> {
        if op.kind() != OpKind::Gate || op.flags() & FLAG_INSERTED != 0 {
            return None;
        }
        let mut before = op.qubits();
        let mut after = op.qubits();
        after.next()?;
        let pairs = core::iter::from_fn(|| Some((before.next()?, after.next()?)));
        pairs.into_iter().find(|&(a, b)| !self.couples(a, b))
    }

    #[cold]
    fn refusal(&self, op: Op<'_>, a: u32, b: u32) -> Error {
        let (gate, slot) = (name_of(op.gate()).unwrap_or("user gate"), op.gate());
        let partners = Partners { topology: self, qubit: a };
        Error::from(ErrorKind::GateRefused { gate, slot })
            .in_layer(TopologyPart::SPEC.id)
            .with_text(format_args!(
                "{gate} on qubits {a} and {b}: the device does not couple them; qubit {a} couples \
                 {partners}: place the program's qubits otherwise, or swap"
            ))
    }
}

/// The qubits coupled to one.
struct Partners<'a, S> {
    topology: &'a Topology<S>,
    qubit: u32,
}

impl<S: Storage<u64>> fmt::Display for Partners<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = 0..self.topology.qubit_count;
        let mut coupled = all.filter(|&other| self.topology.couples(self.qubit, other));
        let Some(first) = coupled.next() else { return f.write_str("nothing") };
        write!(f, "to {first}")?;
        for (listed, other) in coupled.enumerate() {
            if listed + 1 == LISTED_MAX {
                return f.write_str(" and more");
            }
            write!(f, ", {other}")?;
        }
        Ok(())
    }
}

impl<S: Storage<u64>> Layer for Topology<S> {
    fn id(&self) -> &str {
        TopologyPart::SPEC.id
    }

    fn shot_begin(&mut self, _shot: ShotId, _seed: Seed) -> Result<()> {
        self.checked = 0;
        Ok(())
    }

    #[inline]
    fn apply<B: Backend>(
        &mut self,
        child: &mut B,
        batch: &Batch<'_>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        if batch.source().depth == 0 && !self.couplings.is_empty() {
            for (index, op) in (0..).zip(batch.ops()) {
                if let Some((a, b)) = self.refuses(op) {
                    return Err(self.refusal(op, a, b).at_op(index));
                }
            }
            self.checked += u64::from(batch.op_count());
        }
        child.apply(batch, outcomes)
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let value = MetricValue::Counter(self.checked);
        (index == 0).then_some(Metric { part: self.id(), name: "checked", value })
    }
}

/// It does nothing, and passes on what the device couples.
impl<S: Storage<u64>> Expect for Topology<S> {
    fn expect(&self, op: Op<'_>, _known: &Known<'_>, _each: &mut dyn FnMut(Expected)) -> Fate {
        if self.refuses(op).is_some() { Fate::Dropped } else { Fate::Forwarded }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Class;
    use crate::noise::test_support::run;
    use crate::op::OpSink;
    use crate::op::builder::OpVec;
    use crate::op::gates::slot;
    use std::string::ToString;

    const LINE: [(&str, f64); 3] = [("pair.0-1", 1.0), ("pair.2-1", 1.0), ("pair.2-3", 0.0)];

    fn applied(settings: &[(&str, f64)], slot: u16, qubits: &[u32]) -> Result<usize> {
        let mut stack = run::stack(run::built::<TopologyPart>(settings, &[]).unwrap());
        let mut ops = OpVec::new();
        ops.measure(3, 0).unwrap();
        ops.gate(slot, qubits, &[]).unwrap();
        run::try_shot(&mut stack, &ops, 0).map(|_| stack.child().seen.len())
    }

    #[test]
    fn coupled_pairs_pass_in_either_order_and_others_are_refused_whole() {
        for qubits in [[0, 1], [1, 0], [1, 2]] {
            assert_eq!(applied(&LINE, slot::CX, &qubits).unwrap(), 2);
        }
        assert_eq!(applied(&LINE, slot::H, &[3]).unwrap(), 2);
        assert_eq!(applied(&LINE, slot::CCX, &[0, 1, 2]).unwrap(), 2);
        for (slot, qubits) in
            [(slot::CX, &[0, 2][..]), (slot::CZ, &[2, 3]), (slot::CCX, &[1, 0, 2])]
        {
            let error = applied(&LINE, slot, qubits).unwrap_err();
            assert_eq!((error.class(), error.op_index()), (Class::Refused, Some(1)));
            assert_eq!(error.layer(), "pandia.topology");
        }
        let words = applied(&LINE, slot::CX, &[0, 2]).unwrap_err().to_string();
        assert!(words.contains("cx on qubits 0 and 2"), "{words}");
        assert!(words.contains("qubit 0 couples to 1: "), "{words}");
        let words = applied(&LINE, slot::CX, &[3, 2]).unwrap_err().to_string();
        assert!(words.contains("qubit 3 couples nothing"), "{words}");
    }

    #[test]
    fn without_couplings_everything_passes_and_what_is_inserted_always_does() {
        assert_eq!(applied(&[], slot::CX, &[0, 3]).unwrap(), 2);
        let mut stack = run::stack(run::built::<TopologyPart>(&LINE, &[]).unwrap());
        let mut ops = OpVec::new();
        ops.inserted_gate(slot::CX, &[0, 3], &[]).unwrap();
        run::shot(&mut stack, &ops, 0);
        assert_eq!(stack.child().seen.len(), 1);
        let refused = run::refusal::<TopologyPart>(&[("pair.0-9", 1.0)]);
        assert!(refused.contains("qubit 9 does not exist"), "{refused}");
        let refused = run::refusal::<TopologyPart>(&[("pair.0-1.x", 1.0)]);
        assert!(refused.contains("x is no place"), "{refused}");
    }
}
