//! A built-in runtime on a thread of its own, as a library.
use pandia_ffi::CatchUnwind;
use pandia_ffi::threaded::ThreadedPart;

pandia_core::export_module!(guard = CatchUnwind; runtime ThreadedPart);
