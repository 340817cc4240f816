//! A stack that remembers the first error that cost an instance.

use crate::backend::{Backend, CancelTarget, GateSet, Info, Metric, StateQuery, Verdict};
use crate::error::{Class, Error, Result};
use crate::ids::{Seed, ShotId};
use crate::op::{Batch, Outcomes};

/// Changes nothing.
pub(super) struct Watched<B> {
    child: B,
    lost: Option<Error>,
}

impl<B> Watched<B> {
    pub(super) const fn new(child: B) -> Self {
        Self { child, lost: None }
    }

    /// What cost an instance, if anything did.
    pub(super) fn into_lost(self) -> Option<Error> {
        self.lost
    }

    fn seen<T>(&mut self, done: Result<T>) -> Result<T> {
        if let Err(error) = &done
            && error.class() == Class::InstanceLost
            && self.lost.is_none()
        {
            self.lost = Some(error.clone());
        }
        done
    }
}

impl<B: Backend> Backend for Watched<B> {
    fn id(&self) -> &str {
        self.child.id()
    }

    fn info(&self) -> Info {
        self.child.info()
    }

    fn negotiate(&mut self, gates: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        let done = self.child.negotiate(gates, verdicts);
        self.seen(done)
    }

    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        let done = self.child.shot_begin(shot, seed);
        self.seen(done)
    }

    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let done = self.child.apply(batch, outcomes);
        self.seen(done)
    }

    fn shot_end(&mut self) -> Result<()> {
        let done = self.child.shot_end();
        self.seen(done)
    }

    fn metric(&self, index: u32) -> Option<Metric<'_>> {
        self.child.metric(index)
    }

    fn state(&mut self, query: StateQuery<'_>, out: &mut [f64]) -> Result<()> {
        let done = self.child.state(query, out);
        self.seen(done)
    }

    fn state_digest(&mut self) -> Result<u64> {
        let done = self.child.state_digest();
        self.seen(done)
    }

    fn cancel(&self) {
        self.child.cancel();
    }

    fn cancel_target(&self) -> Option<CancelTarget> {
        self.child.cancel_target()
    }

    #[cfg(pandia_drill = "1")]
    fn snapshot(&mut self) -> Result<u64> {
        self.child.snapshot()
    }

    #[cfg(pandia_drill = "2")]
    fn flush(&mut self) -> Result<()> {
        self.child.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{Caps, Threading};
    use crate::error::ErrorKind;

    /// Refuses shots below 5, loses those from 5 on, and its instance at 9.
    struct Failing(u32);

    impl Backend for Failing {
        fn id(&self) -> &str {
            "test.failing"
        }
        fn info(&self) -> Info {
            Info {
                qubit_count: self.0,
                op_kinds: 0,
                caps: Caps::NONE,
                threading: Threading::Sendable,
            }
        }
        fn negotiate(&mut self, _: &GateSet<'_>, _: &mut [Verdict]) -> Result<()> {
            Ok(())
        }
        fn shot_begin(&mut self, shot: ShotId, _: Seed) -> Result<()> {
            let code = match shot.0 {
                9 => return Err(Error::foreign(-200, None, "test.failing", "gone")),
                10 => return Err(Error::foreign(-201, None, "test.other", "later")),
                5.. => return Err(Error::foreign(-100, None, "test.failing", "lost")),
                _ => ErrorKind::State("not now"),
            };
            Err(code.into())
        }
        fn apply(&mut self, _: &Batch<'_>, _: &mut Outcomes<'_>) -> Result<()> {
            Ok(())
        }
        fn shot_end(&mut self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_first_error_that_costs_an_instance_is_remembered() {
        let mut watched = Watched::new(Failing(1));
        for shot in [0, 5] {
            assert!(watched.shot_begin(ShotId(shot), Seed(0)).is_err());
        }
        assert!(watched.lost.is_none());
        for shot in [9, 10, 9] {
            assert!(watched.shot_begin(ShotId(shot), Seed(0)).is_err());
        }
        let lost = watched.into_lost().unwrap();
        assert_eq!((lost.class(), lost.layer()), (Class::InstanceLost, "test.failing"));
    }
}
