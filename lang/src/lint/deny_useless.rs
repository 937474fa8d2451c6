//! `deny-useless`: a denial of what nothing grants.

use super::{Subject, walk};
use crate::authority::Pattern;
use crate::diagnostic::{Diagnostic, Kind};
use crate::syntax::tree::Grant;

/// The most comparisons for a mission.
const MAX_PAIRS: usize = 100_000;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for mission in subject.missions() {
        let Some(authority) = mission.authority.as_ref().filter(|it| !it.broken) else {
            continue;
        };
        let (denials, grants): (Vec<&Grant>, Vec<&Grant>) =
            authority.grants.iter().partition(|grant| grant.deny);
        let scopes: usize = grants.iter().map(|grant| grant.scopes.len()).sum();
        // Each is compared with each, which nobody's own lines are too many for.
        if scopes * denials.len() > MAX_PAIRS {
            continue;
        }
        for denial in denials {
            for scope in &denial.scopes {
                let Some(text) = walk::literal(scope) else {
                    continue;
                };
                if !grants.iter().any(|grant| may_meet(grant, denial, text)) {
                    let kind = Kind::DenyUseless {
                        effect: denial.effect.to_string(),
                        scope: text.to_owned(),
                    };
                    found.push(Diagnostic::new(kind, scope.at.0));
                }
            }
        }
    }
    found
}

/// Whether a grant may hold a part of what `text` denies.
fn may_meet(grant: &Grant, denial: &Grant, text: &str) -> bool {
    let verb = |grant: &Grant| grant.verb.as_ref().map(|verb| verb.text.clone());
    grant.effect == denial.effect
        && verb(grant) == verb(denial)
        && grant.scopes.iter().any(|scope| {
            let Some(granted) = walk::literal(scope) else {
                return true;
            };
            let meets = |pattern: &str, other: &str| {
                // What cannot be read is reported elsewhere.
                Pattern::new(grant.effect, pattern).map_or(true, |it| it.meets(other))
            };
            meets(text, granted) || meets(granted, text)
        })
}
