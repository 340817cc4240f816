//! What is done with a server at the beginning of every session, before its stack is asked anything.

use crate::error::{Error, ErrorKind, Result};
use crate::link::client::Client;
use crate::link::errors::LinkError;
use crate::link::message::{Build, Reply, Request};
use embedded_io::{Read, Write};

/// Prepares the other end at the beginning of every session, the first one too.
pub trait SetUp {
    /// Prepares it.
    ///
    /// # Errors
    /// If it cannot be had as it is needed.
    fn set_up<IO: Read + Write, const FRAME: usize, const WINDOW: usize>(
        &mut self,
        client: &mut Client<IO, FRAME, WINDOW>,
    ) -> Result<()>;
}

/// The stack that is there is the one that is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsItIs;

impl SetUp for AsItIs {
    fn set_up<IO: Read + Write, const FRAME: usize, const WINDOW: usize>(
        &mut self,
        _: &mut Client<IO, FRAME, WINDOW>,
    ) -> Result<()> {
        Ok(())
    }
}

/// A stack to be built out of the other end's parts; `parts` as in [`Build`].
#[derive(Clone, Debug)]
pub struct BuildStack<B> {
    /// How many qubits there will be.
    pub qubit_count: u32,
    /// The parts.
    pub parts: B,
}

impl<B: AsRef<[u8]>> SetUp for BuildStack<B> {
    fn set_up<IO: Read + Write, const FRAME: usize, const WINDOW: usize>(
        &mut self,
        client: &mut Client<IO, FRAME, WINDOW>,
    ) -> Result<()> {
        let parts = self.parts.as_ref();
        let (needed, available) =
            (parts.len() as u64 + 16, u64::from(client.limits().payload_bytes));
        if needed > available {
            let what = "bytes of the description of a stack to the board";
            return Err(ErrorKind::Capacity { what, needed, available }.into());
        }
        let build = Build { qubit_count: self.qubit_count, parts };
        match client.call(&Request::Build(build)).map_err(Error::from)? {
            Reply::Info(_) => Ok(()),
            Reply::Failed(fault) => Err(fault.error()),
            _ => Err(LinkError::Nonsense.into()),
        }
    }
}
