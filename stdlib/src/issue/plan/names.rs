//! What an issue names, as far as the repository has it.

use std::collections::BTreeSet;

use regex::Regex;

use super::Named;
use super::repository::Repository;
use crate::issue::prose::{Kind, Prose, beginning};
use crate::issue::ticket::Ticket;

/// How many names of a kind are told.
const TOLD: usize = 12;

/// How many words of an issue are looked for.
const WORDS: usize = 400;

/// How short a message may be that is looked for, in bytes.
const MESSAGE: usize = 8;

/// What an issue names and the repository has, and where.
#[derive(Default)]
pub(super) struct Found {
    pub(super) named: Named,
    /// Tests with the file they stand in.
    pub(super) tests: Vec<(String, String)>,
    /// Files that have a symbol or a message that is named.
    pub(super) places: Vec<String>,
}

/// What an issue says that could be a name.
struct Said {
    /// Words that may be names or paths.
    words: BTreeSet<String>,
    /// Lines and quotations that may be messages.
    messages: BTreeSet<String>,
}

/// Finds it.
pub(super) fn find(ticket: &Ticket, repository: &Repository<'_>) -> Found {
    let said = said(ticket);
    let mut found = Found::default();
    let tree = &repository.tree;
    for path in tree.files() {
        if said.words.iter().any(|word| is_path(word, path)) {
            push(&mut found.named.files, path);
        }
    }
    let Ok(defined) = Regex::new(DEFINED) else {
        return found;
    };
    for path in tree.files().filter(|path| is_source(path)) {
        let Some(text) = tree.text(path) else {
            continue;
        };
        let mut is_place = false;
        for defined in defined.captures_iter(&text) {
            let Some(name) = defined.get(1).map(|it| it.as_str()) else {
                continue;
            };
            if !said.words.contains(name) {
                continue;
            }
            is_place = true;
            if is_test(path, name, &text) {
                push(&mut found.named.tests, name);
                if found.tests.len() < TOLD {
                    found.tests.push((name.to_owned(), path.to_owned()));
                }
            } else {
                push(&mut found.named.symbols, name);
            }
        }
        for message in &said.messages {
            if text.contains(message.as_str()) {
                is_place = true;
                push(&mut found.named.messages, message);
            }
        }
        if is_place {
            push(&mut found.places, path);
        }
    }
    found
}

/// Definitions, in the languages whose tests are known.
const DEFINED: &str = r"(?m)^[ \t]*(?:export\s+(?:default\s+)?|pub(?:\([a-z]+\))?\s+|async\s+|const\s+|unsafe\s+|static\s+|abstract\s+)*(?:fn|def|class|struct|enum|trait|type|func(?:\s*\([^)]*\))?|function|interface|const|let|var|mod|macro_rules!)\s+([A-Za-z_]\w*)";

fn said(ticket: &Ticket) -> Said {
    let mut said = Said {
        words: BTreeSet::new(),
        messages: BTreeSet::new(),
    };
    let comments = ticket.own_comments().map(|(_, comment)| &comment.text);
    for text in [&ticket.title, &ticket.text].into_iter().chain(comments) {
        let text = beginning(text);
        let prose = Prose::new(text);
        for word in prose.clauses.iter().flat_map(|clause| &clause.words) {
            let as_written = text.get(word.at.clone()).unwrap_or_default();
            match word.kind {
                Kind::Plain | Kind::Code => said.add(as_written),
                Kind::Quote => {
                    said.add(as_written);
                    said.add_message(as_written);
                }
                Kind::Address | Kind::Mark => {}
            }
            if word.kind == Kind::Code {
                said.add_message(as_written);
            }
        }
        for block in &prose.blocks {
            let block = text.get(block.clone()).unwrap_or_default();
            for line in block.lines().take(200) {
                said.add(line);
                let told = line.split_once(": ").map_or(line, |(_, rest)| rest);
                said.add_message(told);
                said.add_message(line);
            }
        }
    }
    said
}

impl Said {
    /// The names in a text: paths as a whole, and the parts of `a::b.c()`.
    fn add(&mut self, text: &str) {
        let words = text.split(|c: char| c.is_whitespace() || "`\"'()[]{}<>,;=|".contains(c));
        for word in words {
            // `src/a.rs:12:3`
            let word = word.trim_matches([':', '.', '!', '?', '#', '*', '~']);
            let path = word.split(':').next().unwrap_or(word);
            let parts = word.split([':', '.', '#', '/']);
            for name in parts.chain([path]) {
                if name.len() > 2 && name.len() < 200 && self.words.len() < WORDS {
                    self.words.insert(name.to_owned());
                }
            }
        }
    }

    fn add_message(&mut self, text: &str) {
        let text = text.trim().trim_matches(['`', '"', '\'', '“', '”']).trim();
        // A name alone is no message.
        let is_message = text.len() >= MESSAGE && text.len() <= 200 && text.contains(' ');
        if is_message && self.messages.len() < WORDS {
            self.messages.insert(text.to_owned());
        }
    }
}

/// Whether a word names a file: all of its path, or an end of it with an ending.
fn is_path(word: &str, path: &str) -> bool {
    if !word.contains('.') && !word.contains('/') && word != path {
        return false;
    }
    let word = word
        .trim_start_matches("./")
        .trim_start_matches("a/")
        .trim_start_matches("b/");
    let before = path.strip_suffix(word);
    !word.is_empty() && before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

pub(super) fn is_source(path: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "c", "cc", "cjs", "cpp", "cs", "cts", "ex", "go", "h", "java", "js", "jsx", "kt", "lua",
        "mjs", "mts", "php", "pl", "py", "rb", "rs", "scala", "sh", "swift", "ts", "tsx", "zig",
    ];
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ENDINGS.contains(&ending))
}

/// Whether a definition is a test.
fn is_test(path: &str, name: &str, text: &str) -> bool {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("py") => name.starts_with("test"),
        Some("go") => path.ends_with("_test.go") && name.starts_with("Test"),
        Some("rs") => Regex::new(&format!(
            r"#\[(?:\w+::)?test[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*(?:pub\s+)?(?:async\s+)?fn\s+{name}\b"
        ))
        .is_ok_and(|test| test.is_match(text)),
        _ => false,
    }
}

fn push(names: &mut Vec<String>, name: &str) {
    if names.len() < TOLD && !names.iter().any(|it| it == name) {
        names.push(name.to_owned());
    }
}
