#![no_std]
//! Pandia core.
