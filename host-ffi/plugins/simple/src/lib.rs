//! The simple runtime as a library.
#![no_std]

use pandia_core::runtime::SimplePart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; runtime SimplePart);
