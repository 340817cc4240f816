//! A simulator and a layer as a library, at whichever minor this is built.

mod part;

use pandia_core::abi::NoGuard;
use pandia_core::noise::IdealPart;

pandia_core::export_module!(guard = NoGuard; simulator part::CountedPart, layer IdealPart);
