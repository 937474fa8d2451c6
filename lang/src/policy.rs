//! What an operator lets missions do at most: the policies of a machine, a user, a repository and a
//! command line. Each is a file of its own with the words of `authority`, and all of them hold.
//!
//! A policy gives nothing. An effect that it grants nowhere is limited by its denials only; of an
//! effect that it grants somewhere, nothing else is left.

use serde::{Deserialize, Serialize};

use crate::authority::{Holder, Limits, Pattern, Ports, Rule, Rules};
use crate::plan::Grant;
use crate::plan::document::line;
use crate::source::{SourceMap, Span};
use crate::syntax::tree::{Effect, LimitKind, LiteralValue, Value, ValueKind};

/// A policy file as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyFile {
    /// What it is called in messages.
    pub name: String,
    /// Where it is from the root, unless it is a repository's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whose it is.
    pub of: PolicyOf,
    /// What it says.
    pub text: String,
}

/// Whose a policy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyOf {
    /// The machine's.
    Machine,
    /// The user's.
    User,
    /// The repository's. No step may write it.
    Repository,
    /// The command line's.
    Command,
}

/// One policy file, checked.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its lines, in order. Their scopes are texts.
    pub grants: Vec<Grant>,
    /// Its place.
    pub at: Span,
}

/// One line of a policy.
#[derive(Clone, Debug)]
pub struct PolicyLine {
    /// Which of the policies it is of, from 0.
    pub policy: usize,
    /// What it says.
    pub grant: Grant,
    /// The same as the tau spelling writes it.
    pub text: String,
    /// Its place as it is told: `/etc/tau/policy.tau:3:3`.
    pub at: String,
}

/// All policies that hold, the widest first: what one of them refuses is refused.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// Of each, in order.
    rules: Vec<Rules>,
    /// The files that they were read from.
    files: Vec<PolicyFile>,
    /// The lines of each.
    grants: Vec<Vec<Grant>>,
    /// Those of all of them, as they are told.
    lines: Vec<PolicyLine>,
}

impl Policies {
    /// Adds one that was read from `file`, which is one of `sources`.
    pub fn add(&mut self, policy: &Policy, file: PolicyFile, sources: &SourceMap) {
        let mut rules = Vec::new();
        for grant in &policy.grants {
            let at = sources.location(grant.at);
            let patterns = grant.scopes.iter().filter_map(literal);
            let patterns = patterns.filter_map(|text| pattern(grant, text));
            rules.extend(patterns.map(|pattern| Rule {
                deny: grant.deny,
                effect: grant.effect,
                verb: grant.verb.clone(),
                pattern,
                says: match grant.deny {
                    true => format!("policy `{at}` denies"),
                    false => format!("policy `{at}` does not grant"),
                },
                is_else: false,
                limits: Limits::of(&grant.limits),
                at: grant.at,
                place: Some(at.clone()),
            }));
            self.lines.push(PolicyLine {
                policy: self.rules.len(),
                grant: grant.clone(),
                text: line(grant),
                at,
            });
        }
        let at = sources.location(policy.at);
        let own = (file.of == PolicyOf::Repository).then_some(file.name.as_str());
        let pattern = own.and_then(|path| Pattern::new(Effect::Write, path).ok());
        rules.extend(pattern.map(|pattern| Rule {
            deny: true,
            effect: Effect::Write,
            verb: None,
            pattern,
            says: format!("policy `{at}` keeps as it is"),
            is_else: false,
            limits: Limits::default(),
            at: policy.at,
            place: Some(at.clone()),
        }));
        self.rules.push(Rules::of(Holder::Policy, rules));
        self.grants.push(policy.grants.clone());
        self.files.push(file);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The files that they were read from, in order.
    #[must_use]
    pub fn files(&self) -> &[PolicyFile] {
        &self.files
    }

    /// The rules of each, in order.
    #[must_use]
    pub fn rules(&self) -> &[Rules] {
        &self.rules
    }

    /// The lines of each, in order.
    pub fn grants(&self) -> impl Iterator<Item = &[Grant]> {
        self.grants.iter().map(Vec::as_slice)
    }

    /// The lines of all of them, as they are told.
    #[must_use]
    pub fn lines(&self) -> &[PolicyLine] {
        &self.lines
    }

    /// Whether all of them let one path, command, ref or name pass.
    #[must_use]
    pub fn allow(&self, effect: Effect, verb: Option<&str>, scope: &str) -> bool {
        let mut rules = self.rules.iter();
        rules.all(|rules| rules.covers(effect, verb, scope))
    }

    /// The shortest time that they give a run, in milliseconds, and where that stands.
    #[must_use]
    pub fn time_limit(&self) -> Option<(u64, &str)> {
        let limits = self.lines.iter().flat_map(|line| {
            let limits = line.grant.limits.iter();
            limits.filter_map(|limit| match (limit.kind, limit.amount.value) {
                (LimitKind::Time, LiteralValue::Duration(millis)) => {
                    Some((millis, line.at.as_str()))
                }
                _ => None,
            })
        });
        limits.min_by_key(|(millis, _)| *millis)
    }
}

/// What a scope of a policy's line covers. A host that is denied without a port is denied at every
/// port: granted, it has the usual ones, and the others would be left.
pub(crate) fn pattern(grant: &Grant, text: &str) -> Option<Pattern> {
    let found = Pattern::new(grant.effect, text).ok()?;
    match &found {
        Pattern::Host(host) if grant.deny && host.ports() == Ports::Usual => {
            Pattern::new(grant.effect, &format!("{text}:*")).ok()
        }
        _ => Some(found),
    }
}

/// A scope of a policy: what is checked is a text.
pub(crate) fn literal(scope: &Value) -> Option<&str> {
    match &scope.kind {
        ValueKind::Text(template) => template.as_literal(),
        _ => None,
    }
}
