//! What holds of all runtimes: the same program has the same distribution of outcomes, exactly, and the
//! same outcomes at the same seed.

mod queued;
mod random;
mod same;
mod scripted;
mod soft_rz;
