//! Gates that may come: what the client announces, and the matrices of its own ones.

use super::desk::Served;
use crate::abi;
use crate::backend::{GateDef, GateSet, UserMatrix, Verdict};
use crate::error::{ErrorKind, Result};
use crate::link::gate_room::GateRoom;
use crate::link::message::{GateLine, MatrixLine, read_all};
use crate::op::gates::FIRST_USER_SLOT;
use heapless::Vec;

/// Most gates of one request.
pub(in crate::link) const GATES_MAX: usize = 8;

/// Room for the matrices of gates of the client's own.
#[derive(Clone, Copy, Debug)]
pub(super) struct GateRooms {
    pub(super) rooms: &'static [GateRoom],
}

impl GateRooms {
    /// Nobody has any room.
    pub(super) fn clear(self) {
        for room in self.rooms {
            room.clear();
        }
    }

    fn find(self, slot: u16) -> Option<&'static GateRoom> {
        self.rooms.iter().find(|room| room.slot() == Some(slot))
    }

    /// Empties the room of the gate in this slot, or gives it one: how many matrices it holds, none
    /// if there are no rooms at all.
    pub(super) fn open(self, slot: u16, qubit_count: u8, param_count: u8) -> Result<u32> {
        if self.rooms.is_empty() || slot < FIRST_USER_SLOT {
            return Ok(0);
        }
        let free = || self.rooms.iter().find(|room| room.slot().is_none());
        let Some(room) = self.find(slot).or_else(free) else {
            let (what, available) = ("gates of the program's own there", self.rooms.len() as u64);
            return Err(ErrorKind::Capacity { what, needed: available + 1, available }.into());
        };
        Ok(room.open(slot, qubit_count, param_count))
    }

    /// Keeps words of a matrix.
    pub(super) fn keep(self, line: MatrixLine, bytes: &[u8]) -> Result<()> {
        let kept = self.find(line.slot).is_some_and(|room| room.keep(line, bytes));
        let wrong = ErrorKind::Interface("words of a matrix that there is no room for");
        if kept { Ok(()) } else { Err(wrong.into()) }
    }

    fn matrix(self, slot: u16) -> Option<UserMatrix> {
        self.find(slot).map(abi::matrix_of)
    }
}

/// Announces gates that need no matrix to the stack: how many verdicts there are.
pub(super) fn negotiate(
    gates: &[u8],
    served: &mut Served<'_, '_>,
    verdicts: &mut [u8],
) -> Result<usize> {
    let mut defs = Vec::<GateDef<'_>, GATES_MAX>::new();
    for line in read_all::<GateLine<'_>>(gates) {
        let Some(line) = line else {
            return Err(ErrorKind::Interface("an announced gate that cannot be read").into());
        };
        let GateLine { slot, qubit_count, param_count, id } = line;
        let def = GateDef { slot, id, qubit_count, param_count, matrix: None };
        defs.push(def).map_err(|_| ErrorKind::Capacity {
            what: "gates announced at a time",
            needed: GATES_MAX as u64 + 1,
            available: GATES_MAX as u64,
        })?;
    }
    let mut given = [Verdict::Reject; GATES_MAX];
    let given = given.get_mut(..defs.len()).unwrap_or(&mut []);
    served.stack()?.negotiate(&GateSet { gates: &defs }, given)?;
    for (place, verdict) in verdicts.iter_mut().zip(&*given) {
        *place = *verdict as u8;
    }
    Ok(given.len())
}

/// The same for one gate whose matrices come over the line.
pub(super) fn negotiate_own(
    line: GateLine<'_>,
    rooms: GateRooms,
    served: &mut Served<'_, '_>,
    verdicts: &mut [u8],
) -> Result<usize> {
    let GateLine { slot, qubit_count, param_count, id } = line;
    let def = GateDef { slot, id, qubit_count, param_count, matrix: rooms.matrix(slot) };
    let mut given = [Verdict::Reject];
    served.stack()?.negotiate(&GateSet { gates: &[def] }, &mut given)?;
    for (place, verdict) in verdicts.iter_mut().zip(given) {
        *place = verdict as u8;
    }
    Ok(given.len())
}
