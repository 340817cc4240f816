//! The error model without errors as a library.
use pandia_core::noise::IdealPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; layer IdealPart);
