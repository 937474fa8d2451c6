//! The types of expressions, on minijinja's own syntax tree.

use minijinja::machinery::ast::{self, BinOpKind, UnaryOpKind};

use super::Checker;
use super::scope::Scope;
use crate::diagnostic::{Kind, nearest};
use crate::expr;
use crate::source::Span;
use crate::syntax::tree::Expr;
use crate::types::{BOOL, FLOAT, Fields, INT, STRING, Type};

impl Checker<'_> {
    /// The type of an expression; [`Type::Any`] where it is wrong, which has been reported.
    pub(super) fn expression(&mut self, expr: &Expr, scope: &mut Scope) -> Type {
        match expr::parse(expr) {
            Ok(tree) => self.type_of(&tree, expr, scope),
            Err(error) => {
                let found = mistake(expr)
                    .unwrap_or((Kind::ExpressionInvalid { why: error.why }, error.span));
                self.report(found.0, found.1);
                Type::Any
            }
        }
    }

    fn type_of(&mut self, tree: &ast::Expr<'_>, whole: &Expr, scope: &mut Scope) -> Type {
        use ast::Expr as E;
        let at = |part: &ast::Expr<'_>| expr::span_of(whole, part.span());
        match tree {
            E::Var(var) => self.variable(var.id, at(tree), scope),
            E::Const(it) => constant(&it.value),
            E::GetAttr(it) => {
                let base = self.type_of(&it.expr, whole, scope);
                self.attribute(&base, it.name, at(tree))
            }
            E::GetItem(it) => {
                let base = self.type_of(&it.expr, whole, scope);
                self.type_of(&it.subscript_expr, whole, scope);
                match (&it.subscript_expr, base.bare()) {
                    (E::Const(key), Type::Record(_)) => match key.value.as_str() {
                        Some(name) => self.attribute(&base, name, at(tree)),
                        None => Type::Any,
                    },
                    (_, Type::List(item)) => item.clone().optional(),
                    _ => Type::Any,
                }
            }
            E::UnaryOp(it) => {
                let inner = self.type_of(&it.expr, whole, scope);
                match it.op {
                    UnaryOpKind::Not => BOOL,
                    UnaryOpKind::Neg => inner,
                }
            }
            E::BinOp(it) => {
                let left = self.type_of(&it.left, whole, scope);
                let right = self.type_of(&it.right, whole, scope);
                match it.op {
                    // What is absent is passed over by `or`, so only its right side may be.
                    BinOpKind::ScOr => join(&present(left), &right),
                    BinOpKind::ScAnd => join(&left, &right),
                    BinOpKind::Concat => STRING,
                    BinOpKind::Add | BinOpKind::Sub | BinOpKind::Mul => arithmetic(&left, &right),
                    BinOpKind::Div | BinOpKind::Pow => FLOAT,
                    BinOpKind::FloorDiv | BinOpKind::Rem => arithmetic(&left, &right),
                    _ => BOOL,
                }
            }
            E::Compare(_) | E::Test(_) => {
                for part in expr::parts(tree) {
                    self.type_of(part, whole, scope);
                }
                BOOL
            }
            E::IfExpr(it) => {
                self.type_of(&it.test_expr, whole, scope);
                let yes = self.type_of(&it.true_expr, whole, scope);
                match &it.false_expr {
                    Some(no) => {
                        let no = self.type_of(no, whole, scope);
                        join(&yes, &no)
                    }
                    None => yes.optional(),
                }
            }
            E::Filter(it) => {
                let input = it
                    .expr
                    .as_ref()
                    .map(|inner| self.type_of(inner, whole, scope));
                let args: Vec<Type> = it
                    .args
                    .iter()
                    .map(|arg| self.type_of(expr::argument(arg), whole, scope))
                    .collect();
                self.filter(it.name, &input.unwrap_or(Type::Any), &args, at(tree))
            }
            E::Call(it) => self.call(it, whole, scope),
            E::Slice(it) => {
                for part in expr::parts(tree).into_iter().skip(1) {
                    self.type_of(part, whole, scope);
                }
                self.type_of(&it.expr, whole, scope)
            }
            E::List(it) => self.list_type(&it.items, whole, scope),
            E::Tuple(it) => self.list_type(&it.items, whole, scope),
            E::Map(it) => {
                let mut fields = Fields::default();
                let mut named = true;
                for (key, value) in it.keys.iter().zip(&it.values) {
                    let ty = self.type_of(value, whole, scope);
                    match key {
                        E::Const(key) if key.value.as_str().is_some() => {
                            fields.push(&key.value.to_string(), ty);
                        }
                        _ => named = false,
                    }
                }
                if named { fields.into_type() } else { Type::Any }
            }
        }
    }

    fn list_type(&mut self, items: &[ast::Expr<'_>], whole: &Expr, scope: &mut Scope) -> Type {
        let types = items.iter().map(|item| self.type_of(item, whole, scope));
        let item = types.reduce(|a, b| join(&a, &b));
        Type::List(Box::new(item.unwrap_or(Type::Any)))
    }

    fn variable(&mut self, name: &str, at: Span, scope: &mut Scope) -> Type {
        if let Some(found) = scope.look_up(name) {
            return found.ty.clone();
        }
        let near = nearest(name, scope.all().map(|(name, _)| name)).map(str::to_owned);
        self.report(
            Kind::NameUnknown {
                name: name.to_owned(),
                near,
            },
            at,
        );
        Type::Any
    }

    fn attribute(&mut self, base: &Type, name: &str, at: Span) -> Type {
        let absent = base.may_be_absent();
        match base.bare() {
            Type::Any | Type::None => Type::Any,
            Type::Record(fields) => {
                if let Some((_, ty)) = fields.iter().find(|(it, _)| it == name) {
                    return if absent {
                        ty.clone().optional()
                    } else {
                        ty.clone()
                    };
                }
                let near = nearest(name, fields.iter().map(|(it, _)| it.as_str()));
                self.property_unknown(base, name, near, at)
            }
            _ => self.property_unknown(base, name, None, at),
        }
    }

    fn property_unknown(&mut self, of: &Type, name: &str, near: Option<&str>, at: Span) -> Type {
        let of = match of {
            Type::Named(name, _) => format!("a `{name}`"),
            Type::Optional(inner) => return self.property_unknown(inner, name, near, at),
            Type::Record(_) => "this".to_owned(),
            other => format!("a `{other}`"),
        };
        self.report(
            Kind::PropertyUnknown {
                of,
                name: name.to_owned(),
                near: near.map(str::to_owned),
            },
            at,
        );
        Type::Any
    }

    fn call(&mut self, call: &ast::Call<'_>, whole: &Expr, scope: &mut Scope) -> Type {
        for arg in &call.args {
            self.type_of(expr::argument(arg), whole, scope);
        }
        match &call.expr {
            ast::Expr::Var(var) if var.id == "range" => Type::List(Box::new(INT)),
            ast::Expr::Var(var) => {
                let at = expr::span_of(whole, call.expr.span());
                let known = ["range"];
                self.report(
                    Kind::NameUnknown {
                        name: format!("{}()", var.id),
                        near: nearest(var.id, known).map(str::to_owned),
                    },
                    at,
                );
                Type::Any
            }
            // A method; minijinja knows which values have which.
            ast::Expr::GetAttr(it) => {
                self.type_of(&it.expr, whole, scope);
                Type::Any
            }
            other => {
                self.type_of(other, whole, scope);
                Type::Any
            }
        }
    }

    fn filter(&mut self, name: &str, input: &Type, args: &[Type], at: Span) -> Type {
        if self.library.engine.library_filters().contains(&name) {
            return Type::List(Box::new(STRING));
        }
        let Some((_, gives)) = FILTERS.iter().find(|(it, _)| *it == name) else {
            let known = FILTERS.iter().map(|(it, _)| *it);
            let near = nearest(name, known).map(str::to_owned);
            self.report(
                Kind::NameUnknown {
                    name: format!("| {name}"),
                    near,
                },
                at,
            );
            return Type::Any;
        };
        match gives {
            Gives::Same => input.clone(),
            Gives::Item => match input.bare() {
                Type::List(item) => item.clone().optional(),
                _ => Type::Any,
            },
            Gives::Default => match args.first() {
                Some(other) => join(&present(input.clone()), other),
                None => present(input.clone()),
            },
            Gives::Text => STRING,
            Gives::Texts => Type::List(Box::new(STRING)),
            Gives::Int => INT,
            Gives::Float => FLOAT,
            Gives::Bool => BOOL,
            Gives::Any => Type::Any,
        }
    }
}

/// What a filter gives.
enum Gives {
    Any,
    Bool,
    Default,
    Float,
    Int,
    Item,
    Same,
    Text,
    Texts,
}

/// minijinja's filters (its `defaults.rs`), with what each gives.
const FILTERS: &[(&str, Gives)] = &[
    ("abs", Gives::Same),
    ("attr", Gives::Any),
    ("batch", Gives::Any),
    ("bool", Gives::Bool),
    ("capitalize", Gives::Text),
    ("chain", Gives::Any),
    ("count", Gives::Int),
    ("d", Gives::Default),
    ("default", Gives::Default),
    ("dictsort", Gives::Any),
    ("first", Gives::Item),
    ("float", Gives::Float),
    ("format", Gives::Text),
    ("groupby", Gives::Any),
    ("indent", Gives::Text),
    ("int", Gives::Int),
    ("items", Gives::Any),
    ("join", Gives::Text),
    ("last", Gives::Item),
    ("length", Gives::Int),
    ("lines", Gives::Texts),
    ("list", Gives::Same),
    ("lower", Gives::Text),
    ("map", Gives::Any),
    ("max", Gives::Item),
    ("min", Gives::Item),
    ("pprint", Gives::Text),
    ("reject", Gives::Same),
    ("rejectattr", Gives::Same),
    ("replace", Gives::Text),
    ("reverse", Gives::Same),
    ("round", Gives::Float),
    ("select", Gives::Same),
    ("selectattr", Gives::Same),
    ("slice", Gives::Any),
    ("sort", Gives::Same),
    ("split", Gives::Texts),
    ("string", Gives::Text),
    ("sum", Gives::Any),
    ("title", Gives::Text),
    ("trim", Gives::Text),
    ("unique", Gives::Same),
    ("upper", Gives::Text),
    ("zip", Gives::Any),
];

fn constant(value: &minijinja::Value) -> Type {
    use minijinja::value::ValueKind;
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Type::None,
        ValueKind::Bool => BOOL,
        ValueKind::Number if value.is_integer() => INT,
        ValueKind::Number => FLOAT,
        ValueKind::String => STRING,
        _ => Type::Any,
    }
}

/// The type without its `?`.
fn present(ty: Type) -> Type {
    match ty {
        Type::Optional(inner) => *inner,
        other => other,
    }
}

/// A type that holds the values of both.
fn join(a: &Type, b: &Type) -> Type {
    match (a, b) {
        (a, b) if a == b => a.clone(),
        (Type::None, other) | (other, Type::None) => other.clone().optional(),
        (Type::Optional(a), b) | (b, Type::Optional(a)) => join(a, &present(b.clone())).optional(),
        (a, b) if a.fits(b) => b.clone(),
        (a, b) if b.fits(a) => a.clone(),
        _ => Type::Any,
    }
}

fn arithmetic(left: &Type, right: &Type) -> Type {
    match (left.bare(), right.bare()) {
        (a, b) if a == b => a.clone(),
        (a, b) if *a == FLOAT || *b == FLOAT => FLOAT,
        _ => Type::Any,
    }
}

/// Where `wanted` stands in an expression, its texts in quotes left out.
fn outside_texts(source: &str, wanted: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in source.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(end) if c == end => quote = None,
            Some(_) => {}
            None if source[at..].starts_with(wanted) => return Some(at),
            None if c == '"' || c == '\'' => quote = Some(c),
            None => {}
        }
    }
    None
}

/// A habit of another language in an expression that could not be parsed.
fn mistake(expr: &Expr) -> Option<(Kind, Span)> {
    let source = &expr.source.value;
    for (found, meant) in [
        ("&&", "write `and`"),
        ("||", "write `or`"),
        ("===", "write `==`"),
        ("!==", "write `!=`"),
        ("?.", "write `.`: what is absent is passed over"),
        ("??", "write `or`"),
        (
            "${",
            "write `{{ … }}` in a text; outside of one write the name alone",
        ),
    ] {
        if let Some(at) = outside_texts(source, found) {
            let kind = Kind::LikelyMistake {
                found: found.to_owned(),
                meant: meant.to_owned(),
            };
            return Some((kind, expr.source.span(at, at + found.len())));
        }
    }
    if source.starts_with('!') {
        let kind = Kind::LikelyMistake {
            found: "!".to_owned(),
            meant: "write `not`".to_owned(),
        };
        return Some((kind, expr.source.span(0, 1)));
    }
    // `path "x"`: a name and a value side by side.
    let name = source
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|end| *end > 0)?;
    if source[name..].trim_start().starts_with('"') {
        let kind = Kind::Syntax {
            found: format!("`{}` and a text side by side", &source[..name]),
            expected: "a `:` or a `,` between them".to_owned(),
        };
        return Some((kind, expr.source.at.0));
    }
    None
}
