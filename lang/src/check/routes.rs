//! What `else` of a grant of models leads to, and whether it ever does.

use super::Checker;
use crate::diagnostic::{Diagnostic, Kind};
use crate::lint::walk::literal;
use crate::syntax::tree::Grant;

impl Checker<'_> {
    /// An `else` of a denial, and one whose models stand before it already: nobody would ever be asked by it.
    pub(super) fn routes(&mut self, grant: &Grant) {
        let first = grant.routes().0.len();
        for (index, scope) in grant.scopes.iter().enumerate().skip(first) {
            if grant.deny {
                let why = "what is denied is never asked, so write `,`".to_owned();
                self.report(Kind::RouteUseless { why }, scope.at.0);
                continue;
            }
            // A pattern that another one covers may mean another model than that one does.
            let mut before = grant.scopes[..index].iter();
            let same = before.find(|it| it.kind == scope.kind);
            if let Some(same) = same {
                let text = literal(scope).unwrap_or("the same");
                let why = format!("`{text}` is asked before it already");
                self.diagnostics.push(
                    Diagnostic::new(Kind::RouteUseless { why }, scope.at.0)
                        .label(same.at.0, "here"),
                );
            }
        }
    }
}
