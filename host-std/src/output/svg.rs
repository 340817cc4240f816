//! Counts as a bar chart in SVG.
//!
//! Written by hand: the text is the same on every machine, so a test can compare it, and a chart of
//! bars needs nothing that a drawing library would add (`docs/adr/0005-command-line-and-runner.md`).

use std::io::{self, Write};

use super::histogram::chosen;

/// Most bars that are drawn.
const BARS_MAX: usize = 256;
/// Height of the room for bars, in pixels.
const PLOT_HEIGHT: u64 = 240;
const MARGIN_LEFT: u64 = 64;
const MARGIN_RIGHT: u64 = 24;
const MARGIN_TOP: u64 = 48;
/// Width of one character of a label.
const CHARACTER_WIDTH: u64 = 8;

/// Writes the counts as a bar chart with `title` and `subtitle`.
///
/// # Errors
/// Those of the writer.
pub fn write_svg(
    counts: &[(String, u64)],
    title: &str,
    subtitle: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (chosen, left_out) = chosen(counts, BARS_MAX);
    let most = chosen.iter().map(|(_, count)| *count).max().unwrap_or(0).max(1);
    let step = axis_step(most);
    let top = most.div_ceil(step).saturating_mul(step);
    let longest = chosen.iter().map(|(bits, _)| bits.len()).max().unwrap_or(1) as u64;
    // Labels stand upright where they would not fit side by side.
    let upright = longest > 4 || chosen.len() > 16;
    let pitch = if upright { 22 } else { (longest * CHARACTER_WIDTH + 16).max(40) };
    let label_height = if upright { longest * CHARACTER_WIDTH + 16 } else { 24 };
    let plot_width = (pitch * chosen.len() as u64).max(320);
    let width = MARGIN_LEFT + plot_width + MARGIN_RIGHT;
    let base = MARGIN_TOP + PLOT_HEIGHT;
    let height = base + label_height + 24;
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"monospace\" font-size=\"12\">"
    )?;
    writeln!(out, "<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>")?;
    let (title, subtitle) = (escaped(title), escaped(subtitle));
    writeln!(out, "<text x=\"{MARGIN_LEFT}\" y=\"18\" font-size=\"14\">{title}</text>")?;
    writeln!(out, "<text x=\"{MARGIN_LEFT}\" y=\"36\" fill=\"#666666\">{subtitle}</text>")?;
    write_axis(step, top, MARGIN_LEFT + plot_width, out)?;
    let bar_width = pitch * 7 / 10;
    for (index, (bits, count)) in (0..).zip(chosen) {
        let bar = scaled(*count, top);
        let x = MARGIN_LEFT + pitch * index + (pitch - bar_width) / 2;
        let (y, middle, bits) = (base - bar, x + bar_width / 2, escaped(bits));
        writeln!(
            out,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{bar_width}\" height=\"{bar}\" fill=\"#4269d0\">\
             <title>{bits}: {count}</title></rect>"
        )?;
        let (label_y, turn) = if upright {
            let y = base + 10;
            (y, format!(" transform=\"rotate(90 {middle} {y})\" dominant-baseline=\"central\""))
        } else {
            (base + 18, " text-anchor=\"middle\"".to_owned())
        };
        writeln!(out, "<text x=\"{middle}\" y=\"{label_y}\"{turn}>{bits}</text>")?;
    }
    if left_out > 0 {
        let y = height - 8;
        writeln!(
            out,
            "<text x=\"{MARGIN_LEFT}\" y=\"{y}\" fill=\"#666666\">and {left_out} less frequent bit \
             strings</text>"
        )?;
    }
    writeln!(out, "</svg>")
}

/// Lines and numbers of the vertical axis.
fn write_axis(step: u64, top: u64, right: u64, out: &mut dyn Write) -> io::Result<()> {
    let mut value = 0_u64;
    while value <= top {
        let y = MARGIN_TOP + PLOT_HEIGHT - scaled(value, top);
        let stroke = if value == 0 { "#333333" } else { "#dddddd" };
        writeln!(
            out,
            "<line x1=\"{MARGIN_LEFT}\" y1=\"{y}\" x2=\"{right}\" y2=\"{y}\" stroke=\"{stroke}\"/>"
        )?;
        let (x, text_y) = (MARGIN_LEFT - 6, y + 4);
        writeln!(out, "<text x=\"{x}\" y=\"{text_y}\" text-anchor=\"end\">{value}</text>")?;
        value = value.saturating_add(step);
        if value == u64::MAX {
            break;
        }
    }
    Ok(())
}

/// The distance of the axis' lines: 1, 2 or 5 times a power of ten, at most six of them.
fn axis_step(most: u64) -> u64 {
    let mut decade = 1_u64;
    loop {
        for factor in [1, 2, 5] {
            let step = decade.saturating_mul(factor);
            if most.div_ceil(step) <= 5 {
                return step;
            }
        }
        decade = decade.saturating_mul(10);
    }
}

fn scaled(count: u64, top: u64) -> u64 {
    let pixels = u128::from(count) * u128::from(PLOT_HEIGHT) / u128::from(top.max(1));
    u64::try_from(pixels).unwrap_or(PLOT_HEIGHT)
}

/// The text as SVG and HTML take it.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Not allowed in XML at all.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(counts: &[(String, u64)]) -> String {
        let mut out = Vec::new();
        write_svg(counts, "a <b> & \"c\"", "1 shot", &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_bit_string_has_a_bar_and_a_label() {
        let text = svg(&[("00".to_owned(), 60), ("11".to_owned(), 40)]);
        assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"));
        assert!(text.contains("<title>00: 60</title>") && text.contains(">11</text>"));
        assert!(text.contains("a &lt;b&gt; &amp; &quot;c&quot;"));
        // 60 of an axis up to 60 is the whole height, 40 two thirds of it.
        assert!(text.contains("height=\"240\"") && text.contains("height=\"160\""));
    }

    #[test]
    fn the_axis_has_a_few_round_steps() {
        for (most, step) in [(1, 1), (5, 1), (6, 2), (11, 5), (60, 20), (1000, 200), (1024, 500)] {
            assert_eq!(axis_step(most), step, "{most}");
        }
        assert!(axis_step(u64::MAX) > u64::MAX / 6);
        assert!(svg(&[(String::new(), u64::MAX)]).contains("</svg>"));
        assert!(svg(&[]).contains("</svg>"));
    }
}
