//! Batches that come in pieces, and their outcomes.

use super::desk::Served;
use super::shot::{Failed, Shot, ShotRoom};
use crate::error::{Class, Error, ErrorKind, Result};
use crate::link::message::{Head, Reply};
use crate::op::batch::{RawBatch, Source};
use crate::op::outcome::LEAKED;
use crate::op::{Batch, Outcome, Outcomes};
use crate::units::{DurationNs, TimeNs};

impl<const WORDS: usize, const RESULTS: usize> ShotRoom<WORDS, RESULTS> {
    pub(super) fn first_piece<'a>(
        &'a mut self,
        head: Head,
        bytes: &[u8],
        served: &'a mut Served<'_, '_>,
        bulk: &'a mut [u8],
    ) -> core::result::Result<Option<Reply<'a>>, Failed> {
        self.head = Some(head);
        self.word_count = 0;
        self.piece(bytes, served, bulk)
    }

    /// Takes in words of the batch, and carries it out after the last one.
    pub(super) fn piece<'a>(
        &'a mut self,
        bytes: &[u8],
        served: &'a mut Served<'_, '_>,
        bulk: &'a mut [u8],
    ) -> core::result::Result<Option<Reply<'a>>, Failed> {
        let (words, rest) = bytes.as_chunks::<8>();
        let Some(head) = self.head else {
            self.fail(ErrorKind::Interface("words of a batch that has no head").into(), false);
            return Ok(None);
        };
        let total = head.words as usize;
        if !rest.is_empty() || words.len() > total - self.word_count.min(total) {
            self.fail(ErrorKind::Interface("more words than the batch's head says").into(), false);
            self.head = None;
            return if head.wait { self.check_alive().map(|()| None) } else { Ok(None) };
        }
        for (place, word) in self.words.iter_mut().skip(self.word_count).zip(words) {
            *place = u64::from_le_bytes(*word);
        }
        self.word_count += words.len();
        if self.word_count < total {
            return Ok(None);
        }
        self.head = None;
        if head.wait {
            self.check_alive()?;
        } else if self.lost.is_some() || matches!(self.shot, Shot::Failed { .. }) {
            return Ok(None);
        }
        match (self.apply(head, served), head.wait) {
            (Ok(()), true) => Ok(Some(self.outcomes_from(0, bulk.len()))),
            (Ok(()), false) => Ok(None),
            (Err(error), true) => {
                if error.class() == Class::Refused {
                    return Err((error, false));
                }
                self.fail(error.clone(), true);
                Err((error, false))
            }
            (Err(error), false) => {
                self.fail(error, false);
                Ok(None)
            }
        }
    }

    fn apply(&mut self, head: Head, served: &mut Served<'_, '_>) -> Result<()> {
        if matches!(self.shot, Shot::None) {
            return Err(ErrorKind::State("no shot is running on the board; begin one").into());
        }
        let (needed, available) = (u64::from(head.words), WORDS as u64);
        if needed > available {
            let what = "words of a batch on the board";
            return Err(ErrorKind::Capacity { what, needed, available }.into());
        }
        let raw = RawBatch {
            words: self.words.get(..self.word_count).unwrap_or(&[]),
            op_count: head.op_count,
            result_count: head.result_count,
            start: TimeNs(head.start_ns),
            length: DurationNs(head.length_ns),
            source: Source { issuer: head.issuer, depth: head.depth },
        };
        let batch = raw.check()?;
        let mut outcomes = Outcomes::new(&mut self.outcomes);
        outcomes.reserve(head.result_count)?;
        served.stack()?.apply(&batch, &mut outcomes)?;
        self.value_count = values_of(&batch, outcomes.as_slice(), &mut self.values)?;
        Ok(())
    }

    pub(super) fn outcomes_from(&self, from: u32, most: usize) -> Reply<'_> {
        let total = u32::try_from(self.value_count).unwrap_or(u32::MAX);
        let values = self.values.get(..self.value_count).unwrap_or(&[]);
        let values = values.get(from as usize..).unwrap_or(&[]);
        Reply::Outcomes { total, values: values.get(..most).unwrap_or(values) }
    }
}

/// The values alone: id, kind and index follow from the batch, which both ends have.
fn values_of(batch: &Batch<'_>, outcomes: &[Outcome], values: &mut [u8]) -> Result<usize> {
    let wrong = || ErrorKind::Outcomes("outcomes that are not those of the batch's operations");
    let bearing = (0_u32..).zip(batch.ops()).filter(|(_, op)| op.kind().bears_result());
    if outcomes.len() != batch.result_count() as usize {
        return Err(wrong().into());
    }
    for (((index, op), outcome), place) in bearing.zip(outcomes).zip(values) {
        let is_its = outcome.id == op.result_id()
            && outcome.op_index == index
            && outcome.kind == op.kind() as u8
            && outcome.value <= LEAKED;
        if !is_its {
            return Err(Error::from(wrong()).at_op(index));
        }
        *place = u8::try_from(outcome.value).unwrap_or(u8::MAX);
    }
    Ok(outcomes.len())
}
