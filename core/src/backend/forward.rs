//! How a layer without memory of its own edits a stream: it forwards sub-ranges of its caller's
//! records and slips batches of its own between them.

use super::contract::Backend;
use crate::error::Result;
use crate::op::record::{Op, OpsIter};
use crate::op::{Batch, Outcomes};

/// Walks a caller's batch and forwards it piecewise to a child.
///
/// Records that [`Self::next_op`] has given and that were neither [`Self::skip_op`]ped nor forwarded
/// are *pending*; they are forwarded together, in one call, by [`Self::flush`], [`Self::insert`] or
/// [`Self::finish`]. Errors of the child come back with the index of the caller's operation; a
/// refusal after an earlier piece was done costs the shot.
#[derive(Debug)]
pub struct Forwarder<'b, 'a, B> {
    child: &'b mut B,
    batch: &'b Batch<'a>,
    ops: OpsIter<'a>,
    /// Where pending records begin, in words.
    pending_word: usize,
    /// Index in the caller's batch of the first pending operation.
    pending_op: u32,
    pending_ops: u32,
    pending_results: u32,
    /// Index of the operation that comes next.
    next_op: u32,
    /// Word at which the operation given last begins, and whether it bears a result.
    last_word: usize,
    last_bears_result: bool,
    /// Whether a piece has been carried out already.
    worked: bool,
}

impl<'b, 'a, B: Backend> Forwarder<'b, 'a, B> {
    /// Begins to forward `batch` to `child`.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Capacity`] if `outcomes` has no room for all of the batch's.
    #[inline]
    pub fn new(child: &'b mut B, batch: &'b Batch<'a>, outcomes: &Outcomes<'_>) -> Result<Self> {
        outcomes.reserve(batch.result_count())?;
        Ok(Self {
            child,
            batch,
            ops: batch.ops().iter(),
            pending_word: 0,
            pending_op: 0,
            pending_ops: 0,
            pending_results: 0,
            next_op: 0,
            last_word: 0,
            last_bears_result: false,
            worked: false,
        })
    }

    /// The next operation of the caller's batch; it becomes pending.
    #[inline]
    pub fn next_op(&mut self) -> Option<Op<'a>> {
        self.last_word = self.ops.word();
        let op = self.ops.next()?;
        self.last_bears_result = op.kind().bears_result();
        self.next_op += 1;
        self.pending_ops += 1;
        self.pending_results += u32::from(self.last_bears_result);
        Some(op)
    }

    /// Index in the caller's batch of the operation that [`Self::next_op`] gave last.
    #[inline]
    #[must_use]
    pub const fn op_index(&self) -> u32 {
        self.next_op.saturating_sub(1)
    }

    /// Forwards what was pending before the operation given last, and drops that operation. If it
    /// bears a result, the layer must add the outcome itself.
    ///
    /// # Errors
    /// As [`Backend::apply`].
    pub fn skip_op(&mut self, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.flush_before(outcomes)?;
        self.pending_word = self.ops.word();
        self.pending_op = self.next_op;
        self.pending_ops = 0;
        self.pending_results = 0;
        Ok(())
    }

    /// Forwards what was pending before the operation given last; that one stays pending.
    ///
    /// # Errors
    /// As [`Backend::apply`].
    pub fn flush_before(&mut self, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let ops = self.pending_ops.saturating_sub(1);
        let results = self.pending_results - u32::from(self.last_bears_result);
        self.forward(self.last_word, ops, results, outcomes)?;
        self.pending_word = self.last_word;
        self.pending_op = self.op_index();
        self.pending_ops = 1;
        self.pending_results = u32::from(self.last_bears_result);
        Ok(())
    }

    /// Forwards all that is pending, the operation given last included.
    ///
    /// # Errors
    /// As [`Backend::apply`].
    pub fn flush(&mut self, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.forward(self.ops.word(), self.pending_ops, self.pending_results, outcomes)?;
        self.pending_word = self.ops.word();
        self.pending_op = self.next_op;
        self.pending_ops = 0;
        self.pending_results = 0;
        Ok(())
    }

    /// Applies a batch of the layer's own at this point (flush first!), at the caller's time.
    /// Its outcomes go to `outcomes`, which should be the layer's own list, since they do not
    /// travel up. Errors name the caller's operation given last.
    ///
    /// # Errors
    /// As [`Backend::apply`]; a refusal costs the shot if an earlier piece was done.
    pub fn insert(&mut self, own: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let source = crate::op::Source {
            issuer: own.source().issuer,
            depth: self.batch.source().depth.saturating_add(1),
        };
        self.apply_own(&own.from_source(source), outcomes)
    }

    /// Applies operations that stand for the caller's operation given last ([`Self::skip_op`]
    /// first!): with the caller's time and source, since they are the caller's own in other words.
    /// Errors name the caller's operation.
    ///
    /// # Errors
    /// As [`Backend::apply`]; a refusal costs the shot if an earlier piece was done.
    pub fn replace(&mut self, by: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        self.apply_own(&by.from_source(self.batch.source()), outcomes)
    }

    fn apply_own(&mut self, own: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        let own = own.at(self.batch.start(), self.batch.length());
        let mut done = self.child.apply(&own, outcomes);
        if let Err(e) = &mut done {
            e.pass_on_instead(self.op_index(), self.worked);
            return done;
        }
        self.worked = true;
        // Not `done`, which would be moved as a whole, error or not.
        Ok(())
    }

    /// Forwards what is left. Call it at the end.
    ///
    /// # Errors
    /// As [`Backend::apply`].
    #[inline]
    pub fn finish(mut self, outcomes: &mut Outcomes<'_>) -> Result<()> {
        if self.next_op < self.batch.op_count() {
            self.take_rest();
        }
        self.flush(outcomes)
    }

    /// Makes everything pending. Apart, since a layer has usually looked at every operation.
    #[cold]
    #[inline(never)]
    fn take_rest(&mut self) {
        while self.next_op().is_some() {}
    }

    #[inline]
    fn forward(
        &mut self,
        end: usize,
        op_count: u32,
        result_count: u32,
        outcomes: &mut Outcomes<'_>,
    ) -> Result<()> {
        if op_count == 0 {
            return Ok(());
        }
        let part = self.batch.part(self.pending_word, end, op_count, result_count);
        let had = outcomes.len();
        let mut done = self.child.apply(&part, outcomes);
        let shift = self.pending_op;
        for outcome in outcomes.as_mut_slice().iter_mut().skip(had) {
            outcome.op_index += shift;
        }
        if let Err(e) = &mut done {
            e.pass_on(shift, self.worked);
            return done;
        }
        self.worked = true;
        Ok(())
    }
}
