//! What an image's code is compiled for.

use core::fmt;

/// Room for the name.
pub const MACHINE_BYTES: usize = 48;

/// The target triple, and after a slash the processor if the code was made for a certain one:
/// `thumbv7em-none-eabihf`, `thumbv7em-none-eabihf/cortex-m7`. Two are equal or do not fit: the
/// triple fixes instructions, width of pointers and how floats are passed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Machine([u8; MACHINE_BYTES]);

impl Machine {
    /// The machine of this name; `None` unless it is 1 to 48 printing ASCII characters.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let mut bytes = [0; MACHINE_BYTES];
        bytes.get_mut(..name.len())?.copy_from_slice(name.as_bytes());
        Some(Self(bytes)).filter(|machine| machine.is_name())
    }

    /// As it stands in a header: the name, then zeros.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; MACHINE_BYTES]) -> Self {
        Self(bytes)
    }

    /// As it stands in a header.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; MACHINE_BYTES] {
        &self.0
    }

    /// The name; "" if the bytes are none.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self.0.split(|&byte| byte == 0).next().unwrap_or(&[]);
        core::str::from_utf8(name).unwrap_or("")
    }

    /// Printing characters, then nothing but zeros.
    #[must_use]
    pub fn is_name(&self) -> bool {
        let len = self.name().len();
        len > 0
            && self.0[..len].iter().all(u8::is_ascii_graphic)
            && self.0[len..].iter().all(|&byte| byte == 0)
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Machine({:?})", self.name())
    }
}
