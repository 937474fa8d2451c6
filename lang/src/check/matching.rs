//! `| matching("…")`: a form that is written down, and that holds something back.

use minijinja::machinery::ast;

use super::Checker;
use crate::diagnostic::Kind;
use crate::expr::{self, matching};
use crate::source::Span;
use crate::syntax::tree::Expr;

impl Checker<'_> {
    /// The argument of the filter, whose name stands at `at` in the expression `whole`.
    pub(super) fn matching(&mut self, filter: &ast::Filter<'_>, whole: &Expr, at: Span) {
        let (why, at) = match filter.args.as_slice() {
            [ast::CallArg::Pos(arg)] => {
                let at = expr::span_of(whole, arg.span());
                match arg {
                    ast::Expr::Const(it) if it.value.as_str().is_some() => {
                        let pattern = it.value.as_str().unwrap_or_default();
                        match matching::check(pattern) {
                            Ok(()) => return,
                            Err(why) => (why, at),
                        }
                    }
                    _ => ("it is known only when it runs".to_owned(), at),
                }
            }
            [] => ("there is none".to_owned(), at),
            _ => ("there must be one, and nothing else".to_owned(), at),
        };
        self.report(Kind::TaintPattern { why }, at);
    }
}
