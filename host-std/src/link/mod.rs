//! Boards: where they are, the line to one, its stack as a backend, and a desktop that acts as one.
//!
//! ```no_run
//! use pandia::link::{Address, Board, Waiting};
//!
//! let address: Address = "tcp:127.0.0.1:7000".parse()?;
//! let board = Board::connect(&address, Waiting::default())?;
//! println!("{} {}", board.welcome().name, board.welcome().version);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//! Not here: the protocol ([`pandia_core::link`]), and which part of a stack goes to the board
//! ([`crate::stack`]).

mod address;
mod board;
mod emulated;
mod error;
mod factory;
mod kept;
#[cfg(test)]
mod own_gates_tests;
mod ring;
mod room;
mod rooms;
mod serve;
mod tapped;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trace_tests;
mod wire;

pub use address::Address;
pub use board::{
    Board, HostClient, ModuleInfo, PartInfo, RegionInfo, RemoteBackend, StandingBackend, Waiting,
    Welcomed,
};
pub use emulated::{EMULATED, Emulated};
pub use error::BoardError;
pub use factory::BoardStack;
pub(crate) use factory::Parts;
pub use room::check_room;
pub use serve::{Desktop, serve_connection};
pub(crate) use tapped::Taps;
pub use wire::Wire;
