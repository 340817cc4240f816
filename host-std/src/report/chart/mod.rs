//! Pictures in SVG: bars, ranges and curves, each with named axes.
//!
//! Written by hand as [`crate::output::write_svg`] is, and for the same reason: the text is the same on
//! every machine, so tests can compare it.
//! Not here: what is shown.

mod axis;
mod bars;
mod curve;
mod spreads;

pub(super) use bars::{Bar, Bars};
pub(super) use curve::{Curve, CurvePoint};
pub(super) use spreads::{Spread, Spreads};

/// Colours by what they mean.
mod colour {
    /// What was found.
    pub(super) const FOUND: &str = "#3366b8";
    /// What was found and should not be so.
    pub(super) const WRONG: &str = "#d95500";
    /// Where it may lie.
    pub(super) const RANGE: &str = "#c5cbd8";
    /// What was expected.
    pub(super) const EXPECTED: &str = "#1c2330";
    /// Lines of the grid.
    pub(super) const GRID: &str = "#e6e9ef";
    /// Words at axes.
    pub(super) const WORDS: &str = "#49505f";
}

/// Width of every picture.
const WIDTH: f64 = 940.0;
/// Room to the right of the plot.
const MARGIN_RIGHT: f64 = 110.0;
/// Room above it, for the title.
const MARGIN_TOP: f64 = 34.0;
/// Room below it, for numbers and the name of the axis.
const MARGIN_BOTTOM: f64 = 44.0;
/// Width of one character, in the widest of the fonts that browsers take where none is installed:
/// which one it is shows only there.
const CHARACTER_WIDTH: f64 = 9.4;

/// The beginning of a picture of this height with its title.
fn begin(title: &str, height: f64) -> String {
    let title = crate::output::escaped(title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {WIDTH} {height:.0}\" font-family=\"system-ui,sans-serif\" \
         font-size=\"12\" role=\"img\" aria-label=\"{title}\">\n\
         <text x=\"0\" y=\"16\" font-size=\"14\" font-weight=\"600\">{title}</text>\n"
    )
}

/// Room to the right for words with so many characters beside the end of a bar.
#[expect(clippy::cast_precision_loss, reason = "the length of words")]
fn margin_right(longest: usize) -> f64 {
    (longest.min(40) as f64 * CHARACTER_WIDTH + 12.0).max(MARGIN_RIGHT)
}

/// Room to the left for labels with so many characters.
#[expect(clippy::cast_precision_loss, reason = "the length of a label")]
fn margin_left(longest: usize) -> f64 {
    (longest.min(40) as f64 * CHARACTER_WIDTH + 16.0).max(60.0)
}
