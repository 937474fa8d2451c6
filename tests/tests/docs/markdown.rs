//! The fenced blocks of a page, and the notes for this test that stand between them.

/// A part of a page that matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// `<!-- test: … -->`: a note for this test, such as `demo` or `file fix.tau`.
    Note { text: String, line: usize },
    /// A fenced block.
    Block(Block),
}

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// What stands behind the opening fence: `tau,error=name-unknown`.
    pub(crate) info: String,
    /// What is in it; every line ends with a newline.
    pub(crate) text: String,
    /// The line of its opening fence, from 1.
    pub(crate) line: usize,
}

impl Block {
    /// Its language: `tau`.
    pub(crate) fn language(&self) -> &str {
        self.info.split([',', ' ']).next().unwrap_or("")
    }

    /// The words behind its language: `error=name-unknown`.
    pub(crate) fn marks(&self) -> impl Iterator<Item = &str> {
        self.info.split([',', ' ']).skip(1)
    }

    /// Whether it shows only a part of a file or of a session.
    pub(crate) fn is_part(&self) -> bool {
        self.marks().any(|mark| mark == "part")
    }
}

/// The parts of a page, from top to bottom.
pub(crate) fn parts(page: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut open: Option<(Block, String)> = None;
    for (number, line) in page.lines().enumerate() {
        let bare = line.trim_start();
        if let Some((block, fence)) = &mut open {
            if bare == fence {
                parts.extend(open.take().map(|(block, _)| Part::Block(block)));
            } else {
                block.text.push_str(line);
                block.text.push('\n');
            }
            continue;
        }
        let ticks = bare.len() - bare.trim_start_matches('`').len();
        if ticks >= 3 {
            let block = Block {
                info: bare[ticks..].to_owned(),
                text: String::new(),
                line: number + 1,
            };
            open = Some((block, "`".repeat(ticks)));
        } else if let Some(note) = bare.strip_prefix("<!-- test: ") {
            let text = note.trim_end_matches("-->").trim().to_owned();
            let line = number + 1;
            parts.push(Part::Note { text, line });
        }
    }
    assert!(open.is_none(), "a block is never closed: {open:?}");
    parts
}

#[test]
fn blocks_and_notes_are_found_in_order() {
    let page = "a\n<!-- test: demo -->\n```tau,error=x\nm\n```\n````md\n```\n````\n";
    let block = |info: &str, text: &str, line| {
        Part::Block(Block {
            info: info.to_owned(),
            text: text.to_owned(),
            line,
        })
    };
    let note = Part::Note {
        text: "demo".to_owned(),
        line: 2,
    };
    assert_eq!(
        parts(page),
        [
            note,
            block("tau,error=x", "m\n", 3),
            block("md", "```\n", 6)
        ]
    );
}
