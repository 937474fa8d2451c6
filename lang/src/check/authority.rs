//! Authority that is missing, shadowed or never needed, as far as the text alone shows it.

use super::Checker;
use crate::authority::{MachineFiles, Pattern};
use crate::diagnostic::{Diagnostic, Kind};
use crate::expr::Context;
use crate::plan::needs::{Needed, Status, needed, rules};
use crate::plan::{Grant, Plan};
use crate::policy::Policies;
use crate::syntax::tree::{Effect, Value, ValueKind};

impl Checker<'_> {
    pub(super) fn authority(&mut self, plan: &Plan) {
        let nothing = Context::new();
        let all = needed(plan, &Policies::default(), &self.library.engine, &nothing);
        for need in &all {
            if let Status::Missing {
                denied_by,
                grant,
                callee,
                ..
            } = &need.status
            {
                let verb = need.verb.as_ref();
                let found = Diagnostic::new(
                    Kind::AuthorityMissing {
                        effect: verb.map_or(need.effect.to_string(), |verb| {
                            format!("{} {verb} on", need.effect)
                        }),
                        scope: need.scope.clone(),
                        step: need.step.clone(),
                        grant: grant.clone(),
                        to: match callee {
                            Some(callee) => format!("the {callee}"),
                            None => plan.form.grants().to_owned(),
                        },
                        denied_by: denied_by.clone(),
                    },
                    need.at,
                );
                self.diagnostics.push(found);
            }
        }
        self.shadowed(plan);
        // While something is broken, what needs a grant may not have been read.
        if self.broken || self.diagnostics.is_fatal_since(0) {
            return;
        }
        for grant in plan.grants.iter().filter(|grant| !grant.deny) {
            if !is_used(plan, grant, &all) {
                let scope = grant
                    .scopes
                    .iter()
                    .map(text_of)
                    .collect::<Vec<_>>()
                    .join(", ");
                let kind = Kind::AuthorityUnused {
                    effect: grant
                        .verb
                        .as_ref()
                        .map_or(grant.effect.to_string(), |verb| {
                            format!("{} {verb} on", grant.effect)
                        }),
                    scope,
                };
                self.report(kind, grant.at);
            }
        }
    }

    /// Grants that a denial takes away wholly.
    fn shadowed(&mut self, plan: &Plan) {
        let rules = rules(plan, &self.library.engine, &Context::new());
        for grant in rules.all().iter().filter(|rule| !rule.deny) {
            let Pattern::Glob(granted) = &grant.pattern else {
                continue;
            };
            let denied = rules.all().iter().find(|rule| {
                rule.deny
                    && rule.effect == grant.effect
                    && matches!(&rule.pattern, Pattern::Glob(glob) if glob.contains(granted))
            });
            if let Some(denial) = denied {
                let kind = Kind::AuthorityShadowed {
                    effect: grant.effect.to_string(),
                    scope: granted.to_string(),
                };
                self.diagnostics.push(
                    Diagnostic::new(kind, grant.at)
                        .label(denial.at, format!("{} it here", denial.says)),
                );
            }
        }
    }
}

/// Whether something that is needed rests on a grant.
pub(crate) fn is_used(plan: &Plan, grant: &Grant, all: &[Needed]) -> bool {
    match grant.effect {
        // What a command asks its proxy for is seen only when it runs.
        Effect::Net if plan.reaching(&|_| false).is_some() => true,
        // Time bounds the run itself, and variables go to whatever is started.
        Effect::Time => true,
        Effect::Env => all.iter().any(|need| need.effect == Effect::Run),
        // Files of the machine are for whatever is started.
        Effect::Read
            if grant
                .scopes
                .iter()
                .all(|it| MachineFiles::is_one(&text_of(it))) =>
        {
            all.iter().any(|need| need.effect == Effect::Run)
        }
        // A denial of what is not granted otherwise shapes the rest.
        effect => all.iter().any(|need| {
            need.effect == effect
                && need.verb == grant.verb
                && match need.status {
                    Status::Granted(at) => at == grant.at || grant_covers(grant, &need.scope),
                    Status::Later => true,
                    // The mission needs it all the same.
                    Status::Missing {
                        limited_by: "policy",
                        ..
                    } => grant_covers(grant, &need.scope),
                    Status::Missing { .. } => false,
                }
        }),
    }
}

fn grant_covers(grant: &Grant, scope: &str) -> bool {
    grant.scopes.iter().any(|value| {
        let text = text_of(value);
        text == scope
            || Pattern::new(grant.effect, &text)
                .is_ok_and(|pattern| pattern.grants(grant.effect, scope))
    })
}

fn text_of(value: &Value) -> String {
    match &value.kind {
        ValueKind::Text(template) => template.as_literal().unwrap_or("…").to_owned(),
        ValueKind::Expr(expr) => expr.source.value.clone(),
        _ => "…".to_owned(),
    }
}
