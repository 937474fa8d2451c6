//! What is written into the file: elements, their texts made harmless, their look.

use std::fmt::Write as _;

use super::super::plain;

/// The width of a letter, somewhat more than a monospaced font of this size takes.
pub(super) const LETTER: i64 = 8;
/// The height of a line of text.
pub(super) const LINE: i64 = 18;
/// The longest text that is shown; all of it is in a title where that is worth it.
const LONGEST: usize = 64;

/// One look for light, and where it differs for dark. No colour alone says anything.
const STYLE: &str = "\
text { font: 13px ui-monospace, 'DejaVu Sans Mono', monospace; fill: #1f2328 }
.name { font-weight: bold }
.more { fill: #59636e }
.paper { fill: #ffffff; stroke: none }
rect { fill: #f6f8fa; stroke: #59636e }
.block > rect { fill: none; stroke-dasharray: 1 3 }
.line { fill: none; stroke: #59636e; stroke-width: 1.5 }
.wide { fill: none; stroke: transparent; stroke-width: 12 }
.after .line { stroke-dasharray: 2 3 }
.effect .line { stroke-dasharray: 7 3 }
.gate .line { stroke-width: 3 }
g:hover > .line { stroke: #0969da }
.tip { fill: #59636e }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.more { fill: #9198a1 }
.paper { fill: #0d1117 }
rect { fill: #151b23; stroke: #9198a1 }
.line { stroke: #9198a1 }
g:hover > .line { stroke: #4493f8 }
.tip { fill: #9198a1 }
}
";

/// A picture that is being written.
pub(super) struct Paper {
    text: String,
}

impl Paper {
    pub(super) fn new(title: &str, width: i64, height: i64) -> Paper {
        let title = escaped(title);
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" \
             height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n\
             <marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" \
             markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
             <path class=\"tip\" d=\"M0 0L8 4L0 8z\"/></marker>\n\
             <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n"
        );
        Paper { text }
    }

    pub(super) fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }

    /// Begins a group with a title.
    pub(super) fn open(&mut self, class: &str, title: &str, depth: usize) {
        let title = escaped(title);
        self.line(
            depth,
            &format!("<g class=\"{class}\"><title>{title}</title>"),
        );
    }

    pub(super) fn close(&mut self, depth: usize) {
        self.line(depth, "</g>");
    }

    pub(super) fn frame(&mut self, x: i64, y: i64, width: i64, height: i64, depth: usize) {
        let at = format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"");
        self.line(depth, &format!("<rect {at} rx=\"6\"/>"));
    }

    pub(super) fn text(&mut self, class: &str, text: &str, x: i64, y: i64, depth: usize) {
        let text = escaped(&shortened(text));
        let element = format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>");
        self.line(depth, &element);
    }

    /// A line through these points: straight down within a layer, and on to the next one.
    pub(super) fn edge(&mut self, class: &str, why: &str, points: &[(i64, i64)], depth: usize) {
        let mut way = String::new();
        let mut before: Option<(i64, i64)> = None;
        for (number, (x, y)) in points.iter().copied().enumerate() {
            let _ = match before {
                None => write!(way, "M{x} {y}"),
                Some((_, above)) if number % 2 == 1 && above == y => Ok(()),
                Some(_) if number % 2 == 1 => write!(way, "V{y}"),
                Some((from, above)) => {
                    let middle = i64::midpoint(above, y);
                    write!(way, "C{from} {middle} {x} {middle} {x} {y}")
                }
            };
            before = Some((x, y));
        }
        let why = escaped(why);
        let element = format!(
            "<g class=\"{class}\"><title>{why}</title><path class=\"wide\" d=\"{way}\"/>\
             <path class=\"line\" marker-end=\"url(#tip)\" d=\"{way}\"/></g>"
        );
        self.line(depth, &element);
    }

    fn line(&mut self, depth: usize, element: &str) {
        let _ = writeln!(self.text, "{:1$}{element}", "", 2 * (depth - 1));
    }
}

/// How many letters wide a text is when it is shown.
pub(super) fn columns(text: &str) -> i64 {
    let shown = plain(&shortened(text));
    // Letters of East Asia take two columns; to take too many for two only widens a box.
    let wide = |letter: char| if letter < '\u{1100}' { 1 } else { 2 };
    shown.chars().map(wide).sum()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A text for an element. What XML cannot hold is written as an escape of ours.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in plain(text).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // The two that are neither controls nor characters of XML.
            '\u{fffe}' | '\u{ffff}' => escaped.extend(letter.escape_unicode()),
            letter => escaped.push(letter),
        }
    }
    escaped
}
