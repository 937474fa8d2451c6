//! Secrets that cannot be had, and variables that nobody gets.

use std::collections::BTreeSet;

use serde::Serialize;
use tau_lang::expr::{Context, Engine};
use tau_lang::library::Param;
use tau_lang::plan::Plan;
use tau_lang::plan::needs::{Needed, Status, needed};
use tau_lang::policy::Policies;
use tau_lang::source::SourceMap;
use tau_lang::syntax::tree::{Effect, Value, ValueKind};

use super::{Finding, Place};
use crate::journal::{Blocked, MissingItem};
use crate::process;
use crate::secrets::Refused;

/// The code of a run that goes on without a secret input that it was given before.
const INPUT_ABSENT: &str = "secret-input-missing";

/// A secret that a step needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Asked {
    /// Its name.
    pub name: String,
    /// Whether it goes into the environment of a command.
    pub for_command: bool,
}

/// The secrets that the steps of a plan need, as far as they are known before the run, without
/// those of actions that a test performs itself.
#[must_use]
pub fn secrets(
    plan: &Plan,
    policies: &Policies,
    engine: &Engine,
    known: &Context,
    scripted: &BTreeSet<String>,
) -> BTreeSet<Asked> {
    let needed = needed(plan, policies, engine, known);
    let asked = asked(&needed, scripted);
    asked.map(|(_, asked)| asked).collect()
}

fn asked<'n>(
    needed: &'n [Needed],
    scripted: &'n BTreeSet<String>,
) -> impl Iterator<Item = (&'n Needed, Asked)> {
    let granted = needed.iter().filter(|need| {
        need.effect == Effect::Secret
            && matches!(need.status, Status::Granted(_))
            && !scripted.contains(&need.action)
    });
    granted.map(|need| {
        let of_step = |it: &&Needed| it.step == need.step && it.at == need.at;
        let mut effects = needed.iter().filter(of_step).map(|it| it.effect);
        let asked = Asked {
            name: need.scope.clone(),
            for_command: effects.any(|effect| effect == Effect::Run),
        };
        (need, asked)
    })
}

/// The secrets that cannot be had, but for those with which a proven commit is handed on: what comes
/// before is worth having without them, and the run blocks where it needs them.
pub(super) fn secrets_lacking(
    needed: &[Needed],
    sources: &SourceMap,
    place: Place<'_>,
) -> Vec<Finding> {
    let path = place.secrets.sources().path().display();
    let mut found: Vec<Finding> = Vec::new();
    for (need, asked) in asked(needed, place.scripted) {
        let Some(why) = (place.refused)(&asked) else {
            continue;
        };
        if hands_on(needed, need) {
            continue;
        }
        let name = &asked.name;
        found.push(Finding {
            kind: "credential",
            code: why.code(),
            message: format!(
                "step `{}` needs the secret `{name}`, and {why}: `{path}` says where it comes \
                 from and what for, below the name `{name}`",
                need.step
            ),
            item: MissingItem {
                effect: "secret".to_owned(),
                scope: name.clone(),
                step: need.step.clone(),
                at: sources.location(need.at),
                limited_by: "machine".to_owned(),
                limited_at: None,
                grant: None,
            },
        });
    }
    found
}

/// A secret that is asked for only when a run is there, and could not be had now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unset {
    /// Its name.
    pub secret: String,
    /// The steps that ask for it, or may.
    pub steps: Vec<String>,
    /// Why it could not be had, as a clause.
    pub why: String,
}

/// Those of a plan: with which a proven commit is handed on, or whose names are known only later. They block
/// no run before it begins, and a reader of the plan may have them ready.
#[must_use]
pub fn unset(
    plan: &Plan,
    policies: &Policies,
    engine: &Engine,
    known: &Context,
    refused: &dyn Fn(&Asked) -> Option<Refused>,
) -> Vec<Unset> {
    let needed = needed(plan, policies, engine, known);
    let grants = plan.grants.iter();
    let grants = grants.filter(|grant| !grant.deny && grant.effect == Effect::Secret);
    let mut names: Vec<&str> = grants
        .flat_map(|grant| grant.scopes.iter().filter_map(literal))
        .collect();
    names.dedup();
    let of_name = |name: &str| {
        let asks = needed.iter().filter(|need| need.effect == Effect::Secret);
        let later = asks.filter(|need| match need.status {
            Status::Later => true,
            Status::Granted(_) => need.scope == name && hands_on(&needed, need),
            Status::Missing { .. } => false,
        });
        let steps: BTreeSet<&str> = later.map(|need| need.step.as_str()).collect();
        let asked = Asked {
            name: name.to_owned(),
            for_command: false,
        };
        let why = refused(&asked).filter(|_| !steps.is_empty())?;
        Some(Unset {
            secret: name.to_owned(),
            steps: steps.into_iter().map(str::to_owned).collect(),
            why: why.to_string(),
        })
    };
    names.into_iter().filter_map(of_name).collect()
}

/// Whether a secret is for a step behind a commit that pushes, or does something at a forge.
fn hands_on(needed: &[Needed], secret: &Needed) -> bool {
    let commits = |it: &Needed| it.effect == Effect::Git && it.verb.as_deref() == Some("commit");
    let is_outside = |it: &Needed| match it.effect {
        Effect::Github => true,
        Effect::Git => it.verb.as_deref() == Some("push"),
        _ => false,
    };
    let before = needed.iter().take_while(|it| !std::ptr::eq(*it, secret));
    let mut of_step = needed
        .iter()
        .filter(|it| it.step == secret.step && it.at == secret.at);
    of_step.any(is_outside) && before.into_iter().any(commits)
}

/// The variables that are granted by name and passed on to nobody.
pub(super) fn variables_refused(plan: &Plan, sources: &SourceMap) -> Vec<Finding> {
    let grants = plan.grants.iter().filter(|grant| !grant.deny);
    let grants = grants.filter(|grant| grant.effect == Effect::Env);
    let mut found = Vec::new();
    for grant in grants {
        for name in grant.scopes.iter().filter_map(literal) {
            let Some(why) = process::never(name) else {
                continue;
            };
            found.push(Finding {
                kind: "authority",
                code: "variable-refused",
                message: format!("the variable `{name}` is passed on to no command: {why}"),
                item: MissingItem {
                    effect: "env".to_owned(),
                    scope: name.to_owned(),
                    step: plan.mission.clone(),
                    at: sources.location(grant.at),
                    limited_by: "machine".to_owned(),
                    limited_at: None,
                    grant: None,
                },
            });
        }
    }
    found
}

fn literal(scope: &Value) -> Option<&str> {
    match &scope.kind {
        ValueKind::Text(text) => text.as_literal(),
        _ => None,
    }
}

/// The command that goes on with a run that ended so.
pub(crate) fn resume(run: &str, blocked: Option<&Blocked>) -> String {
    let absent = blocked.filter(|blocked| blocked.code == INPUT_ABSENT);
    let absent = absent.iter().flat_map(|blocked| &blocked.missing);
    let absent = absent.map(|item| format!(" --set {}=@FILE", item.scope));
    let inputs = blocked.iter().flat_map(|blocked| &blocked.inputs);
    let inputs = inputs.map(|name| format!(" --set {name}=\"…\""));
    format!(
        "tau resume {run}{}",
        absent.chain(inputs).collect::<String>()
    )
}

/// A run that was given secret inputs, and goes on without them: no record has their values.
#[must_use]
pub fn absent_inputs(absent: &[&Param], sources: &SourceMap) -> Blocked {
    let names: Vec<String> = absent.iter().map(|it| format!("`{}`", it.name)).collect();
    let sets: Vec<String> = absent
        .iter()
        .map(|it| format!("`--set {}=@FILE`", it.name))
        .collect();
    let (is, it) = match absent.len() {
        1 => ("is", "its value is"),
        _ => ("are", "their values are"),
    };
    Blocked {
        kind: "credential".to_owned(),
        code: INPUT_ABSENT.to_owned(),
        message: format!(
            "The secret input {} {is} missing, as {it} in no record: give it again with {}.",
            names.join(", "),
            sets.join(" ")
        ),
        mutations: 0,
        missing: absent
            .iter()
            .map(|input| MissingItem {
                effect: "input".to_owned(),
                scope: input.name.clone(),
                step: input.name.clone(),
                at: sources.location(input.at),
                limited_by: "machine".to_owned(),
                limited_at: None,
                grant: None,
            })
            .collect(),
        inputs: Vec::new(),
    }
}
