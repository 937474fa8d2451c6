//! What a plan may do, and what its steps need of that.

use std::collections::BTreeSet;

use serde::Serialize;

use super::limited::{Limited, limited};
use crate::authority::grant_line;
use crate::check::is_used;
use crate::format;
use crate::plan::needs::{Needed, Status};
use crate::plan::{Grant, Plan};
use crate::policy::Policies;
use crate::source::{At, SourceMap};
use crate::syntax::tree::{self, Ident, Trivia, Value};

/// Granted against needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Authority {
    /// The mission's own grants and denials, in order.
    pub granted: Vec<Granted>,
    /// What each step needs, in the order of the text.
    pub needed: Vec<Need>,
    /// The different things among them that are checked when they are known.
    pub later: Vec<String>,
    /// The grants that no step needs.
    pub unused: Vec<String>,
    /// The policies that hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    /// The grants that a policy leaves less of, with what it says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limited: Vec<Limited>,
}

/// A line of the authority block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Granted {
    /// As the tau spelling writes it.
    pub line: String,
    /// Its place: `fix.tau:9:5`.
    pub at: String,
}

impl Granted {
    /// A line of a mission or policy.
    #[must_use]
    pub fn of(grant: &Grant, map: &SourceMap) -> Granted {
        Granted {
            line: line(grant),
            at: map.location(grant.at),
        }
    }
}

/// One thing that a step needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Need {
    /// `read`, `write`, `run`, …
    pub effect: &'static str,
    /// For git: `commit`, `push`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verb: Option<String>,
    /// A path, command or ref, or the expression that gives it.
    pub scope: String,
    /// The step, behind the calls that lead to it.
    pub step: String,
    /// Its place.
    pub at: String,
    /// `granted`, `later` or `missing`.
    pub status: &'static str,
    /// The line that would grant what is missing; none for what is denied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
    /// Who takes it away, as a clause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denied_by: Option<String>,
    /// Who does not grant it: `mission`, `caller` or `policy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limited_by: Option<&'static str>,
    /// The line of the policy that does not: `/etc/tau/policy.tau:3:3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limited_at: Option<String>,
}

pub(super) fn authority(
    plan: &Plan,
    policies: &Policies,
    all: &[Needed],
    map: &SourceMap,
    texts: impl Fn(&Grant, &Value) -> Option<Vec<String>>,
) -> Authority {
    let later: BTreeSet<String> = all
        .iter()
        .filter(|need| need.status == Status::Later)
        .map(|need| match &need.verb {
            Some(verb) => format!("{} {verb} on {}", need.effect, need.scope),
            None => format!("{} {}", need.effect, need.scope),
        })
        .collect();
    let grants = plan.grants.iter();
    Authority {
        granted: grants
            .clone()
            .map(|grant| Granted::of(grant, map))
            .collect(),
        needed: all.iter().map(|it| need(it, map)).collect(),
        later: later.into_iter().collect(),
        unused: grants
            .filter(|grant| !grant.deny && !is_used(plan, grant, all))
            .map(line)
            .collect(),
        policies: policies.files().iter().map(|it| it.name.clone()).collect(),
        limited: limited(plan, policies, map, texts),
    }
}

fn need(it: &Needed, map: &SourceMap) -> Need {
    let mut need = Need {
        effect: it.effect.word(),
        verb: it.verb.clone(),
        scope: it.scope.clone(),
        step: it.step.clone(),
        at: map.location(it.at),
        status: "granted",
        grant: None,
        denied_by: None,
        limited_by: None,
        limited_at: None,
    };
    match &it.status {
        Status::Granted(_) => {}
        Status::Later => need.status = "later",
        Status::Missing {
            limited_by,
            limited_at,
            denied_by,
            ..
        } => {
            need.status = "missing";
            need.limited_by = Some(limited_by);
            need.limited_at.clone_from(limited_at);
            need.denied_by.clone_from(denied_by);
            need.grant = it.status.line();
        }
    }
    need
}

impl Need {
    /// What is needed in one line, as a grant of it would be written.
    #[must_use]
    pub fn line(&self) -> String {
        let effect = tree::Effect::parse(self.effect);
        effect.map_or_else(String::new, |effect| {
            grant_line(effect, self.verb.as_deref(), &self.scope)
        })
    }
}

/// The grant as the tau spelling writes it.
pub(crate) fn line(grant: &Grant) -> String {
    format::grant(&tree::Grant {
        deny: grant.deny,
        effect: grant.effect,
        verb: grant.verb.as_ref().map(|verb| Ident {
            text: verb.clone(),
            at: At(grant.at),
        }),
        scopes: grant.scopes.clone(),
        elses: grant.elses,
        limits: grant.limits.clone(),
        trivia: Trivia::default(),
        at: At(grant.at),
    })
}
