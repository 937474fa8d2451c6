//! The values that are known in a mission, and what its grants say with them.

use serde_json::{Value as Json, json};

use crate::authority::{Limits, Pattern, Rule, Rules};
use crate::check::{red_type, scope_texts};
use crate::expr::{Context, Engine};
use crate::plan::own_files::own_files;
use crate::plan::{Plan, Verifier};
use crate::source::Span;
use crate::syntax::tree::{Effect, Value};
use crate::types::{Plain, Type};

/// The values that are known, and who asks.
pub(super) struct Frame<'a> {
    pub(super) plan: &'a Plan,
    pub(super) known: Context,
    pub(super) rules: Rules,
    /// Grants whose scope is not known, by their text, with their places.
    pub(super) open: Vec<(Effect, Option<String>, Value, Span)>,
    /// In a called mission: the caller's values for its inputs.
    pub(super) args: &'a [(String, Value, Type)],
}

impl<'a> Frame<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        engine: &Engine,
        mut known: Context,
        args: &'a [(String, Value, Type)],
    ) -> Self {
        let mut rules = Vec::new();
        let mut open = Vec::new();
        for grant in &plan.grants {
            let first = grant.scopes.len().saturating_sub(grant.elses);
            for (index, scope) in grant.scopes.iter().enumerate() {
                match granted_texts(engine, grant.effect, scope, &known) {
                    Some(texts) => {
                        let patterns = texts.iter().map(|it| Pattern::new(grant.effect, it));
                        rules.extend(patterns.flatten().map(|pattern| Rule {
                            deny: grant.deny,
                            effect: grant.effect,
                            verb: grant.verb.clone(),
                            pattern,
                            says: "the mission denies".to_owned(),
                            is_else: index >= first,
                            limits: Limits::of(&grant.limits),
                            at: grant.at,
                            place: None,
                        }))
                    }
                    None if !grant.deny => {
                        open.push((grant.effect, grant.verb.clone(), scope.clone(), grant.at));
                    }
                    None => {}
                }
            }
        }
        for verifier in &plan.verifiers {
            for scope in &verifier.protect {
                let texts = scope_texts(engine, scope, &known).unwrap_or_default();
                for text in texts {
                    rules.extend(denial(verifier, "protects", Effect::Write, &text));
                }
            }
            let value = verifier_value(verifier, engine, &known);
            for (effect, text) in hidden(verifier, value.as_ref(), engine, &known) {
                rules.extend(denial(verifier, "hides", effect, &text));
            }
            if let Some(value) = value {
                let texts = |part: &str| value[part].as_array().into_iter().flatten();
                for path in texts("own").filter_map(Json::as_str) {
                    rules.extend(denial(verifier, "starts", Effect::Write, path));
                }
                for path in texts("installed").filter_map(Json::as_str) {
                    let says = "has from the user's checkout";
                    rules.extend(denial(verifier, says, Effect::Write, path));
                    let below = format!("{path}/**");
                    rules.extend(denial(verifier, says, Effect::Write, &below));
                }
                known.insert(verifier.name.clone(), value);
            }
        }
        known
            .entry("branch")
            .or_insert_with(|| json!(format!("tau/{}-*", plan.mission)));
        Frame {
            plan,
            known,
            rules: Rules::new(rules),
            open,
            args,
        }
    }
}

/// What no step does, because a verifier `says` so of it.
fn denial(verifier: &Verifier, says: &str, effect: Effect, text: &str) -> Option<Rule> {
    Some(Rule {
        deny: true,
        effect,
        verb: None,
        pattern: Pattern::new(effect, text).ok()?,
        says: format!("verifier `{}` {says}", verifier.name),
        is_else: false,
        limits: Limits::default(),
        at: verifier.at,
        place: None,
    })
}

/// What steps may neither read nor write, so that only the held-out check sees it.
fn hidden(
    verifier: &Verifier,
    value: Option<&Json>,
    engine: &Engine,
    known: &Context,
) -> Vec<(Effect, String)> {
    let texts: Vec<String> = match value {
        Some(value) => {
            let texts = value["hides"].as_array().into_iter().flatten();
            texts
                .filter_map(|it| it.as_str().map(str::to_owned))
                .collect()
        }
        None => {
            let texts = verifier.hides.iter();
            texts
                .filter_map(|it| scope_texts(engine, it, known))
                .flatten()
                .collect()
        }
    };
    let both = |text: String| [(Effect::Read, text.clone()), (Effect::Write, text)];
    texts.into_iter().flat_map(both).collect()
}

/// A verifier as a value of expressions, if all of it is known. What it protects ends with its
/// `own` files: those that its command starts.
#[must_use]
pub fn verifier_value(verifier: &Verifier, engine: &Engine, known: &Context) -> Option<Json> {
    let value = |value: &Value, plain: Plain| engine.known(value, &Type::Plain(plain), known);
    // Each is one, or an expression that gives a list of them.
    let texts = |values: &[Value], plain: Plain| {
        let mut texts = Vec::new();
        for it in values {
            match engine.known(it, &Type::Any, known)? {
                Json::Array(several) => {
                    for one in several {
                        texts.push(one.as_str()?.to_owned());
                    }
                }
                _ => texts.push(value(it, plain)?.as_str()?.to_owned()),
            }
        }
        Some(texts)
    };
    let optional_of = |it: &Option<Value>, plain| match it {
        Some(it) => value(it, plain),
        None => Some(Json::Null),
    };
    let mut protect = texts(&verifier.protect, Plain::Glob)?;
    let mut hides = texts(&verifier.hides, Plain::Glob)?;
    let run = value(&verifier.run, Plain::Command)?;
    let heldout = optional_of(&verifier.heldout, Plain::Command)?;
    if let Some(heldout) = heldout.as_str() {
        hides.extend(own_files(heldout, &hides));
    }
    // What only the held-out check sees is the base's, whatever an edit has put there.
    let mut unseen = hides.clone();
    unseen.retain(|pattern| !protect.contains(pattern));
    protect.append(&mut unseen);
    let optional = |it: &Option<Value>, plain, default: u64| match it {
        Some(it) => value(it, plain),
        None => Some(json!(default)),
    };
    let also = texts(&verifier.also, Plain::Command)?;
    let mut checks = vec![run.as_str()?.to_owned()];
    checks.extend(also.iter().cloned());
    let mut own = Vec::new();
    for command in &checks {
        let more = own_files(command, &protect);
        protect.extend(more.iter().cloned());
        own.extend(more);
    }
    let mut commands = checks.clone();
    commands.extend(heldout.as_str().map(str::to_owned));
    let runs = optional(&verifier.runs, Plain::Int, 1)?;
    let starts = runs
        .as_u64()
        .map(|runs| runs.saturating_mul(checks.len() as u64));
    let red = verifier
        .red
        .as_ref()
        .map(|it| engine.known(it, &red_type(), known));
    let red = red.map_or(Some(Json::Null), |it| it)?;
    let report = optional_of(&verifier.report, Plain::Path)?;
    let mut env = serde_json::Map::new();
    for (name, text) in &verifier.env {
        env.insert(name.clone(), value(text, Plain::String)?);
    }
    Some(json!({
        "name": verifier.name,
        "run": run,
        "also": also,
        "checks": checks,
        "commands": commands,
        "count": checks.len(),
        "starts": starts,
        "red": red,
        "loses": texts(&verifier.loses, Plain::String)?,
        "report": report,
        "heldout": heldout,
        "hides": hides,
        "needs": texts(&verifier.needs, Plain::String)?,
        "installed": texts(&verifier.installed, Plain::Path)?,
        "protect": protect,
        "own": own,
        "env": env,
        "timeout": optional(&verifier.timeout, Plain::Duration, DEFAULT_TIMEOUT_MS)?,
        "runs": runs,
    }))
}

/// How long a verifier's command may take when its verifier does not say: ten minutes.
pub const DEFAULT_TIMEOUT_MS: u64 = 600_000;

/// One thing that a plan grants or denies itself, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granting {
    /// It takes away.
    pub deny: bool,
    /// What it is about.
    pub effect: Effect,
    /// For git: `commit`, `push`.
    pub verb: Option<String>,
    /// What it covers.
    pub scope: String,
}

/// All that a plan grants and denies itself, with the values that are known.
#[must_use]
pub fn grantings(plan: &Plan, engine: &Engine, known: &Context) -> Vec<Granting> {
    let known = Frame::new(plan, engine, known.clone(), &[]).known;
    let mut all = Vec::new();
    for grant in &plan.grants {
        let scopes = grant.scopes.iter();
        let texts = scopes.filter_map(|it| granted_texts(engine, grant.effect, it, &known));
        all.extend(texts.flatten().map(|scope| Granting {
            deny: grant.deny,
            effect: grant.effect,
            verb: grant.verb.clone(),
            scope,
        }));
    }
    all
}

/// The texts of a granted scope, if all that it names is known: one, or those of a list. What is
/// absent grants nothing.
pub(in crate::plan) fn granted_texts(
    engine: &Engine,
    effect: Effect,
    scope: &Value,
    known: &Context,
) -> Option<Vec<String>> {
    match effect {
        Effect::Run => {
            let command = Type::Plain(Plain::Command);
            let several = Type::List(Box::new(command.clone()));
            let known = |ty: Type| engine.known(scope, &Type::Optional(Box::new(ty)), known);
            match known(command).or_else(|| known(several))? {
                Json::Null => Some(Vec::new()),
                Json::String(text) => Some(vec![text]),
                Json::Array(items) => items
                    .iter()
                    .map(|it| it.as_str().map(str::to_owned))
                    .collect(),
                _ => None,
            }
        }
        _ => scope_texts(engine, scope, known),
    }
}

/// A scope as a text, if all that it names is known.
pub(in crate::plan) fn scope_text(
    engine: &Engine,
    effect: Effect,
    scope: &Value,
    known: &Context,
) -> Option<String> {
    let plain = match effect {
        Effect::Run => Plain::Command,
        _ => Plain::String,
    };
    match engine.known(scope, &Type::Plain(plain), known)? {
        Json::String(text) => Some(text),
        _ => None,
    }
}
