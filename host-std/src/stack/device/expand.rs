//! From a device to a stack: the error models that its file fills, and the runtime's durations.

use super::keys::PARTS;
use super::{Device, Entry};
use crate::stack::error::StackError;
use crate::stack::plan::{Shape, StackPlan};
use crate::stack::registry::Registry;
use crate::stack::setting::{OwnedSetting, OwnedValue};
use crate::stack::spec::{PartUse, StackSpec};

impl Device {
    /// The stack on this device: its error models below those of `spec`, its durations for the
    /// runtime, which `spec`'s own settings go before. Qubit `k` of the program is qubit `k` of the
    /// device.
    ///
    /// # Errors
    /// [`StackError::File`] if the program has more qubits than the device.
    pub fn applied_to(&self, spec: &StackSpec, qubit_count: u32) -> Result<StackSpec, StackError> {
        if qubit_count > self.qubit_count {
            let (name, has) = (&self.name, self.qubit_count);
            return Err(StackError::File {
                place: self.file.clone(),
                problem: format!("the program has {qubit_count} qubits, {name} has {has}"),
                help: Some("use fewer qubits, or a larger device".to_owned()),
            });
        }
        let mut spec = spec.clone();
        if !self.durations.is_empty() {
            let own = core::mem::take(&mut spec.runtime.settings);
            spec.runtime.settings = self.durations.iter().cloned().chain(own).collect();
            if spec.runtime.settings.len() == self.durations.len() {
                // All lines are this file's.
                spec.runtime.place = Some(format!("{}:1", self.file));
            }
        }
        spec.noise.extend(self.layers(qubit_count));
        Ok(spec)
    }

    /// The error models for the first `qubit_count` qubits.
    fn layers(&self, qubit_count: u32) -> Vec<PartUse> {
        let couplings = self.couplings.as_ref().map(|all| couplings(all, qubit_count));
        let mut layers = Vec::new();
        for &part in PARTS {
            let fits = |entry: &&Entry| {
                entry.part == part && entry.qubits.iter().all(|qubit| *qubit < qubit_count)
            };
            let mut settings: Vec<OwnedSetting> =
                self.entries.iter().filter(fits).map(|entry| entry.setting.clone()).collect();
            if part == "topology" {
                settings = couplings.clone().unwrap_or_default();
            }
            if settings.is_empty() {
                continue;
            }
            if part == "depolarizing" {
                // An error of a gate is there once the gate was.
                settings.push(OwnedSetting::new("when", OwnedValue::Text("after".to_owned())));
            }
            let line = settings.first().and_then(|setting| setting.line).unwrap_or(1);
            let place = Some(format!("{}:{line}", self.file));
            layers.push(PartUse { name: part.to_owned(), settings, place });
        }
        layers
    }

    /// Builds all parts for the whole device, so that what they refuse is found now.
    pub(super) fn check(&self) -> Result<(), StackError> {
        let bare = StackSpec::new().with_simulator(PartUse::named("coinflip"));
        let spec = self.applied_to(&bare, self.qubit_count)?;
        let plan = StackPlan::new(&Registry::new(), &spec)?;
        let shape = Shape { qubit_count: self.qubit_count, result_count: 1 };
        plan.build(shape).map(|_| ()).map_err(|error| self.with_line(error))
    }

    /// The refusal with the line of the key that it begins with.
    fn with_line(&self, error: StackError) -> StackError {
        let StackError::Refused { part, error, place, help } = error else { return error };
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = error.write_text(&mut text);
        let about = |entry: &&Entry| text.starts_with(&format!("{}:", entry.setting.key));
        let line = self.entries.iter().find(about).and_then(|entry| entry.setting.line);
        let place = line.map(|line| format!("{}:{line}", self.file)).or(place);
        StackError::Refused { part, error, place, help }
    }
}

/// The couplings among the first qubits. If there are none, one that is off says that none is on.
fn couplings(all: &[([u32; 2], usize)], qubit_count: u32) -> Vec<OwnedSetting> {
    let coupled = |[a, b]: [u32; 2], on: u64, line| OwnedSetting {
        key: format!("pair.{a}-{b}"),
        value: OwnedValue::Whole(on),
        line,
    };
    let inside = all.iter().filter(|(pair, _)| pair.iter().all(|&qubit| qubit < qubit_count));
    let mut settings: Vec<OwnedSetting> =
        inside.map(|&(pair, line)| coupled(pair, 1, Some(line))).collect();
    if settings.is_empty() && qubit_count > 1 {
        settings.push(coupled([0, 1], 0, None));
    }
    settings
}
