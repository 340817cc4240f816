//! Gates that may come: built in ones here, those of the program's own one at a time ([`super::own`]).

use super::session::Remote;
use super::set_up::SetUp;
use crate::backend::{GateDef, Verdict};
use crate::error::Result;
use crate::link::errors::LinkError;
use crate::link::message::{self, GateLine, Reply, Request};
use crate::link::server::GATES_MAX;
use crate::op::gates::{FIRST_USER_SLOT, by_slot};
use embedded_io::{Read, Write};
use heapless::Vec;

/// Most bytes of announcements in one frame.
const CHUNK_BYTES: usize = 1024;

impl<IO: Read + Write, S: SetUp, const FRAME: usize, const WINDOW: usize>
    Remote<IO, S, FRAME, WINDOW>
{
    pub(super) fn announce_again(&mut self) -> Result<()> {
        let (announced, mut gates) = (self.announced, Vec::<GateDef<'_>, 64>::new());
        for slot in (0..64).filter(|slot| announced >> slot & 1 == 1) {
            // There is room for every slot.
            let _ = gates.push(GateDef::built_in(slot)?);
        }
        let mut verdicts = [Verdict::Reject; 64];
        self.accepted = 0;
        self.announce(&gates, verdicts.get_mut(..gates.len()).unwrap_or(&mut []))?;
        self.announce_own_again()
    }

    /// Announces gates. Those that are neither built in nor of the program's own stay rejected.
    pub(super) fn announce(
        &mut self,
        gates: &[GateDef<'_>],
        verdicts: &mut [Verdict],
    ) -> Result<()> {
        verdicts.fill(Verdict::Reject);
        for (def, verdict) in gates.iter().zip(verdicts.iter_mut()) {
            if def.slot >= FIRST_USER_SLOT {
                *verdict = self.announce_own(def)?;
            }
        }
        let mut known = (0..gates.len()).filter(|at| is_built_in(&gates[*at])).peekable();
        while known.peek().is_some() {
            let mut places = Vec::<usize, GATES_MAX>::new();
            let (mut bytes, mut len) = ([0; CHUNK_BYTES], 0);
            while let Some(&at) = known.peek()
                && !places.is_full()
            {
                let GateDef { slot, id, qubit_count, param_count, .. } = gates[at];
                let line = GateLine { slot, qubit_count, param_count, id };
                let most = self.payload_bytes().saturating_sub(8).min(CHUNK_BYTES);
                let Some(written) = bytes
                    .get_mut(len..most)
                    .and_then(|room| message::write(&line, room))
                    .map(<[u8]>::len)
                else {
                    break;
                };
                len += written;
                let _ = places.push(at);
                known.next();
            }
            if places.is_empty() {
                return Err(LinkError::Nonsense.into());
            }
            let reply = self.call(&Request::Negotiate(&bytes[..len]))?;
            let Reply::Verdicts(given) = reply else { return Err(LinkError::Nonsense.into()) };
            let mut got = [Verdict::Reject; GATES_MAX];
            let wrong = given.len() != places.len();
            for (place, number) in got.iter_mut().zip(given) {
                *place = Verdict::from_number(*number).ok_or(LinkError::Nonsense)?;
            }
            if wrong {
                return Err(LinkError::Nonsense.into());
            }
            for (at, verdict) in places.iter().zip(got) {
                verdicts[*at] = verdict;
                let bit = 1 << gates[*at].slot;
                self.announced |= bit;
                self.accepted |= if verdict == Verdict::Reject { 0 } else { bit };
            }
        }
        Ok(())
    }
}

/// A gate that needs no announcer to have a meaning.
fn is_built_in(gate: &GateDef<'_>) -> bool {
    gate.slot < 64 && by_slot(gate.slot).is_some_and(|known| known.id == gate.id)
}
