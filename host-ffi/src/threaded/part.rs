//! The simple runtime on a thread of its own, as a part.
#![expect(unsafe_code, reason = "the promise that the thread is over when the runtime is dropped")]

use super::runtime::{Threaded, ThreadedConfig};
use pandia_core::abi::{self, AttachedStack, SendableStack};
use pandia_core::error::Result;
use pandia_core::op::Outcome;
use pandia_core::part::{Config, ParamKind, ParamSpec, PartKind, PartSpec, Setting, Value};
use pandia_core::runtime::{RuntimePart, SimplePart};

/// The simple runtime on a thread of its own.
#[derive(Clone, Copy, Debug)]
pub struct ThreadedPart;

const QUEUE_WORDS: &str = "queue_words";

const PARAMS: [ParamSpec; 5] = {
    let simple = SimplePart::SPEC.params;
    let queue = ParamSpec {
        name: QUEUE_WORDS,
        kind: ParamKind::Whole { min: 64, max: 1 << 24 },
        unit: "1",
        default: Some(Value::Whole(1 << 14)),
        help: "how many words of 8 bytes the program may run ahead",
    };
    [simple[0], simple[1], simple[2], simple[3], queue]
};
const _: () = assert!(SimplePart::SPEC.params.len() + 1 == PARAMS.len());

const SPEC: PartSpec = PartSpec {
    id: "pandia.threaded",
    kind: PartKind::Runtime,
    version: env!("CARGO_PKG_VERSION"),
    summary: "As simple, on a thread of its own: the program runs ahead until it reads.",
    params: &PARAMS,
};

// SAFETY: the runtime holds the stack; dropping it ends its thread and waits for that, and the stack
// is dropped with it.
unsafe impl abi::AttachPart for ThreadedPart {
    const SPEC: PartSpec = SPEC;
    type Cell = Outcome;
    const EMPTY: Outcome = <SimplePart as RuntimePart>::EMPTY;
    type Attached =
        Threaded<<SimplePart as RuntimePart>::Runtime<SendableStack, &'static mut [Outcome]>>;

    fn cells(config: &Config<'_>) -> Result<usize> {
        config.check(&SPEC)?;
        <SimplePart as RuntimePart>::cells(&of_simple(config, &mut Vec::new()))
    }

    fn attach(
        config: &Config<'_>,
        stack: AttachedStack,
        cells: &'static mut [Outcome],
    ) -> Result<Self::Attached> {
        config.check(&SPEC)?;
        let stack = stack.on_own_thread()?;
        let queue_words = config.whole(&SPEC, QUEUE_WORDS)?;
        let simple =
            <SimplePart as RuntimePart>::build(&of_simple(config, &mut Vec::new()), stack, cells)?;
        Threaded::new(
            simple,
            ThreadedConfig {
                id: SPEC.id,
                result_count: config.result_count as usize,
                queue_words: usize::try_from(queue_words).unwrap_or(usize::MAX),
            },
        )
    }
}

/// The configuration without what only this part knows.
fn of_simple<'a>(config: &Config<'a>, settings: &'a mut Vec<Setting<'a>>) -> Config<'a> {
    settings.extend(config.settings.iter().filter(|setting| setting.key != QUEUE_WORDS));
    config.with(settings)
}
