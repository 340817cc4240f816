//! The density-matrix simulator as a library.
#![no_std]

use pandia_core::sim::DensityMatrixPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; simulator DensityMatrixPart);
