//! The verifiers of a run, with what bounded their commands: those of its mission, and those of the
//! missions that it calls.

use serde_json::{Map, Value as Json, json};
use tau_lang::authority::{CommandLimits, Decision, Pattern, Rules};
use tau_lang::expr::Context;
use tau_lang::plan::needs::{rules, verifier_value};
use tau_lang::plan::{Block, NodeKind, Plan};
use tau_lang::policy::Policies;
use tau_lang::syntax::tree::Effect;

use super::run::Planned;
use crate::inputs;
use crate::journal::State;
use crate::report::StepReport;

/// By their names. Of several of one name which are not the same, the further ones are named with
/// the steps that call them: `again/tests`. One that rests on a secret is left out, and so is what
/// cannot be told from it by its name.
#[derive(Default)]
pub(super) struct Verifiers {
    /// What they are.
    pub(super) values: Map<String, Json>,
    /// What each of their commands may use, where somebody has said so.
    pub(super) limits: Map<String, Json>,
}

impl Verifiers {
    pub(super) fn of(
        planned: &Planned<'_>,
        inputs: &Map<String, Json>,
        steps: &[StepReport],
    ) -> Verifiers {
        let mut walk = Walk {
            planned,
            steps,
            rules: planned.policies.rules().to_vec(),
            found: Verifiers::default(),
            unknown: Vec::new(),
        };
        let known = inputs::without_secrets(planned.plan, inputs, planned.engine);
        walk.plan(planned.plan, known, "");
        for name in &walk.unknown {
            walk.found.values.remove(name);
        }
        walk.found
    }
}

/// The files that no verifier saw, as patterns: those whose reading policies deny.
pub(super) fn hidden(policies: &Policies) -> Vec<String> {
    let rules = policies.rules().iter().flat_map(Rules::all);
    let denied = rules.filter(|it| it.deny && it.effect == Effect::Read);
    let files = denied.filter_map(|it| match &it.pattern {
        Pattern::Glob(glob) => Some(glob.as_str().to_owned()),
        _ => None,
    });
    files.collect()
}

struct Walk<'a> {
    planned: &'a Planned<'a>,
    steps: &'a [StepReport],
    /// The rules of the policies, of the mission and of those that lead to where the walk is.
    rules: Vec<Rules>,
    found: Verifiers,
    /// The names of those whose values are not known.
    unknown: Vec<String>,
}

impl Walk<'_> {
    /// Those of a plan whose inputs are `known`, and whose steps are called `path` and their name.
    fn plan(&mut self, plan: &Plan, mut known: Context, path: &str) {
        let engine = self.planned.engine;
        self.rules.push(rules(plan, engine, &known));
        for verifier in &plan.verifiers {
            match verifier_value(verifier, engine, &known) {
                Some(value) => self.add(&verifier.name, path, value),
                None => self.unknown.push(verifier.name.clone()),
            }
        }
        for step in self.steps.iter().filter(|it| it.state == State::Succeeded) {
            let own = step.name.strip_prefix(path);
            if let Some(own) = own.filter(|it| !it.contains(['/', '#', '~'])) {
                known.insert(own.to_owned(), step.result.clone());
            }
        }
        for block in plan.blocks() {
            self.block(block, &known, path);
        }
        self.rules.pop();
    }

    /// Those of the missions that a block calls, as far as what they are called with is known.
    fn block(&mut self, block: &Block, known: &Context, path: &str) {
        for node in &block.nodes {
            if let NodeKind::Call(call) = &node.kind {
                let engine = self.planned.engine;
                let args = call.args.iter();
                let args = args.filter_map(|(name, value, ty)| {
                    Some((name.clone(), engine.known(value, ty, known)?))
                });
                let path = format!("{path}{}/", node.name);
                self.plan(&call.plan, args.collect(), &path);
            }
            for block in node.kind.blocks() {
                self.block(block, known, path);
            }
        }
    }

    fn add(&mut self, name: &str, path: &str, value: Json) {
        let limits: Map<String, Json> = ["run", "heldout"]
            .into_iter()
            .filter_map(|part| Some((part.to_owned(), self.limits(value[part].as_str()?)?)))
            .collect();
        let own = format!("{path}{name}");
        let key = match self.found.values.get(name) {
            None => name.to_owned(),
            Some(other) if *other == value => return,
            Some(_) => own,
        };
        if !limits.is_empty() {
            self.found.limits.insert(key.clone(), Json::Object(limits));
        }
        self.found.values.insert(key, value);
    }

    /// What a command may use, in numbers, milliseconds and bytes, by the words of the limits.
    fn limits(&self, command: &str) -> Option<Json> {
        let granted =
            self.rules
                .iter()
                .filter_map(|rules| match rules.decide(Effect::Run, None, command) {
                    Decision::Granted(rule) => Some(rule.limits.command),
                    _ => None,
                });
        let limits = granted.fold(CommandLimits::default(), CommandLimits::and);
        let all = limits.all().into_iter();
        let all = all.filter_map(|(kind, most)| Some((kind.word().to_owned(), json!(most?))));
        let all: Map<String, Json> = all.collect();
        (!all.is_empty()).then_some(Json::Object(all))
    }
}
