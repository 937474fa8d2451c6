//! Values and the expressions in them.

use super::Ident;
use crate::expr::Parsed;
use crate::source::At;
use crate::syntax::text::Text;

/// A value as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it says.
    pub kind: ValueKind,
    /// Its place.
    pub at: At,
}

/// See [`Value`].
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// `3`, `30m`, `$2`, `true`, `none`
    Literal(Literal),
    /// `"text {{ expr }}"`. A text that is one `{{ expr }}` and nothing else is an
    /// [`ValueKind::Expr`] in both spellings.
    Text(Template),
    /// An expression that keeps its type.
    Expr(Expr),
    /// `[a, b]`
    List(Vec<Value>),
    /// `{ a: b }`
    Map(Vec<(Ident, Value)>),
}

/// A literal other than a text, with the letters it was written with.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// Its value.
    pub value: LiteralValue,
    /// As written, such as `200k`.
    pub raw: String,
}

/// See [`Literal`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LiteralValue {
    /// `none`; in YAML also `null` and `~`, which are written `none` when formatted.
    None,
    /// `true`, `false`
    Bool(bool),
    /// `3`, `200k` (thousands), `2M` (millions)
    Int(i64),
    /// `0.5`
    Float(f64),
    /// Milliseconds: `250ms`, `10s`, `30m`, `2h`, `1d`
    Duration(u64),
    /// Millionths of a dollar: `$2`, `$0.05`
    Money(u64),
    /// Bytes: `10B`, `64KB`, `10MB`, `1GB` (powers of 1,000), `64KiB`, `1MiB`, `1GiB`
    Size(u64),
}

/// Text with expressions in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// In order; two literals never stand side by side.
    pub pieces: Vec<Piece>,
}

impl Template {
    /// The text, when no expression is in it.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }
}

/// See [`Template`].
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// Text as it is.
    Literal(String),
    /// `{{ expr }}`
    Expr(Expr),
}

/// A Jinja expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Its source without `{{ }}`, trimmed, with its place in the file. It is not changed once the
    /// expression is made.
    pub source: Text,
    parsed: Parsed,
}

impl Expr {
    /// The expression of a text, which is parsed when somebody asks for its tree.
    #[must_use]
    pub fn new(source: Text) -> Expr {
        Expr {
            source,
            parsed: Parsed::default(),
        }
    }

    /// Where its tree is kept, for it and all its clones.
    pub(crate) fn parsed(&self) -> &Parsed {
        &self.parsed
    }
}
