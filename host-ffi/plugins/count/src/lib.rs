//! The tap that counts as a library.
#![no_std]

use pandia_core::trace::CountPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; layer CountPart);
