//! The runtime with virtual Z as a library.
#![no_std]

use pandia_core::runtime::SoftRzPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; runtime SoftRzPart);
