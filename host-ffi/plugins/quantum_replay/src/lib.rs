//! The quantum replay as a library.
#![no_std]

use pandia_core::sim::QuantumReplayPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; simulator QuantumReplayPart);
