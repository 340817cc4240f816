//! The state-vector simulator in single precision as a library.
#![no_std]

use pandia_core::sim::StateVectorPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; simulator StateVectorPart<f32>);
