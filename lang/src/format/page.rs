//! Lines with their indentation, comments and blank lines.

use crate::syntax::tree::Lead;

/// The text that is being printed.
#[derive(Default)]
pub(super) struct Page {
    pub(super) text: String,
    /// How many spaces stand before a line.
    pub(super) indent: usize,
}

impl Page {
    /// One line. Further lines in `text` bring their own indentation.
    pub(super) fn line(&mut self, text: &str) {
        self.text.extend(std::iter::repeat_n(' ', self.indent));
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// One line with the comment behind it.
    pub(super) fn line_with(&mut self, text: &str, after: Option<&str>) {
        match after {
            Some(after) => self.line(&format!("{text}  {}", comment("#", after))),
            None => self.line(text),
        }
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A blank line, unless nothing stands above it.
    pub(super) fn part(&mut self, first: &mut bool) {
        if !std::mem::take(first) {
            self.blank();
        }
    }

    /// Comments and blank lines.
    pub(super) fn leads(&mut self, leads: &[Lead]) {
        for lead in leads {
            match lead {
                Lead::Blank => self.blank(),
                Lead::Comment(text) => self.line(&comment("#", text)),
            }
        }
    }

    /// Runs `print` with two more spaces before each line.
    pub(super) fn indented(&mut self, print: impl FnOnce(&mut Page)) {
        self.indent += 2;
        print(self);
        self.indent -= 2;
    }
}

/// A comment with its mark, which stands alone when there is nothing to say.
pub(super) fn comment(mark: &str, text: &str) -> String {
    match text {
        "" => mark.to_owned(),
        text => format!("{mark} {text}"),
    }
}

/// How many columns `text` takes: its characters.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// `text` with spaces behind it, up to `columns`.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text:columns$}")
}

/// Whether `leads` or a doc parts an item from the one above it, so that they are not aligned.
pub(super) fn runs<T>(items: &[T], parted: impl Fn(&T) -> bool) -> Vec<&[T]> {
    let mut runs = Vec::new();
    let mut start = 0;
    for (index, item) in items.iter().enumerate() {
        if index > start && parted(item) {
            runs.push(&items[start..index]);
            start = index;
        }
    }
    if start < items.len() {
        runs.push(&items[start..]);
    }
    runs
}
