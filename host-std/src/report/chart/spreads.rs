//! Percentiles on an axis of powers of ten.

use core::fmt::Write as _;

use super::axis::Axis;
use super::{MARGIN_BOTTOM, MARGIN_TOP, WIDTH, begin, colour, margin_left, margin_right};
use crate::output::escaped;

const PITCH: f64 = 26.0;

/// Ascending values of one distribution.
#[derive(Clone, Debug)]
pub(in crate::report) struct Spread {
    pub(in crate::report) label: String,
    /// Half, nine of ten, 99 of 100 are not larger, and the largest.
    pub(in crate::report) values: [f64; 4],
    /// In words, beside it.
    pub(in crate::report) words: String,
}

/// A picture of distributions.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Spreads<'a> {
    pub(in crate::report) title: &'a str,
    /// The name of the axis with its unit.
    pub(in crate::report) axis: &'a str,
    /// Whether values are nanoseconds.
    pub(in crate::report) is_time: bool,
    pub(in crate::report) spreads: &'a [Spread],
}

impl Spreads<'_> {
    /// The picture; none without values above 0.
    pub(in crate::report) fn svg(&self) -> Option<String> {
        let values = || self.spreads.iter().flat_map(|one| one.values).filter(|value| *value > 0.0);
        let (least, most) = (values().reduce(f64::min)?, values().reduce(f64::max)?);
        let longest = self.spreads.iter().map(|one| one.label.chars().count()).max().unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "a number of rows")]
        let base = MARGIN_TOP + self.spreads.len() as f64 * PITCH + 4.0;
        let left = margin_left(longest);
        let words = self.spreads.iter().map(|one| one.words.chars().count()).max().unwrap_or(0);
        let axis = Axis::log(least, most, left, WIDTH - margin_right(words));
        let axis = if self.is_time { axis.of_time() } else { axis };
        let mut out = begin(self.title, base + MARGIN_BOTTOM);
        axis.draw_below(MARGIN_TOP - 4.0, base, self.axis, &mut out);
        let mut middle = MARGIN_TOP + PITCH / 2.0;
        for one in self.spreads {
            draw(one, &axis, left, middle, &mut out);
            middle += PITCH;
        }
        out.push_str("</svg>\n");
        Some(out)
    }
}

fn draw(one: &Spread, axis: &Axis, left: f64, middle: f64, out: &mut String) {
    let [p50, p90, p99, max] = one.values.map(|value| axis.at(value));
    let label = escaped(&one.label);
    let _ = write!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>\
         <rect class=\"bar\" x=\"{p50:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"2\" fill=\"{}\">\
         <title>{label}: {}</title></rect>\
         <rect x=\"{p50:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"10\" fill=\"{}\"/>",
        left - 8.0,
        middle + 4.0,
        middle - 1.0,
        (max - p50).max(1.0),
        colour::FOUND,
        escaped(&one.words),
        middle - 5.0,
        (p90 - p50).max(1.0),
        colour::FOUND,
    );
    let _ = writeln!(
        out,
        "<circle cx=\"{p50:.1}\" cy=\"{middle:.1}\" r=\"5\" fill=\"{}\"/>\
         <path d=\"M{p99:.1} {:.1}v12M{max:.1} {:.1}v8\" stroke=\"{}\" stroke-width=\"2\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" fill=\"{}\">{}</text>",
        colour::EXPECTED,
        middle - 6.0,
        middle - 4.0,
        colour::FOUND,
        max + 8.0,
        middle + 4.0,
        colour::WORDS,
        escaped(&one.words),
    );
}
