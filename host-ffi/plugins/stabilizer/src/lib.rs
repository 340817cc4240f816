//! The stabilizer simulator as a library.
use pandia_core::sim::StabilizerPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; simulator StabilizerPart);
