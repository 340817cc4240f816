//! The Pauli error model as a library.
#![no_std]

use pandia_core::noise::PauliPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; layer PauliPart);
