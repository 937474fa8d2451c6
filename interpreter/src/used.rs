//! What a step really used of what it is granted: the least that it needs, and what a policy that
//! has become narrower no longer allows.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tau_lang::authority::{Decision, Holder, Rules};
use tau_lang::glob::Glob;
use tau_lang::syntax::tree::Effect;

/// The key of patterns whose files were listed.
const LISTED: &str = "list";

/// What was asked for and granted, each thing once. As it is recorded, its keys are the words of a
/// grant, such as `read` and `git commit`, and `list` for patterns whose files were looked for: a
/// listing gives those files that the grants let it see, so it uses no more than they allow.
///
/// What a box reports of the processes in it (files that a compiler has read, hosts that were
/// reached) goes in here too, with [`Broker::used`](crate::broker::Broker::used).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uses(BTreeMap<String, BTreeSet<String>>);

/// One thing that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use<'a> {
    /// What it is about.
    pub effect: Effect,
    /// For git: `commit`, `push`.
    pub verb: Option<&'a str>,
    /// A path, command, ref or name; of a listing the pattern that was asked for.
    pub scope: &'a str,
    /// The files of a pattern were listed.
    pub is_listing: bool,
}

impl Uses {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Something was asked for and granted.
    pub fn add(&mut self, effect: Effect, verb: Option<&str>, scope: &str) {
        let key = match verb {
            Some(verb) => format!("{effect} {verb}"),
            None => effect.word().to_owned(),
        };
        // What a listing has found is read by its pattern.
        if effect == Effect::Read && self.lists(scope) {
            return;
        }
        self.0.entry(key).or_default().insert(scope.to_owned());
    }

    /// The files of a pattern were looked for.
    pub fn add_listing(&mut self, pattern: &str) {
        let patterns = self.0.entry(LISTED.to_owned()).or_default();
        patterns.insert(pattern.to_owned());
    }

    /// Adds those of another attempt or step.
    pub fn extend(&mut self, other: &Uses) {
        for (key, scopes) in &other.0 {
            let own = self.0.entry(key.clone()).or_default();
            own.extend(scopes.iter().cloned());
        }
    }

    /// Each of them. What a newer tau has recorded and this one has no word for is left out.
    pub fn iter(&self) -> impl Iterator<Item = Use<'_>> {
        self.0.iter().flat_map(|(key, scopes)| {
            let is_listing = key == LISTED;
            let (word, verb) = match key.split_once(' ') {
                Some((word, verb)) => (word, Some(verb)),
                None => (key.as_str(), None),
            };
            let effect = match is_listing {
                true => Some(Effect::Read),
                false => Effect::parse(word),
            };
            scopes.iter().filter_map(move |scope| {
                Some(Use {
                    effect: effect?,
                    verb,
                    scope,
                    is_listing,
                })
            })
        })
    }

    /// What the policies among `rules` refuse of it, as a clause for a list; none when all of it
    /// still holds.
    #[must_use]
    pub fn refused(&self, rules: &[Rules]) -> Option<String> {
        let policies = rules.iter().filter(|it| it.holder() == Holder::Policy);
        for rules in policies {
            for used in self.iter() {
                let Use {
                    effect,
                    verb,
                    scope,
                    is_listing,
                } = used;
                let by = match rules.decide(effect, verb, scope) {
                    // A denial inside of it hides files that were found then.
                    Decision::Granted(_) | Decision::Unlimited if is_listing => {
                        let denials = rules.all().iter().filter(|rule| rule.deny);
                        let mut reading = denials.filter(|rule| rule.effect == Effect::Read);
                        reading.find(|rule| rule.pattern.meets(scope))
                    }
                    Decision::Granted(_) | Decision::Unlimited => None,
                    Decision::Denied(rule) => Some(rule),
                    Decision::Missing | Decision::Guarded(_) => rules.first_grant(effect),
                };
                if let Some(rule) = by {
                    let verb = verb.map(|verb| format!(" {verb} on")).unwrap_or_default();
                    return Some(format!("{} `{effect}{verb} {scope}`", rule.says));
                }
            }
        }
        None
    }

    fn lists(&self, path: &str) -> bool {
        let patterns = self.0.get(LISTED).into_iter().flatten();
        let mut globs = patterns.filter_map(|text| Glob::new(text).ok());
        globs.any(|glob| glob.matches(path))
    }
}
