//! Where lines begin, and which of them are blank.

/// The lines of a text, found once: a hostile file may have very long ones.
pub(super) struct Lines {
    starts: Vec<usize>,
    blank: Vec<bool>,
    length: usize,
}

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        let mut lines = Lines {
            starts: Vec::new(),
            blank: Vec::new(),
            length: text.len(),
        };
        let mut start = 0;
        for line in text.split('\n') {
            lines.starts.push(start);
            lines.blank.push(line.trim().is_empty());
            start += line.len() + 1;
        }
        lines
    }

    /// The offset at which the line around `offset` begins.
    pub(super) fn start(&self, offset: usize) -> usize {
        self.starts[self.index(offset)]
    }

    /// The offset of the newline that ends the line around `offset`, or the text's end.
    pub(super) fn end(&self, offset: usize) -> usize {
        match self.starts.get(self.index(offset) + 1) {
            Some(next) => next - 1,
            None => self.length,
        }
    }

    /// Whether the line above the one around `offset` is blank.
    pub(super) fn blank_above(&self, offset: usize) -> bool {
        match self.index(offset) {
            0 => false,
            index => self.blank[index - 1],
        }
    }

    fn index(&self, offset: usize) -> usize {
        // INVARIANT: the first line begins at 0, so at least one begins at or before `offset`.
        self.starts.partition_point(|start| *start <= offset) - 1
    }
}
