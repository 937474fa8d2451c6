//! What reading every part of a mission needs: expectations, names, keys, lists.

use super::comments::Comments;
use super::habits;
use super::lines::Lines;
use super::load::Loaded;
use super::node::{Entry, Node, NodeKind};
use crate::diagnostic::{Diagnostic, Found, Kind, nearest};
use crate::source::{At, SourceId, Span};
use crate::syntax::text::Text;
use crate::syntax::tree::{Doc, Ident};

/// Turns nodes into the tree, collecting what is wrong.
pub(super) struct Reader<'a> {
    pub(super) source: &'a str,
    pub(super) file: SourceId,
    pub(super) comments: Comments<'a>,
    pub(super) diagnostics: Found,
    /// Where the file could not be read further, if so; what seems missing may stand there.
    pub(super) cut: Option<u32>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a str, lines: &'a Lines, file: SourceId, loaded: Loaded) -> Self {
        Reader {
            source,
            file,
            comments: Comments::new(source, lines, loaded.comments),
            diagnostics: loaded.diagnostics,
            cut: loaded.cut,
        }
    }

    pub(super) fn report(&mut self, kind: Kind, span: Span) {
        self.diagnostics.push(Diagnostic::new(kind, span));
    }

    /// Whether a part of `node` was lost with the rest of the file.
    pub(super) fn is_cut(&self, node: &Node) -> bool {
        self.cut.is_some_and(|cut| node.span.end >= cut)
    }

    /// Says that `node` is not `what`, unless it has been reported already.
    pub(super) fn expected(&mut self, what: &str, node: &Node) {
        if matches!(node.kind, NodeKind::Refused) {
            return;
        }
        let kind = Kind::Syntax {
            found: node.found().to_owned(),
            expected: what.to_owned(),
        };
        self.report(kind, node.span);
    }

    /// Says that `of` knows no such key. One that stands among `entries` already is not meant.
    pub(super) fn unknown_key(&mut self, key: &Text, of: &str, known: &[&str], entries: &[Entry]) {
        let given = |known: &&str| entries.iter().any(|entry| entry.key.value == *known);
        // There may be many entries: only what could be meant is looked for among them.
        let near = |known: &&str| nearest(&key.value, [*known]).is_some();
        let known = known.iter().copied();
        let known = known.filter(|known| near(known) && !given(known));
        let foreign = habits::FOREIGN.iter().find(|(word, _)| *word == key.value);
        let kind = match foreign {
            Some((_, meant)) => Kind::LikelyMistake {
                found: key.value.clone(),
                meant: (*meant).to_owned(),
            },
            None => Kind::KeyUnknown {
                key: key.value.clone(),
                of: of.to_owned(),
                near: self
                    .diagnostics
                    .nearest(&key.value, known)
                    .map(str::to_owned),
            },
        };
        self.report(kind, key.at.0);
    }

    /// Says that `of`, which is `node`, lacks `key`, unless that may stand where the file could
    /// not be read.
    pub(super) fn missing_key(&mut self, key: &str, of: &str, node: &Node) {
        if self.is_cut(node) {
            return;
        }
        let at = match &node.kind {
            NodeKind::Map(entries) => entries.first().map(|entry| entry.key.at.0),
            _ => None,
        };
        let kind = Kind::KeyMissing {
            key: key.to_owned(),
            of: of.to_owned(),
        };
        self.report(kind, at.unwrap_or(node.span));
    }

    /// The keys of a mapping.
    pub(super) fn entries<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Entry] {
        match &node.kind {
            NodeKind::Map(entries) => entries,
            _ => {
                self.expected(what, node);
                &[]
            }
        }
    }

    /// The items of a list.
    pub(super) fn items<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.kind {
            NodeKind::List { items, .. } => items,
            _ => {
                self.expected(what, node);
                &[]
            }
        }
    }

    /// A list, or the one thing that stands without brackets.
    pub(super) fn one_or_more<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.kind {
            NodeKind::List { items, .. } => items,
            NodeKind::Scalar { .. } => std::slice::from_ref(node),
            _ => {
                self.expected(what, node);
                &[]
            }
        }
    }

    pub(super) fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n Text> {
        match &node.kind {
            NodeKind::Scalar { text, .. } => Some(text),
            _ => {
                self.expected(what, node);
                None
            }
        }
    }

    /// A name such as `tests`.
    pub(super) fn name(&mut self, text: &Text) -> Option<Ident> {
        if !is_name(&text.value) {
            self.wrong_text(text, "a name of the letters a to z, digits and `_`");
            return None;
        }
        Some(ident(text))
    }

    /// A name with dots such as `fs.write`.
    pub(super) fn dotted(&mut self, text: &Text) -> Option<Ident> {
        if !text.value.split('.').all(is_name) {
            self.wrong_text(text, "the name of an action such as `fs.write`");
            return None;
        }
        Some(ident(text))
    }

    /// Says that `text` is not `expected`.
    pub(super) fn wrong_text(&mut self, text: &Text, expected: &str) {
        let kind = Kind::Syntax {
            found: quoted(&text.value),
            expected: expected.to_owned(),
        };
        self.report(kind, text.at.0);
    }

    /// The text of an `about`.
    pub(super) fn doc(&mut self, node: &Node) -> Option<Doc> {
        let text = self.text(node, "a text that says what this is for")?;
        let lines: Vec<&str> = text.value.trim().lines().map(str::trim_end).collect();
        (!lines.is_empty()).then(|| Doc {
            text: lines.join("\n"),
            at: text.at,
        })
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, node: &Node) -> bool {
        match &node.kind {
            NodeKind::Scalar { text, plain: true } if text.value == "true" => true,
            NodeKind::Scalar { text, plain: true } if text.value == "false" => false,
            _ => {
                self.expected("`true` or `false`", node);
                false
            }
        }
    }
}

/// A text in backticks, shortened when it is long.
pub(super) fn quoted(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    let short: String = line.chars().take(40).collect();
    if short.len() < text.len() {
        format!("`{short}…`")
    } else {
        format!("`{short}`")
    }
}

/// The text as a name, whatever is in it.
pub(super) fn ident(text: &Text) -> Ident {
    Ident {
        text: text.value.clone(),
        at: At(text.at.0),
    }
}

/// Whether it is a name of the language.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|letter: char| letter.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
