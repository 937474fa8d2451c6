//! A policy: alone in its file, and every line of it one that can be held to.

use super::Checker;
use super::scope::Scope;
use crate::authority::Pattern;
use crate::diagnostic::{Diagnostic, Kind};
use crate::plan::Grant;
use crate::policy::{Policy, literal};
use crate::source::Span;
use crate::syntax::tree::{self, Effect, File, Item};

/// What git can be asked for.
const GIT_VERBS: [&str; 2] = ["commit", "push"];

impl Checker<'_> {
    /// The policy of the file, if it is one.
    pub(super) fn policy(&mut self, file: &File) -> Option<Policy> {
        let mut found: Option<Policy> = None;
        for item in &file.items {
            let Item::Policy(node) = item else { continue };
            if let Some(first) = &found {
                let kind = Kind::DuplicateName {
                    what: "a block".to_owned(),
                    name: "policy".to_owned(),
                };
                self.diagnostics.push(
                    Diagnostic::new(kind, word(node.at.0)).label(word(first.at), "the first one"),
                );
                continue;
            }
            if file.items.iter().any(|it| !matches!(it, Item::Policy(_))) {
                self.no_policy(
                    "it stands in a file of its own, without missions",
                    word(node.at.0),
                );
            }
            let grants = node.grants.iter();
            found = Some(Policy {
                grants: grants.map(|grant| self.policy_line(grant)).collect(),
                at: node.at.0,
            });
        }
        found
    }

    fn policy_line(&mut self, grant: &tree::Grant) -> Grant {
        let at = grant.at.0;
        match grant.effect {
            Effect::Time if grant.deny => {
                self.no_policy("time is bounded with `time 30m`, and cannot be denied", at);
            }
            Effect::Time => {}
            _ if grant.deny && !grant.limits.is_empty() => {
                self.no_policy("what is denied has no limits; grant it with them", at);
            }
            Effect::Git => {
                if let Some(verb) = &grant.verb
                    && !GIT_VERBS.contains(&verb.text.as_str())
                {
                    self.no_policy("git can `commit` and `push`", verb.at.0);
                }
            }
            _ => self.grant_limits(grant),
        }
        if let Some(scope) = grant.routes().1.first() {
            let why =
                "it says which models may be asked, and a mission in which order, so write `,`";
            self.no_policy(why, scope.at.0);
        }
        for value in &grant.scopes {
            if literal(value).is_none() {
                self.no_policy("nothing has a value here, so write a text", value.at.0);
                continue;
            }
            self.grant_scope(grant, value, &mut Scope::default());
        }
        Grant::of(grant)
    }

    fn no_policy(&mut self, why: &str, at: Span) {
        let why = why.to_owned();
        self.report(Kind::PolicyInvalid { why }, at);
    }

    /// Grants that a denial of the same policy takes away wholly.
    pub(super) fn shadowed_in(&mut self, policy: &Policy) {
        let patterns = |grant: &Grant| -> Vec<Pattern> {
            let texts = grant.scopes.iter().filter_map(literal);
            texts
                .filter_map(|text| Pattern::new(grant.effect, text).ok())
                .collect()
        };
        for grant in policy.grants.iter().filter(|grant| !grant.deny) {
            for scope in grant.scopes.iter().filter_map(literal) {
                let denial = policy.grants.iter().find(|it| {
                    let same = it.deny && it.effect == grant.effect && it.verb == grant.verb;
                    same && patterns(it).iter().any(|pattern| pattern.covers(scope))
                });
                let Some(denial) = denial else { continue };
                let kind = Kind::AuthorityShadowed {
                    effect: grant.effect.to_string(),
                    scope: scope.to_owned(),
                };
                self.diagnostics.push(
                    Diagnostic::new(kind, grant.at).label(denial.at, "the policy denies it here"),
                );
            }
        }
    }
}

/// The word `policy` of a block that may be long.
fn word(block: Span) -> Span {
    let start = block.start as usize;
    Span::new(block.file, start, start + "policy".len())
}
