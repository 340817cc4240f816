//! One program, one runtime, many shots.

use crate::backend::{GateDef, GateSet, Verdict};
use crate::error::{Class, Error, ErrorKind, Result};
use crate::ids::{Seed, ShotId};
use crate::program::{Machine, Memory, Program};
use crate::runtime::Runtime;

/// A shot that did not end well.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ShotError {
    /// Which shot.
    pub shot: ShotId,
    /// Why.
    pub error: Error,
    /// The line of the program's source that was being run, if known.
    pub line: Option<u32>,
}

impl core::error::Error for ShotError {}

impl core::fmt::Display for ShotError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "shot {}: ", self.shot.0)?;
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}", self.error)
    }
}

/// Runs shots of a program on a runtime.
#[derive(Debug)]
pub struct Emulator<'p, 'm, R> {
    machine: Machine<'p, 'm>,
    runtime: R,
    seed: Seed,
    lost: bool,
}

impl<'p, 'm, R: Runtime> Emulator<'p, 'm, R> {
    /// Checks that the runtime's stack can run `program`, and announces the program's gates.
    ///
    /// # Errors
    /// [`ErrorKind::Capacity`] if there are not enough qubits or the memory is too short,
    /// [`ErrorKind::GateRefused`] naming the first gate that the stack cannot do.
    pub fn new(
        program: &'p Program<'p>,
        memory: Memory<'m>,
        mut runtime: R,
        seed: Seed,
    ) -> Result<Self> {
        let machine = Machine::new(program, memory)?;
        let available = runtime.info().qubit_count;
        if available < program.qubit_count() {
            let (needed, available) = (u64::from(program.qubit_count()), u64::from(available));
            return Err(ErrorKind::Capacity { what: "qubits", needed, available }.into());
        }
        for slot in program.gate_slots() {
            announce(&mut runtime, slot)?;
        }
        Ok(Self { machine, runtime, seed, lost: false })
    }

    /// Runs shot `shot` and gives its classical bits: 0, 1, or 2 for leaked.
    ///
    /// # Errors
    /// Whatever ended the shot. The next shot can be run unless the error's class is *instance
    /// lost*.
    pub fn run_shot(&mut self, shot: ShotId) -> core::result::Result<&[u8], ShotError> {
        if self.lost {
            let error = ErrorKind::State("an earlier shot lost the instance; build the stack anew");
            return Err(ShotError { shot, error: error.into(), line: None });
        }
        if let Err(error) = self.runtime.shot_begin(shot, self.seed) {
            // One that was lost at its begin has begun, and must end before the next one.
            let begun = error.class() == Class::ShotLost;
            let failed = self.fail(shot, error, None);
            if begun {
                self.end_lost();
            }
            return Err(failed);
        }
        let done = self.machine.run(&mut self.runtime);
        if let Err(error) = done {
            let line = self.machine.line(error.op_index());
            let failed = self.fail(shot, error, line);
            if !self.lost {
                self.end_lost();
            }
            return Err(failed);
        }
        if let Err(error) = self.runtime.shot_end() {
            return Err(self.fail(shot, error, None));
        }
        Ok(self.machine.bits())
    }

    /// The runtime, to be asked for metrics.
    pub const fn runtime(&self) -> &R {
        &self.runtime
    }

    /// The runtime, to be asked for the stack's state.
    pub const fn runtime_mut(&mut self) -> &mut R {
        &mut self.runtime
    }

    /// Ends a shot that failed. Its own error is the one to report.
    fn end_lost(&mut self) {
        if let Err(error) = self.runtime.shot_end() {
            self.lost |= error.class() == Class::InstanceLost;
        }
    }

    fn fail(&mut self, shot: ShotId, error: Error, line: Option<u32>) -> ShotError {
        self.lost |= error.class() == Class::InstanceLost;
        ShotError { shot, error, line }
    }
}

/// Announces one built-in gate and turns a rejection into an error that names it.
fn announce<R: Runtime>(runtime: &mut R, slot: u16) -> Result<()> {
    let gates = [GateDef::built_in(slot)?];
    let mut verdicts = [Verdict::Reject];
    runtime.negotiate(&GateSet { gates: &gates }, &mut verdicts)?;
    if verdicts[0] == Verdict::Reject {
        let gate = crate::op::gates::name_of(slot).unwrap_or("user gate");
        return Err(Error::from(ErrorKind::GateRefused { gate, slot }).with_text(format_args!(
            "the program uses gate {gate}, which this stack cannot do and which has no \
             decomposition into gates that it can; choose another simulator"
        )));
    }
    Ok(())
}
