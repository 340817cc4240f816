//! Horizontal bars, with the range in which each should end and where it was expected to.

use core::fmt::Write as _;

use super::axis::Axis;
use super::{MARGIN_BOTTOM, MARGIN_TOP, WIDTH, begin, colour, margin_left, margin_right};
use crate::output::escaped;

/// Height of one bar with the room around it.
const PITCH: f64 = 22.0;
/// Height of a bar.
const THICKNESS: f64 = 14.0;

/// One bar.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Bar {
    pub(in crate::report) label: String,
    pub(in crate::report) value: f64,
    /// The value in words, beside the bar.
    pub(in crate::report) words: String,
    /// Where the bar should end.
    pub(in crate::report) range: Option<(f64, f64)>,
    /// Where it was expected to end.
    pub(in crate::report) expected: Option<f64>,
    /// Whether it ends where it should not.
    pub(in crate::report) is_wrong: bool,
}

/// A picture of bars.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Bars<'a> {
    pub(in crate::report) title: &'a str,
    /// The name of the axis with its unit.
    pub(in crate::report) axis: &'a str,
    pub(in crate::report) bars: &'a [Bar],
}

impl Bars<'_> {
    /// The picture; none without bars.
    pub(in crate::report) fn svg(&self) -> Option<String> {
        if self.bars.is_empty() {
            return None;
        }
        let longest = self.bars.iter().map(|bar| bar.label.chars().count()).max().unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "a number of bars")]
        let base = MARGIN_TOP + self.bars.len() as f64 * PITCH + 4.0;
        let left = margin_left(longest);
        // With the mark of a bar that is wrong.
        let words = self.bars.iter().map(|bar| bar.words.chars().count() + 2).max().unwrap_or(0);
        let ends = self.bars.iter().flat_map(|bar| {
            [bar.value, bar.range.map_or(0.0, |range| range.1), bar.expected.unwrap_or(0.0)]
        });
        let most = ends.fold(0.0, f64::max);
        let right = WIDTH - margin_right(words);
        let axis = Axis::linear(most, left, right);
        let mut out = begin(self.title, base + MARGIN_BOTTOM);
        axis.draw_below(MARGIN_TOP - 4.0, base, self.axis, &mut out);
        let mut top = MARGIN_TOP;
        for bar in self.bars {
            draw(bar, &axis, left, top, &mut out);
            top += PITCH;
        }
        out.push_str("</svg>\n");
        Some(out)
    }
}

fn draw(bar: &Bar, axis: &Axis, left: f64, top: f64, out: &mut String) {
    let (middle, end) = (top + PITCH / 2.0, axis.at(bar.value));
    let label = escaped(&bar.label);
    let fill = if bar.is_wrong { colour::WRONG } else { colour::FOUND };
    let _ = write!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>\
         <rect class=\"bar\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{THICKNESS}\" \
         fill=\"{fill}\"><title>{label}: {}</title></rect>",
        left - 8.0,
        middle + 4.0,
        middle - THICKNESS / 2.0,
        end - left,
        escaped(&bar.words),
    );
    let mut words_at = end;
    if let Some((low, high)) = bar.range {
        // An error bar as it is usual: a line with ends, in a colour that shows on the bar and beside it.
        let (low, high) = (axis.at(low), axis.at(high));
        words_at = words_at.max(high);
        let _ = write!(
            out,
            "<g stroke=\"#fff\" stroke-width=\"4\"><path d=\"M{low:.1} {middle:.1}H{high:.1}\"/></g>\
             <path class=\"range\" d=\"M{low:.1} {middle:.1}H{high:.1}M{low:.1} {:.1}v8M{high:.1} {:.1}v8\" \
             stroke=\"{}\" stroke-width=\"1.6\" fill=\"none\"/>",
            middle - 4.0,
            middle - 4.0,
            colour::EXPECTED
        );
    }
    if let Some(expected) = bar.expected {
        let x = axis.at(expected);
        words_at = words_at.max(x);
        let _ = write!(
            out,
            "<path d=\"M{x:.1} {:.1}l4 4l-4 4l-4 -4z\" fill=\"#fff\" stroke=\"{}\" \
             stroke-width=\"1.4\"/>",
            middle - 4.0,
            colour::EXPECTED
        );
    }
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{}\">{}{}</text>",
        words_at + 8.0,
        middle + 4.0,
        if bar.is_wrong { colour::WRONG } else { colour::WORDS },
        escaped(&bar.words),
        if bar.is_wrong { " !" } else { "" },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_values() {
        let bar = |label: &str, value| Bar {
            label: label.to_owned(),
            value,
            words: value.to_string(),
            ..Bar::default()
        };
        let bars = [bar("a<b", 30.0), Bar { is_wrong: true, ..bar("c", 15.0) }];
        let svg = Bars { title: "t", axis: "ms", bars: &bars }.svg().unwrap();
        assert!(svg.contains("a&lt;b") && svg.contains(">ms</text>"));
        // From 60 to 830: 770 pixels for 30.
        assert!(svg.contains("width=\"770.0\"") && svg.contains("width=\"385.0\""), "{svg}");
        assert!(svg.contains(colour::WRONG));
        assert_eq!(Bars { title: "t", axis: "ms", bars: &[] }.svg(), None);
        // Long words beside the longest bar end within the picture, whatever the font.
        let words = "20.0 ms (43.6 %)";
        let bars = [Bar { words: words.to_owned(), ..bar("c", 30.0) }];
        let svg = Bars { title: "t", axis: "ms", bars: &bars }.svg().unwrap();
        let (before, _) = svg.rsplit_once(words).unwrap();
        let at = before.rsplit("x=\"").next().unwrap().split('"').next().unwrap();
        let at: f64 = at.parse().unwrap();
        assert!(at + 16.0 * 9.3 <= WIDTH && at > 700.0, "{at}");
    }
}
