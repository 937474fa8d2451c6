//! One mission: inputs, authority, verifiers, statements, outputs.

use std::collections::BTreeMap;

use super::defined::defined;
use super::scope::{Scope, What};
use super::{Checker, MAX_EDGES, MAX_STATEMENTS, action};
use crate::authority::{MachineFiles, Pattern};
use crate::diagnostic::Kind;
use crate::expr;
use crate::library::{Param, resolve_param};
use crate::plan::{Form, Grant, Plan, Size, Verifier};
use crate::source::Span;
use crate::syntax::tree::{self, Effect, Face, Mission, Output, Value, ValueKind};
use crate::types::{INT, Plain, STRING, Type};

impl<'a> Checker<'a> {
    /// Checks a mission, or an action with this face as the mission that it comes to.
    pub(super) fn mission(&mut self, mission: &'a Mission, face: Option<&Face>) -> Plan {
        let mut scope = Scope::default();
        scope.announce(all_names(mission));
        let inputs = self.inputs(mission, &mut scope);
        let grants = self.grants(mission, &mut scope);
        let verifiers = self.verifiers(mission, &mut scope);
        let body = self.body(&mission.body, &mut scope);
        let declared = face.map(|face| self.declared(face));
        let outputs = match (face, &declared) {
            (Some(face), Some(result)) => {
                let outputs = action::outputs(face, result);
                self.complete(face, result, &outputs);
                outputs
            }
            _ => mission.outputs.clone(),
        };
        let outputs = self.outputs(&outputs, declared.as_ref(), mission.at.0, &mut scope);
        let (on_failure, finally) = self.handlers(mission, &body, &mut scope);
        self.unused_names(mission, &body, &scope);
        let fields = outputs
            .iter()
            .map(|(name, _, ty)| (name.clone(), ty.clone()));
        let result = declared.unwrap_or_else(|| Type::Record(fields.collect()));
        let plan = Plan {
            mission: mission.name.text.clone(),
            form: match face {
                Some(_) => Form::Action,
                None => Form::Mission,
            },
            doc: mission
                .doc
                .as_ref()
                .map(|doc| doc.text.clone())
                .unwrap_or_default(),
            inputs,
            grants,
            verifiers,
            size: [Some(&body), on_failure.as_ref(), finally.as_ref()]
                .into_iter()
                .flatten()
                .fold(Size::default(), |size, block| size.plus(block.size())),
            body,
            on_failure,
            finally,
            outputs,
            result,
            gate: face.is_some_and(|face| face.gate),
            at: mission.at.0,
        };
        if plan.size.statements > MAX_STATEMENTS || plan.size.orderings > MAX_EDGES {
            let most = MAX_STATEMENTS;
            self.report(Kind::MissionTooLarge { most }, mission.name.at.0);
            return plan;
        }
        let complete = mission.authority.as_ref().is_none_or(|it| !it.broken);
        if complete {
            self.authority(&plan);
            self.cost(&plan);
        }
        self.diagnostics.extend(super::taint::taint(&plan));
        let engine = &self.library.engine;
        let found = super::verdicts::verdicts(&plan, engine);
        self.diagnostics.extend(found);
        plan
    }

    /// The outputs; those of an action are together what it declares to give.
    fn outputs(
        &mut self,
        outputs: &[Output],
        declared: Option<&Type>,
        whole: Span,
        scope: &mut Scope,
    ) -> Vec<(String, Value, Type)> {
        let mut checked: Vec<(String, Value, Type)> = Vec::new();
        for output in outputs {
            let name = &output.name.text;
            let what = format!("output `{name}`");
            let wanted = match declared.map(Type::bare) {
                Some(Type::Record(fields)) => match fields.iter().find(|(it, _)| it == name) {
                    Some((_, ty)) => Some(ty.clone()),
                    None => {
                        self.not_declared(output, fields);
                        None
                    }
                },
                _ => None,
            };
            let found = self.value(
                &output.value,
                wanted.as_ref().unwrap_or(&Type::Any),
                &what,
                scope,
            );
            if checked.iter().any(|(it, _, _)| it == name) {
                self.duplicate("an output", &output.name, whole);
            }
            let ty = scope.bounded(wanted.unwrap_or(found));
            checked.push((name.clone(), output.value.clone(), ty));
        }
        checked
    }

    fn inputs(&mut self, mission: &Mission, scope: &mut Scope) -> Vec<Param> {
        let mut inputs = Vec::new();
        for input in &mission.inputs {
            self.parts_of(&input.ty);
            if self.reserved(&input.name) {
                continue;
            }
            let param = match resolve_param(input, &self.types) {
                Ok(param) => param,
                Err(found) => {
                    self.diagnostics.push(found);
                    scope.add(&input.name.text, Type::Any, What::Input, input.name.at.0);
                    continue;
                }
            };
            // One that may be absent is a caller's to give, and nobody else's.
            if param.ty.is_sealed() && !param.ty.may_be_absent() {
                let kind = Kind::InputSealed {
                    name: param.name.clone(),
                    ty: param.ty.to_string(),
                };
                self.report(kind, input.ty.at.0);
            }
            if let Some(default) = &param.default {
                let what = format!("the default of `{}`", param.name);
                // A default is known before anything else is, so it may use no name.
                self.value(default, &param.ty, &what, &mut Scope::default());
            }
            if let Some(first) = scope.add(&param.name, param.ty.clone(), What::Input, param.at) {
                self.duplicate(first.what.words(), &input.name, first.at);
                continue;
            }
            inputs.push(param);
        }
        inputs
    }

    fn grants(&mut self, mission: &Mission, scope: &mut Scope) -> Vec<Grant> {
        let mut grants = Vec::new();
        for grant in mission.authority.iter().flat_map(|it| &it.grants) {
            self.grant_limits(grant);
            self.routes(grant);
            for value in &grant.scopes {
                self.grant_scope(grant, value, scope);
            }
            grants.push(Grant::of(grant));
        }
        grants
    }

    pub(super) fn grant_limits(&mut self, grant: &tree::Grant) {
        for limit in &grant.limits {
            if !limit.kind.bounds(grant.effect) {
                let kind = Kind::LimitMisplaced {
                    limit: limit.kind.word().to_owned(),
                    effect: grant.effect.to_string(),
                };
                self.report(kind, limit.at.0);
            }
        }
    }

    pub(super) fn grant_scope(&mut self, grant: &tree::Grant, value: &Value, scope: &mut Scope) {
        let what = format!("the scope of `{}`", grant.effect);
        let of_machine = |value: &Value| {
            let text = match &value.kind {
                tree::ValueKind::Text(template) => template.as_literal(),
                _ => None,
            };
            text.is_some_and(MachineFiles::is_one)
        };
        let wanted = match grant.effect {
            Effect::Read | Effect::Write if of_machine(value) => STRING,
            Effect::Read | Effect::Write | Effect::Git => Type::Plain(Plain::Glob),
            Effect::Run => Type::Plain(Plain::Command),
            _ => STRING,
        };
        let ty = match (&value.kind, grant.effect) {
            (tree::ValueKind::List(_), Effect::Run) => {
                self.value(value, &Type::List(Box::new(wanted)), &what, scope)
            }
            // An expression may give several.
            (tree::ValueKind::Expr(_) | tree::ValueKind::List(_), _) => {
                let found = self.value(value, &Type::Any, &what, scope);
                let wanted = match found.bare() {
                    Type::List(_) => Type::List(Box::new(wanted)),
                    _ => wanted,
                };
                // What is absent grants nothing.
                let wanted = Type::Optional(Box::new(wanted));
                self.fits(&found, &wanted, &what, value.at.0);
                found
            }
            _ => self.value(value, &wanted, &what, scope),
        };
        let literal = match &value.kind {
            tree::ValueKind::Text(template) => template.as_literal(),
            _ => None,
        };
        // What the type lets through and the pattern does not, such as an empty name.
        if let (Some(text), true) = (literal, ty == STRING)
            && let Err(why) = Pattern::new(grant.effect, text)
        {
            let pattern = text.to_owned();
            self.report(Kind::GlobInvalid { pattern, why }, value.at.0);
        }
        // A denial may be of anything.
        if let (Some(text), false) = (literal, grant.deny)
            && let Ok(Pattern::Machine(files)) = Pattern::new(grant.effect, text)
            && let Some(why) = files.refused()
        {
            let pattern = text.to_owned();
            self.report(Kind::GlobInvalid { pattern, why }, value.at.0);
        }
    }

    fn verifiers(&mut self, mission: &Mission, scope: &mut Scope) -> Vec<Verifier> {
        let mut verifiers = Vec::new();
        for verifier in &mission.verifiers {
            let name = &verifier.name;
            let run = match &verifier.run {
                Some(run) => {
                    let what = format!("the command of verifier `{name}`");
                    self.value(run, &Type::Plain(Plain::Command), &what, scope);
                    run.clone()
                }
                None => {
                    let name = name.text.clone();
                    self.report(Kind::VerifierWithoutRun { name }, verifier.name.at.0);
                    crate::syntax::template::literal("false")
                }
            };
            for value in &verifier.also {
                let what = format!("a command of verifier `{name}`");
                self.value(value, &Type::Plain(Plain::Command), &what, scope);
            }
            for value in &verifier.protect {
                self.one_or_several(value, Plain::Glob, "a protected path", scope);
            }
            for (name, value) in &verifier.env {
                self.value(value, &STRING, &format!("the variable `{name}`"), scope);
            }
            if let Some(value) = &verifier.timeout {
                self.value(value, &Type::Plain(Plain::Duration), "`timeout`", scope);
            }
            if let Some(value) = &verifier.runs {
                self.value(value, &INT, "`runs`", scope);
            }
            self.verifier_further(verifier, scope);
            self.reserved(name);
            let ty = Type::Plain(Plain::Verifier);
            if let Some(first) = scope.add(&name.text, ty, What::Verifier, name.at.0) {
                self.duplicate(first.what.words(), name, first.at);
            }
            verifiers.push(Verifier {
                name: name.text.clone(),
                run,
                also: verifier.also.clone(),
                protect: verifier.protect.clone(),
                env: verifier
                    .env
                    .iter()
                    .map(|(name, value)| (name.text.clone(), value.clone()))
                    .collect(),
                timeout: verifier.timeout.clone(),
                runs: verifier.runs.clone(),
                red: verifier.red.clone(),
                loses: verifier.loses.clone(),
                report: verifier.report.clone(),
                heldout: verifier.heldout.clone(),
                hides: verifier.hides.clone(),
                needs: verifier.needs.clone(),
                installed: verifier.installed.clone(),
                at: verifier.at.0,
            });
        }
        verifiers
    }

    /// What a verifier says besides its command, what that may touch, and how often it runs.
    fn verifier_further(&mut self, verifier: &tree::Verifier, scope: &mut Scope) {
        if let Some(value) = &verifier.red {
            self.value(value, &red_type(), "`red`", scope);
        }
        for value in &verifier.loses {
            self.one_or_several(value, Plain::String, "a pattern of tests", scope);
        }
        if let Some(value) = &verifier.report {
            self.value(value, &Type::Plain(Plain::Path), "`report`", scope);
        }
        if let Some(value) = &verifier.heldout {
            let what = format!("the held-out command of verifier `{}`", verifier.name);
            self.value(value, &Type::Plain(Plain::Command), &what, scope);
        }
        for value in &verifier.hides {
            self.one_or_several(value, Plain::Glob, "a hidden path", scope);
        }
        for value in &verifier.needs {
            self.one_or_several(value, Plain::String, "a program", scope);
        }
        for value in &verifier.installed {
            self.one_or_several(value, Plain::Path, "a path", scope);
        }
    }

    /// A part of a verifier's line: one, or an expression that gives a list of them.
    fn one_or_several(&mut self, value: &Value, plain: Plain, what: &str, scope: &mut Scope) {
        let one = Type::Plain(plain);
        let ValueKind::Expr(expr) = &value.kind else {
            self.value(value, &one, what, scope);
            return;
        };
        let found = self.expression(expr, scope);
        let wanted = match &found {
            Type::List(_) => Type::List(Box::new(one)),
            _ => one,
        };
        self.fits(&found, &wanted, what, expr.source.at.0);
    }
}

/// What `red` may say of a failure.
pub(crate) fn red_type() -> Type {
    let kinds = ["failure", "assertion", "error"]
        .map(str::to_owned)
        .to_vec();
    let fields = [
        ("tests", Type::List(Box::new(STRING)).optional()),
        ("kind", Type::Choice(kinds).optional()),
        ("shows", STRING.optional()),
    ];
    let fields = fields.map(|(name, ty)| (name.to_owned(), ty));
    Type::Record(fields.into_iter().collect())
}

/// The names that a mission defines anywhere.
fn all_names(mission: &Mission) -> BTreeMap<String, Span> {
    let mut names = BTreeMap::new();
    for verifier in &mission.verifiers {
        names.insert(verifier.name.text.clone(), verifier.name.at.0);
    }
    defined(&mission.body, &mut names);
    names
}

/// The names that a list of values uses.
pub(super) fn names_of<'v>(values: impl IntoIterator<Item = &'v Value>) -> Vec<String> {
    let mut names = Vec::new();
    for value in values {
        for name in expr::names(value) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}
