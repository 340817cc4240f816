//! A curve over time with its standard errors.

use core::fmt::Write as _;

use super::axis::Axis;
use super::{MARGIN_BOTTOM, MARGIN_TOP, WIDTH, begin, colour};

const PLOT_HEIGHT: f64 = 220.0;
const MARGIN_LEFT: f64 = 72.0;
const MARGIN_RIGHT: f64 = 24.0;

/// One point.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct CurvePoint {
    pub(in crate::report) x: f64,
    pub(in crate::report) y: f64,
    /// How far it may be off, up and down.
    pub(in crate::report) error: f64,
}

/// A picture of a curve.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) struct Curve<'a> {
    pub(in crate::report) title: &'a str,
    /// The names of the axes with their units.
    pub(in crate::report) axis_x: &'a str,
    pub(in crate::report) axis_y: &'a str,
    pub(in crate::report) points: &'a [CurvePoint],
}

impl Curve<'_> {
    /// The picture; none without points.
    pub(in crate::report) fn svg(&self) -> Option<String> {
        let most = |of: &dyn Fn(&CurvePoint) -> f64| self.points.iter().map(of).fold(0.0, f64::max);
        if self.points.is_empty() {
            return None;
        }
        let base = MARGIN_TOP + PLOT_HEIGHT;
        let x = Axis::linear(most(&|point| point.x), MARGIN_LEFT, WIDTH - MARGIN_RIGHT);
        let y = Axis::linear(most(&|point| point.y + point.error), base, MARGIN_TOP);
        let mut out = begin(self.title, base + MARGIN_BOTTOM);
        x.draw_below(MARGIN_TOP, base, self.axis_x, &mut out);
        y.draw_beside(MARGIN_LEFT, WIDTH - MARGIN_RIGHT, self.axis_y, &mut out);
        let mut band = String::new();
        let upper = self.points.iter().map(|point| (point.x, point.y + point.error));
        let lower = self.points.iter().rev().map(|point| (point.x, point.y - point.error));
        for (at, value) in upper.chain(lower) {
            let _ = write!(band, "{:.1},{:.1} ", x.at(at), y.at(value.max(0.0)));
        }
        let mut line = String::new();
        for point in self.points {
            let _ = write!(line, "{:.1},{:.1} ", x.at(point.x), y.at(point.y));
        }
        let _ = writeln!(
            out,
            "<polygon class=\"range\" points=\"{}\" fill=\"{}\"/>\n\
             <polyline class=\"bar\" points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>",
            band.trim_end(),
            colour::RANGE,
            line.trim_end(),
            colour::FOUND
        );
        for point in self.points {
            let (at, value) = (x.at(point.x), y.at(point.y));
            let _ = writeln!(
                out,
                "<circle cx=\"{at:.1}\" cy=\"{value:.1}\" r=\"2.6\" fill=\"{}\"/>",
                colour::FOUND
            );
        }
        out.push_str("</svg>\n");
        Some(out)
    }
}
