//! The runtime that schedules as a library.
#![no_std]

use pandia_core::runtime::QueuedPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; runtime QueuedPart);
