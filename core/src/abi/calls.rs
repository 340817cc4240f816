//! Batches, infos and metrics across the border: what backends' and runtimes' tables share.

use super::raw;
use super::record;
use crate::backend::{Caps, Info, Metric, MetricValue, Threading};
use crate::error::{Error, ErrorKind, Result};
use crate::op::{Batch, RawBatch, Source};
use crate::units::{DurationNs, TimeNs};

/// Most bytes of a metric's texts.
const METRIC_TEXT_BYTES: u32 = 256;

/// The batch as a structure.
#[inline]
pub(crate) fn give_batch(batch: &Batch<'_>) -> Result<raw::Batch> {
    let words = batch.ops().words();
    let Ok(word_count) = u32::try_from(words.len()) else {
        return Err(too_many_words(words.len()));
    };
    Ok(raw::Batch {
        size: record::bytes_of::<raw::Batch>(),
        op_count: batch.op_count(),
        result_count: batch.result_count(),
        word_count,
        start_ns: batch.start().0,
        length_ns: batch.length().0,
        issuer: batch.source().issuer,
        depth: batch.source().depth,
        words: words.as_ptr(),
    })
}

#[cold]
fn too_many_words(words: usize) -> Error {
    let (needed, available) = (words as u64, u64::from(u32::MAX));
    ErrorKind::Capacity { what: "words of one batch", needed, available }.into()
}

/// The structure as a checked batch.
///
/// # Safety
/// `batch` is NULL or as the interface says, for as long as `'a`.
#[inline]
pub(crate) unsafe fn take_batch<'a>(batch: *const raw::Batch) -> Result<Batch<'a>> {
    // SAFETY: the caller's promise.
    let batch = unsafe { record::read(batch) }?;
    // SAFETY: the caller's promise.
    let words = unsafe { record::slice(batch.words, u64::from(batch.word_count), "records") }?;
    RawBatch {
        words,
        op_count: batch.op_count,
        result_count: batch.result_count,
        start: TimeNs(batch.start_ns),
        length: DurationNs(batch.length_ns),
        source: Source { issuer: batch.issuer, depth: batch.depth },
    }
    .check()
}

/// The info as a structure.
pub(crate) fn give_info(info: Info) -> raw::Info {
    raw::Info {
        qubit_count: info.qubit_count,
        op_kinds: info.op_kinds,
        caps: info.caps.0,
        threading: match info.threading {
            Threading::Pinned => raw::THREAD_PINNED,
            Threading::Sendable => raw::THREAD_SENDABLE,
        },
        ..record::blank()
    }
}

/// The structure as an info. An unknown way of threading counts as pinned, the narrowest.
///
/// # Errors
/// [`crate::ErrorKind::Interface`] if it says more than is known here.
pub(crate) fn take_info(info: &raw::Info) -> Result<Info> {
    record::reserved(u64::from(info.reserved0), "info")?;
    Ok(Info {
        qubit_count: info.qubit_count,
        op_kinds: info.op_kinds,
        caps: Caps(info.caps),
        threading: match info.threading {
            raw::THREAD_SENDABLE => Threading::Sendable,
            _ => Threading::Pinned,
        },
    })
}

/// The metric as a structure.
pub(crate) fn give_metric(metric: Option<Metric<'_>>) -> raw::Metric {
    let Some(metric) = metric else { return record::blank() };
    let (kind, value) = match metric.value {
        MetricValue::Counter(value) => (raw::METRIC_COUNTER, value),
        MetricValue::Gauge(value) => (raw::METRIC_GAUGE, value.to_bits()),
    };
    raw::Metric {
        kind,
        value,
        part: raw::Text::of(metric.part),
        name: raw::Text::of(metric.name),
        ..record::blank()
    }
}

/// The structure as a metric. A malformed one, also a gauge that is not finite, ends the list.
///
/// # Safety
/// Its texts stay for as long as `'a`.
pub(crate) unsafe fn take_metric<'a>(metric: &raw::Metric) -> Option<Metric<'a>> {
    let value = match metric.kind {
        raw::METRIC_COUNTER => MetricValue::Counter(metric.value),
        raw::METRIC_GAUGE => {
            let gauge = f64::from_bits(metric.value);
            if !gauge.is_finite() {
                return None;
            }
            MetricValue::Gauge(gauge)
        }
        _ => return None,
    };
    // SAFETY: the caller's promise.
    let part = unsafe { record::text(metric.part, METRIC_TEXT_BYTES, "a metric's part") }.ok()?;
    // SAFETY: the caller's promise.
    let name = unsafe { record::text(metric.name, METRIC_TEXT_BYTES, "a metric's name") }.ok()?;
    Some(Metric { part, name, value })
}
