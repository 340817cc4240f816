//! The topology check as a library.
#![no_std]

use pandia_core::noise::TopologyPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; layer TopologyPart);
