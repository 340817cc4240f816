//! The joint readout error model as a library.
#![no_std]

use pandia_core::noise::JointReadoutPart;
use pandia_ffi::CatchUnwind;

pandia_core::export_module!(guard = CatchUnwind; layer JointReadoutPart);
