//! The std adapters of Pandia.
