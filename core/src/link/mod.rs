//! The board link: a backend at the other end of a line that loses, cuts, doubles and damages bytes.
//!
//! [`Remote`] is an ordinary backend whose operations travel through a [`Client`]; [`Server`] is the
//! other end, which serves any backend and anything else that its [`House`] offers. A board's stack may
//! stand on a backend of the desktop: then each of the two is both ([`Below`], [`Answering`]).
//! [`frame`] is what stands on the line, [`message`] what frames carry. Both ends live in memory of fixed size, whose
//! lengths are const generics, and go over the traits of `embedded-io`. The protocol is described in
//! `docs/link.md`.
//! Not here: sockets, serial ports (host), drivers of UARTs (targets).

mod answering;
mod asking;
mod below;
mod client;
mod decoder;
mod errors;
pub mod frame;
mod gate_room;
mod house;
pub mod message;
mod pieces;
mod remote;
pub mod resident;
mod server;
mod session;
mod shared;
mod shelf;
#[cfg(test)]
mod tests;

pub use answering::Answering;
pub use asking::Asking;
pub use below::{BELOW_ID, Below};
pub use client::{Client, Patience, Stats};
pub use decoder::{Decoder, Received};
pub use errors::LinkError;
pub use gate_room::GateRoom;
pub use house::{House, NoHouse};
pub use remote::{AsItIs, BuildStack, BuildTapped, Options, Remote, SetUp, Traced};
pub use server::{Counters, Event, Server, Window};
pub use shelf::Shelf;

/// The version of the protocol: the first byte of every frame. Frames of another version are
/// refused with both.
pub const PROTOCOL: u8 = 2;

/// How errors of the link itself are signed.
pub const LINK_ID: &str = "pandia.link";
