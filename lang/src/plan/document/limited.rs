//! What policies leave of a mission's grants.

use serde::Serialize;

use super::authority::line;
use crate::authority::{Holder, Limits, Pattern, Rule, Rules};
use crate::plan::{Grant, Plan};
use crate::policy::{Policies, PolicyLine};
use crate::source::SourceMap;
use crate::syntax::tree::{Effect, LimitKind, LiteralValue, Value};

/// A grant that a policy leaves less of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Limited {
    /// The mission's line.
    pub line: String,
    /// Its place.
    pub at: String,
    /// The lines of the policy that limit it: one denial, or all its grants of the effect.
    pub by: Vec<String>,
    /// The place of the first of them: `/etc/tau/policy.tau:3:3`.
    pub policy: String,
}

/// The grants of `plan` that policies leave less of, in order. `texts` gives a scope's texts as far
/// as they are known.
pub(super) fn limited(
    plan: &Plan,
    policies: &Policies,
    map: &SourceMap,
    texts: impl Fn(&Grant, &Value) -> Option<Vec<String>>,
) -> Vec<Limited> {
    let mut found = Vec::new();
    for grant in plan.grants.iter().filter(|grant| !grant.deny) {
        let scopes = grant.scopes.iter().map(|scope| texts(grant, scope));
        let scopes: Option<Vec<Vec<String>>> = scopes.collect();
        let scopes = scopes.map(|all| all.concat());
        for lines in policies.lines().chunk_by(|a, b| a.policy == b.policy) {
            for by in limits(grant, scopes.as_deref(), lines) {
                found.push(Limited {
                    line: line(grant),
                    at: map.location(grant.at),
                    by: by.iter().map(|line| line.text.clone()).collect(),
                    policy: by.first().map(|line| line.at.clone()).unwrap_or_default(),
                });
            }
        }
    }
    found
}

/// The lines of one policy that limit a grant: each denial by itself, and all grants of the effect
/// together.
fn limits<'p>(
    grant: &Grant,
    scopes: Option<&[String]>,
    lines: &'p [PolicyLine],
) -> Vec<Vec<&'p PolicyLine>> {
    let about = |line: &&PolicyLine| line.grant.effect == grant.effect;
    let (denials, grants): (Vec<&PolicyLine>, Vec<&PolicyLine>) =
        lines.iter().filter(about).partition(|line| line.grant.deny);
    if grant.effect == Effect::Time {
        let shorter = |line: &&PolicyLine| match (millis(grant), millis(&line.grant)) {
            (Some(own), Some(other)) => other < own,
            _ => false,
        };
        return grants
            .into_iter()
            .filter(shorter)
            .map(|it| vec![it])
            .collect();
    }
    let of_verb = |line: &&PolicyLine| line.grant.verb == grant.verb;
    let mut found: Vec<Vec<&PolicyLine>> = Vec::new();
    for denial in denials.into_iter().filter(of_verb) {
        let patterns = patterns(&denial.grant);
        let touches = |scope: &String| {
            patterns
                .iter()
                .any(|it| it.meets(scope) || within(grant, scope, it))
        };
        // What is not known may be touched.
        if scopes.is_none_or(|scopes| scopes.iter().any(touches)) {
            found.push(vec![denial]);
        }
    }
    if grants.is_empty() {
        return found;
    }
    let of_verb: Vec<&PolicyLine> = grants.iter().copied().filter(of_verb).collect();
    let rules = of_verb.iter().flat_map(|line| rules(&line.grant));
    let rules = Rules::of(Holder::Mission, rules.collect());
    let verb = grant.verb.as_deref();
    let covers = |scope: &String| rules.covers(grant.effect, verb, scope);
    let covered = scopes.is_some_and(|scopes| scopes.iter().all(covers));
    let own = Limits::of(&grant.limits);
    let counted = of_verb
        .iter()
        .any(|line| Limits::of(&line.grant.limits).is_less_than(&own));
    if !covered || counted {
        found.push(if of_verb.is_empty() { grants } else { of_verb });
    }
    found
}

/// Whether a denied command or name is one of those that a scope with `*` stands for.
fn within(grant: &Grant, scope: &str, denied: &Pattern) -> bool {
    let denied = match denied {
        Pattern::Name(name) => name.clone(),
        Pattern::Command(words) => crate::syntax::command::join(words),
        Pattern::Host(host) => host.name().to_owned(),
        Pattern::Glob(_) | Pattern::Machine(_) => return false,
    };
    Pattern::new(grant.effect, scope).is_ok_and(|granted| granted.covers(&denied))
}

fn patterns(grant: &Grant) -> Vec<Pattern> {
    let texts = grant.scopes.iter().filter_map(crate::policy::literal);
    let patterns = texts.filter_map(|text| crate::policy::pattern(grant, text));
    patterns.collect()
}

fn rules(grant: &Grant) -> Vec<Rule> {
    let rules = patterns(grant).into_iter().map(|pattern| Rule {
        deny: false,
        effect: grant.effect,
        verb: grant.verb.clone(),
        pattern,
        says: String::new(),
        is_else: false,
        limits: Limits::default(),
        at: grant.at,
        place: None,
    });
    rules.collect()
}

fn millis(grant: &Grant) -> Option<u64> {
    let limits = grant.limits.iter();
    let times = limits.filter_map(|limit| match (limit.kind, limit.amount.value) {
        (LimitKind::Time, LiteralValue::Duration(millis)) => Some(millis),
        _ => None,
    });
    times.min()
}
