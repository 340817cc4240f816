//! Numbers of a stack's state, which go over in pieces.

use super::desk::Served;
use super::shot::ShotRoom;
use crate::backend::StateQuery;
use crate::error::{ErrorKind, Result};
use crate::link::message::Reply;
use heapless::Vec;

/// Most qubits of a state query.
const QUERY_QUBITS_MAX: usize = 32;

impl<const WORDS: usize, const RESULTS: usize> ShotRoom<WORDS, RESULTS> {
    pub(super) fn state(
        &mut self,
        amplitudes: bool,
        qubits: &[u8],
        served: &mut Served<'_, '_>,
    ) -> Result<()> {
        let (qubits, rest) = qubits.as_chunks::<4>();
        let qubits: Option<Vec<u32, QUERY_QUBITS_MAX>> = (qubits.len() <= QUERY_QUBITS_MAX)
            .then(|| qubits.iter().map(|qubit| u32::from_le_bytes(*qubit)).collect());
        let Some(qubits) = qubits.filter(|_| rest.is_empty()) else {
            return Err(ErrorKind::Argument("a state query over too many qubits").into());
        };
        let needed = (1_u64 + u64::from(amplitudes)).saturating_mul(1 << qubits.len());
        let places = usize::try_from(needed).ok().and_then(|n| self.numbers.get_mut(..n));
        let Some(places) = places else {
            let (what, available) = ("numbers of one state query on the board", RESULTS as u64);
            return Err(ErrorKind::Capacity { what, needed, available }.into());
        };
        let query = if amplitudes {
            StateQuery::Amplitudes(&qubits)
        } else {
            StateQuery::Probabilities(&qubits)
        };
        self.number_count = 0;
        served.stack()?.state(query, places)?;
        self.number_count = places.len();
        Ok(())
    }

    pub(super) fn numbers_from<'b>(&self, from: u32, bulk: &'b mut [u8]) -> Reply<'b> {
        let numbers = self.numbers.get(..self.number_count).unwrap_or(&[]);
        let numbers = numbers.get(from as usize..).unwrap_or(&[]);
        let mut len = 0;
        for (place, number) in bulk.as_chunks_mut::<8>().0.iter_mut().zip(numbers) {
            *place = number.to_bits().to_le_bytes();
            len += 8;
        }
        let total = u32::try_from(self.number_count).unwrap_or(u32::MAX);
        Reply::Numbers { total, bytes: bulk.get(..len).unwrap_or(&[]) }
    }
}
