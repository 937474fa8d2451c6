//! Types as they are written: `[path]`, `{int}`, `{ a: int }`, `string?`, `"a" or "b"`.

use super::text::Text;
use super::tree::{Ident, TypeExpr, TypeExprKind};
use crate::source::{At, Span};

/// How deep types may nest.
const MAX_DEPTH: usize = 64;

/// Reads a type.
///
/// # Errors
/// Where it goes wrong, and what was expected there.
pub fn parse(text: &Text) -> Result<TypeExpr, (Span, String)> {
    let mut reader = Reader { text, at: 0 };
    let ty = reader.ty(0)?;
    reader.space();
    if reader.at < text.value.len() {
        return Err(reader.expected("the end of the type"));
    }
    Ok(ty)
}

struct Reader<'a> {
    text: &'a Text,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text.value[self.at..]
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, token: char) -> bool {
        self.space();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len_utf8();
        }
        found
    }

    fn expected(&self, what: &str) -> (Span, String) {
        let next = self.rest().chars().next().map_or(0, char::len_utf8);
        (self.text.span(self.at, self.at + next), what.to_owned())
    }

    fn name(&mut self) -> Option<Ident> {
        self.space();
        let rest = self.rest();
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let text = rest[..end].to_owned();
        let valid = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        valid.then(|| {
            let at = At(self.text.span(self.at, self.at + end));
            self.at += end;
            Ident { text, at }
        })
    }

    /// A name, or one behind the name of a library: `review.Verdict`.
    fn dotted(&mut self) -> Option<String> {
        let mut text = self.name()?.text;
        while self.rest().starts_with('.') {
            let dot = self.at;
            self.at += 1;
            let apart = self.rest().starts_with(char::is_whitespace);
            let Some(name) = self.name().filter(|_| !apart) else {
                self.at = dot;
                break;
            };
            text = format!("{text}.{name}");
        }
        Some(text)
    }

    /// Takes the word `untrusted`, which stands before a whole type.
    fn untrusted(&mut self) -> bool {
        let behind = self.rest().strip_prefix("untrusted");
        let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        let word = behind.is_some_and(|rest| !rest.starts_with(in_name));
        if word {
            self.at += "untrusted".len();
        }
        word
    }

    fn ty(&mut self, depth: usize) -> Result<TypeExpr, (Span, String)> {
        self.space();
        if depth == MAX_DEPTH {
            return Err(self.expected(&format!("at most {MAX_DEPTH} levels")));
        }
        let start = self.at;
        if self.untrusted() {
            let inner = self.ty(depth + 1)?;
            return Ok(self.node(TypeExprKind::Untrusted(Box::new(inner)), start));
        }
        let kind = if self.take('[') {
            let item = self.ty(depth + 1)?;
            if !self.take(']') {
                return Err(self.expected("`]`"));
            }
            TypeExprKind::List(Box::new(item))
        } else if self.take('{') {
            if self.is_map() {
                let value = self.ty(depth + 1)?;
                if !self.take('}') {
                    return Err(self.expected("`}`"));
                }
                TypeExprKind::Map(Box::new(value))
            } else {
                TypeExprKind::Record(self.fields(depth)?)
            }
        } else if self.rest().starts_with('"') {
            TypeExprKind::Choice(self.choices()?)
        } else {
            match self.dotted() {
                Some(name) => TypeExprKind::Name(name),
                None => return Err(self.expected("a type")),
            }
        };
        let mut ty = self.node(kind, start);
        let mut above = depth;
        while self.take('?') {
            above += 1;
            if above == MAX_DEPTH {
                return Err(self.expected(&format!("at most {MAX_DEPTH} levels")));
            }
            ty = self.node(TypeExprKind::Optional(Box::new(ty)), start);
        }
        Ok(ty)
    }

    /// Whether a type stands behind a `{`, and not the name of a field.
    fn is_map(&mut self) -> bool {
        let start = self.at;
        self.space();
        let found = match self.rest().chars().next() {
            Some('[' | '{') => true,
            // Names in quotes are a habit of JSON, and no choice.
            Some('"') => self.choices().is_ok_and(|_| !self.take(':')),
            _ => {
                let word = self.name();
                let behind = self.rest().trim_start().chars().next();
                word.is_some_and(|word| {
                    matches!(behind, Some('}' | '?' | '.'))
                        || word.text == "untrusted" && behind != Some(':')
                })
            }
        };
        self.at = start;
        found
    }

    fn node(&self, kind: TypeExprKind, start: usize) -> TypeExpr {
        TypeExpr {
            kind,
            at: At(self.text.span(start, self.at)),
        }
    }

    fn fields(&mut self, depth: usize) -> Result<Vec<(Ident, TypeExpr)>, (Span, String)> {
        let mut fields = Vec::new();
        while !self.take('}') {
            let Some(name) = self.name() else {
                return Err(self.expected("a field's name or `}`"));
            };
            if !self.take(':') {
                return Err(self.expected("`:`"));
            }
            fields.push((name, self.ty(depth + 1)?));
            if !self.take(',') && !self.rest().starts_with('}') {
                return Err(self.expected("`,` or `}`"));
            }
        }
        Ok(fields)
    }

    fn choices(&mut self) -> Result<Vec<String>, (Span, String)> {
        let mut choices = Vec::new();
        loop {
            if !self.take('"') {
                return Err(self.expected("a text in quotes"));
            }
            let Some(end) = self.rest().find('"') else {
                return Err(self.expected("a closing `\"`"));
            };
            choices.push(self.rest()[..end].to_owned());
            self.at += end + 1;
            let behind = self.at;
            if self.name().is_none_or(|word| word.text != "or") {
                self.at = behind;
                return Ok(choices);
            }
        }
    }
}
