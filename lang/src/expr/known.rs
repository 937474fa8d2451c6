//! What is known before the run. A file is checked before anybody trusts it, so nothing of it may
//! take long or fill the memory here: what could is worked out when its turn comes.

use std::collections::BTreeSet;

use minijinja::machinery::ast::{self, BinOpKind};
use serde_json::Value as Json;

use super::{Context, Engine, parse, walk};
use crate::syntax::tree::{Expr, Piece, Value, ValueKind};
use crate::types::Type;

/// How many bytes the value of a `let` may have to be known before the run.
const MAX_KNOWN: usize = 4096;
/// How many lists and maps a value may have inside of each other.
pub const MAX_NESTING: usize = 128;
/// How many bytes of values may be used again by the same expressions.
const MAX_AGAIN: usize = 64 * 1024;
/// How many bytes one may start from that makes a text of each part of another.
const MAX_GROWING: usize = 2048;
/// Filters that give more than they were given, as much as their arguments say.
const UNBOUNDED: [&str; 5] = ["batch", "format", "indent", "pprint", "slice"];
/// Filters that give at most the product of what they were given.
const GROWING: [&str; 2] = ["join", "replace"];

impl Engine {
    /// The value that stands for `wanted`, if all that it uses is `known` and it is easily had.
    #[must_use]
    pub fn known(&self, value: &Value, wanted: &Type, known: &Context) -> Option<Json> {
        let mut effort = Effort::new(known);
        let easy = effort.value(value) && effort.is_little();
        easy.then(|| self.value(value, wanted, known).ok())?
    }
}

/// Whether a value is small enough to be kept for as long as the check lasts.
#[must_use]
pub fn is_small(value: &Json) -> bool {
    is_shallow(value, MAX_NESTING) && weight(value) <= MAX_KNOWN
}

/// Whether a value has at most `depth` lists and maps inside of each other.
pub(super) fn is_shallow(value: &Json, depth: usize) -> bool {
    let inside = |value: &Json| depth > 0 && is_shallow(value, depth - 1);
    match value {
        Json::Array(items) => depth > 0 && items.iter().all(inside),
        Json::Object(entries) => depth > 0 && entries.values().all(inside),
        _ => true,
    }
}

/// Whether it is a number or has nothing but numbers; what has them cannot be multiplied itself.
fn is_of_numbers(value: &Json) -> bool {
    match value {
        Json::Object(entries) => entries.values().all(Json::is_number),
        value => value.is_number(),
    }
}

/// About how many bytes it has. Values are no deeper than [`MAX_NESTING`].
fn weight(value: &Json) -> usize {
    let own = size_of::<Json>();
    match value {
        Json::String(text) => own + text.len(),
        Json::Array(items) => own + items.iter().map(weight).sum::<usize>(),
        Json::Object(entries) => {
            let entry = |(name, value): (&String, &Json)| own + name.len() + weight(value);
            own + entries.iter().map(entry).sum::<usize>()
        }
        _ => own,
    }
}

/// What it would take to work a value out.
struct Effort<'a> {
    known: &'a Context,
    used: BTreeSet<String>,
    /// Bytes of all that is written and used.
    bytes: usize,
    /// Bytes of values that are used more than once.
    again: usize,
    growing: usize,
    multiplies: bool,
    only_numbers: bool,
    unbounded: bool,
}

impl<'a> Effort<'a> {
    fn new(known: &'a Context) -> Self {
        Effort {
            known,
            used: BTreeSet::new(),
            bytes: 0,
            again: 0,
            growing: 0,
            multiplies: false,
            only_numbers: true,
            unbounded: false,
        }
    }

    /// Adds a value; false when something that it uses is not known.
    fn value(&mut self, value: &Value) -> bool {
        match &value.kind {
            ValueKind::Literal(_) => true,
            ValueKind::Expr(expr) => self.expression(expr),
            ValueKind::Text(template) => template.pieces.iter().all(|piece| match piece {
                Piece::Literal(text) => {
                    self.bytes += text.len();
                    true
                }
                Piece::Expr(expr) => self.expression(expr),
            }),
            ValueKind::List(items) => items.iter().all(|item| self.value(item)),
            ValueKind::Map(entries) => entries.iter().all(|(_, value)| self.value(value)),
        }
    }

    fn expression(&mut self, expr: &Expr) -> bool {
        let Ok(tree) = parse(expr) else {
            return false;
        };
        self.bytes += expr.source.value.len();
        let mut all_known = true;
        walk(tree, &mut |part| all_known &= self.part(part));
        all_known
    }

    fn part(&mut self, part: &ast::Expr<'_>) -> bool {
        match part {
            ast::Expr::Var(var) => {
                let Some(value) = self.known.get(var.id) else {
                    return false;
                };
                let weight = weight(value);
                self.bytes += weight;
                if !self.used.insert(var.id.to_owned()) {
                    self.again += weight;
                }
                self.only_numbers &= is_of_numbers(value);
            }
            ast::Expr::Const(it) => self.only_numbers &= it.value.is_number(),
            ast::Expr::BinOp(it) => self.multiplies |= matches!(it.op, BinOpKind::Mul),
            ast::Expr::Filter(it) => {
                self.growing += usize::from(GROWING.contains(&it.name));
                self.unbounded |= UNBOUNDED.contains(&it.name);
            }
            _ => {}
        }
        true
    }

    fn is_little(&self) -> bool {
        let grows = match self.growing {
            0 => true,
            1 => self.bytes <= MAX_GROWING,
            _ => false,
        };
        // A text or a list times a number is that often the same.
        let multiplied = !self.multiplies || self.only_numbers;
        grows && multiplied && !self.unbounded && self.again <= MAX_AGAIN
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::{SourceId, Span};
    use crate::syntax::template;
    use crate::syntax::text::Text;

    fn known(source: &str) -> Option<Json> {
        let text = Text::verbatim(source, Span::new(SourceId(0), 0, source.len()));
        let Json::Object(known) = json!({
            "a": "src", "n": 3, "list": ["x", "y"], "large": "x".repeat(40_000),
            "bounds": { "timeout": 5, "runs": 2 },
        }) else {
            return None;
        };
        Engine::new(&[]).known(&template::value(&text).ok()?, &Type::Any, &known)
    }

    #[test]
    fn what_is_easily_had_is_known() {
        assert_eq!(known("{{ a }}/lib.rs"), Some(json!("src/lib.rs")));
        assert_eq!(known("{{ bounds.timeout * bounds.runs }}"), Some(json!(10)));
        assert_eq!(known("{{ n * 2 }}"), Some(json!(6)));
        assert_eq!(known("{{ list | join('-') }}"), Some(json!("x-y")));
        assert!(known("{{ large }}").is_some());
        assert_eq!(known("{{ large | length }}"), Some(json!(40_000)));
    }

    #[test]
    fn what_is_not_or_could_be_large_is_not() {
        for source in [
            "{{ gone }}",
            "{{ a * 1000000 }}",
            "{{ list * n }}",
            "{{ a | replace('s', a) | replace('s', a) }}",
            "{{ list | join(large) }}",
            "{{ list | batch(1000, a) | list }}",
            "{{ large ~ large ~ large }}",
            "{{ range(100000) | list }}",
            "{{ a | }}",
        ] {
            assert_eq!(known(source), None, "{source}");
        }
    }

    #[test]
    fn small_is_neither_long_nor_deep() {
        assert!(is_small(&json!({"a": ["b", 1]})));
        assert!(!is_small(&json!("x".repeat(MAX_KNOWN))));
        let deep = |depth: usize| (0..depth).fold(json!(1), |inner, _| json!([inner]));
        assert!(is_shallow(&deep(MAX_NESTING), MAX_NESTING));
        assert!(!is_shallow(&deep(MAX_NESTING + 1), MAX_NESTING));
    }
}
