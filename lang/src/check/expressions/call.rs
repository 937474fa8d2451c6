//! Filters, tests, functions and methods.

use minijinja::machinery::ast;

use super::shape::{Shape, accepts, items, shape};
use super::{habits, place};
use crate::check::Checker;
use crate::check::scope::Scope;
use crate::diagnostic::{Diagnostic, Kind, nearest};
use crate::expr;
use crate::expr::signatures::{FILTERS, FUNCTIONS, Gives, Signature, TESTS, Takes, find};
use crate::syntax::tree::Expr;
use crate::types::{BOOL, STRING, Type};

impl Checker<'_> {
    pub(super) fn filter(
        &mut self,
        it: &ast::Filter<'_>,
        tree: &ast::Expr<'_>,
        whole: &Expr,
        scope: &mut Scope,
    ) -> Type {
        let input = match &it.expr {
            Some(inner) => self.type_of(inner, whole, scope),
            None => Type::Any,
        };
        let at = place::name(whole, tree, it.name);
        let part = it.expr.as_ref().unwrap_or(tree);
        let own = self.library.engine.library_filters();
        if own.contains(&it.name) {
            let input = self.required(input, "string", part, whole);
            self.input_of(("| ", it.name), Takes::Text, &input, part, whole);
            for arg in &it.args {
                self.type_of(expr::argument(arg), whole, scope);
            }
            return Type::List(Box::new(STRING));
        }
        // The language's own, beside those of minijinja.
        if it.name == "matching" {
            let input = self.required(input, "string", part, whole);
            self.input_of(("| ", it.name), Takes::Text, &input, part, whole);
            for arg in &it.args {
                self.type_of(expr::argument(arg), whole, scope);
            }
            self.matching(it, whole, at);
            return STRING;
        }
        let Some(signature) = find(FILTERS, it.name) else {
            let known = FILTERS.iter().map(|it| it.name).chain(own.iter().copied());
            let known = known.chain(["matching"]);
            let near = nearest(it.name, known).map(str::to_owned);
            let name = it.name.to_owned();
            self.report(Kind::FilterUnknown { name, near }, at);
            for arg in &it.args {
                self.type_of(expr::argument(arg), whole, scope);
            }
            return Type::Any;
        };
        if signature.gives == Gives::Default {
            self.useless_default(it, &input, tree, whole);
        }
        let was_full = it
            .expr
            .as_ref()
            .is_some_and(|inner| super::access::is_full(inner, scope));
        let input = self.applied("| ", signature, input, part, whole);
        let given = self.matched("| ", signature, &it.args, at, whole, scope);
        let found = self.result(signature, &input, &given, whole);
        // What is known to have items has a first one, which may itself be absent.
        match signature.gives == Gives::Item && (was_full || has_items(it.expr.as_ref())) {
            true => items(&input),
            false => found,
        }
    }

    pub(super) fn tested(
        &mut self,
        it: &ast::Test<'_>,
        tree: &ast::Expr<'_>,
        whole: &Expr,
        scope: &mut Scope,
    ) -> Type {
        let input = self.type_of(&it.expr, whole, scope);
        let at = place::name(whole, tree, it.name);
        let Some(signature) = find(TESTS, it.name) else {
            let near = nearest(it.name, TESTS.iter().map(|it| it.name)).map(str::to_owned);
            let name = it.name.to_owned();
            self.report(Kind::TestUnknown { name, near }, at);
            for arg in &it.args {
                self.type_of(expr::argument(arg), whole, scope);
            }
            return BOOL;
        };
        self.decided_test(it, &input, tree, whole);
        let input = self.applied("is ", signature, input, &it.expr, whole);
        let given = self.matched("is ", signature, &it.args, at, whole, scope);
        if let Some(other) = given.iter().find(|given| given.param.is_some()) {
            let operator = match it.name {
                "eq" | "equalto" | "ne" => "==",
                "in" => "in",
                "lt" | "lessthan" => "<",
                "le" => "<=",
                "gt" | "greaterthan" => ">",
                "ge" => ">=",
                _ => return BOOL,
            };
            self.compare(
                operator,
                (&it.expr, &input),
                (other.expr, &other.ty),
                &|| place::of(whole, tree),
                whole,
            );
        }
        BOOL
    }

    /// The input of a filter or test, where it may stand there.
    fn applied(
        &mut self,
        mark: &str,
        signature: &Signature,
        input: Type,
        part: &ast::Expr<'_>,
        whole: &Expr,
    ) -> Type {
        let input = match signature.absent {
            true => input,
            false => self.required(input, wanted(signature.input), part, whole),
        };
        let there = input.clone().present();
        if there != Type::None {
            self.input_of((mark, signature.name), signature.input, &there, part, whole);
        }
        input
    }

    fn input_of(
        &mut self,
        (mark, name): (&str, &str),
        takes: Takes,
        input: &Type,
        part: &ast::Expr<'_>,
        whole: &Expr,
    ) {
        if accepts(takes, input) {
            return;
        }
        // A number becomes a text when one is asked for; a text becomes the list of its lines.
        let instead = match (takes, shape(input)) {
            (Takes::Text, Shape::Number | Shape::Bool) => Some("… | string".to_owned()),
            (Takes::List, Shape::Text) => Some("… | lines".to_owned()),
            (Takes::Number, Shape::Text) => Some("… | int".to_owned()),
            (Takes::Text, Shape::List) => Some("… | join(\", \")".to_owned()),
            _ => None,
        };
        let kind = Kind::FilterInput {
            name: format!("{mark}{name}"),
            takes: takes.words().to_owned(),
            found: input.to_string(),
            instead,
        };
        self.report(kind, place::of(whole, part));
    }

    /// `| default(…)` on what is never absent.
    fn useless_default(
        &mut self,
        it: &ast::Filter<'_>,
        input: &Type,
        tree: &ast::Expr<'_>,
        whole: &Expr,
    ) {
        let lax = it.args.get(1).is_some();
        if lax || input.may_be_absent() || *input == Type::Any {
            return;
        }
        let name = it
            .expr
            .as_ref()
            .map_or("", |inner| place::text(whole, inner));
        let kind = Kind::DefaultUseless {
            name: name.to_owned(),
            ty: input.to_string(),
        };
        let found = Diagnostic::new(kind, place::behind(whole, tree));
        self.diagnostics.push(match place::with_pipe(whole, tree) {
            Some(rest) => found.fix("remove it", vec![(rest, String::new())]),
            None => found,
        });
    }

    pub(super) fn call(
        &mut self,
        it: &ast::Call<'_>,
        tree: &ast::Expr<'_>,
        whole: &Expr,
        scope: &mut Scope,
    ) -> Type {
        let at = place::of(whole, &it.expr);
        if let ast::Expr::Var(var) = &it.expr
            && let Some(signature) = find(FUNCTIONS, var.id)
        {
            let given = self.matched("", signature, &it.args, at, whole, scope);
            return self.result(signature, &Type::Any, &given, whole);
        }
        for arg in &it.args {
            self.type_of(expr::argument(arg), whole, scope);
        }
        let name = place::text(whole, &it.expr);
        if self.library.actions.contains_key(name) || self.mission_named(name).is_some() {
            let name = name.to_owned();
            self.report(Kind::ActionInExpression { name }, at);
            return Type::Any;
        }
        match &it.expr {
            ast::Expr::Var(var) => {
                let known = FUNCTIONS.iter().map(|it| it.name);
                let near = nearest(var.id, known).map(str::to_owned);
                let filter = find(FILTERS, var.id).map(|it| format!("… | {}", it.name));
                let kind = Kind::FunctionUnknown {
                    name: var.id.to_owned(),
                    near,
                    instead: filter,
                };
                self.report(kind, at);
            }
            ast::Expr::GetAttr(method) => {
                let of = self.type_of(&method.expr, whole, scope);
                let bare = it.args.is_empty();
                let found = method_unknown(&of, method, bare, tree, &it.expr, whole);
                self.diagnostics.push(found);
            }
            other => {
                let of = self.type_of(other, whole, scope);
                let kind = Kind::FunctionUnknown {
                    name: of.to_string(),
                    near: None,
                    instead: None,
                };
                self.report(kind, at);
            }
        }
        Type::Any
    }
}

/// No value has methods; many languages have them where Jinja has filters. `call` is the whole.
fn method_unknown(
    of: &Type,
    it: &ast::GetAttr<'_>,
    bare: bool,
    call: &ast::Expr<'_>,
    callee: &ast::Expr<'_>,
    whole: &Expr,
) -> Diagnostic {
    let habit = habits::method(it.name)
        .or_else(|| find(FILTERS, it.name).map(|it| (format!("… | {}", it.name), false)));
    let kind = Kind::MethodUnknown {
        of: of.clone().present().to_string(),
        name: format!("{}()", it.name),
        instead: habit.as_ref().map(|(instead, _)| instead.clone()),
    };
    let found = Diagnostic::new(kind, place::last(whole, callee, it.name));
    let filter = habit
        .filter(|(_, certain)| *certain && bare)
        .and_then(|(instead, _)| instead.strip_prefix('…').map(str::to_owned));
    match filter.zip(place::from_dot(whole, call, callee, it.name)) {
        Some((filter, rest)) => {
            found.fix(format!("write `{}`", filter.trim()), vec![(rest, filter)])
        }
        None => found,
    }
}

/// What an operation needs that cannot do with what is absent, as a type.
pub(super) fn wanted(takes: Takes) -> &'static str {
    match takes {
        Takes::Bool => "bool",
        Takes::Int | Takes::Number => "int",
        Takes::List | Takes::Several => "[any]",
        Takes::Map => "{any}",
        Takes::Text | Takes::Attribute | Takes::Filter | Takes::Test => "string",
        Takes::Any | Takes::Nothing | Takes::Scalar => "any",
    }
}

/// Whether it is a list that is written out with items.
fn has_items(tree: Option<&ast::Expr<'_>>) -> bool {
    match tree {
        Some(ast::Expr::List(it)) => !it.items.is_empty(),
        Some(ast::Expr::Tuple(it)) => !it.items.is_empty(),
        _ => false,
    }
}
