//! `authority-broad`: a grant of everything, where less is enough.

use super::{Subject, walk};
use crate::authority::Pattern;
use crate::diagnostic::{Diagnostic, Kind};
use crate::plan::{Plan, Thing};
use crate::syntax::tree::Effect;

pub(super) fn check(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (mission, plan) in subject.planned() {
        let grants = mission.authority.iter().flat_map(|it| &it.grants);
        for grant in grants.filter(|grant| !grant.deny) {
            // To read a whole repository is ordinary.
            if matches!(grant.effect, Effect::Read | Effect::Time) {
                continue;
            }
            for scope in &grant.scopes {
                let Some(text) = walk::literal(scope) else {
                    continue;
                };
                let broad = Pattern::new(grant.effect, text).is_ok_and(|it| it.is_broad());
                if !broad {
                    continue;
                }
                let enough = match grant.effect {
                    Effect::Write => match written(plan) {
                        Some(enough) => Some(enough),
                        // What is written is known only later, or nothing is.
                        None => continue,
                    },
                    _ => None,
                };
                let kind = Kind::AuthorityBroad {
                    effect: match &grant.verb {
                        Some(verb) => format!("{} {verb} on", grant.effect),
                        None => grant.effect.to_string(),
                    },
                    scope: text.to_owned(),
                    enough,
                };
                found.push(Diagnostic::new(kind, scope.at.0));
            }
        }
    }
    found
}

/// All paths that a plan writes, if each of them is known.
fn written(plan: &Plan) -> Option<Vec<String>> {
    let mut paths: Vec<String> = Vec::new();
    for touch in plan.body.nodes.iter().flat_map(|node| &node.touches) {
        let Thing::Files(glob) = &touch.thing else {
            continue;
        };
        // What is known only later may be anything.
        if touch.write && glob.as_str() == "**" {
            return None;
        }
        if touch.write && !paths.iter().any(|it| it == glob.as_str()) {
            paths.push(glob.as_str().to_owned());
        }
    }
    (!paths.is_empty() && paths.len() <= 5).then_some(paths)
}
