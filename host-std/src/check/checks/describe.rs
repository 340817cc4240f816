//! The module and the plugin's description: constants that are read and not called.

use pandia_core::part::{ParamKind, ParamSpec, Value};

use crate::check::bench::Bench;
use crate::check::finding::{Checked, ensure, failed};

/// The process that runs this has opened the library already.
pub(super) fn loads(bench: &mut Bench) -> Checked {
    let again = crate::dylib::Library::open(bench.part.path());
    ensure(again.is_ok(), || "the library opens once, but not a second time".to_owned())
}

pub(super) fn run(bench: &mut Bench) -> Checked {
    let spec = *bench.part.spec();
    ensure(!spec.version.is_empty(), || "the version is empty".to_owned())?;
    ensure(!spec.summary.is_empty(), || "the summary is empty: say what it does".to_owned())?;
    ensure(!spec.summary.contains('\n'), || "the summary has more than one line".to_owned())?;
    for (index, param) in spec.params.iter().enumerate() {
        let earlier = spec.params.iter().take(index).any(|other| other.name == param.name);
        ensure(!earlier, || format!("two parameters are called {}", param.name))?;
        let checked = one(param);
        bench.keep(checked);
    }
    reserved(bench)?;
    defaults(bench)
}

fn one(param: &ParamSpec) -> Checked {
    let name = param.name;
    ensure(!name.is_empty(), || "a parameter has no name".to_owned())?;
    ensure(!param.help.is_empty(), || format!("parameter {name} has no help"))?;
    let ordered = match param.kind {
        ParamKind::Real { min, max } => min <= max,
        ParamKind::Whole { min, max } => min <= max,
        ParamKind::Choice(words) => !words.is_empty(),
        ParamKind::Probability | ParamKind::Text => true,
    };
    ensure(ordered, || format!("parameter {name} takes nothing: its range is empty"))?;
    let Some(default) = param.default else { return Ok(()) };
    #[expect(clippy::cast_precision_loss, reason = "compared with a bound that people wrote")]
    let inside = match (param.kind, default) {
        (ParamKind::Real { min, max }, Value::Real(value)) => (min..=max).contains(&value),
        (ParamKind::Real { min, max }, Value::Whole(value)) => {
            (min..=max).contains(&(value as f64))
        }
        (ParamKind::Probability, Value::Real(value)) => (0.0..=1.0).contains(&value),
        (ParamKind::Probability, Value::Whole(value)) => value <= 1,
        (ParamKind::Whole { min, max }, Value::Whole(value)) => (min..=max).contains(&value),
        (ParamKind::Choice(words), Value::Text(word)) => words.contains(&word),
        (ParamKind::Text, Value::Text(_)) => true,
        _ => false,
    };
    ensure(inside, || {
        let default = crate::stack::OwnedValue::from(default);
        format!("parameter {name}: its default, {default}, is not what it takes")
    })
}

fn reserved(bench: &mut Bench) -> Checked {
    let view = bench.part.view();
    let plugin = view.raw();
    for index in 0..plugin.param_count {
        let offset = index as usize * plugin.param_bytes as usize;
        let at = plugin.params.wrapping_byte_add(offset);
        // SAFETY: the module was checked: so many parameters lie there, so many bytes apart.
        let param = unsafe { at.read() };
        let clean = param.reserved0 == 0 && param.reserved1.is_null();
        ensure(clean, || format!("parameter {index}: a reserved field is not 0"))?;
    }
    Ok(())
}

/// What is published as the default must be taken when it is given.
fn defaults(bench: &mut Bench) -> Checked {
    let mut shape = bench.shape();
    for param in bench.part.spec().params {
        let is_set = shape.settings.iter().any(|setting| setting.key == param.name);
        if let Some(default) = param.default.filter(|_| !is_set) {
            shape.settings.push(crate::stack::OwnedSetting::new(param.name, default.into()));
        }
    }
    let raw = shape.raw();
    bench.step("layout with every published default given");
    let (answer, _) = crate::check::made::layout(&bench.part, &raw.config)?;
    if answer.status == 0 {
        return Ok(());
    }
    failed(format!(
        "its own published defaults, given as settings, are refused: {}",
        answer.words()
    ))
}
