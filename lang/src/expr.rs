//! Expressions: one parser and one evaluator, minijinja's.

mod absent;
mod depth;
mod known;
pub mod matching;
mod parsed;
pub mod signatures;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use minijinja::machinery::ast;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Map, Value as Json};

use crate::source::Span;
use crate::syntax::command::{self, Part};
use crate::syntax::text::Text;
use crate::syntax::tree::{Expr, LiteralValue, Piece, Template, Value, ValueKind};
use crate::types::{Plain, Type};

pub use self::depth::MAX_DEPTH;
pub use self::known::{MAX_NESTING, is_small};
pub(crate) use self::parsed::Parsed;

/// How many of minijinja's steps one evaluation may take.
const FUEL: u64 = 1_000_000;

/// Names and their values.
pub type Context = Map<String, Json>;

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExprError {
    /// The part that is wrong.
    pub span: Span,
    /// Why, as a clause.
    pub why: String,
}

/// A function that a library adds to expressions: `value | name`.
pub type Filter = fn(&str) -> Result<Vec<String>, String>;

/// Parses and evaluates. One for a whole check or run.
pub struct Engine {
    environment: Environment<'static>,
    filters: Vec<&'static str>,
}

impl Engine {
    /// An engine with the library's own filters, each from a text to a list of texts.
    #[must_use]
    pub fn new(filters: &[(&'static str, Filter)]) -> Engine {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_fuel(Some(FUEL));
        absent::add(&mut environment);
        environment.add_filter("matching", matching::filter);
        for (name, filter) in filters {
            let filter = *filter;
            environment.add_filter(*name, move |text: &str| {
                filter(text).map_err(|why| {
                    minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, why)
                })
            });
        }
        Engine {
            environment,
            filters: filters.iter().map(|(name, _)| *name).collect(),
        }
    }

    /// The names of the library's own filters.
    #[must_use]
    pub fn library_filters(&self) -> &[&'static str] {
        &self.filters
    }

    /// The value of an expression. What is absent is `null`.
    ///
    /// # Errors
    /// What went wrong, at the expression.
    pub fn expression(&self, expr: &Expr, context: &Context) -> Result<Json, ExprError> {
        let fail = |error: &minijinja::Error| ExprError {
            span: expr.source.at.0,
            why: reason(error),
        };
        bounded(expr)?;
        // A name alone needs no evaluation. One that is not there may be a word of Jinja.
        if let Some(value) = context.get(&expr.source.value) {
            return Ok(value.clone());
        }
        let compiled = self
            .environment
            .compile_expression(&expr.source.value)
            .map_err(|error| fail(&error))?;
        // Only what is used is handed over: a context may hold whole logs.
        let names = names_in(expr);
        let used: BTreeMap<&str, &Json> = names
            .iter()
            .filter_map(|name| Some((name.as_str(), context.get(name)?)))
            .collect();
        let value = compiled
            .eval(minijinja::Value::from(minijinja::value::Serde(&used)))
            .map_err(|error| fail(&error))?;
        if value.is_undefined() {
            return Ok(Json::Null);
        }
        serde_json::to_value(&value).map_err(|error| ExprError {
            span: expr.source.at.0,
            why: error.to_string(),
        })
    }

    /// Whether a condition holds, as Jinja sees it: absent, empty, zero and `false` do not.
    ///
    /// # Errors
    /// As [`Engine::expression`].
    pub fn condition(&self, expr: &Expr, context: &Context) -> Result<bool, ExprError> {
        Ok(match self.expression(expr, context)? {
            Json::Null => false,
            Json::Bool(value) => value,
            Json::Number(number) => number.as_f64() != Some(0.0),
            Json::String(text) => !text.is_empty(),
            Json::Array(items) => !items.is_empty(),
            Json::Object(entries) => !entries.is_empty(),
        })
    }

    /// The value that stands for `wanted`: evaluated, and in that type's own form.
    ///
    /// # Errors
    /// What went wrong, at the part where it did.
    pub fn value(
        &self,
        value: &Value,
        wanted: &Type,
        context: &Context,
    ) -> Result<Json, ExprError> {
        let at = value.at.0;
        let fail = |why: String| ExprError { span: at, why };
        if let (ValueKind::Text(template), Type::Plain(Plain::Command)) =
            (&value.kind, wanted.bare())
        {
            let words = self.command(template, context).and_then(|parts| {
                let parts: Vec<Part<'_>> = parts.iter().map(OwnedPart::part).collect();
                command::assemble(&parts).map_err(fail)
            })?;
            return Ok(Json::String(command::join(&words)));
        }
        let json = match &value.kind {
            ValueKind::Literal(literal) => literal_json(literal.value),
            ValueKind::Text(template) => Json::String(self.text(template, context)?),
            ValueKind::Expr(expr) => self.expression(expr, context)?,
            ValueKind::List(items) => {
                let inner = match wanted.bare() {
                    Type::List(item) => item,
                    _ => &Type::Any,
                };
                let items = items.iter().map(|item| self.value(item, inner, context));
                Json::Array(items.collect::<Result<_, _>>()?)
            }
            ValueKind::Map(entries) => {
                let mut map = Map::new();
                for (name, value) in entries {
                    let inner = match wanted.bare() {
                        Type::Record(fields) => {
                            let field = fields.iter().find(|(it, _)| *it == name.text);
                            field.map(|(_, ty)| ty)
                        }
                        Type::Map(inner) => Some(&**inner),
                        _ => None,
                    };
                    let inner = inner.unwrap_or(&Type::Any);
                    map.insert(name.text.clone(), self.value(value, inner, context)?);
                }
                Json::Object(map)
            }
        };
        let json = wanted.coerce(json).map_err(fail)?;
        match known::is_shallow(&json, MAX_NESTING) {
            true => Ok(json),
            false => Err(fail(format!(
                "it has more than {MAX_NESTING} lists and maps inside of each other"
            ))),
        }
    }

    /// A text with its expressions filled in.
    fn text(&self, template: &Template, context: &Context) -> Result<String, ExprError> {
        let mut text = String::new();
        for part in self.command(template, context)? {
            match part {
                OwnedPart::Written(part) | OwnedPart::Value(part) => text.push_str(&part),
            }
        }
        Ok(text)
    }

    fn command(&self, template: &Template, context: &Context) -> Result<Vec<OwnedPart>, ExprError> {
        template
            .pieces
            .iter()
            .map(|piece| {
                Ok(match piece {
                    Piece::Literal(text) => OwnedPart::Written(text.clone()),
                    Piece::Expr(expr) => match self.expression(expr, context)? {
                        Json::Null => {
                            return Err(ExprError {
                                span: expr.source.at.0,
                                why: "it has no value here".to_owned(),
                            });
                        }
                        Json::String(text) => OwnedPart::Value(text),
                        other => OwnedPart::Value(other.to_string()),
                    },
                })
            })
            .collect()
    }
}

/// A piece of a filled-in text.
enum OwnedPart {
    Written(String),
    Value(String),
}

impl OwnedPart {
    fn part(&self) -> Part<'_> {
        match self {
            OwnedPart::Written(text) => Part::Written(text),
            OwnedPart::Value(text) => Part::Value(text),
        }
    }
}

/// The value of a literal in its type's own form: milliseconds, millionths of a dollar, bytes.
#[must_use]
pub fn literal_json(value: LiteralValue) -> Json {
    match value {
        LiteralValue::None => Json::Null,
        LiteralValue::Bool(value) => Json::from(value),
        LiteralValue::Int(value) => Json::from(value),
        LiteralValue::Float(value) => Json::from(value),
        LiteralValue::Duration(value) | LiteralValue::Money(value) | LiteralValue::Size(value) => {
            Json::from(value)
        }
    }
}

/// The tree of an expression.
///
/// # Errors
/// What is wrong, and at which part of it.
pub fn parse(expr: &Expr) -> Result<&ast::Expr<'_>, &ExprError> {
    let parsed = expr.parsed();
    let outcome = parsed.get(&expr.source.value, |source| parse_anew(source, expr));
    outcome.as_ref()
}

fn parse_anew<'a>(source: &'a str, expr: &Expr) -> Result<ast::Expr<'a>, ExprError> {
    bounded(expr)?;
    let parsed = minijinja::machinery::parse_expr(source);
    // The parser takes no notice of what is no token at all behind a whole expression.
    let tokens = minijinja::machinery::tokenize(source, true, Default::default());
    let tokens = tokens.map(|token| token.map(drop));
    let parsed = parsed.and_then(|tree| tokens.collect::<Result<(), _>>().map(|()| tree));
    parsed.map_err(|error| {
        let whole = expr.source.at.0;
        let span = match error.range() {
            Some(range) if range.end <= expr.source.value.len() => {
                let range = whole_letters(&expr.source.value, range);
                expr.source.span(range.start, range.end)
            }
            _ => whole,
        };
        ExprError {
            span,
            why: reason(&error),
        }
    })
}

/// The range with whole letters: minijinja points at the first byte of one that it does not know.
fn whole_letters(text: &str, range: Range<usize>) -> Range<usize> {
    let outwards = |mut at: usize, by: isize| {
        while !text.is_char_boundary(at) {
            at = at.saturating_add_signed(by);
        }
        at
    };
    outwards(range.start, -1)..outwards(range.end, 1)
}

/// Refuses an expression that goes too deep to be parsed.
fn bounded(expr: &Expr) -> Result<(), ExprError> {
    if depth::is_bounded(&expr.source.value) {
        return Ok(());
    }
    Err(ExprError {
        span: expr.source.at.0,
        why: format!(
            "more than {MAX_DEPTH} operators work on each other's results; \
             name parts of it with `let`"
        ),
    })
}

/// Where a part of a parsed expression stands in the file.
#[must_use]
pub fn span_of(expr: &Expr, part: minijinja::machinery::Span) -> Span {
    let length = expr.source.value.len();
    let start = (part.start_offset as usize).min(length);
    let end = (part.end_offset as usize).min(length);
    expr.source.span(start, end)
}

fn reason(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => detail.to_owned(),
        None => error.kind().to_string(),
    }
}

/// The names that a value uses and does not define itself.
#[must_use]
pub fn names(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(value, &mut found);
    found
}

/// The names that an expression uses.
#[must_use]
pub fn names_in(expr: &Expr) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect_expr(expr, &mut found);
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match &value.kind {
        ValueKind::Literal(_) => {}
        ValueKind::Expr(expr) => collect_expr(expr, found),
        ValueKind::Text(template) => {
            for piece in &template.pieces {
                if let Piece::Expr(expr) = piece {
                    collect_expr(expr, found);
                }
            }
        }
        ValueKind::List(items) => items.iter().for_each(|item| collect(item, found)),
        ValueKind::Map(entries) => entries.iter().for_each(|(_, value)| collect(value, found)),
    }
}

fn collect_expr(expr: &Expr, found: &mut BTreeSet<String>) {
    if let Ok(tree) = parse(expr) {
        walk(tree, &mut |part| {
            if let ast::Expr::Var(var) = part {
                found.insert(var.id.to_owned());
            }
        });
    }
}

/// The names in an expression, each with the fields that it is asked for: `a.b.c`. Each is an
/// expression of its own.
#[must_use]
pub fn paths(expr: &Expr) -> Vec<Expr> {
    fn collect<'a>(part: &ast::Expr<'a>, whole: &Expr, found: &mut Vec<Expr>) {
        let mut inner = part;
        while let ast::Expr::GetAttr(it) = inner {
            inner = &it.expr;
        }
        if !matches!(inner, ast::Expr::Var(_)) {
            parts(part)
                .into_iter()
                .for_each(|part| collect(part, whole, found));
            return;
        }
        // minijinja's span of `a.b.c` begins at its last but one dot.
        let start = inner.span().start_offset as usize;
        let end = part.span().end_offset as usize;
        let text = whole.source.value.get(start..end);
        let span = whole.source.span(start, end);
        found.extend(text.map(|text| Expr::new(Text::verbatim(text, span))));
    }
    let mut found = Vec::new();
    if let Ok(tree) = parse(expr) {
        collect(tree, expr, &mut found);
    }
    found
}

/// Visits an expression and all its parts, outermost first.
pub fn walk<'a>(expr: &ast::Expr<'a>, visit: &mut impl FnMut(&ast::Expr<'a>)) {
    visit(expr);
    for part in parts(expr) {
        walk(part, visit);
    }
}

/// The direct parts of an expression.
#[must_use]
pub fn parts<'a, 's>(expr: &'s ast::Expr<'a>) -> Vec<&'s ast::Expr<'a>> {
    use ast::Expr as E;
    let args = |args: &'s [ast::CallArg<'a>]| args.iter().map(argument);
    match expr {
        E::Var(_) | E::Const(_) => Vec::new(),
        E::Slice(it) => [
            Some(&it.expr),
            it.start.as_ref(),
            it.stop.as_ref(),
            it.step.as_ref(),
        ]
        .into_iter()
        .flatten()
        .collect(),
        E::UnaryOp(it) => vec![&it.expr],
        E::BinOp(it) => vec![&it.left, &it.right],
        E::Compare(it) => std::iter::once(&it.expr)
            .chain(it.ops.iter().map(|op| &op.expr))
            .collect(),
        E::IfExpr(it) => [
            Some(&it.test_expr),
            Some(&it.true_expr),
            it.false_expr.as_ref(),
        ]
        .into_iter()
        .flatten()
        .collect(),
        E::Filter(it) => it.expr.iter().chain(args(&it.args)).collect(),
        E::Test(it) => std::iter::once(&it.expr).chain(args(&it.args)).collect(),
        E::GetAttr(it) => vec![&it.expr],
        E::GetItem(it) => vec![&it.expr, &it.subscript_expr],
        E::Call(it) => std::iter::once(&it.expr).chain(args(&it.args)).collect(),
        E::List(it) => it.items.iter().collect(),
        E::Tuple(it) => it.items.iter().collect(),
        E::Map(it) => it.keys.iter().chain(&it.values).collect(),
    }
}

/// The expression of an argument.
#[must_use]
pub fn argument<'a, 's>(arg: &'s ast::CallArg<'a>) -> &'s ast::Expr<'a> {
    use ast::CallArg::{Kwarg, KwargSplat, Pos, PosSplat};
    match arg {
        Pos(expr) | Kwarg(_, expr) | PosSplat(expr) | KwargSplat(expr) => expr,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::{SourceId, Span};
    use crate::syntax::template;
    use crate::syntax::text::Text;

    fn text(source: &str) -> Text {
        Text::verbatim(source, Span::new(SourceId(0), 0, source.len()))
    }

    fn expr(source: &str) -> Expr {
        Expr::new(text(source))
    }

    fn context(json: Json) -> Context {
        match json {
            Json::Object(map) => map,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn what_is_absent_is_chained_over() {
        let engine = Engine::new(&[]);
        let it = expr("previous.green.log or red.log");
        let first = context(json!({"previous": null, "red": {"log": "r"}}));
        assert_eq!(engine.expression(&it, &first), Ok(json!("r")));
        let second = context(json!({"previous": {"green": {"log": "g"}}, "red": {"log": "r"}}));
        assert_eq!(engine.expression(&it, &second), Ok(json!("g")));
        assert_eq!(engine.expression(&expr("nothing"), &first), Ok(Json::Null));
    }

    #[test]
    fn none_and_a_field_of_it_are_both_absent() {
        let engine = Engine::new(&[]);
        let known = context(json!({"a": null, "b": {"c": null}, "e": ""}));
        for name in ["a", "a.x", "b.c", "b.c.x", "nothing"] {
            let is = |source: &str| {
                let source = source.replace('?', name);
                engine.expression(&expr(&source), &known)
            };
            assert_eq!(is("? | default('d')"), Ok(json!("d")), "{name}");
            assert_eq!(
                is("[? is none, ? is defined, ? is undefined]"),
                Ok(json!([true, false, true]))
            );
        }
        let it = expr("[e | default('d'), e | default('d', true), e is defined]");
        assert_eq!(engine.expression(&it, &known), Ok(json!(["", "d", true])));
        assert!(
            engine
                .expression(&expr("a | default(1, 2, 3)"), &known)
                .is_err()
        );
    }

    #[test]
    fn a_text_without_a_value_is_an_error_and_not_an_empty_text() {
        let engine = Engine::new(&[]);
        let value = template::value(&text("a {{ gone }}")).unwrap();
        let string = Type::Plain(Plain::String);
        let error = engine.value(&value, &string, &Context::new()).unwrap_err();
        assert_eq!(error.why, "it has no value here");
        assert_eq!((error.span.start, error.span.end), (5, 9));
    }

    #[test]
    fn a_value_in_a_command_is_one_argument() {
        let engine = Engine::new(&[]);
        let value = template::value(&text("grep {{ what }} file")).unwrap();
        let command = Type::Plain(Plain::Command);
        let known = context(json!({"what": "a b'; rm"}));
        assert_eq!(
            engine.value(&value, &command, &known),
            Ok(json!("grep 'a b'\\''; rm' file"))
        );
    }

    #[test]
    fn an_endless_expression_ends() {
        let engine = Engine::new(&[]);
        let it = expr("range(100000000) | list | length");
        assert!(engine.expression(&it, &Context::new()).is_err());
        let it = expr("'x' * 100000000000");
        assert!(engine.expression(&it, &Context::new()).is_err());
    }

    #[test]
    fn names_are_found_wherever_they_stand() {
        let used = names_in(&expr("a.b | default(c) if d[e] is defined else {'k': f}"));
        assert_eq!(used.into_iter().collect::<String>(), "acdef");
    }

    #[test]
    fn paths_are_names_with_their_fields() {
        let it = expr("not a.b.c or d | length == e[f.g].h and [i] == 'j.k'");
        let paths: Vec<String> = paths(&it).into_iter().map(|it| it.source.value).collect();
        assert_eq!(paths, ["a.b.c", "d", "e", "f.g", "i"]);
    }

    #[test]
    fn library_filters() {
        let engine = Engine::new(&[("words", |text| {
            Ok(text.split(' ').map(str::to_owned).collect())
        })]);
        let it = expr("x | words");
        let known = context(json!({"x": "a b"}));
        assert_eq!(engine.expression(&it, &known), Ok(json!(["a", "b"])));
    }

    #[test]
    fn what_is_no_token_is_refused_wherever_it_stands() {
        for source in [
            "a & b",
            "a is defined & b",
            "a is defined \"\" ; b",
            "a is eq(1) §",
            "a is defined 'b",
        ] {
            assert!(parse(&expr(source)).is_err(), "{source}");
        }
        assert!(parse(&expr("a is defined and b ~ '&;'")).is_ok());
    }
}
