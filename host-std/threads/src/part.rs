//! A built-in runtime on a thread of its own, out of a configuration.

use crate::inner::{Inner, Of};
use crate::pace::HandOver;
use crate::runtime::{Threaded, ThreadedConfig};
use pandia_core::backend::{Backend, Threading};
use pandia_core::error::{Error, ErrorKind, Result};
use pandia_core::part::{Config, ParamKind, ParamSpec, PartKind, PartSpec, Setting, Value};
use pandia_core::runtime::{QueuedPart, RuntimePart, SimplePart, SoftRzPart};

const INNER: &str = "inner";
const QUEUE_WORDS: &str = "queue_words";
const HAND_OVER: &str = "hand_over";
const ALWAYS: &str = "always";

const PARAMS: [ParamSpec; 9] = {
    let inner = ParamSpec {
        name: INNER,
        kind: ParamKind::Choice(&["simple", "soft_rz", "queued"]),
        unit: "1",
        default: Some(Value::Text("simple")),
        help: "which runtime is on the thread; it takes the parameters that are its own",
    };
    let queue = ParamSpec {
        name: QUEUE_WORDS,
        kind: ParamKind::Whole { min: 64, max: 1 << 24 },
        unit: "1",
        default: Some(Value::Whole(1 << 14)),
        help: "how many words of 8 bytes the program may run ahead",
    };
    let hand_over = ParamSpec {
        name: HAND_OVER,
        kind: ParamKind::Choice(&["where_it_pays", ALWAYS]),
        unit: "1",
        default: Some(Value::Text("where_it_pays")),
        help: "when the thread is used: where program and stack are quicker side by side, or always",
    };
    // The queued runtime has the parameters of all others.
    let all = QueuedPart::SPEC.params;
    [inner, queue, hand_over, all[0], all[1], all[2], all[3], all[4], all[5]]
};
const _: () = assert!(QueuedPart::SPEC.params.len() + 3 == PARAMS.len());

/// The description of the part.
pub const SPEC: PartSpec = PartSpec {
    id: "pandia.threaded",
    kind: PartKind::Runtime,
    version: env!("CARGO_PKG_VERSION"),
    summary: "Another runtime on a thread of its own: the program runs ahead until it reads.",
    params: &PARAMS,
};

/// The description of the runtime called `inner`.
fn spec_of(inner: &str) -> Result<&'static PartSpec> {
    match inner {
        "simple" => Ok(&SimplePart::SPEC),
        "soft_rz" => Ok(&SoftRzPart::SPEC),
        "queued" => Ok(&QueuedPart::SPEC),
        _ => Err(no_such(inner)),
    }
}

/// The configuration of the runtime on the thread: without what only this part knows, and without what
/// only another runtime does as long as it says no more than the default. The rest it refuses itself.
fn with_inner<T>(
    config: &Config<'_>,
    then: impl FnOnce(&str, &Config<'_>) -> Result<T>,
) -> Result<T> {
    config.check(&SPEC)?;
    let inner = config.text(&SPEC, INNER)?;
    let spec = spec_of(inner)?;
    let is_for_it = |setting: &&Setting<'_>| match setting.key {
        INNER | QUEUE_WORDS | HAND_OVER => false,
        key => {
            let default = SPEC.param(key).and_then(|param| param.default);
            spec.param(key).is_some() || default != Some(setting.value)
        }
    };
    let settings: Vec<Setting<'_>> = config.settings.iter().filter(is_for_it).copied().collect();
    then(inner, &config.with(&settings))
}

fn no_such(inner: &str) -> Error {
    // The choice has been checked.
    let error = Error::from(ErrorKind::Config("no such runtime")).in_layer(SPEC.id);
    error.with_text(format_args!("there is no built-in runtime {inner}"))
}

const fn bytes_of<T>(count: usize) -> u64 {
    (count as u64).saturating_mul(size_of::<T>() as u64)
}

fn cells_in_bytes<P: RuntimePart>(config: &Config<'_>) -> Result<u64> {
    P::cells(config).map(bytes_of::<P::Cell>)
}

/// Checks a configuration.
///
/// # Errors
/// [`ErrorKind::Config`] for what neither this part nor the runtime inside takes.
pub fn check(config: &Config<'_>) -> Result<()> {
    memory_bytes(config).map(drop)
}

/// How much memory an instance claims: the queue, and what the runtime inside needs.
///
/// # Errors
/// As [`check`].
pub fn memory_bytes(config: &Config<'_>) -> Result<u64> {
    let inner = with_inner(config, |inner, config| match inner {
        "simple" => cells_in_bytes::<SimplePart>(config),
        "soft_rz" => cells_in_bytes::<SoftRzPart>(config),
        "queued" => cells_in_bytes::<QueuedPart>(config),
        _ => Err(no_such(inner)),
    })?;
    // The queue, and as much again for the message being read.
    let queue = config.whole(&SPEC, QUEUE_WORDS)?.next_power_of_two().saturating_mul(2 * 8);
    let results = u64::from(config.result_count).saturating_mul(2 * 8);
    Ok(inner.saturating_add(queue).saturating_add(results))
}

fn built<P, B>(config: &Config<'_>, stack: B) -> Result<Of<P, B>>
where
    P: RuntimePart,
    B: Backend,
{
    let count = P::cells(config)?;
    let mut cells = Vec::new();
    if cells.try_reserve_exact(count).is_err() {
        let (what, needed) = ("bytes of memory", bytes_of::<P::Cell>(count));
        return Err(ErrorKind::Capacity { what, needed, available: 0 }.into());
    }
    cells.resize(count, P::EMPTY);
    P::build(config, stack, cells.into_boxed_slice())
}

/// Builds the runtime that the configuration names, on a thread of its own.
///
/// # Errors
/// As [`check`]; [`ErrorKind::Capacity`] if there is no memory or no thread, [`ErrorKind::State`] if the
/// stack is pinned to the thread that made it.
pub fn build<B: Backend + Send + 'static>(
    config: &Config<'_>,
    stack: B,
) -> Result<Threaded<Inner<B>>> {
    if stack.info().threading == Threading::Pinned {
        let error = Error::from(ErrorKind::State("the stack is pinned to its thread"));
        return Err(error.in_layer(SPEC.id).with_text(format_args!(
            "a part of the stack is pinned to its thread and takes no calls from a runtime's own; use \
             a runtime without a thread of its own"
        )));
    }
    let runtime = with_inner(config, |inner, config| match inner {
        "simple" => built::<SimplePart, B>(config, stack).map(Inner::Simple),
        "soft_rz" => built::<SoftRzPart, B>(config, stack).map(Inner::SoftRz),
        "queued" => built::<QueuedPart, B>(config, stack).map(Inner::Queued),
        _ => Err(no_such(inner)),
    })?;
    let queue_words = config.whole(&SPEC, QUEUE_WORDS)?;
    let always = config.text(&SPEC, HAND_OVER)? == ALWAYS;
    // That one holds measurements back.
    let knows_results = !matches!(runtime, Inner::Queued(_));
    Threaded::new(
        runtime,
        ThreadedConfig {
            id: SPEC.id,
            result_count: config.result_count as usize,
            queue_words: usize::try_from(queue_words).unwrap_or(usize::MAX),
            hand_over: if always { HandOver::Always } else { HandOver::WhereItPays },
            knows_results,
        },
    )
}
