//! Where what an error says lies. With an allocator it is boxed. On bare metal without one it lies in
//! one of a few fixed places, since an error that is carried in every result would take 250 bytes of
//! each frame that one passes through. Elsewhere it lies in the error itself: on a host without an
//! allocator and on cores whose memory cannot be exchanged atomically (ARMv6-M), so that a place
//! could be given to two.

#[cfg(feature = "alloc")]
mod boxed;
#[cfg(not(any(feature = "alloc", all(target_os = "none", target_has_atomic = "8"))))]
mod inside;
#[cfg(any(test, all(not(feature = "alloc"), target_os = "none", target_has_atomic = "8")))]
mod placed;

#[cfg(feature = "alloc")]
pub(super) use boxed::Held;
#[cfg(not(any(feature = "alloc", all(target_os = "none", target_has_atomic = "8"))))]
pub(super) use inside::Held;
#[cfg(all(not(feature = "alloc"), target_os = "none", target_has_atomic = "8"))]
pub(super) use placed::Held;
