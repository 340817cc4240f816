//! A program through a board's pins and counters, so that a test can see them work from outside.
//!
//! Sections as `pandia_programs::run_all` prints them: the program's own, which is what it prints
//! without any tap; then what was measured and refused.

use core::fmt::Write;
use embedded_hal::digital::{InputPin, OutputPin};
use pandia_core::backend::{Backend, MetricValue, Stack};
use pandia_core::clock::{CycleCounter, TickUnit, ns_of_ticks};
use pandia_core::ids::ShotId;
use pandia_core::op::{OpBuffer, OpSink, Outcomes};
use pandia_core::units::{DurationNs, TimeNs};
use pandia_hardware::{
    BatchTimes, BusyDone, CounterDelay, OnSchedule, Patience, Pin, RealTimeIdle, StartTrigger,
    TriggerOn,
};
use pandia_peripherals::Fpgaio;
use pandia_programs::{Failure, SEED, teleportation};

/// Once a microsecond for a millisecond.
const PATIENCE: Patience = Patience { looks: 1000, apart_ns: 1000 };
/// How long the pin that says "done" is high.
const PULSE_NS: u32 = 200;
/// What the program in real time idles for, and when its second batch starts.
const IDLE_NS: u64 = 100_000;
const START_NS: u64 = 300_000;
/// More than any of them.
const LONGEST: DurationNs = DurationNs(1_000_000);

/// The pins of a board: two that it drives, and one that it reads.
#[derive(Debug)]
pub struct Pins<B, D, I> {
    /// High while a batch is carried out.
    pub busy: B,
    /// Pulsed after a batch.
    pub done: D,
    /// Low in QEMU, whatever one does.
    pub start: I,
}

/// [`with_pins`] on an MPS2 board, whose first two LEDs are the pins.
///
/// # Errors
/// The first failure.
pub fn with_fpgaio(out: &mut dyn Write, fpgaio: Fpgaio) -> Result<(), Failure> {
    let Fpgaio { leds: [busy, done], buttons: [start, _], counter } = fpgaio;
    with_pins(out, Pins { busy, done, start }, counter)
}

/// The program through pins, and a trigger that comes and one that does not.
///
/// # Errors
/// The first failure.
pub fn with_pins<B, D, I, C>(
    out: &mut dyn Write,
    pins: Pins<B, D, I>,
    clock: C,
) -> Result<(), Failure>
where
    B: OutputPin,
    D: OutputPin,
    I: InputPin,
    C: CycleCounter + Copy,
{
    let Pins { busy, done, mut start } = pins;
    let delay = || CounterDelay::new(clock);
    writeln!(out, "== teleportation")?;
    let stack = Stack::new(BatchTimes::new(clock), teleportation::stack()?);
    let pins = BusyDone::new(Pin::new("busy", busy), Pin::new("done", done), delay()?, PULSE_NS)?;
    let mut stack = Stack::new(pins, stack);
    let low = StartTrigger::new(Pin::new("start", &mut start), TriggerOn::Low, PATIENCE, delay()?)?;
    teleportation::run_on(&mut Stack::new(low, &mut stack), out)?;
    metrics(out, &stack)?;

    writeln!(out, "== trigger")?;
    let high = StartTrigger::new(Pin::new("start", start), TriggerOn::High, PATIENCE, delay()?)?;
    let before = clock.now();
    match Stack::new(high, &mut stack).shot_begin(ShotId(0), SEED) {
        Ok(()) => writeln!(out, "the shot began")?,
        Err(error) => writeln!(out, "{error}")?,
    }
    writeln!(out, "waited_ns {}", ns(&clock, before))?;
    // Of the refused shot nothing is left below.
    stack.shot_begin(ShotId(0), SEED)?;
    stack.shot_end()?;
    real_time(out, clock)?;
    Ok(writeln!(out, "== end")?)
}

/// The program on a board without pins, measured by `counter`.
///
/// # Errors
/// The first failure.
pub fn without_pins(
    out: &mut dyn Write,
    counter: impl CycleCounter,
    clock: impl CycleCounter + Copy,
) -> Result<(), Failure> {
    writeln!(out, "== teleportation")?;
    let mut stack = Stack::new(BatchTimes::new(counter), teleportation::stack()?);
    teleportation::run_on(&mut stack, out)?;
    metrics(out, &stack)?;
    real_time(out, clock)?;
    Ok(writeln!(out, "== end")?)
}

fn metrics(out: &mut dyn Write, stack: &impl Backend) -> Result<(), Failure> {
    writeln!(out, "== metrics")?;
    for metric in (0..).map_while(|index| stack.metric(index)) {
        match metric.value {
            MetricValue::Counter(count) => {
                writeln!(out, "{} {} {count}", metric.part, metric.name)?
            }
            MetricValue::Gauge(level) => writeln!(out, "{} {} {level}", metric.part, metric.name)?,
        }
    }
    Ok(())
}

/// How long two batches take, the first of which idles, with and without real time.
fn real_time<C: CycleCounter + Copy>(out: &mut dyn Write, clock: C) -> Result<(), Failure> {
    writeln!(out, "== real_time")?;
    let before = clock.now();
    idle_twice(&mut Stack::new(RealTimeIdle::<CounterDelay<C>>::off(), teleportation::stack()?))?;
    writeln!(out, "off_ns {}", ns(&clock, before))?;

    let idle = RealTimeIdle::new(CounterDelay::new(clock)?, LONGEST);
    let before = clock.now();
    idle_twice(&mut Stack::new(idle, teleportation::stack()?))?;
    writeln!(out, "idle_ns {}", ns(&clock, before))?;

    let schedule = OnSchedule::new(clock, CounterDelay::new(clock)?, LONGEST)?;
    let before = clock.now();
    let mut scheduled = Stack::new(schedule, teleportation::stack()?);
    idle_twice(&mut scheduled)?;
    writeln!(out, "schedule_ns {}", ns(&clock, before))?;
    Ok(())
}

fn idle_twice(stack: &mut impl Backend) -> Result<(), Failure> {
    let mut idle = OpBuffer::<8>::new();
    idle.idle(&[0, 1], DurationNs(IDLE_NS))?;
    let mut outcomes = Outcomes::new(&mut []);
    stack.shot_begin(ShotId(0), SEED)?;
    stack.apply(&idle.batch(), &mut outcomes)?;
    let later = idle.batch().at(TimeNs(START_NS), DurationNs(IDLE_NS));
    stack.apply(&later, &mut outcomes)?;
    Ok(stack.shot_end()?)
}

/// Nanoseconds since `before`. A counter of instructions was refused as a delay before.
fn ns(clock: &impl CycleCounter, before: u64) -> u64 {
    let ticks = clock.since(before);
    match clock.unit() {
        TickUnit::Hz(hz) => ns_of_ticks(ticks, hz),
        TickUnit::Instructions => ticks,
    }
}
