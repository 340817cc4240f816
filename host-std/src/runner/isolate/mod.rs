//! Shots in processes of their own, so that a part that ends or hangs its process costs one shot.
//!
//! For each thread of the run the parent has one worker process: the same program again (or one
//! that calls [`serve_shots`]), which gets the stack's description and the compiled program, builds
//! its own instance, and runs the ranges of shots that it is asked for. Requests and answers are
//! frames on a socket; the bits of shots, and which shot is running, lie in memory that both see, so
//! that they outlive the worker. When a worker is gone, the shots that it had finished are kept, the
//! one that was running has failed, and the others go to a new worker. Results go through the same
//! merger as those of threads, so the digest is the same.
//!
//! What a part prints on standard output goes to standard error. A worker ends with its parent.
//! Who asks what parts count gets it by a frame for each shot, sent before the shot counts as ended, so
//! what is kept of a worker that is gone has its numbers, and what has none is run again.
//!
//! Not here: chunks and their order ([`super::run`]), panics ([`super::contain`]).

mod isolation;
pub use isolation::Isolation;

#[cfg(unix)]
mod drive;
#[cfg(unix)]
mod ending;
#[cfg(unix)]
mod frames;
#[cfg(unix)]
mod job;
#[cfg(unix)]
mod limits;
#[cfg(unix)]
mod numbers;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod request;
#[cfg(unix)]
mod serve;
#[cfg(unix)]
mod slots;
#[cfg(unix)]
mod start;
#[cfg(unix)]
pub(super) use drive::drive;
#[cfg(unix)]
pub use serve::serve_shots;

#[cfg(not(unix))]
mod elsewhere;
#[cfg(not(unix))]
pub(super) use elsewhere::drive;
#[cfg(not(unix))]
pub use elsewhere::serve_shots;

/// Most shots of a chunk, which is one request: more than for a thread, since a request costs more.
pub(super) const CHUNK_SHOTS_MAX: u64 = 8192;
