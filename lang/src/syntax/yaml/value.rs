//! Values, types and expressions.

use super::node::{Entry, Node, NodeKind};
use super::reader::{Reader, ident, quoted};
use crate::diagnostic::Kind;
use crate::source::At;
use crate::syntax::text::Text;
use crate::syntax::tree::{
    Expr, Ident, Literal, LiteralValue, TypeExpr, TypeExprKind, Value, ValueKind,
};
use crate::syntax::{literal, template, types};

impl Reader<'_> {
    /// A value; `None` when it has been reported.
    pub(super) fn value(&mut self, node: &Node) -> Option<Value> {
        let kind = match &node.kind {
            NodeKind::Scalar { text, plain: true } => match plain_literal(&text.value) {
                Some(literal) => ValueKind::Literal(literal),
                None => {
                    self.ambiguous(text);
                    return self.template(text);
                }
            },
            NodeKind::Scalar { text, .. } => return self.template(text),
            NodeKind::List { items, .. } => {
                let values: Vec<Value> = items.iter().filter_map(|item| self.value(item)).collect();
                if values.len() < items.len() {
                    return None;
                }
                ValueKind::List(values)
            }
            NodeKind::Map(entries) => {
                let values = self.named_values(node, "keys with values");
                if values.len() < entries.len() {
                    return None;
                }
                ValueKind::Map(values)
            }
            NodeKind::Empty | NodeKind::Refused => {
                self.expected("a value", node);
                return None;
            }
        };
        Some(Value {
            kind,
            at: At(node.span),
        })
    }

    /// Several values in brackets, or one without.
    pub(super) fn values(&mut self, node: &Node, what: &str) -> Vec<Value> {
        let items = self.one_or_more(node, what);
        items.iter().filter_map(|item| self.value(item)).collect()
    }

    /// Keys with their values, such as environment variables. A key may be any text.
    pub(super) fn named_values(&mut self, node: &Node, what: &str) -> Vec<(Ident, Value)> {
        let mut values = Vec::new();
        for entry in self.entries(node, what) {
            let value = self.value(&entry.value);
            values.extend(value.map(|value| (ident(&entry.key), value)));
        }
        values
    }

    /// Says that a text without quotes is something else to other readers of YAML.
    fn ambiguous(&mut self, text: &Text) {
        const WORDS: [&str; 6] = ["yes", "no", "on", "off", "true", "false"];
        if WORDS.iter().any(|it| it.eq_ignore_ascii_case(&text.value)) {
            let kind = Kind::YamlBoolean {
                text: text.value.clone(),
            };
            self.report(kind, text.at.0);
        }
    }

    fn template(&mut self, text: &Text) -> Option<Value> {
        match template::value(text) {
            Ok(value) => Some(value),
            Err(error) => {
                let kind = if error.empty {
                    Kind::TemplateEmpty
                } else {
                    Kind::TemplateUnclosed
                };
                self.report(kind, error.span);
                None
            }
        }
    }

    /// An expression, with or without `{{ }}`.
    pub(super) fn condition(&mut self, node: &Node) -> Option<Expr> {
        let text = self.text(node, "a condition such as `tests.passed`")?;
        let expr = template::bare(text);
        if expr.source.value.is_empty() {
            self.report(Kind::TemplateEmpty, text.at.0);
            return None;
        }
        Some(expr)
    }

    /// A literal that stands without quotes.
    pub(super) fn literal(&mut self, node: &Node, what: &str) -> Option<Literal> {
        let NodeKind::Scalar { text, .. } = &node.kind else {
            self.expected(what, node);
            return None;
        };
        let literal = literal::parse(&text.value);
        if literal.is_none() {
            self.wrong_text(text, what);
        }
        literal
    }

    /// A type: a text in tau's own way of writing one, or the same as YAML lists and keys.
    pub(super) fn ty(&mut self, node: &Node) -> Option<TypeExpr> {
        let kind = match &node.kind {
            NodeKind::Scalar { text, .. } => return self.written_type(text),
            NodeKind::List { items, .. } => match items.as_slice() {
                [inner] => TypeExprKind::List(Box::new(self.ty(inner)?)),
                _ => {
                    self.expected("one type in the brackets, as in `[path]`", node);
                    return None;
                }
            },
            // `{int}`: YAML reads a key without a value.
            NodeKind::Map(entries) if is_map(entries) => {
                let value = self.written_type(&entries.first()?.key)?;
                TypeExprKind::Map(Box::new(value))
            }
            NodeKind::Map(entries) => {
                let mut fields = Vec::new();
                for entry in entries {
                    let name = self.name(&entry.key);
                    let ty = self.ty(&entry.value);
                    fields.extend(name.zip(ty));
                }
                if fields.len() < entries.len() {
                    return None;
                }
                TypeExprKind::Record(fields)
            }
            NodeKind::Empty | NodeKind::Refused => {
                self.expected("a type", node);
                return None;
            }
        };
        Some(TypeExpr {
            kind,
            at: At(node.span),
        })
    }

    fn written_type(&mut self, text: &Text) -> Option<TypeExpr> {
        match types::parse(text) {
            Ok(ty) => Some(ty),
            Err((span, expected)) => {
                let range = span.start as usize..span.end as usize;
                let found = match self.source.get(range) {
                    Some(found) if !found.is_empty() => quoted(found),
                    _ => "the end of the type".to_owned(),
                };
                self.report(Kind::Syntax { found, expected }, span);
                None
            }
        }
    }
}

fn is_map(entries: &[Entry]) -> bool {
    matches!(entries, [only] if matches!(only.value.kind, NodeKind::Empty))
}

fn plain_literal(raw: &str) -> Option<Literal> {
    match raw {
        "null" | "~" => Some(Literal {
            value: LiteralValue::None,
            raw: "none".to_owned(),
        }),
        raw => literal::parse(raw),
    }
}
