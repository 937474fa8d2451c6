//! What policies leave of what is asked for.

use super::Status;
use crate::authority::{Decision, Rule, Rules};
use crate::policy::Policies;
use crate::syntax::tree::Effect;

/// What policies make of a scope that is known; none if they leave it to the missions.
pub(super) fn limited(
    policies: &Policies,
    effect: Effect,
    verb: Option<&str>,
    scope: &str,
) -> Option<Status> {
    let mut later = None;
    for rules in policies.rules() {
        match rules.decide(effect, verb, scope) {
            Decision::Granted(_) | Decision::Unlimited => {}
            Decision::Denied(rule) => return Some(by(rule)),
            Decision::Missing if partly(rules, effect, scope) => later = Some(Status::Later),
            // A policy has no patterns that are too wide.
            Decision::Missing | Decision::Guarded(_) => return rules.first_grant(effect).map(by),
        }
    }
    later
}

/// The same for a scope whose value is not known.
pub(super) fn limited_unknown(
    policies: &Policies,
    effect: Effect,
    verb: Option<&str>,
) -> Option<Status> {
    let mut later = None;
    for rules in policies.rules() {
        let about = |rule: &&Rule| rule.effect == effect && rule.verb.as_deref() == verb;
        let mut of_it = rules.all().iter().filter(about);
        match rules.first_grant(effect) {
            // It grants other things of the effect, and nothing of this.
            Some(grant) if !of_it.clone().any(|rule| !rule.deny) => return Some(by(grant)),
            _ => {}
        }
        let denied = of_it
            .clone()
            .find(|rule| rule.deny && rule.pattern.is_universal());
        if let Some(rule) = denied {
            return Some(by(rule));
        }
        let limits = of_it.any(|rule| rule.deny || !rule.pattern.is_universal());
        if limits {
            later = Some(Status::Later);
        }
    }
    later
}

/// Whether a pattern is covered in part, so that the rest shows when it runs.
pub(super) fn partly(rules: &Rules, effect: Effect, scope: &str) -> bool {
    effect == Effect::Read
        && scope.contains(['*', '?', '{'])
        && rules
            .all()
            .iter()
            .any(|rule| !rule.deny && rule.effect == effect && rule.pattern.meets(scope))
}

fn by(rule: &Rule) -> Status {
    Status::Missing {
        limited_by: "policy",
        limited_at: rule.place.clone(),
        denied_by: Some(rule.says.clone()),
        grant: None,
        callee: None,
    }
}
