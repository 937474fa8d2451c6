//! Everything that would block a run, found before anything is touched, and all of it at once.

mod boxes;
mod credentials;
mod models;
mod network;

use std::collections::BTreeSet;
use std::ffi::OsStr;

use serde_json::Value as Json;
use tau_lang::expr::{Context, Engine};
use tau_lang::plan::needs::{Needed, Status, needed, program, verifier_value};
use tau_lang::plan::{Block, NodeKind, Plan};
use tau_lang::policy::Policies;
use tau_lang::source::SourceMap;
use tau_lang::syntax::tree::{Effect, Need, Value, ValueKind};
use tau_lang::types::{Plain, Type};

pub use self::boxes::{no_box, starts, too_weak, without_box};
pub(crate) use self::credentials::resume;
pub use self::credentials::{Asked, Unset, absent_inputs, secrets, unset};
pub(crate) use self::network::no_network;
use crate::journal::{Blocked, MissingItem};
use crate::process::{self, LaunchError};
use crate::providers::Providers;
use crate::repository::{Base, Repository, RepositoryError};
use crate::run::Actions;
use crate::secrets::{Refused, Secrets};

/// The program that reaches remotes.
const GIT: &str = "git";

/// Where a plan is to be run.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Programs of the repository itself are looked for here, when there is one.
    pub base: Option<(&'a Repository, &'a Base)>,
    /// Where all others are looked for.
    pub path: Option<&'a OsStr>,
    /// All actions.
    pub actions: &'a Actions,
    /// Actions that a test performs itself: they start nothing.
    pub scripted: &'a BTreeSet<String>,
    /// The policies that hold.
    pub policies: &'a Policies,
    /// Where secrets come from.
    pub secrets: &'a Secrets,
    /// The providers of models.
    pub providers: &'a Providers,
    /// Whether answers of models come from a record, so that none is asked.
    pub is_replay: bool,
    /// Why a secret cannot be had, if that is known.
    pub refused: &'a dyn Fn(&Asked) -> Option<Refused>,
}

/// What a plan lacks, judged with its inputs.
#[must_use]
pub fn check(
    plan: &Plan,
    engine: &Engine,
    inputs: &Context,
    sources: &SourceMap,
    place: Place<'_>,
) -> Option<Blocked> {
    let Place { base, path, .. } = place;
    let mut found: Vec<Finding> = Vec::new();
    let needed = needed(plan, place.policies, engine, inputs);
    let mut lacking = credentials::secrets_lacking(&needed, sources, place);
    lacking.extend(credentials::variables_refused(plan, sources));
    if !place.is_replay {
        let models = models::lacking(plan, engine, inputs, &needed, sources, place);
        lacking.extend(models);
    }
    let crowded: Vec<Finding> = needed
        .iter()
        .filter_map(|need| no_room(need, base?.0, sources))
        .collect();
    for need in needed {
        let grant = need.status.line();
        let Status::Missing {
            limited_by,
            limited_at,
            denied_by,
            ..
        } = need.status
        else {
            continue;
        };
        let (code, why) = match &denied_by {
            // A line would grant it all the same.
            Some(by) if grant.is_some() => ("authority-missing", format!("which {by}")),
            Some(by) => ("authority-denied", format!("which {by}")),
            None => ("authority-missing", "which is not granted".to_owned()),
        };
        let does = match &need.verb {
            Some(verb) => format!("{verb} on"),
            None => need.effect.to_string(),
        };
        found.push(Finding {
            kind: "authority",
            code,
            message: format!(
                "step `{}` needs to {does} `{}`, {why}",
                need.step, need.scope
            ),
            item: MissingItem {
                effect: match &need.verb {
                    Some(verb) => format!("{} {verb}", need.effect),
                    None => need.effect.to_string(),
                },
                scope: need.scope,
                step: need.step,
                at: sources.location(need.at),
                limited_by: limited_by.to_owned(),
                limited_at,
                grant,
            },
        });
    }
    for verifier in &plan.verifiers {
        if !may_start(&verifier.name, plan, place.scripted) {
            continue;
        }
        let Some(value) = verifier_value(verifier, engine, inputs) else {
            continue;
        };
        let all = ["commands", "needs"].into_iter();
        let all = all.flat_map(|part| value[part].as_array().into_iter().flatten());
        for command in all.filter_map(Json::as_str) {
            let Some(problem) = missing_program(command, base, path) else {
                continue;
            };
            found.push(Finding {
                kind: "verifier",
                code: problem.code(),
                message: format!("verifier `{}` cannot start: {problem}", verifier.name),
                item: MissingItem {
                    effect: "run".to_owned(),
                    scope: command.to_owned(),
                    step: verifier.name.clone(),
                    at: sources.location(verifier.at),
                    limited_by: "machine".to_owned(),
                    limited_at: None,
                    grant: None,
                },
            });
        }
    }
    found.extend(not_installed(plan, engine, inputs, sources, place));
    let mut cannot_start = |step: &str, command: &str, at| {
        if let Some(problem) = missing_program(command, base, path) {
            found.push(Finding {
                kind: "tool",
                code: problem.code(),
                message: format!("step `{step}` cannot start: {problem}"),
                item: MissingItem {
                    effect: "run".to_owned(),
                    scope: command.to_owned(),
                    step: step.to_owned(),
                    at: sources.location(at),
                    limited_by: "machine".to_owned(),
                    limited_at: None,
                    grant: None,
                },
            });
        }
    };
    for block in plan.blocks() {
        programs(block, engine, inputs, place.scripted, &mut cannot_start);
    }
    found.extend(lacking);
    found.extend(crowded);
    blocked(found)
}

/// What a verifier is to be shown of the user's checkout and is not there.
fn not_installed(
    plan: &Plan,
    engine: &Engine,
    inputs: &Context,
    sources: &SourceMap,
    place: Place<'_>,
) -> Vec<Finding> {
    let Some((repository, _)) = place.base else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for verifier in &plan.verifiers {
        if !may_start(&verifier.name, plan, place.scripted) {
            continue;
        }
        let value = verifier_value(verifier, engine, inputs).unwrap_or_default();
        let all = value["installed"].as_array().into_iter().flatten();
        for path in all.filter_map(Json::as_str) {
            if repository.root().join(path).exists() {
                continue;
            }
            found.push(Finding {
                kind: "tool",
                code: "installed-missing",
                message: format!(
                    "verifier `{}` is to see `{path}`, which is not installed in the repository's folder",
                    verifier.name
                ),
                item: MissingItem {
                    effect: "read".to_owned(),
                    scope: path.to_owned(),
                    step: verifier.name.clone(),
                    at: sources.location(verifier.at),
                    limited_by: "machine".to_owned(),
                    limited_at: None,
                    grant: None,
                },
            });
        }
    }
    found
}

/// A commit whose branch could not be made.
fn no_room(need: &Needed, repository: &Repository, sources: &SourceMap) -> Option<Finding> {
    if need.effect != Effect::Git || need.verb.as_deref() != Some("commit") {
        return None;
    }
    let problem = repository.has_room_for(&need.scope).err()?;
    Some(Finding {
        kind: "intake",
        code: problem.code(),
        message: format!("step `{}` cannot commit: {problem}", need.step),
        item: MissingItem {
            effect: "git commit".to_owned(),
            scope: need.scope.clone(),
            step: need.step.clone(),
            at: sources.location(need.at),
            limited_by: "machine".to_owned(),
            limited_at: None,
            grant: None,
        },
    })
}

/// A run whose repository or base could not be found.
#[must_use]
pub fn no_base(error: &RepositoryError) -> Blocked {
    Blocked {
        kind: "intake".to_owned(),
        code: error.code().to_owned(),
        message: error.to_string(),
        mutations: 0,
        missing: Vec::new(),
        inputs: Vec::new(),
    }
}

struct Finding {
    kind: &'static str,
    code: &'static str,
    message: String,
    item: MissingItem,
}

fn blocked(found: Vec<Finding>) -> Option<Blocked> {
    let first = found.first()?;
    let (kind, code) = (first.kind.to_owned(), first.code.to_owned());
    let mut sentences: Vec<String> = Vec::new();
    let mut missing = Vec::new();
    for finding in found {
        let mut letters = finding.message.chars();
        let sentence: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .chain(letters)
            .collect();
        let sentence = format!("{}.", sentence.trim_end_matches('.'));
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
        if !missing.contains(&finding.item) {
            missing.push(finding.item);
        }
    }
    Some(Blocked {
        kind,
        code,
        message: sentences.join(" "),
        mutations: 0,
        missing,
        inputs: Vec::new(),
    })
}

/// Why a command's program cannot be started, if that is known.
fn missing_program(
    command: &str,
    base: Option<(&Repository, &Base)>,
    path: Option<&OsStr>,
) -> Option<LaunchError> {
    let program = program(command)?;
    if !program.contains('/') || program.starts_with('/') {
        return process::find(&program, std::path::Path::new("/"), path).err();
    }
    // A program of the repository: it must be a file of the base, or made by an earlier step.
    let (repository, base) = base?;
    let there = repository.has(base, program.trim_start_matches("./"));
    (!there).then(|| LaunchError::NotFound {
        program,
        near: Vec::new(),
    })
}

/// Whether a verifier's command may start: not when all steps that use it are scripted.
fn may_start(verifier: &str, plan: &Plan, scripted: &BTreeSet<String>) -> bool {
    let mut users = 0;
    let mut real = 0;
    for block in plan.blocks() {
        block.each_step(&mut |_, step| {
            let mut args = step.args.iter();
            if args.any(|(_, value, ty)| names_verifier(value, ty, verifier)) {
                users += 1;
                real += usize::from(!scripted.contains(&step.action));
            }
        });
    }
    users == 0 || real > 0
}

/// Whether an argument is this verifier: by its name in tau, by its text in YAML.
fn names_verifier(value: &Value, ty: &Type, verifier: &str) -> bool {
    let named = match &value.kind {
        ValueKind::Expr(expr) => Some(expr.source.value.as_str()),
        ValueKind::Text(text) => text.as_literal(),
        _ => None,
    };
    *ty == Type::Plain(Plain::Verifier) && named == Some(verifier)
}

/// Every command that steps start, as far as it is known before the run.
fn programs(
    block: &Block,
    engine: &Engine,
    inputs: &Context,
    scripted: &BTreeSet<String>,
    found: &mut impl FnMut(&str, &str, tau_lang::source::Span),
) {
    for node in &block.nodes {
        match &node.kind {
            NodeKind::Step(step) if scripted.contains(&step.action) => {}
            NodeKind::Step(step) => {
                let pushes = |need: &Need| {
                    let verb = need.verb.as_ref().map(|verb| verb.text.as_str());
                    need.asks && need.effect == Effect::Git && verb == Some("push")
                };
                if step.needs.iter().any(pushes) {
                    found(&node.name, GIT, node.at);
                }
                let asks = step
                    .needs
                    .iter()
                    .any(|need| need.asks && need.effect == Effect::Run);
                let command = step.args.iter().find(|(name, _, _)| name == "command");
                if let (true, Some((_, value, ty))) = (asks, command)
                    && let Some(Json::String(command)) = engine.known(value, ty, inputs)
                {
                    found(&node.name, &command, node.at);
                }
            }
            NodeKind::If {
                then, otherwise, ..
            } => {
                programs(then, engine, inputs, scripted, found);
                programs(otherwise, engine, inputs, scripted, found);
            }
            NodeKind::For(it) => programs(&it.body, engine, inputs, scripted, found),
            NodeKind::Repeat { body, .. } => programs(body, engine, inputs, scripted, found),
            // A called mission's inputs are its own; its commands are looked for when they start.
            NodeKind::Let(_) | NodeKind::Call(_) => {}
        }
    }
}
