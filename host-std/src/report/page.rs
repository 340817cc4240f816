//! One page of HTML that needs nothing else: no script, no other file, no network.

use core::fmt::Write as _;

use crate::output::escaped;

/// How everything looks. Colours are told apart by people who see few of them: blue and orange, and
/// what disagrees also has another shape.
const STYLE: &str = "\
body{font:15px/1.45 system-ui,sans-serif;color:#1c2330;background:#fff;max-width:980px;margin:2em auto;padding:0 1em}
h1{font-size:1.5em;margin-bottom:.2em}h2{font-size:1.2em;margin-top:2.2em;border-bottom:1px solid #d5d9e2}
p.lead{margin-top:0;color:#49505f}p.good{color:#1b5e8a}p.bad{color:#b23c00;font-weight:600}
figure{margin:1.4em 0}figcaption{color:#49505f;font-size:.9em;margin-top:.2em}
svg{max-width:100%;height:auto;display:block}
table{border-collapse:collapse;font-size:.88em;margin:1em 0}
th,td{padding:.15em .7em;text-align:right;border-bottom:1px solid #e6e9ef;white-space:nowrap}
th{color:#49505f;font-weight:600}td.text,th.text{text-align:left}tr.wrong td{color:#b23c00;font-weight:600}
";

/// A page on its way.
#[derive(Debug)]
pub(super) struct Page {
    html: String,
}

impl Page {
    pub(super) fn new(title: &str) -> Self {
        let title = escaped(title);
        // Whatever a name in a trace might be, nothing is run and nothing is fetched.
        let html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" \
             content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        );
        Self { html }
    }

    fn put(&mut self, words: core::fmt::Arguments<'_>) {
        // A string takes all that is written to it.
        let _ = self.html.write_fmt(words);
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.put(format_args!("<h2>{}</h2>\n", escaped(text)));
    }

    /// A paragraph; `class` is one of those in the style, or empty.
    pub(super) fn paragraph(&mut self, class: &str, text: &str) {
        self.put(format_args!("<p class=\"{class}\">{}</p>\n", escaped(text)));
    }

    /// A picture with its caption, if there is something to say; nothing if there is no picture.
    pub(super) fn figure(&mut self, svg: Option<String>, caption: &str) {
        if let Some(svg) = svg {
            self.put(format_args!("<figure>\n{svg}"));
            if !caption.is_empty() {
                self.put(format_args!("<figcaption>{}</figcaption>\n", escaped(caption)));
            }
            self.put(format_args!("</figure>\n"));
        }
    }

    /// A table whose first `text_columns` columns are text; rows that are wrong stand out.
    pub(super) fn table<'a>(
        &mut self,
        text_columns: usize,
        headings: &[&str],
        rows: impl Iterator<Item = (bool, Vec<String>)> + 'a,
    ) {
        let class = |column: usize| if column < text_columns { " class=\"text\"" } else { "" };
        self.put(format_args!("<table>\n<tr>"));
        for (column, heading) in headings.iter().enumerate() {
            self.put(format_args!("<th{}>{}</th>", class(column), escaped(heading)));
        }
        self.put(format_args!("</tr>\n"));
        for (wrong, cells) in rows {
            self.put(format_args!("<tr{}>", if wrong { " class=\"wrong\"" } else { "" }));
            for (column, cell) in cells.iter().enumerate() {
                self.put(format_args!("<td{}>{}</td>", class(column), escaped(cell)));
            }
            self.put(format_args!("</tr>\n"));
        }
        self.put(format_args!("</table>\n"));
    }

    pub(super) fn finish(mut self) -> String {
        self.html.push_str("</body>\n</html>\n");
        self.html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_become_markup_and_nothing_is_fetched() {
        let mut page = Page::new("<script>alert(1)</script>");
        page.heading("<h3>");
        page.paragraph("lead", "a < b & c");
        page.figure(None, "not there");
        page.table(1, &["<x>"], [(true, vec!["<img src=x>".to_owned()])].into_iter());
        let html = page.finish();
        for bad in ["<script", "<h3>", "<x>", "<img", "figure>", "http:", "https:", "src="] {
            let found = html.replace("&lt;img src=x&gt;", "");
            assert!(!found.contains(bad), "{bad} in\n{html}");
        }
        assert!(html.contains("a &lt; b &amp; c") && html.contains("default-src 'none'"));
    }
}
