//! From words to records: nothing is believed that is not checked.

use super::event::{
    At, BatchEnd, DURATION_NONE, Event, OP_HEAD_WORDS, OpDown, OutcomeUp, RECORD_WORDS_MAX, Record,
    kind,
};
use crate::error::{ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::op::check::check_records;
use crate::op::{OpKind, Source};
use crate::units::{DurationNs, TimeNs};

fn wrong(reason: &'static str) -> crate::error::Error {
    ErrorKind::Record { word: 0, reason }.into()
}

/// The lower and the upper half of a word.
const fn halves(word: u64) -> (u32, u32) {
    ((word & 0xffff_ffff) as u32, (word >> 32) as u32)
}

const fn measured(word: u64) -> Option<u64> {
    if word == DURATION_NONE { None } else { Some(word) }
}

const fn source(word: u64) -> Source {
    let (issuer, depth) = halves(word);
    Source { issuer, depth }
}

impl<'a> Record<'a> {
    /// Words of the record that begins with `word`.
    ///
    /// # Errors
    /// [`ErrorKind::Record`] if no record is that long.
    pub fn words_of_head(word: u64) -> Result<usize> {
        let (bytes, _) = halves(word);
        let words = bytes as usize / 8;
        if !bytes.is_multiple_of(8) || !(4..=RECORD_WORDS_MAX).contains(&words) {
            return Err(wrong("no record of a trace is that long"));
        }
        Ok(words)
    }

    /// The record that `words` begins with, and the words after it.
    ///
    /// # Errors
    /// [`ErrorKind::Record`] if it is cut off or malformed.
    pub fn decode(words: &'a [u64]) -> Result<(Self, &'a [u64])> {
        let Some(&head) = words.first() else { return Err(wrong("there is no record here")) };
        let length = Self::words_of_head(head)?;
        let Some((record, rest)) = words.split_at_checked(length) else {
            return Err(wrong("the record is cut off"));
        };
        let [_, shot, sequence, body @ ..] = record else {
            return Err(wrong("the record is cut off"));
        };
        let number = ((head >> 32) & 0xff) as u8;
        let joint = ((head >> 40) & 0xff) as u8;
        let about = head >> 48;
        if about != 0 && number != kind::OUTCOME {
            return Err(wrong("its reserved field is not zero"));
        }
        let event = event(number, about, body)?;
        let at = At { shot: ShotId(*shot), joint };
        Ok((Self { at, sequence: *sequence, event }, rest))
    }
}

fn event<'a>(number: u8, about: u64, body: &'a [u64]) -> Result<Event<'a>> {
    Ok(match (number, body) {
        (kind::SHOT_BEGIN, &[seed]) => Event::ShotBegin { seed: Seed(seed) },
        (kind::DROPPED, &[count]) => Event::Dropped { count },
        (kind::TRACE_END, &[records]) => Event::TraceEnd { records },
        (kind::OP, body) => Event::Op(op_down(body)?),
        (kind::OUTCOME, &[id, value, place, duration]) => {
            let (batch, op_index) = halves(place);
            let kind = match about {
                0 => None,
                about => match u8::try_from(about).ok().and_then(OpKind::from_number) {
                    Some(kind) if kind.bears_result() => Some(kind),
                    _ => return Err(wrong("an outcome of an operation that bears none")),
                },
            };
            let duration = measured(duration);
            Event::Outcome(OutcomeUp { batch, op_index, kind, id, value, duration })
        }
        (kind::BATCH_END, &[start, length, from, place, result, duration]) => {
            let (batch, op_count) = halves(place);
            let (result_count, status) = halves(result);
            Event::BatchEnd(BatchEnd {
                batch,
                op_count,
                result_count,
                start: TimeNs(start),
                length: DurationNs(length),
                source: source(from),
                status: status.cast_signed(),
                duration: measured(duration),
            })
        }
        (kind::SHOT_END, &[status, begin, end]) => {
            let (status, reserved) = halves(status);
            if reserved != 0 {
                return Err(wrong("its reserved field is not zero"));
            }
            let status = status.cast_signed();
            Event::ShotEnd { status, begin: measured(begin), end: measured(end) }
        }
        (kind::SHOT_BEGIN..=kind::TRACE_END, _) => {
            return Err(wrong("its kind has another length"));
        }
        _ => return Err(wrong("its kind is not known to this version")),
    })
}

fn op_down(body: &[u64]) -> Result<OpDown<'_>> {
    const HEAD: usize = OP_HEAD_WORDS - 3;
    let Some((&[start, length, from, place], words)) = body.split_first_chunk::<HEAD>() else {
        return Err(wrong("its kind has another length"));
    };
    let counted = check_records(words)?;
    let (Some(op), 1) = (counted.ops.iter().next(), counted.op_count) else {
        return Err(wrong("it does not hold exactly one operation"));
    };
    let (batch, index) = halves(place);
    let (start, length) = (TimeNs(start), DurationNs(length));
    Ok(OpDown { batch, index, start, length, source: source(from), op })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::{Batch, OpBuffer, OpSink};
    use std::vec::Vec;

    fn words_of(records: &[Record<'_>]) -> Vec<u64> {
        let mut words = Vec::new();
        for record in records {
            let before = words.len();
            record.encode(|piece| words.extend_from_slice(piece));
            assert_eq!(words.len() - before, record.event.words());
        }
        words
    }

    fn with_samples(check: impl FnOnce(&[Record<'_>])) {
        let mut ops = OpBuffer::<16>::new();
        ops.gate(2, &[0, 1], &[0.5]).unwrap();
        let batch = Batch::new(ops.words()).unwrap().at(TimeNs(3), DurationNs(4));
        let batch = batch.from_source(Source { issuer: 7, depth: 1 });
        let op = Event::ops_of(5, &batch).next().unwrap();
        let up = OutcomeUp {
            batch: 5,
            op_index: 1,
            kind: Some(OpKind::MeasureLeaked),
            id: 9,
            value: 2,
            duration: None,
        };
        let events = [
            Event::ShotBegin { seed: Seed(1) },
            op,
            Event::Outcome(up),
            Event::Outcome(OutcomeUp::read(1, 0, Some(8))),
            Event::BatchEnd(BatchEnd::of(5, &batch, 1, -103, Some(77))),
            Event::BatchEnd(BatchEnd::of(6, &batch, 0, 0, None)),
            Event::ShotEnd { status: -1, begin: Some(0), end: None },
            Event::Dropped { count: 12 },
            Event::TraceEnd { records: 8 },
        ];
        let records: Vec<_> = (0..)
            .zip(events)
            .map(|(sequence, event)| {
                let at = At { shot: ShotId(u64::MAX), joint: 3 };
                Record { at, sequence, event }
            })
            .collect();
        check(&records);
    }

    #[test]
    fn every_record_comes_back_as_it_went() {
        with_samples(|records| {
            let words = words_of(records);
            let mut rest = words.as_slice();
            for record in records {
                let (back, after) = Record::decode(rest).unwrap();
                assert_eq!(back, *record);
                rest = after;
            }
            assert!(rest.is_empty());
        });
    }

    #[test]
    fn a_record_cut_anywhere_is_refused() {
        with_samples(|records| {
            for record in records {
                let words = words_of(core::slice::from_ref(record));
                for end in 0..words.len() {
                    assert!(Record::decode(&words[..end]).is_err(), "{record:?} cut at {end}");
                }
            }
        });
    }

    #[test]
    fn a_damaged_record_is_refused_or_still_a_record_of_the_same_words() {
        with_samples(|records| {
            for record in records {
                let words = words_of(core::slice::from_ref(record));
                for bit in 0..words.len() * 64 {
                    let mut damaged = words.clone();
                    damaged[bit / 64] ^= 1 << (bit % 64);
                    if let Ok((back, rest)) = Record::decode(&damaged) {
                        assert!(rest.is_empty());
                        assert_eq!(words_of(&[back]), damaged, "bit {bit} of {record:?}");
                    }
                }
            }
        });
    }
}
