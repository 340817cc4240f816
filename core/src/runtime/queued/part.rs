//! The queued runtime as a part.

use super::{BATCH_OPS_MAX, Queued, QueuedConfig};
use crate::backend::Backend;
use crate::error::Result;
use crate::part::{Config, ParamKind, ParamSpec, PartKind, PartSpec, Storage, Value};
use crate::runtime::part::RuntimePart;
use crate::runtime::simple::{DURATIONS, Durations};

/// The queued runtime as a part.
#[derive(Clone, Copy, Debug)]
pub struct QueuedPart;

const QUEUE_OPS: &str = "queue_ops";
const BATCH_OPS: &str = "batch_ops";

const PARAMS: [ParamSpec; 6] = {
    let [gate_1q, gate_2q, measure, reset] = DURATIONS;
    let queue = ParamSpec {
        name: QUEUE_OPS,
        kind: ParamKind::Whole { min: 1, max: 1 << 16 },
        unit: "1",
        default: Some(Value::Whole(256)),
        help: "how many operations may wait before all of them are carried out",
    };
    let batch = ParamSpec {
        name: BATCH_OPS,
        kind: ParamKind::Whole { min: 1, max: BATCH_OPS_MAX as u64 },
        unit: "1",
        default: Some(Value::Whole(BATCH_OPS_MAX as u64)),
        help: "how many operations of one kind go down in one batch",
    };
    [gate_1q, gate_2q, measure, reset, queue, batch]
};

impl QueuedPart {
    pub(super) const ID: &'static str = "pandia.queued";

    fn configured(config: &Config<'_>) -> Result<QueuedConfig> {
        config.check(&Self::SPEC)?;
        let count = |key| {
            config.whole(&Self::SPEC, key).map(|count| usize::try_from(count).unwrap_or(usize::MAX))
        };
        Ok(QueuedConfig {
            durations: Durations::configured(config, &Self::SPEC)?,
            qubit_count: config.qubit_count,
            result_count: config.result_count.max(1) as usize,
            queue_ops: count(QUEUE_OPS)?,
            batch_ops: count(BATCH_OPS)?,
        })
    }
}

impl RuntimePart for QueuedPart {
    const SPEC: PartSpec = PartSpec {
        id: Self::ID,
        kind: PartKind::Runtime,
        version: env!("CARGO_PKG_VERSION"),
        summary: "Lazy: batches of one kind that share a time window, as early as their qubits allow.",
        params: &PARAMS,
    };
    type Cell = u64;
    const EMPTY: u64 = 0;
    type Runtime<B: Backend, S: Storage<u64>> = Queued<B, S>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        Ok(Self::configured(config)?.cells())
    }

    fn build<B: Backend, S: Storage<u64>>(
        config: &Config<'_>,
        stack: B,
        storage: S,
    ) -> Result<Queued<B, S>> {
        Queued::new(stack, Self::configured(config)?, storage).map_err(|e| e.in_layer(Self::ID))
    }
}
