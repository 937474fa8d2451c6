//! Comparisons: of what has an order, of what can be equal, and of what can hold the other.

use minijinja::machinery::ast::{self, CompareOpKind};

use super::place::{self, Place};
use super::shape::{Shape, shape};
use crate::check::Checker;
use crate::check::known;
use crate::check::scope::Scope;
use crate::diagnostic::{Diagnostic, Kind, nearest};
use crate::syntax::tree::Expr;
use crate::types::{BOOL, Plain, Type};

/// One side of a comparison.
type Side<'s, 'a> = (&'s ast::Expr<'a>, &'s Type);

impl Checker<'_> {
    /// `1 < a < 5`: each with its neighbour.
    pub(super) fn comparisons(
        &mut self,
        it: &ast::Compare<'_>,
        whole: &Expr,
        scope: &mut Scope,
    ) -> Type {
        let mut left = (&it.expr, self.type_of(&it.expr, whole, scope));
        for op in &it.ops {
            let right = (&op.expr, self.type_of(&op.expr, whole, scope));
            let at = || place::between(whole, left.0, right.0);
            self.compare(
                word(op.op),
                (left.0, &left.1),
                (right.0, &right.1),
                &at,
                whole,
            );
            left = right;
        }
        BOOL
    }

    /// Checks one comparison; `==` stands for `!=` too.
    pub(super) fn compare(
        &mut self,
        op: &str,
        left: Side<'_, '_>,
        right: Side<'_, '_>,
        at: Place<'_>,
        whole: &Expr,
    ) {
        match op {
            "==" => self.equal(left, right, at, whole),
            "in" => self.contains(left, right, at, whole),
            op => self.ordered(op, left, right, at, whole),
        }
    }

    fn ordered(
        &mut self,
        op: &str,
        left: Side<'_, '_>,
        right: Side<'_, '_>,
        at: Place<'_>,
        whole: &Expr,
    ) {
        let needs = |other: &Type| match shape(other) {
            Shape::Text => "string",
            _ => "int",
        };
        let a = self.required(left.1.clone(), needs(right.1), left.0, whole);
        let b = self.required(right.1.clone(), needs(left.1), right.0, whole);
        use Shape::{Any, Bool, List, Number, Text};
        let fits = match (shape(&a), shape(&b)) {
            (Any, Any | Bool | List | Number | Text) | (Bool | List | Number | Text, Any) => true,
            (Number, Number) => same_unit(&a, &b),
            (Text, Text) | (Bool, Bool) | (List, List) => true,
            _ => false,
        };
        if !fits {
            let kind = Kind::OperandMismatch {
                operator: op.to_owned(),
                takes: "two numbers of one unit, two texts or two lists".to_owned(),
                found: format!("`{a}` and `{b}`"),
            };
            self.report(kind, at());
        }
    }

    fn equal(&mut self, left: Side<'_, '_>, right: Side<'_, '_>, at: Place<'_>, whole: &Expr) {
        // Two constants are a condition that is constant.
        if left.0.as_const().is_some() && right.0.as_const().is_some() {
            return;
        }
        for (name, other) in [(left, right), (right, left)] {
            if other.0.as_const().is_some_and(|it| it.is_none()) && is_part(name) {
                let negated = place::gap(whole, left.0, right.0).contains("!=");
                return self.compared_with_none(name, negated, at, whole);
            }
        }
        for (choice, text) in [(left, right), (right, left)] {
            if let Type::Choice(choices) = choice.1.bare()
                && let Some(text_value) = text.0.as_const()
                && let Some(value) = text_value.as_str()
            {
                if !choices.iter().any(|one| one == value) {
                    self.not_a_choice(choice, value, choices, text.0, whole);
                }
                return;
            }
        }
        if !may_be_equal(left.1, right.1) {
            self.impossible(left.1, right.1, at);
        }
    }

    /// `a == none` holds where `a` is `none`, and not where something before a dot in it is absent.
    fn compared_with_none(
        &mut self,
        name: Side<'_, '_>,
        negated: bool,
        at: Place<'_>,
        whole: &Expr,
    ) {
        let text = place::text(whole, name.0);
        let is = if negated { "is not none" } else { "is none" };
        let kind = Kind::NoneCompared { is: is.to_owned() };
        let at = at();
        let found = Diagnostic::new(kind, at);
        let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        self.diagnostics.push(if text.chars().all(plain) {
            found.fix(format!("write `{is}`"), vec![(at, format!("{text} {is}"))])
        } else {
            found
        });
    }

    fn not_a_choice(
        &mut self,
        choice: Side<'_, '_>,
        value: &str,
        choices: &[String],
        text: &ast::Expr<'_>,
        whole: &Expr,
    ) {
        let near = nearest(value, choices.iter().map(String::as_str));
        let kind = Kind::ComparisonImpossible {
            left: format!(
                "{} is {}",
                quoted(place::text(whole, choice.0)),
                choice.1.clone().present()
            ),
            right: format!("\"{value}\""),
            near: near.map(|near| format!("\"{near}\"")),
        };
        let at = place::of(whole, text);
        let inside = place::inside(whole, text, value, value);
        let found = Diagnostic::new(kind, at);
        // The quotes are the author's, so only what stands between them is replaced.
        self.diagnostics.push(match near {
            Some(near) if inside != at => {
                found.fix(format!("write \"{near}\""), vec![(inside, near.to_owned())])
            }
            _ => found,
        });
    }

    fn contains(&mut self, left: Side<'_, '_>, right: Side<'_, '_>, at: Place<'_>, whole: &Expr) {
        let container = self.required(right.1.clone(), "[any]", right.0, whole);
        match (container.bare(), shape(&container)) {
            (Type::List(item), _) => {
                if let (Type::Choice(choices), ast::Expr::List(list)) = (left.1.bare(), right.0) {
                    for item in &list.items {
                        let Some(value) = item.as_const() else {
                            continue;
                        };
                        if let Some(value) = value.as_str()
                            && !choices.iter().any(|one| one == value)
                        {
                            self.not_a_choice(left, value, choices, item, whole);
                        }
                    }
                } else if !may_be_equal(left.1, item) {
                    self.impossible(left.1, item, at);
                }
            }
            (Type::Record(fields), _) => {
                if let Some(name) = left.0.as_const()
                    && let Some(name) = name.as_str()
                    && !fields.iter().any(|(it, _)| it == name)
                {
                    let near = nearest(name, fields.iter().map(|(it, _)| it.as_str()));
                    let kind = Kind::ComparisonImpossible {
                        left: format!("the fields of `{container}`"),
                        right: format!("\"{name}\""),
                        near: near.map(|near| format!("\"{near}\"")),
                    };
                    self.report(kind, place::of(whole, left.0));
                }
            }
            (_, Shape::Text) => {
                let found = self.required(left.1.clone(), "string", left.0, whole);
                if !matches!(shape(&found), Shape::Text | Shape::Any | Shape::Number) {
                    self.operand_of_in(&found, &container, at);
                }
            }
            (_, Shape::Any | Shape::Map) => {}
            _ => self.operand_of_in(left.1, &container, at),
        }
    }

    fn operand_of_in(&mut self, left: &Type, right: &Type, at: Place<'_>) {
        let kind = Kind::OperandMismatch {
            operator: "in".to_owned(),
            takes: "a list, text, record or map behind it".to_owned(),
            found: format!("`{left}` and `{right}`"),
        };
        self.report(kind, at());
    }

    fn impossible(&mut self, left: &Type, right: &Type, at: Place<'_>) {
        let kind = Kind::ComparisonImpossible {
            left: format!("`{}`", left.clone().present()),
            right: format!("`{}`", right.clone().present()),
            near: None,
        };
        self.report(kind, at());
    }
}

/// Whether it is a field of something and may be absent, so that it need not be `none` then.
fn is_part((tree, found): Side<'_, '_>) -> bool {
    found.may_be_absent() && known::path(tree).is_some_and(|path| path.len() > 1)
}

/// Whether two values can be equal. What may be absent equals what may be absent.
fn may_be_equal(a: &Type, b: &Type) -> bool {
    if a.may_be_absent() && b.may_be_absent() {
        return true;
    }
    match (a.bare(), b.bare()) {
        (Type::None, bare) => b.may_be_absent() || *bare == Type::Any,
        (_, Type::None) => may_be_equal(b, a),
        (Type::Choice(a), Type::Choice(b)) => a.iter().any(|one| b.contains(one)),
        (Type::List(a), Type::List(b)) => may_be_equal(a, b),
        (a, b) => match (shape(a), shape(b)) {
            (Shape::Any, _) | (_, Shape::Any) => true,
            // A `bool` equals 0 or 1.
            (Shape::Bool | Shape::Number, Shape::Bool | Shape::Number) => same_unit(a, b),
            (a, b) => a == b,
        },
    }
}

/// Whether two numbers count the same: a duration and an amount of money do not.
fn same_unit(a: &Type, b: &Type) -> bool {
    let unit = |ty: &Type| match ty.bare() {
        Type::Plain(plain @ (Plain::Duration | Plain::Money | Plain::Size)) => Some(*plain),
        _ => None,
    };
    match (unit(a), unit(b)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

fn quoted(text: &str) -> String {
    format!("`{text}`")
}

fn word(op: CompareOpKind) -> &'static str {
    match op {
        CompareOpKind::Eq | CompareOpKind::Ne => "==",
        CompareOpKind::Lt => "<",
        CompareOpKind::Lte => "<=",
        CompareOpKind::Gt => ">",
        CompareOpKind::Gte => ">=",
        CompareOpKind::In | CompareOpKind::NotIn => "in",
    }
}
