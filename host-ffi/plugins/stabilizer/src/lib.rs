//! The stabilizer simulator as a library.
#![no_std]

use pandia_core::sim::StabilizerPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; simulator StabilizerPart);
