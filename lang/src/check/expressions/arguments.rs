//! Arguments of filters, tests and functions: which parameter each is for, and whether it fits.

use minijinja::machinery::ast::{self, CallArg};

use super::call::wanted;
use super::place;
use super::shape::accepts;
use crate::check::Checker;
use crate::check::scope::Scope;
use crate::diagnostic::{Kind, nearest};
use crate::expr;
use crate::expr::signatures::{Gives, Param, Signature, Takes};
use crate::source::Span;
use crate::syntax::tree::Expr;
use crate::types::Type;

/// An argument with its parameter.
pub(super) struct Given<'s, 'a> {
    /// `None` for one of any number of further arguments.
    pub(super) param: Option<&'static Param>,
    /// The name that it was given with.
    pub(super) name: Option<&'a str>,
    pub(super) expr: &'s ast::Expr<'a>,
    pub(super) ty: Type,
}

impl Given<'_, '_> {
    /// Its text, when it is written out.
    pub(super) fn text(&self) -> Option<String> {
        self.expr.as_const()?.as_str().map(str::to_owned)
    }
}

/// The argument for a parameter.
pub(super) fn find<'g, 's, 'a>(
    given: &'g [Given<'s, 'a>],
    name: &str,
) -> Option<&'g Given<'s, 'a>> {
    let is = |it: &&Given<'_, '_>| it.param.is_some_and(|param| param.name == name);
    given.iter().find(is)
}

impl Checker<'_> {
    /// Matches arguments with parameters. `mark` is what shows that it is a filter or test.
    pub(super) fn matched<'s, 'a>(
        &mut self,
        mark: &str,
        signature: &Signature,
        args: &'s [CallArg<'a>],
        at: Span,
        whole: &Expr,
        scope: &mut Scope,
    ) -> Vec<Given<'s, 'a>> {
        let action = format!("{mark}{}", signature.name);
        let mut placed = signature.placed();
        let mut given: Vec<Given<'s, 'a>> = Vec::new();
        // What `*list` and `**map` give is not known.
        let mut complete = true;
        for arg in args {
            let expr = expr::argument(arg);
            let ty = self.type_of(expr, whole, scope);
            let expr_at = || place::of(whole, expr);
            let (param, name) = match arg {
                CallArg::Pos(_) => match placed.next() {
                    Some(param) => (Some(param), None),
                    None if signature.rest => (None, None),
                    None => {
                        let kind = Kind::ArgumentExtra {
                            action: action.clone(),
                            takes: signature.placed().count(),
                        };
                        self.report(kind, expr_at());
                        continue;
                    }
                },
                CallArg::Kwarg(name, _) => match signature.named().find(|it| it.name == *name) {
                    Some(param) => (Some(param), Some(*name)),
                    None if takes_any_name(signature, args) => (None, Some(*name)),
                    None => {
                        let at = place::word(whole, name).unwrap_or_else(expr_at);
                        self.unknown_name(&action, signature, name, at);
                        complete = false;
                        continue;
                    }
                },
                CallArg::PosSplat(_) | CallArg::KwargSplat(_) => {
                    complete = false;
                    continue;
                }
            };
            if let Some(param) = param {
                if find(&given, param.name).is_some() {
                    let name = param.name.to_owned();
                    self.report(Kind::ArgumentDuplicate { name }, expr_at());
                    continue;
                }
                self.argument(&action, param, &ty, expr, whole);
            }
            given.push(Given {
                param,
                name,
                expr,
                ty,
            });
        }
        let missing = signature.params.iter().filter(|param| {
            let needed = match signature.gives {
                // One of the two says what to take of each item.
                Gives::Mapped => param.name == "attribute" && find(&given, "filter").is_none(),
                _ => param.default.is_none(),
            };
            complete && needed && find(&given, param.name).is_none()
        });
        for param in missing {
            let kind = Kind::ArgumentMissing {
                action: action.clone(),
                name: param.name.to_owned(),
                ty: param.takes.words().to_owned(),
            };
            self.report(kind, at);
        }
        given
    }

    fn unknown_name(&mut self, action: &str, signature: &Signature, name: &str, at: Span) {
        let known: Vec<String> = signature.named().map(|it| it.name.to_owned()).collect();
        let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
        let kind = Kind::ArgumentUnknown {
            action: action.to_owned(),
            name: name.to_owned(),
            near,
            known,
        };
        self.report(kind, at);
    }

    fn argument(
        &mut self,
        action: &str,
        param: &Param,
        found: &Type,
        part: &ast::Expr<'_>,
        whole: &Expr,
    ) {
        let may_be_none = param.takes == Takes::Any || param.default == Some("none");
        if may_be_none && (*found == Type::None || param.takes == Takes::Any) {
            return;
        }
        let found = self.required(found.clone(), wanted(param.takes), part, whole);
        if !accepts(param.takes, &found) {
            let kind = Kind::TypeMismatch {
                what: format!("`{}` of `{action}`", param.name),
                expected: wanted(param.takes).to_owned(),
                found: found.to_string(),
            };
            self.report(kind, place::of(whole, part));
        }
    }
}

/// Whether arguments may have names that the signature does not list.
fn takes_any_name(signature: &Signature, args: &[CallArg<'_>]) -> bool {
    match signature.gives {
        Gives::Dict => true,
        // They go on to the filter that it names.
        Gives::Mapped => matches!(args.first(), Some(CallArg::Pos(_))),
        _ => signature.name == "format",
    }
}
