//! How reports name things and write numbers.

use pandia_core::op::gates::LIST;
use pandia_core::op::{Op, OpKind};

/// What an operation is called: its gate, or its kind.
pub(super) fn op_name(op: Op<'_>) -> String {
    match op.kind() {
        OpKind::Gate => gate_name(op.gate()),
        kind => kind.name().to_owned(),
    }
}

/// A gate by its slot.
fn gate_name(slot: u16) -> String {
    let known = LIST.iter().find(|gate| gate.slot == slot);
    known.map_or_else(|| format!("gate {slot}"), |gate| gate.name.to_owned())
}

/// The name of a part without the vendor before it.
pub(super) fn short(id: &str) -> &str {
    id.rsplit_once('.').map_or(id, |(_, name)| name)
}

/// Three significant digits with a unit that fits: `1.23 ms`.
pub(super) fn time_words(value: f64, unit: &str) -> String {
    let steps: &[(f64, &str)] = match unit {
        "ns" => &[(1e9, " s"), (1e6, " ms"), (1e3, " us"), (1.0, " ns")],
        _ => &[(1e9, " G"), (1e6, " M"), (1e3, " k"), (1.0, "")],
    };
    let fits = steps.iter().find(|(size, _)| value >= size * 0.9995);
    let (size, name) = fits.copied().unwrap_or((1.0, steps.last().map_or("", |step| step.1)));
    format!("{}{name}", number_words(value / size))
}

/// About three significant digits, without an exponent as far as that reads well.
pub(super) fn number_words(value: f64) -> String {
    let size = value.abs();
    match size {
        _ if size <= 0.0 => "0".to_owned(),
        _ if !(1e-4..1e7).contains(&size) => format!("{value:.2e}"),
        _ if size >= 99.95 => format!("{value:.0}"),
        _ if size >= 9.995 => format!("{value:.1}"),
        _ if size >= 0.9995 => format!("{value:.2}"),
        _ if size >= 0.099_95 => format!("{value:.3}"),
        _ if size >= 0.009_995 => format!("{value:.4}"),
        _ => format!("{value:.6}"),
    }
}

/// A number that is mostly a count: without a point if it is whole.
pub(super) fn count_words(value: f64) -> String {
    if value.fract().abs() > 0.0 || value.abs() >= 1e15 {
        return number_words(value);
    }
    format!("{value:.0}")
}

/// A share of one in percent: `12.3 %`.
pub(super) fn share_words(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A count as a real number.
#[expect(
    clippy::cast_precision_loss,
    reason = "shown to a few digits; counts below 2^53 are exact"
)]
pub(super) const fn real(count: u64) -> f64 {
    count as f64
}

/// A part of a whole; 0 of nothing.
pub(super) fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_a_unit() {
        for (value, words) in [
            (0.0, "0 ns"),
            (0.5, "0.500 ns"),
            (12.34, "12.3 ns"),
            (999.9, "1.00 us"),
            (1_234.0, "1.23 us"),
            (45_678_901.0, "45.7 ms"),
            (2.5e9, "2.50 s"),
        ] {
            assert_eq!(time_words(value, "ns"), words);
        }
        assert_eq!(time_words(12_345.0, "instructions"), "12.3 k");
    }

    #[test]
    fn numbers_stay_readable() {
        for (value, words) in [
            (0.0, "0"),
            (1234.0, "1234"),
            (0.123_45, "0.123"),
            (0.0001, "0.000100"),
            (1e-9, "1.00e-9"),
        ] {
            assert_eq!(number_words(value), words);
        }
    }
}
