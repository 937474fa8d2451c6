//! `authority-redundant`: a grant or denial that another one holds already.

use super::{Subject, walk};
use crate::authority::Pattern;
use crate::diagnostic::{Diagnostic, Kind};
use crate::source::Span;
use crate::syntax::tree::Grant;

/// The most scopes of a mission that are compared with each other.
const MAX_SCOPES: usize = 500;

/// One scope of a line.
struct Scope<'a> {
    grant: &'a Grant,
    text: &'a str,
    pattern: Pattern,
    at: Span,
}

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for mission in subject.missions() {
        let grants = mission.authority.iter().flat_map(|it| &it.grants);
        let scopes: Vec<Scope<'_>> = grants.flat_map(scopes).collect();
        // Each is compared with each, which nobody's own lines are too many for.
        if scopes.len() > MAX_SCOPES {
            continue;
        }
        for (index, scope) in scopes.iter().enumerate() {
            let others = scopes.iter().enumerate();
            let holding = others.filter(|(other, it)| *other != index && it.holds(scope));
            // Of two that hold each other, the first stays.
            let holding = holding
                .filter(|(other, it)| *other < index || !scope.holds(it))
                .map(|(_, it)| it)
                .next();
            if let Some(holding) = holding {
                let kind = Kind::AuthorityRedundant {
                    deny: scope.grant.deny,
                    effect: scope.grant.effect.to_string(),
                    scope: scope.text.to_owned(),
                };
                found.push(
                    Diagnostic::new(kind, scope.at)
                        .label(holding.at, format!("`{}` holds it", holding.text)),
                );
            }
        }
    }
    found
}

fn scopes(grant: &Grant) -> impl Iterator<Item = Scope<'_>> {
    // What is asked only when another is not there says so, whatever else is granted.
    grant.routes().0.iter().filter_map(move |value| {
        let text = walk::literal(value)?;
        Some(Scope {
            grant,
            text,
            pattern: Pattern::new(grant.effect, text).ok()?,
            at: value.at.0,
        })
    })
}

impl Scope<'_> {
    /// Whether its pattern alone grants, or denies, what that of `other` does.
    fn has(&self, other: &Scope<'_>) -> bool {
        match self.grant.deny {
            true => self.pattern.covers(other.text),
            false => self.pattern.grants(self.grant.effect, other.text),
        }
    }

    /// Whether everything that `other` covers is covered by this one.
    fn holds(&self, other: &Scope<'_>) -> bool {
        let same_verb = match (&self.grant.verb, &other.grant.verb) {
            (Some(a), Some(b)) => a.text == b.text,
            (None, None) => true,
            _ => false,
        };
        same_verb
            && self.grant.deny == other.grant.deny
            && self.grant.effect == other.grant.effect
            // Bounds of their own say something of their own.
            && self.grant.limits.is_empty()
            && other.grant.limits.is_empty()
            && (self.text == other.text || self.has(other))
    }
}
