//! Axes: from values to pixels, with a few round numbers.

use core::fmt::Write as _;

use super::colour;
use crate::output::escaped;
use crate::report::words::{number_words, time_words};

/// An axis from a smallest to a largest value over so many pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    step: f64,
    is_log: bool,
    /// Times in nanoseconds have a unit at each number.
    is_time: bool,
}

impl Axis {
    /// From 0 to a round number not below `most`.
    pub(super) fn linear(most: f64, from: f64, to: f64) -> Self {
        let most = if most.is_finite() && most > 0.0 { most } else { 1.0 };
        let step = round_step(most / 6.0);
        let high = (most / step).ceil() * step;
        Self { low: 0.0, high, from, to, step, is_log: false, is_time: false }
    }

    /// From a power of ten not above `least` to one not below `most`; both are above 0.
    pub(super) fn log(least: f64, most: f64, from: f64, to: f64) -> Self {
        let low = libm::log10(least.max(1e-300)).floor();
        let high = libm::log10(most.max(1e-300)).ceil().max(low + 1.0);
        // Every power, or every second or third where there are many.
        let step = ((high - low) / 8.0).ceil();
        Self { low, high, from, to, step, is_log: true, is_time: false }
    }

    /// The same axis for times in nanoseconds.
    pub(super) const fn of_time(mut self) -> Self {
        self.is_time = true;
        self
    }

    fn words(&self, tick: f64) -> String {
        if !self.is_time {
            return tick_words(tick);
        }
        let words = time_words(tick, "ns");
        let (number, unit) = words.split_once(' ').unwrap_or((&words, ""));
        format!("{} {unit}", without_zeros(number))
    }

    /// The pixel of a value.
    pub(super) fn at(&self, value: f64) -> f64 {
        let value = if self.is_log { libm::log10(value.max(1e-300)) } else { value };
        let share = (value - self.low) / (self.high - self.low);
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }

    /// The values that get a line and a number.
    fn ticks(&self) -> impl Iterator<Item = f64> {
        let Self { low, high, step, is_log, .. } = *self;
        // Multiples and not sums, so that roundings do not add up.
        let marks = (0..32).map(move |k| low + f64::from(k) * step);
        let marks = marks.take_while(move |mark| *mark <= high + step * 1e-6);
        marks.map(move |mark| if is_log { libm::exp10(mark) } else { mark })
    }

    /// Vertical lines from `top` to `base` with numbers below them and the axis' name.
    pub(super) fn draw_below(&self, top: f64, base: f64, name: &str, out: &mut String) {
        for tick in self.ticks() {
            let x = self.at(tick);
            let _ = writeln!(
                out,
                "<line x1=\"{x:.1}\" y1=\"{top:.1}\" x2=\"{x:.1}\" y2=\"{base:.1}\" \
                 stroke=\"{}\"/><text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" \
                 fill=\"{}\">{}</text>",
                colour::GRID,
                base + 15.0,
                colour::WORDS,
                self.words(tick)
            );
        }
        let middle = f64::midpoint(self.from, self.to);
        let _ = writeln!(
            out,
            "<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"{}\">{}</text>",
            base + 33.0,
            colour::WORDS,
            escaped(name)
        );
    }

    /// Horizontal lines from `left` to `right` with numbers beside them, and the axis' name.
    pub(super) fn draw_beside(&self, left: f64, right: f64, name: &str, out: &mut String) {
        for tick in self.ticks() {
            let y = self.at(tick);
            let _ = writeln!(
                out,
                "<line x1=\"{left:.1}\" y1=\"{y:.1}\" x2=\"{right:.1}\" y2=\"{y:.1}\" \
                 stroke=\"{}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" \
                 fill=\"{}\">{}</text>",
                colour::GRID,
                left - 6.0,
                y + 4.0,
                colour::WORDS,
                self.words(tick)
            );
        }
        let middle = f64::midpoint(self.from, self.to);
        let _ = writeln!(
            out,
            "<text transform=\"rotate(-90 12 {middle:.1})\" x=\"12\" y=\"{middle:.1}\" \
             text-anchor=\"middle\" fill=\"{}\">{}</text>",
            colour::WORDS,
            escaped(name)
        );
    }
}

/// A number at an axis: short, without roundings of binary fractions.
fn tick_words(value: f64) -> String {
    if value.abs() < 1e-300 {
        return "0".to_owned();
    }
    if !(1e-4..1e6).contains(&value.abs()) {
        return format!("{value:.0e}");
    }
    without_zeros(&number_words(value)).to_owned()
}

/// A number without zeros at its end that say nothing.
fn without_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// The least of 1, 2 or 5 times a power of ten that is not below `value`.
fn round_step(value: f64) -> f64 {
    let decade = libm::exp10(libm::log10(value).floor());
    let factors = [1.0, 2.0, 5.0];
    // A hair more, since the power of ten is rounded.
    let fitting = factors.into_iter().find(|factor| factor * decade >= value * (1.0 - 1e-9));
    fitting.unwrap_or(10.0) * decade
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_axes_have_a_few_round_ticks() {
        for most in [1e-9, 0.37, 1.0, 6.0, 7.3, 1234.0, 1e12] {
            let axis = Axis::linear(most, 0.0, 100.0);
            let ticks: Vec<f64> = axis.ticks().collect();
            assert!((4..=8).contains(&ticks.len()), "{most}: {ticks:?}");
            assert!(*ticks.last().unwrap() >= most * (1.0 - 1e-9), "{most}: {ticks:?}");
            assert!(axis.at(0.0).abs() < 1e-9 && axis.at(most) <= 100.0);
        }
    }

    #[test]
    fn log_axes_have_powers_of_ten() {
        let axis = Axis::log(30.0, 2e6, 0.0, 100.0);
        let ticks: Vec<String> = axis.ticks().map(tick_words).collect();
        assert_eq!(ticks, ["10", "100", "1000", "10000", "100000", "1e6", "1e7"]);
        assert!((axis.at(10.0)).abs() < 1e-9 && (axis.at(1e7) - 100.0).abs() < 1e-9);
    }

    #[test]
    fn times_at_axes_have_units() {
        let axis = Axis::log(200.0, 4e7, 0.0, 1.0).of_time();
        let words: Vec<String> = axis.ticks().map(|tick| axis.words(tick)).collect();
        assert_eq!(words, ["100 ns", "1 us", "10 us", "100 us", "1 ms", "10 ms", "100 ms"]);
    }

    #[test]
    fn numbers_at_axes_are_short() {
        let words: Vec<String> = Axis::linear(0.3, 0.0, 1.0).ticks().map(tick_words).collect();
        assert_eq!(words, ["0", "0.05", "0.1", "0.15", "0.2", "0.25", "0.3"]);
    }
}
