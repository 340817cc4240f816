//! What waiting may do to a qubit, given how long it has waited.

use super::{Idle, OpKind, Way, wait};
#[cfg(feature = "alloc")]
use super::{TakesChannels, Wanted};
use crate::noise::drift::Drift;
use crate::noise::expected::{
    Deed, Expect, Expected, Facts, Fate, Known, PauliString, Place, give,
};
use crate::op::Op;
use crate::op::record::FLAG_INSERTED;
use crate::part::Storage;

#[cfg(feature = "alloc")]
impl<S: Storage<u64>> Idle<S> {
    /// Says what happens over a child that takes channels so; whether that is known.
    pub(in crate::noise) fn stand_over(&mut self, below: Option<TakesChannels>) -> bool {
        self.way = match (self.wanted, below) {
            (_, Some(below)) => Some(self.way_by(below)),
            // Drawn or not, it is the same in the mean.
            (Wanted::Twirl, None) => Some(Way::DrawnTwirl),
            (Wanted::Channel, None) => Some(Way::Trajectory),
            (Wanted::Auto, None) => None,
        };
        self.way.is_some()
    }
}

impl<S: Storage<u64>> Expect for Idle<S> {
    fn expect(&self, op: Op<'_>, known: &Known<'_>, each: &mut dyn FnMut(Expected)) -> Fate {
        let passes = op.flags() & FLAG_INSERTED != 0 || !wait::takes_part(op.kind());
        if passes || op.kind() == OpKind::Reset {
            return Fate::Forwarded;
        }
        let factor = known.factor(&self.drift);
        let own = if op.kind() == OpKind::Idle { op.param_u64(0) } else { 0 };
        for qubit in op.qubits() {
            #[expect(clippy::cast_precision_loss, reason = "a time in a formula")]
            let time = (known.waited)(qubit).saturating_add(own) as f64 * factor;
            let decay = self.decay_of(qubit);
            let mut pauli = |code, p| {
                let error = Deed::Paulis(PauliString::of_code([qubit, 0], code));
                give(each, Place::Before, error, p);
            };
            match self.way {
                Some(Way::Exact | Way::Trajectory) => {
                    let [gamma, z] = decay.channel(time);
                    pauli(3, z);
                    give(each, Place::Before, Deed::Damps(qubit), gamma);
                }
                Some(Way::ExactTwirl | Way::DrawnTwirl) | None => {
                    (1..).zip(decay.twirl(time)).for_each(|(code, p)| pauli(code, p));
                }
            }
        }
        Fate::Forwarded
    }

    fn depends_on(&self) -> Facts {
        // The length of an idle is a parameter.
        Facts::PARAMS.with(Facts::WAITS).with(self.drift.depends_on())
    }
}
