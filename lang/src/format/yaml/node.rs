//! Nodes of a YAML document, in one line where that fits and in several where it does not.

use super::super::WIDTH;
use super::super::page::{Page, width};
use super::scalar;
use crate::syntax::tree::{Ident, Piece, Value, ValueKind};

/// What stands behind a key or a dash.
pub(super) enum Node {
    /// Letters that are written as they are.
    Raw(String),
    /// A text, quoted where it must be.
    Text(String),
    List(Vec<Node>),
    /// No key stands twice.
    Map(Vec<(String, Node)>),
}

impl Node {
    pub(super) fn text(text: &str) -> Node {
        Node::Text(text.to_owned())
    }

    pub(super) fn value(value: &Value) -> Node {
        match &value.kind {
            ValueKind::Literal(literal) => Node::Raw(literal.raw.clone()),
            ValueKind::Text(template) => {
                let pieces = template.pieces.iter().map(|piece| match piece {
                    Piece::Literal(text) => text.clone(),
                    Piece::Expr(expr) => braced(&expr.source.value),
                });
                Node::Text(pieces.collect())
            }
            ValueKind::Expr(expr) => Node::Text(braced(&expr.source.value)),
            ValueKind::List(values) => Node::values(values),
            ValueKind::Map(entries) => Node::entries(entries),
        }
    }

    pub(super) fn values(values: &[Value]) -> Node {
        Node::List(values.iter().map(Node::value).collect())
    }

    pub(super) fn entries(entries: &[(Ident, Value)]) -> Node {
        let entry = |(key, value): &(Ident, Value)| (key.text.clone(), Node::value(value));
        Node::Map(entries.iter().map(entry).collect())
    }

    /// The node in one line, unless a text in it takes several.
    pub(super) fn flow(&self) -> Option<String> {
        match self {
            Node::Raw(raw) => Some(raw.clone()),
            Node::Text(text) => match scalar::block(text) {
                Some(_) => None,
                None => Some(scalar::scalar(text, true)),
            },
            Node::List(items) => {
                let items: Option<Vec<String>> = items.iter().map(Node::flow).collect();
                Some(format!("[{}]", items?.join(", ")))
            }
            Node::Map(entries) if entries.is_empty() => Some("{}".to_owned()),
            Node::Map(entries) => {
                let entry = |(key, node): &(String, Node)| {
                    Some(format!("{}: {}", scalar::key(key), node.flow()?))
                };
                let entries: Option<Vec<String>> = entries.iter().map(entry).collect();
                Some(format!("{{ {} }}", entries?.join(", ")))
            }
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Node::Raw(_) | Node::Text(_) => true,
            Node::List(items) => items.is_empty(),
            Node::Map(entries) => entries.is_empty(),
        }
    }
}

fn braced(expr: &str) -> String {
    format!("{{{{ {expr} }}}}")
}

/// `key: node`, with a comment at the end of its first line.
pub(super) fn entry(page: &mut Page, key: &str, node: &Node, after: Option<&str>) {
    put(page, &format!("{}:", scalar::key(key)), node, after);
}

/// `- node`, with a comment at the end of its first line.
pub(super) fn item(page: &mut Page, node: &Node, after: Option<&str>) {
    match node {
        Node::Map(entries) if !fits(page, "-", node) && !entries.is_empty() => {
            dashed(page, |page| {
                let mut after = after;
                for (key, node) in entries {
                    entry(page, key, node, after.take());
                }
            });
        }
        _ => put(page, "-", node, after),
    }
}

/// What `print` prints, as one item of a list.
pub(super) fn dashed(page: &mut Page, print: impl FnOnce(&mut Page)) {
    let start = page.text.len() + page.indent;
    page.indented(print);
    // INVARIANT: the first line begins with two spaces more than the item.
    if page.text.get(start..start + 2) == Some("  ") {
        page.text.replace_range(start..start + 2, "- ");
    }
}

fn fits(page: &Page, head: &str, node: &Node) -> bool {
    let flow = node.flow();
    flow.is_some_and(|flow| {
        node.is_empty() || page.indent + width(head) + 1 + width(&flow) <= WIDTH
    })
}

fn put(page: &mut Page, head: &str, node: &Node, after: Option<&str>) {
    let flow = match node {
        Node::Text(text) if scalar::block(text).is_none() => Some(scalar::scalar(text, false)),
        _ => node.flow().filter(|_| fits(page, head, node)),
    };
    if let Some(flow) = flow {
        return page.line_with(&format!("{head} {flow}"), after);
    }
    match node {
        Node::Raw(_) => {}
        Node::Text(text) => {
            if let Some((header, lines)) = scalar::block(text) {
                page.line_with(&format!("{head} {header}"), after);
                page.indented(|page| {
                    for line in lines {
                        match line {
                            "" => page.blank(),
                            line => page.line(line),
                        }
                    }
                });
            }
        }
        Node::List(items) => {
            page.line_with(head, after);
            page.indented(|page| items.iter().for_each(|node| item(page, node, None)));
        }
        Node::Map(entries) => {
            page.line_with(head, after);
            page.indented(|page| {
                for (key, node) in entries {
                    entry(page, key, node, None);
                }
            });
        }
    }
}
