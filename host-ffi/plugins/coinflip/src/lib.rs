//! The coin-flipping simulator as a library.
#![no_std]

use pandia_core::sim::CoinflipPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; simulator CoinflipPart);
