//! Cuts a text into entries before any of them is parsed, so that a broken one costs itself.
//!
//! An entry is one logical line (brackets may spread it over several) or a block with its own
//! entries. Comments, documentation and blank lines are found here and nowhere else.

use std::ops::Range;

use super::super::tree::Lead;

/// How deep blocks and brackets may nest; more is one error and the rest is skipped.
pub(super) const MAX_DEPTH: usize = 64;

/// Words that begin a statement or an item. A line that begins with one of them ends an unclosed
/// bracket of the line before.
const STARTERS: [&str; 18] = [
    "action",
    "authority",
    "finally",
    "for",
    "if",
    "input",
    "let",
    "mission",
    "on",
    "output",
    "policy",
    "repeat",
    "step",
    "test",
    "type",
    "use",
    "until",
    "verifier",
];
/// Words whose `{` opens a block of entries rather than a map. So does that of `on failure`.
const BLOCKS: [&str; 11] = [
    "action",
    "authority",
    "else",
    "finally",
    "for",
    "if",
    "mission",
    "policy",
    "repeat",
    "test",
    "verifier",
];
/// Words that may begin a line of an action besides those of its statements.
pub(super) const FACE_LINES: [&str; 8] = [
    "gate", "kind", "needs", "reads", "run", "spends", "takes", "writes",
];
/// Words behind which an expression goes on, so that a `{` there begins a map.
const OPERATORS: [&str; 7] = ["and", "else", "if", "in", "is", "not", "or"];
/// Words that carry on the `step` of the line before.
const MODIFIERS: [&str; 6] = ["after", "box", "may", "retry", "timeout", "when"];

/// A piece of the text with what stands around it. All ranges are bytes of the whole text.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// Blank lines and comments before it, and comments found inside it.
    pub(super) before: Vec<Lead>,
    /// `##` lines before it, or one at its end.
    pub(super) doc: Option<(String, Range<usize>)>,
    /// A `#` comment at its end.
    pub(super) after: Option<String>,
    /// Its text up to its block or its end.
    pub(super) head: Range<usize>,
    /// The parameters in an action's parentheses, each an entry, and the parentheses' range.
    pub(super) params: Option<(Vec<Entry>, Range<usize>)>,
    /// Its block.
    pub(super) block: Option<Block>,
    /// `until …` behind a `repeat` block.
    pub(super) tail: Option<Range<usize>>,
    /// `else` behind an `if` block.
    pub(super) next: Option<Box<Entry>>,
}

/// What stands between `{` and `}`.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) entries: Vec<Entry>,
    /// Comments behind the last entry.
    pub(super) tail: Vec<Lead>,
    /// From the `{` to behind the `}`.
    pub(super) span: Range<usize>,
}

/// Something wrong with the shape itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// A `{` or `(` without its partner.
    Unclosed(Range<usize>),
    /// A `}` without its partner.
    Unopened(Range<usize>),
    /// More than [`MAX_DEPTH`] levels.
    TooDeep(Range<usize>),
}

/// The entries of a whole text, the comments behind the last, and what is wrong with its shape.
pub(super) fn cut(text: &str) -> (Block, Vec<Trouble>) {
    let (whole, cutter) = run(text);
    (whole, cutter.trouble)
}

/// Where the comments of a text begin, in its order.
pub(super) fn comments(text: &str) -> Vec<usize> {
    let (_, cutter) = run(text);
    cutter.comments
}

fn run(text: &str) -> (Block, Cutter<'_>) {
    let mut cutter = Cutter {
        text,
        bytes: text.as_bytes(),
        at: 0,
        trouble: Vec::new(),
        comments: Vec::new(),
    };
    let mut whole = Block::default();
    loop {
        let part = cutter.entries(Parent::File, 0);
        whole.entries.extend(part.entries);
        whole.tail.extend(part.tail);
        if cutter.at >= text.len() {
            break;
        }
        // Only a `}` without its partner stops the entries of a file before its end.
        cutter
            .trouble
            .push(Trouble::Unopened(cutter.at..cutter.at + 1));
        cutter.at += 1;
    }
    // Behind a nesting that is too deep nothing was read, so nothing is known of what closes.
    if cutter
        .trouble
        .iter()
        .any(|one| matches!(one, Trouble::TooDeep(_)))
    {
        cutter
            .trouble
            .retain(|one| !matches!(one, Trouble::Unclosed(_)));
    }
    (whole, cutter)
}

/// What kind of lines a block holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parent {
    File,
    Statements,
    /// An action's lines, and the statements behind them.
    Face,
    /// Grants, a verifier's or a test's lines: none of them has a block.
    Lines,
    /// An action's parameters: a comma ends one too, `)` all.
    Params,
}

struct Cutter<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    trouble: Vec<Trouble>,
    comments: Vec<usize>,
}

impl Cutter<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Entries up to the end or the closing bracket of the parent, which is left unread.
    fn entries(&mut self, parent: Parent, depth: usize) -> Block {
        let mut block = Block::default();
        let mut leads = Vec::new();
        let mut doc: Option<(String, Range<usize>)> = None;
        loop {
            self.lines_between(&mut leads, &mut doc, block.entries.last_mut());
            let closer = if parent == Parent::Params { b')' } else { b'}' };
            match self.peek() {
                None => break,
                // A block's end ends its parameters too, whose own `)` is missing then.
                Some(byte) if byte == closer || byte == b'}' => break,
                Some(b',') if parent == Parent::Params => {
                    self.at += 1;
                    continue;
                }
                Some(_) => {}
            }
            let start = self.at;
            let mut entry = self.entry(parent, depth);
            // INVARIANT: every entry takes at least one character, so that reading ends.
            if self.at == start {
                self.at += self.text[start..].chars().next().map_or(1, char::len_utf8);
            }
            leads.append(&mut entry.before);
            entry.before = std::mem::take(&mut leads);
            entry.doc = doc.take();
            block.entries.push(entry);
        }
        if let Some((text, _)) = doc {
            leads.extend(text.lines().map(|line| Lead::Comment(line.to_owned())));
        }
        while leads.last() == Some(&Lead::Blank) {
            leads.pop();
        }
        block.tail = leads;
        block
    }

    /// Blank lines, comments and documentation up to the next entry. What stands on the line
    /// where the last entry ended belongs to that entry.
    fn lines_between(
        &mut self,
        leads: &mut Vec<Lead>,
        doc: &mut Option<(String, Range<usize>)>,
        mut last: Option<&mut Entry>,
    ) {
        let mut newlines = 0;
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\n' => {
                    newlines += 1;
                    if newlines == 2 && leads.last() != Some(&Lead::Blank) && doc.is_none() {
                        leads.push(Lead::Blank);
                    }
                    self.at += 1;
                }
                b'#' => {
                    let start = self.at;
                    let (text, documents) = self.comment();
                    let same_line = newlines == 0;
                    match last.as_deref_mut().filter(|_| same_line) {
                        Some(entry) if documents && entry.doc.is_none() => {
                            entry.doc = Some((text, start..self.at));
                        }
                        Some(entry) if !documents && entry.after.is_none() => {
                            entry.after = Some(text);
                        }
                        _ if documents => match doc {
                            Some((lines, range)) => {
                                lines.push('\n');
                                lines.push_str(&text);
                                range.end = self.at;
                            }
                            None => *doc = Some((text, start..self.at)),
                        },
                        _ => leads.push(Lead::Comment(text)),
                    }
                    // The newline behind a comment ends its line; it is no blank line.
                    newlines = 0;
                    last = None;
                    if self.peek() == Some(b'\n') {
                        self.at += 1;
                        newlines = 1;
                    }
                }
                _ => break,
            }
        }
        // A blank line before the very first entry says nothing.
        if self.text[..self.at].trim().is_empty() {
            leads.clear();
        }
    }

    /// Reads a comment up to its newline: its text, and whether it documents (`##`).
    fn comment(&mut self) -> (String, bool) {
        self.comments.push(self.at);
        let rest = &self.text[self.at..];
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        self.at += line.len();
        let documents = line.starts_with("##");
        let text = line.trim_start_matches('#');
        let text = text.strip_prefix(' ').unwrap_or(text).trim_end();
        (text.to_owned(), documents)
    }

    fn word(&self, at: usize) -> &str {
        let rest = self.text.get(at..).unwrap_or("");
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        &rest[..end]
    }

    /// One entry, from its first byte to the newline or bracket that ends it.
    fn entry(&mut self, parent: Parent, depth: usize) -> Entry {
        let start = self.at;
        let keyword = self.word(start).to_owned();
        let mut entry = Entry::default();
        let in_statements = matches!(parent, Parent::File | Parent::Statements | Parent::Face);
        let has_block =
            in_statements && (BLOCKS.contains(&keyword.as_str()) || self.is_failure(start));
        let known = STARTERS.contains(&keyword.as_str())
            || parent == Parent::Face && FACE_LINES.contains(&keyword.as_str());
        // Only an item begins with `on` and has no block.
        let known = known && (keyword != "on" || parent == Parent::File);
        let unknown = in_statements && !has_block && !known && !keyword.is_empty();
        if has_block && keyword == "action" {
            self.action_params(&mut entry, depth);
        }
        let opened = self.line(&mut entry, parent, &keyword, has_block, unknown);
        entry.head = start..self.trimmed_end(start, self.at);
        if opened {
            self.block(&mut entry, &keyword, depth);
        }
        entry
    }

    /// Reads to the end of a logical line. True when it stopped at the `{` of a block.
    fn line(
        &mut self,
        entry: &mut Entry,
        parent: Parent,
        keyword: &str,
        has_block: bool,
        unknown: bool,
    ) -> bool {
        let start = self.at;
        let mut open: Vec<usize> = Vec::new();
        // The `{` of an action's result type is behind its `->`, not a block.
        let mut result_type = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' | b'\'' => {
                    result_type = false;
                    self.string(byte);
                }
                b'#' if open.is_empty() => break,
                b'#' => {
                    let start = self.at;
                    let (text, _) = self.comment();
                    debug_assert!(self.at > start);
                    entry.before.push(Lead::Comment(text));
                }
                b'-' if keyword == "action" && self.bytes.get(self.at + 1) == Some(&b'>') => {
                    result_type = true;
                    self.at += 2;
                }
                b'{' if open.is_empty()
                    && has_block
                    && !result_type
                    && !self.begins_map(start, keyword) =>
                {
                    return true;
                }
                b'{' if open.is_empty() && unknown && self.ends_line(self.at + 1) => return true,
                b'(' | b'[' | b'{' => {
                    result_type = false;
                    if open.len() == MAX_DEPTH {
                        self.trouble.push(Trouble::TooDeep(self.at..self.at + 1));
                        self.at = self.text.len();
                        return false;
                    }
                    open.push(self.at);
                    self.at += 1;
                }
                b')' if open.is_empty() && parent == Parent::Params => break,
                b',' if open.is_empty() && parent == Parent::Params => break,
                b'}' if open.is_empty() => break,
                b'}' if open.last().is_some_and(|top| self.bytes[*top] != b'{') => {
                    let bracket = open[open.len() - 1];
                    self.trouble.push(Trouble::Unclosed(bracket..bracket + 1));
                    return false;
                }
                b')' | b']' | b'}' => {
                    open.pop();
                    self.at += 1;
                }
                b'\n' if open.is_empty() => {
                    if keyword == "step" && self.modifier_follows()
                        || keyword == "on" && self.next_line_word() == "run"
                    {
                        self.at += 1;
                    } else {
                        break;
                    }
                }
                b'\n' => {
                    if let Some(bracket) =
                        open.first().copied().filter(|_| self.statement_follows())
                    {
                        self.trouble.push(Trouble::Unclosed(bracket..bracket + 1));
                        break;
                    }
                    self.at += 1;
                }
                _ if result_type && self.word(self.at) == "untrusted" => {
                    self.at += "untrusted".len();
                }
                _ => {
                    if !byte.is_ascii_whitespace() {
                        result_type = false;
                    }
                    self.at += 1;
                }
            }
        }
        if let (Some(bracket), true) = (open.first(), self.at >= self.text.len()) {
            self.trouble.push(Trouble::Unclosed(*bracket..*bracket + 1));
        }
        false
    }

    /// `action name(` and its parameters, as entries.
    fn action_params(&mut self, entry: &mut Entry, depth: usize) {
        let rest = &self.text[self.at..];
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let Some(open) = line.find('(').map(|found| self.at + found) else {
            return;
        };
        self.at = open + 1;
        // A comment behind the `(` is about the action rather than its first parameter.
        let rest = self.text[self.at..].trim_start_matches([' ', '\t']);
        if rest.starts_with('#') && !rest.starts_with("##") {
            self.at = self.text.len() - rest.len();
            let (text, _) = self.comment();
            entry.before.push(Lead::Comment(text));
        }
        let params = self.entries(Parent::Params, depth + 1);
        if self.peek() == Some(b')') {
            self.at += 1;
        } else {
            self.trouble.push(Trouble::Unclosed(open..open + 1));
        }
        entry.params = Some((params.entries, open..self.at));
    }

    /// Reads `{ … }` and what may follow it.
    fn block(&mut self, entry: &mut Entry, keyword: &str, depth: usize) {
        let open = self.at;
        if depth == MAX_DEPTH {
            self.trouble.push(Trouble::TooDeep(open..open + 1));
            self.at = self.text.len();
            return;
        }
        self.at += 1;
        let parent = match keyword {
            "action" => Parent::Face,
            "authority" | "policy" | "test" | "verifier" => Parent::Lines,
            _ => Parent::Statements,
        };
        let mut block = self.entries(parent, depth + 1);
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else {
            self.trouble.push(Trouble::Unclosed(open..open + 1));
        }
        block.span = open..self.at;
        entry.block = Some(block);
        let follower = match keyword {
            "if" | "else" => "else",
            "repeat" => "until",
            _ => return,
        };
        let behind = self.skip_space(self.at);
        if self.word(behind) != follower {
            return;
        }
        self.at = behind;
        if follower == "else" {
            let mut next = self.entry(Parent::Statements, depth + 1);
            entry.before.append(&mut next.before);
            entry.next = Some(Box::new(next));
        } else {
            self.line(entry, Parent::Lines, "until", false, false);
            entry.tail = Some(behind..self.trimmed_end(behind, self.at));
        }
    }

    /// Reads a string. One in `"` or `'` ends with its line at the latest; a `"""` block may
    /// have many lines.
    fn string(&mut self, quote: u8) {
        let triple = self.text[self.at..].starts_with("\"\"\"");
        self.at += if triple { 3 } else { 1 };
        while let Some(byte) = self.peek() {
            match byte {
                b'\\' => self.at = (self.at + 2).min(self.text.len()),
                b'\n' if !triple => return,
                b'"' if triple && self.text[self.at..].starts_with("\"\"\"") => {
                    self.at += 3;
                    return;
                }
                byte if !triple && byte == quote => {
                    self.at += 1;
                    return;
                }
                _ => self.at += 1,
            }
            // A backslash may have stepped into the middle of a character.
            while !self.text.is_char_boundary(self.at) {
                self.at += 1;
            }
        }
    }

    fn skip_space(&self, mut at: usize) -> usize {
        while self.bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    }

    /// Whether only spaces or a comment stand between `at` and the end of its line.
    fn ends_line(&self, at: usize) -> bool {
        let rest = self.text[at..].trim_start_matches([' ', '\t', '\r']);
        rest.is_empty() || rest.starts_with(['\n', '#'])
    }

    /// Whether `on failure` stands here, rather than an item `on label(…)`.
    fn is_failure(&self, at: usize) -> bool {
        self.word(at) == "on" && self.word(self.skip_space(at + "on".len())) == "failure"
    }

    /// Whether the `{` here begins a map within the head of a block, as in `if a in { b: 1 } {`:
    /// something must stand behind what is before it, and something stands in it.
    fn begins_map(&self, start: usize, keyword: &str) -> bool {
        if !matches!(keyword, "for" | "if" | "else" | "repeat") || self.ends_line(self.at + 1) {
            return false;
        }
        let head = self.text[start..self.at].trim_end();
        // A head without blanks, such as `if`, is no word behind which something is missing.
        let word = head
            .rsplit_once(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .map_or("", |(_, word)| word);
        head != "else if"
            && (OPERATORS.contains(&word)
                || head.ends_with(['=', '<', '>', '+', '-', '*', '/', '%', '~', '|', ',']))
    }

    /// Whether the next line carries on a step. Only the very next line can.
    fn modifier_follows(&self) -> bool {
        MODIFIERS.contains(&self.next_line_word())
    }

    fn next_line_word(&self) -> &str {
        let line = &self.text[self.at + 1..];
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        self.word(self.at + 1 + indent)
    }

    /// Whether the next line begins a statement, or closes a block at a line's start.
    fn statement_follows(&self) -> bool {
        let line = &self.text[self.at + 1..];
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let word = self.word(self.at + 1 + indent);
        let behind = &line[indent + word.len()..];
        let named = behind.strip_prefix(' ').is_some_and(|rest| {
            let rest = rest.trim_start();
            match word {
                "finally" => rest.starts_with('{'),
                "test" => rest.starts_with('"'),
                _ => rest.starts_with(|c: char| c.is_ascii_alphabetic()),
            }
        });
        // `word word =` is a statement too, with its first word misspelt.
        let rest = behind.trim_start();
        let name = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_')
                .len();
        let assigned = name > 0 && rest[name..].trim_start().starts_with('=');
        named && !word.is_empty() && (STARTERS.contains(&word) || assigned)
    }

    fn trimmed_end(&self, start: usize, end: usize) -> usize {
        start + self.text[start..end].trim_end().len()
    }
}
