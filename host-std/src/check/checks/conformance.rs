//! The conformance checks of core, which say what gates, measurements and errors mean.

use pandia_core::conformance::{Finding, Profile, run as conform};
use pandia_core::op::OpSink;
use pandia_core::op::gates::slot;
use pandia_core::part::{ParamKind, PartKind, Value};

use crate::check::bench::{Bench, apply};
use crate::check::circuits::build;
use crate::check::config::Shape;
use crate::check::finding::{Checked, skipped};
use crate::check::options::Expected;
use crate::stack::{OwnedSetting, OwnedValue};
use pandia_core::ids::{Seed, ShotId};

/// What failed, and how many checks applied.
struct Failures {
    failed: Vec<String>,
    passed: u32,
}

fn against(bench: &Bench, shape: Shape, profile: &Profile) -> Checked<Failures> {
    let mut made = bench.site(shape)?.build()?;
    let mut failed = Vec::new();
    let summary = conform(made.face(), &profile.quick(), &mut |check, finding| {
        bench.step(check.name);
        if let Finding::Failed(why) = finding {
            failed.push(format!("{}: {why}", check.name));
        }
    });
    made.destroy()?;
    Ok(Failures { failed, passed: summary.passed })
}

/// Whether an angle that is not Clifford is refused as such.
fn is_clifford(bench: &Bench) -> Checked<bool> {
    let mut made = bench.make()?;
    let gates = bench.gates(made.face())?;
    let takes = |slot| gates.iter().any(|gate| gate.slot == slot);
    if !takes(slot::RZ) {
        return Ok(takes(slot::H) && !takes(slot::T) && !takes(slot::RX) && !takes(slot::U3));
    }
    let ops = build(|ops| ops.gate(slot::RZ, &[0], &[0.3]))?;
    let face = made.face();
    let begun = face.shot_begin(ShotId(0), Seed(0)).is_ok();
    let code = apply(face, &ops).err().map(|e| e.code());
    let _ = face.shot_end();
    Ok(begun && code == Some(-10))
}

fn profile_of(expected: Expected) -> Profile {
    match expected {
        Expected::Auto | Expected::Exact => Profile::exact(),
        Expected::Single => Profile::exact_f32(),
        Expected::Clifford => Profile::clifford(),
        Expected::Random => Profile::random(0.5),
        Expected::Noisy => Profile::noisy(),
    }
}

/// What a part of this kind is held to when nobody says.
fn auto(bench: &Bench) -> Checked<(&'static str, Profile)> {
    Ok(match bench.kind() {
        PartKind::ErrorModel => ("noisy", Profile::noisy()),
        PartKind::Tap => ("exact, as the state vector below it", Profile::exact().in_pieces()),
        PartKind::Runtime if bench.make()?.tells_late() => {
            ("exact, as the stack below it, errors told late", Profile::exact().telling_late())
        }
        PartKind::Runtime => ("exact, as the stack below it", Profile::exact().in_pieces()),
        PartKind::Simulator if is_clifford(bench)? => ("clifford", Profile::clifford()),
        PartKind::Simulator => ("exact", Profile::exact()),
    })
}

pub(super) fn run(bench: &mut Bench) -> Checked {
    let (mut name, profile) = match bench.held.profile {
        Expected::Auto => auto(bench)?,
        other => (other.name(), profile_of(other)),
    };
    let shape = if name == "noisy" { bench.busy() } else { bench.shape() };
    let mut found = against(bench, shape.clone(), &profile)?;
    if !found.failed.is_empty() && bench.held.profile == Expected::Auto && name == "exact" {
        // Whoever computes in single precision is as good as that precision.
        let single = against(bench, shape, &Profile::exact_f32())?;
        if single.failed.is_empty() {
            (name, found) = ("single", single);
        }
    }
    bench.note(format!("held to the profile {name}: {} checks of core applied", found.passed));
    if found.failed.is_empty() {
        return Ok(());
    }
    let way_out = bench.held.profile == Expected::Auto && bench.kind() == PartKind::Simulator;
    for failure in found.failed {
        bench.find(failure);
    }
    if way_out {
        bench.note(format!(
            "a simulator that is meant to be something else than {name} is told so by --profile"
        ));
    }
    Ok(())
}

/// The ordinary configuration with all rates at 0, or why there is none.
fn quiet(bench: &Bench) -> Checked<Shape> {
    let mut shape = bench.shape();
    let params = bench.part.spec().params;
    if params.is_empty() {
        return skipped("it has no parameters that could be 0");
    }
    for param in params {
        let is_set = bench.settings.iter().any(|setting| param.takes(&setting.key));
        match (param.kind, param.default) {
            _ if is_set => return skipped(format!("{} is set by --set", param.name)),
            (ParamKind::Probability, _) if !param.is_family() => {
                shape.settings.push(OwnedSetting::new(param.name, OwnedValue::Real(0.0)));
            }
            (ParamKind::Real { .. }, Some(Value::Real(value))) if value != 0.0 => {
                return skipped(format!(
                    "{} has the default {value}, and which value of it means no noise is not known",
                    param.name
                ));
            }
            _ => {}
        }
    }
    Ok(shape)
}

pub(super) fn no_noise(bench: &mut Bench) -> Checked {
    if bench.held.profile != Expected::Auto {
        return skipped(format!("--profile {} says otherwise", bench.held.profile.name()));
    }
    let shape = quiet(bench)?;
    for failure in against(bench, shape, &Profile::exact().in_pieces())?.failed {
        bench.find(format!("with all probabilities at 0, {failure}"));
    }
    Ok(())
}
