//! The trait itself.

use super::cancel::CancelTarget;
use super::gate_set::{GateSet, Verdict};
use super::info::Info;
use crate::error::{ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::op::{Batch, Outcomes};

/// Anything that accepts batches and returns outcomes: a simulator, an error model over a
/// simulator, a tap, a board at the end of a wire.
///
/// The life of an instance: `negotiate` any number of times, then per shot `shot_begin`, any number
/// of `apply`, `shot_end`. After an error of class *shot lost* only `shot_end` may follow; after one
/// of class *instance lost* nothing may.
pub trait Backend {
    /// The id that errors are signed with: `pandia.state_vector`.
    fn id(&self) -> &str;

    /// What this instance can do. A layer asks its child and edits the copy.
    fn info(&self) -> Info;

    /// Whether no instance of this type takes channels exactly ([`super::Caps::CHANNELS`]), so that a layer over it leaves out the code
    /// that sends them. What may, and what is known at run time only, says no.
    #[must_use]
    fn takes_no_channels() -> bool
    where
        Self: Sized,
    {
        false
    }

    /// Announces gates and asks what becomes of each. May be called several times before the first
    /// shot; the sets add up. `verdicts` has one place per gate; a refused gate is a verdict, not
    /// an error.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] if the two differ in length, [`ErrorKind::Capacity`] if there are
    /// more user gates than the part has room for.
    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()>;

    /// Begins shot `shot` of the run seeded by `seed`: the state is all |0>, the random stream
    /// stands at its start.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if a shot is running.
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()>;

    /// Carries out the operations of `batch` in order and adds one outcome for each result-bearing
    /// one, in order.
    ///
    /// # Errors
    /// Of class *refused*: the batch changed nothing. Otherwise the shot or the instance is lost.
    /// The error names the operation's index in `batch`.
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()>;

    /// Ends the shot, also a lost one.
    ///
    /// # Errors
    /// [`ErrorKind::State`] if none is running.
    fn shot_end(&mut self) -> Result<()>;

    /// The `index`-th named number of this part and then of its child; `None` ends the list.
    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        let _ = index;
        None
    }

    /// Asks for numbers of the quantum state, see [`StateQuery`].
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] unless the part says [`super::Caps::STATE`].
    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        let _ = (query, out);
        Err(ErrorKind::Unsupported("this part has no state to show").into())
    }

    /// A hash of the state's bits: FNV-1a (64 bit) over its little-endian bytes in index order.
    /// Equal on every target for the same run.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] unless the part says [`super::Caps::STATE`].
    fn state_digest(&mut self) -> Result<u64> {
        Err(ErrorKind::Unsupported("this part has no state to show").into())
    }

    /// Asks a call in progress on another thread to return early; a request, not a promise.
    fn cancel(&self) {}

    /// Whom to ask instead while somebody else has the part: `&self` cannot be had while a call has
    /// `&mut self`. A layer gives its child's; it does not change in the life of an instance.
    fn cancel_target(&self) -> Option<CancelTarget> {
        None
    }

    /// The drill's (`docs/adr/0012-minors.md`): a token for the state as it is.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the backend takes none.
    #[cfg(pandia_drill = "1")]
    fn snapshot(&mut self) -> Result<u64> {
        Err(ErrorKind::Unsupported("this part takes no snapshots").into())
    }

    /// The drill's: carries out what is held back.
    ///
    /// # Errors
    /// As [`Self::apply`].
    #[cfg(pandia_drill = "2")]
    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// What to know of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum StateQuery<'a> {
    /// The probabilities of all `2^k` values of the `k` qubits listed, other qubits summed over.
    /// Bit `j` of an entry's index is the `j`-th qubit listed. Out: `2^k` numbers.
    Probabilities(&'a [u32]),
    /// The amplitudes of the basis states in which the qubits listed take each of their values and
    /// all others are 0, re and im in turn. Out: `2 * 2^k` numbers.
    Amplitudes(&'a [u32]),
}

/// A named number that a part reports.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Metric<'a> {
    /// Which part's.
    pub part: &'a str,
    /// What it counts or measures, with its unit last.
    pub name: &'a str,
    /// The number.
    pub value: MetricValue,
}

/// The value of a [`Metric`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum MetricValue {
    /// Counts up within a shot and is added up over shots.
    Counter(u64),
    /// A level, not added up.
    Gauge(f64),
}

macro_rules! forward_backend {
    () => {
        fn id(&self) -> &str {
            (**self).id()
        }
        fn info(&self) -> Info {
            (**self).info()
        }
        fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
            (**self).negotiate(gates, verdicts)
        }
        fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
            (**self).shot_begin(shot, seed)
        }
        fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
            (**self).apply(batch, outcomes)
        }
        fn shot_end(&mut self) -> Result<()> {
            (**self).shot_end()
        }
        fn metric(&self, index: u32) -> Option<Metric<'_>> {
            (**self).metric(index)
        }
        fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
            (**self).state(query, out)
        }
        fn state_digest(&mut self) -> Result<u64> {
            (**self).state_digest()
        }
        fn cancel(&self) {
            (**self).cancel();
        }
        fn cancel_target(&self) -> Option<CancelTarget> {
            (**self).cancel_target()
        }
        #[cfg(pandia_drill = "1")]
        fn snapshot(&mut self) -> Result<u64> {
            (**self).snapshot()
        }
        #[cfg(pandia_drill = "2")]
        fn flush(&mut self) -> Result<()> {
            (**self).flush()
        }
    };
}

impl<B: Backend + ?Sized> Backend for &mut B {
    forward_backend!();
}

#[cfg(any(test, feature = "alloc"))]
impl<B: Backend + ?Sized> Backend for alloc::boxed::Box<B> {
    forward_backend!();
}
