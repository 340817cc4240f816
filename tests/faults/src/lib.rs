//! Simulators that panic or run out of memory on demand: one behind the guard that catches panics,
//! one behind none, as a library built with `panic = "abort"` would be.
//!
//! What C can do wrong is in `faults.c` beside this.
#![no_std]
#![expect(clippy::panic, reason = "this is what they are for")]

#[cfg(not(target_os = "none"))]
extern crate std;

use core::marker::PhantomData;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

use pandia_core::abi::{NoGuard, plugin, raw};
use pandia_core::backend::{Backend, Caps, GateSet, Info, Metric, Threading, Verdict};
use pandia_core::error::Result;
use pandia_core::ids::{Seed, ShotId, StreamId};
use pandia_core::op::{Batch, Outcome, Outcomes};
use pandia_core::part::{
    Config, ParamKind, ParamSpec, PartKind, PartSpec, SimulatorPart, Storage, Value,
};
use pandia_core::rng::Stream;
use pandia_ffi::CatchUnwind;

/// Every measurement is a coin, and something panics.
struct Coin {
    id: &'static str,
    qubit_count: u32,
    stream_id: StreamId,
    stream: Stream,
    shot: u64,
    at: u64,
    how: How,
}

/// Where the panic is.
#[derive(Clone, Copy, PartialEq)]
enum How {
    Sound,
    Apply,
    Begin,
    End,
    Negotiate,
    Metric,
    Memory,
    Drop,
    Create,
    Layout,
}

const HOW: &[(&str, How)] = &[
    ("sound", How::Sound),
    ("apply", How::Apply),
    ("begin", How::Begin),
    ("end", How::End),
    ("negotiate", How::Negotiate),
    ("metric", How::Metric),
    ("memory", How::Memory),
    ("drop", How::Drop),
    ("create", How::Create),
    ("layout", How::Layout),
];

const WORDS: &[&str] = &[
    "sound",
    "apply",
    "begin",
    "end",
    "negotiate",
    "metric",
    "memory",
    "drop",
    "create",
    "layout",
];

const fn param(
    name: &'static str,
    kind: ParamKind,
    default: Value<'static>,
    help: &'static str,
) -> ParamSpec {
    ParamSpec { name, kind, unit: "", default: Some(default), help }
}

const PARAMS: &[ParamSpec] = &[
    param("at", ParamKind::Whole { min: 0, max: u64::MAX }, Value::Whole(5), "the shot"),
    param("how", ParamKind::Choice(WORDS), Value::Text("sound"), "where it panics"),
];

fn how(config: &Config<'_>, spec: &PartSpec) -> Result<How> {
    let word = config.text(spec, "how")?;
    Ok(HOW.iter().find(|(name, _)| *name == word).map_or(How::Sound, |(_, how)| *how))
}

/// How many coins were made, from [`COINS_FIRST`]: a variable that does not begin as zero.
static COINS: AtomicU32 = AtomicU32::new(COINS_FIRST);
const COINS_FIRST: u32 = 1000;

impl Coin {
    fn panic_if(&self, how: How) {
        if self.how == how && self.shot == self.at {
            panic!("the coin is stuck in shot {}", self.shot);
        }
    }
}

/// Allocates until that is refused, which ends a process of Rust: no guard is asked.
#[cfg(not(target_os = "none"))]
fn use_up_memory() -> ! {
    let mut pieces = std::vec::Vec::new();
    loop {
        pieces.push(core::hint::black_box(std::vec::Vec::<u8>::with_capacity(16 << 20)));
    }
}

/// A board's module has no memory to ask for.
#[cfg(target_os = "none")]
fn use_up_memory() -> ! {
    panic!("there is no memory to use up")
}

impl Drop for Coin {
    fn drop(&mut self) {
        assert!(self.how != How::Drop, "the coin does not drop");
    }
}

impl Backend for Coin {
    fn id(&self) -> &str {
        self.id
    }
    fn info(&self) -> Info {
        let (qubit_count, threading) = (self.qubit_count, Threading::Sendable);
        Info { qubit_count, op_kinds: u64::MAX, caps: Caps::NONE, threading }
    }
    fn negotiate(&mut self, _: &GateSet<'_>, verdicts: &mut [Verdict]) -> Result<()> {
        assert!(self.how != How::Negotiate, "the coin has no verdict");
        verdicts.fill(Verdict::Native);
        Ok(())
    }
    fn shot_begin(&mut self, shot: ShotId, seed: Seed) -> Result<()> {
        self.shot = shot.0;
        self.stream = Stream::of(seed, shot, self.stream_id);
        self.panic_if(How::Begin);
        Ok(())
    }
    fn apply(&mut self, batch: &Batch<'_>, outcomes: &mut Outcomes<'_>) -> Result<()> {
        for (op_index, op) in (0..).zip(batch.ops()) {
            if op.kind().bears_result() {
                self.panic_if(How::Apply);
                if self.how == How::Memory && self.shot == self.at {
                    use_up_memory();
                }
                let (id, kind) = (op.result_id(), op.kind() as u8);
                let value = u64::from(self.stream.next_u32() & 1);
                outcomes.push(Outcome { id, value, kind, op_index, ..Outcome::default() })?;
            }
        }
        Ok(())
    }
    fn shot_end(&mut self) -> Result<()> {
        self.panic_if(How::End);
        Ok(())
    }
    fn metric(&self, _: u32) -> Option<Metric<'_>> {
        assert!(self.how != How::Metric, "the coin counts nothing");
        None
    }
}

/// The part, with an id of its own for each guard.
struct CoinPart<G>(PhantomData<G>);

macro_rules! part {
    ($Guard:ty, $id:literal, $summary:literal) => {
        impl SimulatorPart for CoinPart<$Guard> {
            const SPEC: PartSpec = PartSpec {
                id: $id,
                kind: PartKind::Simulator,
                version: "1",
                summary: $summary,
                params: PARAMS,
            };
            type Cell = u8;
            const EMPTY: u8 = 0;
            type Simulator<S: Storage<u8>> = Coin;

            fn cells(config: &Config<'_>) -> Result<usize> {
                config.check(&Self::SPEC)?;
                assert!(how(config, &Self::SPEC)? != How::Layout, "the coin has no size");
                Ok(0)
            }
            fn build<S: Storage<u8>>(config: &Config<'_>, _: S) -> Result<Coin> {
                let how = how(config, &Self::SPEC)?;
                assert!(how != How::Create, "the coin cannot be made");
                let coins = COINS.load(Relaxed);
                assert!(coins >= COINS_FIRST, "a variable has lost its first value: {coins}");
                COINS.store(coins + 1, Relaxed);
                Ok(Coin {
                    id: $id,
                    qubit_count: config.qubit_count,
                    stream_id: config.stream,
                    stream: Stream::of(Seed(0), ShotId(0), config.stream),
                    shot: u64::MAX,
                    at: config.whole(&Self::SPEC, "at")?,
                    how,
                })
            }
        }
    };
}
part!(CatchUnwind, "test.guarded", "Panics on demand; the panic is caught at the border.");
part!(NoGuard, "test.unguarded", "Panics on demand; the panic ends the process.");

/// The plugins of this library.
#[expect(unsafe_code, reason = "the one symbol that a module exports")]
#[unsafe(no_mangle)]
pub static pandia_module_v1: raw::Module = {
    const PLUGINS: &[&raw::Plugin] = &[
        plugin::simulator::<CoinPart<CatchUnwind>, CatchUnwind>(),
        plugin::simulator::<CoinPart<NoGuard>, NoGuard>(),
    ];
    raw::Module::of(PLUGINS)
};
