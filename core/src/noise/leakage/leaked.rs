//! Operations of the program on qubits that have leaked: gates, measurements, postselections.
//!
//! Not here: who leaks, and what the simulator's qubit is then ([`super`]).

use super::Leakage;
use crate::backend::{Backend, Forwarder};
use crate::error::{Case, Error, ErrorKind, Result};
use crate::noise::drift::Drift;
use crate::op::outcome::LEAKED;
use crate::op::{Op, OpKind, Outcome, Outcomes};
use crate::part::Storage;
use crate::rng::Chance;

impl<S: Storage<u64>, D: Drift> Leakage<S, D> {
    /// A gate of the program that touches a leaked qubit: it does not happen, or acts at random.
    pub(super) fn gate_on_leaked<B: Backend>(
        &mut self,
        op: Op<'_>,
        forwarder: &mut Forwarder<'_, '_, B>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        if self.acts_at_random && op.qubits().any(|qubit| !self.is_leaked(qubit)) {
            self.act_at_random(op, forwarder, outcomes)?;
        } else {
            forwarder.skip_op(outcomes)?;
            self.counts.skipped_gates += 1;
        }
        // What each operand does depends on the flags as they were before the gate; an operand's
        // own flag is the only one that its turn changes.
        for qubit in op.qubits() {
            let hit = self.sites.hit();
            if self.is_leaked(qubit) {
                let seep = self.seep_of(op);
                if self.sites.stream().happens(seep) {
                    self.seep(qubit, forwarder)?;
                }
                continue;
            }
            if self.depolarizes_partners {
                self.depolarize(qubit, forwarder)?;
            }
            let share = self.share_of(op);
            if hit && self.sites.accept(share) {
                self.leak(qubit, forwarder)?;
                self.counts.spontaneous_leaks += 1;
            } else if self.sites.stream().happens(self.spread) {
                self.leak(qubit, forwarder)?;
                self.counts.interaction_leaks += 1;
            }
        }
        Ok(())
    }

    /// Does a gate as if its leaked qubits were 0 or 1 at random. The simulator's qubits stand for
    /// them; they are 0 before and after.
    fn act_at_random<B: Backend>(
        &mut self,
        op: Op<'_>,
        forwarder: &mut Forwarder<'_, '_, B>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        forwarder.flush_before(outcomes)?;
        self.counts.random_gates += 1;
        for qubit in op.qubits() {
            if self.is_leaked(qubit) {
                self.pauli(qubit, [2, 0, 0], forwarder)?;
            }
        }
        forwarder.flush(outcomes)?;
        for qubit in op.qubits() {
            if self.is_leaked(qubit) {
                self.reset(qubit, forwarder)?;
            }
        }
        Ok(())
    }

    /// What a measurement of a leaked qubit says; the simulator is not asked.
    pub(super) fn read_leaked<B: Backend>(
        &mut self,
        op: Op<'_>,
        forwarder: &mut Forwarder<'_, '_, B>,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        forwarder.skip_op(outcomes)?;
        self.counts.leaked_readouts += 1;
        let value = match op.kind() {
            OpKind::MeasureLeaked => LEAKED,
            _ => u64::from(self.sites.stream().happens(self.reads_one)),
        };
        outcomes.push(Outcome {
            id: op.result_id(),
            value,
            kind: op.kind() as u8,
            op_index: forwarder.op_index(),
            ..Outcome::default()
        })
    }

    /// A leaked qubit can be postselected on a value that a measurement might give.
    pub(super) fn check_possible(&self, op: Op<'_>) -> Result<()> {
        let value = op.param_u64(0);
        let impossible = if value == 1 { Chance::Never } else { Chance::Always };
        if value > 1 {
            return Err(ErrorKind::Argument("postselect takes the value 0 or 1").into());
        }
        if self.reads_one != impossible {
            return Ok(());
        }
        let (qubit, value) = (op.qubit(0), u8::from(value == 1));
        Err(Error::from(ErrorKind::Impossible { qubit, value })
            .of_case(Case::LeakedNeverReads { qubit, value }))
    }
}
