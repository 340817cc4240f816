//! What the firmware does with its modules: says what there is, and runs what is asked for.

use crate::failure::Failure;
use crate::load::{Refused, Regions};
use crate::request::Request;
use crate::session;
use crate::slots::{Slots, State};
use core::fmt::Write;
use pandia_core::error::Class;

/// Says what is in the slots, then makes the runs that the words ask for. A run that fails costs the
/// modules that broke down in it, and the next one goes on without them.
///
/// # Errors
/// Words that mean nothing; runs that failed; without any run, the first image that was refused.
pub fn serve<'w>(
    regions: &Regions,
    words: impl Iterator<Item = &'w str>,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let mut slots = Slots::load(regions);
    slots.write(out)?;
    let (mut asked, mut failed) = (0, 0);
    let mut pending: Option<Request<'w>> = None;
    // A last `then` ends the last run.
    for word in words.chain(core::iter::once("then")) {
        if word != "then" {
            pending.get_or_insert_default().read(word)?;
            continue;
        }
        let Some(request) = pending.take() else { continue };
        asked += 1;
        match session::run(&request, &slots) {
            Ok(digest) => {
                writeln!(out, "run {asked}: {} shots, digest {digest:032x}", request.shots)?;
            }
            Err(error) => {
                failed += 1;
                writeln!(out, "run {asked}: {error}")?;
                if error.class() == Class::InstanceLost {
                    slots.lose(&error);
                }
            }
        }
    }
    match first_refused(slots) {
        Some(refusal) if asked == 0 => Err(refusal),
        _ if failed > 0 => Err(Failure::Runs { failed, asked }),
        _ => Ok(()),
    }
}

/// The first image that wants to be one and is not.
fn first_refused(slots: Slots) -> Option<Failure> {
    slots.states.into_iter().enumerate().find_map(|(slot, state)| match state {
        State::Refused(Refused::Image(refusal)) if !refusal.is_absence() => {
            Some(Failure::Image { slot, refusal })
        }
        State::Refused(Refused::Module(error)) => Some(Failure::Module { slot, error }),
        State::Refused(_) | State::Ready { .. } | State::Lost { .. } => None,
    })
}
