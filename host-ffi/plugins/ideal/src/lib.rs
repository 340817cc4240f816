//! The error model without errors as a library.
#![no_std]

use pandia_core::noise::IdealPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; layer IdealPart);
