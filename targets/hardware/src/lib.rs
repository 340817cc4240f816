//! A stack and the hardware around it: layers that change no operation and no outcome, over any
//! pins, delays and counters.
//!
//! [`BusyDone`] raises a pin around each batch and pulses another after it, [`StartTrigger`] waits
//! for a pin before each shot, [`RealTimeIdle`] and [`OnSchedule`] take as long as the program says,
//! [`BatchTimes`] measures batches. Which of them a stack has, and in which order, is its builder's
//! choice; the outermost sees the program's own batches.
//! Not here: anything that knows a board, and registers.
#![no_std]

mod batch_times;
mod busy;
mod counter_delay;
mod idle;
mod pin;
mod schedule;
mod trigger;

pub use batch_times::BatchTimes;
pub use busy::BusyDone;
pub use counter_delay::CounterDelay;
pub use idle::RealTimeIdle;
pub use pin::{NoPin, Pin};
pub use schedule::OnSchedule;
pub use trigger::{Patience, StartTrigger, TriggerOn};
