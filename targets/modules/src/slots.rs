//! What is in the slots, and which part a name means.

use crate::built_in;
use crate::load::{Refused, Regions};
use core::fmt::{self, Write};
use pandia_core::abi::module::{ModuleView, PluginView};
use pandia_core::error::ErrorKind;
use pandia_core::image::{Form, Image};
use pandia_core::part::PartKind;
use pandia_core::{Error, Result};

/// How many images there may be.
pub const SLOTS: usize = 4;

pub(crate) enum State {
    Refused(Refused),
    Ready {
        image: Image<'static>,
        module: ModuleView<'static>,
    },
    /// Its module has panicked or broken its promises.
    Lost {
        image: Image<'static>,
        module: ModuleView<'static>,
        error: Error,
    },
}

pub(crate) struct Slots {
    pub(crate) states: [State; SLOTS],
    at: [usize; SLOTS],
}

impl Slots {
    /// Looks into every slot and loads what is good.
    pub(crate) fn load(regions: &Regions) -> Self {
        let state = |index| match regions.load(index) {
            Ok((image, module)) => State::Ready { image, module },
            Err(refused) => State::Refused(refused),
        };
        let at = core::array::from_fn(|index| regions.flash(index).start);
        Self { states: core::array::from_fn(state), at }
    }

    /// Says what is in the slots.
    pub(crate) fn write(&self, out: &mut dyn Write) -> fmt::Result {
        for (index, (state, at)) in self.states.iter().zip(self.at).enumerate() {
            write!(out, "slot {index} at {at:#010x}: ")?;
            match state {
                State::Refused(Refused::Image(refusal)) if refusal.is_absence() => {
                    writeln!(out, "empty")?;
                }
                State::Refused(Refused::Image(refusal)) => writeln!(out, "refused: {refusal}")?,
                State::Refused(Refused::Module(error)) => writeln!(out, "refused: {error}")?,
                State::Ready { image, module } => {
                    let header = image.header();
                    let form = header.form.map_or("unknown", Form::name);
                    writeln!(out, "{form}, {} bytes", header.image_bytes)?;
                    for plugin in module.plugins() {
                        let kind = plugin.kind().map_or("of an unknown kind", PartKind::name);
                        writeln!(out, "  {} {}: {kind}", plugin.id(), plugin.version())?;
                    }
                }
                State::Lost { image, error, .. } => {
                    writeln!(out, "{} bytes, lost: {error}", image.header().image_bytes)?;
                }
            }
        }
        Ok(())
    }

    /// The part of this name or id: of a slot, or else linked in.
    pub(crate) fn find(&self, name: &str) -> Result<PluginView<'static>> {
        if let Some(plugin) = self.in_slot(&|plugin| is_called(plugin, name))? {
            return Ok(plugin);
        }
        let mut linked = built_in::module()?.plugins();
        linked.find(|plugin| is_called(plugin, name)).ok_or_else(|| self.unknown(name))
    }

    /// The part that is `meant`, if a slot has it.
    ///
    /// # Errors
    /// If two slots have it, or its module is lost.
    pub(crate) fn in_slot(
        &self,
        meant: &dyn Fn(&PluginView<'static>) -> bool,
    ) -> Result<Option<PluginView<'static>>> {
        let mut found = None;
        for (index, state) in self.states.iter().enumerate() {
            let (module, lost) = match state {
                State::Refused(_) => continue,
                State::Ready { module, .. } => (module, None),
                State::Lost { module, error, .. } => (module, Some(error)),
            };
            let Some(plugin) = module.plugins().find(meant) else { continue };
            if let Some(error) = lost {
                return Err(Error::from(ErrorKind::State("the module is lost")).with_text(
                    format_args!(
                        "{} is lost with the module of slot {index}: {error}; load it again or start \
                         the firmware again",
                        plugin.id()
                    ),
                ));
            }
            if let Some((other, _)) = found.replace((index, plugin)) {
                return Err(Error::from(ErrorKind::Config("one name for two parts")).with_text(
                    format_args!(
                        "{} is in slot {other} and in slot {index}; erase one of them",
                        plugin.id()
                    ),
                ));
            }
        }
        Ok(found.map(|(_, plugin)| plugin))
    }

    /// What to say of a name that nobody has: a slot that was refused may be why.
    fn unknown(&self, name: &str) -> Error {
        let error = Error::from(ErrorKind::Config("there is no such part"));
        for (index, state) in self.states.iter().enumerate() {
            match state {
                State::Refused(Refused::Image(refusal)) if !refusal.is_absence() => {
                    return error.with_text(format_args!(
                        "there is no part {name}; slot {index} was refused: {refusal}"
                    ));
                }
                State::Refused(Refused::Module(refusal)) => {
                    return error.with_text(format_args!(
                        "there is no part {name}; slot {index} was refused: {refusal}"
                    ));
                }
                State::Refused(_) | State::Ready { .. } | State::Lost { .. } => {}
            }
        }
        error.with_text(format_args!(
            "there is no part {name}, linked in or in a slot; write its image to an empty slot"
        ))
    }

    /// Marks the module whose part has broken down.
    pub(crate) fn lose(&mut self, error: &Error) {
        for state in &mut self.states {
            let State::Ready { image, module } = state else { continue };
            if module.plugins().any(|plugin| plugin.id() == error.layer()) {
                *state = State::Lost { image: *image, module: *module, error: error.clone() };
            }
        }
    }
}

/// Whether this is the part's id, or what its id ends in.
fn is_called(plugin: &PluginView<'_>, name: &str) -> bool {
    let id = plugin.id();
    id == name || id.rsplit('.').next() == Some(name)
}
