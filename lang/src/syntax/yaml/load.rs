//! From parser events to [`Node`]s, refusing the parts of YAML that a mission may not use.

use std::collections::{HashMap, hash_map};
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, StructureStyle, options};

use super::comments::Comment;
use super::lines::Lines;
use super::node::{Entry, Node, NodeKind};
use super::places::{Quotes, places};
use super::why::why;
use crate::diagnostic::{Diagnostic, Found, Kind};
use crate::source::{MAX_FILE_BYTES, SourceId, Span};
use crate::syntax::text::Text;

/// How deep lists and keys may be nested.
const MAX_NESTING: usize = 64;

/// What was read of a file.
pub(super) struct Loaded {
    /// The document; absent when there is none.
    pub(super) root: Option<Node>,
    /// In the order of the text.
    pub(super) comments: Vec<Comment>,
    pub(super) diagnostics: Found,
    /// Where reading had to stop, when it did not reach the end.
    pub(super) cut: Option<u32>,
}

/// Reads the one document of `source`.
pub(super) fn load(source: &str, lines: &Lines, file: SourceId) -> Loaded {
    let options = options! {
        disallow_directives: true,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        max_buffered_comment_events: MAX_FILE_BYTES,
        flow_nesting_limit: MAX_NESTING,
        block_nesting_limit: MAX_NESTING,
    };
    let mut loader = Loader {
        source,
        lines,
        file,
        open: Vec::new(),
        documents: 0,
        loaded: Loaded {
            root: None,
            comments: Vec::new(),
            diagnostics: Found::default(),
            cut: None,
        },
    };
    for event in Parser::new_from_str_with_options(source, options) {
        match event {
            Ok((event, span)) => {
                let tag = span.tag_span().and_then(|span| span.byte_range());
                if !loader.event(event, loader.range(&span), tag) {
                    break;
                }
            }
            Err(error) => {
                loader.stop(&error);
                break;
            }
        }
    }
    loader.finish()
}

struct Loader<'a> {
    source: &'a str,
    lines: &'a Lines,
    file: SourceId,
    /// The lists and mappings that are not closed yet, outermost first.
    open: Vec<Open>,
    documents: usize,
    loaded: Loaded,
}

struct Open {
    start: usize,
    /// Where the last thing in it ends.
    end: usize,
    content: Content,
}

enum Content {
    List {
        items: Vec<Node>,
        flow: bool,
    },
    Map {
        entries: Vec<Entry>,
        /// Where each key stands first.
        keys: HashMap<String, Span>,
        key: Option<Key>,
    },
}

/// A key whose value is not read yet.
enum Key {
    Name(Text),
    /// One that has been reported; its value is dropped.
    Refused,
}

impl Loader<'_> {
    fn range(&self, span: &granit_parser::Span) -> Range<usize> {
        let range = span.byte_range().unwrap_or(0..0);
        let end = floor(self.source, range.end);
        floor(self.source, range.start).min(end)..end
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn refuse(&mut self, why: &str, range: Range<usize>) {
        let kind = Kind::YamlInvalid {
            why: why.to_owned(),
        };
        let diagnostic = Diagnostic::new(kind, self.span(range));
        self.loaded.diagnostics.push(diagnostic);
    }

    /// Takes one event; whether to go on.
    fn event(&mut self, event: Event<'_>, range: Range<usize>, tag: Option<Range<usize>>) -> bool {
        if let Some(tag) = tag {
            self.refuse("a tag such as `!x` has no meaning here; remove it", tag);
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.refuse("a file holds one mission, and here a second begins", range);
                    return false;
                }
            }
            Event::Comment(text, _) => {
                let comment = Comment::new(self.lines, self.source, &text, range.start);
                self.loaded.comments.push(comment);
            }
            Event::Scalar(value, style, ..) => self.scalar(&value, style, range),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.refuse(
                    "an alias such as `*x` is not allowed; write the value out",
                    range.clone(),
                );
                self.add(NodeKind::Refused, range);
            }
            Event::Anchor(..) => {
                self.refuse("an anchor such as `&x` is not allowed; remove it", range);
            }
            Event::SequenceStart(style, ..) => self.open.push(Open {
                start: range.start,
                end: range.end,
                content: Content::List {
                    items: Vec::new(),
                    flow: style == StructureStyle::Flow,
                },
            }),
            Event::MappingStart(..) => self.open.push(Open {
                start: range.start,
                end: range.end,
                content: Content::Map {
                    entries: Vec::new(),
                    keys: HashMap::new(),
                    key: None,
                },
            }),
            Event::SequenceEnd | Event::MappingEnd => self.close(Some(range)),
            _ => {}
        }
        true
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, range: Range<usize>) {
        let source = &self.source[range.clone()];
        if source.is_empty() && style == ScalarStyle::Plain {
            return self.add(NodeKind::Empty, range);
        }
        let quotes = match style {
            ScalarStyle::SingleQuoted => Quotes::Single,
            ScalarStyle::DoubleQuoted => Quotes::Double,
            _ => Quotes::None,
        };
        // A block's last line breaks belong to its text, but nobody wants them underlined.
        let range = range.start..range.start + source.trim_end().len();
        let span = self.span(range.clone());
        let text = if source == value {
            Text::verbatim(value, span)
        } else {
            Text::mapped(value, span, places(value, source, range.start, quotes))
        };
        let plain = style == ScalarStyle::Plain;
        self.add(NodeKind::Scalar { text, plain }, range);
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, kind: NodeKind, range: Range<usize>) {
        let node = Node {
            span: self.span(range.clone()),
            kind,
        };
        let Some(open) = self.open.last_mut() else {
            self.loaded.root.get_or_insert(node);
            return;
        };
        open.end = open.end.max(range.end);
        match &mut open.content {
            Content::List { items, .. } => items.push(node),
            Content::Map { entries, keys, key } => match key.take() {
                None => {
                    let (new, diagnostic) = check_key(node, keys);
                    *key = Some(new);
                    self.loaded.diagnostics.extend(diagnostic);
                }
                Some(Key::Name(key)) => entries.push(Entry { key, value: node }),
                Some(Key::Refused) => {}
            },
        }
    }

    /// Closes the innermost list or mapping. A flow one ends at its bracket, a block one with
    /// what stands in it.
    fn close(&mut self, bracket: Option<Range<usize>>) {
        let Some(open) = self.open.pop() else { return };
        let end = match bracket {
            Some(bracket) if !bracket.is_empty() => bracket.end,
            _ => open.end,
        };
        let kind = match open.content {
            Content::List { items, flow } => NodeKind::List { items, flow },
            Content::Map {
                mut entries, key, ..
            } => {
                if let Some(Key::Name(key)) = key {
                    let value = Node {
                        span: key.at.0.after(),
                        kind: NodeKind::Refused,
                    };
                    entries.push(Entry { key, value });
                }
                NodeKind::Map(entries)
            }
        };
        self.add(kind, open.start..end.max(open.start));
    }

    /// Reports why the rest cannot be read, and keeps what was.
    fn stop(&mut self, error: &ScanError) {
        let at = error.marker().byte_offset().unwrap_or(self.source.len());
        let at = floor(self.source, at);
        let end = self.source[at..]
            .chars()
            .next()
            .filter(|letter| !letter.is_control())
            .map_or(at, |letter| at + letter.len_utf8());
        self.refuse(&why(error), at..end);
        self.loaded.cut = u32::try_from(at).ok();
    }

    fn finish(mut self) -> Loaded {
        while !self.open.is_empty() {
            if let (Some(cut), Some(open)) = (self.loaded.cut, self.open.last_mut()) {
                open.end = open.end.max(cut as usize);
            }
            self.close(None);
        }
        self.loaded.comments.sort_by_key(|comment| comment.start);
        self.loaded
    }
}

/// A node that stands where a key belongs, checked against the keys before it.
fn check_key(node: Node, before: &mut HashMap<String, Span>) -> (Key, Option<Diagnostic>) {
    let refuse = |why: &str| {
        let kind = Kind::YamlInvalid {
            why: why.to_owned(),
        };
        (Key::Refused, Some(Diagnostic::new(kind, node.span)))
    };
    match node.kind {
        NodeKind::Scalar { text, plain: true } if text.value == "<<" => {
            refuse("`<<` merges nothing here; write the keys out")
        }
        NodeKind::Scalar { text, .. } => match before.entry(text.value.clone()) {
            hash_map::Entry::Occupied(earlier) => {
                let kind = Kind::KeyDuplicate { key: text.value };
                let diagnostic =
                    Diagnostic::new(kind, text.at.0).label(*earlier.get(), "it stands here first");
                (Key::Refused, Some(diagnostic))
            }
            hash_map::Entry::Vacant(new) => {
                new.insert(text.at.0);
                (Key::Name(text), None)
            }
        },
        NodeKind::Refused => (Key::Refused, None),
        NodeKind::Empty => refuse("a key is missing before this `:`"),
        NodeKind::List { .. } | NodeKind::Map(_) => {
            refuse("a key must be a name; quote a text that begins with `{` or `[`")
        }
    }
}

/// The nearest character boundary at or before `at`.
fn floor(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}
